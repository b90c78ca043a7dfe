"""Classes of the project: their attributes, their instances, `super()`, enumerations and dataclasses."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter.frames import Arguments, Frame
from flaskprod_lint.resolve.interpreter.values import (
    Class,
    Entries,
    External,
    Function,
    Inherited,
    Instance,
    Member,
    Method,
    Native,
    Object,
    Super,
    Value,
    union,
)
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_PROPERTIES = frozenset({"builtins.property", "functools.cached_property", "werkzeug.utils.cached_property"})
_ENUMS = frozenset(f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"))
_RECORDS = frozenset(
    {"dataclasses.dataclass", "attr.s", "attrs.define", "attr.define", "pydantic.dataclasses.dataclass"}
)


def define(vm: Interpreter, node: ast.ClassDef, frame: Frame) -> Value:
    """The class that a `class` statement makes."""
    at = vm.span(frame, node)
    bases = [vm.evaluate(base, frame) for base in node.bases]
    for keyword in node.keywords:
        value = vm.evaluate(keyword.value, frame)
        if keyword.arg == "metaclass" and not _harmless(value):
            bases.append(Value(Unknown("a metaclass may change the class", at), at))
    cls = Class(node.name, frame.module, node, tuple(_base(base) for base in bases))
    names: dict[str, Value] = cls.attributes
    inner = Frame(frame.module, names, frame.inner_scopes, frame.function, cls, is_class=True)
    vm.execute(node.body, inner)
    decorators = [vm.evaluate(one, frame) for one in node.decorator_list]
    cls.decorators = tuple(_callee(one) for one in decorators)
    value = Value(cls, at, sure=not vm.unsure)
    if _is_enum(cls):
        _make_members(vm, value, cls)
    return vm.decorate(value, decorators, at)


def _harmless(metaclass: Value) -> bool:
    return isinstance(metaclass.data, External) and metaclass.data.path in (
        "abc.ABCMeta",
        "enum.EnumMeta",
        "builtins.type",
    )


def _base(base: Value) -> Value:
    """What a base is: `declarative_base()` and `db.Model` are external things by their path."""
    data = base.data
    if isinstance(data, Instance):
        return Value(External(data.callee), base.at)
    if isinstance(data, Member):
        return Value(External(f"{data.instance.callee}.{data.path}"), base.at)
    if isinstance(data, (Class, External, Unknown)):
        return base
    return Value(Unknown("a base that is not followed", base.at), base.at)


def _callee(decorator: Value) -> Value:
    data = decorator.data
    return Value(External(data.callee), decorator.at) if isinstance(data, Instance) else decorator


def is_property(function: Function) -> bool:
    """Whether reading the attribute calls the function."""
    return _decorated(function, _PROPERTIES)


def _decorated(function: Function, names: frozenset[str]) -> bool:
    return any(isinstance(one.data, External) and one.data.path in names for one in function.decorators)


def attribute(vm: Interpreter, value: Value, name: str, at: Span) -> Value:
    """An attribute of a class, an instance or `super()`."""
    data = value.data
    if isinstance(data, Super):
        return _of_super(vm, data, name, at)
    if isinstance(data, Object):
        return _of_object(vm, value, data, name, at)
    assert isinstance(data, Class)
    return _of_class(vm, value, data, name, at)


def _of_class(vm: Interpreter, value: Value, cls: Class, name: str, at: Span) -> Value:
    found = cls.lookup(name)
    if found is not None:
        if isinstance(found.data, Function) and _decorated(found.data, frozenset({"builtins.classmethod"})):
            return Value(Method(found.data, value), at)
        return found
    special = _special(vm, cls, name, at)
    if special is not None:
        return special
    unknown = cls.unknown_base()
    if unknown is not None:
        return vm.unknown(unknown, at)
    bases = cls.external_bases()
    if bases:
        return Value(Inherited(f"{bases[0]}.{name}", cls), at)
    if hasattr(object, name):
        return Value(External(f"builtins.object.{name}"), at)
    if name.startswith("__") and name.endswith("__"):
        return vm.unknown(Unknown(f"{name} of a class", at), at)
    raise vm.raised("AttributeError", at, name)


def _special(vm: Interpreter, cls: Class, name: str, at: Span) -> Value | None:
    if name in ("__name__", "__qualname__"):
        return Value(cls.name, at)
    if name == "__module__":
        return Value(cls.module.name, at)
    if name == "__dict__":
        return Value(Entries(dict(cls.attributes)), at)
    if name in ("__bases__", "__mro__"):
        return vm.unknown(Unknown(f"{name} of a class", at), at)
    if name == "__members__" and _is_enum(cls):
        return Value(Entries({key: one for key, one in cls.attributes.items() if isinstance(one.data, Object)}), at)
    return None


def _of_object(vm: Interpreter, value: Value, data: Object, name: str, at: Span) -> Value:
    if name in data.attributes:
        return data.attributes[name]
    found = data.cls.lookup(name)
    if found is not None:
        return _bound(vm, value, found, at)
    if name == "__class__":
        return Value(data.cls, at)
    if name == "__dict__":
        return Value(data.attributes, at)
    unknown = data.cls.unknown_base()
    if unknown is not None:
        return vm.unknown(unknown, at)
    fallback = data.cls.lookup("__getattr__")
    if fallback is not None and isinstance(fallback.data, Function):
        return vm.call(Value(Method(fallback.data, value)), (Value(name, at),))
    if data.outer is not None:
        return vm.attribute(Value(data.outer, value.at, sure=value.sure), name, at)
    if data.attributes.hole is not None:
        return vm.unknown(data.attributes.hole, at)
    raise vm.raised("AttributeError", at, name)


def _bound(vm: Interpreter, value: Value, found: Value, at: Span) -> Value:
    """A class's attribute as its instance sees it."""
    function = found.data
    if not isinstance(function, Function):
        return found
    if is_property(function):
        return vm.call(Value(Method(function, value), at), ())
    if _decorated(function, frozenset({"builtins.staticmethod"})):
        return found
    if _decorated(function, frozenset({"builtins.classmethod"})) and isinstance(value.data, Object):
        return Value(Method(function, Value(value.data.cls, at)), at)
    return Value(Method(function, value), at, sure=value.sure)


