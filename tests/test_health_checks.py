"""The path that a container's own health check asks for, in the ways people write the command."""

from __future__ import annotations

import pytest

from flaskprod_lint.model import NOWHERE, Address, Command
from flaskprod_lint.resolve.deployments.health_checks import of_command

BIND = (Address("0.0.0.0:8000", "0.0.0.0", 8000),)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("curl -f http://localhost:8000/health || exit 1", "/health"),
        ("curl -fsS http://127.0.0.1:8000/health?full=1", "/health"),
        ("curl --fail -s http://localhost:8000", "/"),
        ("wget -qO- http://localhost:8000/ping || exit 1", "/ping"),
        ("wget --spider http://[::1]:8000/up", "/up"),
        ("python -c \"import urllib.request as r; r.urlopen('http://localhost:8000/health')\"", "/health"),
        ("python -c \"import requests; requests.get('http://0.0.0.0:8000/h').raise_for_status()\"", "/h"),
        # 404 does not fail these
        ("curl http://localhost:8000/health || exit 1", None),
        ("curl -f http://localhost:8000/health || true", None),
        ("curl -sf http://localhost:8000/health | grep ok", None),
        ("python -c \"import requests; requests.get('http://localhost:8000/health')\"", None),
        # these ask something else, or in another way
        ("curl -f http://localhost:9000/health", None),
        ("curl -f http://localhost/health", None),
        ("curl -f http://db:8000/health", None),
        ("curl -f -X POST http://localhost:8000/health", None),
        ("curl -f http://localhost:8000/$HEALTH_PATH", None),
        ("curl -f http://localhost:8000/a && curl -f http://localhost:8000/b", None),
        ("pg_isready", None),
    ],
)
def test_path_of_a_command(text: str, path: str | None) -> None:
    found = of_command(Command(text, "shell", NOWHERE), BIND)
    assert (found.value if found is not None else None) == path


def test_the_port_that_the_environment_says_is_the_servers_own() -> None:
    bind = (Address("0.0.0.0:$PORT", "0.0.0.0", None, from_port=True),)
    check = Command('curl -f "http://localhost:${PORT:-8000}/health"', "shell", NOWHERE)
    found = of_command(check, bind)
    assert found is not None and found.value == "/health"
    assert of_command(check, BIND) is None
