"""Files of [sections] and `key = value` lines, with places: what supervisord, Python and systemd read."""

from __future__ import annotations

from dataclasses import field

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Place, Problem, Source, Span

#: What Python's ConfigParser takes for a header and for an option, of a line without the blanks around it.
_PYTHON_HEADER = regex(r"\[(.+)\]")
_PYTHON_OPTION = regex(r"(.*?)\s*[=:]\s*(.*)$")
_SYSTEMD_OPTION = regex(r"[ \t]*([^=\s][^=]*?)[ \t]*=[ \t]*(.*)$")
_OUTSIDE = "no `[section]` stands before this line"


@dataclass(frozen=True)
class Section:
    """A section with its entries in order; a key may stand more than once."""

    name: Located[str]
    entries: tuple[tuple[Located[str], Located[str]], ...]

    def get(self, key: str) -> Located[str] | None:
        """The value of a key, of the last one where it repeats."""
        found = self.all(key)
        return found[-1] if found else None

    def all(self, key: str) -> list[Located[str]]:
        """Every value of a key, in order."""
        return [value for name, value in self.entries if name.value == key]


@dataclass(frozen=True)
class Ini:
    """The sections of a file, and the lines that are none of it, as its reader takes them."""

    path: str
    sections: tuple[Section, ...]
    problems: tuple[Problem, ...] = ()

    def section(self, name: str) -> Section | None:
        return next((section for section in self.sections if section.name.value == name), None)


@dataclass
class _Found:
    """The sections read so far. `value` are the pieces of a value that may go on, with the line and column it began."""

    source: Source
    sections: list[tuple[Located[str], list[tuple[Located[str], Located[str]]]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    key: Located[str] | None = None
    value: list[str] = field(default_factory=list)
    start: tuple[int, int] = (0, 0)
    last: int = 0

    def header(self, number: int, name: str) -> None:
        self.close()
        column = self.source.lines[number].index(name)
        self.sections.append((Located(name.strip(), _span(self.source, number, column, name)), []))

    def option(self, number: int, key: str, value: str) -> None:
        self.close()
        line = self.source.lines[number]
        at = line.index(key)
        self.key = Located(key, _span(self.source, number, at, key))
        self.value, self.last = [value], number
        self.start = number, line.rindex(value) if value else len(line.rstrip())

    def goes_on(self, number: int, text: str) -> None:
        self.value.append(text)
        self.last = number

    def close(self) -> None:
        """End the option that is open."""
        if self.key is None:
            return
        text = "\n".join(self.value).strip()
        first, column = self.start
        end = len(self.source.lines[self.last].rstrip()) + 1
        span = _span(self.source, first, column, text)
        if first != self.last:
            span = Span(self.source.path, first + 1, column + 1, self.last + 1, end)
        self.sections[-1][1].append((self.key, Located(text, span)))
        self.key = None

    def made(self) -> Ini:
        self.close()
        sections = tuple(Section(name, tuple(entries)) for name, entries in self.sections)
        return Ini(self.source.path, sections, tuple(self.problems))


# Python's ConfigParser


def read_python(source: Source) -> Ini:
    """What Python's ConfigParser reads: lines that stand further in go on, and no comment follows a value."""
    return _read_python(source, "")


def read_supervisord(source: Source) -> Ini:
    """The same as supervisord uses it: a blank and `;` or `#` start a comment anywhere."""
    return _read_python(source, ";#", "supervisord")


def _read_python(source: Source, inline: str, by: str = "Python") -> Ini:
    found = _Found(source)
    indent = 0
    for number, line in enumerate(source.lines):
        line = _without_comment(line, inline)
        text = line.strip()
        if not text:
            continue
        level = len(line) - len(line.lstrip())
        if found.key is not None and level > indent:
            found.goes_on(number, text)
            continue
        indent = level
        header, option = _PYTHON_HEADER.match(text), _PYTHON_OPTION.match(text)
        message, effect = "", f"{by} refuses {source.path}"
        if header is not None:
            found.header(number, header[1])
        elif not found.sections:
            message = _OUTSIDE
        elif option is None or not option[1]:
            message = "this line is no `[section]`, and no name stands before a `=` or `:` in it"
        elif text.startswith("["):
            message = f"this header has no `]`, so it is an option called `{option[1]}`"
            effect = f"{by} does not see this section of {source.path}"
        else:
            found.option(number, option[1], option[2])
        if message:
            found.problems.append(Problem(message, Place(source.line_span(number + 1)), effect))
    return _lowered(found.made())


def _without_comment(line: str, inline: str) -> str:
    """A line up to its comment. `inline` are the signs that start one after a blank; at the start "#" and ";" do."""
    if line.lstrip()[:1] in ("#", ";"):
        return ""
    ends = [at for at, sign in enumerate(line) if sign in inline and (not at or line[at - 1].isspace())]
    return line[: ends[0]].rstrip() if ends else line.rstrip()


def _lowered(found: Ini) -> Ini:
    """The file with its keys in lower case, as ConfigParser keeps them."""
    sections = (
        Section(one.name, tuple((Located(key.value.lower(), key.span), value) for key, value in one.entries))
        for one in found.sections
    )
    return Ini(found.path, tuple(sections), found.problems)


# systemd


def read_systemd(source: Source, *, by: str = "systemd", strict: bool = False) -> Ini:
    """A unit of systemd: a backslash at the end of a line joins the next one, by a blank.

    A header that does not end makes systemd refuse the file. Of other lines it passes over those that say nothing; with
    `strict`, as Podman does, they make the file refused, too.
    """
    refused, passed = f"{by} refuses {source.path}", f"{by} passes over a line of {source.path}"
    found = _Found(source)
    lines = source.lines
    number = 0
    while number < len(lines):
        line, first = lines[number].strip(), number
        number += 1
        if not line or line[0] in "#;":
            continue
        option = _SYSTEMD_OPTION.match(line)
        place = Place(source.line_span(first + 1))
        if line[0] == "[":
            if line[-1] == "]" and len(line) > 2:
                found.header(first, line[1:-1])
            else:
                found.problems.append(Problem("this header does not end with `]`", place, refused))
                break
        elif option is not None and found.sections:
            text, number = _joined(lines, option[2], number)
            found.option(first, option[1], option[2])
            found.value, found.last = [text], number - 1
        else:
            message = _OUTSIDE if option is not None else "no name stands before a `=` in this line"
            effect = refused if strict else passed
            found.problems.append(Problem(message, place, effect, slight=not strict))
    return found.made()


def _joined(lines: list[str], text: str, number: int) -> tuple[str, int]:
    """A value with the lines that go on with it, and the number of the line after. Comments among them are left out."""
    pieces = [text.rstrip()]
    while pieces[-1].endswith("\\") and number < len(lines):
        pieces[-1] = pieces[-1][:-1].rstrip()
        following = lines[number].strip()
        pieces.append("\\" if following[:1] in ("#", ";") else following)
        number += 1
    return " ".join(filter(None, (piece.removesuffix("\\").strip() for piece in pieces))), number


def _span(source: Source, line: int, start: int, text: str) -> Span:
    return Span(source.path, line + 1, start + 1, line + 1, start + 1 + len(text))
