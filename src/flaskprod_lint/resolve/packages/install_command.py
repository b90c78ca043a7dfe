"""One install command of a build, at work: its words sorted, and where its files are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field

from flaskprod_lint.model import Step, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.packages import Collector
from flaskprod_lint.source import Place, Span

#: Finds the project's file at a path of the image: its path, None when there is none, or Unknown.
Locate = Callable[[str, str], "str | Unknown | None"]


@dataclass
class Arguments:
    """Words of an install command, sorted: what follows each option, and what stands alone."""

    values: dict[str, list[str]] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    unknown: Unknown | None = None

    def all(self, *names: str) -> list[str]:
        return [value for name in names for value in self.values.get(name, ())]


@dataclass
class Command:
    """One install command at work."""

    collector: Collector
    step: Step
    locate: Locate
    words: list[str | None]
    argv: Sequence[str | Unknown]

    @property
    def place(self) -> Place:
        return self.step.origin

    @property
    def span(self) -> Span:
        return self.step.origin.span or Span("", 1)

    def arguments(self, taking_values: frozenset[str]) -> Arguments:
        found = Arguments()
        index = 0
        while index < len(self.words):
            word = self.words[index]
            index += 1
            if word is None:
                raw = self.argv[index - 1]
                found.unknown = raw if isinstance(raw, Unknown) else None
            elif word.startswith("-") and len(word) > 1:
                index = self._option(word, index, taking_values, found)
            else:
                found.words.append(word)
        return found

    def _option(self, word: str, index: int, taking_values: frozenset[str], found: Arguments) -> int:
        name, equals, value = word.partition("=")
        if equals and word.startswith("--"):
            found.values.setdefault(name, []).append(value)
        elif name in taking_values and index < len(self.words):
            following = self.words[index]
            if following is None:
                found.unknown = Unknown(f"the value of {name} is not known here", self.place.span)
            else:
                found.values.setdefault(name, []).append(following)
            return index + 1
        elif not word.startswith("--") and word[:2] in taking_values and len(word) > 2:
            found.values.setdefault(word[:2], []).append(word[2:])
        else:
            found.flags.add(word)
        return index

    def file(self, path: str) -> str | None:
        """The project's file at a path of the image; None (with the hole noted) where none can be read."""
        found = self.locate(path, self.step.cwd)
        if isinstance(found, str) and found in self.collector.project:
            return found
        reason = found.reason if isinstance(found, Unknown) else f"{path} is not among the project's files"
        self.collector.hole(reason, self.place.span)
        return None
