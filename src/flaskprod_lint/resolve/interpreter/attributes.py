"""Reading and setting attributes, by what it is that has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter import classes, containers, environment, imports, library, paths
from flaskprod_lint.resolve.interpreter.branches import separate
from flaskprod_lint.resolve.interpreter.values import (
    Class,
    Entries,
    External,
    Function,
    Instance,
    Member,
    Method,
    Module,
    Native,
    Object,
    Super,
    Value,
    as_value,
    union,
)
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter


def read(vm: Interpreter, value: Value, name: str, at: Span) -> Value:
    """`value.name`."""
    data = value.data
    if isinstance(data, Unknown):
        return vm.over_alternatives(value, lambda one: read(vm, one, name, at), at)
    if isinstance(data, Module):
        return _of_module(vm, value, data, name, at)
    if isinstance(data, External):
        return library.name(vm, f"{data.path}.{name}", at)
    if isinstance(data, (Instance, Member)):
        return _of_instance(vm, value, name, at)
    if isinstance(data, (Class, Object, Super)):
        return classes.attribute(vm, value, name, at)
    if isinstance(data, (Function, Method)):
        function = data.function if isinstance(data, Method) else data
        if name in ("__name__", "__qualname__"):
            return Value(function.name, at)
        return vm.unknown(Unknown(f"the attribute {name} of a function", at), at)
    return _of_plain(vm, value, name, at)


def _of_plain(vm: Interpreter, value: Value, name: str, at: Span) -> Value:
    """A method or property of a text, number, list, dict …, not called yet."""
    data = value.data
    if isinstance(data, (str, bytes, int, float, list, tuple, dict, set, type(None))):
        if not (hasattr(data, name) or name in getattr(data, "converters", ())) or name in ("hole", "converters"):
            raise vm.raised_unless_assumed("AttributeError", at, (value,), name)
        if isinstance(data, (int, float)) and name in ("real", "imag", "numerator", "denominator"):
            return vm.native(lambda: getattr(data, name), at, (value,))
    return Value(Native(value, name), at, value.environment, sure=value.sure)


def _of_module(vm: Interpreter, value: Value, module: Module, name: str, at: Span) -> Value:
    if name in module.names:
        return module.names[name]
    if name == "__dict__":
        return Value(module.names, at)
    inner = imports.submodule(vm, value, name, at)
    if inner is not None:
        return inner
    if module.opaque is not None:
        return vm.unknown(module.opaque, at)
    if module.stars:
        return library.name(vm, f"{module.stars[-1]}.{name}", at)
    getter = module.names.get("__getattr__")
    if getter is not None:
        return vm.call(getter, (Value(name, at),))
    if module in vm.running:
        return vm.unknown(Unknown(f"{module.name}.{name} is not there yet", at), at)
    if not module.path and "." not in module.name:
        # A folder that is no package: an installed package of the same name comes before it.
        return Value(External(f"{module.name}.{name}"), at)
    raise vm.raised("AttributeError", at, f"{module.name}.{name}")


def _of_instance(vm: Interpreter, value: Value, name: str, at: Span) -> Value:
    data = value.data
    assert isinstance(data, (Instance, Member))
    instance, path = (data, name) if isinstance(data, Instance) else (data.instance, f"{data.path}.{name}")
    if path in instance.members:
        return instance.members[path]
    if isinstance(data, Instance):
        own = paths.attribute(vm, value, name, at)
        if own is not None:
            return own
        if name == "__class__":
            return Value(External(instance.callee), at)
        if instance.callee.startswith("builtins.") and name == "args":
            return Value(tuple(instance.args), at)
        if instance.callee == "builtins.object":
            raise vm.raised("AttributeError", at, name)
    known = vm.hooks.attribute(instance, path)
    return known if known is not None else Value(Member(instance, path), at, sure=value.sure)


def set_attribute(vm: Interpreter, target: Value, name: str, value: Value, at: Span) -> None:
    """`target.name = value`."""
    data = target.data
    value = replace(value, sure=value.sure and not vm.unsure)
    if isinstance(data, (Instance, Member)):
        instance, path = (data, name) if isinstance(data, Instance) else (data.instance, f"{data.path}.{name}")
        _set_member(vm, instance, path, value, at)
    elif isinstance(data, Object):
        vm.set_on_object(target, data, name, value, at)
    elif isinstance(data, Class):
        vm.journal.write(data.attributes, name, containers.replacing(value, data.attributes.get(name)))
    elif isinstance(data, Module):
        vm.journal.write(data.names, name, containers.replacing(value, data.names.get(name)))
    elif isinstance(data, External):
        vm.emit("set-attribute", f"{data.path}.{name}", (value,), at)
    elif isinstance(data, Function):
        vm.emit("set-attribute", f"{data.module.name}.{data.name}.{name}", (value,), at, receiver=target)
    elif isinstance(data, Unknown):
        _set_on_each(vm, target, lambda one: set_attribute(vm, one, name, value, at))


def _set_on_each(vm: Interpreter, target: Value, write: Callable[[Value], None]) -> None:
    """Write to whichever of its alternatives a value is."""
    for one in separate(target):
        write(one)
    for one in () if separate(target) else target.alternatives:
        if not isinstance(one.data, Unknown):
            vm.branch([partial(write, one), lambda: None], target)


def _set_member(vm: Interpreter, instance: Instance, path: str, value: Value, at: Span) -> None:
    event = vm.emit("set-attribute", f"{instance.callee}.{path}", (value,), at, receiver=Value(instance, instance.at))
    if not vm.hooks.changed(event):
        vm.journal.write(instance.members, path, containers.replacing(value, instance.members.get(path)))


def set_on_object(vm: Interpreter, data: Object, name: str, value: Value, at: Span) -> None:
    """`self.name = value`: through a property's setter, and also on the part from outside the project."""
    own = data.cls.lookup(name)
    if own is not None and isinstance(own.data, Function) and classes.is_property(own.data):
        return
    vm.journal.write(data.attributes, name, containers.replacing(value, data.attributes.get(name)))
    if data.outer is not None and not data.outer.callee.startswith("builtins."):
        _set_member(vm, data.outer, name, value, at)


