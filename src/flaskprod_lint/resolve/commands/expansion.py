"""From words to arguments: parameters, defaults, substitutions, field splitting, as the shell does them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from dataclasses import replace

from flaskprod_lint.inputs.shell import Arithmetic, Literal, Substitution, Variable, Word
from flaskprod_lint.model import EnvironmentRead, Unknown
from flaskprod_lint.resolve.commands.holes import Hole, Holes
from flaskprod_lint.resolve.commands.state import NO, YES, Argument, Reads, State
from flaskprod_lint.source import Place, Span, is_number

Fragment = tuple[str, Reads]

#: More fields than this from one word are not made.
MAX_FIELDS = 200
#: Variables that every shell has, whose value nobody writes down.
_SHELLS_OWN = {"RANDOM", "SECONDS", "UID", "EUID", "PPID", "HOSTNAME", "LINENO", "OLDPWD", "BASHPID", "BASH_VERSION"}


class Expander:
    """Expands words in a state. `substitute` follows the commands of `$(…)` and gives their output."""

    def __init__(
        self,
        open_environment: bool,
        holes: Holes,
        substitute: Callable[[State, Substitution], Fragment],
    ) -> None:
        self.open_environment = open_environment
        self.holes = holes
        self.substitute = substitute

    def fields(self, state: State, word: Word) -> list[Argument]:
        """The arguments that a word of a command becomes: none, one or several."""
        splitter = _Splitter(word, state.script.span(word.start, word.end))
        self._add(state, word, splitter)
        return splitter.done()[:MAX_FIELDS]

    def _add(self, state: State, word: Word, splitter: _Splitter) -> None:
        for part in word.parts:
            if isinstance(part, Literal):
                splitter.add((part.text, ()), keep=True)
            elif isinstance(part, Variable) and (items := self._items(state, part)) is not None:
                splitter.add_items(items, quoted=part.quoted)
            elif isinstance(part, Variable) and (used := self._used_argument(state, part)) is not None:
                # Quotes in the argument of a bare `${X:-'a b'}` keep it together.
                begin = len(splitter.fields)
                self._add(state, used[0], splitter)
                splitter.mark(begin, used[1])
            else:
                fragment = self._part(state, part)
                if part.quoted:
                    splitter.add(fragment, keep=True)
                else:
                    splitter.add_split(fragment)

    def single(self, state: State, word: Word, *, patterns: bool = False) -> Argument:
        """The one argument that a word is where the shell does not split; `patterns` escapes what was quoted."""
        fragments: list[Fragment] = []
        for part in word.parts:
            if isinstance(part, Literal):
                escape = patterns and part.quote
                fragments.append((re.sub(r"([*?\[\]])", r"[\1]", part.text) if escape else part.text, ()))
            elif isinstance(part, Variable) and (items := self._items(state, part)) is not None:
                fragments.append(_joined([item for item in items if item.raw or item.text]))
            else:
                fragments.append(self._part(state, part))
        text, reads = _concatenate(fragments)
        return Argument(text, word.raw, reads, state.script.span(word.start, word.end))

    def _part(self, state: State, part: Variable | Substitution | Arithmetic) -> Fragment:
        from flaskprod_lint.resolve.commands import arithmetic

        if isinstance(part, Substitution):
            return self.substitute(state, part)
        if isinstance(part, Arithmetic):
            return arithmetic.evaluate(part.text, lambda word: self.single(state, word), self.holes)
        return self._variable(state, part)

    def _items(self, state: State, part: Variable) -> tuple[Argument, ...] | None:
        """The arguments behind `$@`, `$*` or `${array[@]}`; None for what is one text."""
        if part.length or part.indirect:
            return None
        if part.index in ("@", "*"):
            items = state.arrays.get(part.name, ())
        elif part.name in ("@", "*") and part.index is None:
            items = state.positional
        else:
            return None
        if part.operator in (":-", "-") and not items and part.argument is not None:
            return tuple(self.fields(state, part.argument))
        if part.operator in (":+", "+"):
            return tuple(self.fields(state, part.argument)) if items and part.argument is not None else ()
        if part.operator == ":" and part.argument is not None:
            items = self._slice(state, part, items)
        star = part.name == "*" or part.index == "*"
        return (_as_argument(_joined(items), part.raw),) if star and part.quoted else items

    def _slice(self, state: State, part: Variable, items: tuple[Argument, ...]) -> tuple[Argument, ...]:
        bounds = self.single(state, part.argument).text if part.argument is not None else ""
        numbers = re.fullmatch(r"\s*(\d{1,9})(?::(\d{1,9}))?\s*", bounds)
        if numbers is None:
            return items
        everything = (state.zero, *items) if part.name == "@" else items
        first = int(numbers.group(1))
        return everything[first : first + int(numbers.group(2))] if numbers.group(2) else everything[first:]

    def _variable(self, state: State, part: Variable) -> Fragment:
        text, reads, is_set = self.lookup(state, part.name, part.index, part.raw)
        if part.indirect:
            text, more, is_set = self.lookup(state, text, None, part.raw)
            reads = (*reads, *more)
        if part.length:
            count = self._count(state, part)
            known = count if count is not None else str(len(text))
            return (text if self.holes.has(text) else known), reads
        if part.operator in (":-", "-", ":=", "="):
            return self._default(state, part, text, reads, is_set)
        if part.operator in (":+", "+"):
            return self._alternative(state, part, text, reads, is_set)
        if not part.operator or part.operator in (":?", "?"):
            return text, reads
        argument = self.single(state, part.argument, patterns=True) if part.argument is not None else Argument("")
        if self.holes.has(text) or self.holes.has(argument.text):
            holes = [*self.holes.within(text), *self.holes.within(argument.text)]
            return self.holes.make(replace(holes[0], raw=part.raw, reads=reads)), (*reads, *argument.reads)
        return _transform(text, part.operator, argument.text), reads

    def _count(self, state: State, part: Variable) -> str | None:
        if part.index in ("@", "*"):
            return str(len(state.arrays.get(part.name, ())))
        return str(len(state.positional)) if part.name in ("@", "*") else None

    def lookup(self, state: State, name: str, index: str | None, raw: str) -> tuple[str, Reads, bool | None]:
        """A variable's text, the environment behind it, and whether it is set (None: a person may have set it)."""
        if index is not None or name in state.arrays:
            return self._element(state, name, index, raw)
        if is_number(name) or name in ("#", "?", "$", "!", "-", "@", "*"):
            return self._special(state, name)
        variable = state.variables.get(name)
        if variable is not None:
            return variable.text, variable.reads, not variable.removed
        if name == "PWD":
            return state.cwd, (), True
        if name == "BASH_SOURCE":
            return state.zero.text, (), True
        if name in _SHELLS_OWN:
            return self._hole(f"{name} is known at run time only", raw, nonempty=True), (), True
        # Nobody sets a name without capitals in a dashboard: it is a variable of the script, and unset.
        if name == name.lower():
            return "", (), False
        read = EnvironmentRead(name, is_set=None if self.open_environment else False)
        if not self.open_environment:
            return "", (read,), False
        return self._hole(f"{name} is set by nothing in the project", "$" + name, (read,)), (read,), None

    def _hole(self, reason: str, raw: str, reads: Reads = (), *, nonempty: bool = False) -> str:
        return self.holes.make(Hole(Unknown(reason), raw, reads, nonempty))

    def _element(self, state: State, name: str, index: str | None, raw: str) -> tuple[str, Reads, bool | None]:
        if name == "BASH_SOURCE":
            return state.zero.text, (), True
        items = state.arrays.get(name, ())
        if index in ("@", "*"):
            text, reads = _joined(items)
            return text, reads, bool(items)
        if index and not re.fullmatch(r"-?\d{1,9}", index):
            return self._hole(f"{raw} is known at run time only", raw), (), True
        place = int(index or 0)
        if name not in state.arrays and place == 0 and name in state.variables:
            return state.variables[name].text, state.variables[name].reads, True
        if -len(items) <= place < len(items):
            return items[place].text, items[place].reads, True
        return "", (), False

    def _special(self, state: State, name: str) -> tuple[str, Reads, bool | None]:
        if is_number(name) and not int(name):
            return state.zero.text, (), True
        if is_number(name):
            place = int(name) - 1
            if place < len(state.positional):
                return state.positional[place].text, state.positional[place].reads, True
            return "", (), False
        if name == "#":
            return str(len(state.positional)), (), True
        if name in "@*":
            text, reads = _joined(state.positional)
            return text, reads, bool(state.positional)
        if name == "?" and state.status in (YES, NO):
            return "0" if state.status == YES else "1", (), True
        return ("" if name == "-" else self._hole(f"${name} is known at run time only", "$" + name)), (), True

    def _default(self, state: State, part: Variable, text: str, reads: Reads, is_set: bool | None) -> Fragment:
        if is_set and not (text == "" and part.operator.startswith(":")):
            return text, reads
        default = self.single(state, part.argument) if part.argument is not None else Argument("")
        reads = tuple(dict.fromkeys((*self._with_default(part, reads, default.text), *default.reads)))
        if is_set is None and default.text == "":
            # `${X:-}` guards against `set -u`; it does not say that X is empty.
            return text, reads
        if part.operator in (":=", "=") and part.name.isidentifier():
            state.assign(part.name, default.text, reads, Place(default.at, part.raw))
        return default.text, reads

    def _used_argument(self, state: State, part: Variable) -> tuple[Word, Reads] | None:
        """The argument of an unquoted `${X:-word}` or `${X:+word}` where the expansion is that word."""
        if part.quoted or part.argument is None or part.length or part.operator not in (":-", "-", ":+", "+"):
            return None
        text, reads, is_set = self.lookup(state, part.name, part.index, part.raw)
        present = bool(is_set) and not (text == "" and part.operator.startswith(":"))
        if present == (part.operator in (":-", "-")) or (is_set is None and not part.argument.raw):
            return None
        if present:
            return part.argument, reads
        return part.argument, self._with_default(part, reads, self.single(state, part.argument).text)

    def _with_default(self, part: Variable, reads: Reads, default: str) -> Reads:
        literal = None if self.holes.has(default) else default
        return tuple(
            replace(read, default=literal, has_default=literal is not None) if read.name == part.name else read
            for read in reads
        )

    def _alternative(self, state: State, part: Variable, text: str, reads: Reads, is_set: bool | None) -> Fragment:
        # What a person may have set elsewhere is taken to be unset, as it is for `${X:-default}`.
        if not is_set or (text == "" and part.operator == ":+"):
            return "", reads
        other = self.single(state, part.argument) if part.argument is not None else Argument("")
        return other.text, (*reads, *other.reads)


