"""The methods of a view: of a function, or of a class by the methods that it defines."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.app.routes.arguments import names
from flaskprod_lint.resolve.interpreter.values import Class, Event, Function, Instance, Value

HTTP = ("delete", "get", "head", "options", "patch", "post", "put", "trace")
#: Bases that answer nothing by themselves: what a class answers is what the project writes.
_EMPTY = frozenset(
    {
        "flask.views.MethodView",
        "flask.views.View",
        "apiflask.views.MethodView",
        "flask_restful.Resource",
        "flask_restx.Resource",
        "flask_restplus.Resource",
        "flask_restx.resource.Resource",
        "flask_restful_swagger_2.Resource",
        "flask_apispec.views.MethodResource",
        "flask_apispec.MethodResource",
        "abc.ABC",
        "typing.Generic",
        "typing.Protocol",
    }
)


@dataclass(frozen=True)
class Views:
    """What the code says of views: the class that `as_view()` made one of, and the `methods` set on a function.

    Both by the identity of the view.
    """

    classes: Mapping[int, Class]
    methods: Mapping[int, Value]

    @classmethod
    def of(cls, events: Iterable[Event]) -> Views:
        """All that the events of a run tell."""
        classes: dict[int, Class] = {}
        methods: dict[int, Value] = {}
        for event in events:
            data = event.receiver.data if event.receiver is not None else None
            if event.callee.endswith(".as_view") and isinstance(data, Class) and event.result is not None:
                classes[id(event.result.data)] = data
            elif event.kind == "set-attribute" and event.callee.endswith(".methods") and isinstance(data, Function):
                methods[id(data)] = event.args[0]
        return cls(classes, methods)


def methods_of(view: Value | None, known: Views) -> tuple[str, ...] | None:
    """The methods that Flask takes from a view where none are given; None where they cannot be told."""
    if view is None:
        return ("GET",)
    data = view.data
    if isinstance(data, Class):
        return of_class(data)
    if id(data) in known.methods:
        return names(known.methods[id(data)])
    if isinstance(data, Function):
        wrapped = next((one for one in _around(data) if id(one.data) in known.classes), None)
        return of_class(known.classes[id(wrapped.data)]) if wrapped is not None else ("GET",)
    if isinstance(data, Instance):
        return _of_made(data, known)
    return None


def _around(function: Function) -> Iterator[Value]:
    """What a function uses of the functions around it, such as the view that a decorator wraps."""
    used = {node.id for node in ast.walk(function.node) if isinstance(node, ast.Name)}
    return (value for scope in function.scopes for name, value in scope.items() if name in used)


def _of_made(view: Instance, known: Views) -> tuple[str, ...] | None:
    """Those of what `as_view()` made, or of what a decorator from outside the project was given."""
    if id(view) in known.classes:
        return of_class(known.classes[id(view)])
    if view.callee.endswith(".as_view"):
        return None
    for value in view.args:
        if isinstance(value.data, (Function, Instance)):
            return methods_of(value, known)
    return None


def of_class(cls: Class) -> tuple[str, ...] | None:
    """The methods of a class of views; None where a base may bring more."""
    if cls.unknown_base() is not None or not set(cls.external_bases()) <= _EMPTY:
        return None
    written = cls.lookup("methods")
    if "flask.views.View" in cls.external_bases():
        return names(written) if written is not None else ("GET",)
    if "methods" in cls.attributes:
        return names(cls.attributes["methods"])
    inherited = names(written) if written is not None else ()
    if inherited is None:
        return None
    defined = {name.upper() for owner in cls.lineage() for name in owner.attributes if name in HTTP}
    return tuple(sorted(defined | set(inherited))) or ("GET",)