def _place(value: Value) -> tuple[Instance, str] | None:
    """The Instance and member path that a subscript is on."""
    data = value.data
    if isinstance(data, Object) and data.outer is not None:
        return data.outer, ""
    if isinstance(data, Instance):
        return data, ""
    return (data.instance, data.path) if isinstance(data, Member) else None


def item(vm: Interpreter, value: Value, index: Value, at: Span) -> Value:
    """`value[index]`."""
    data = value.data
    if isinstance(data, Unknown):
        return vm.over_alternatives(value, lambda one: item(vm, one, index, at), at, index)
    if isinstance(data, External):
        if data.path == "os.environ":
            return vm.read_environment(index, at)
        return value if not data.path.startswith("sys.") else vm.unknown(Unknown(f"{data.path}[…]", at), at)
    if isinstance(data, Class):
        return classes.class_item(vm, value, data, index, at)
    if isinstance(data, Object):
        getter = data.cls.lookup("__getitem__")
        if getter is not None and isinstance(getter.data, Function):
            return vm.call(Value(Method(getter.data, value)), (index,))
    place = _place(value)
    if place is not None:
        return _of_place(vm, *place, index, at)
    if isinstance(data, (Object, Function, Module, Method, Native, Super)):
        return vm.unknown(Unknown("a subscript of what is no container", at), at)
    return containers.subscript(vm, value, index, at)


def _of_place(vm: Interpreter, instance: Instance, path: str, index: Value, at: Span) -> Value:
    key = containers.key_of(vm, index, at)
    if isinstance(key, Unknown):
        return vm.unknown(key, at, index)
    if (path, key) in instance.items:
        return instance.items[(path, key)]
    known = vm.hooks.item(instance, path, key)
    if known is not None:
        return known
    name = f"{instance.callee}.{path}" if path else instance.callee
    return vm.unknown(Unknown(f"what {name}[…] holds", at), at)


def set_item(vm: Interpreter, target: Value, index: Value, value: Value, at: Span) -> None:
    """`target[index] = value`."""
    data = target.data
    if isinstance(data, External):
        if data.path == "os.environ":
            environment.write(vm, index, value)
        else:
            vm.emit("set-item", data.path, (index, value), at)
        return
    if isinstance(data, Object):
        setter = data.cls.lookup("__setitem__")
        if setter is not None and isinstance(setter.data, Function):
            vm.call(Value(Method(setter.data, target)), (index, value))
            return
    place = _place(target)
    if place is not None:
        _set_place(vm, *place, index, value, at)
    elif isinstance(data, Unknown):
        _set_on_each(vm, target, lambda one: set_item(vm, one, index, value, at))
    else:
        containers.store(vm, target, index, value, at)