def _of_super(vm: Interpreter, data: Super, name: str, at: Span) -> Value:
    receiver = data.receiver.data
    cls = receiver.cls if isinstance(receiver, Object) else receiver
    if isinstance(cls, Class):
        lineage = cls.lineage()
        start = lineage.index(data.owner) + 1 if data.owner in lineage else 0
        for owner in lineage[start:]:
            if name in owner.attributes:
                found = owner.attributes[name]
                static = isinstance(found.data, Function) and _decorated(
                    found.data, frozenset({"builtins.staticmethod"})
                )
                if isinstance(found.data, Function) and is_property(found.data):
                    return vm.call(Value(Method(found.data, data.receiver), at), ())
                bound = isinstance(found.data, Function) and not static
                return Value(Method(found.data, data.receiver), at) if bound else found  # type: ignore[arg-type]
    if name == "__init__":
        return Value(Native(data.receiver, "__init__"), at)
    if isinstance(receiver, Object) and receiver.outer is not None:
        return vm.attribute(Value(receiver.outer, at), name, at)
    return vm.unknown(Unknown(f"{name} of a base outside the project", at), at)


def instantiate(vm: Interpreter, value: Value, arguments: Arguments, at: Span) -> Value:
    """`Class(…)`."""
    cls = value.data
    assert isinstance(cls, Class)
    if _is_enum(cls):
        return _member_of(vm, cls, arguments, at)
    made = Object(cls, at=at)
    bases = cls.external_bases()
    if bases:
        made.outer = Instance(bases[0], arguments.args, arguments.kwargs, at)
    result = Value(made, at, value.environment, sure=value.sure and not vm.unsure)
    init = cls.lookup("__init__")
    if init is not None and isinstance(init.data, Function):
        vm.call_arguments(Value(Method(init.data, result), at), arguments, at)
    elif _is_record(cls):
        _fill(vm, result, made, arguments, at)
    elif made.outer is not None:
        return construct(vm, result, arguments, at)
    return result


