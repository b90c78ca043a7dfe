"""The `${VARIABLE:-default}` of compose files and its kin, taken apart."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass

_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*")
#: A longer text is no setting, and is left as it is written.
_LONGEST = 64 * 1024
#: Nor is there a reference of more characters, or of more references in each other.
_LONGEST_REFERENCE, _DEEPEST = 4_000, 20
_BRACE = regex(r"\$\{|\}")


@dataclass(frozen=True)
class Reference:
    """A variable in a text. `operator` is "", ":-", "-", ":+", "+", ":?" or "?"; `rest` what stands after it."""

    name: str
    operator: str = ""
    rest: str = ""
    written: str = ""


def parts(text: str) -> Iterator[str | Reference]:
    """The literal pieces of a text and the references between them. `$$` is a dollar sign."""
    literal: list[str] = []
    at = 0
    if len(text) > _LONGEST:
        yield text
        return
    while at < len(text):
        dollar = text.find("$", at)
        if dollar < 0:
            break
        literal.append(text[at:dollar])
        found = _reference(text, dollar)
        if found is None:
            literal.append("$")
            at = dollar + (2 if text.startswith("$$", dollar) else 1)
            continue
        if any(literal):
            yield "".join(literal)
        literal = []
        yield found
        at = dollar + len(found.written)
    literal.append(text[at:])
    if any(literal):
        yield "".join(literal)


def _reference(text: str, dollar: int) -> Reference | None:
    """The reference that starts at a dollar sign; None when it is a dollar sign and nothing more."""
    if text.startswith("${", dollar):
        return _braced(text, dollar)
    name = _NAME.match(text, dollar + 1)
    return Reference(name[0], written="$" + name[0]) if name else None


def _braced(text: str, dollar: int) -> Reference | None:
    name = _NAME.match(text, dollar + 2)
    end = _closing(text, dollar + 2)
    if name is None or end < 0:
        return None
    rest = text[name.end() : end]
    operator = next((sign for sign in (":-", ":+", ":?", "-", "+", "?") if rest.startswith(sign)), "")
    if rest and not operator:
        return None
    return Reference(name[0], operator, rest[len(operator) :], text[dollar : end + 1])


def _closing(text: str, start: int) -> int:
    """The offset of the brace that closes the one before `start`; defaults may hold references of their own."""
    depth = 1
    for brace in _BRACE.finditer(text, start, start + _LONGEST_REFERENCE):
        depth += 1 if brace[0] == "${" else -1
        if not depth:
            return brace.start()
        if depth > _DEEPEST:
            return -1
    return -1
