"""What Gunicorn makes of a setting's value, and which it refuses (gunicorn/config.py, the `validate_` functions)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from flaskprod_lint.resolve.gunicorn.addresses import AddressError, parse_address
from flaskprod_lint.source import is_number

_SSL_VERSIONS = {"SSLv23": 2, "TLS": 2, "TLSv1": 3, "TLSv1_1": 4, "TLSv1_2": 5, "TLS_CLIENT": 16, "TLS_SERVER": 17}


class RefusalError(Exception):
    """A value that Gunicorn does not start with. The message says why, without the value where it could be secret."""


class Hook:
    """A function of the project in place of a value. `arity` is None when it is not known."""

    def __init__(self, name: str, arity: int | None = None) -> None:
        self.name, self.arity = name, arity

    def __repr__(self) -> str:
        return f"{self.name}()"


def validate(validator: str, value: Any) -> Any:
    """The value as Gunicorn keeps it. Raises RefusalError."""
    if validator.startswith("callable:") or validator == "post_request":
        return _callable(validator, value)
    return VALIDATORS.get(validator, _anything)(value)


def _anything(value: Any) -> Any:
    return value


def _string(value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, str):
        raise RefusalError(f"a string is needed, not {_kind(value)}")
    return value.strip()


def _bool(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise RefusalError(f"True or False is needed, not {_kind(value)}")
    if value.lower().strip() in ("true", "false"):
        return value.lower().strip() == "true"
    raise RefusalError(f"True or False is needed, not {value!r}")


def _pos_int(value: Any) -> int:
    if isinstance(value, int):
        made = int(value)
    else:
        try:
            made = int(value, 0)
        except (TypeError, ValueError):
            shown = repr(value) if isinstance(value, (str, float)) else _kind(value)
            raise RefusalError(f"a whole number is needed, not {shown}") from None
    if made < 0:
        raise RefusalError(f"a number from 0 up is needed, not {made}")
    return made


def _between(lowest: int, highest: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        made = _pos_int(value)
        if not lowest <= made <= highest:
            raise RefusalError(f"a number from {lowest} to {highest} is needed, not {made}")
        return made

    return check


def _dict(value: Any) -> Any:
    if not isinstance(value, dict):
        raise RefusalError(f"a dictionary is needed, not {_kind(value)}")
    return value


def _list_string(value: Any) -> list[Any]:
    if not value:
        return []
    if isinstance(value, str):
        value = [value]
    try:
        items = list(value)
    except TypeError:
        raise RefusalError(f"a string or a list of strings is needed, not {_kind(value)}") from None
    return [_string(item) for item in items]


def _string_to_list(value: Any) -> list[str]:
    text = _string(value)
    return [part.strip() for part in text.split(",") if part] if text else []


def _addresses(parse: Callable[[str], object]) -> Callable[[Any], list[str]]:
    """A list of addresses (and "*"): single ones in Gunicorn 23, networks too since 24."""

    def check(value: Any) -> list[str]:
        found = _string_to_list(value)
        for text in found:
            try:
                if text != "*":
                    parse(text)
            except ValueError as error:
                raise RefusalError(str(error)) from None
        return found

    return check


def _known_ssl_version(value: Any) -> Any:
    """Up to 20.1 a name or number of Python's ssl.PROTOCOL_ constants; later versions ignore it."""
    made = _SSL_VERSIONS[value] if isinstance(value, str) and value in _SSL_VERSIONS else _pos_int(value)
    if made not in _SSL_VERSIONS.values():
        raise RefusalError(f"one of {', '.join(_SSL_VERSIONS)} is needed, not {value!r}")
    return made


def _one_of(names: dict[str, str], when_none: Any) -> Callable[[Any], Any]:
    """A word out of a few (in any case, with blanks around), spelled as Gunicorn keeps it."""

    def check(value: Any) -> Any:
        if value is None:
            return when_none
        if not isinstance(value, str):
            raise RefusalError(f"a string is needed, not {_kind(value)}")
        try:
            return names[value.lower().strip()]
        except KeyError:
            allowed = ", ".join(dict.fromkeys(names.values()))
            raise RefusalError(f"one of {allowed} is needed, not {value!r}") from None

    return check


def _words(text: str) -> dict[str, str]:
    return {word: word for word in text.split()}


PROXY = {**dict.fromkeys(("off", "false", "0", "none"), "off"), **dict.fromkeys(("auto", "true", "1"), "auto")}
PROXY_PROTOCOL = _one_of({**PROXY, "v1": "v1", "v2": "v2"}, "off")
HTTP2_CLEARTEXT = _one_of(_words("off prior-knowledge upgrade both"), "off")


