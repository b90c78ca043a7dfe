"""How the code writes an assignment: what stands before the value, so that another value can be put in its place."""

from __future__ import annotations

from flaskprod_lint.patterns import regex
from flaskprod_lint.source import Project, Span

_ARGUMENT = regex(r"[(,]\s*([A-Z][A-Z0-9_]*)\s*=(?!=)")
_ITEM = regex(r"""["'][A-Z][A-Z0-9_]*["']\s*:""")
_TARGET = regex(r"""([A-Za-z_][\w.]*(?:\[["'\w]+\])?)\s*(?::[\w.\[\], |]+)?=(?!=)""")


def before_value(project: Project, at: Span | None) -> str:
    """`app.config["DEBUG"] = `, `DEBUG=` in a call or `"DEBUG": ` in a dict; empty where the line does not say."""
    source = project.read(at.path) if at is not None else None
    if source is None or at is None:
        return ""
    before = source.line(at.line)[: at.column - 1]
    arguments, items = _ARGUMENT.findall(before), _ITEM.findall(before)
    if arguments:
        return f"{arguments[-1]}="
    if items:
        return f"{items[-1]} "
    target = _TARGET.match(before.lstrip())
    return f"{target[1]} = " if target else ""
