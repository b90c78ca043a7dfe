"""Starting shells on texts and scripts, and noting programs as steps."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flaskprod_lint.inputs import shell
from flaskprod_lint.inputs.shell import Script
from flaskprod_lint.model import Step
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import secrecy
from flaskprod_lint.resolve.commands import longrunning
from flaskprod_lint.resolve.commands.calls import Found, Program
from flaskprod_lint.resolve.commands.holes import Holes
from flaskprod_lint.resolve.commands.state import LIKELY, NO, Argument, Link, State
from flaskprod_lint.resolve.commands.walk import Walker
from flaskprod_lint.source import Place, Source, Span

#: Flags before a password, and how long a value is that no word holds by chance.
_PASSWORD_FLAG = regex(r"-{1,2}(p|pw|pass\w*|secret\w*|token|key)")
_TELLING = 12


def kind_of(walker: Walker, name: str) -> str:
    """Which shell a name means in this image: `sh` is dash, bash or busybox."""
    base = posixpath.basename(name)
    if base in ("bash", "dash"):
        return base
    if base in ("ash", "busybox"):
        return "busybox"
    if base not in ("sh", ""):
        return "unknown"
    context = walker.context
    if context.image is not None:
        reference = str(context.image.base.value).lower() if context.image.base.known else ""
        if "alpine" in reference:
            return "busybox"
        if re.search(r"(^|[/:-])(python|debian|ubuntu|node|buildpack-deps|bookworm|bullseye|slim|uv)\b", reference):
            return "dash"
        if re.search(r"ubi\d|ubi-|centos|fedora|rocky|almalinux|amazonlinux|oraclelinux|rhel", reference):
            return "bash"
        return context.shell if context.shell in ("dash", "busybox") else "unknown"
    return context.shell


def run_text(
    walker: Walker,
    state: State,
    program: Program,
    text: Argument,
    rest: tuple[Argument, ...],
    link: Link,
    above: tuple[Link, ...],
) -> None:
    """`sh -c text zero args…`."""
    script = locate(walker, text.text, text.at or program.place.span)
    inner = child(state, link, above, program.place, (), [])
    inner.zero = rest[0] if rest else Argument(link.name)
    inner.positional = rest[1:]
    walker.script(inner, script, last=True)
    finish(state, inner)


def locate(walker: Walker, text: str, span: Span | None) -> Script:
    """The syntax of a text, with places where it stands word for word in its source."""
    if span is None:
        return shell.parse(text)
    source = walker.context.project.read(span.path)
    if source is None:
        return shell.parse(text)
    begin = source.offset(min(span.line, len(source.lines)), span.column)
    found = source.text.find(text, begin)
    return shell.parse(text, source, found) if 0 <= found <= begin + len(text) + 2000 else shell.parse(text)


def run_script(
    walker: Walker,
    state: State,
    program: Program,
    source: Source,
    arguments: tuple[Argument, ...],
    link: Link,
) -> None:
    """Run a script file with its arguments."""
    if any(place.span and place.span.path == source.path for place in state.trail[-6:]) and state.depth > 12:
        return
    trail = [program.place]
    inner = child(state, replace(link, is_script=True), program.above, program.place, arguments[1:], trail)
    inner.zero = arguments[0]
    path = arguments[0].text
    if not walker.holes.has(path) and not walker.holes.has(state.cwd) and path.startswith("./"):
        inner.zero = replace(arguments[0], text=posixpath.normpath(posixpath.join(state.cwd, path)))
    script = walker.parsed(source)
    if script.broken_at is not None:
        walker.context.project.problem(
            "the shell cannot parse this script from here on", source.span(script.broken_at, script.broken_at + 1)
        )
    walker.script(inner, script)
    finish(state, inner)


def child(
    state: State,
    link: Link,
    above: tuple[Link, ...],
    place: Place,
    positional: tuple[Argument, ...],
    trail: list[Place],
) -> State:
    """A new shell below a state: it has what was exported, and nothing else."""
    exported = {name: variable for name, variable in state.variables.items() if name in state.exported}
    fresh = State(
        positional=positional,
        variables=exported,
        exported=set(exported),
        cwd=state.cwd,
        here=place,
        shell=link,
        above=above,
        sure=state.sure and not state.doubt,
        background=state.background,
        depth=state.depth,
    )
    fresh.trail = (*state.trail, *(step for step in trail if not state.trail or state.trail[-1] != step))
    return fresh


def finish(state: State, inner: State) -> None:
    """What the parent sees of a shell that came to its end."""
    state.ended = inner.ended if inner.ended in ("server", "loop") else ""
    state.status = NO if inner.ended == "failure" and inner.sure else inner.status if not inner.ended else LIKELY


def record(walker: Walker, state: State, program: Program, *, entry_point: str = "", text: str = "") -> None:
    """Note a program as a step."""
    holes = walker.holes
    words = program.arguments
    argv = tuple(holes.value(word.text) for word in words)
    raw = tuple(holes.raw(word.text) if holes.has(word.text) else word.raw or word.text for word in words)
    reads = {}
    for index, word in enumerate(words):
        within = tuple(read for hole in holes.within(word.text) for read in hole.reads)
        if word.reads or within:
            reads[index] = tuple(dict.fromkeys((*word.reads, *within)))
    trail = state.trail if state.trail and state.trail[-1] == program.place else (*state.trail, program.place)
    step = Step(
        argv,
        text or " ".join(_shown(state, words, holes)),
        program.place,
        trail,
        state.environment(holes),
        holes.raw(state.cwd),
        state.sure and not state.doubt,
        state.background,
        raw,
        tuple(word.at for word in words),
        reads,
        entry_point,
        state.user,
    )
    walker.found.append(Found(step, program.above))
    if longrunning.blocks(step):
        state.ended = "server"


def _shown(state: State, words: Sequence[Argument], holes: Holes) -> Iterator[str]:
    """The words as they may be printed: with the names of secret variables in place of their values."""
    secrets = [(one.text, name) for name, one in state.variables.items() if one.text and secrecy.is_secret_name(name)]
    before = ""
    for word in words:
        shown = quoted(holes.raw(word.text))
        for value, name in secrets:
            if word.text == value and (_PASSWORD_FLAG.fullmatch(before) or len(value) >= _TELLING):
                shown = f"${name}"
            elif word.text.endswith(f"={value}") and _PASSWORD_FLAG.fullmatch(word.text.partition("=")[0]):
                shown = shown.replace(f"={value}", f"=${name}")
            elif f":{value}@" in word.text:
                shown = shown.replace(f":{value}@", f":${name}@")
        yield shown
        before = word.text


def quoted(text: str) -> str:
    if text and not re.search(r"""[\s'"()|&;<>*?\\]""", text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"
