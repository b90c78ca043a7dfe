"""Markdown, for a comment on a pull request or the summary of a step: the checklist as a table, then the findings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flaskprod_lint.finding import ChecklistItem, Finding, Report, Verdict
from flaskprod_lint.outputs.concise import summary
from flaskprod_lint.outputs.page import visible
from flaskprod_lint.patterns import regex

_MARKS = {Verdict.PASS: "✔", Verdict.FAIL: "✘", Verdict.UNKNOWN: "?", Verdict.NOT_APPLICABLE: "–"}
#: What means something to Markdown or to GitHub: links, tags, mentions, tables.
_SPECIAL = regex(r"([\\`*_{}\[\]<>()#+!|~@&])")
#: The most findings of one severity that are spelled out: a summary may have a mebibyte and a comment far less.
_SHOWN = 30


def write(reports: Sequence[Report], version: str) -> str:
    """A section for each report."""
    del version
    return "\n".join(line for report in reports for line in _report(report))


def _report(report: Report) -> Iterator[str]:
    yield f"## flaskprod-lint: {escaped(report.project)} is {'ready' if report.ready else 'not ready'}"
    yield ""
    yield "| | item | |"
    yield "|---|---|---|"
    yield from (_row(answer) for answer in report.checklist)
    yield ""
    for finding in report.findings[:_SHOWN]:
        yield from _finding(report, finding)
    if len(report.findings) > _SHOWN:
        yield f"and {len(report.findings) - _SHOWN} more."
        yield ""
    yield escaped(summary(report))
    yield ""


def _row(answer: ChecklistItem) -> str:
    said = answer.headline or answer.reason or ""
    if answer.verdict is Verdict.UNKNOWN and answer.reason:
        said = f"not known here: {answer.reason}"
    return f"| {_MARKS[answer.verdict]} | **{answer.item}** | {escaped(said)} |"


def _finding(report: Report, finding: Finding) -> Iterator[str]:
    at = finding.at
    sure = "" if finding.confidence.value == "high" else f", {finding.confidence.value} confidence"
    yield f"- **{finding.level.value}** `{finding.rule}`{sure}: {escaped(finding.message)}"
    yield f"  - {_code(f'{report.prefix}{at.path}:{at.line}')}"
    for place in finding.because:
        where = f"{_code(f'{report.prefix}{place.span.path}:{place.span.line}')} " if place.span is not None else ""
        yield f"  - because {where}{escaped(place.note)}"
    if finding.instead:
        yield from ("", *(f"    {line}" for line in _fenced(finding.instead)))
    yield ""


def escaped(text: str) -> str:
    """The text on one line, so that nothing in it is Markdown, HTML or a mention."""
    return _SPECIAL.sub(r"\\\1", visible(" ".join(text.split())))


def _code(text: str) -> str:
    """The text as code, in more backticks than it holds."""
    text = visible(text)
    ticks = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{ticks} {text} {ticks}" if "`" in text else f"`{text}`"


def _fenced(text: str) -> list[str]:
    lines = [visible(line) for line in text.splitlines()]
    fence = "`" * max(3, 1 + max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0))
    return [fence, *lines, fence]
