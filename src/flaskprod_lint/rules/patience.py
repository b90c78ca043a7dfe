"""Rules that hold Gunicorn's times against those of the platform: its router, its balancer, and its SIGKILL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import Deployment, Process, Server, Setting
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.platform_facts import careful, fact_of
from flaskprod_lint.rules.pointing import confidence_in, point, served, trail, unless
from flaskprod_lint.rules.stopping import is_told_to_stop
from flaskprod_lint.source import Place, Span

#: More seconds are as good as no end, and more than a float may hold.
_FOREVER = 10**15
#: Worker classes that keep a connection open for the next request.
_KEEPS_ALIVE = ("gthread", "gevent", "eventlet", "tornado", "uvicorn")
#: Where each platform's manifest says how long it waits before SIGKILL.
_WAITS = {
    "docker-compose": "stop_grace_period: {seconds}s",
    "fly": "kill_timeout = {seconds}",
    "railway": "drainingSeconds = {seconds}",
    "kubernetes": "terminationGracePeriodSeconds: {seconds}",
    "azure-containerapps": "terminationGracePeriodSeconds: {seconds}",
    "ecs": '"stopTimeout": {seconds}',
    "render": "maxShutdownDelaySeconds: {seconds}",
    "supervisord": "stopwaitsecs={seconds}",
    "podman-quadlet": "StopTimeout={seconds}",
    "systemd": "TimeoutStopSec={seconds}",
    "azure-appservice": "az webapp config appsettings set --settings WEBSITES_CONTAINER_STOP_TIME_LIMIT={seconds}",
}
_JSON = {"railway": '"drainingSeconds": {seconds}'}


@rule("timeout-over-router")
def timeout_over_router(deployment: Deployment) -> Iterator[Finding]:
    """A sync worker may work longer on a request than the platform's router waits for the answer."""
    for process, server in served(deployment):
        limit, timeout = _seconds(process.router_timeout), _seconds(server.timeout)
        if limit is None or timeout is None or not _is_sync(server) or timeout <= limit:
            continue
        at = point(deployment, process, server.timeout)
        finding = Finding(
            f"A worker may spend {timeout:g} s on a request, and {_router(deployment)} gives the visitor an error "
            f"after {limit:g} s: the worker goes on for nobody, and serves no one else{unless(server.timeout)}",
            at=at,
            because=trail(process, at, server.timeout, fact_of(process.router_timeout)),
            confidence=confidence_in(server.timeout),
            label=f"nobody waits after {limit:g} s",
            instead=f"timeout = {limit:g}" if at.path.endswith(".py") else f"--timeout {limit:g}",
        )
        yield _bounded(finding, deployment, process.router_timeout, "router.timeout_seconds")


@rule("timeout-disabled")
def timeout_disabled(deployment: Deployment) -> Iterator[Finding]:
    """With a timeout of 0 nobody restarts a worker that hangs; a router that gives up ends only the visitor's wait."""
    for process, server in served(deployment):
        timeout = server.timeout
        if timeout is None or timeout.value != 0 or timeout.value is False:
            continue
        at, limit = point(deployment, process, timeout), _sure_limit(deployment, process)
        # Only a sync worker is bounded by its timeout; another one is restarted when nothing in it moves any more.
        mild = limit is not None and not _is_sync(server)
        found = Finding(
            f"With a timeout of 0, Gunicorn never restarts a worker that {_lost(deployment, limit, mild=mild)}"
            f"{unless(timeout)}",
            at=at,
            because=trail(process, at, timeout, fact_of(process.router_timeout) if limit is not None else None),
            confidence=confidence_in(timeout),
            severity=Severity.NOTE if mild else None,
            label="a stuck worker stays stuck",
            instead=f"timeout = {limit or 30:g}" if at.path.endswith(".py") else f"--timeout {limit or 30:g}",
        )
        yield found.lowered(Confidence.MEDIUM) if mild else found


def _sure_limit(deployment: Deployment, process: Process) -> float | None:
    """The seconds after which the router surely ends a request: by the manifest, or by a fact that has a source."""
    fact, platform = process.router_timeout, deployment.platform
    told = fact is not None and not fact.is_default
    sure = told or (platform is not None and platform.confirms("router.timeout_seconds"))
    return _seconds(fact) if sure else None


def _lost(deployment: Deployment, limit: float | None, *, mild: bool) -> str:
    """What becomes of a worker, and of the visitor who waits for it."""
    if limit is None:
        return "hangs"
    if mild:
        return f"stands still: {_router(deployment)} only ends the visitor's wait, after {limit:g} s"
    return f"hangs: {_router(deployment)} ends the visitor's wait after {limit:g} s, and the worker serves no one else"


@rule("drain-cut-short")
def drain_cut_short(deployment: Deployment) -> Iterator[Finding]:
    """Gunicorn gives requests in progress more time to end than the platform gives Gunicorn."""
    for process, server in served(deployment):
        graceful, grace = server.settings.get("graceful_timeout"), process.grace
        wanted, given = _seconds(graceful), _given(deployment, process)
        if not server.is_gunicorn or graceful is None or wanted is None or given is None or wanted < given:
            continue
        if not is_told_to_stop(deployment, process):
            continue
        at = _place_to_wait(deployment, process, graceful)
        finding = Finding(
            _cut_short(deployment, wanted, given) + unless(graceful, grace),
            at=at,
            because=trail(process, at, graceful, fact_of(grace)),
            confidence=confidence_in(graceful, grace),
            severity=Severity.NOTE if wanted == given else None,
            label=f"killed after {given:g} s" if given else "killed at once",
            instead=_longer(deployment, process, at, wanted),
        )
        yield _bounded(finding, deployment, grace, "stop.grace_seconds")


