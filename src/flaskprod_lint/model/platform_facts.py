"""What is known of a hosting platform, each fact with its source."""

from __future__ import annotations

from flaskprod_lint.model.deployment import Platform
from flaskprod_lint.records import dataclass


@dataclass(frozen=True)
class Fact:
    """One fact: its key in platforms.yaml ("stop.grace_seconds"), its value, and what it rests on.

    `value` is a text, a number, a switch or a list of texts. `source` is None where there is none; a fact that is not
    `confirmed` rests on general knowledge and never carries an error by itself.
    """

    key: str
    value: str | float | bool | list[str] | None
    source: str | None
    confirmed: bool

    @property
    def group(self) -> str:
        """The part of the platform that it is about: "stop"."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """What it says of that part: "grace_seconds"; empty for a part that is one value."""
        return self.key.partition(".")[2]


@dataclass(frozen=True)
class PlatformFacts:
    """A platform with its other names and all facts about it, in the order of platforms.yaml."""

    platform: Platform
    aliases: tuple[str, ...]
    facts: tuple[Fact, ...]
    notes: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
