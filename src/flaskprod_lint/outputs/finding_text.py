"""One finding for people: what happens, where, why we think so, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.outputs.page import Page, Segment, cells, crop, visible, wrap
from flaskprod_lint.source import Place, Span

INDENT = "    "
TAB = "    "


def write_finding(finding: Finding, page: Page, excerpt: Mapping[int, str], only_in: str = "") -> None:
    """Lay one finding out. `excerpt` has the lines around it, `only_in` the deployments if they are not all."""
    _head(finding, page)
    _where(finding, page, only_in)
    _excerpt(finding, page, excerpt)
    _because(finding, page)
    _instead(finding, page)


def _head(finding: Finding, page: Page) -> None:
    level = finding.level.value
    first: list[Segment] = [("  ", ""), (level, level), ("  ", "")]
    page.paragraph(page.clean(finding.message), "strong", first=first)


def _where(finding: Finding, page: Page, only_in: str) -> None:
    """The place to change, what limits the finding, and at the right its rule."""
    at = finding.at
    place = page.clean(f"{at.path}:{at.line}:{at.column}")
    sure = finding.confidence is Confidence.HIGH
    right = finding.rule if sure else f"{finding.confidence.value} confidence {page.glyphs.dot} {finding.rule}"
    page.spread([(INDENT, ""), (place, "place")], [(right, "quiet")])
    if only_in:
        page.paragraph(page.clean(only_in), "quiet", first=[(f"{INDENT}only in  ", "quiet")])


# The source


def _excerpt(finding: Finding, page: Page, excerpt: Mapping[int, str]) -> None:
    at = finding.at
    numbers = [number for number in sorted(excerpt) if at.line - 1 <= number <= min(at.end_line, at.line + 2)]
    if at.line not in numbers:
        return
    if numbers[0] < at.line and not excerpt[numbers[0]].strip():
        numbers = numbers[1:]
    gutter = max(len(str(numbers[-1])), 3)
    room = page.width - gutter - 5
    shift = _shift(excerpt[at.line], at, room)
    for number in numbers:
        text = _window(_expanded(excerpt[number]), shift if number == at.line else 0, room, page)
        style = "code" if number >= at.line else "quiet"
        page.add((f"  {number:>{gutter}} ", "quiet"), (page.glyphs.bar, "quiet"), (f" {text}", style))
        if number == at.line:
            _caret(finding, page, excerpt[number], shift, gutter, room)


def _caret(finding: Finding, page: Page, line: str, shift: int, gutter: int, room: int) -> None:
    """The line under the culprit, with the few words that say what it does."""
    start, end = _columns(line, finding.at)
    left = max(0, start - shift)
    length = max(1, min(end - start, room - left))
    bar: Segment = ("  " + " " * gutter + " " + page.glyphs.bar, "quiet")
    style = f"mark-{finding.level.value}"
    caret = page.glyphs.caret * length
    label = page.clean(finding.label)
    if not label or cells(label) + 1 <= room - left - length:
        page.add(bar, (" " + " " * left, ""), (caret, style), (f" {label}" if label else "", style))
        return
    page.add(bar, (" " + " " * left, ""), (caret, style))
    left = min(left, max(0, room - cells(label)))
    for words in wrap(label, room - left):
        page.add(bar, (" " + " " * left, ""), (words, style))


def _columns(line: str, at: Span) -> tuple[int, int]:
    """The first cell of the culprit on its first line, and the one past its last."""
    last = at.end_column if at.end_line == at.line else len(line.rstrip()) + 1
    last = min(max(last, at.column + 1), max(len(line) + 1, at.column + 1))
    return cells(_expanded(line[: at.column - 1])), cells(_expanded(line[: last - 1]).rstrip("\n"))


def _expanded(line: str) -> str:
    """A source line as it is shown: tabs as blanks, everything else that is not printable written out."""
    return visible(line.replace("\t", TAB))


def _shift(line: str, at: Span, room: int) -> int:
    """How many cells to leave out at the left, so that the culprit of a long line is in sight."""
    start, end = _columns(line, at)
    if cells(_expanded(line)) <= room or end <= room:
        return 0
    return max(0, start - max(4, (room - (end - start)) // 2))


def _window(text: str, shift: int, room: int, page: Page) -> str:
    """The part of a line that fits, with a sign where something is left out."""
    more = page.glyphs.more
    text = page.encodable(text)
    if shift:
        text = more + text[shift + len(more) :]
    return crop(text, room, more).rstrip()


# Why, and what to write


def _because(finding: Finding, page: Page) -> None:
    rows = _joined([(_place(place, page), page.clean(place.note)) for place in finding.because])
    if not rows:
        return
    where = max(cells(place) for place, _ in rows)
    where = where if where <= page.width // 3 else 0
    label = "because"
    for place, note in rows:
        first: list[Segment] = [(f"{INDENT}{label:9}", "quiet")]
        if place and where:
            first += [(place, "place"), (" " * (where - cells(place) + 2), "")]
        elif place:
            page.add(*first, (place, "place"))
            first = [(f"{INDENT}{'':11}", "")]
        if note or (place and where):
            page.paragraph(note, first=first)
        label = ""


def _joined(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The rows with what one line says in one row: `Dockerfile:9  CMD` and `Dockerfile:9  exec gunicorn …`."""
    found: list[tuple[str, str]] = []
    for where, note in rows:
        if found and where and found[-1][0] == where:
            before = found[-1][1]
            found[-1] = (where, note if before in note else f"{before} {note}".rstrip())
        else:
            found.append((where, "" if where.startswith(f"{note}:") else note))
    return found


def _place(place: Place, page: Page) -> str:
    return page.clean(str(place.span)) if place.span else ""


def _instead(finding: Finding, page: Page) -> None:
    """The text to paste: its lines are kept as they are, however wide the page is."""
    label = "instead"
    for line in (finding.instead or "").splitlines():
        page.add((f"{INDENT}{label:9}", "quiet"), (page.clean(line), "instead"))
        label = ""
