"""The functions of Helm's templates, as far as charts use them for what matters here."""

from __future__ import annotations

import base64
from collections.abc import Callable

from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.deployments.kubernetes.helm_values import (
    UNREAD,
    Places,
    Text,
    Unread,
    as_yaml,
    child,
    joined,
    pairs,
    plain,
    text_of,
    truth,
    written,
)

_VERB = regex(r"%(?:[svdq]|%)")


def call(name: str, arguments: list[object], places: Places) -> object:
    """What a function makes of its arguments; UNREAD for one that is not known here, or of what is not known."""
    if name in _CHOICES:
        return _CHOICES[name](arguments)
    if any(isinstance(argument, Unread) for argument in arguments):
        return UNREAD
    try:
        if name in _OF_TEXTS:
            texts = [written(argument, places) for argument in arguments]
            return UNREAD if any(text is None for text in texts) else _OF_TEXTS[name](*(text for text in texts if text))
        if name in _OF_VALUES:
            return _OF_VALUES[name](*arguments)
        if name in _WITH_PLACES:
            return _WITH_PLACES[name](arguments, places)
    except (TypeError, ValueError, IndexError, ArithmeticError, OverflowError):
        return UNREAD
    return UNREAD


# What chooses among its arguments, of which some may be unknown


def _default(arguments: list[object]) -> object:
    *instead, value = arguments
    known = truth(value)
    return UNREAD if known is None else value if known or not instead else instead[0]


def _and(arguments: list[object]) -> object:
    for argument in arguments:
        known = truth(argument)
        if known is not True:
            return UNREAD if known is None else argument
    return arguments[-1]


def _or(arguments: list[object]) -> object:
    for argument in arguments:
        known = truth(argument)
        if known is not False:
            return UNREAD if known is None else argument
    return arguments[-1]


def _coalesce(arguments: list[object]) -> object:
    return _or(arguments)


def _not(arguments: list[object]) -> object:
    known = truth(arguments[0]) if arguments else None
    return UNREAD if known is None else not known


def _empty(arguments: list[object]) -> object:
    return _not(arguments)


def _ternary(arguments: list[object]) -> object:
    known = truth(arguments[2]) if len(arguments) > 2 else None
    return UNREAD if known is None else arguments[0] if known else arguments[1]


def _required(arguments: list[object]) -> object:
    value = arguments[-1]
    return value if truth(value) else UNREAD


def _dict(arguments: list[object]) -> object:
    names = [_string(argument) for argument in arguments[::2]]
    return dict(zip(names, arguments[1::2], strict=False))


def _list(arguments: list[object]) -> object:
    return list(arguments)


_CHOICES: dict[str, Callable[[list[object]], object]] = {
    "default": _default,
    "and": _and,
    "or": _or,
    "coalesce": _coalesce,
    "not": _not,
    "empty": _empty,
    "ternary": _ternary,
    "required": _required,
    "dict": _dict,
    "list": _list,
}


# Of texts


def _trimmed(text: Text) -> Text:
    return text.cut(len(text.text) - len(text.text.lstrip()), len(text.text.rstrip()))


def _without_suffix(suffix: Text, text: Text) -> Text:
    return text.cut(0, len(text.text.removesuffix(suffix.text)))


def _without_prefix(prefix: Text, text: Text) -> Text:
    return text.cut(len(text.text) - len(text.text.removeprefix(prefix.text)), len(text.text))


def _quoted(text: Text) -> Text:
    inner = text.text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return _like(f'"{inner}"', text)


def _single_quoted(text: Text) -> Text:
    return _like("'" + text.text.replace("'", "''") + "'", text)


def _like(new: str, text: Text) -> Text:
    """A text that was made of another, with its place."""
    return text_of(new, text.marks[0] if text.marks else 0)


def _encoded(text: Text) -> Text:
    return _like(base64.b64encode(text.text.encode()).decode(), text)


def _decoded(text: Text) -> Text:
    return _like(base64.b64decode(text.text, validate=True).decode(), text)


def _replaced(old: Text, new: Text, text: Text) -> Text:
    return _like(text.text.replace(old.text, new.text), text) if old.text in text.text else text


_OF_TEXTS: dict[str, Callable[..., object]] = {
    "trim": _trimmed,
    "trimSuffix": _without_suffix,
    "trimPrefix": _without_prefix,
    "quote": _quoted,
    "squote": _single_quoted,
    "b64enc": _encoded,
    "b64dec": _decoded,
    "replace": _replaced,
    "lower": lambda text: _like(text.text.lower(), text),
    "upper": lambda text: _like(text.text.upper(), text),
    "title": lambda text: _like(text.text.title(), text),
    "contains": lambda part, text: part.text in text.text,
    "hasPrefix": lambda part, text: text.text.startswith(part.text),
    "hasSuffix": lambda part, text: text.text.endswith(part.text),
    "toString": lambda text: text,
}


