"""What a project's setup.py says it depends on: read by following the script, which is never run."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flaskprod_lint.inputs import ini, requirements
from flaskprod_lint.inputs.requirements import normalise
from flaskprod_lint.model import Packages, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project, Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.values import Event, Value
    from flaskprod_lint.resolve.packages import Collector

_SETUPS = frozenset(("setuptools.setup", "distutils.core.setup", "setuptools.core.setup"))


def take(collector: Collector, path: str, extras: Sequence[str], at: Place) -> None:
    """Take in what `pip install .` installs by a setup.py."""
    event = _setup_call(collector.project, path)
    if event is None:
        collector.hole(f"{path} calls setup() in a way that cannot be followed", at.span)
        return
    collector.sources.append(Place(Span(path, 1), "installed by pip"))
    take_setup_cfg(collector, posixpath.join(posixpath.dirname(path), "setup.cfg"), extras)
    for value in _asked_for(event, extras):
        _take(collector, value, path, event)


def take_setup_cfg(collector: Collector, path: str, extras: Sequence[str]) -> bool:
    """Take in what a setup.cfg lists, if it is there: setuptools joins it with what setup.py gives."""
    facts = collector.project.facts(path, ini.read_python) if path in collector.project else None
    options, more = (facts.section("options"), facts.section("options.extras_require")) if facts else (None, None)
    main = options.get("install_requires") if options is not None else None
    found = [main] if main is not None else []
    wanted = {normalise(extra) for extra in extras}
    found += [value for name, value in more.entries if normalise(name.value) in wanted] if more is not None else []
    for text in found:
        for line in text.value.splitlines():
            _take_line(collector, line.partition(" #")[0].strip(), text.span)
    return bool(found)


def _setup_call(project: Project, path: str) -> Event | None:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

    tree = Tree(project)
    tree.mount("/", "", Place(None))
    machine = Interpreter(Context(project, tree, posixpath.join("/", posixpath.dirname(path)), packages=Packages()))
    machine.run_file(path, "__main__")
    return next((event for event in machine.events if event.kind == "call" and event.callee in _SETUPS), None)


def _asked_for(event: Event, extras: Sequence[str]) -> Iterator[Value]:
    main, more = event.kwargs.get("install_requires"), event.kwargs.get("extras_require")
    if main is not None:
        yield main
    wanted = {normalise(extra) for extra in extras}
    if more is not None and wanted:
        groups = more.data.items() if isinstance(more.data, dict) else ()
        yield from (value for name, value in groups if normalise(str(name)) in wanted)


def _take(collector: Collector, value: Value, path: str, event: Event) -> None:
    """Take in one list of requirements, or one text with a requirement a line."""
    data = value.data
    items = data if isinstance(data, (list, tuple)) else [value]
    hole = getattr(data, "hole", None)
    if hole is not None:
        collector.hole(f"what {path} depends on is not all known here: {hole.reason}", event.at)
    listed = _lines_of_files(collector.project, posixpath.dirname(path))
    for item in items:
        if isinstance(item.data, Unknown) or not isinstance(item.data, str):
            reason = item.data.reason if isinstance(item.data, Unknown) else "a requirement that is no text"
            collector.hole(f"what {path} depends on is not all known here: {reason}", item.at or event.at)
            continue
        for line in item.data.splitlines():
            text = line.partition(" #")[0].strip()
            _take_line(collector, text, listed.get(text) or item.at or event.at)


def _lines_of_files(project: Project, folder: str) -> dict[str, Span]:
    """Where each requirement stands in the files that the script may have read it from."""
    found: dict[str, Span] = {}
    for path in project.of_format("requirements"):
        if path.startswith(folder):
            facts = project.facts(path, requirements.read)
            found.update({one.text: one.span for one in facts.requirements} if facts is not None else {})
    return found


def _take_line(collector: Collector, text: str, span: Span) -> None:
    if not text or text.startswith("#"):
        return
    requirement = requirements.parse(text, span)
    if requirement is not None:
        collector.add(requirement)
    else:
        collector.hole(f"{text} cannot be read as a requirement", span)
