"""The deployments of a project side by side: one line for each web process."""

from __future__ import annotations

from collections.abc import Sequence

from flaskprod_lint.finding import Compared
from flaskprod_lint.outputs.page import Page, cells, crop

_COLUMNS = {
    "deployment": "deployment",
    "process": "process",
    "listens": "listens on",
    "serves": "serves with",
    "instances": "instances",
    "size": "each with",
    "connections": "connections",
}
#: What a narrow page leaves out, the least telling first.
_SPARE = ("process", "instances", "size", "connections")
#: The widest that a name may be before it is cropped.
_WIDEST = 32


def write_compared(rows: Sequence[Compared], page: Page, *, differences: bool = False) -> None:
    """The table, as far as the page is wide; with `differences`, only what is not the same in all of them."""
    texts = [{name: page.clean(getattr(row, name)) for name in _COLUMNS} for row in rows]
    shown = [name for name in _COLUMNS if _tells(name, texts, differences)]
    if not rows or not set(shown) - {"deployment", "process"}:
        return
    for name in _SPARE:
        if name in shown and _width(shown, texts) > page.width:
            shown.remove(name)
    page.blank()
    page.add(("Side by side", "heading"))
    widths = {name: _widest(name, texts) for name in shown}
    over = _width(shown, texts) - page.width
    widths["deployment"] = max(12, widths["deployment"] - max(0, over))
    page.add(("  ", ""), *((f"{_COLUMNS[name]:{widths[name]}}  ", "quiet") for name in shown))
    for row in texts:
        page.add(("  ", ""), *(_cell(name, row[name], widths[name], page) for name in shown))


def _tells(name: str, texts: Sequence[dict[str, str]], differences: bool) -> bool:
    """Whether a column says something: no text at all, or one instance everywhere, is not worth one."""
    found = {row[name] for row in texts}
    if differences and len(found) < 2:
        return False
    return found != {""} and (name != "instances" or found != {"1"}) and (name != "process" or len(found) > 1)


def _widest(name: str, texts: Sequence[dict[str, str]]) -> int:
    widest = max(cells(_COLUMNS[name]), *(cells(row[name]) for row in texts))
    return min(widest, _WIDEST)


def _width(shown: Sequence[str], texts: Sequence[dict[str, str]]) -> int:
    return 2 + sum(_widest(name, texts) + 2 for name in shown) - 2


def _cell(name: str, text: str, width: int, page: Page) -> tuple[str, str]:
    text = crop(text or "-", width, page.glyphs.more)
    return text + " " * (width - cells(text) + 2), "strong" if name == "deployment" else ""
