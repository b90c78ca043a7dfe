"""Dockerfiles: instructions with their places, in stages.

The instructions come from dockerfile-parse, fed with one line for each (`dockerfile_lines`). What they mean is the
business of `resolve.image`: nothing is substituted here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import field, replace

from flaskprod_lint.inputs import dockerfile_words as words
from flaskprod_lint.inputs import templates
from flaskprod_lint.inputs.dockerfile_lines import Heredoc, JoinedLine, LineJoiner
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Place, Problem, Source, Span

#: Instructions whose arguments may be a JSON array (the exec form).
_JSON = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"})
_PAIRS = frozenset({"ARG", "ENV", "LABEL"})

#: Ends each line given to dockerfile-parse, which would else take a backslash there for a continuation.
_END = " \x7f"

#: Outside of ENV and its kin, Docker splits at blanks and lets quotes keep nothing together.
_WORD = regex(r"\S+")


@dataclass(frozen=True)
class Pair:
    """`NAME=value` of ENV, ARG or LABEL, the value as written with its quotes. `value` is None for `ARG NAME`."""

    name: Located[str]
    value: Located[str] | None


@dataclass(frozen=True)
class Flag:
    """`--name=value` before the arguments; `value` is empty for a flag without one."""

    name: str
    value: str
    span: Span


@dataclass(frozen=True)
class Instruction:
    """One instruction. `keyword` is upper-case, `value` all that follows its flags, on one line.

    `argv` are the elements of the exec form, None in shell form. `words` are the arguments split at blanks, as written.
    `inner` is the instruction that ONBUILD or HEALTHCHECK wraps: it is none of the stage's own.
    """

    keyword: str
    value: str
    span: Span
    value_span: Span
    flags: tuple[Flag, ...] = ()
    words: tuple[Located[str], ...] = ()
    argv: tuple[Located[str], ...] | None = None
    pairs: tuple[Pair, ...] = ()
    heredocs: tuple[Heredoc, ...] = ()
    inner: Instruction | None = None
    _source: Source | None = field(default=None, repr=False, compare=False)
    _line: JoinedLine | None = field(default=None, repr=False, compare=False)
    _start: int = field(default=0, repr=False, compare=False)

    def flag(self, name: str) -> Flag | None:
        """The last flag of that name."""
        return next((flag for flag in reversed(self.flags) if flag.name == name), None)

    def part(self, start: int, end: int) -> Span:
        """The place of the characters from `start` up to, but without, `end` of `value`."""
        if self._source is None or self._line is None:
            return self.value_span
        return _span(self._source, self._line, self._start + start, self._start + end)


@dataclass(frozen=True)
class Stage:
    """From one FROM to the next. `reference` and `name` are as written; `name` is lower-case, as Docker compares it."""

    index: int
    instruction: Instruction
    reference: Located[str]
    name: str | None
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True)
class Dockerfile:
    """The stages of a Dockerfile, the ARGs before the first FROM, and what Docker would reject."""

    path: str
    stages: tuple[Stage, ...]
    arguments: tuple[Instruction, ...]
    instructions: tuple[Instruction, ...]
    escape: str
    problems: tuple[Problem, ...]


def read(source: Source) -> Dockerfile:
    """The instructions and stages of a Dockerfile; a broken one gives what can be told, and problems."""
    joiner = LineJoiner(source)
    lines = list(joiner.joined())
    problems = joiner.problems
    reader = _Reader(source, joiner.escape, problems)
    instructions = tuple(reader.instruction(line, *parts) for line, parts in zip(lines, _parse(lines), strict=True))
    arguments, stages = _stages(instructions)
    if not stages:
        told = "no FROM: Docker refuses this Dockerfile"
        problems.append(Problem(told, Place(source.line_span(1)), f"{source.path} is not built"))
    return Dockerfile(source.path, stages, arguments, instructions, joiner.escape, tuple(problems))


def _parse(lines: list[JoinedLine]) -> Iterator[tuple[str, int, int]]:
    """Keyword, start and end of the arguments of each joined line, by dockerfile-parse."""
    from dockerfile_parse import DockerfileParser

    text = "".join(line.text + _END + "\n" for line in lines)
    parsed = DockerfileParser(fileobj=io.BytesIO(text.encode("utf-8", "surrogatepass"))).structure
    for line, found in zip(lines, parsed, strict=True):
        start = len(line.text) + len(_END) - len(found["value"])
        yield found["instruction"], min(start, len(line.text)), len(line.text.rstrip())


@dataclass
class _Reader:
    source: Source
    escape: str
    problems: list[Problem]

    def instruction(self, line: JoinedLine, keyword: str, start: int, end: int) -> Instruction:
        """The instruction whose arguments stand at `start` to `end` of a joined line."""
        flags, skipped = words.split_flags(line.text[start:end])
        first = start + skipped
        value = line.text[first:end]
        built = Instruction(
            keyword,
            value,
            self.source.span(line.start, _end_of(line, end)),
            _span(self.source, line, first, max(end, first)),
            tuple(self._flag(line, start + a, start + b) for a, b in flags),
            heredocs=line.heredocs,
            _source=self.source,
            _line=line,
            _start=first,
        )
        return self._with_arguments(built, line, first, end)

    def _with_arguments(self, built: Instruction, line: JoinedLine, first: int, end: int) -> Instruction:
        if built.keyword in ("ONBUILD", "HEALTHCHECK"):
            return replace(built, inner=self._inner(line, first, end))
        split = tuple(Located(word.group(), built.part(*word.span())) for word in _WORD.finditer(built.value))
        argv = self._argv(built) if built.keyword in _JSON else None
        return replace(built, words=split, argv=argv, pairs=self._pairs(built))

    def _inner(self, line: JoinedLine, first: int, end: int) -> Instruction | None:
        keyword, _, rest = line.text[first:end].partition(" ")
        if not keyword:
            return None
        start = first + len(keyword) + len(rest) + 1 - len(rest.lstrip()) if rest else end
        return self.instruction(line, keyword.upper(), start, end)

    def _argv(self, built: Instruction) -> tuple[Located[str], ...] | None:
        try:
            found = words.json_strings(built.value)
        except words.NotStringsError:
            self._problem("a JSON array here may hold strings only, so Docker refuses this Dockerfile", built)
            return None
        if found is None:
            if words.has_text_after_array(built.value) and built.keyword in ("CMD", "ENTRYPOINT"):
                told = "text after the JSON array: Docker 27.1 and later run this line through a shell"
                self._problem(told, built, slight=True)
            return None
        return tuple(Located(text, built.part(start, end)) for text, start, end in found)

    def _pairs(self, built: Instruction) -> tuple[Pair, ...]:
        if built.keyword not in _PAIRS:
            return ()
        found = []
        for name, value in words.pair_spans(built.value, self.escape, built.keyword == "ARG"):
            if value is None and built.keyword != "ARG":
                self._problem(f"{built.keyword} needs NAME=value, so Docker refuses this Dockerfile", built)
                continue
            place = built.part(*name)
            text = Located(built.value[slice(*value)], built.part(*value)) if value else None
            found.append(Pair(Located(words.dequoted(built.value[slice(*name)]), place), text))
        return tuple(found)

    def _flag(self, line: JoinedLine, start: int, end: int) -> Flag:
        name, _, value = words.dequoted(line.text[start:end]).removeprefix("--").partition("=")
        return Flag(name.lower(), value, _span(self.source, line, start, end))

    def _problem(self, message: str, built: Instruction, *, slight: bool = False) -> None:
        if templates.PIECE.search(built.value):
            return  # Something else fills it in first.
        path = self.source.path
        effect = f"A line of {path} is not what it seems" if slight else f"{path} is not built"
        self.problems.append(Problem(message, Place(built.value_span), effect, slight))


def _stages(instructions: tuple[Instruction, ...]) -> tuple[tuple[Instruction, ...], tuple[Stage, ...]]:
    starts = [index for index, found in enumerate(instructions) if found.keyword == "FROM"]
    if not starts:
        return instructions, ()
    ends = [*starts[1:], len(instructions)]
    stages = tuple(
        _stage(number, instructions[start], instructions[start + 1 : end])
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    )
    return tuple(found for found in instructions[: starts[0]] if found.keyword == "ARG"), stages


def _stage(index: int, instruction: Instruction, rest: tuple[Instruction, ...]) -> Stage:
    found = instruction.words
    reference = found[0] if found else Located("", instruction.span)
    named = len(found) >= 3 and found[1].value.lower() == "as"
    return Stage(index, instruction, reference, found[2].value.lower() if named else None, rest)


def _end_of(line: JoinedLine, end: int) -> int:
    return line.end if line.heredocs else line.offset(max(end - 1, 0)) + 1


def _span(source: Source, line: JoinedLine, start: int, end: int) -> Span:
    first = line.offset(start)
    last = line.offset(end - 1) + 1 if end > start else first
    return source.span(first, last)
