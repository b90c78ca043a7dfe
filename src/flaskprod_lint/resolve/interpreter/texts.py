"""Making texts: f-strings, `%`, `format`, joining and the methods of str, also where only parts are known."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.interpreter.frames import Arguments
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import Items, Partial, Value, as_value, union
from flaskprod_lint.source import Span, is_number

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_WIDE = regex(r"\d{4,}|\*")
_METHODS = frozenset(
    "capitalize casefold center count encode decode endswith expandtabs find index isalnum isalpha isascii isdecimal "
    "isdigit isidentifier islower isnumeric isprintable isspace istitle isupper ljust lower lstrip partition "
    "removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip "
    "swapcase title translate upper zfill hex bit_length is_integer as_integer_ratio conjugate to_bytes".split()
)
_PADDING = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs", "to_bytes"})


def build(vm: Interpreter, parts: Iterable[str | Value], at: Span, sources: Sequence[Value]) -> Value:
    """A text out of known texts and values that are unknown."""
    merged: list[str | None] = []
    hidden: Unknown | None = None
    for part in parts:
        if isinstance(part, str):
            _append(merged, part)
            continue
        data = part.data
        hidden = hidden or (data if isinstance(data, Unknown) else Unknown("a part of this text is not known", at))
        for piece in data.parts if isinstance(data, Partial) else (None,):
            _append(merged, piece)
    if hidden is None:
        return vm.text("".join(piece or "" for piece in merged), at, *sources)
    if sum(len(piece or "") for piece in merged) > vm.limits.text:
        return vm.unknown(Unknown("a text that is too long", at), at, *sources)
    data = Partial(hidden.reason, hidden.at, "", tuple(merged))
    return Value(data, at, union(*sources), sure=all(source.sure for source in sources))


def _append(merged: list[str | None], piece: str | None) -> None:
    if merged and isinstance(piece, str) and isinstance(merged[-1], str):
        merged[-1] += piece
    elif piece != "" or not merged:
        merged.append(piece)


def concatenate(vm: Interpreter, left: Value, right: Value, at: Span) -> Value | None:
    """`left + right` where one side is a text and the other is not known."""
    sides = (left, right)
    if not any(isinstance(side.data, (str, Partial)) for side in sides):
        return None
    if not all(isinstance(side.data, (str, Unknown)) for side in sides):
        return None
    return build(vm, [side.data if isinstance(side.data, str) else side for side in sides], at, sides)


def shown(vm: Interpreter, value: Value, at: Span, spec: str = "", conversion: str = "") -> str | Value:
    """A value as a replacement field shows it; the value itself when its text is not known."""
    path = path_text(value)
    plain = path if path is not None else value.plain()
    if isinstance(plain, (Unknown, list, dict, set, tuple)) and (isinstance(plain, Unknown) or spec):
        return value
    if _WIDE.search(spec):
        return Value(Unknown("a text that is too long", at), at)
    if conversion == "r":
        plain = repr(plain)
    elif conversion in ("s", "a"):
        plain = str(plain) if conversion == "s" else ascii(plain)
    result = vm.native(lambda: format(plain, spec), at, (value,))
    return result.data if isinstance(result.data, str) else result


def percent(vm: Interpreter, left: Value, right: Value, at: Span) -> Value:
    """`template % values`."""
    template, values = left.data, right.plain()
    if not isinstance(values, Unknown) and isinstance(template, (str, bytes)):
        pattern = template if isinstance(template, str) else template.decode("latin-1")
        if any(_WIDE.search(field) for field in re.findall(r"%[^a-zA-Z%]*", pattern)):
            return vm.unknown(Unknown("a text that is too long", at), at, left, right)
        return vm.native(lambda: template % values, at, (left, right))
    if isinstance(template, str) and isinstance(right.data, (tuple, Unknown, str)):
        items = list(right.data) if isinstance(right.data, tuple) else [right]
        pieces = re.split(r"(%[sd])", template)
        if sum(piece in ("%s", "%d") for piece in pieces) == len(items) and not re.search(r"%[^sd]", template):
            fields = iter(items)
            parts = [shown(vm, next(fields), at) if piece in ("%s", "%d") else piece for piece in pieces]
            return build(vm, parts, at, (left, right, *items))
    return vm.unknown(values if isinstance(values, Unknown) else Unknown("not known", at), at, left, right)


def formatted(vm: Interpreter, template: Value, arguments: Arguments, at: Span) -> Value:
    """`template.format(…)`."""
    text = template.data
    sources = (template, *arguments.args, *arguments.kwargs.values())
    if not isinstance(text, str) or arguments.hole:
        reason = arguments.hole or Unknown("not known", at)
        return vm.unknown(text if isinstance(text, Unknown) else reason, at, *sources)
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError:
        raise vm.raised("ValueError", at) from None
    parts: list[str | Value] = []
    for number, (literal, name, spec, conversion) in enumerate(_numbered(fields)):
        parts.append(literal)
        if name is not None:
            parts.append(_field(vm, name, arguments, at, spec or "", conversion or ""))
        if number > vm.limits.items:
            return vm.unknown(Unknown("a text that is too long", at), at, *sources)
    return build(vm, parts, at, sources)


def _numbered(
    fields: Iterable[tuple[str, str | None, str | None, str | None]],
) -> Iterable[tuple[str, str | None, str | None, str | None]]:
    position = 0
    for literal, name, spec, conversion in fields:
        if name is not None and (not name or name[0] in ".["):
            yield literal, f"{position}{name}", spec, conversion
            position += 1
        else:
            yield literal, name, spec, conversion


def _field(vm: Interpreter, name: str, arguments: Arguments, at: Span, spec: str, conversion: str) -> str | Value:
    first = re.match(r"[^.\[]*", name)
    key = first.group() if first else name
    if is_number(key):
        if int(key) >= len(arguments.args):
            raise vm.raised("IndexError", at)
        value = arguments.args[int(key)]
    elif key in arguments.kwargs:
        value = arguments.kwargs[key]
    else:
        raise vm.raised("KeyError", at, key)
    if key != name or "{" in spec:
        return Value(Unknown("a replacement field that is not followed", at), at)
    return shown(vm, value, at, spec, conversion)


def joined(vm: Interpreter, separator: Value, items: Value, at: Span) -> Value:
    """`separator.join(items)`."""
    elements = vm.iterate(items, at)
    if isinstance(elements, Unknown) or not isinstance(separator.data, str):
        reason = elements if isinstance(elements, Unknown) else Unknown("not known", at)
        return vm.unknown(reason, at, separator, items)
    parts: list[str | Value] = []
    for number, element in enumerate(elements):
        if not isinstance(element.data, (str, Unknown)):
            if element.known and isinstance(element.data, (int, float, bytes, list, dict, type(None))):
                raise vm.raised("TypeError", at)
            element = Value(Unknown("not a text", at), at)
        parts += [separator.data] if number else []
        parts.append(element.data if isinstance(element.data, str) else element)
    return build(vm, parts, at, (separator, items, *elements))


def method(vm: Interpreter, receiver: Value, name: str, arguments: Arguments, at: Span) -> Value:
    """A method of a str, bytes or number."""
    if isinstance(receiver.data, str) and name == "join" and len(arguments.args) == 1:
        return joined(vm, receiver, arguments.args[0], at)
    if isinstance(receiver.data, str) and name in ("format", "format_map"):
        return formatted(vm, receiver, _mapped(arguments) if name == "format_map" else arguments, at)
    sources = (receiver, *arguments.args, *arguments.kwargs.values())
    plain = [value.plain() for value in arguments.args]
    named = {key: value.plain() for key, value in arguments.kwargs.items()}
    hidden = next((item for item in (*plain, *named.values()) if isinstance(item, Unknown)), arguments.hole)
    if hidden is not None:
        return vm.unknown(hidden, at, *sources)
    function = getattr(receiver.data, name, None)
    if function is None:
        raise vm.raised("AttributeError", at, name)
    if name not in _METHODS or _grows(vm, receiver.data, name, plain):
        return vm.unknown(Unknown(f"`{name}` is not followed", at), at, *sources)
    return vm.native(lambda: function(*plain, **named), at, sources)


def _mapped(arguments: Arguments) -> Arguments:
    data = arguments.args[0].data if arguments.args else None
    named = {str(key): value for key, value in data.items()} if isinstance(data, dict) else {}
    return Arguments((), named, None if isinstance(data, dict) else Unknown("not a plain dict"))


def _grows(vm: Interpreter, data: object, name: str, plain: Sequence[object]) -> bool:
    """Whether a method could make a text beyond all bounds."""
    if name in _PADDING:
        return any(isinstance(item, int) and item > vm.limits.text for item in plain)
    if name in ("replace", "translate") and isinstance(data, (str, bytes)) and len(plain) >= 2:
        new = plain[1]
        return isinstance(new, (str, bytes)) and (len(data) + 1) * (len(new) + 1) > vm.limits.text
    return name == "translate" or (name in ("split", "splitlines", "rsplit") and len(data) > vm.limits.items)  # type: ignore[arg-type]


def unfold(items: Sequence[str], at: Span) -> Value:
    """Texts as a list."""
    return Value(Items(as_value(item, at) for item in items), at)
