"""Python's builtin functions."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.inputs import python
from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter import class_calls, classes, containers, list_methods, operators, sequences
from flaskprod_lint.resolve.interpreter.frames import Arguments, Frame
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.truth import truth
from flaskprod_lint.resolve.interpreter.values import (
    Class,
    Entries,
    External,
    Function,
    Instance,
    Method,
    Module,
    Object,
    Super,
    Value,
    union,
)
from flaskprod_lint.source import Source, Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

Builtin = Callable[["Interpreter", Arguments, Span, "Frame | None"], Value]

#: Functions of plain values that Python itself can be asked.
_PLAIN: dict[str, Callable[..., object]] = {
    name: getattr(builtins, name)
    for name in ("abs", "round", "chr", "ord", "hex", "oct", "bin", "divmod", "ascii", "float", "int", "bytes")
}
_SYMBOLIC = frozenset({"int", "round", "abs", "float", "str"})
_EXCEPTIONS = frozenset(
    name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, BaseException)
)
_QUIET = frozenset({"print", "type", "input", "breakpoint", "help", "memoryview", "vars", "dir", "hash", "id"})


def call(vm: Interpreter, name: str, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    """Call a builtin function or type."""
    kind, _, method = name.partition(".")
    if method and kind in _TYPES:
        return _unbound(vm, name, method, arguments, at)
    builtin = _TABLE.get(name)
    if arguments.hole is not None and name not in ("dict", "print"):
        return vm.unknown(arguments.hole, at, *arguments.args)
    if builtin is not None:
        try:
            return builtin(vm, arguments, at, frame)
        except IndexError:
            raise vm.raised("TypeError", at) from None
    if name in _PLAIN:
        return _plain(vm, name, arguments, at)
    if name in _EXCEPTIONS:
        return Value(Instance(f"builtins.{name}", arguments.args, arguments.kwargs, at), at)
    if name in ("exit", "quit"):
        raise vm.raised("SystemExit", at, "", arguments.args)
    if name in _QUIET:
        return vm.unknown(Unknown(f"{name}()", at), at) if name != "print" else Value(None, at)
    return vm.emit_call(f"builtins.{name}", arguments, at)


def _plain(vm: Interpreter, name: str, arguments: Arguments, at: Span) -> Value:
    plain = [classes.enum_value(value).plain() for value in arguments.args]
    hidden = next((item for item in plain if isinstance(item, Unknown)), None)
    named = {key: value.plain() for key, value in arguments.kwargs.items()}
    hidden = hidden or next((item for item in named.values() if isinstance(item, Unknown)), None)
    if hidden is not None:
        symbol = hidden.symbol if name in _SYMBOLIC else ""
        return Value(Unknown(hidden.reason, hidden.at, symbol), at, union(*arguments.args), sure=False)
    if name == "bytes" and plain and isinstance(plain[0], int):
        return vm.unknown(Unknown("bytes of a length", at), at)
    return vm.native(lambda: _PLAIN[name](*plain, **named), at, arguments.args)


def _unbound(vm: Interpreter, name: str, method: str, arguments: Arguments, at: Span) -> Value:
    """`str.upper(text)`, `dict.fromkeys(keys)`."""
    if name in ("str.maketrans", "int.from_bytes", "bytes.fromhex", "float.fromhex"):
        return vm.unknown(Unknown(f"{name}()", at), at, *arguments.args)
    if name == "dict.fromkeys":
        keys = vm.iterate(arguments.args[0], at)
        value = arguments.args[1] if len(arguments.args) > 1 else Value(None, at)
        if isinstance(keys, Unknown):
            return Value(Entries({}, keys), at)
        return Value(Entries({containers.key_of(vm, key, at): value for key in keys}), at)
    if not arguments.args or name.startswith("object."):
        return Value(None, at) if name.startswith("object.") else vm.unknown(Unknown(f"{name}()", at), at)
    rest = Arguments(arguments.args[1:], arguments.kwargs)
    return vm.call_arguments(vm.attribute(arguments.args[0], method, at), rest, at)


def _str(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    if not arguments.args:
        return Value("", at)
    value = classes.enum_value(arguments.args[0])
    path = path_text(value)
    if path is not None:
        return Value(path, at, value.environment, sure=value.sure)
    if isinstance(value.data, str):
        return value
    if isinstance(value.data, Unknown) and value.data.symbol:
        return value
    plain = value.plain()
    if isinstance(plain, Unknown):
        return vm.unknown(plain, at, value)
    return vm.native(lambda: str(plain), at, (value,))


def _repr(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    plain = arguments.args[0].plain()
    if isinstance(plain, (Unknown, set)):
        return vm.unknown(vm.reason(arguments.args[0], at), at, *arguments.args)
    return vm.native(lambda: repr(plain), at, arguments.args)


def _bool(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    if not arguments.args:
        return Value(False, at)
    value = arguments.args[0]
    known = vm.truth(value)
    if known is None:
        return vm.unknown(vm.reason(value, at), at, value)
    return Value(known, at, value.environment, sure=value.sure)


def _len(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    value = arguments.args[0]
    if isinstance(value.data, Object):
        method = value.data.cls.lookup("__len__")
        if method is not None and isinstance(method.data, Function):
            return vm.call(Value(Method(method.data, value)), ())
    return containers.length(vm, value, at)


def _dict(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    result = Value(Entries(), at)
    list_methods.update(vm, result, result.data, arguments, at)
    if arguments.hole:
        containers.spoil(vm, result, arguments.hole)
    return result


def _isinstance(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    value, wanted = arguments.args[0], arguments.args[1]
    kinds = list(wanted.data) if isinstance(wanted.data, tuple) else [wanted]
    answers = [_is_a(value.data, kind.data) for kind in kinds]
    if True in answers or None not in answers:
        return Value(True in answers, at, value.environment, sure=value.sure)
    return vm.unknown(vm.reason(value, at), at, value)


_TYPES = {name: getattr(builtins, name) for name in "str bytes int float bool list tuple dict set object".split()}


def _is_a(data: object, kind: object) -> bool | None:
    if isinstance(data, Unknown):
        return None
    if isinstance(kind, Class):
        if isinstance(data, Object):
            return kind in data.cls.lineage() or (None if data.cls.unknown_base() else False)
        return None if isinstance(data, Instance) else False
    if not isinstance(kind, External):
        return None
    name = kind.path.removeprefix("builtins.")
    if data is None or isinstance(data, (str, bytes, int, float, list, tuple, dict, set)):
        abstract = kind.path.startswith(("collections.", "typing.", "numbers.", "os.PathLike"))
        return isinstance(data, _TYPES[name]) if name in _TYPES else None if abstract else False
    if name == "type" and isinstance(data, (Class, Function, str, int, list, dict, type(None))):
        return isinstance(data, Class)
    if isinstance(data, Object):
        return kind.path in data.cls.external_bases() or (None if data.cls.external_bases() else False)
    if isinstance(data, Instance):
        return data.callee == kind.path or None
    return None


def _getattr(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    value, name = arguments.args[0], arguments.args[1]
    if not isinstance(name.data, str):
        return vm.unknown(vm.reason(name, at), at, value, name)
    from flaskprod_lint.resolve.interpreter.jumps import Raised

    try:
        found = vm.attribute(value, name.data, at)
    except Raised as raised:
        if raised.path != "builtins.AttributeError" or len(arguments.args) < 3:
            raise
        found = arguments.args[2]
    return containers.with_reads(found, name)


def _hasattr(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    from flaskprod_lint.resolve.interpreter.jumps import Raised

    value, name = arguments.args[0], arguments.args[1]
    if not isinstance(name.data, str) or not isinstance(value.data, (Class, Object, Module)):
        return vm.unknown(vm.reason(value, at), at, value, name)
    try:
        found = vm.attribute(value, name.data, at)
    except Raised:
        return Value(False, at)
    unclear = isinstance(found.data, (Unknown, External)) or type(found.data).__name__ == "Member"
    return vm.unknown(vm.reason(found, at), at, value) if unclear else Value(True, at)


def _setattr(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    target, name, value = arguments.args[0], arguments.args[1], arguments.args[2]
    if isinstance(name.data, str):
        vm.set_attribute(target, name.data, value, at)
        return Value(None, at)
    attributes = target.data
    held = attributes.names if isinstance(attributes, Module) else getattr(attributes, "attributes", None)
    if held is not None:
        containers.spoil(vm, Value(held, at), vm.reason(name, at))
    return Value(None, at)


def _super(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    if len(arguments.args) == 2 and isinstance(arguments.args[0].data, Class):
        return Value(Super(arguments.args[0].data, arguments.args[1]), at)
    if frame is not None and frame.owner is not None and frame.receiver is not None:
        return Value(Super(frame.owner, frame.receiver), at)
    return vm.unknown(Unknown("super() outside of a class", at), at)


def _globals(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return Value(frame.module.names, at) if frame is not None else vm.unknown(Unknown("globals()", at), at)


def _locals(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    if arguments.args:
        held = getattr(arguments.args[0].data, "attributes", None) or getattr(arguments.args[0].data, "names", None)
        return Value(held, at) if held is not None else vm.unknown(Unknown("vars()", at), at)
    if frame is None:
        return vm.unknown(Unknown("locals()", at), at)
    return Value(frame.names, at) if frame.is_module or frame.is_class else Value(Entries(dict(frame.names)), at)


def _callable(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    data = arguments.args[0].data
    if isinstance(data, (Function, Class, Method)):
        return Value(True, at)
    if data is None or isinstance(data, (str, bytes, int, float, list, dict, tuple, set)):
        return Value(False, at)
    return vm.unknown(vm.reason(arguments.args[0], at), at, *arguments.args)


def _type(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    data = arguments.args[0].data
    if len(arguments.args) == 3:
        return class_calls.made(vm, arguments, at, frame)
    if isinstance(data, Object):
        return Value(data.cls, at)
    for name, kind in _TYPES.items():
        if type(data) is kind or type(data).__mro__[1] is kind:
            return Value(External(f"builtins.{name}"), at)
    return vm.unknown(Unknown("type()", at), at)


def _object(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return Value(Instance("builtins.object", at=at), at)


def _exec(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    text = arguments.args[0].data if arguments.args else None
    if isinstance(text, str) and len(arguments.args) == 1 and frame is not None:
        try:
            tree: ast.Module | None = python.parse(Source("", text))
        except python.UNPARSABLE:
            tree = None
        if tree is not None:
            vm.execute(tree.body, frame)
            return Value(None, at)
    reason = Unknown("exec() may have set this name", at)
    vm.unknowns.append(reason)
    if frame is not None:
        containers.spoil(vm, Value(frame.module.names, at), reason)
    return Value(None, at)


def _eval(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    text = arguments.args[0].data if arguments.args else None
    if isinstance(text, str) and frame is not None and len(text) < 2_000:
        try:
            body = python.expression(text.strip())
        except python.UNPARSABLE:
            raise vm.raised_unless_assumed("SyntaxError", at, arguments.args) from None
        return replace(vm.evaluate(body, frame), at=at)
    return vm.unknown(Unknown("eval() of a text that is not known", at), at, *arguments.args)


def _dunder_import(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    name = arguments.args[0].data
    if not isinstance(name, str):
        return vm.unknown(vm.reason(arguments.args[0], at), at)
    return vm.import_module(name.partition(".")[0], at)


def _symbolic_extreme(name: str) -> Builtin:
    def run(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
        items: list[Value] | Unknown = list(arguments.args)
        if len(arguments.args) == 1:
            items = vm.iterate(arguments.args[0], at)
        if isinstance(items, Unknown):
            return vm.unknown(items, at, *arguments.args)
        plain = [item.plain() for item in items]
        hidden = [item for item in plain if isinstance(item, Unknown)]
        sources = (*arguments.args, *items)
        if hidden and all(
            isinstance(item, (int, float)) or (isinstance(item, Unknown) and item.symbol) for item in plain
        ):
            formula = f"{name}({', '.join(operators.term(item) for item in items)})"
            return Value(Unknown(formula, at, hidden[0].symbol), at, union(*sources))
        if hidden:
            return vm.unknown(hidden[0], at, *sources)
        return sequences.extreme(vm, name, items, plain, arguments, at)

    return run


def _any_all(wanted: bool) -> Builtin:
    def run(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
        items = vm.iterate(arguments.args[0], at)
        if isinstance(items, Unknown):
            return vm.unknown(items, at, *arguments.args)
        truths = [truth(item) for item in items]
        if wanted in truths or None not in truths:
            return Value(wanted if wanted in truths else not wanted, at, union(*arguments.args, *items))
        return vm.unknown(vm.reason(items[truths.index(None)], at), at, *items)

    return run


_TABLE: dict[str, Builtin] = {
    "str": _str,
    "repr": _repr,
    "bool": _bool,
    "len": _len,
    "dict": _dict,
    "isinstance": _isinstance,
    "getattr": _getattr,
    "hasattr": _hasattr,
    "setattr": _setattr,
    "super": _super,
    "globals": _globals,
    "locals": _locals,
    "vars": _locals,
    "callable": _callable,
    "type": _type,
    "dir": class_calls.names,
    "object": _object,
    "exec": _exec,
    "eval": _eval,
    "__import__": _dunder_import,
    "min": _symbolic_extreme("min"),
    "max": _symbolic_extreme("max"),
    "any": _any_all(True),
    "all": _any_all(False),
    **sequences.TABLE,
}
