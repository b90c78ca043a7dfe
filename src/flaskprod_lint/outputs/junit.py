"""JUnit XML: a test suite a project, a test case for each checklist item and each finding.

Checklist items that pass are test cases that pass, so that a run is never empty; what is not known is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flaskprod_lint.finding import ChecklistItem, Finding, Report, Severity, Verdict
from flaskprod_lint.outputs.xml_text import attribute, text


def write(reports: Sequence[Report], version: str) -> str:
    """The document. Notes do not fail; suppressed findings are skipped with their reason."""
    del version
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="flaskprod-lint">']
    for report in reports:
        lines += _suite(report)
    return "\n".join([*lines, "</testsuites>", ""])


def _suite(report: Report) -> Iterator[str]:
    cases = [*_cases(report)]
    failures = sum("<failure" in case for case in cases)
    errors = sum("<error" in case for case in cases)
    skipped = sum("<skipped" in case for case in cases)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    yield f"  <testsuite name={attribute(report.project)} {counts}>"
    yield from cases
    yield "  </testsuite>"


def _cases(report: Report) -> Iterator[str]:
    for answer in report.checklist:
        yield from _answer(answer)
    for finding in report.findings:
        yield _finding(report, finding)
    for suppressed in report.suppressed:
        why = attribute(suppressed.reason or f"suppressed ({suppressed.kind})")
        yield _case(report, suppressed.finding, f"<skipped message={why}/>")
    for crash in report.crashes:
        said = attribute(f"{crash.where}: {crash.error}")
        yield f'    <testcase classname="flaskprod-lint" name="defect"><error message={said}/></testcase>'


def _answer(answer: ChecklistItem) -> Iterator[str]:
    """An item by itself; one that fails has its findings to say so."""
    if answer.verdict is Verdict.FAIL:
        return
    inside = ""
    if answer.verdict is not Verdict.PASS:
        inside = f"<skipped message={attribute(f'{answer.verdict.value}: {answer.reason or answer.headline}')}/>"
    yield f'    <testcase classname="checklist" name={attribute(f"{answer.item}: {answer.title}")}>{inside}</testcase>'


def _finding(report: Report, finding: Finding) -> str:
    said = [finding.message, *(f"because {place}" for place in finding.because)]
    said += [f"instead: {finding.instead}"] if finding.instead else []
    body = text("\n".join(said))
    if finding.level is Severity.NOTE:
        return _case(report, finding, f"<system-out>{body}</system-out>")
    kind, message = attribute(finding.level.value), attribute(finding.message)
    return _case(report, finding, f"<failure type={kind} message={message}>{body}</failure>")


def _case(report: Report, finding: Finding, inside: str) -> str:
    path = attribute(report.prefix + finding.at.path)
    name = attribute(f"{finding.rule}:{finding.at.line}")
    return f'    <testcase classname={path} name={name} file={path} line="{finding.at.line}">{inside}</testcase>'