def construct(vm: Interpreter, value: Value, arguments: Arguments, at: Span) -> Value:
    """What the `__init__` of a base from outside the project does: an event; a hook may say what it makes."""
    made = value.data
    if not isinstance(made, Object) or made.outer is None:
        return Value(None, at)
    outer = Instance(made.outer.callee, arguments.args, arguments.kwargs, at, made.outer.members, made.outer.items)
    made.outer = outer
    if outer.callee.startswith("builtins."):
        return value
    modelled = vm.emit_call(outer.callee, arguments, at, receiver=value, fallback=Value(outer, at))
    if isinstance(modelled.data, Instance):
        made.outer = modelled.data
    return modelled if isinstance(modelled.data, Object) else value


def _is_record(cls: Class) -> bool:
    decorated = any(
        isinstance(one.data, External) and one.data.path in _RECORDS
        for owner in cls.lineage()
        for one in owner.decorators
    )
    return decorated or "typing.NamedTuple" in cls.external_bases()


def _fill(vm: Interpreter, value: Value, made: Object, arguments: Arguments, at: Span) -> None:
    """The fields of a dataclass, in order, from the arguments or their defaults."""
    names = _fields(made.cls)
    given = dict(zip(names, arguments.args, strict=False)) | dict(arguments.kwargs)
    for name in names:
        default = made.cls.lookup(name)
        if name in given:
            field_value = given[name]
        elif default is not None:
            field_value = _default(vm, default)
        else:
            field_value = vm.unknown(arguments.hole or Unknown(f"the field {name} is not given", at), at)
        vm.journal.write(made.attributes, name, field_value)
    after = made.cls.lookup("__post_init__")
    if after is not None and isinstance(after.data, Function):
        vm.call(Value(Method(after.data, value)), ())


def _default(vm: Interpreter, default: Value) -> Value:
    data = default.data
    if isinstance(data, Instance) and data.callee == "dataclasses.field":
        if "default" in data.kwargs:
            return data.kwargs["default"]
        if "default_factory" in data.kwargs:
            return vm.call(data.kwargs["default_factory"], ())
    return default


def _fields(cls: Class) -> list[str]:
    names: dict[str, None] = {}
    for owner in reversed(cls.lineage()):
        for node in owner.node.body:
            is_field = isinstance(node, ast.AnnAssign) and "ClassVar" not in ast.dump(node.annotation)
            if is_field and isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names[node.target.id] = None
    return list(names)


def _is_enum(cls: Class) -> bool:
    return any(base in _ENUMS for base in cls.external_bases())


def _make_members(vm: Interpreter, value: Value, cls: Class) -> None:
    for name, one in list(cls.attributes.items()):
        if name.startswith("_") or isinstance(one.data, (Function, Object, Class)):
            continue
        parts = Entries({"name": Value(name, one.at), "value": one, "_value_": one})
        member = Object(cls, parts, one.at)
        cls.attributes[name] = Value(member, one.at)


def enum_value(value: Value) -> Value:
    """The text or number that a member of a mixed enumeration (`class E(str, Enum)`) also is."""
    data = value.data
    if isinstance(data, Object) and "value" in data.attributes and _is_enum(data.cls):
        mixed = {"builtins.str", "builtins.int", "enum.IntEnum", "enum.StrEnum", "enum.IntFlag"}
        if mixed & set(data.cls.external_bases()):
            return data.attributes["value"]
    return value


def _member_of(vm: Interpreter, cls: Class, arguments: Arguments, at: Span) -> Value:
    wanted = enum_value(arguments.args[0]) if len(arguments.args) == 1 else Value(Unknown("an enumeration", at))
    plain = wanted.plain()
    if isinstance(plain, Unknown):
        return vm.unknown(plain, at, *arguments.args)
    for one in cls.attributes.values():
        if isinstance(one.data, Object) and one.data.cls is cls and one.data.attributes["value"].plain() == plain:
            return replace(one, environment=union(wanted, one))
    raise vm.raised_unless_assumed("ValueError", at, (wanted,))


def class_item(vm: Interpreter, value: Value, cls: Class, index: Value, at: Span) -> Value:
    """`Class[index]`: a member of an enumeration by its name; else a generic class, which is the class."""
    if not _is_enum(cls):
        return value
    if not isinstance(index.data, str):
        return vm.unknown(vm.reason(index, at), at, index)
    found = cls.attributes.get(index.data)
    if found is None:
        raise vm.raised_unless_assumed("KeyError", at, (index,))
    return replace(found, environment=union(index, found))
