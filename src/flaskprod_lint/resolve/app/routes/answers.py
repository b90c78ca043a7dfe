"""What answers paths that no route has: functions before each request, handlers of 404, middlewares."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.app.routes.arguments import argument, thing
from flaskprod_lint.resolve.interpreter.values import Event, External, Function, Instance, Method, Object, Value

_BEFORE = frozenset({"before_request", "before_app_request", "before_first_request", "before_app_first_request"})
_HANDLERS = frozenset({"errorhandler", "app_errorhandler", "register_error_handler"})
#: What an error handler is for, where it is for a path that nothing answers.
_NOT_FOUND = frozenset(
    {
        "werkzeug.exceptions.NotFound",
        "werkzeug.exceptions.HTTPException",
        "werkzeug.exceptions.default_exceptions",
        "builtins.Exception",
        "builtins.BaseException",
    }
)
#: Methods of Flask that a subclass may replace, and with them what is answered.
_OWN = frozenset(
    "wsgi_app __call__ full_dispatch_request dispatch_request preprocess_request handle_user_exception "
    "handle_http_exception handle_exception create_url_adapter raise_routing_exception finalize_request".split()
)


def besides(events: Iterable[Event], app: Instance) -> Iterator[Unknown]:
    """Why a path that is none of the app's routes may be answered all the same."""
    events = list(events)
    decorators = {id(event.result.data): thing(event.receiver) for event in events if event.result is not None}
    for event in events:
        receiver = thing(event.receiver)
        receiver = decorators.get(id(receiver)) or receiver
        name = event.callee.rpartition(".")[2]
        if receiver is None or not (receiver is app or name.startswith(("before_app", "app_"))):
            continue
        if event.callee.startswith("flask.Flask.before_request_funcs"):
            yield Unknown("a function that is put before each request by hand", event.at)
        elif (event.kind == "call" and name in _BEFORE and event.args) or (
            event.kind == "decorate" and name in _BEFORE
        ):
            yield from _before(event.args[0], event)
        elif name in _HANDLERS and event.args:
            yield from _handler(event)


def _before(function: Value, event: Event) -> Iterator[Unknown]:
    node = _function(function)
    if node is None or any(not _passes_on(one.value, node) for one in _returns(node)):
        name = node.name if isinstance(node, ast.FunctionDef) else "a function"
        yield Unknown(f"{name} runs before each request and may answer it", event.at)


def _handler(event: Event) -> Iterator[Unknown]:
    """A handler of 404 that does not plainly answer with an error, such as the page of a single-page app."""
    name = event.callee.rpartition(".")[2]
    if event.kind == "call" and name != "register_error_handler":
        return
    made = thing(event.receiver) if event.kind == "decorate" else None
    error = argument(made, 0, "code") if made is not None else argument(event, 0, "code_or_exception")
    function = event.args[0] if event.kind == "decorate" else argument(event, 1, "f")
    if error is None or not _is_for_missing(error):
        return
    node = _function(function) if function is not None else None
    if node is None or not all(_is_error(one.value, node) for one in _returns(node)) or not _returns(node):
        yield Unknown("the handler of 404 answers paths that no route has", event.at)


def _is_for_missing(error: Value) -> bool:
    data = error.data
    if isinstance(data, External):
        return data.path in _NOT_FOUND
    return data == 404 or isinstance(data, Unknown)


def _function(value: Value) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | None:
    data = value.data.function if isinstance(value.data, Method) else value.data
    return data.node if isinstance(data, Function) else None


def _passes_on(value: ast.expr | None, node: ast.AST) -> bool:
    """Whether a function before each request answers a GET with no more than an error by this `return`."""
    preflight = (one for one in ast.walk(node) if isinstance(one, ast.If) and _is_preflight(one.test))
    if _is_nothing(value) or (not isinstance(value, ast.Name) and _is_error(value, node)):
        return True
    return any(isinstance(one, ast.Return) and one.value is value for test in preflight for one in _below(test.body))


def _is_preflight(test: ast.expr) -> bool:
    """`if request.method == "OPTIONS"`."""
    sides = (test.left, *test.comparators) if isinstance(test, ast.Compare) else ()
    equal = isinstance(test, ast.Compare) and all(isinstance(one, ast.Eq) for one in test.ops)
    return equal and any(isinstance(one, ast.Constant) and one.value == "OPTIONS" for one in sides)


def _below(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    return (node for statement in body for node in ast.walk(statement))


def _returns(node: ast.AST) -> list[ast.Return]:
    """The `return`s of a function, without those of functions inside it; the value of a lambda."""
    if isinstance(node, ast.Lambda):
        return [ast.Return(value=node.body)]
    found, waiting = [], list(ast.iter_child_nodes(node))
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Return):
            found.append(one)
        if not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(one))
    return found


def _is_nothing(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _is_error(value: ast.expr | None, node: ast.AST) -> bool:
    """Whether a `return` of an error handler plainly answers with an error."""
    if isinstance(value, ast.Tuple) and len(value.elts) > 1:
        return _is_error_code(value.elts[1])
    if isinstance(value, ast.Call):
        named = (key.value for key in value.keywords if key.arg in ("status", "status_code"))
        return any(_is_error_code(one) for one in (*value.args, *named))
    if isinstance(value, ast.Name):
        arguments = getattr(node, "args", None)
        own = {one.arg for one in arguments.args} if arguments is not None else set()
        return value.id in own or any(_sets_status(one, value.id) for one in ast.walk(node))
    return False


def _sets_status(node: ast.AST, name: str) -> bool:
    """`response.status_code = 404`, or `response = make_response(page, 404)`."""
    if not isinstance(node, ast.Assign):
        return False
    for target in node.targets:
        if isinstance(target, ast.Attribute) and target.attr in ("status_code", "status"):
            return isinstance(target.value, ast.Name) and target.value.id == name and _is_error_code(node.value)
        if isinstance(target, ast.Name) and target.id == name and isinstance(node.value, ast.Call):
            return _is_error(node.value, node)
    return False


def _is_error_code(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int) and 400 <= node.value < 600
    names = ("code", "status_code", "NOT_FOUND", "HTTP_404_NOT_FOUND", "INTERNAL_SERVER_ERROR")
    return isinstance(node, ast.Attribute) and node.attr in names


def replaced(value: Value | None, app: Instance) -> Iterator[Unknown]:
    """What a subclass of Flask, of which the app is one, does in its own way."""
    made = value.data if value is not None else None
    if isinstance(made, Object) and made.outer is app:
        for owner in made.cls.lineage():
            for name in sorted(_OWN & set(owner.attributes)):
                yield Unknown(f"{owner.name} has a {name}() of its own", owner.attributes[name].at)