def _proxy_protocol(value: Any) -> Any:
    return ("auto" if value else "off") if isinstance(value, bool) else PROXY_PROTOCOL(value)


def _http2_cleartext(value: Any) -> Any:
    return ("prior-knowledge" if value else "off") if isinstance(value, bool) else HTTP2_CLEARTEXT(value)


def _http_protocols(value: Any) -> list[str]:
    if value is not None and not isinstance(value, str):
        raise RefusalError(f"a string is needed, not {_kind(value)}")
    found = [part.strip().lower() for part in (value or "").split(",") if part.strip()]
    odd = next((part for part in found if part not in ("h1", "h2", "h3")), None)
    if odd is not None:
        raise RefusalError(f"one of h1, h2 is needed, not {odd!r}")
    if len(found) != len(set(found)):
        raise RefusalError("the same protocol is named twice")
    return found or ["h1"]


def _reload_engine(value: Any) -> Any:
    if value not in ("auto", "poll", "inotify"):
        raise RefusalError(f"one of auto, poll, inotify is needed, not {value!r}")
    return value


def _class(value: Any) -> Any:
    return value if isinstance(value, Hook) else _string(value)


def _user(value: Any) -> Any:
    if value is None or isinstance(value, int):
        return value
    if not isinstance(value, str):
        raise RefusalError(f"a name or a number is needed, not {_kind(value)}")
    if value != value.strip() or not value:
        raise RefusalError(f"no user or group is called {value!r}")
    return int(value) if is_number(value) else value


def _callable(validator: str, value: Any) -> Any:
    if isinstance(value, str) and "." not in value:
        raise RefusalError(f"a function (or module.function) is needed, not {value!r}")
    if not isinstance(value, (Hook, str)):
        raise RefusalError(f"a function is needed, not {_kind(value)}")
    if isinstance(value, Hook) and value.arity is not None:
        wanted = (2, 3, 4) if validator == "post_request" else (int(validator.partition(":")[2]),)
        if wanted != (-1,) and value.arity not in wanted:
            takes = f"{value.arity} argument" + ("s" if value.arity != 1 else "")
            raise RefusalError(f"{value} takes {takes}, Gunicorn calls it with {wanted[-1]}")
    return value


def _host_port(value: Any) -> Any:
    text = _string(value)
    if text is None:
        return None
    host, colon, port = text.partition(":")
    if not colon or not is_number(port.strip()):
        raise RefusalError("hostname:port is needed")
    return (host, int(port))


def _statsd_address(value: Any) -> Any:
    text = _string(value)
    if text is None:
        return None
    if text.startswith("unix:") and is_number(text[5:]):
        return ("unix", int(text[5:]))
    try:
        return parse_address(text, "8125")
    except AddressError:
        raise RefusalError("host:port or unix://PATH is needed") from None


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, Hook):
        return f"the function {value}"
    return {"int": "a number", "float": "a number", "str": "a string", "dict": "a dictionary"}.get(
        type(value).__name__, f"a {type(value).__name__}"
    )


VALIDATORS: dict[str, Callable[[Any], Any]] = {
    "string": _string,
    "chdir": _string,
    "bool": _bool,
    "pos_int": _pos_int,
    "http2_window_size": _between(0, 2**31 - 1),
    "http2_stream_limit": _between(1, 2**63),
    "http2_frame_size": _between(16384, 16777215),
    "dict": _dict,
    "list_string": _list_string,
    "list_of_existing_files": _list_string,
    "list_of_files_or_patterns": _list_string,
    "string_to_list": _string_to_list,
    "string_to_ip_list": _addresses(ipaddress.ip_address),
    "string_to_addr_list": _addresses(ipaddress.ip_network),
    "known_ssl_version": _known_ssl_version,
    "class": _class,
    "user": _user,
    "group": _user,
    "reload_engine": _reload_engine,
    "statsd_address": _statsd_address,
    "hostport": _host_port,
    "proxy_protocol": _proxy_protocol,
    "http2_cleartext": _http2_cleartext,
    "http_protocols": _http_protocols,
    "header_map_behaviour": _one_of(_words("drop refuse dangerous"), None),
    "asgi_loop": _one_of(_words("auto asyncio uvloop"), "auto"),
    "asgi_lifespan": _one_of(_words("auto on off"), "auto"),
    "http_parser": _one_of(_words("auto fast python"), "auto"),
}
