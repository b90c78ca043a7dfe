"""Health checks: whether the path that the platform asks for is one that the app answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import App, Deployment, Platform, Process, Route, Setting
from flaskprod_lint.model.routing import NONE, REDIRECTED, Answer, finds
from flaskprod_lint.patterns import regex
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.platform_facts import careful
from flaskprod_lint.source import Place

_HEALTHY = regex(
    r"health|heartbeat|^_?_?(?:ping|up|live|alive|ready|readiness|liveness|status|livez|readyz|ok|lbheartbeat|probe)$"
)
#: Options of servers that put the app below a prefix.
_MOUNTED = regex(r"--(?:mount|root-path|url-prefix)\b")
_ROUTE = '@app.get("{path}")\ndef health():\n    return "ok"'
#: What happens to a new version whose check fails each time.
_CONSEQUENCES = {
    "railway": "each deploy fails",
    "render": "the deploy fails and the old version stays",
    "fly": "the deploy fails, and Fly's proxy sends it no requests",
    "kamal": "the deploy fails and the old version stays",
    "kubernetes": "the Pod gets no requests, or is restarted again and again",
    "ecs": "ECS stops the task and starts another one, again and again",
}
_URL = regex(r"https?://\S+")


@rule("health-path-not-found")
def health_path_not_found(deployment: Deployment) -> Iterator[Finding]:
    """The path of the health check is no route of the app, or one that only redirects where that does not pass."""
    for process in deployment.web_processes:
        setting, app = process.health_path, process.app
        if deployment.assumed or app is None or setting is None or not _is_asked_directly(process):
            continue
        if not _is_own_port(process, deployment):
            continue
        path = setting.value
        if not isinstance(path, str) or setting.span is None:
            continue
        answer, platform = finds(app, path), deployment.platform
        what = ""
        if answer.kind == NONE and not _is_written(path, app):
            what = _missing(path, answer)
        elif answer.kind == REDIRECTED and _needs_200(platform, setting):
            what = f"the app answers {path} with a redirect to {path}/"
        if what:
            finding = _finding(deployment, process, app, answer, what)
            by_platform = platform is not None and platform.health_statuses is not None
            yield careful(finding, platform, "health.statuses") if by_platform else finding


def _needs_200(platform: Platform | None, setting: Setting) -> bool:
    """Whether a redirect does not pass, as it does where a command in the container asks."""
    return platform is not None and platform.health_statuses == "200" and not _URL.search(setting.origin.note)


def _is_asked_directly(process: Process) -> bool:
    """Whether the check reaches the app as it is: no proxy or prefix of the server's own stands between."""
    settings = process.server.settings if process.server is not None else {}
    step = process.main_step
    variables = {**process.variables, **(step.environment if step is not None else {})}
    given = settings["raw_env"].value if "raw_env" in settings else ""
    prefixed = "SCRIPT_NAME" in variables or "SCRIPT_NAME" in str(given)
    mounted = step is not None and _MOUNTED.search(step.text) is not None
    return process.proxy is None and not prefixed and not mounted


def _is_own_port(process: Process, deployment: Deployment) -> bool:
    """Whether the check asks on a port of the server; one that asks elsewhere meets another program."""
    bind = process.server.bind if process.server is not None else ()
    if process.probed is None:  # A probe of Kubernetes always names its port, if not always in a way that can be read.
        return deployment.platform is None or deployment.platform.id != "kubernetes"
    return any(address.port == process.probed.value for address in bind)


def _is_written(path: str, app: App) -> bool:
    """Whether the path, or its end, stands somewhere in the code that is loaded, where we see no route."""
    return any(path.rstrip("/").endswith(text.rstrip("/")) for text in app.loose_paths if text.strip("/"))


def _missing(path: str, answer: Answer) -> str:
    if answer.route is None:
        return f"the app has no route {path} and answers 404"
    methods = " and ".join(answer.route.methods)
    return f"the app answers {path} to {methods} only, and a health check is a GET"


