"""Engines that are made by the functions which requests call: a walk over the syntax, as nothing here is run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from flaskprod_lint.inputs import python
from flaskprod_lint.model import Reached
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.database import upgrades
from flaskprod_lint.source import Place, Project, Span

_Function = ast.FunctionDef | ast.AsyncFunctionDef
#: Decorators that make a function answer requests, or run with each of them.
_ROUTES = frozenset("route get post put patch delete".split())
_EACH = frozenset(
    "before_request after_request teardown_request before_app_request after_app_request teardown_app_request "
    "teardown_appcontext context_processor app_context_processor url_value_preprocessor errorhandler".split()
)
_METHODS = frozenset("get post put patch delete head dispatch_request".split())
_VIEWS = ("MethodView", "View", "Resource", "MethodResource")
_CREATE = ("create_engine", "create_async_engine", "engine_from_config")
_CACHES = frozenset("cache lru_cache cached cached_property memoize singleton".split())
_DEPTH = 3
#: What was found in each file: every process of a project loads much the same ones.


@dataclass(frozen=True)
class _Found:
    """A call of create_engine below a function: where, under a condition or not, and the calls that lead to it."""

    call: ast.Call
    path: str
    sure: bool
    trail: tuple[Place, ...]


def of_files(project: Project, files: Iterable[str]) -> list[Reached]:
    """The engines that the views and request hooks of these files make, each once."""
    if not _makes_engines(project):
        return []
    known: dict[str, tuple[Reached, ...]] = project.kept(__name__)
    found: dict[Span, Reached] = {}
    for path in files:
        if path not in known:
            known[path] = tuple(_of_file(project, path))
        for one in known[path]:
            if one.at.span is not None:
                found.setdefault(one.at.span, one)
    return list(found.values())


def _makes_engines(project: Project) -> bool:
    """Whether any file names a function that makes an engine; most projects leave that to Flask-SQLAlchemy."""
    sources = (project.read(path) for path in project.of_format("python"))
    return any(word in source.text for source in sources if source is not None for word in _CREATE)


def _of_file(project: Project, path: str) -> Iterator[Reached]:
    source = project.read(path)
    if source is None or not any(word in source.text for word in ("route", "request", *_VIEWS, "get(", "post(")):
        return
    file = upgrades.parse(project, path)
    for function in _called_by_requests(file.tree) if file is not None else ():
        start = Place(_span(path, function), f"{function.name}() runs with each request")
        for one in _below(project, path, function, (start,), set()):
            at = _span(one.path, one.call)
            yield Reached("create_engine", Place(at), one.trail, one.sure, function.name)


def _called_by_requests(tree: ast.Module) -> Iterator[_Function]:
    """The functions that Flask calls for a request."""
    for node in python.statements(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _is_view(node):
            yield node
        elif isinstance(node, ast.ClassDef) and any(_last(base) in _VIEWS for base in node.bases):
            for inner in node.body:
                if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)) and inner.name in _METHODS:
                    yield inner


def _is_view(function: _Function) -> bool:
    for decorator in function.decorator_list:
        name = _last(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if name in _EACH or (name in _ROUTES and isinstance(decorator, ast.Call) and _is_path(decorator)):
            return True
    return False


def _is_path(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.startswith(("/", "<"))


def _below(
    project: Project, path: str, function: _Function, trail: tuple[Place, ...], seen: set[tuple[str, str]]
) -> Iterator[_Found]:
    """The engines that a function makes, itself or through functions of the project."""
    file = upgrades.parse(project, path)
    if file is None or (path, function.name) in seen or len(trail) > _DEPTH or _keeps(function):
        return
    seen.add((path, function.name))
    for call, sure in _calls(function.body, True):
        name, owner = upgrades.name_of(call)
        origin = file.imports.get(owner or name, "")
        if name in _CREATE and origin.split(":")[0].split(".")[0] in ("sqlalchemy", "sqlmodel"):
            if not _is_of_the_request(call, function):
                yield _Found(call, path, sure, trail)
            continue
        target = _target(project, path, file.functions, file.imports, call)
        if target is not None:
            step = Place(_span(path, call), f"calls {target[1].name}()")
            for one in _below(project, target[0], target[1], (*trail, step), seen):
                yield _Found(one.call, one.path, one.sure and sure, one.trail)


def _target(
    project: Project, path: str, functions: Mapping[str, _Function], imports: Mapping[str, str], call: ast.Call
) -> tuple[str, _Function] | None:
    """The function of the project that a call by plain name means."""
    name, owner = upgrades.name_of(call)
    if owner or not name:
        return None
    if name in functions:
        return path, functions[name]
    module, _, imported = imports.get(name, "").partition(":")
    for other in upgrades.module_paths(project, module, path) if imported else ():
        file = upgrades.parse(project, other)
        if file is not None and imported in file.functions:
            return other, file.functions[imported]
    return None


def _calls(body: Iterable[ast.AST], sure: bool) -> Iterator[tuple[ast.Call, bool]]:
    """The calls below these nodes, without those of functions that are only defined there."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Call):
            yield node, sure
        branches = isinstance(node, (ast.If, ast.IfExp, ast.ExceptHandler, ast.BoolOp, ast.While))
        yield from _calls(ast.iter_child_nodes(node), sure and not branches)


def _keeps(function: _Function) -> bool:
    """Whether the function keeps what it makes: in a cache, a global, or an attribute that it looks at first."""
    for decorator in function.decorator_list:
        if _last(decorator.func if isinstance(decorator, ast.Call) else decorator) in _CACHES:
            return True
    return any(isinstance(node, (ast.Global, ast.Nonlocal)) for node in ast.walk(function))


def _is_of_the_request(call: ast.Call, function: _Function) -> bool:
    """Whether the address is the request's own: a parameter, or made in the function of what is no configuration."""
    url = call.args[0] if call.args else next((one.value for one in call.keywords if one.arg == "url"), None)
    if url is None:
        return True
    arguments = function.args
    local = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            local.add(node.id)
    names = {node.id for node in ast.walk(url) if isinstance(node, ast.Name)}
    return bool(names & (local | {"request", "session", "g", "self", "form", "data"}))


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _span(path: str, node: ast.Call | _Function) -> Span:
    end = node.end_lineno if isinstance(node, ast.Call) else node.lineno
    last = node.end_col_offset if isinstance(node, ast.Call) else node.col_offset
    return Span(path, node.lineno, node.col_offset + 1, end or 0, (last or 0) + 1)
