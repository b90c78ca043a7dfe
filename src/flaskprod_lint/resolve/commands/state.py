"""What a shell knows while a script is followed: variables, arguments, folder, and the programs above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from flaskprod_lint.inputs.shell_syntax import Function, Script, Sequence
from flaskprod_lint.model import EnvironmentRead, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.commands.holes import Hole, Holes
from flaskprod_lint.source import Place, Span

#: Longer texts than this are cut: a loop can double one until memory ends.
MAX_TEXT = 64 * 1024
#: Nodes of one command that are followed.
MAX_NODES = 20_000

#: Exit statuses. An outside program is taken to succeed ("likely"); a condition on something unknown is "unknown".
YES, NO, LIKELY, UNLIKELY, UNSURE = "yes", "no", "likely", "unlikely", "unknown"
OPPOSITE = {YES: NO, NO: YES, LIKELY: UNLIKELY, UNLIKELY: LIKELY, UNSURE: UNSURE}

Reads = tuple[EnvironmentRead, ...]


@dataclass(frozen=True)
class Argument:
    """A word after expansion: its text (in which holes stand for what is unknown), as written, and its variables."""

    text: str
    raw: str = ""
    reads: Reads = ()
    at: Span | None = None


@dataclass(frozen=True)
class Variable:
    """A shell variable. `setting` is the one that the process started with, for those that nothing changed.

    `removed` is True after `unset`: it is not what a person may have set elsewhere, either.
    """

    text: str
    reads: Reads = ()
    origin: Place = field(default_factory=lambda: Place(None))
    setting: Setting | None = None
    removed: bool = False


@dataclass(frozen=True)
class Link:
    """A program that stays alive above the server: a shell, or what passes signals on.

    `kind` is dash, bash, busybox or unknown for shells, "forward", "group" (signals all its descendants) or "opaque".
    `place`, `script`, `start` and `end` are those of the command that it runs as its child; `may_replace` says that a
    shell of unknown kind may well replace itself by that command. `trap` is the shell's trap for SIGTERM.
    """

    kind: str
    name: str
    is_script: bool = False
    trap: str = ""
    place: Place = field(default_factory=lambda: Place(None))
    script: Script | None = None
    start: int = 0
    end: int = 0
    may_replace: bool = False
    cause: str = ""

    @property
    def is_shell(self) -> bool:
        return self.kind in ("dash", "bash", "busybox", "unknown")


@dataclass
class State:
    """One shell at one moment. `ended` says how it came to an end: exit, failure, exec, server, return, break, …

    `sure` is False once something may have ended the shell before; `doubt` is True once something may have left the
    loop or function that it is in.
    """

    zero: Argument = field(default_factory=lambda: Argument("sh"))
    positional: tuple[Argument, ...] = ()
    variables: dict[str, Variable] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    arrays: dict[str, tuple[Argument, ...]] = field(default_factory=dict)
    functions: dict[str, tuple[Function, Script]] = field(default_factory=dict)
    cwd: str = "/"
    script: Script = field(default_factory=lambda: Script(Sequence((), 0, 0), ""))
    here: Place = field(default_factory=lambda: Place(None))
    shell: Link = field(default_factory=lambda: Link("unknown", "sh"))
    above: tuple[Link, ...] = ()
    trail: tuple[Place, ...] = ()
    export_all: bool = False
    sure: bool = True
    doubt: bool = False
    background: bool = False
    ended: str = ""
    status: str = YES
    depth: int = 0
    user: str = ""

    def copy(self) -> State:
        """A state that changes on its own, as a subshell or the other side of a branch does."""
        return replace(
            self,
            variables=dict(self.variables),
            exported=set(self.exported),
            arrays=dict(self.arrays),
            functions=dict(self.functions),
        )

    def take(self, other: State) -> None:
        """Go on as `other` does."""
        self.positional, self.variables, self.exported = other.positional, other.variables, other.exported
        self.arrays, self.functions, self.cwd = other.arrays, other.functions, other.cwd
        self.shell, self.sure, self.ended, self.status = other.shell, other.sure, other.ended, other.status
        self.export_all, self.doubt = other.export_all, other.doubt

    def place(self, start: int, end: int) -> Place:
        """The place of a piece of the script, or of what started it where the script has no source."""
        span = self.script.span(start, end)
        return Place(span, self.script.line(start)) if span else self.here

    def assign(self, name: str, text: str, reads: Reads, origin: Place) -> None:
        self.variables[name] = Variable(text[:MAX_TEXT], reads, origin)
        self.arrays.pop(name, None)
        if self.export_all:
            self.exported.add(name)

    def environment(self, holes: Holes) -> dict[str, Setting]:
        """What a program started now finds in its environment and did not at the process's start."""
        changed = {name: self.variables[name] for name in sorted(self.exported) if name in self.variables}
        return {
            name: Setting(name, holes.value(variable.text), variable.origin, environment=variable.reads)
            for name, variable in changed.items()
            if variable.setting is None
        }


