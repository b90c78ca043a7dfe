"""From facts to deployments: who starts what, and which value wins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from flaskprod_lint.model import Deployment, Process
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Project

if TYPE_CHECKING:
    from flaskprod_lint.resolve.context import Context
    from flaskprod_lint.resolve.deployments import Planned

#: Called with the name of a stage and what it raised: a defect of ours that the rest of the run survives.
OnCrash = Callable[[str, Exception], None]


def resolve(project: Project, options: Options, on_crash: OnCrash) -> list[Deployment]:
    """Every deployment of a project, production first, each with its processes, servers, apps, engines and budget."""
    from flaskprod_lint.resolve import deployments

    found: list[Deployment] = []
    with _surviving("deployments", on_crash):
        for planned in deployments.find(project, options):
            with _surviving(planned.deployment.name, on_crash):
                _complete(project, options, planned, on_crash)
            found.append(planned.deployment)
    _keep_stray(found)
    with _surviving("the repository", on_crash):
        _look_at_the_repository(project, options, found)
    return sorted(found, key=lambda deployment: (not deployment.is_production, deployment.origin.path, deployment.name))


def _look_at_the_repository(project: Project, options: Options, deployments: list[Deployment]) -> None:
    """What holds for the files as such, whatever is deployed: credentials in them, and those that cannot be read."""
    from flaskprod_lint.resolve import committed, unread

    credentials = committed.find(project, deployments)
    problems = unread.of_project(project, options)
    for deployment in deployments:
        deployment.credentials, deployment.unread = credentials, problems


def _keep_stray(found: list[Deployment]) -> None:
    """Keep, of the configuration files that a server leaves unread, those that no other deployment loads either."""
    servers = [process.server for one in found for process in one.processes if process.server is not None]
    loaded = {server.config_file.path for server in servers if server.config_file is not None}
    for server in servers:
        server.stray_config_files = tuple(each for each in server.stray_config_files if each.path not in loaded)


def _complete(project: Project, options: Options, planned: Planned, on_crash: OnCrash) -> None:
    from flaskprod_lint.resolve import allowances
    from flaskprod_lint.resolve.database import budget, migrations
    from flaskprod_lint.resolve.deployments import env_files

    deployment, contexts = planned.deployment, planned.contexts
    deployment.today = options.today or date.today().isoformat()
    deployment.env_files = env_files.find(project)
    for process in deployment.processes:
        name = f"{deployment.name}: {process.name}"
        if process.assumed is None:
            with _surviving(name, on_crash):
                context = contexts[process.name]
                contexts[process.name] = _follow_command(process, context, planned.first.get(process.name, ()))
        for stage in (_resolve_server, _load_app) if process.assumed is None else (_load_app,):
            with _surviving(name, on_crash):
                stage(process, contexts[process.name])
        with _surviving(name, on_crash):
            _look_around(process, deployment, contexts[process.name])
            allowances.complete(process, deployment, options)
    with _surviving(f"{deployment.name}: migrations", on_crash):
        deployment.migrations = migrations.of_deployment(project, deployment, contexts)
    with _surviving(f"{deployment.name}: connection budget", on_crash):
        deployment.budget = budget.of_deployment(deployment, options)


def _follow_command(process: Process, context: Context, first: Sequence[Context]) -> Context:
    """Fill in the steps, and tell what they run in. `first` is that of the commands that run before it, in containers
    of their own."""
    from flaskprod_lint.resolve import commands

    execution = commands.follow(process.command, context)
    before = [commands.follow(command, own) for command, own in zip(process.before, first, strict=True)]
    steps = tuple(step for one in before for step in one.steps)
    process.steps = (*steps, *execution.steps)
    process.main = execution.main + len(steps) if execution.main is not None else None
    process.signal = execution.signal
    process.faults = (*process.faults, *(fault for one in before for fault in one.faults), *execution.faults)
    process.packages = context.packages
    process.unknowns.extend(execution.unknowns)
    if process.kind == "web" and _is_worker(process):
        process.kind = "worker"
    if not execution.open_environment or context.open_environment:
        return context
    process.port_set = process.port_set or None
    return replace(context, open_environment=True)


def _is_worker(process: Process) -> bool:
    """Whether what was taken for the web process, as its command does not say, comes down to a worker or to cron."""
    from flaskprod_lint.resolve.commands import longrunning

    main = process.main_step
    if main is None or process.port_set or any(step.background for step in process.steps):
        return False
    return longrunning.answers_nobody(main)


def _resolve_server(process: Process, context: Context) -> None:
    from flaskprod_lint.resolve import servers

    if process.kind == "web":
        process.server = servers.of_process(process, context)


def _load_app(process: Process, context: Context) -> None:
    """Only of what production runs: the app of a development process decides no verdict."""
    from flaskprod_lint.resolve import app

    if process.environment == "production":
        process.app = app.of_process(process, context)


def _look_around(process: Process, deployment: Deployment, context: Context) -> None:
    """What outlives the process, what its health check asks, and what its workers do after the fork."""
    from flaskprod_lint.resolve.database import connecting, server_hooks
    from flaskprod_lint.resolve.deployments import disks, health_checks

    health_checks.settle(process, deployment)
    health_checks.look_elsewhere(process, context.project)
    process.disk = process.disk or disks.of_process(process, deployment, context)
    if process.server is not None and process.app is not None:
        process.server.after_fork = connecting.after_fork(process, context.project)
        known = {one.at.span for one in process.app.reached}
        hooks = server_hooks.of_process(process, context.project)
        process.app.reached += [one for one in hooks if one.at.span not in known]


@contextmanager
def _surviving(stage: str, on_crash: OnCrash) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        on_crash(stage, error)
