"""Text that may stand in an XML document, whatever the project's files and names hold."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from flaskprod_lint.outputs.page import visible


def text(value: str) -> str:
    """Between tags: control characters and halves of letters, which XML has no place for, are written out."""
    return escape("\n".join(map(visible, value.splitlines())))


def attribute(value: str) -> str:
    """As the value of an attribute, with its quotes; lines become one with a sign between them."""
    return quoteattr("\n".join(map(visible, value.splitlines())), {"\n": "&#10;"})
