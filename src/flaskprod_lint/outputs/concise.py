"""One line a finding, for editors, grep and people who have many: path:line:column severity rule message."""

from __future__ import annotations

from collections.abc import Sequence

from flaskprod_lint.finding import Finding, Report
from flaskprod_lint.outputs.page import visible


def write(reports: Sequence[Report], version: str) -> str:
    """The lines of all findings, and one that counts them. Paths are from where the run was started."""
    del version
    lines = [_line(report, finding) for report in reports for finding in report.findings]
    return "\n".join([*lines, *map(summary, reports), ""])


def _line(report: Report, finding: Finding) -> str:
    at = finding.at
    path = visible((report.root / at.path).as_posix())
    return f"{path}:{at.line}:{at.column} {finding.level.value} {finding.rule} {visible(finding.message)}"


def summary(report: Report) -> str:
    """What a run comes to, in one line: `2 errors, 1 warning, 0 notes: not ready`."""
    counts = ", ".join(_count(report, severity) for severity in ("error", "warning", "note"))
    more = f", {len(report.suppressed)} suppressed" if report.suppressed else ""
    return f"{visible(report.project)}: {counts}{more}: {'ready' if report.ready else 'not ready'}"


def _count(report: Report, severity: str) -> str:
    number = sum(finding.level.value == severity for finding in report.findings)
    return f"{number} {severity}" if number == 1 else f"{number} {severity}s"
