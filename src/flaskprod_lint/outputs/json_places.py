"""How a place, and a text as a whole, stand in our JSON."""

from __future__ import annotations

import json
from typing import Any

from flaskprod_lint.masking import mask_prose
from flaskprod_lint.source import Place, Span

VERSION = 1

Json = dict[str, Any]


def place(of: Place | Span | None, note: str = "") -> Json | None:
    """A place of the project. What no file says has a note only; nothing at all is null."""
    if of is None:
        return None
    span, said = (of.span, mask_prose(of.note)) if isinstance(of, Place) else (of, note)
    if span is None:
        if not said:
            return None
        return {"path": None, "line": None, "column": None, "end_line": None, "end_column": None, "note": said}
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "note": said or None,
    }


def text_of(value: object) -> str:
    """The JSON text, in ASCII: it survives every pipe, and no control character stands in it as itself."""
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"