@rule("keepalive-under-balancer")
def keepalive_under_balancer(deployment: Deployment) -> Iterator[Finding]:
    """Gunicorn closes idle connections before the balancer does, which may just be sending a request on one."""
    platform = deployment.platform
    idle = platform.idle_seconds if platform is not None else None
    if platform is None or idle is None or platform.proxy_on_same_host or not platform.confirms("router.idle_seconds"):
        return
    for process, server in served(deployment):
        keepalive = server.settings.get("keepalive")
        kept = _seconds(keepalive)
        if not server.is_gunicorn or kept is None or kept <= 0 or kept >= idle or not _keeps_alive(server):
            continue
        if process.proxy is not None:
            continue
        at = point(deployment, process, keepalive, server.config_file)
        fact = Place(None, f"{platform.router_name} keeps an idle connection for {idle:g} s")
        yield Finding(
            f"Gunicorn closes a connection after {kept:g} s without a request, {platform.router_name} uses it for up "
            f"to {idle:g} s: now and then a request meets a closed connection, and the visitor gets a "
            f"502{unless(keepalive)}",
            at=at,
            because=trail(process, at, keepalive, server.worker_class, fact),
            confidence=confidence_in(keepalive, server.worker_class),
            label=f"closed {idle - kept:g} s too early",
            instead=f"keepalive = {idle + 5:g}" if at.path.endswith(".py") else f"--keep-alive {idle + 5:g}",
        )


def _bounded(finding: Finding, deployment: Deployment, fact: Setting | None, key: str) -> Finding:
    """A note where the time is a fact about the platform that has no source; a manifest's own word is sure."""
    if fact is None or not fact.is_default:
        return finding
    return careful(finding, deployment.platform, key, most=Severity.NOTE)


def _seconds(setting: Setting | None) -> float | None:
    value = setting.value if setting is not None else None
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    return float(value) if abs(value) < _FOREVER else None


def _given(deployment: Deployment, process: Process) -> float | None:
    """The seconds in which requests can end: those without new requests, and those until SIGKILL."""
    grace = _seconds(process.grace)
    return grace + deployment.platform.drain_seconds if grace is not None and deployment.platform else None


def _is_sync(server: Server) -> bool:
    """Whether the timeout bounds a request: for the other worker classes it is only a sign of life."""
    return server.is_gunicorn and server.worker_class is not None and server.worker_class.value == "sync"


def _keeps_alive(server: Server) -> bool:
    kind = str(server.worker_class.value).lower() if server.worker_class is not None else ""
    return any(name in kind for name in _KEEPS_ALIVE)


def _router(deployment: Deployment) -> str:
    return deployment.platform.router_name if deployment.platform is not None else "the router"


def _place_to_wait(deployment: Deployment, process: Process, graceful: Setting) -> Span:
    """Where Gunicorn's patience is set, else the platform's, else where the platform's manifest could set it."""
    manifest = deployment.origin.path
    takes = deployment.platform is not None and deployment.platform.id in _WAITS
    own = next((place for place in (*process.trail, deployment.origin) if takes and place.path == manifest), None)
    config = process.server.config_file if process.server is not None else None
    return point(deployment, process, None if graceful.is_default else graceful, process.grace, own, config)


def _cut_short(deployment: Deployment, wanted: float, given: float) -> str:
    name = deployment.platform.name if deployment.platform is not None else "the platform"
    if given == 0:
        return f"Gunicorn gives requests {wanted:g} s to end, and {name} kills it at once: each deploy cuts them off"
    if wanted == given:
        return (
            f"Gunicorn gives requests {wanted:g} s to end, and {name} kills it after the same {given:g} s: nothing is "
            "left for Gunicorn to end by itself"
        )
    return (
        f"Gunicorn gives requests {wanted:g} s to end, and {name} kills it after {given:g} s: each deploy cuts off "
        "those that take longer"
    )


def _longer(deployment: Deployment, process: Process, at: Span, wanted: float) -> str:
    """What to write: a longer wait in a manifest that has a word for it, else a shorter one for Gunicorn."""
    platform = deployment.platform.id if deployment.platform is not None else ""
    words = (_JSON if at.path.endswith(".json") else _WAITS).get(platform) or _WAITS.get(platform)
    if words is not None and at.path == deployment.origin.path:
        return words.format(seconds=int(wanted) + 5 + _spent_before(process.grace))
    given = int(_given(deployment, process) or 0)
    if words is not None and not given:  # Nothing is short enough.
        name, comment = deployment.origin.path, "//" if deployment.origin.path.endswith(".json") else "#"
        words = (_JSON if name.endswith(".json") else _WAITS).get(platform) or words
        return f"{comment} {name}\n{words.format(seconds=int(wanted) + 5)}"
    shorter = max(1, given - (5 if given > 10 else 2))
    return f"graceful_timeout = {shorter}" if at.path.endswith(".py") else f"--graceful-timeout {shorter}"


def _spent_before(grace: Setting | None) -> int:
    """The seconds of the wait that a preStop hook of Kubernetes sleeps."""
    match = re.search(r"preStop sleeps (\d+)", grace.origin.note) if grace is not None else None
    return int(match[1]) if match else 0
