"""Names in a configuration file that Gunicorn ignores, though a setting was meant."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from flaskprod_lint.inputs import python
from flaskprod_lint.model import Overlooked
from flaskprod_lint.resolve.gunicorn.config_file import ConfigFile
from flaskprod_lint.resolve.gunicorn.known import ROWS
from flaskprod_lint.resolve.gunicorn.table import settings_of
from flaskprod_lint.source import Project, Source, Span

#: What people write for a setting beside its name, its flags and what is one letter off.
_MEANT = {
    "preload": "preload_app",
    "keepalive_timeout": "keepalive",
    "logfile": "errorlog",
    "error_log": "errorlog",
    "access_log": "accesslog",
    "access_logfile": "accesslog",
    "log_format": "access_log_format",
    "num_workers": "workers",
    "worker_count": "workers",
    "num_threads": "threads",
    "worker_threads": "threads",
    "worker_timeout": "timeout",
    "worker_type": "worker_class",
    "max_request": "max_requests",
    "binding": "bind",
    "pid_file": "pidfile",
    "process_name": "proc_name",
    "shutdown_timeout": "graceful_timeout",
}
#: Flags whose words are common names for something else.
_ORDINARY = frozenset(("env", "name", "config", "user", "group", "pid", "paste", "spew"))
#: Settings that Gunicorn had before the versions of the table.
_GONE = frozenset(("debug", "django_settings", "egg_path"))


def names(file: ConfigFile, version: str | None, project: Project) -> tuple[Overlooked, ...]:
    """The names at the top of the file that do nothing, which nothing in the file reads either."""
    source = project.read(file.path)
    tree = python.syntax(source) if source is not None else None
    if source is None or tree is None:
        return ()
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    exported = any(
        isinstance(node, ast.Call) and _name(node.func) in ("globals", "locals", "vars") for node in ast.walk(tree)
    )
    known = settings_of(version)
    found = list(_annotated(tree, source, file, known))
    for name, node in () if exported else _assigned(tree.body):
        if name not in file.others or name in read:
            continue
        at = Span(file.path, node.lineno, node.col_offset + 1, node.lineno, node.col_offset + 1 + len(name))
        if (version is not None and name in _every_version() and name not in known) or name in _GONE:
            found.append(Overlooked(name, "", at, "version"))
        elif meant := _meant(name, known):
            why = "doubled" if meant in file.values else "spelled"
            found.append(Overlooked(name, meant, at, why, _renamed(source.line(node.lineno), name, meant)))
    return tuple(found)


def _assigned(body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.Name]]:
    """The names that the file itself assigns, each once, outside of functions and classes."""
    seen: set[str] = set()
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id not in seen:
            seen.add(node.id)
            yield node.id, node
        waiting += ast.iter_child_nodes(node)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _annotated(tree: ast.Module, source: Source, file: ConfigFile, known: Mapping[str, object]) -> Iterator[Overlooked]:
    """`workers: 2`, which sets nothing."""
    for node in tree.body:
        if not isinstance(node, ast.AnnAssign) or node.value is not None or not isinstance(node.target, ast.Name):
            continue
        name = node.target.id
        if name in known and name not in file.values and not isinstance(node.annotation, (ast.Name, ast.Subscript)):
            line = source.line(node.lineno)
            span = Span(file.path, node.lineno, 1, node.lineno, len(line) + 1)
            yield Overlooked(name, name, span, "annotated", line.replace(":", " =", 1))


def _renamed(line: str, name: str, meant: str) -> str:
    """The line with the right name; empty when it is more than one simple assignment."""
    match = re.fullmatch(rf"{re.escape(name)}(\s*=\s*[^=\[({{\\]+)", line.rstrip())
    return f"{meant}{match.group(1)}" if match else ""


def _every_version() -> frozenset[str]:
    return frozenset(str(row[0]) for row in ROWS)


def _meant(name: str, known: Mapping[str, object]) -> str:
    """The setting that a name stands for; empty when it is a name like any other."""
    lower = name.lower()
    if name != lower and lower in known and lower not in _ORDINARY:
        return lower
    if name in _MEANT:
        return _MEANT[name] if _MEANT[name] in known else ""
    if name in _ORDINARY:
        return ""
    flagged = _by_flag(known).get(name, "")
    return flagged or next((each for each in known if len(each) > 5 and _is_one_off(name, each)), "")


def _by_flag(known: Mapping[str, object]) -> dict[str, str]:
    """Settings by the words of their flags as a name: keep_alive for --keep-alive."""
    found = {}
    for name, setting in known.items():
        for flag in getattr(setting, "flags", ()):
            if flag.startswith("--"):
                found[flag[2:].replace("-", "_")] = name
    return found


def _is_one_off(name: str, other: str) -> bool:
    """Whether one letter more, less or other, or two swapped, makes one the other."""
    if name == other or abs(len(name) - len(other)) > 1:
        return False
    start = next(
        (index for index, (a, b) in enumerate(zip(name, other, strict=False)) if a != b), min(len(name), len(other))
    )
    rest, more = name[start:], other[start:]
    swapped = rest[:2] == more[1::-1] and rest[2:] == more[2:]
    return swapped or rest[1:] == more[1:] or rest[1:] == more or rest == more[1:]
