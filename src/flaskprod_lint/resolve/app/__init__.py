"""The Flask app that a process loads, as production gets it: its config after all writes, and what loading it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from flaskprod_lint.model import App, Process, Reached, Setting, Step, Target, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.app import (
    configured,
    factories,
    flask_cli,
    frameworks,
    hardcoded,
    held,
    loading,
    log_handlers,
    process_state,
    proxies,
    reached,
    routes,
)
from flaskprod_lint.resolve.app import secrets as app_secrets
from flaskprod_lint.resolve.app import uses as app_uses
from flaskprod_lint.resolve.app.flask_config import FlaskConfig, is_default
from flaskprod_lint.resolve.app.flask_hooks import HOLDERS, flask_instance
from flaskprod_lint.resolve.app.masked import masked
from flaskprod_lint.resolve.app.target import lookup
from flaskprod_lint.resolve.app.target_text import TargetText, parse
from flaskprod_lint.resolve.app.written import before_value
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.database import connecting, engine_facts, engines, per_request
from flaskprod_lint.resolve.interpreter.values import Event, Function, Instance, Object, Value, as_value
from flaskprod_lint.source import Place, Project, Source, Span

__all__ = ["of_assumed", "of_process"]

_READS = regex(
    # Each part begins with a letter, before it is asked what stands before: that is several times as fast.
    r"""(?:environ(?:\.\w+)?\s*[(\[]|getenv\s*\(|env(?<!\wenv)(?:\.\w+)?\s*\(|config(?<!\wconfig)\s*\()\s*[rbu]?["'](\w+)["']"""
    r"""|\$\{?([A-Z]\w+)"""
)
_REQUEST_HOOKS = frozenset(
    f"flask.{owner}.{hook}"
    for owner in ("Flask", "Blueprint", "app.Flask", "blueprints.Blueprint")
    for hook in ("before_request", "before_first_request", "before_app_request", "before_app_first_request")
)


def of_process(process: Process, context: Context) -> App | None:
    """The app that a process loads; None when it loads none, or nothing says which."""
    if process.assumed is not None:
        return of_assumed(process.assumed, context)
    step = process.main_step
    if step is None:
        return None
    app = _of_step(process, step, context)
    if app is not None:
        app.reads_variables |= variables_read(context.project, _scripts(process, step, context))
    return app


def _scripts(process: Process, step: Step, context: Context) -> list[str]:
    """The shell scripts and the server's configuration file on the way to the app."""
    shell = set(context.project.of_format("shell"))
    paths = [place.path for place in (*process.trail, *step.trail, step.origin) if place.path in shell]
    config = process.server.config_file if process.server is not None else None
    return [*dict.fromkeys(paths), *([config.path] if config is not None and config.path else [])]


def _of_step(process: Process, step: Step, context: Context) -> App | None:
    target = process.server.target if process.server else None
    if target is not None and (target.file is not None or target.attribute):
        return _of_target(target, process.server.settings if process.server else {}, step, context)
    if loading.script_file(step, loading.of_step(step, context)) is not None:
        return _of_script(process, step, context)
    named = flask_cli.target_of(step, context)
    return _of_text(named, step, context) if named is not None else None


def of_assumed(target: Target, context: Context) -> App | None:
    """The app that a server would load by this target, where no command says that one does."""
    step = Step((target.text,), target.text, target.origin)
    return _of_target(target, {}, step, context)


def _of_target(target: Target, settings: Mapping[str, Setting], step: Step, context: Context) -> App | None:
    context = context.with_variables(_raw_environment(settings.get("raw_env")))
    parsed = parse(target.text)
    if not parsed.module or parsed.fault or target.file is None:
        return None
    loaded = loading.of_module(
        target.module,
        step,
        context,
        chdir=_text(settings.get("chdir")),
        python_path=(_text(settings.get("pythonpath")) or "").split(","),
    )
    return loaded.once(("app", target.text), lambda: _of_attribute(parsed, target, loaded, step))


def _text(setting: Setting | None) -> str | None:
    return setting.value if setting is not None and isinstance(setting.value, str) and setting.value else None


def _raw_environment(setting: Setting | None) -> dict[str, Setting]:
    """What Gunicorn's --env sets in its workers."""
    found: dict[str, Setting] = {}
    for text in setting.value if setting is not None and isinstance(setting.value, list) else ():
        name, equals, value = str(text).partition("=")
        if equals and setting is not None:
            found[name] = Setting(name, value, setting.origin)
    return found


def _of_text(text: str, step: Step, context: Context) -> App | None:
    """The app that `flask`, or a worker, loads by a name of its own."""
    parsed = parse(text, default="")
    loaded = loading.of_module(parsed.module, step, context)
    if loaded.module is None:
        return None
    return loaded.once(("app", text), lambda: _of_attribute(parsed, None, loaded, step) or _without_flask(text, loaded))


def _of_attribute(parsed: TargetText, target: Target | None, loaded: loading.Loaded, step: Step) -> App | None:
    module = loaded.module
    if module is None:
        return None
    by_itself = flask_cli.queue_of if step.program == "celery" else flask_cli.best_app
    value = lookup(parsed.attribute, module, loaded) if parsed.attribute else by_itself(module)
    name = parsed.attribute or next((name for name, held in module.names.items() if held is value), module.name)
    # A factory that nobody calls is this target's one fault: what it would make is looked at all the same.
    called = parsed.called or bool(target and (target.called or target.state == "not-called"))
    if value is not None and (called or (isinstance(value.data, Function) and not parsed.attribute)):
        args = tuple(as_value(data, step.origin.span) for data in parsed.args)
        kwargs = {name: as_value(data, step.origin.span) for name, data in parsed.kwargs.items()}
        value = loaded.machine.call(value, args, kwargs)
        called = True
    return _app(name, value, loaded, factory=called)


def _of_script(process: Process, step: Step, context: Context) -> App | None:
    loaded = loading.of_script(step, context)
    if loaded is None:
        return None
    from flaskprod_lint.resolve.servers import script_server

    served = script_server.of_step(step, context)
    given = (served[1].receiver, *served[1].args, *served[1].kwargs.values()) if served else ()
    value = next((one for one in given if one is not None and flask_app(one) is not None), None)
    value = value or next((one for one in given if frameworks.of_value(one)), None)
    if value is None and not loaded.hooks.configs and process.kind != "web":
        return None
    return loaded.once(("app", ""), lambda: _of_served(value, loaded))


def _of_served(value: Value | None, loaded: loading.Loaded) -> App | None:
    """The App that a script serves, with the name that it has there for whoever imports the script."""
    app, module = _app("app", value, loaded, factory=False), loaded.module
    if app is None or module is None:
        return app
    name = held.at_the_top(module, lambda one: _is_made_at(one, app.definition.span))
    if name:
        app.name, app.held = name, Place(Span(module.path, 1), name)
    app.made_by = factories.of_app(loaded.context.project, app.definition.span, app.trail)
    return app


def _is_made_at(value: Value, at: Span | None) -> bool:
    holder = value.data if isinstance(value.data, Instance) else None
    inside = holder.members.get(HOLDERS[holder.callee]) if holder is not None and holder.callee in HOLDERS else None
    instance = flask_instance(inside or value)
    return instance is not None and instance.at == at


def _app(name: str, value: Value | None, loaded: loading.Loaded, *, factory: bool) -> App | None:
    """The App of a value that is a Flask app or wraps one; else the only app that was made on the way."""
    found = flask_apps(value)
    configs = [config for config in loaded.hooks.configs if any(config.instance is one for one in found)]
    if not found and (len(loaded.hooks.configs) == 1 or _is_job_queue(value)):
        configs = loaded.hooks.configs
    if not configs:
        return None if _is_job_queue(value) else _unknown_app(name, value, loaded)
    config = max(configs, key=lambda config: sum(not is_default(value) for value in config.entries.values()))
    stopped = _stop(value, loaded)
    if stopped is not None:
        config.obscure(stopped)
    sure = len(found) == 1 and stopped is None
    app = App(name, Place(config.instance.at, "Flask()"), factory)
    _add_routes(app, config, None if _is_job_queue(value) else value, loaded, stopped)
    return _complete(app, config, loaded, sure=sure)


def _add_routes(
    app: App, config: FlaskConfig, value: Value | None, loaded: loading.Loaded, why: Unknown | None
) -> None:
    """Fill in the app's routes; `why` says that its code stops on the way."""
    project, files = loaded.context.project, loaded.machine.files
    found = routes.of_app(config.instance, value, list(loaded.events), loaded.hooks.not_followed, config.entries)
    app.routes = found.routes
    app.routes_unknown = why or found.unknown or next(iter(loaded.machine.unknowns), None)
    app.loose_paths = routes.loose_paths(project, files, app.routes)


def _is_job_queue(value: Value | None) -> bool:
    """Whether a worker's target is a queue of jobs, around which a Flask app may have been made."""
    data = value.data if value is not None else None
    return isinstance(data, Instance) and data.callee.startswith(flask_cli.QUEUES)


def _without_flask(name: str, loaded: loading.Loaded) -> App:
    """What a worker loads that makes no Flask app: its engines count all the same."""
    module = loaded.module
    app = App(name, Place(None, module.path if module is not None else name), files=tuple(loaded.machine.files))
    made = engines.of_events(list(loaded.events), {}, loaded.context)
    app.engines = engine_facts.completed(made, {}, app.files, loaded.context)
    app.reached = [*reached.of_events(loaded.events), *connecting.of_events(loaded.events)]
    return app


def _stop(value: Value | None, loaded: loading.Loaded) -> Unknown | None:
    """Why the code ends before the app is complete, if it does."""
    failure = loaded.module.failure if loaded.module is not None else None
    if failure is not None:
        what = " ".join(filter(None, (failure.path.rpartition(".")[2], failure.detail)))
        lacks = f"variable {failure.detail}" if failure.path == "builtins.KeyError" and failure.detail else ""
        return Unknown(f"the code stops before the app is complete: {what}", failure.at, lacks)
    data = value.data if value is not None else None
    if isinstance(data, Unknown) and data.reason.startswith("it raises"):
        return Unknown(f"the code stops before the app is complete: {data.reason}", data.at)
    if isinstance(data, Unknown) and "takes too long" in data.reason:
        return data
    return None


def flask_app(value: Value | None) -> Instance | None:
    """The first Flask app in a value: itself, or what a middleware was given."""
    return next(iter(flask_apps(value)), None)


def flask_apps(value: Value | None, depth: int = 0) -> list[Instance]:
    """The Flask apps that a value is, may be, or wraps."""
    if value is None or depth > 6:
        return []
    instance = flask_instance(value)
    if instance is not None:
        return [instance]
    data = value.data.outer if isinstance(value.data, Object) else value.data
    inside: Iterable[Value] = value.alternatives
    if isinstance(data, Instance):
        inside = (*data.args, *data.kwargs.values(), *data.members.values())
    if isinstance(value.data, Object):
        inside = (*inside, *value.data.attributes.values())
    if isinstance(data, (tuple, list)):
        inside = data
    return [found for one in inside for found in flask_apps(one, depth + 1)]


def _unknown_app(name: str, value: Value | None, loaded: loading.Loaded) -> App | None:
    """An app that is not a Flask app we saw being made: of a package, or behind something that cannot be read."""
    at = value.at if value is not None else None
    stopped = _stop(value, loaded)
    if stopped is not None:
        reason = stopped
    elif value is not None and isinstance(value.data, Unknown):
        reason = value.data
    else:
        reason = Unknown(frameworks.why_unknown(name, value), at)
    app = App(name, Place(at or reason.at), files=loaded.machine.files)
    app.debug = Setting("DEBUG", reason)
    app.unknowns = [reason]
    app.routes_unknown = reason
    app.hardcoded = hardcoded.of_files(loaded.context.project, app.files, loaded.context.variables, ())
    app.reached = reached.of_events(loaded.events)
    return app


def _complete(app: App, config: FlaskConfig, loaded: loading.Loaded, *, sure: bool) -> App:
    events = list(loaded.events)
    made = next(
        (event for event in events if event.result is not None and flask_instance(event.result) is config.instance),
        None,
    )
    app.trail = made.trail if made is not None else ()
    app.files = tuple(loaded.machine.files)
    app.secrets = app_secrets.uses(config, loaded.context.project, app.files, app.trail)
    names = dict.fromkeys((*config.entries, *engines.SETTINGS))
    values = {name: value for name in names if (value := config.read(name)) is not None}
    made_engines = engines.of_events(events, values, loaded.context)
    app.engines = engine_facts.completed(made_engines, values, app.files, loaded.context)
    app.hardcoded = hardcoded.of_files(loaded.context.project, app.files, loaded.context.variables, app.trail)
    app.hardcoded += configured.find(loaded.context.project, values, app.files, app.trail)
    logs = log_handlers.of_events(events, loaded.context)
    app.handlers, app.log_level = logs.handlers, logs.level
    app.config = {name: masked(config.setting(name)) for name in sorted(config.entries)}
    app.state = process_state.of_app(events, app.config, loaded.context.project, app.files)
    app.uses = app_uses.of_app(events, app.config, loaded.context.project, app.files, app.name)
    app.proxy_trust = proxies.of_app(events, loaded.context.project, app.files)
    app.config_objects = config.objects()
    app.debug, app.testing = config.setting("DEBUG"), config.setting("TESTING")
    app.debug_written = before_value(loaded.context.project, app.debug.span)
    app.unsure = frozenset(name for name in config.entries if not (config.is_sure(name) and sure))
    app.hardcoded = list(hardcoded.in_effect(app.hardcoded, app.config, app.unsure))
    app.reads_variables = variables_read(loaded.context.project, app.files)
    app.unknowns = list(_unknowns(config, loaded))
    app.reached = [*reached.of_events(events), *connecting.of_events(events)]
    app.reached += _by_requests(events, loaded)
    app.reached += per_request.of_files(loaded.context.project, app.files)
    return app


def _unknowns(config: FlaskConfig, loaded: loading.Loaded) -> Iterator[Unknown]:
    doubt = config.doubt
    if doubt is not None and isinstance(doubt.data, Unknown):
        yield doubt.data
    yield from loaded.machine.unknowns


def _by_requests(events: list[Event], loaded: loading.Loaded) -> list[Reached]:
    """What the functions that run with every request (or the first) do to the database's tables."""
    found: list[Reached] = []
    for event in events:
        function = event.args[0] if event.args else None
        if event.callee in _REQUEST_HOOKS and function is not None and isinstance(function.data, Function):
            before = len(loaded.events)
            loaded.machine.call(function, (), {})
            hook = event.callee.rpartition(".")[2]
            place = Place(event.at, f"@{hook} runs {function.data.name}")
            found += [
                replace(one, hook=hook, trail=(place, *one.trail[1:]))
                for one in reached.of_events(loaded.events[before:])
                if one.kind in ("upgrade", "create_all", "drop_all")
            ]
    return found


def variables_read(project: Project, files: Iterable[str]) -> frozenset[str]:
    """The variables that any of these files, Python or shell, names in reading the environment."""
    return frozenset().union(*(project.facts(path, _reads) or () for path in files))


def _reads(source: Source) -> frozenset[str]:
    """The names in one file; a reader for `project.facts`, as every process loads the same files."""
    return frozenset(found[1] or found[2] for found in _READS.finditer(source.text))
