"""Debug off: what Flask's debug, testing and environment settings come to in production."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Evidence, Finding
from flaskprod_lint.model import App, Deployment, EnvironmentRead, Process, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.rules import evidence, rule
from flaskprod_lint.rules.hardening import debug_toolbar_on as debug_toolbar_on
from flaskprod_lint.rules.hardening import session_cookie_insecure as session_cookie_insecure
from flaskprod_lint.rules.health import health_path_not_found as health_path_not_found
from flaskprod_lint.rules.health import no_health_route as no_health_route
from flaskprod_lint.rules.proxy_headers import proxy_headers_from_anyone as proxy_headers_from_anyone
from flaskprod_lint.rules.proxy_headers import proxy_headers_ignored as proxy_headers_ignored
from flaskprod_lint.source import Place, Span

_DEVELOPMENT = regex(r"(^|[._\W])(dev|develop|development|local|debug)(?=$|[._\W]|config|settings|env)", re.IGNORECASE)
_WORD = regex(r"(?<=[a-z0-9])(?=[A-Z])")


@rule("debug-on")
def debug_on(deployment: Deployment) -> Iterator[Finding]:
    """Debug mode is on in a process that serves requests."""
    for process in deployment.web_processes:
        setting = _debug(process)
        if setting is None or not _is_on(setting) or _explained_by_development_config(process, setting):
            continue
        given = _given_to_a_helper(process, setting)
        at = (given and given.span) or _span(setting, process, deployment)
        yield Finding(
            _debug_message(process, setting),
            at=at,
            because=_because(process, setting),
            confidence=_confidence(process, setting),
            label="anyone can run code here" if _on_werkzeug(process) else "errors bypass the app's handlers",
            instead=f"{given.name}=" if given else _debug_instead(process, setting),
        )


@rule("testing-on")
def testing_on(deployment: Deployment) -> Iterator[Finding]:
    """TESTING is on in production."""
    for process in deployment.web_processes:
        setting = process.app.testing if process.app else None
        if setting is None or not _is_on(setting):
            continue
        yield Finding(
            "TESTING is on in production: exceptions pass by the app's error handlers, and extensions stop sending or "
            "protecting things" + _unless(setting),
            at=_span(setting, process, deployment),
            because=_because(process, setting),
            confidence=_confidence(process, setting),
            label="meant for tests",
        )


@rule("development-config")
def development_config(deployment: Deployment) -> Iterator[Finding]:
    """Production loads the development configuration."""
    for process in deployment.web_processes:
        setting = _development_object(process.app)
        if setting is None:
            continue
        read = _deciding_read(setting)
        name = setting.name.rpartition(".")[2]
        reason = f", because nothing here sets {read.name}" if read else ""
        yield Finding(
            f"Production loads the development configuration {name}{reason}",
            at=_place_to_change(setting, read) or _span(setting, process, deployment),
            because=(*_because(process, setting), Place(None, setting.origin.note)),
            confidence=_confidence(process, setting),
            label=f"falls back to {name}" if read else "the development configuration",
            instead=f"{read.name}=production" if read and not setting.name.isupper() else _beside(setting),
        )


def _beside(setting: Setting) -> str | None:
    """The configuration for production of the same module, where the code names it by its path."""
    module = setting.name.rpartition(".")[0]
    return f'app.config.from_object("{module}.ProductionConfig")' if module else None


@rule("flask-env-ignored")
def flask_env_ignored(deployment: Deployment) -> Iterator[Finding]:
    """FLASK_ENV is set, and the installed Flask does not read it."""
    version = _flask_version(deployment)
    if version is not None and version < (2, 3):
        return
    for process in deployment.processes:
        setting = _variables(process).get("FLASK_ENV")
        if setting is None or setting.span is None or not _means_something(setting.value):
            continue
        if process.app is not None and "FLASK_ENV" in process.app.reads_variables:
            continue
        known = process.app is not None and not process.app.unknowns and version is not None
        yield Finding(
            f"Flask has not read FLASK_ENV since version 2.3, so “{setting.value}” changes nothing here",
            at=setting.span,
            because=(*process.trail, *_flask_place(deployment)),
            confidence=Confidence.HIGH if known else Confidence.MEDIUM,
            label="ignored",
        )


@evidence("debug")
def evidence_of(deployment: Deployment) -> Evidence:
    """What shows that debug is off: the setting of each web process's app, or Flask's default."""
    web = list(deployment.web_processes)
    if not web:
        return Evidence(not_applicable="no web process")
    proofs: list[Place] = []
    for process in web:
        setting = _debug(process)
        if setting is None or isinstance(setting.value, Unknown):
            return Evidence("debug is not known", tuple(proofs), unknown=_why_unknown(process, setting))
        proofs.extend(_proof(process, setting))
    return Evidence("off", tuple(dict.fromkeys(proofs)))


def _debug(process: Process) -> Setting | None:
    """The debug state in effect: what the server's own start says, else what the app ends up with.

    `app.run(debug=False)` and `flask run` write over what the code has set before.
    """
    server = process.server
    if server is not None and server.debug is not None:
        return server.debug
    if server is not None and server.is_dev_server and "flask" in (server.step.program, *server.step.argv[1:3]):
        return Setting("DEBUG", False, Place(server.step.origin.span, "flask run, without FLASK_DEBUG"))
    return process.app.debug if process.app else None


def _given_to_a_helper(process: Process, setting: Setting) -> Setting | None:
    """The variable that is set, where a function of the project's own reads it: that one is not to change."""
    read = next((read for read in setting.environment if read.is_set and not read.name.startswith("FLASK_")), None)
    variable = _variables(process).get(read.name) if read is not None else None
    if (
        read is None
        or variable is None
        or read.at is None
        or setting.span is None
        or _text_that_looks_off(process, setting)
    ):
        return None
    return variable if (read.at.path, read.at.line) != (setting.span.path, setting.span.line) else None


