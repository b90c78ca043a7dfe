"""Which file of the project a program's name means where the process runs."""

from __future__ import annotations

import posixpath

from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.commands.state import State
from flaskprod_lint.resolve.commands.walk import Walker
from flaskprod_lint.source import Source

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SHELLS = {"sh", "bash", "dash", "ash", "busybox", "ksh", "zsh"}
_SHEBANG = regex(r"#!\s*(\S+)(?:[ \t]+(.*))?")


def path_of(walker: Walker, state: State, name: str, *, search: bool = False) -> str | None:
    """The project's path of the file that `name` means; with `search`, PATH is searched for a bare name."""
    if not name or walker.holes.has(name) or (walker.holes.has(state.cwd) and not name.startswith("/")):
        return None
    if "/" in name:
        folders = [state.cwd]
    else:
        variable = state.variables.get("PATH")
        path = variable.text if variable is not None and not walker.holes.has(variable.text) else _PATH
        folders = [*path.split(":"), *([state.cwd] if search else [])]
    for folder in folders:
        found = walker.context.tree.locate(posixpath.join(folder or "/", name), state.cwd)
        if isinstance(found, str) and found in walker.context.project:
            return found
    return None


def find(walker: Walker, state: State, name: str, *, search: bool = False) -> Source | None:
    """The text of that file."""
    path = path_of(walker, state, name, search=search)
    return walker.context.project.read(path) if path is not None else None


def interpreter(source: Source) -> tuple[str, ...]:
    """The words of a shebang line, without `env`; empty when there is none."""
    match = _SHEBANG.match(source.line(source.first))
    if match is None:
        return ()
    words = [match.group(1), *(match.group(2) or "").split()]
    if posixpath.basename(words[0]) == "env":
        words = [word for word in words[1:] if word != "-S" and "=" not in word]
    return tuple(words)


def is_shell(name: str) -> bool:
    return posixpath.basename(name) in _SHELLS


def looks_like_shell(source: Source) -> bool:
    """Whether a file without a shebang is a script that a shell may run."""
    name = source.written or source.path
    return name.endswith((".sh", ".bash")) or "." not in posixpath.basename(name)