def initial_variables(settings: Mapping[str, Setting], holes: Holes) -> dict[str, Variable]:
    """The variables that a process starts with."""
    found = {}
    for name, setting in settings.items():
        read = EnvironmentRead(name, is_set=True, at=setting.span)
        reads = (read, *(other for other in setting.environment if other.name != name))
        text = setting.value if isinstance(setting.value, str) else str(setting.value)
        if isinstance(setting.value, Unknown):
            text = holes.make(Hole(setting.value, f"${name}", reads, nonempty=True))
        found[name] = Variable(text, reads, setting.origin, setting)
    return found


def merge(first: State, second: State, holes: Holes) -> State:
    """What is known after one of two sides was taken: a variable on which they differ is unknown."""
    merged = first.copy()
    for name in sorted({*first.variables, *second.variables}):
        left, right = first.variables.get(name), second.variables.get(name)
        if left is None or right is None or left.text != right.text:
            merged.variables[name] = _either(name, left, right, holes)
    for name in sorted({*first.arrays, *second.arrays}):
        if first.arrays.get(name) != second.arrays.get(name):
            longer = max(first.arrays.get(name, ()), second.arrays.get(name, ()), key=len)
            merged.arrays[name] = longer
    merged.exported |= second.exported
    merged.functions = {**second.functions, **first.functions}
    if first.positional != second.positional:
        merged.positional = max(first.positional, second.positional, key=len)
    if first.cwd != second.cwd:
        merged.cwd = holes.make(Hole(Unknown("the folder depends on a condition that is not known"), "$PWD"))
    merged.status = first.status if first.status == second.status else UNSURE
    merged.shell = first.shell if first.shell.trap else replace(first.shell, trap=second.shell.trap)
    merged.sure = first.sure and second.sure
    merged.doubt = first.doubt or second.doubt
    return merged


def _either(name: str, left: Variable | None, right: Variable | None, holes: Holes) -> Variable:
    sides = [side for side in (left, right) if side is not None]
    reads = tuple(dict.fromkeys(read for side in sides for read in side.reads))
    values = [f"“{holes.raw(side.text)}”" for side in sides if len(side.text) < 60 and not _may_be_secret(name)]
    reason = f"{name} depends on a condition that is not known"
    if len(values) == 2:
        reason += f" ({' or '.join(values)})"
    nonempty = len(sides) == 2 and all(holes.is_nonempty(side.text) for side in sides)
    hole = Hole(Unknown(reason, sides[0].origin.span), f"${name}", reads, nonempty)
    return Variable(holes.make(hole), reads, sides[0].origin)


def _may_be_secret(name: str) -> bool:
    return any(word in name.upper() for word in ("SECRET", "KEY", "TOKEN", "PASS", "URL", "URI", "DSN", "CRED"))
