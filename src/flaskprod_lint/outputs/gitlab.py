"""GitLab's Code Quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from flaskprod_lint.finding import Confidence, Finding, Report, Severity

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}


def write(reports: Sequence[Report], version: str) -> str:
    """An array with one object a finding; an empty array where there is none."""
    del version
    return json.dumps([_issue(report, one) for report in reports for one in report.findings], indent=2) + "\n"


def _issue(report: Report, finding: Finding) -> dict[str, Any]:
    path = report.prefix + finding.at.path
    return {
        # GitLab does not show the name of the check.
        "description": f"{finding.rule}: {finding.message}",
        "check_name": finding.rule,
        "fingerprint": hashlib.sha256(f"{report.prefix}\0{finding.fingerprint}".encode()).hexdigest(),
        "severity": _severity(finding),
        "location": {"path": path, "lines": {"begin": finding.at.line, "end": finding.at.end_line}},
    }


def _severity(finding: Finding) -> str:
    """An error that may be none is major; a warning that may be none minor."""
    if finding.confidence is Confidence.HIGH or finding.level is Severity.NOTE:
        return _SEVERITIES[finding.level]
    return "major" if finding.level is Severity.ERROR else "minor"
