"""Units of systemd: what a service starts, with systemd's own quoting and variables."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.inputs import ini, templates
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Place, Problem, Source, Span

_ESCAPES = {"n": "\n", "t": "\t", "s": " ", "\\": "\\", '"': '"', "'": "'", "a": "\a", "b": "\b", "r": "\r"}
_PREFIX = regex(r"[-@:+!|]+")


@dataclass(frozen=True)
class Unit:
    """The [Service] of a unit. Commands are as written; `split` gives their words."""

    path: str
    start: tuple[Located[str], ...] = ()
    before: tuple[Located[str], ...] = ()
    environment: tuple[tuple[Located[str], Located[str]], ...] = ()
    environment_files: tuple[Located[str], ...] = ()
    working_directory: Located[str] | None = None
    user: Located[str] | None = None
    kill_signal: Located[str] | None = None
    kill_mode: Located[str] | None = None
    stop_timeout: Located[str] | None = None
    kind: Located[str] | None = None
    memory_max: Located[str] | None = None
    cpu_quota: Located[str] | None = None
    problems: tuple[Problem, ...] = ()


def read(source: Source) -> Unit:
    """The facts of a unit file; an empty ExecStart= takes back the ones before it."""
    facts = ini.read_systemd(source)
    section = facts.section("Service")
    if section is None:
        return Unit(source.path, problems=_problems(source, facts))
    return Unit(
        source.path,
        start=_list(section.all("ExecStart")),
        before=_list(section.all("ExecStartPre")),
        environment=tuple(pair for value in _list(section.all("Environment")) for pair in assignments(value)),
        environment_files=_list(section.all("EnvironmentFile")),
        working_directory=section.get("WorkingDirectory"),
        user=section.get("User"),
        kill_signal=section.get("KillSignal"),
        kill_mode=section.get("KillMode"),
        stop_timeout=section.get("TimeoutStopSec") or section.get("TimeoutSec"),
        kind=section.get("Type"),
        memory_max=section.get("MemoryMax") or section.get("MemoryLimit"),
        cpu_quota=section.get("CPUQuota"),
        problems=_problems(source, facts),
    )


def _problems(source: Source, facts: ini.Ini) -> tuple[Problem, ...]:
    """The lines that systemd refuses or passes over; none for a template, whose lines are not yet all there."""
    if templates.PIECE.search(source.text):
        return ()
    service = facts.section("Service")
    return (*facts.problems, *(_unbalanced(source.path, service) if service is not None else ()))


def _unbalanced(path: str, service: ini.Section) -> Iterator[Problem]:
    """The values in which a quote is never closed: systemd takes no command from them, and no variable."""
    for key, value in service.entries:
        is_command = key.value.startswith("Exec")
        if (is_command or key.value == "Environment") and _open_quote(value.value):
            prefix = _PREFIX.match(value.value)
            ignored = prefix is not None and "-" in prefix[0]
            told = "a quote is opened in this line and not closed"
            if is_command and not ignored:
                yield Problem(told, Place(value.span), f"systemd does not start {path}")
            else:
                yield Problem(told, Place(value.span), f"systemd passes over a line of {path}", slight=True)


def _list(values: list[Located[str]]) -> tuple[Located[str], ...]:
    found: list[Located[str]] = []
    for value in values:
        if value.value:
            found.append(value)
        else:
            found.clear()
    return tuple(found)


def assignments(value: Located[str]) -> Iterator[tuple[Located[str], Located[str]]]:
    """`A=1 "B=two words"`: all at the place of the whole."""
    for word in split(value.value):
        name, equals, text = word.partition("=")
        if equals:
            yield Located(name, value.span), Located(text, value.span)


def command(value: Located[str]) -> Located[str]:
    """A command without the prefixes that say how to start it (`-`, `@`, `+` …)."""
    match = _PREFIX.match(value.value)
    if match is None:
        return value
    span = value.span
    start = Span(span.path, span.line, span.column + match.end(), span.end_line, span.end_column)
    return Located(value.value[match.end() :], start)


def split(text: str) -> tuple[str, ...]:
    """The words of a command or assignment. A quote counts at the start of a word; `\\s` is a blank."""
    return templates.split(text, _words)


def _words(text: str) -> tuple[str, ...]:
    words: list[str] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        word, at = _word(text, at)
        words.append(word)
    return tuple(words)


def _open_quote(text: str) -> bool:
    """Whether a quote of a command or assignment is still open at its end."""
    quote, escaped = "", False
    for char in text:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
    return bool(quote)


def _word(text: str, at: int) -> tuple[str, int]:
    found: list[str] = []
    quote = ""
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            following = text[at + 1]
            found.append(_ESCAPES.get(following, "\\" + following))
            at += 2
            continue
        if quote:
            quote = "" if char == quote else quote
            if quote:
                found.append(char)
        elif char in "\"'":
            quote = char
        elif char.isspace():
            break
        else:
            found.append(char)
        at += 1
    return "".join(found), at