# Of values


def _string(value: object) -> str:
    found = plain(value)
    if isinstance(found, (Text, Node)):
        return found.text
    return str(found) if found is not None else ""


def _number(value: object) -> int:
    found = plain(value)
    if isinstance(found, (int, float)):
        return int(found)
    return int(float(_string(found))) if _string(found) else 0


def _is_equal(value: object, *others: object) -> object:
    return any(_comparable(value) == _comparable(other) for other in others)


def _comparable(value: object) -> object:
    found = plain(value)
    return found.text if isinstance(found, (Text, Node)) else found


def _compared(test: Callable[[float, float], bool]) -> Callable[[object, object], object]:
    return lambda first, second: test(float(_string(first)), float(_string(second)))


def _index(value: object, *names: object) -> object:
    for name in names:
        items = pairs(value)
        key = _comparable(name)
        if items is None:
            return UNREAD
        value = items[key][1] if isinstance(key, int) else child(value, str(key))
    return value


def _semver(constraint: object, _: object) -> object:
    """Whether the cluster's version fits: it is taken for a new one."""
    return not _string(constraint).strip().startswith("<")


def _kind_is(kind: object, value: object) -> object:
    found = plain(value)
    known: dict[type, str] = {bool: "bool", int: "int", float: "float64", str: "string", Text: "string", list: "slice"}
    if isinstance(found, Node):
        name = "string" if found.is_scalar else "map" if found.is_mapping else "slice"
    else:
        name = known.get(type(found), "map" if isinstance(found, dict) else "invalid")
    return _string(kind) == name


_OF_VALUES: dict[str, Callable[..., object]] = {
    "int": _number,
    "int64": _number,
    "float64": lambda value: float(_string(value)),
    "eq": _is_equal,
    "ne": lambda first, second: not _is_equal(first, second),
    "lt": _compared(lambda first, second: first < second),
    "le": _compared(lambda first, second: first <= second),
    "gt": _compared(lambda first, second: first > second),
    "ge": _compared(lambda first, second: first >= second),
    "add": lambda *numbers: sum(map(_number, numbers)),
    "sub": lambda first, second: _number(first) - _number(second),
    "mul": lambda first, second: _number(first) * _number(second),
    "div": lambda first, second: _number(first) // _number(second),
    "index": _index,
    "get": _index,
    "hasKey": lambda value, name: any(_comparable(key) == _comparable(name) for key, _ in pairs(value) or ()),
    "len": lambda value: len(items) if (items := pairs(value)) is not None else len(_string(value)),
    "semverCompare": _semver,
    "kindIs": _kind_is,
    "typeIs": _kind_is,
}


# With places


def _as_yaml(arguments: list[object], places: Places) -> object:
    found = as_yaml(arguments[0], places)
    return UNREAD if found is None else found


def _indent(arguments: list[object], places: Places) -> object:
    found = written(arguments[1], places)
    return UNREAD if found is None else found.indented(_number(arguments[0]))


def _on_new_line(arguments: list[object], places: Places) -> object:
    found = _indent(arguments, places)
    return text_of("\n") + found if isinstance(found, Text) else UNREAD


def _cut(arguments: list[object], places: Places) -> object:
    found, length = written(arguments[1], places), _number(arguments[0])
    return UNREAD if found is None or length < 0 else found.cut(0, length)


def _printed(arguments: list[object], places: Places) -> object:
    """`printf` with the verbs that charts use."""
    form = written(arguments[0], places)
    parts: list[Text] = []
    rest = list(arguments[1:])
    at = 0
    for match in _VERB.finditer(form.text if form is not None else ""):
        if form is None:
            return UNREAD
        parts.append(form.cut(at, match.start()))
        at = match.end()
        if match[0] == "%%":
            parts.append(text_of("%"))
            continue
        value = written(rest.pop(0), places)
        if value is None:
            return UNREAD
        parts.append(_quoted(value) if match[0] == "%q" else value)
    if form is None or "%" in form.text[at:]:
        return UNREAD
    return joined([*parts, form.cut(at, len(form.text))])


def _print(arguments: list[object], places: Places) -> object:
    texts = [written(argument, places) for argument in arguments]
    return joined([text for text in texts if text is not None]) if None not in texts else UNREAD


def _joined(arguments: list[object], places: Places) -> object:
    items = pairs(arguments[1])
    texts = [written(value, places) for _, value in items] if items is not None else [None]
    between = written(arguments[0], places)
    if between is None or None in texts:
        return UNREAD
    parts = [part for text in texts if text is not None for part in (between, text)]
    return joined(parts[1:])


_WITH_PLACES: dict[str, Callable[[list[object], Places], object]] = {
    "toYaml": _as_yaml,
    "indent": _indent,
    "nindent": _on_new_line,
    "trunc": _cut,
    "printf": _printed,
    "print": _print,
    "join": _joined,
}
