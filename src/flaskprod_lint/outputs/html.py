"""One HTML page that needs nothing else: the answer, what runs as a picture, the checklist, the budget, the findings.

It has no script and loads nothing, so it works from an artifact store, without a network, and on a telephone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib import resources

from flaskprod_lint.catalogue import RULES
from flaskprod_lint.finding import BUDGET_HEADS, BudgetTable, ChecklistItem, Finding, Report, RunningProcess, Verdict
from flaskprod_lint.outputs.page import visible
from flaskprod_lint.source import Place

_MARKS = {Verdict.PASS: "✔", Verdict.FAIL: "✘", Verdict.UNKNOWN: "?", Verdict.NOT_APPLICABLE: "–"}


def write(reports: Sequence[Report], version: str) -> str:
    """The page of all reports, one below the other."""
    style = resources.files("flaskprod_lint.outputs").joinpath("html.css").read_text("utf-8")
    names = ", ".join(_text(report.project) for report in reports)
    body = "\n".join(line for report in reports for line in _report(report))
    return _PAGE.format(title=names, style=style, body=body, version=_text(version))


_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}: flaskprod-lint</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
<footer>flaskprod-lint {version}</footer>
</body>
</html>
"""


def _report(report: Report) -> Iterator[str]:
    verdict, kind = ("ready", "pass") if report.ready else ("not ready", "fail")
    where = ", ".join(report.deployments)
    yield f'<header><h1>{_text(report.project)}</h1><p class="verdict {kind}">{verdict}</p>'
    yield f'<p class="where">{_text(where)}</p></header>' if where else "</header>"
    yield from _what_runs(report)
    yield from _checklist(report)
    for table in report.budgets:
        yield from _budget(table)
    yield from _findings(report)
    yield from _rest(report)


# What runs, as a picture: each process as the chain of places that lead to it


def _what_runs(report: Report) -> Iterator[str]:
    if not report.what_runs:
        return
    yield '<section><h2>What runs</h2><div class="chains">'
    for process in report.what_runs:
        yield from _chain(process, several=len(report.deployments) > 1)
    yield "</div></section>"


def _chain(process: RunningProcess, *, several: bool) -> Iterator[str]:
    of = f' <span class="of">{_text(process.deployment)}</span>' if several else ""
    yield f'<figure class="chain"><figcaption>{_text(process.name)}{of}</figcaption><ol>'
    for place in process.trail:
        if place.span is not None:
            yield f'<li><span class="place">{_text(str(place.span))}</span></li>'
    summary = f'<span class="summary">{_text(process.summary)}</span>' if process.summary else ""
    yield f'<li class="end"><code>{_text(process.command)}</code>{summary}</li></ol></figure>'


# The checklist


def _checklist(report: Report) -> Iterator[str]:
    yield '<section><h2>Checklist</h2><ul class="checklist">'
    for answer in report.checklist:
        yield from _answer(answer)
    yield "</ul></section>"


def _answer(answer: ChecklistItem) -> Iterator[str]:
    said = answer.headline or answer.reason or ""
    if answer.verdict is Verdict.UNKNOWN and answer.reason:
        said = f"not known here: {answer.reason}"
    kind = answer.verdict.value
    mark = f'<span class="mark" role="img" aria-label="{kind}">{_MARKS[answer.verdict]}</span>'
    yield f'<li class="{kind}">{mark}<strong>{_text(answer.item)}</strong><span>{_text(said)}'
    yield from (f'<span class="proof">{_place(place)}</span>' for place in answer.evidence[:3])
    yield "</span></li>"


# The budget


def _budget(table: BudgetTable) -> Iterator[str]:
    yield f"<section><h2>Budget of connections</h2><p>{_text(table.deployment)}</p>"
    yield from _bar(table)
    heads = "".join(f"<th>{head}</th>" for head in BUDGET_HEADS)
    yield f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>'
    for row in table.rows:
        yield "<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>"
    yield "</tbody></table></div></section>"


