"""Checkstyle XML, which Jenkins, reviewdog and many others read."""

from __future__ import annotations

from collections.abc import Sequence

from flaskprod_lint.finding import Finding, Report, Severity
from flaskprod_lint.outputs.xml_text import attribute

_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "info"}


def write(reports: Sequence[Report], version: str) -> str:
    """The document, with the findings by file."""
    files: dict[str, list[Finding]] = {}
    for report in reports:
        for finding in report.findings:
            files.setdefault(report.prefix + finding.at.path, []).append(finding)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<checkstyle version={attribute(version)}>"]
    for path in sorted(files):
        lines += [f"  <file name={attribute(path)}>", *map(_error, files[path]), "  </file>"]
    return "\n".join([*lines, "</checkstyle>", ""])


def _error(finding: Finding) -> str:
    at = finding.at
    said = attribute(finding.message if not finding.instead else f"{finding.message}; instead: {finding.instead}")
    source = attribute(f"flaskprod-lint.{finding.item}.{finding.rule}")
    severity = _SEVERITIES[finding.level]
    return f'    <error line="{at.line}" column="{at.column}" severity="{severity}" message={said} source={source}/>'
