"""How much the interpreter does at most, so that a hostile file costs milliseconds and no memory."""

from __future__ import annotations

from dataclasses import field

from flaskprod_lint.records import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of one interpreter. `steps` are nodes of syntax; `text` and `items` bound one string and one list."""

    steps: int = 1_000_000
    steps_per_file: int = 60_000
    depth: int = 220
    calls: int = 30
    loop: int = 1_000
    items: int = 5_000
    text: int = 100_000
    total_text: int = 20_000_000
    bits: int = 4_096
    files: int = 2_000


class ExhaustedError(Exception):
    """A file has used up its steps; what it would still do is unknown."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path


@dataclass
class Budget:
    """What is left of the limits."""

    limits: Limits
    steps: int = 0
    text: int = 0
    depth: int = 0
    by_file: dict[str, int] = field(default_factory=dict)
    running: str = ""

    def step(self, path: str) -> None:
        """Count one node of syntax of a file."""
        self.steps += 1
        self.running = path
        used = self.by_file.get(path, 0) + 1
        self.by_file[path] = used
        if used > self.limits.steps_per_file or self.steps > self.limits.steps:
            raise ExhaustedError(path)

    def charge(self, count: int) -> None:
        """Count other work of the file that is running: merging what many branches changed is no less work."""
        self.steps += count
        self.by_file[self.running] = self.by_file.get(self.running, 0) + count

    def allows_text(self, length: int) -> bool:
        """Whether one more string of that length may be made."""
        self.text += length
        return length <= self.limits.text and self.text <= self.limits.total_text
