"""Imports every module that takes part in a circle of imports as the first one: run by test_architecture.py.

Who imports whom is read from the statements at the top of the modules. A module outside all circles cannot be the
wrong one to begin with. Of the others, each is imported when nothing of its circle has been.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "src"
Graph = dict[str, set[str]]


def modules(folder: Path) -> dict[str, Path]:
    """The files of the package by their dotted names."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        name = ".".join(path.relative_to(folder.parent).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


def imported(body: list[ast.stmt]) -> Iterator[str]:
    """The names that statements import when they run, without those in functions and for type checkers."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, (ast.If, ast.Try)) and "TYPE_CHECKING" not in ast.dump(node):
            yield from imported([*node.body, *node.orelse])


def graph(files: dict[str, Path]) -> Graph:
    """What each module imports; importing one imports the packages around it."""
    found: Graph = {}
    for name, path in files.items():
        every = {name, *imported(ast.parse(path.read_text("utf-8")).body)} & files.keys()
        around = {".".join(one.split(".")[:count]) for one in every for count in range(1, one.count(".") + 2)}
        found[name] = around - {name}
    return found


def reached(start: str, edges: Graph) -> set[str]:
    """The modules that an import of this one imports in the end."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for name in edges[waiting.pop()] - seen:
            seen.add(name)
            waiting.append(name)
    return seen


def circles(edges: Graph) -> list[list[str]]:
    """Modules that import each other, in the end."""
    reach = {name: reached(name, edges) for name in edges}
    found = {frozenset(other for other in reach[name] if name in reach[other]) for name in edges}
    return sorted(sorted(circle) for circle in found if len(circle) > 1)


def main() -> int:
    broken = 0
    for circle in circles(graph(modules(SOURCES / "flaskprod_lint"))):
        for name in circle:
            for other in circle:
                sys.modules.pop(other, None)
            try:
                importlib.import_module(name)
            except ImportError as error:
                broken += 1
                sys.stdout.write(f"import {name}: {error}\n")
    return broken


if __name__ == "__main__":
    sys.path.insert(0, str(SOURCES))
    sys.exit(main())
