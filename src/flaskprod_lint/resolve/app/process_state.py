"""What an app keeps in the memory of its process, where every other worker has a copy of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from flaskprod_lint.inputs import python
from flaskprod_lint.model import InProcess, Setting, Unknown
from flaskprod_lint.resolve.interpreter.values import Event, Value
from flaskprod_lint.source import Place, Project, Source, Span

_SIMPLE_CACHES = ("SimpleCache", "simple", "flask_caching.backends.SimpleCache", "flask_caching.backends.simple")
_EXTENSIONS = ("flask_limiter.Limiter", "flask_caching.Cache", "flask_socketio.SocketIO")
_VERBS = frozenset(("route", "get", "post", "put", "delete", "patch"))
_CHANGES = frozenset("append extend insert remove pop popitem clear update setdefault add discard".split())
_MAKERS = frozenset(("dict", "list", "set", "defaultdict", "OrderedDict", "deque", "Counter"))


def of_app(
    events: Iterable[Event], config: Mapping[str, Setting], project: Project, files: Iterable[str]
) -> list[InProcess]:
    """Everything of the kind that loading the app sets up, and what its views change in their modules."""
    found: list[InProcess] = []
    calls = [event for event in events if event.kind == "call"]
    for event in calls:
        state = _of_event(_with_init_app(event, calls), config)
        if state is not None and not any(one.kind == state.kind for one in found):
            found.append(state)
    for path in files:
        source = project.read(path)
        if source is not None:
            found.extend(_changed_by_views(source, path))
    return found


def _with_init_app(event: Event, calls: Iterable[Event]) -> Event:
    """The call that makes an extension, with what its init_app() is given besides."""
    if event.callee not in _EXTENSIONS:
        return event
    later = [one for one in calls if one.callee == f"{event.callee}.init_app"]
    more = {name: value for one in later for name, value in one.kwargs.items()}
    return replace(event, kwargs={**event.kwargs, **more}) if more else event


def _of_event(event: Event, config: Mapping[str, Setting]) -> InProcess | None:
    callee = event.callee
    if callee == "flask_limiter.Limiter":
        return _limiter(event, config)
    if callee == "flask_caching.Cache":
        return _cache(event, config)
    if callee == "flask_socketio.SocketIO":
        return None if _is_set(event, "message_queue") else _state("socketio", event)
    if callee.endswith(".start") and (callee.startswith(("apscheduler.schedulers.", "flask_apscheduler."))):
        return _state("scheduler", event)
    if callee in ("flask_session.Session", "flask_session.Session.init_app"):
        kind = config.get("SESSION_TYPE")
        return _state("sessions", event, kind) if kind is not None and kind.value == "filesystem" else None
    return None


def _state(kind: str, event: Event, by: Setting | None = None) -> InProcess:
    sure = event.sure and (by is None or _is_sure(by))
    return InProcess(kind, Place(event.at, event.callee.rpartition(".")[2]), event.trail, sure)


def _is_sure(setting: Setting) -> bool:
    return setting.sure and all(read.is_set is not None for read in setting.environment)


def _limiter(event: Event, config: Mapping[str, Setting]) -> InProcess | None:
    """A rate limiter whose counters are in memory, as they are when nothing says where else."""
    given = event.kwargs.get("storage_uri")
    if given is not None:
        if not isinstance(given.data, str) or not given.data.startswith("memory"):
            return None
        sure = event.sure and all(read.is_set is not None for read in given.environment)
        return InProcess("limiter", Place(event.at, "Limiter"), event.trail, sure)
    for name in ("RATELIMIT_STORAGE_URI", "RATELIMIT_STORAGE_URL"):
        setting = config.get(name)
        if setting is not None:
            in_memory = isinstance(setting.value, str) and setting.value.startswith("memory")
            return _state("limiter", event, setting) if in_memory else None
    return None if event.kwargs.get("**") is not None else _state("limiter", event)


def _cache(event: Event, config: Mapping[str, Setting]) -> InProcess | None:
    given = event.kwargs.get("config")
    if given is not None:
        kind = given.data.get("CACHE_TYPE") if isinstance(given.data, dict) else None
        return _state("cache", event) if isinstance(kind, Value) and kind.data in _SIMPLE_CACHES else None
    setting = config.get("CACHE_TYPE")
    return _state("cache", event, setting) if setting is not None and setting.value in _SIMPLE_CACHES else None


def _is_set(event: Event, name: str) -> bool:
    """Whether an argument is given, or may be."""
    value = event.kwargs.get(name)
    return "**" in event.kwargs or (value is not None and (isinstance(value.data, Unknown) or value.data is not None))


# Modules' own data


def _changed_by_views(source: Source, path: str) -> Iterator[InProcess]:
    """Dicts, lists and sets at the top of a module that its views change."""
    tree = python.syntax(source)
    if tree is None:
        return
    names = {name: node for node in tree.body for name in _containers(node)}
    for view in python.statements(tree) if names else ():
        if not isinstance(view, (ast.FunctionDef, ast.AsyncFunctionDef)) or not any(
            map(_is_route, view.decorator_list)
        ):
            continue
        own = _assigned_in(view)
        for name in _changed(view):
            node = names.pop(name, None) if name not in own else None
            if node is not None:
                span = Span(path, node.lineno, node.col_offset + 1, node.lineno, node.col_offset + len(name) + 1)
                trail = (Place(Span(path, view.lineno), f"{view.name}() changes it"),)
                yield InProcess("data", Place(span, name), trail, sure=False)


def _containers(node: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a dict, list or set that is still empty."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
    call = isinstance(value, ast.Call) and getattr(value.func, "id", getattr(value.func, "attr", "")) in _MAKERS
    empty = (isinstance(value, ast.Dict) and not value.keys) or (isinstance(value, ast.List) and not value.elts)
    if empty or call:
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def _is_route(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in _VERBS
        and isinstance(decorator.func.value, ast.Name)
    )


def _assigned_in(view: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The names that are the view's own."""
    shared = {name for node in ast.walk(view) if isinstance(node, ast.Global) for name in node.names}
    stored = {node.id for node in ast.walk(view) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    arguments = {argument.arg for argument in (*view.args.args, *view.args.kwonlyargs, *view.args.posonlyargs)}
    return (stored | arguments) - shared


def _changed(view: ast.AST) -> Iterator[str]:
    for node in ast.walk(view):
        target: ast.expr | None = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
            target = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
            target = node.func.value
        if isinstance(target, ast.Name):
            yield target.id
