"""The output formats: which module writes each, loaded only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

from flaskprod_lint.finding import Report

#: Each format but text, which needs a page to be laid out on, with what it is in the words of `--help` and the docs.
FORMATS = {
    "concise": "one line a finding: path:line:column severity rule message",
    "json": "the whole report, for scripts: version 1, a contract",
    "jsonl": "one finding a line, as in json, for scripts that read line by line",
    "sarif": "SARIF 2.1.0, for GitHub code scanning and editors",
    "github": "annotations of a pull request, as GitHub Actions reads them from the log",
    "gitlab": "GitLab's Code Quality report",
    "junit": "JUnit XML: a test case for each checklist item and each finding",
    "checkstyle": "Checkstyle XML, for Jenkins, reviewdog and others",
    "markdown": "the checklist and the findings as Markdown, for a comment or a step summary",
    "html": "one page for people: the checklist, what runs, the findings with their code",
    "badge": "an SVG badge with the number of checklist items that pass",
}
_MODULES = {"json": "json_report", "jsonl": "json_lines"}

Writer = Callable[[Sequence[Report], str], str]


def writer(name: str) -> Writer:
    """The function that writes reports in a format: reports and our version to the text."""
    module = import_module(f"flaskprod_lint.outputs.{_MODULES.get(name, name)}")
    return cast(Writer, module.write)
