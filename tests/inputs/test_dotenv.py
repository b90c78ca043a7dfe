"""Dotenv files, as python-dotenv reads them."""

from __future__ import annotations

import pytest

from flaskprod_lint.inputs.dotenv import read
from flaskprod_lint.source import Source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\nB = two words \n", {"A": "1", "B": "two words"}),
        ("export A=1\n  C='x # y'\n", {"A": "1", "C": "x # y"}),
        ("A=x # comment\nB=x#y\nC=#z\n", {"A": "x", "B": "x#y", "C": ""}),
        ('A="two\\nlines"\nB="""\n', {"A": "two\nlines", "B": ""}),
        ("A='multi\nline'\nB=2\n", {"A": "multi\nline", "B": "2"}),
        ("# A=1\n\nnonsense\nB=2", {"B": "2"}),
        ("A=\nB=2\n", {"A": "", "B": "2"}),
        ("A==\nB=a=b\n", {"A": "=", "B": "a=b"}),
    ],
)
def test_values(text: str, expected: dict[str, str]) -> None:
    assert {name.value: value.value for name, value in read(Source(".env", text))} == expected


def test_places() -> None:
    ((name, value),) = read(Source(".env", '# first\nexport KEY="value"  # why\n'))
    assert (name.span.line, name.span.column, name.span.end_column) == (2, 8, 11)
    assert (value.span.line, value.span.column, value.span.end_column) == (2, 13, 18)
