"""What will run as JSON, version 1: every process, app and engine with the places that decided them."""

from __future__ import annotations

from collections.abc import Sequence

from flaskprod_lint.masking import mask_text
from flaskprod_lint.model import App, Budget, BudgetRow, Deployment, Engine, Process, Route, Server, Target, Unknown
from flaskprod_lint.outputs.json_places import VERSION, Json, place, text_of
from flaskprod_lint.outputs.values import apps_once, value_object
from flaskprod_lint.source import Place


def write_json(deployments: Sequence[Deployment], version: str) -> str:
    """The deployments as one object. Processes and engines of all of them stand together, each with its deployment."""
    budgets = [deployment.budget for deployment in deployments if deployment.budget is not None]
    return text_of(
        {
            "version": VERSION,
            "tool": {"name": "flaskprod-lint", "version": version},
            "platform": next((_platform(deployment) for deployment in deployments if deployment.platform), None),
            "deployments": [_deployment(deployment) for deployment in deployments],
            "processes": [
                {"deployment": deployment.name, **_process(process)}
                for deployment in deployments
                for process in deployment.processes
            ],
            "apps": [_app(app) for app in apps_once(deployments)],
            "engines": [_engine(engine) for app in apps_once(deployments) for engine in app.engines],
            "budget": _budget(budgets[0]) if budgets else None,
        }
    )


def _platform(deployment: Deployment) -> Json | None:
    platform = deployment.platform
    if platform is None:
        return None
    return {
        "id": platform.id,
        "name": platform.name,
        "tier": deployment.tier_names or None,
        "tiers": [value_object(tier) for tier in deployment.tiers],
        "origin": place(platform.origin),
    }


def _deployment(deployment: Deployment) -> Json:
    return {
        "name": deployment.name,
        "environment": deployment.environment,
        "why": deployment.why,
        "origin": place(deployment.origin),
        "platform": _platform(deployment),
        "image": _image(deployment),
        "budget": _budget(deployment.budget) if deployment.budget else None,
    }


def _image(deployment: Deployment) -> Json | None:
    image = deployment.image
    if image is None:
        return None
    return {
        "dockerfile": image.dockerfile,
        "stage": image.stage,
        "base": value_object(image.base),
        "python": value_object(image.python),
        "user": value_object(image.user),
        "workdir": image.workdir,
    }


def _process(process: Process) -> Json:
    command = process.command
    argv = [mask_text(word) for word in command.argv] if command.argv is not None else None
    return {
        "name": process.name,
        "kind": process.kind,
        "once": process.once,
        "environment": process.environment,
        "why": process.why,
        "command": {"text": mask_text(command.text), "argv": argv, "origin": place(command.origin)},
        "before": [{"text": mask_text(one.text), "origin": place(one.origin)} for one in process.before],
        "trail": [found for found in map(place, _trail(process)) if found],
        "instances": value_object(process.instances),
        "cpus": value_object(process.cpus),
        "memory": value_object(process.memory),
        "concurrency": value_object(process.concurrency),
        "grace": value_object(process.grace),
        "router_timeout": value_object(process.router_timeout),
        "health_path": value_object(process.health_path),
        "server": _server(process.server) if process.server else None,
    }


def _trail(process: Process) -> tuple[Place, ...]:
    step = process.main_step
    return step.trail if step is not None and step.trail else process.trail


def _server(server: Server) -> Json:
    return {
        "name": server.name,
        "version": server.version,
        "target": _target(server.target) if server.target else None,
        "settings": {name: value_object(server.settings[name]) for name in sorted(server.settings)},
    }


def _target(target: Target) -> Json:
    return {"text": target.text, "origin": place(target.origin), "definition": place(target.definition)}


def _app(app: App) -> Json:
    config = {name: value_object(app.config[name]) for name in sorted(app.config)}
    return {
        "name": app.name,
        "factory": app.factory,
        "definition": place(app.definition),
        "config": config,
        "routes": [_route(route) for route in app.routes],
        "routes_unknown": app.routes_unknown.reason if app.routes_unknown is not None else None,
    }


def _route(route: Route) -> Json:
    return {"rule": route.rule, "methods": list(route.methods), "sure": route.sure, "origin": place(route.at)}


def _engine(engine: Engine) -> Json:
    return {
        "definition": place(engine.definition),
        "bind": engine.bind,
        "pool_class": value_object(engine.pool_class),
        "pool_size": value_object(engine.pool_size),
        "max_overflow": value_object(engine.max_overflow),
        "pool_pre_ping": value_object(engine.pool_pre_ping),
        "url": value_object(engine.url),
    }


def _budget(budget: Budget) -> Json:
    used = budget.reachable
    return {
        "limit": value_object(budget.limit),
        "used": _number(used),
        "configured": _number(budget.configured),
        "ceiling": _number(budget.ceiling),
        "rows": [_row(row) for row in budget.rows],
        "unknown": used.reason if isinstance(used, Unknown) else None,
    }


def _row(row: BudgetRow) -> Json:
    instances, workers, reachable = _number(row.instances.value), _number(row.workers.value), _number(row.reachable)
    processes = instances * workers if instances and workers else None
    return {
        "process": row.process,
        "instances": instances,
        "workers": workers,
        "per_worker": reachable // processes if processes and reachable is not None else None,
        "connections": reachable,
        "text": row.text,
    }


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