def _finding(deployment: Deployment, process: Process, app: App, answer: Answer, what: str) -> Finding:
    setting, platform = process.health_path, deployment.platform
    assert setting is not None
    assert setting.span is not None
    near = _near(str(setting.value), app) if answer.kind == NONE and answer.route is None else None
    route = answer.route or near
    places = [Place(route.at.span, f"the route {route.rule}")] if route is not None else []
    by_itself = platform is None or platform.health_statuses is None
    return Finding(
        f"{_who(platform, setting)} asks for {setting.value}, but {what}: {_consequence(platform)}",
        at=setting.span,
        because=(Place(app.definition.span, "the app"), *places),
        confidence=_confidence(deployment, process, setting),
        severity=Severity.WARNING if by_itself else None,
        label=f"the app has {near.rule}" if near is not None else _label(answer),
        instead=_instead(setting, near, answer),
    )


def _who(platform: Platform | None, setting: Setting) -> str:
    if platform is None or platform.health_statuses is None or _URL.search(setting.origin.note):
        return "The container's health check"
    return platform.name


def _consequence(platform: Platform | None) -> str:
    if platform is None or platform.health_statuses is None:
        return "the container counts as unhealthy although it serves"
    return _CONSEQUENCES.get(platform.id, "the app never counts as healthy, although it serves")


def _label(answer: Answer) -> str:
    if answer.kind == REDIRECTED:
        return "a redirect does not pass"
    return "answers 404" if answer.route is None else "answers 405"


def _confidence(deployment: Deployment, process: Process, setting: Setting) -> Confidence:
    step = process.main_step
    sure = deployment.sure and setting.sure and (step is None or step.sure)
    return Confidence.HIGH if sure else Confidence.MEDIUM


def _near(path: str, app: App) -> Route | None:
    """The route that was probably meant: with the same end, else the only one that is there for health checks."""
    plain = [route for route in app.routes if route.sure and "<" not in route.rule and _gets(route)]
    end = _end(path)
    same = [route for route in plain if end and _end(route.rule) == end]
    healthy = [route for route in plain if _is_healthy(route.rule)]
    return same[0] if same else healthy[0] if len(healthy) == 1 else None


def _end(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _gets(route: Route) -> bool:
    return not route.methods or "GET" in route.methods


def _is_healthy(rule_text: str) -> bool:
    return any(_HEALTHY.search(part.lower()) for part in rule_text.strip("/").split("/"))


def _instead(setting: Setting, near: Route | None, answer: Answer) -> str | None:
    """The path as it should stand in the manifest, or the route that the app should have."""
    path, key = str(setting.value), setting.origin.note.partition(":")[0]
    right = f"{path}/" if answer.kind == REDIRECTED else near.rule if near is not None else ""
    if not right:
        return _ROUTE.format(path=path) if answer.route is None else f'methods=["GET", "{answer.route.methods[0]}"]'
    url = _URL.search(setting.origin.note)
    if url is not None:
        return url[0].removesuffix(path) + right
    key = "path" if key.endswith("Probe") else key.rpartition(".")[2]
    if not re.fullmatch(r"[\w-]+", key):
        return None
    name = setting.span.path if setting.span is not None else ""
    if name.endswith(".json"):
        return f'"{key}": "{right}"'
    return f'{key} = "{right}"' if name.endswith(".toml") else f"{key}: {right}"


@rule("no-health-route")
def no_health_route(deployment: Deployment) -> Iterator[Finding]:
    """A platform that can ask a path, and an app of which no route is there to be asked."""
    platform = deployment.platform
    if platform is None or platform.health_statuses is None or deployment.assumed:
        return
    for process in deployment.web_processes:
        app = process.app
        if app is None or process.health_path is not None or not _is_asked_directly(process):
            continue
        if app.definition.span is None or not app.engines or not _has_none(app):
            continue
        finding = Finding(
            f"{platform.name} can ask a path whether the app is up, and none of the app's {len(app.routes)} routes is "
            "there for that: it will ask a page for visitors, or only see that the port is open",
            at=app.definition.span,
            because=process.trail[:1],
            confidence=Confidence.HIGH if deployment.sure else Confidence.MEDIUM,
            label="no route for health checks",
            instead=_ROUTE.format(path="/healthz"),
        )
        yield careful(finding, platform, "health.statuses", most=Severity.NOTE)


def _has_none(app: App) -> bool:
    """Whether all routes are known, and surely none is one for health checks."""
    if app.routes_unknown is not None or any(_is_healthy(text) for text in app.loose_paths):
        return False
    if any(_is_healthy(route.rule) or "<path:page>" in route.rule for route in app.routes):
        return False
    return finds(app, "/healthz").kind == NONE
