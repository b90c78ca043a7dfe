"""Rules about the keys that sign sessions: written in the code, as a fallback there, or made anew each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.finding import Confidence, Evidence, Finding, Severity
from flaskprod_lint.model import App, Deployment, Process, SecretUse, Setting, Unknown, Use
from flaskprod_lint.rules import copies, evidence, rule
from flaskprod_lint.rules.hardening import may_load_other_settings
from flaskprod_lint.rules.platform_facts import careful_of_workers
from flaskprod_lint.source import Place

_PURPOSES = {
    "SECRET_KEY": "signs session cookies",
    "JWT_SECRET_KEY": "signs tokens",
    "SECURITY_PASSWORD_SALT": "protects passwords",
    "WTF_CSRF_SECRET_KEY": "protects forms",
}

#: Steps of a release load the app to migrate: which key they fall back to makes no difference to anyone.
_SIGNS_NOTHING = ("release", "init", "build", "after")


@rule("secret-key-hardcoded")
def secret_key_hardcoded(deployment: Deployment) -> Iterator[Finding]:
    """A key that production uses stands in the code."""
    for process, use in _uses(deployment, "literal"):
        weak = ", and that anyone would guess" if use.weak else ""
        yield _guarded(
            Finding(
                f"The app {_purpose(use)} with a key that stands in {_file(use)}{weak}",
                at=use.at,
                because=_because(process, use),
                confidence=Confidence.HIGH if use.sure else Confidence.MEDIUM,
                label="anyone who reads this can forge sessions",
                instead=_reading(use),
            ),
            use,
        )


@rule("secret-key-fallback")
def secret_key_fallback(deployment: Deployment) -> Iterator[Finding]:
    """Without its variable, the app starts with a key that stands in the code."""
    for process, use in _uses(deployment, "fallback"):
        if use.variable_set is True:
            continue
        variable = use.variable or use.name
        when = f"because nothing sets {variable}" if use.variable_set is False else f"when {variable} is not set"
        yield _guarded(
            Finding(
                f"{use.name} falls back to a key in {_file(use)} {when}: {_then(use)}",
                at=use.at,
                because=_because(process, use),
                confidence=Confidence.HIGH if use.sure else Confidence.MEDIUM,
                label="used without the variable" if use.guard else "used silently without the variable",
                instead=_reading(use),
            ),
            use,
        )


@rule("secret-key-random")
def secret_key_random(deployment: Deployment) -> Iterator[Finding]:
    """A key is made anew by each worker and with each start."""
    for process, use in _uses(deployment, "random"):
        if use.variable_set is True:
            continue
        several = _several(process)
        condition = f" unless {use.variable} is set" if use.variable else ""
        effect = f"each of {several} has another one" if several else "every restart ends all sessions"
        finding = Finding(
            f"{use.name} is made anew when the app loads{condition}: {effect}",
            at=use.at,
            because=_because(process, use),
            severity=Severity.ERROR if several else Severity.WARNING,
            confidence=Confidence.HIGH if use.sure and not use.variable else Confidence.MEDIUM,
            label="another key in each process",
            instead=_reading(use),
        )
        workers = process.server.workers if process.server is not None else None
        yield careful_of_workers(finding, deployment, workers) if several.endswith("workers") else finding


@rule("secret-key-missing")
def secret_key_missing(deployment: Deployment) -> Iterator[Finding]:
    """Something needs the secret key, and nothing sets one."""
    for process in deployment.web_processes:
        app = process.app
        use = _needs_key(app) if app is not None and process.environment == "production" else None
        setting = app.config.get("SECRET_KEY") if app is not None else None
        if app is None or use is None or setting is None or not setting.known or setting.value:
            continue
        at = setting.span or app.definition.span
        if at is None or _may_be_set(app, setting):
            continue
        sure = use.sure and not app.unknowns and not deployment.assumed
        yield Finding(
            f"{_why_missing(setting)}, so the first {_SIGNED[use.kind]} fails with “{_error(use)}”",
            at=at,
            because=tuple(dict.fromkeys((*process.trail, *app.trail, use.at))),
            confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
            label="without a key" if setting.span else "gets no SECRET_KEY",
            instead='app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]',
        )


#: What fails without a key, by the kind of use.
_SIGNED = {
    "login": "login",
    "session": "write to the session",
    "flash": "flashed message",
    "oauth": "sign-in",
    "csrf": "form",
}


def _needs_key(app: App) -> Use | None:
    """What needs the key: anything in the session, unless sessions are kept elsewhere; a form all the same."""
    elsewhere = any(use.kind == "server-session" for use in app.uses)
    kinds = ("csrf",) if elsewhere else tuple(_SIGNED)
    found = [use for kind in kinds for use in app.uses if use.kind == kind]
    return next((use for use in found if use.sure), None) or next(iter(found), None)


def _may_be_set(app: App, setting: Setting) -> bool:
    """Whether the key may have a value where we cannot look: by a condition, a dashboard, or a dotenv file."""
    dotenv = any(one.kind == "load_dotenv" for one in app.reached)
    if not setting.sure or "SECRET_KEY" in app.unsure or may_load_other_settings(app):
        return True
    return any(read.is_set is None or dotenv for read in setting.environment)


def _error(use: Use) -> str:
    if use.kind == "csrf":
        return "A secret key is required to use CSRF"
    return "The session is unavailable because no secret key was set"


def _why_missing(setting: Setting) -> str:
    names = " or ".join(dict.fromkeys(read.name for read in setting.environment))
    return (
        f"Nothing here sets {names}" if names else "SECRET_KEY is empty" if setting.span else "Nothing sets SECRET_KEY"
    )


@evidence("secrets")
def evidence_of_secrets(deployment: Deployment) -> Evidence:
    """What shows that the key comes from the environment: the place that reads it."""
    web = list(deployment.web_processes)
    if not web:
        return Evidence(not_applicable="no web process")
    proofs: list[Place] = []
    for process in web:
        app = process.app
        if app is None:
            return Evidence(unknown=f"the app that `{process.name}` loads was not found")
        setting = app.config.get("SECRET_KEY")
        unknown = _unknown(setting, app.secrets)
        if unknown:
            return Evidence(unknown=unknown)
        if setting is None or setting.is_default or setting.value in (None, ""):
            if app.unknowns and setting is None:
                return Evidence(unknown=f"SECRET_KEY: {app.unknowns[0].reason}")
            proofs.append(Place(app.definition.span, "sets no SECRET_KEY"))
        else:
            proofs.append(Place(setting.span, _read_from(setting)))
    headline = "SECRET_KEY comes from the environment"
    if all(place.note == "sets no SECRET_KEY" for place in proofs):
        headline = "no secret key in the code"
    return Evidence(headline, tuple(dict.fromkeys(proofs)))


def _read_from(setting: Setting) -> str:
    names = dict.fromkeys(read.name for read in setting.environment)
    return f"SECRET_KEY from {' or '.join(names)}" if names else "SECRET_KEY"


def _unknown(setting: Setting | None, uses: list[SecretUse]) -> str:
    """Why SECRET_KEY cannot be known to be safe; "" when it can, or when a rule says that it is not."""
    kinds = {use.kind for use in uses if use.name == "SECRET_KEY"}
    if setting is not None and isinstance(setting.value, Unknown) and not setting.environment and "random" not in kinds:
        return f"SECRET_KEY: {setting.value.reason}"
    if "unknown" not in kinds:
        return ""
    if setting is not None and isinstance(setting.value, Unknown) and setting.environment:
        return f"SECRET_KEY: {setting.value.reason}"
    return "SECRET_KEY: where it comes from could not be followed"


def _uses(deployment: Deployment, kind: str) -> Iterator[tuple[Process, SecretUse]]:
    """The secrets of that kind in the apps that production loads, each place once, under its first name."""
    # What stands in a manifest or in a dotenv file of the repository is told there.
    seen = {secret.at for secret in deployment.secrets}
    committed = [file for file in deployment.env_files if file.committed and not file.example]
    told = {(secret.at.path, secret.at.line) for file in committed for secret in file.secrets}
    web = any(deployment.web_processes)
    for process in deployment.processes:
        if web and kind != "literal" and process.kind in _SIGNS_NOTHING:
            continue
        for use in process.app.secrets if process.app else ():
            if use.kind == kind and use.at not in seen and (use.at.path, use.at.line) not in told:
                seen.add(use.at)
                yield process, use


def _then(use: SecretUse) -> str:
    if use.guard is not None:
        return "the app seems to refuse it, as long as it sees that this is production"
    return f"the app starts all the same, and {_purpose(use)} with it"


def _guarded(finding: Finding, use: SecretUse) -> Finding:
    """A finding about a value that the code itself refuses is hardly one."""
    if use.guard is None:
        return finding
    return replace(finding.lowered(Confidence.LOW), severity=Severity.NOTE, because=(*finding.because, use.guard))


def _file(use: SecretUse) -> str:
    """Where the key stands, in words: the code, or another file that the app reads by itself."""
    return "the code" if use.at.path.endswith(".py") else use.at.path


def _reading(use: SecretUse) -> str:
    """The assignment as it stands in the code, with the variable for its value; no other file can read one."""
    if not use.at.path.endswith(".py"):
        if use.variable is None:
            return "Keep the key in a file that is not in the repository, and let the app read it from there."
        return f"Set {use.variable} where the app runs, and take this line out."
    return f'{use.written or f"{use.name} = "}os.environ["{use.variable or use.name}"]'


def _purpose(use: SecretUse) -> str:
    return _PURPOSES.get(use.name, "signs what it sends out")


def _because(process: Process, use: SecretUse) -> tuple[Place, ...]:
    step = process.main_step
    trail = (step.trail if step else ()) or process.trail
    return tuple(dict.fromkeys((*trail, *use.trail)))


def _several(process: Process) -> str:
    """What there is more than one of: workers (unless the app is loaded before they are made) or instances."""
    server = process.server
    workers = server.workers.value if server and server.workers else None
    preload = server.settings.get("preload_app") if server else None
    loaded_once = preload is not None and preload.value is True
    if isinstance(workers, int) and workers > 1 and not loaded_once:
        return f"the {workers} workers"
    return copies.several(process)
