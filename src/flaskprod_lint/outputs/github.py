"""Annotations in the form that GitHub Actions reads from a step's log.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flaskprod_lint.finding import Finding, Report, Severity
from flaskprod_lint.outputs.concise import summary
from flaskprod_lint.outputs.page import visible

#: What GitHub calls each severity, and how many of it one step may show.
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_SHOWN = 10


def write(reports: Sequence[Report], version: str) -> str:
    """An annotation for each of the worst findings, the number of the others, and a line that counts all."""
    del version
    lines: list[str] = []
    for report in reports:
        for severity in Severity:
            found = [finding for finding in report.findings if finding.level is severity]
            lines += (_annotation(report, finding) for finding in found[:_SHOWN])
            if len(found) > _SHOWN:
                lines.append(f"{len(found) - _SHOWN} more of severity {severity.value}: GitHub shows {_SHOWN} a step")
        lines += (_crash(crash.where, crash.error) for crash in report.crashes)
        lines.append(_data(summary(report)))
    return "\n".join([*lines, ""])


def _annotation(report: Report, finding: Finding) -> str:
    at = finding.at
    where = [("file", report.prefix + at.path), ("line", str(at.line)), ("endLine", str(at.end_line))]
    if at.line == at.end_line:
        where += [("col", str(at.column)), ("endColumn", str(max(at.column, at.end_column)))]
    where.append(("title", f"flaskprod-lint: {finding.rule}"))
    return f"::{_COMMANDS[finding.level]} {_properties(where)}::{_data(_text(finding))}"


def _text(finding: Finding) -> str:
    """What an annotation has room for: the message, the chain, and what to write."""
    because = [f"because {place}" for place in finding.because]
    instead = [f"instead: {finding.instead}"] if finding.instead else []
    return "\n".join([finding.message, *because, *instead])


def _crash(where: str, error: str) -> str:
    return f"::error title=flaskprod-lint::{_data(f'a defect of ours, please report it: {where}: {error}')}"


def _properties(pairs: Iterable[tuple[str, str]]) -> str:
    return ",".join(f"{name}={_data(value).replace(':', '%3A').replace(',', '%2C')}" for name, value in pairs)


def _data(text: str) -> str:
    """A text that cannot end the command or start another, with control characters written out."""
    text = "\n".join(map(visible, text.replace("\r", "\n").split("\n")))
    return text.replace("%", "%25").replace("\n", "%0A")
