"""nginx's configuration: where it listens and where it passes requests on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Source, is_number

_TOKEN = regex(r"""\s*(?:\#[^\n]*|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:\$\{[^}]*\}|[^\s;{}\#"'])+)|([;{}]))""")
_PASSES = frozenset(("proxy_pass", "uwsgi_pass", "fastcgi_pass", "grpc_pass"))


@dataclass(frozen=True)
class Directive:
    """A directive with its words, and the blocks around it from outside in."""

    words: tuple[Located[str], ...]
    blocks: tuple[str, ...]


@dataclass(frozen=True)
class Upstream:
    """A target that requests are passed to: host and port, or a socket's path. `way` is the directive's name."""

    way: str
    target: Located[str]
    host: str | None = None
    port: int | None = None
    socket: str | None = None


@dataclass(frozen=True)
class Nginx:
    """The facts of an nginx configuration. `access_log_off` is where it keeps no log of any request."""

    path: str
    upstreams: tuple[Upstream, ...] = ()
    access_log_off: Located[str] | None = None


def read(source: Source) -> Nginx:
    """The facts of a configuration; what is broken in it is passed over."""
    directives = list(_directives(source))
    pools: dict[str, list[Located[str]]] = {}
    for one in directives:
        if (
            one.words[0].value == "server"
            and len(one.words) > 1
            and one.blocks
            and one.blocks[-1].startswith("upstream ")
        ):
            pools.setdefault(one.blocks[-1].partition(" ")[2], []).append(one.words[1])
    off = next((one.words[1] for one in directives if _is_off(one)), None)
    return Nginx(
        source.path,
        upstreams=tuple(found for one in directives for found in _passed(one, pools)),
        access_log_off=off,
    )


def _is_off(one: Directive) -> bool:
    everywhere = not any(block.startswith(("location", "if ")) for block in one.blocks)
    return one.words[0].value == "access_log" and len(one.words) > 1 and one.words[1].value == "off" and everywhere


def _directives(source: Source) -> Iterator[Directive]:
    blocks: list[str] = []
    words: list[Located[str]] = []
    for match in _TOKEN.finditer(source.text):
        if match[1] is not None:
            words.append(Located(match[1].strip("\"'"), source.span(match.start(1), match.end(1))))
            continue
        if match[2] == "{":
            blocks.append(" ".join(word.value for word in words))
        elif match[2] == "}":
            blocks = blocks[:-1]
        elif match[2] == ";" and words:
            yield Directive(tuple(words), tuple(blocks))
        if match[2] is not None:
            words = []


def _passed(one: Directive, pools: dict[str, list[Located[str]]]) -> Iterator[Upstream]:
    if one.words[0].value not in _PASSES or len(one.words) < 2:
        return
    way, target = one.words[0].value, one.words[1]
    address = re.sub(r"^https?://", "", target.value)
    secure = target.value.startswith("https://")
    name = re.split(r"[/:]", address)[0] if not address.startswith("unix:") else ""
    for place in pools.get(name, (Located(address, target.span),)):
        yield _upstream(way, place, 443 if secure else 80 if way == "proxy_pass" else None, pooled=name in pools)


def _upstream(way: str, place: Located[str], default: int | None, *, pooled: bool) -> Upstream:
    text = place.value
    if text.startswith("unix:"):
        return Upstream(way, place, socket=re.sub(r"/+", "/", text[len("unix:") :].split(":")[0]))
    if "$" in text:
        return Upstream(way, place)
    host, _, port = text.split("/")[0].partition(":")
    number = int(port) if is_number(port) else None if port else 80 if pooled else default
    return Upstream(way, place, host=host, port=number)
