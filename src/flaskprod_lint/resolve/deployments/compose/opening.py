"""Whether a compose file opens a service's port to the whole network, past any proxy of the same file."""

from __future__ import annotations

from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.deployments.compose.service import Resolved
from flaskprod_lint.source import Place

#: `8000:80` and `0.0.0.0:8000:80`; one number alone is opened at a port that nobody knows before.
_OPEN = regex(r"(?:(?P<host>[^:]*|\[.*\]):)?(?P<port>\d+):\d+(?:/tcp)?")
_EVERYWHERE = ("", "0.0.0.0", "[::]", "*")


def to_all(service: Resolved) -> Place | None:
    """The entry of `ports` that opens the service to everyone; None for one that a proxy outside the file is told of.

    A proxy in the same file needs no open port: it reaches the service by its name.
    """
    if _is_routed(service):
        return None
    for port in service.service.ports:
        found = _OPEN.fullmatch(service.fill(port.text).text) if port.text is not None else None
        if found is not None and (found["host"] or "") in _EVERYWHERE:
            return Place(port.span, f"ports: {found[0]}, open to everyone")
    return None


def _is_routed(service: Resolved) -> bool:
    """Whether labels or variables tell a proxy outside the file to pass requests on."""
    names = [one.name.value for one in (*service.service.labels, *service.service.environment)]
    return any(name.startswith(("traefik.", "caddy")) or name == "VIRTUAL_HOST" for name in names)