def _bar(table: BudgetTable) -> Iterator[str]:
    """How much of the limit is in use at once, as a bar."""
    if table.reachable is None or table.limit is None:
        used = "not known" if table.reachable is None else str(table.reachable)
        limit = "no limit is known" if table.limit is None else f"the limit is {table.limit}"
        yield f"<p>In use at once: {used}; {limit}.</p>"
        return
    kind = "fail" if table.reachable > table.limit else "pass"
    said = f"{table.reachable} of {table.limit} connections in use at once"
    yield f'<p>{said}</p><progress class="{kind}" max="{table.limit}" value="{min(table.reachable, table.limit)}">'
    yield f"{said}</progress>"


# The findings


def _findings(report: Report) -> Iterator[str]:
    if not report.findings:
        return
    yield "<section><h2>Findings</h2>"
    for finding in report.findings:
        yield from _finding(report, finding)
    yield "</section>"


def _finding(report: Report, finding: Finding) -> Iterator[str]:
    level = finding.level.value
    sure = "" if finding.confidence.value == "high" else f", {finding.confidence.value} confidence"
    yield f'<article class="{level}"><h3><span class="level">{level}{sure}</span> {_text(finding.message)}</h3>'
    yield f'<p class="rule"><code>{finding.rule}</code> <span class="place">{_text(str(finding.at))}</span></p>'
    yield from _code(report, finding)
    yield from _because(finding.because)
    if finding.instead:
        yield f'<p class="head">instead</p><pre class="instead">{_lines(finding.instead.splitlines())}</pre>'
    yield f"<details><summary>Why it matters</summary><p>{_text(RULES[finding.rule].why)}</p></details></article>"


def _code(report: Report, finding: Finding) -> Iterator[str]:
    excerpt = {} if finding.revision else report.excerpts.get(finding.at.path, {})
    numbers = [number for number in range(finding.at.line - 1, finding.at.end_line + 1) if number in excerpt][:4]
    if not numbers:
        return
    lines = "".join(_line(excerpt[number], finding, number) for number in numbers)
    yield f'<pre class="code">{lines}</pre>'
    if finding.label:
        yield f'<p class="label">{_text(finding.label)}</p>'


def _line(line: str, finding: Finding, number: int) -> str:
    here = " here" if finding.at.line <= number <= finding.at.end_line else ""
    return f'<span class="line{here}"><span class="number">{number:>5}</span> {_marked(line, finding, number)}</span>'


def _marked(line: str, finding: Finding, number: int) -> str:
    """The line with the culprit marked, where it stands on this line."""
    at = finding.at
    if number != at.line or at.end_line != at.line or not 0 < at.column <= len(line):
        return _text(line)
    start, end = at.column - 1, max(at.column, at.end_column - 1)
    return f"{_text(line[:start])}<mark>{_text(line[start:end])}</mark>{_text(line[end:])}"


def _because(because: Iterable[Place]) -> Iterator[str]:
    places = list(because)
    if places:
        yield '<p class="head">because</p><ol class="because">'
        yield from (f"<li>{_place(place)}</li>" for place in places)
        yield "</ol>"


# The rest


def _rest(report: Report) -> Iterator[str]:
    """What was silenced, what is not known, what could not be read, and what broke on our side."""
    suppressed = [f"{one.finding.rule}, {one.finding.at}: {one.reason or one.kind}" for one in report.suppressed]
    unknown = [f"{one.what}: {one.reason}" for one in report.unknowns]
    problems = [f"{problem.place.span or ''} {problem.message}" for problem in report.problems]
    crashes = [f"{crash.where}: {crash.error}" for crash in report.crashes]
    yield from _list("Suppressed", suppressed)
    yield from _list("Suppressions that do nothing", [f"{one.origin.span or ''} {one.message}" for one in report.stale])
    yield from _list("Not known here", unknown)
    yield from _list("Not read", problems)
    yield from _list("Defects of flaskprod-lint: please report them", crashes)


def _list(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        items = "".join(f"<li>{_text(line)}</li>" for line in lines)
        yield f"<details><summary>{title} ({len(lines)})</summary><ul>{items}</ul></details>"


def _place(place: Place) -> str:
    if place.span is None:
        return _text(place.note)
    return f'<span class="place">{_text(str(place.span))}</span> {_text(place.note)}'


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(map(_text, lines))


def _text(text: str) -> str:
    """A text of the project: no tag, no control character, no half of a letter."""
    return escape(visible(text), quote=True)
