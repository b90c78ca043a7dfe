"""Scripts that a Dockerfile itself writes: `COPY <<EOF start.sh`, `RUN cat <<EOF > start.sh`, `RUN echo … > start.sh`.

Such a script is laid out with each of its lines on the line of the Dockerfile that holds it, so that whoever reads it
points into the Dockerfile.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flaskprod_lint.inputs.dockerfile_lines import Heredoc
from flaskprod_lint.inputs.shell import SimpleCommand
from flaskprod_lint.model import Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.image.stage import StageState
from flaskprod_lint.source import Place, Source, Span

_SHELL = regex(r"#!\s*(/usr)?(/bin/)(env\s+(-S\s+)?)?(ba|da|a)?sh\b")
_VARIABLE = regex(r"\\([\\$`])|\$(?:(\w+)|\{(\w+)\})|([$`])")
#: What a line cannot end or begin with to be joined to the next by a semicolon.
_COMPOUND = regex(r"(^|\s)(if|then|else|elif|fi|for|while|until|do|done|case|esac|\{|\}|&|&&|\|\||\||\\)\s*($|\s)")

#: Lines of a script, each with the line of the Dockerfile that it stands on.
Lines = list[tuple[int, str]]


def from_heredoc(state: StageState, where: str, heredoc: Heredoc, place: Place) -> bool:
    """Put what a heredoc holds at a path of the image; False when it is no script, or not all known."""
    text = _expanded(heredoc.text, state) if heredoc.expand else heredoc.text
    first = heredoc.span.line
    return text is not None and _mount(state, where, list(enumerate(text.split("\n"), first)), heredoc.span, place)


def from_command(
    state: StageState, where: str, command: SimpleCommand, argv: Sequence[str | Unknown], part: Span, *, append: bool
) -> bool:
    """The same of `echo` and `printf`, which may add to what an earlier one has written."""
    text = _printed(argv, state.shell)
    if text is None:
        return False
    lines = _spread(text, part)
    before = _so_far(state, where) if append else []
    if lines is None or before is None:
        return False
    return _mount(state, where, [*before, *lines], part, Place(part, command.name))


def _so_far(state: StageState, where: str) -> Lines | None:
    """The lines of a script that the Dockerfile has begun to write; None when the path holds something else."""
    found = state.tree.locate(where)
    source = state.tree.project.read(found) if isinstance(found, str) else None
    if source is None or not source.written:
        return None
    return [
        (number, line.strip()) for number, line in enumerate(source.lines, 1) if number >= source.first and line.strip()
    ]


def _mount(state: StageState, where: str, lines: Lines, span: Span, place: Place) -> bool:
    if not _SHELL.match(lines[0][1]) and not where.endswith((".sh", ".bash")):
        return False
    if len(lines) > 1 and lines[0][0] == lines[1][0]:
        lines = [(lines[0][0] - 1, lines[0][1]), *lines[1:]]
    text = _laid_out(lines, state.tree.project.read(span.path))
    source = Source(span.path, text, first=lines[0][0], written=where)
    state.tree.mount(where, state.tree.project.add_written(source), place)
    return True


def _laid_out(lines: Lines, holder: Source | None) -> str:
    """The script with each line, and where that can be told each column, where the Dockerfile has it."""
    text: list[str] = []
    for number, line in lines:
        text += [""] * (number - 1 - len(text))
        column = holder.line(number).find(line.partition("; ")[0]) if holder is not None else 0
        text.append(" " * (0 if line.startswith("#!") else max(column, 0)) + line)
    return "\n".join(text) + "\n"


def _spread(text: str, part: Span) -> Lines | None:
    """The lines of what one command prints, on the lines of that command; None when they do not fit there."""
    lines = text.rstrip("\n").split("\n")
    if part.line + len(lines) - 1 <= part.end_line:
        return list(enumerate(lines, part.line))
    head = lines[:1] if lines[0].startswith("#!") else []
    rest = [line.strip() for line in lines[len(head) :] if line.strip() and not line.lstrip().startswith("#")]
    if len(rest) > 1 and any(_COMPOUND.search(line) for line in rest):
        return None
    return [*((part.line, line) for line in head), *([(part.line, "; ".join(rest))] if rest else [])]


def _printed(argv: Sequence[str | Unknown], shell: str) -> str | None:
    """What `echo` or `printf` writes with these words."""
    words = [word for word in argv if isinstance(word, str)]
    if len(words) != len(argv) or words[0] not in ("echo", "printf") or len(words) < 2:
        return None
    if words[0] == "printf":
        return _formatted(words[1], words[2:])
    options = [word for word in words[1:3] if re.fullmatch(r"-[neE]+", word)]
    text = " ".join(words[1 + len(options) :])
    reads_escapes = shell != "bash" or any("e" in option for option in options)
    return _unescaped(text) if reads_escapes else text


def _formatted(form: str, rest: list[str]) -> str | None:
    if form in (r"%s\n", r"%b\n"):
        return "\n".join(_unescaped(word) if "b" in form else word for word in rest)
    return None if "%" in form or rest else _unescaped(form)


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\nt])", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text)


def _expanded(text: str, state: StageState) -> str | None:
    """A heredoc whose mark is not quoted: variables of the build are replaced, `\\$` is a dollar."""
    unknown = False

    def replaced(found: re.Match[str]) -> str:
        nonlocal unknown
        if found[1]:
            return found[1]
        value = state.look_up(found[2] or found[3]) if found[2] or found[3] else Unknown("a shell decides it")
        unknown = unknown or isinstance(value, Unknown)
        return value if isinstance(value, str) else ""

    result = _VARIABLE.sub(replaced, text)
    return None if unknown else result
