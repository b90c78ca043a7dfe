"""What is about to be started, by a shell or without one, and what was found to be."""

from __future__ import annotations

import posixpath

from flaskprod_lint.inputs.shell import SimpleCommand
from flaskprod_lint.model import Step
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.commands.state import Argument, Link, Reads
from flaskprod_lint.source import Place


@dataclass(frozen=True)
class Call:
    """A program or builtin about to be started by a shell: its words and what the shell makes of its process.

    `replaces` says that the shell gives its own process to it; `may_replace` that a shell of unknown kind may do so;
    `cause` why it does not.
    """

    arguments: tuple[Argument, ...]
    assignments: tuple[tuple[str, str, Reads], ...] = ()
    start: int = 0
    end: int = 0
    replaces: bool = False
    may_replace: bool = False
    cause: str = ""
    node: SimpleCommand | None = None


@dataclass(frozen=True)
class Program:
    """An outside program about to be started: its words, the programs above it, the line that says so.

    `by_shell` is False for an exec form, which nothing has expanded and no shell looks up.
    """

    arguments: tuple[Argument, ...]
    above: tuple[Link, ...]
    place: Place
    by_shell: bool = True

    @property
    def name(self) -> str:
        return posixpath.basename(self.arguments[0].text)


@dataclass
class Found:
    """A step with the programs that are above it in its process tree."""

    step: Step
    above: tuple[Link, ...]
