"""The connection budget as a table: every factor, so that the sum can be checked by hand."""

from __future__ import annotations

from flaskprod_lint.finding import BUDGET_HEADS
from flaskprod_lint.model import Budget
from flaskprod_lint.model.database import number_or_sign
from flaskprod_lint.outputs.page import Page, Segment, cells
from flaskprod_lint.outputs.values import origin, words

ENGINE = 3
LEFT = (0, ENGINE)


def write_budget(budget: Budget, page: Page) -> None:
    """Lay the budget out: a row for each process and engine, then the sums against the limit."""
    page.add(("  budget of connections", "strong"), (f"  {page.clean(_limit(budget))}", "quiet"))
    rows = [tuple(map(page.clean, row.cells)) for row in budget.rows]
    widths = [max(cells(row[column]) for row in (BUDGET_HEADS, *rows)) for column in range(len(BUDGET_HEADS))]
    room = max(len(BUDGET_HEADS[ENGINE]), page.width - 4 - 2 * (len(BUDGET_HEADS) - 1) - sum(widths) + widths[ENGINE])
    widths[ENGINE] = min(widths[ENGINE], room)
    rows = [(*row[:ENGINE], _end_of(row[ENGINE], room, page), *row[ENGINE + 1 :]) for row in rows]
    for number, row in enumerate((BUDGET_HEADS, *rows)):
        texts = [_aligned(text, widths[column], column in LEFT) for column, text in enumerate(row)]
        page.add(("    " + "  ".join(texts).rstrip(), "quiet" if number == 0 else ""))
    page.add(("    ", ""), *_sums(budget, page))


def _limit(budget: Budget) -> str:
    if budget.limit is None:
        return "no limit is known: give --db-connections or --tier"
    return f"limit {words(budget.limit)}, {origin(budget.limit.origin)}".rstrip(", ")


def _end_of(path: str, room: int, page: Page) -> str:
    """A path, cut before its end where the page is too narrow for it: file and line are what a person needs."""
    if cells(path) <= room:
        return path
    sign = page.glyphs.more
    return sign + path[len(path) - max(0, room - cells(sign)) :]


def _aligned(text: str, width: int, left: bool) -> str:
    blanks = " " * (width - cells(text))
    return text + blanks if left else blanks + text


def _sums(budget: Budget, page: Page) -> list[Segment]:
    dot = f" {page.glyphs.dot} "
    limit = budget.limit.value if budget.limit is not None else None
    reachable = budget.reachable
    over = isinstance(limit, int) and isinstance(reachable, int) and reachable > limit
    ceiling = f"{number_or_sign(budget.ceiling)} at the very most"
    rest = f"{dot}configured {number_or_sign(budget.configured)}{dot}{ceiling}"
    return [(f"in use at once {number_or_sign(reachable)}", "bad" if over else "strong"), (rest, "quiet")]
