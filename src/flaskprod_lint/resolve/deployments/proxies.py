"""An nginx before the server: in the same container, or as a service of the same compose file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flaskprod_lint.model import Image, Process, Setting
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.source import Place, Project

if TYPE_CHECKING:
    from flaskprod_lint.inputs.nginx import Upstream

_NGINX = regex(r"\bnginx\b")


@dataclass(frozen=True)
class Proxy:
    """A place that passes requests on, and where to. `silent` is where it switches its own access log off."""

    place: Place
    upstream: Upstream | None = None
    silent: Place | None = None


def in_container(project: Project, context: Context, image: Image | None) -> Proxy | None:
    """The nginx that the image of a process holds and starts, if there is one."""
    if image is None or not _starts_nginx(project, context, image):
        return None
    from flaskprod_lint.inputs import nginx

    for path in project.of_format("nginx"):
        facts = project.facts(path, nginx.read)
        if facts is None or not facts.upstreams or not context.tree.paths_of(path):
            continue
        local = [one for one in facts.upstreams if one.socket or one.host in ("127.0.0.1", "localhost", "0.0.0.0")]
        if local:
            off = facts.access_log_off
            silent = Place(off.span, "nginx keeps no access log") if off is not None else None
            return Proxy(Place(local[0].target.span, f"{local[0].way} {local[0].target.value}"), local[0], silent)
    return Proxy(Place(image.origin.span, "nginx runs in the same container"))


def _starts_nginx(project: Project, context: Context, image: Image) -> bool:
    """Whether nginx is in the image and something that the image starts names it."""
    brought = any(_NGINX.search(run.text) for run in image.runs) or "nginx" in str(image.base.value)
    if not brought:
        return False
    commands = [command.text for command in (image.entrypoint, image.cmd) if command is not None]
    if any(_NGINX.search(text) for text in commands):
        return True
    scripts = [
        path for path in (*project.of_format("shell"), *project.of_format("supervisord")) if context.tree.paths_of(path)
    ]
    sources = (project.read(path) for path in scripts)
    return any(source is not None and _NGINX.search(source.text) for source in sources)


def port_of(proxy: Proxy) -> Setting | None:
    """The port that the proxy connects to; None for a socket."""
    if proxy.upstream is None or proxy.upstream.port is None:
        return None
    return Setting("port", proxy.upstream.port, proxy.place)


def to_service(project: Project, names: Iterable[str], below: str) -> dict[str, Setting]:
    """The port at which an nginx of the project connects to each of these compose services, where it names one."""
    wanted = set(names)
    found: dict[str, Setting] = {}
    for path in project.of_format("nginx"):
        from flaskprod_lint.inputs import nginx

        facts = project.facts(path, nginx.read) if path in project.below(below) else None
        for one in facts.upstreams if facts is not None else ():
            if one.host in wanted and one.port is not None:
                note = f"{one.way} {one.target.value}"
                found.setdefault(one.host, Setting("port", one.port, Place(one.target.span, note)))
    return found


def apply(project: Project, process: Process, context: Context) -> None:
    """Note the nginx of the same container on a web process."""
    proxy = in_container(project, context, context.image) if process.kind == "web" else None
    if proxy is not None:
        process.proxy, process.proxy_silent = proxy.place, proxy.silent
        process.port_expected = port_of(proxy)
