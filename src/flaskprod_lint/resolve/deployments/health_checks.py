"""The path that a container's own health check asks for, where an answer of 404 would fail it."""

from __future__ import annotations

import re

from flaskprod_lint.model import Address, App, Command, Deployment, Process, Setting
from flaskprod_lint.model.routing import NONE, finds
from flaskprod_lint.patterns import regex
from flaskprod_lint.source import Place, Project

#: Platforms that run the health check of an image, and what stands for no platform.
_RUN_IT = frozenset({None, "docker-compose", "podman-quadlet"})
_URL = regex(
    r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(?P<port>\d+|\$\{?PORT(?::-\d+)?\}?))?(?P<path>/[^\s\"'|;&)]*)?"
)
#: What makes 404 a failure: curl only with --fail, wget and urllib by themselves, requests where it is asked.
_FAILS = regex(
    r"\bcurl\b[^|;&]*\s(?:--fail\b|--fail-with-body\b|-[a-zA-Z]*f[a-zA-Z]*\b)|\bwget\b|\burlopen\s*\(|\braise_for_status\b"
    r"|\bstatus_code\b"
)
#: Checks that never fail, whose answer is looked at, or that ask in another way than by GET.
_OTHERWISE = regex(
    r"\|\|\s*(?:true|exit 0|:)|(?<!\|)\|(?!\|)|;\s*(?:true|exit 0)|\s-X\b|\s--request\b|\s-d\b|\s--data|--post-"
)


_TESTS = regex(
    r"(^|/)(tests?|testing|\.?venv|env|site-packages|node_modules)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$"
)


def settle(process: Process, deployment: Deployment) -> None:
    """Fill in the path that the image's health check asks the server for, where nothing else says one."""
    platform = deployment.platform.id if deployment.platform is not None else None
    first = next(iter(deployment.web_processes), None)
    if process.health_path is not None or process is not first or platform not in _RUN_IT:
        return
    check = deployment.image.health_check if deployment.image is not None else None
    if check is not None and process.server is not None:
        process.health_path = of_command(check, process.server.bind)


def of_command(check: Command, bind: tuple[Address, ...]) -> Setting | None:
    """The path that a command asks for on a port of the server itself; None where 404 would not fail it."""
    port, asked = asked_by(check) or ("", None)
    own = any(address.from_port if port.startswith("$") else str(address.port) == port for address in bind)
    return asked if own else None


def asked_by(check: Command) -> tuple[str, Setting] | None:
    """The port (a number, or `$PORT`) and the path that a command asks for; None where 404 would not fail it."""
    text = " ".join(check.argv) if check.argv is not None else check.text
    found = list(_URL.finditer(text))
    if len(found) != 1 or not _FAILS.search(text) or _OTHERWISE.search(text):
        return None
    port, path = found[0]["port"] or "80", (found[0]["path"] or "/").partition("?")[0]
    if "$" in path:
        return None
    return port, Setting("health path", path, Place(check.origin.span, f"the health check asks for {found[0][0]}"))


def look_elsewhere(process: Process, project: Project) -> None:
    """Note where else in the project the path of the health check is written, if no route answers it.

    The code of a route that is loaded only where some variable is set, or by a plugin, is not among the files that
    the app loads here.
    """
    app, setting = process.app, process.health_path
    path = setting.value if setting is not None else None
    if app is None or not isinstance(path, str) or finds(app, path).kind != NONE:
        return
    end = path.rstrip("/").rpartition("/")[2]
    if end and any(_mentions(project, name, end) for name in _others(project, app)):
        app.loose_paths |= {f"/{end}"}


def _others(project: Project, app: App) -> list[str]:
    """The Python files that the app does not load, without the tests."""
    return [
        name for name in project.paths if name.endswith(".py") and name not in app.files and not _TESTS.search(name)
    ]


def _mentions(project: Project, name: str, end: str) -> bool:
    source = project.read(name)
    return source is not None and re.search(rf"""["'/]{re.escape(end)}/?["']""", source.text) is not None