class _Splitter:
    """Collects the fields of one word."""

    def __init__(self, word: Word, at: Span | None) -> None:
        self.word = word
        self.at = at
        self.fields: list[Argument] = []
        self.current: list[Fragment] | None = None

    def add(self, fragment: Fragment, *, keep: bool) -> None:
        if keep or fragment[0] != "":
            self.current = [*(self.current or []), fragment]

    def add_split(self, fragment: Fragment) -> None:
        """Add text that is split at blanks; what is unknown stays one field."""
        text, reads = fragment
        pieces = text.split()
        if not pieces:
            if text:
                self.close()
            elif reads and self.current is not None:
                self.current.append(("", reads))
            return
        if text[0].isspace():
            self.close()
        for place, piece in enumerate(pieces):
            if place:
                self.close()
            self.add((piece, reads), keep=True)
        if text[-1].isspace():
            self.close()

    def add_items(self, items: tuple[Argument, ...], *, quoted: bool) -> None:
        for place, item in enumerate(items):
            if place:
                self.close()
            if quoted:
                self.add((item.text, item.reads), keep=True)
            else:
                self.add_split((item.text, item.reads))
            if len(self.word.parts) == 1 and self.current is not None:
                # A whole argument that is passed on keeps how and where it was written.
                pending, self.current = self.current, None
                text, reads = _concatenate(pending)
                self.fields.append(Argument(text, item.raw or self.word.raw, reads, item.at or self.at))

    def mark(self, begin: int, reads: Reads) -> None:
        """Say of the fields made since `begin` that they came from these variables, too."""
        for place in range(begin, len(self.fields)):
            field = self.fields[place]
            self.fields[place] = replace(field, reads=tuple(dict.fromkeys((*reads, *field.reads))))
        if self.current is not None:
            self.current.append(("", reads))

    def close(self) -> None:
        if self.current is not None:
            text, reads = _concatenate(self.current)
            self.fields.append(Argument(text, self.word.raw, reads, self.at))
        self.current = None

    def done(self) -> list[Argument]:
        self.close()
        return self.fields