def _is_on(setting: Setting) -> bool:
    return setting.known and bool(setting.value)


def _on_werkzeug(process: Process) -> bool:
    return process.server is not None and process.server.is_dev_server


def _debug_message(process: Process, setting: Setting) -> str:
    if _on_werkzeug(process):
        effect = "Flask's own server shows a console in which anyone can run code"
    else:
        effect = "errors bypass the app's own handlers, and templates are checked for changes on each request"
    text = _text_that_looks_off(process, setting)
    odd = f" (the text “{text}” counts as on)" if text else ""
    return f"Debug is on in production{_unless(setting)}{odd}: {effect}"


def _text_that_looks_off(process: Process, setting: Setting) -> str:
    """What someone wrote to switch debug off, and what does not: FLASK_DEBUG=off, or the text False."""
    reads = [read.name for read in setting.environment]
    variable = _variables(process).get("FLASK_DEBUG") if "FLASK_DEBUG" in reads else None
    text = variable.value if variable is not None else setting.value
    looks_off = isinstance(text, str) and text.lower() in ("false", "off", "no", "0", "n", "f", "disabled")
    return str(text) if looks_off else ""


def _debug_instead(process: Process, setting: Setting) -> str | None:
    if process.server is not None and setting is process.server.debug:
        return "FLASK_DEBUG=0" if "flask" in process.server.step.argv else None
    name = next((read.name for read in setting.environment), "")
    if name in ("FLASK_DEBUG", "FLASK_ENV"):
        return "FLASK_DEBUG=0" if name == "FLASK_DEBUG" else "FLASK_ENV=production"
    written = (process.app.debug_written if process.app else "") or "DEBUG = "
    if name:
        return f'{written}os.environ.get("{name}", "").lower() in ("1", "true")'
    return f"{written}False"


def _unless(setting: Setting) -> str:
    read = _deciding_read(setting)
    return f", unless {read.name} is set" if read else ""


def _deciding_read(setting: Setting) -> EnvironmentRead | None:
    """The variable whose absence decided the value."""
    return next((read for read in setting.environment if read.is_set is not True), None)


def _place_to_change(setting: Setting, read: EnvironmentRead | None) -> Span | None:
    return (read.at if read else None) or setting.span


def _span(setting: Setting, process: Process, deployment: Deployment) -> Span:
    places = (
        setting.origin,
        process.app.definition if process.app else None,
        process.command.origin,
        deployment.origin,
    )
    return next((place.span for place in places if place and place.span), Span(deployment.origin.path or ".", 1))


def _because(process: Process, setting: Setting) -> tuple[Place, ...]:
    trail = process.app.trail if process.app else ()
    reads = tuple(
        Place(read.at, f"reads {read.name}") for read in setting.environment if read.at and read.at != setting.span
    )
    return tuple(dict.fromkeys((*process.trail, *trail, *reads)))


def _confidence(process: Process, setting: Setting) -> Confidence:
    """Medium where a variable that someone may have set decides, or a condition that cannot be known."""
    read = _deciding_read(setting)
    sure = process.app is None or setting.name not in process.app.unsure
    sure = sure and setting.sure
    return Confidence.HIGH if sure and (read is None or read.is_set is False) else Confidence.MEDIUM


def _development_object(app: App | None) -> Setting | None:
    """The last configuration object that the app loads, when its name says that it is for development."""
    last = app.config_objects[-1] if app and app.config_objects else None
    return last if last is not None and is_development_name(last.name) else None


def is_development_name(name: str) -> bool:
    """Whether a configuration's name says that it is for development: DevConfig, settings.local, config_dev."""
    return bool(_DEVELOPMENT.search(_WORD.sub("_", name.rpartition(".")[2])))


def _explained_by_development_config(process: Process, setting: Setting) -> bool:
    loaded = _development_object(process.app)
    return loaded is not None and setting.span is not None and process.app is not None and setting is process.app.debug


def _variables(process: Process) -> dict[str, Setting]:
    step = process.main_step
    return {**process.variables, **(step.environment if step else {})}


def _means_something(value: object) -> bool:
    return isinstance(value, str) and value.strip("\"' ").lower() not in ("", "production")


def _flask_version(deployment: Deployment) -> tuple[int, int] | None:
    package = deployment.packages.find("flask")
    found = re.match(r"(\d{1,9})\.(\d{1,9})", package.version or "") if package else None
    return (int(found[1]), int(found[2])) if found else None


def _flask_place(deployment: Deployment) -> tuple[Place, ...]:
    package = deployment.packages.find("flask")
    return (Place(package.origin.span, f"Flask {package.version or 'of any version'}"),) if package else ()


def _why_unknown(process: Process, setting: Setting | None) -> str:
    if setting is not None and isinstance(setting.value, Unknown):
        return f"DEBUG of {process.name}: {setting.value.reason}"
    return f"the app that {process.name} loads was not found, so its DEBUG is not known"


def _proof(process: Process, setting: Setting) -> Iterator[Place]:
    if setting.is_default and process.app is not None:
        yield Place(process.app.definition.span, "nothing turns debug on")
    else:
        yield Place(setting.span, f"DEBUG is {setting.value!r}" if not setting.environment else "DEBUG is off")
