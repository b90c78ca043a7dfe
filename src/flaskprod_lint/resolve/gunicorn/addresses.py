"""Bind strings, read as Gunicorn reads them (gunicorn/util.py, `parse_address`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from flaskprod_lint.model import NOWHERE, Address, EnvironmentRead, Unknown
from flaskprod_lint.resolve.unexpanded import VARIABLE
from flaskprod_lint.source import Place, is_number

#: Stands for one unexpanded variable while a bind string is taken apart; no port and no host looks like it.
_HOLE = "\ue100"


class AddressError(ValueError):
    """A bind string that Gunicorn does not start with. The message is its own."""


def parse_address(text: str, default_port: str = "8000") -> tuple[str, int] | str | int:
    """(host, port), the path of a socket, or the number of a file descriptor. Raises AddressError."""
    if text.startswith("unix:"):
        return re.split(r"unix:(//)?", text)[-1]
    if text.startswith("fd://"):
        try:
            return int(text[5:])
        except ValueError:
            raise AddressError(f"{text[5:]!r} is not a valid file descriptor") from None
    host, port = _split(text.split("tcp://")[1] if text.startswith("tcp://") else text, default_port)
    try:
        return host.lower(), int(port)
    except ValueError:
        raise AddressError(f"{port!r} is not a valid port number") from None


def address_of(
    text: str, origin: Place = NOWHERE, reads: Iterable[EnvironmentRead] = (), *, expanded: bool = True
) -> Address:
    """The address that a bind string means; Unknown parts where a variable that is not known decides them.

    `reads` are the variables that the string came from. `expanded` says that a shell has seen to `$PORT`: what is
    still written so depends on the variable. Otherwise it is literal text, and no port. Raises AddressError.
    """
    reads = tuple(reads)
    if expanded and VARIABLE.search(text):
        return _open_address(text, origin)
    parsed = parse_address(text)
    if isinstance(parsed, int):
        return Address(text, None, None, f"fd://{parsed}", origin)
    if isinstance(parsed, str):
        return Address(text, None, None, parsed, origin)
    host, port = parsed[0], parsed[1]
    read = next((read for read in reads if read.name == "PORT"), None)
    address = Address(text, _every(host), port, origin=origin, from_port=read is not None)
    return _with_default(address, read.default) if read and read.has_default else address


def _open_address(text: str, origin: Place) -> Address:
    """An address with variables in it that nobody can expand here."""
    holes = list(VARIABLE.finditer(text))
    parsed = _split_open(VARIABLE.sub(_HOLE, text))
    if isinstance(parsed, str):
        return Address(text, None, None, parsed.replace(_HOLE, "…"), origin)
    host, port = parsed
    unknown = Unknown(f"{holes[0].group()} is not known here", origin.span)
    if _HOLE not in port:
        return Address(text, unknown if _HOLE in host else _every(host.lower()), int(port), origin=origin)
    names = [hole["plain"] or hole["braced"] for hole in holes]
    address = Address(
        text,
        unknown if _HOLE in host else _every(host.lower()),
        Unknown(f"{names[-1]} is not known here", origin.span),
        origin=origin,
        from_port=port == _HOLE and names[-1] == "PORT",
    )
    return _with_default(address, holes[-1]["default"]) if address.from_port else address


def _split_open(text: str) -> tuple[str, str] | str:
    """As parse_address, for text with holes in it."""
    if text.startswith(("unix:", "fd://")):
        return re.split(r"unix:(?://)?", text)[-1]
    host, port = _split(text.removeprefix("tcp://"), "8000")
    if _HOLE not in port and not is_number(port.strip()):
        raise AddressError(f"{port!r} is not a valid port number")
    # A variable alone may hold host and port together: nothing is known of either.
    return (host, port) if host != _HOLE or ":" in text else (host, _HOLE * 2)


def _split(netloc: str, default_port: str) -> tuple[str, str]:
    if "[" in netloc and "]" in netloc:
        return netloc.split("]")[0][1:], [*netloc.split("]:"), default_port][1]
    if ":" in netloc:
        host, port = [*netloc.split(":"), default_port][:2]
        return host, port
    return netloc or "0.0.0.0", default_port


def _every(host: str) -> str:
    """The host, with the short ways of saying "every interface" written out."""
    return "0.0.0.0" if host in ("", "0") else host


def _with_default(address: Address, default: object) -> Address:
    digits = str(default if default is not None else "").strip()
    return replace(address, port_default=int(digits)) if is_number(digits) else address
