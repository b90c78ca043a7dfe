"""The report for people: what runs, the checklist with its proof, the findings, and whether the project is ready."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flaskprod_lint.finding import ITEMS, ChecklistItem, Finding, Report, RunningProcess, Severity, Verdict
from flaskprod_lint.outputs.finding_text import write_finding
from flaskprod_lint.outputs.page import Page, Segment, cells, crop, width_of, wrap
from flaskprod_lint.outputs.side_by_side import write_compared
from flaskprod_lint.source import Place

VERDICT_STYLES = {
    Verdict.PASS: "good",
    Verdict.FAIL: "bad",
    Verdict.UNKNOWN: "unsure",
    Verdict.NOT_APPLICABLE: "quiet",
}
ITEM_WIDTH = max(map(len, ITEMS))


def write_report(
    report: Report, page: Page, *, quiet: bool = False, verbose: bool = False, seconds: float | None = None
) -> None:
    """Lay the report out on a page. `quiet` leaves out all but findings and the verdict; `verbose` shows all proof."""
    if not quiet:
        _title(report, page)
        _what_runs(report, page, verbose=verbose)
        write_compared(report.compared, page, differences=True)
        _checklist(report, page, verbose=verbose)
    _findings(report, page)
    if verbose:
        _unknowns(report, page)
    _stale(report, page)
    _problems(report, page)
    _crashes(report, page)
    _summary(report, page, seconds)


# The head


def _title(report: Report, page: Page) -> None:
    name = crop(page.clean(report.project), page.width // 2, page.glyphs.more)
    where = page.clean(_deployments(report.deployments))
    verdict = _verdict(report)
    room = page.width - cells(name) - width_of([verdict]) - 5
    left: list[Segment] = [(name, "title")]
    if where and room >= 8:
        left.append((f" {page.glyphs.dot} {crop(where, room, page.glyphs.more)}", ""))
    page.spread(left, [verdict])


def _deployments(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"deployed in {len(names)} ways" if names else ""


def _verdict(report: Report) -> Segment:
    """The two-second answer."""
    if report.ready:
        return "ready", "good"
    if report.crashes:
        return "not answered: flaskprod-lint failed", "bad"
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    open_items = [answer for answer in report.checklist if answer.verdict is Verdict.UNKNOWN]
    parts = [counted(errors, "error"), counted(warnings, "warning")]
    found = ", ".join(part for part in parts if part)
    if found:
        return f"not ready: {found}", "bad" if errors else "unsure"
    return f"not proven: {counted(len(open_items), 'open question')}", "unsure"


def counted(number: int, word: str) -> str:
    """ "1 error", "2 errors", or nothing for none."""
    if not number:
        return ""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


# What runs


def _what_runs(report: Report, page: Page, *, verbose: bool) -> None:
    if not report.what_runs:
        return
    page.blank()
    page.add(("What runs", "heading"))
    many = len({process.deployment for process in report.what_runs}) > 1
    name_width = min(max(cells(process.name) for process in report.what_runs), 16)
    previous = ""
    for process in report.what_runs:
        if many and process.deployment != previous:
            page.add(("  ", ""), (page.clean(process.deployment), "strong"))
        previous = process.deployment
        _process(process, page, name_width, 4 if many else 2, verbose=verbose)


def _process(process: RunningProcess, page: Page, name_width: int, indent: int, *, verbose: bool) -> None:
    name = crop(page.clean(process.name), name_width, page.glyphs.more)
    first: list[Segment] = [(" " * indent + name + " " * (name_width - cells(name) + 2), "")]
    start = width_of(first)
    command = page.clean(process.command)
    trail = page.clean(_trail(process.trail, page))
    if cells(command) + cells(trail) + 3 <= page.width - start:
        page.spread([*first, (command, "strong")], [(trail, "quiet")])
        trail = ""
    else:
        lines = wrap(command, page.width - start)
        if len(lines) > 3 and not verbose:
            lines = [*lines[:2], crop(lines[2] + " " + page.glyphs.more * 9, page.width - start, page.glyphs.more)]
        for number, line in enumerate(lines):
            page.add(*(first if number == 0 else [(" " * start, "")]), (line, "strong"))
    if process.summary:
        page.paragraph(page.clean(process.summary), first=[(" " * start, "")])
    if trail:
        page.paragraph(trail, "quiet", first=[(" " * start, "")])


def _trail(trail: Sequence[Place], page: Page) -> str:
    """The places that lead to the command, each once, files before lines: `fly.toml:3 → Dockerfile:9 → start.sh:6`."""
    spans = [place.span for place in trail if place.span]
    steps = list(dict.fromkeys(str(span) for span in spans))
    return f" {page.glyphs.arrow} ".join(steps)


# The checklist


def _checklist(report: Report, page: Page, *, verbose: bool) -> None:
    page.blank()
    page.add(("Checklist", "heading"))
    for answer in report.checklist:
        _answer(answer, page, verbose=verbose)


def _answer(answer: ChecklistItem, page: Page, *, verbose: bool) -> None:
    glyphs = page.glyphs
    signs = (glyphs.passed, glyphs.failed, glyphs.unknown, glyphs.skipped)
    sign = dict(zip(Verdict, signs, strict=True))[answer.verdict]
    style = VERDICT_STYLES[answer.verdict]
    item_style = "quiet" if answer.verdict is Verdict.NOT_APPLICABLE else ""
    first: list[Segment] = [("  ", ""), (sign, style), (f" {answer.item:{ITEM_WIDTH}}  ", item_style)]
    right: list[Segment] = []
    if answer.verdict is Verdict.FAIL:
        reason = page.clean(answer.reason or "")
        right = [(reason, "mark-error" if "error" in reason else "mark-warning")]
    elif answer.verdict is Verdict.PASS:
        right = [(_proof(answer.evidence, page), "place")]
    _row(page, first, page.clean(_headline(answer)), right, item_style, one_line=answer.verdict is Verdict.FAIL)
    if verbose and answer.verdict is not Verdict.FAIL:
        for place in (place for place in answer.evidence if place.note):
            _placed(place, place.note, page, width_of(first), "quiet")


def _headline(answer: ChecklistItem) -> str:
    if answer.verdict is Verdict.UNKNOWN:
        reason = answer.reason or "nothing here shows it"
        return f"not known here: {reason}" if not reason.startswith("not ") else reason
    if answer.verdict is Verdict.NOT_APPLICABLE:
        return answer.reason or answer.headline or "does not apply"
    return answer.headline or answer.title


def _row(
    page: Page, first: list[Segment], text: str, right: list[Segment], style: str, *, one_line: bool = False
) -> None:
    """A line of the checklist: the text wraps beside what stands at the right."""
    start = width_of(first)
    taken = width_of(right)
    room = page.width - start - (taken + 2 if taken else 0)
    if one_line:
        page.spread([*first, (crop(text, room, page.glyphs.more), style)], right)
        return
    if room < 24:
        page.paragraph(text, style, first=first)
        page.add((" " * start, ""), *right)
        return
    lines = wrap(text, room) or [""]
    page.spread([*first, (lines[0], style)], right)
    for line in lines[1:]:
        page.add((" " * start, ""), (line, style))


def _proof(evidence: Sequence[Place], page: Page) -> str:
    """The first places that prove an item, as many as fit a third of the line, and how many more there are."""
    spans = list(dict.fromkeys(str(place.span) for place in evidence if place.span))
    shown: list[str] = []
    for number, text in enumerate(spans):
        rest = len(spans) - number - 1
        if shown and cells(", ".join([*shown, text])) + (4 if rest else 0) > page.width // 3:
            break
        shown.append(text)
    rest = len(spans) - len(shown)
    return page.clean(", ".join(shown)) + (f" +{rest}" if rest else "")


# The findings


def _findings(report: Report, page: Page) -> None:
    for item in ITEMS:
        findings = [finding for finding in report.findings if finding.item == item]
        if not findings:
            continue
        page.blank()
        _item_heading(item, page)
        for finding in findings:
            page.blank()
            write_finding(finding, page, report.excerpts.get(finding.at.path, {}), _only_in(finding, report))


def _item_heading(item: str, page: Page) -> None:
    title = f"{item} "
    rest = crop(page.encodable(f" {ITEMS[item]}"), page.width - cells(title) - 3, page.glyphs.more)
    dashes = page.width - cells(title) - cells(rest)
    page.add((title, "heading"), (page.glyphs.dash * dashes, "quiet"), (rest, "quiet"))


def _only_in(finding: Finding, report: Report) -> str:
    """The deployments that a finding holds for, when they are not all of them."""
    if len(report.deployments) < 2 or set(finding.deployments) >= set(report.deployments):
        return ""
    return ", ".join(finding.deployments)


# The rest


def _unknowns(report: Report, page: Page) -> None:
    rows = [(unknown.place, f"{unknown.what}: {unknown.reason}") for unknown in report.unknowns]
    _places("Not known here", rows, page)


def _stale(report: Report, page: Page) -> None:
    _places("Suppressions that do nothing", [(stale.origin, stale.message) for stale in report.stale], page)


def _problems(report: Report, page: Page) -> None:
    _places("Could not be read", [(problem.place, problem.message) for problem in report.problems], page)


def _places(title: str, rows: list[tuple[Place, str]], page: Page) -> None:
    if not rows:
        return
    page.blank()
    page.add((title, "heading"))
    for place, text in rows:
        _placed(place, text, page, 2)


def _placed(place: Place, text: str, page: Page, indent: int, style: str = "") -> None:
    """A place with a text beside it, or below it where the path is long."""
    where = page.clean(str(place.span)) if place.span else ""
    first: list[Segment] = [(" " * indent, ""), (f"{where}  " if where else "", "place")]
    if page.width - width_of(first) < min(cells(text), 30):
        page.add(*first)
        first = [(" " * (indent + 2), "")]
    page.paragraph(page.clean(text), style, first=first)


def _crashes(report: Report, page: Page) -> None:
    if not report.crashes:
        return
    page.blank()
    page.add(("flaskprod-lint failed here", "bad"), (" (please report it; the rest stands)", ""))
    for crash in dict.fromkeys(report.crashes):
        page.paragraph(page.clean(f"{crash.where}: {crash.error}"), first=[("  ", "")])


def _summary(report: Report, page: Page, seconds: float | None) -> None:
    page.blank()
    dot = f" {page.glyphs.dot} "
    facts = dot.join(_facts(report, seconds))
    sign, style = (page.glyphs.passed, "good") if report.ready else (page.glyphs.failed, _verdict(report)[1])
    page.add((f"{sign} {_sentence(report)}", style))
    page.paragraph(facts, "quiet", first=[("  ", "")])
    worst = next(iter(sorted(report.findings, key=lambda finding: (finding.level.rank, finding.sort_key))), None)
    if worst is not None:
        page.add(("  ", ""), (f"flaskprod-lint explain {worst.rule}", ""), (" says more", "quiet"))


def _sentence(report: Report) -> str:
    if report.ready:
        return "Ready for production"
    if report.crashes:
        return "Not answered"
    verdict = _verdict(report)[0]
    return "Not proven" if verdict.startswith("not proven") else "Not ready for production"


def _facts(report: Report, seconds: float | None) -> Iterator[str]:
    counts = [counted(report.count(severity), severity.value) for severity in Severity]
    found = ", ".join(count for count in counts if count)
    yield found or "nothing found"
    asked = [answer for answer in report.checklist if answer.verdict is not Verdict.NOT_APPLICABLE]
    passed = [answer for answer in asked if answer.verdict is Verdict.PASS]
    yield f"{len(passed)} of {len(asked)} items pass"
    if report.suppressed:
        yield f"{len(report.suppressed)} suppressed"
    files = counted(report.files, "file") or "no files"
    yield files if seconds is None else f"{files} in {seconds:.2f} s"
