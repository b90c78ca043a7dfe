"""One finding a line, each as in the JSON report, with the project it is of."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flaskprod_lint.finding import Report
from flaskprod_lint.outputs.json_report import finding_object


def write(reports: Sequence[Report], version: str) -> str:
    """A line for each finding of each report; nothing at all where there is none."""
    objects = (
        {"project": report.project, "tool_version": version, **finding_object(finding)}
        for report in reports
        for finding in report.findings
    )
    return "".join(json.dumps(one, ensure_ascii=True) + "\n" for one in objects)
