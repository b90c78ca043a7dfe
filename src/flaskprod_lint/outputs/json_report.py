"""The report as JSON, version 1: keys are always there, null where there is nothing, and their order never changes."""

from __future__ import annotations

from collections.abc import Sequence

from flaskprod_lint.finding import ChecklistItem, Edit, Finding, Fix, Report, Severity, Suppressed
from flaskprod_lint.outputs.json_places import VERSION, Json, place, text_of
from flaskprod_lint.source import Place


def write(reports: Sequence[Report], version: str) -> str:
    """One report as an object; several, one for each path that was given, as a list of objects."""
    objects = [report_object(report, version) for report in reports]
    return text_of(objects[0] if len(objects) == 1 else objects)


def report_object(report: Report, version: str) -> Json:
    return {
        "version": VERSION,
        "tool": {"name": "flaskprod-lint", "version": version},
        "project": report.project,
        "ready": report.ready,
        "platform": {"id": report.platform, "tier": report.tier, "origin": place(report.platform_origin)},
        "checklist": [_answer(answer) for answer in report.checklist],
        "findings": [finding_object(finding) for finding in report.findings],
        "suppressed": [_suppressed(suppressed) for suppressed in report.suppressed],
        "stale": [{"message": stale.message, "location": place(stale.origin)} for stale in report.stale],
        "unknowns": [
            {"what": unknown.what, "reason": unknown.reason, "location": place(unknown.place)}
            for unknown in report.unknowns
        ],
        "problems": [{"message": problem.message, "location": place(problem.place)} for problem in report.problems],
        "crashes": [{"where": crash.where, "error": crash.error} for crash in report.crashes],
        "summary": {
            **{severity.value: report.count(severity) for severity in Severity},
            "suppressed": len(report.suppressed),
            "files": report.files,
        },
    }


def finding_object(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "checklist": finding.item,
        "severity": finding.level.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        "location": place(finding.at, finding.label),
        "because": _places(finding.because),
        "instead": finding.instead,
        "fix": _fix(finding.fix),
        "fingerprint": finding.fingerprint,
        "docs": f"docs/rules/{finding.rule}.md",
        "deployments": list(finding.deployments),
        "revision": finding.revision or None,
    }


def _answer(answer: ChecklistItem) -> Json:
    return {
        "item": answer.item,
        "title": answer.title,
        "verdict": answer.verdict.value,
        "headline": answer.headline or None,
        "evidence": _places(answer.evidence),
        "reason": answer.reason,
    }


def _places(places: Sequence[Place]) -> list[Json]:
    return [found for found in map(place, places) if found is not None]


def _suppressed(suppressed: Suppressed) -> Json:
    origin = place(suppressed.origin)
    said = {"kind": suppressed.kind, "reason": suppressed.reason, "origin": origin}
    return {**finding_object(suppressed.finding), "suppression": said}


def _fix(fix: Fix | None) -> Json | None:
    if fix is None:
        return None
    return {"safety": "safe" if fix.safe else "unsafe", "edits": [_edit(edit) for edit in fix.edits]}


def _edit(edit: Edit) -> Json:
    span = edit.span
    return {
        "path": span.path,
        "start": {"line": span.line, "column": span.column},
        "end": {"line": span.end_line, "column": span.end_column},
        "text": edit.text,
    }