def _concatenate(fragments: list[Fragment]) -> Fragment:
    reads = tuple(dict.fromkeys(read for _, more in fragments for read in more))
    return "".join(text for text, _ in fragments), reads


def _joined(items: tuple[Argument, ...] | list[Argument]) -> Fragment:
    fragments: list[Fragment] = []
    for place, item in enumerate(items):
        fragments.extend([(" ", ())] if place else [])
        fragments.append((item.text, item.reads))
    return _concatenate(fragments)


def _as_argument(fragment: Fragment, raw: str) -> Argument:
    return Argument(fragment[0], raw, fragment[1])


def _transform(text: str, operator: str, argument: str) -> str:
    """`${x%pattern}`, `${x/a/b}`, `${x:1:2}`, `${x^^}` and their kin."""
    if operator in ("%", "%%", "#", "##"):
        return _trim(text, operator, argument)
    if operator.startswith("/"):
        pattern, _, replacement = argument.partition("/")
        count = 0 if operator == "//" else 1
        expression = fnmatch.translate(pattern).removesuffix(r"\Z").removesuffix(r"\z")
        try:
            return re.sub(expression, lambda _: replacement, text, count=count) if pattern else text
        except re.error:
            return text
    if operator == ":":
        numbers = re.fullmatch(r"\s*(-?\d{1,9})(?::(\d{1,9}))?\s*", argument)
        if numbers is None:
            return text
        rest = text[int(numbers.group(1)) :]
        return rest[: int(numbers.group(2))] if numbers.group(2) else rest
    changed = {
        "^^": text.upper(),
        ",,": text.lower(),
        "^": text[:1].upper() + text[1:],
        ",": text[:1].lower() + text[1:],
    }
    return changed.get(operator, text)


def _trim(text: str, operator: str, pattern: str) -> str:
    """Remove the shortest (`%`, `#`) or longest (`%%`, `##`) match of a pattern from the end or the start."""
    from_end = operator[0] == "%"
    places = range(len(text), -1, -1) if from_end == (len(operator) == 1) else range(len(text) + 1)
    for place in places:
        part, rest = (text[place:], text[:place]) if from_end else (text[:place], text[place:])
        if fnmatch.fnmatchcase(part, pattern):
            return rest
    return text
