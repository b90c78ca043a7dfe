"""Regular expressions that are compiled when they are first used.

There are more than three hundred in this program, and a run needs about a third of them. To compile all would cost each
run some 20 ms. To mypy they are Python's own patterns.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

__all__ = ["regex"]

#: What a pattern can be asked for; the methods of the compiled one take the place of ours at the first of them.
_METHODS = ("finditer", "findall", "fullmatch", "match", "search", "split", "sub", "subn")


class Lazy:
    """A regular expression by its text and flags, as `re.compile` takes them. Its first use may raise `re.error`."""

    def __init__(self, text: str | bytes, flags: int = 0) -> None:
        self.pattern = text
        self.wanted = flags

    def __getattr__(self, name: str) -> Any:
        """Anything else is asked of the compiled pattern."""
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.wanted)
        vars(self).update((method, getattr(compiled, method)) for method in _METHODS)
        return getattr(compiled, name)


if TYPE_CHECKING:
    from re import compile as regex
else:
    regex = Lazy
