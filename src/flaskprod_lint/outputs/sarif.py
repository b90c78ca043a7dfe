"""SARIF 2.1.0, as GitHub code scanning takes it: every result has a place, and every place is in the repository.

https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from flaskprod_lint.catalogue import RULES
from flaskprod_lint.finding import Confidence, Finding, Fix, Report, Severity
from flaskprod_lint.patterns import regex
from flaskprod_lint.source import Place, Span

_SCHEMA = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/main/sarif-2.1/schema/sarif-schema-2.1.0.json"
_HOME = "https://flask.palletsprojects.com/en/stable/deploying/"
_PRECISION = {Confidence.HIGH: "very-high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}
_PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
#: How dangerous the findings of a rule are for those who use the app, as GitHub counts (0 to 10). Other rules are
#: about whether it runs well, and are no security alerts.
_DANGER = {
    "credential-committed": "8.5",
    "credential-hardcoded": "8.0",
    "database-url-hardcoded": "8.0",
    "debug-on": "9.0",
    "debug-toolbar-on": "8.0",
    "dev-server": "6.0",
    "env-file-committed": "8.5",
    "env-file-in-image": "7.5",
    "proxy-headers-from-anyone": "5.0",
    "runs-as-root": "4.5",
    "secret-in-image": "8.0",
    "secret-in-manifest": "8.0",
    "secret-key-fallback": "8.0",
    "secret-key-hardcoded": "8.5",
    "session-cookie-insecure": "5.0",
}
#: The most places of one trail that GitHub takes.
_STEPS = 1000

#: Where a link would begin.
_LINK = regex(r"\[(?=[^\]]*\]\()")

Json = dict[str, Any]


def write(reports: Sequence[Report], version: str) -> str:
    """One run a report. Suppressed findings are left out: GitHub would show them as open."""
    runs = [_run(report, version) for report in reports]
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs}, indent=2) + "\n"


def _run(report: Report, version: str) -> Json:
    names = sorted({finding.rule for finding in report.findings})
    return {
        "tool": {
            "driver": {
                "name": "flaskprod-lint",
                "version": version,
                "semanticVersion": version,
                "informationUri": _HOME,
                "rules": [_rule(name) for name in names],
            }
        },
        "automationDetails": {"id": f"flaskprod-lint/{report.prefix}"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [_result(report, finding, names.index(finding.rule)) for finding in report.findings],
    }


def _rule(name: str) -> Json:
    info = RULES[name]
    properties: Json = {"tags": ["flask", "production", info.item], "problem.severity": _PROBLEM[info.severity]}
    properties["precision"] = "high"
    if name in _DANGER:
        properties["security-severity"] = _DANGER[name]
        properties["tags"].append("security")
    described = {
        "id": name,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": info.title[:1024]},
        "fullDescription": {"text": info.why[:1024]},
        "help": {
            "text": f"{info.why}\n\nInstead: {info.instead}",
            "markdown": f"{info.why}\n\nInstead:\n\n```\n{info.instead}\n```\n" + _links(info.references),
        },
        "defaultConfiguration": {"level": info.severity.value},
        "properties": properties,
    }
    return {**described, "helpUri": info.references[0]} if info.references else described


def _links(references: Iterable[str]) -> str:
    return "".join(f"\n- <{reference}>" for reference in references)


def _invocation(report: Report) -> Json:
    problems: list[Json] = [
        {
            "level": "warning",
            "message": {"text": _plain(problem.message)},
            "locations": [_location(report, problem.place.span)] if problem.place.span is not None else [],
        }
        for problem in report.problems
    ]
    crashes: list[Json] = [
        {"level": "error", "message": {"text": f"a defect of flaskprod-lint in {crash.where}: {crash.error}"}}
        for crash in report.crashes
    ]
    return {"executionSuccessful": not report.crashes, "toolExecutionNotifications": [*problems, *crashes]}


def _result(report: Report, finding: Finding, index: int) -> Json:
    result: Json = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.level.value,
        "message": {"text": _message(finding)},
        "locations": [_location(report, finding.at)],
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.fingerprint}:1"},
        "properties": {
            "confidence": finding.confidence.value,
            "precision": _PRECISION[finding.confidence],
            "deployments": list(finding.deployments),
        },
    }
    steps = _steps(report, finding)
    if steps:
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    if finding.fix is not None:
        result["fixes"] = [_fix(report, finding.fix, finding.instead)]
    return result


def _message(finding: Finding) -> str:
    """The message, then what no file says of why, then what to write."""
    said = [place.note for place in finding.because if place.span is None]
    instead = [f"Instead: {finding.instead}"] if finding.instead else []
    return _plain("\n".join([finding.message, *said, *instead]))


def _plain(text: str) -> str:
    """A text that holds no link: `[text](where)` would be one (SARIF 2.1.0, 3.11.6)."""
    return _LINK.sub(r"\\[", text) if "](" in text else text


def _steps(report: Report, finding: Finding) -> list[Json]:
    """The trail as steps that end at the finding; none where there is nothing on the way."""
    places = [place for place in finding.because if place.span is not None]
    if not places:
        return []
    here = Place(finding.at, finding.label or finding.message)
    return [{"location": _step(report, place)} for place in (*places[: _STEPS - 1], here)]


def _step(report: Report, place: Place) -> Json:
    assert place.span is not None
    return {**_location(report, place.span), "message": {"text": _plain(place.note or str(place))}}


def _location(report: Report, span: Span) -> Json:
    return {"physicalLocation": {"artifactLocation": _artifact(report, span.path), "region": _region(span)}}


def _artifact(report: Report, path: str) -> Json:
    name = (report.prefix + path).encode("utf-8", "surrogateescape")
    return {"uri": quote(name, safe="/") or ".", "uriBaseId": "%SRCROOT%"}


def _region(span: Span) -> Json:
    """Lines and columns from 1, the last column one past the end, never before the start."""
    line, column = max(1, span.line), max(1, span.column)
    end_line = max(line, span.end_line)
    end_column = max(1, span.end_column) if end_line > line else max(column + 1, span.end_column)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _fix(report: Report, fix: Fix, what: str | None) -> Json:
    changes: dict[str, list[Json]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.span.path, []).append(replacement)
    return {
        "description": {"text": _plain(what or "as the rule says")},
        "artifactChanges": [
            {"artifactLocation": _artifact(report, path), "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }
