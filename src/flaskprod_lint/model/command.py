"""What a manifest says to start, and the programs that this really runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from flaskprod_lint.model.values import NOWHERE, EnvironmentRead, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, Span


@dataclass(frozen=True)
class Command:
    """What a manifest, an image or a script says to start. `form` is "exec" (no shell: argv is what runs) or "shell".

    `argv` holds the words of an exec form; `text` is as written. `places` has the place of each word of `argv`, where
    they are known: an image's ENTRYPOINT and CMD are joined into one command. `filled_in` has, by how it is written
    (`${WORKERS}`), what a manifest replaces in the words before any shell sees them, where the value is not known here.
    """

    text: str
    form: str
    origin: Place
    argv: tuple[str, ...] | None = None
    places: tuple[Place, ...] = ()
    filled_in: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One program that a process runs, after shells, scripts, wrappers and task runners were followed.

    `argv` has an Unknown where run time decides a word. `environment` holds what was set for this step on the way
    (inline assignments, exports). `sure` is False under a condition that cannot be known, `background` True for
    `command &`. `trail` leads from the process's command to the line that starts the program.
    `raw` has each word as written (`0.0.0.0:$PORT`), `word_spans` where it stands, `environment_words` by index the
    variables it came from. `entry_point` is the "module:function" that a console script of the project calls.
    `user` is the user that supervisord starts it as.
    """

    argv: tuple[str | Unknown, ...]
    text: str
    origin: Place
    trail: tuple[Place, ...] = ()
    environment: Mapping[str, Setting] = field(default_factory=dict)
    cwd: str = ""
    sure: bool = True
    background: bool = False
    raw: tuple[str, ...] = ()
    word_spans: tuple[Span | None, ...] = ()
    environment_words: Mapping[int, tuple[EnvironmentRead, ...]] = field(default_factory=dict)
    entry_point: str = ""
    user: str = ""

    @property
    def program(self) -> str:
        """The name of the program without its folder; empty when it is unknown."""
        first = self.argv[0] if self.argv else ""
        return first.replace("\\", "/").rpartition("/")[2] if isinstance(first, str) else ""

    @property
    def written(self) -> Place:
        """Where its words stand: on its own line, or where the words of an `exec "$@"` come from."""
        first, at = self.word_spans[0] if self.word_spans else None, self.origin.span
        if first is None or at is None or (first.path == at.path and at.line <= first.line <= at.end_line):
            return self.origin
        spans = [span for span in self.word_spans if span is not None and span.path == first.path]
        return Place(Span(first.path, first.line, first.column, spans[-1].end_line, spans[-1].end_column), self.text)


@dataclass(frozen=True)
class Signal:
    """Whether SIGTERM, sent to the process's first program, reaches the server: True, False or None for unknown.

    `reason` is the sentence that explains it; `at` the line to change; `instead` the text to write there.
    `pid_one` says that the server itself is the first program: it must then handle SIGTERM of its own accord.
    """

    reaches: bool | None
    reason: str = ""
    at: Place = NOWHERE
    instead: str = ""
    pid_one: bool = False


@dataclass(frozen=True)
class CommandFault:
    """Something about a command that keeps it from running, or from running as written.

    `kind` is "not-found", "not-executable", "one-element", "builtin", "crlf", "no-interpreter", "port-not-expanded" or
    "dropped".
    `sure` is False where something that cannot be read may mend it.
    """

    kind: str
    reason: str
    at: Place
    instead: str = ""
    sure: bool = True