def _set_place(vm: Interpreter, instance: Instance, path: str, index: Value, value: Value, at: Span) -> None:
    callee = f"{instance.callee}.{path}" if path else instance.callee
    value = replace(value, sure=value.sure and not vm.unsure)
    event = vm.emit("set-item", callee, (index, value), at, receiver=Value(instance, instance.at))
    key = containers.key_of(vm, index, at)
    if not vm.hooks.changed(event) and not isinstance(key, Unknown):
        old = instance.items.get((path, key))
        vm.journal.write(instance.items, (path, key), containers.replacing(value, old))


def delete_item(vm: Interpreter, target: Value, index: Value, at: Span) -> None:
    """`del target[index]`."""
    from flaskprod_lint.resolve.interpreter.journal import ABSENT

    place = _place(target)
    if isinstance(target.data, External) and target.data.path == "os.environ":
        environment.remove(vm, index)
    elif place is not None:
        instance, path = place
        callee = f"{instance.callee}.{path}" if path else instance.callee
        event = vm.emit("del-item", callee, (index,), at, receiver=Value(instance, instance.at))
        key = containers.key_of(vm, index, at)
        if not vm.hooks.changed(event) and not isinstance(key, Unknown):
            vm.journal.write(instance.items, (path, key), ABSENT)
    else:
        containers.remove(vm, target, index, at)


def contains(vm: Interpreter, container: Value, element: Value, at: Span) -> Value:
    """`element in container`."""
    data = container.data
    if isinstance(data, External) and data.path == "os.environ":
        return environment.contains(vm, element, at)
    place = _place(container)
    if place is not None:
        return _in_place(vm, *place, element, at)
    if isinstance(data, Unknown):
        return vm.unknown(data, at, container, element)
    key = containers.key_of(vm, element, at)
    if isinstance(data, dict):
        return _in_dict(vm, container, data, key, element, at)
    if isinstance(data, Class):
        return vm.unknown(Unknown("membership in a class", at), at)
    if containers.is_hidden(key):
        found = isinstance(data, (list, tuple, set)) and any(one.data == key for one in data)
        return Value(True, at) if found else vm.unknown(vm.reason(element, at), at, container)
    plain = container.plain()
    listed = data if isinstance(data, (list, tuple, set)) and isinstance(plain, Unknown) else ()
    if not isinstance(key, Unknown) and any(one.known and one.plain() == key for one in listed):
        return Value(True, at, union(container, element))
    for side in (plain, key):
        if isinstance(side, Unknown):
            return vm.unknown(side, at, container, element)
    sources = (container, element, *data) if isinstance(data, (list, tuple)) else (container, element)
    return vm.native(lambda: key in plain, at, sources)  # type: ignore[operator]


def _in_dict(
    vm: Interpreter, container: Value, data: dict[object, Value], key: object, element: Value, at: Span
) -> Value:
    hole = getattr(data, "hole", None)
    if isinstance(key, Unknown):
        return vm.unknown(key, at, container, element)
    if key not in data and containers.is_hidden(key):
        return vm.unknown(vm.reason(element, at), at, container)
    if key not in data and hole is not None:
        return vm.unknown(hole, at, container, element)
    found = data.get(key)
    if found is not None and isinstance(found.data, Unknown) and type(found.data).__name__ == "Maybe":
        return vm.unknown(found.data, at, found)
    return Value(key in data, at, union(container, element))


def _in_place(vm: Interpreter, instance: Instance, path: str, element: Value, at: Span) -> Value:
    key = containers.key_of(vm, element, at)
    if isinstance(key, Unknown):
        return vm.unknown(key, at, element)
    known = vm.hooks.contains(instance, path, key)
    if known is None and (path, key) in instance.items:
        known = True
    if known is None:
        name = f"{instance.callee}.{path}" if path else instance.callee
        return vm.unknown(Unknown(f"what {name} holds", at), at, element)
    return Value(known, at, element.environment)


def mapping(vm: Interpreter, value: Value, at: Span) -> Entries | None:
    """A value as a dict: what `**value` gives; None when that is not known."""
    data = value.data
    if isinstance(data, Entries):
        return data
    if isinstance(data, dict):
        return Entries(data)
    if isinstance(data, External) and data.path == "os.environ":
        return environment.snapshot(vm, at)
    place = _place(value)
    return vm.hooks.entries(*place) if place is not None else None


__all__ = ["as_value", "contains", "delete_item", "item", "mapping", "read", "set_attribute", "set_item"]
