"""Requirements read without packaging are what packaging says of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Oracle

from flaskprod_lint.inputs import requirements
from flaskprod_lint.source import Span

AT = Span("requirements.txt", 1)
#: Pieces of requirements, right and wrong, of which most lines are made.
PIECES = (
    "Flask",
    "flask_login",
    "a",
    "-",
    ".",
    "_",
    "==",
    ">=",
    "~=",
    "<",
    "*",
    "1",
    "2.0",
    "3.1.4",
    "1rc1",
    " ",
    "[x]",
)


def _exact(specifiers: list[tuple[str, str]]) -> str | None:
    return next(
        (version for operator, version in specifiers if operator == "===" or (operator == "==" and "*" not in version)),
        None,
    )


def _pin(specifiers: list[tuple[str, str]]) -> str:
    loose = any(operator == "~=" or "*" in version for operator, version in specifiers)
    return "exact" if _exact(specifiers) else "compatible" if loose else "range" if specifiers else "none"


def _expected(text: str) -> tuple[str, str, str | None, tuple[str, ...]] | None:
    try:
        parsed = Oracle(text)
    except InvalidRequirement:
        return None
    specifiers = [(one.operator, one.version) for one in parsed.specifier]
    return requirements.normalise(parsed.name), _pin(specifiers), _exact(specifiers), tuple(sorted(parsed.extras))


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join))
def test_same_as_packaging(text: str) -> None:
    text = text.strip()
    found = requirements.parse(text, AT)
    if not text or text.startswith((".", "~")):
        return
    assert (found and (found.name, found.pin, found.version, found.extras)) == _expected(text), text


@pytest.mark.parametrize("text", ["Flask", "Flask==3.1.0", "gunicorn >= 21.2", "psycopg[binary]==3.2"])
def test_a_plain_line_imports_no_library(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("packaging was asked")

    monkeypatch.setattr(requirements, "_parsed", refuse)
    assert requirements.parse(text, AT)
