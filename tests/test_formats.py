"""Every output format on one report made by hand: a golden each, and the rules of those who read it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from conftest import SCHEMAS
from flaskprod_lint import config
from flaskprod_lint.finding import BudgetTable, Report
from flaskprod_lint.outputs import ci
from flaskprod_lint.outputs.formats import FORMATS, writer
from flaskprod_lint.source import Place, Span
from sample_report import LEVEL, PIN, PORT, crashed, ready, sample
from test_outputs import hostile

GOLDENS = Path(__file__).parent / "outputs"
NAMES = {"concise": "txt", "sarif": "sarif.json", "gitlab": "json", "github": "txt", "markdown": "md", "html": "html"}
NAMES |= {"jsonl": "jsonl", "junit": "xml", "checkstyle": "xml", "badge": "svg"}


def below(report: Report) -> Report:
    """The report of a project that stands in a folder of its repository."""
    report.prefix = "services/api/"
    return report


def budgeted() -> Report:
    report = sample()
    row = ("web", "2", "3", "shop/db.py:7", "12", "30")
    report.budgets = [BudgetTable(report.deployments[0], (row,), 12, 50)]
    return report


def written(name: str, *reports: Report) -> str:
    return writer(name)(reports, "0.1.0")


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str, accept: bool) -> None:
    found = written(name, budgeted())
    golden = GOLDENS / f"{name}.{NAMES[name]}"
    if accept:
        golden.write_text(found, "utf-8")
    assert golden.read_text("utf-8") == found


def test_the_formats_are_those_of_the_configuration() -> None:
    assert ("text", *FORMATS) == config.FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_say_that_there_is_nothing(name: str) -> None:
    text = written(name, ready())
    assert "\n" in text or text == ""
    assert "None" not in text


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_of_a_project_leaves_its_place(name: str) -> None:
    """Control characters, tags, entities, Markdown and workflow commands in names and messages stay text."""
    text = written(name, nasty())
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", text)
    text.encode("utf-8")
    if name in ("markdown", "html", "junit", "checkstyle", "badge"):
        code = r"(?s)(`+)(?!`).*?(?<!`)\1(?!`)"
        assert not re.search(r"(?<!\\)<script", re.sub(code, "", text) if name == "markdown" else text)
    if name == "github":
        assert not re.search(r"^\s*::(?!error |warning |notice )", text, re.MULTILINE)


NASTY = "<script>alert(1)</script>\r\n::stop-commands::x\n](javascript:x) @all | `code` ]]> &amp; \x1b[31m\x07\u202e"


def nasty() -> Report:
    report = hostile()
    span = Span(NASTY, 1, 1, 1, 4)
    place = Place(span, NASTY)
    finding = replace(PORT, message=NASTY, at=span, because=(place,), instead=NASTY, label=NASTY)
    report.findings = [finding, *report.findings]
    report.project = NASTY
    report.excerpts[NASTY] = {1: NASTY}
    return report


# SARIF, by the schema and by what GitHub takes


def results(report: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(written("sarif", report))["runs"][0]["results"]
    return found


@pytest.mark.parametrize("made", [sample, ready, crashed, hostile, nasty, budgeted])
def test_sarif_is_valid(made: Any) -> None:
    if not SCHEMAS.is_dir():
        pytest.skip("the published schemas are not here; FLASKPROD_SCHEMAS names their folder")
    import jsonschema

    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(json.loads(written("sarif", made())))


@pytest.mark.parametrize("made", [sample, hostile, nasty, budgeted])
def test_sarif_is_what_github_takes(made: Any) -> None:
    run = json.loads(written("sarif", below(made())))["runs"][0]
    assert run["automationDetails"]["id"] == "flaskprod-lint/services/api/"
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"] and rule["help"]["text"]
        assert len(rule["fullDescription"]["text"]) <= 1024
        danger = rule["properties"].get("security-severity")
        assert danger is None or 0 < float(danger) <= 10
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        flows = [
            step["location"] for flow in result.get("codeFlows", ()) for step in flow["threadFlows"][0]["locations"]
        ]
        assert len(result["locations"]) == 1
        for location in (*result["locations"], *flows):
            place = location["physicalLocation"]
            uri, region = place["artifactLocation"]["uri"], place["region"]
            assert uri.startswith("services/api/") and "\\" not in uri and ":" not in uri
            assert min(region.values()) >= 1
            assert (region["endLine"], region["endColumn"]) > (region["startLine"], region["startColumn"])


def test_sarif_has_the_trail_as_a_flow_that_ends_at_the_finding() -> None:
    steps = results(sample())[0]["codeFlows"][0]["threadFlows"][0]["locations"]
    where = [step["location"]["physicalLocation"]["artifactLocation"]["uri"] for step in steps]
    assert where == ["fly.toml", "start.sh", "gunicorn.conf.py"]


def test_sarif_leaves_out_what_is_suppressed() -> None:
    assert [result["ruleId"] for result in results(sample())].count("log-level-debug") == 1


def test_only_what_is_dangerous_is_a_security_alert() -> None:
    from flaskprod_lint.catalogue import RULES
    from flaskprod_lint.outputs.sarif import _DANGER

    assert _DANGER.keys() <= RULES.keys()
    assert "single-worker" not in _DANGER


# GitHub, GitLab, JUnit, Checkstyle


def test_annotations_of_github() -> None:
    lines = written("github", below(sample())).splitlines()
    assert lines[0].startswith("::error file=services/api/gunicorn.conf.py,line=2,endLine=2,col=8,endColumn=22,title=")
    assert "%0Abecause fly.toml:12" in lines[0]
    assert [line.split(" ")[0] for line in lines[:4]] == ["::error", "::error", "::warning", "::notice"]


def test_github_shows_ten_of_each() -> None:
    report = sample()
    report.findings = [replace(PIN, at=Span("requirements.txt", number)) for number in range(1, 15)]
    lines = written("github", report).splitlines()
    assert sum(line.startswith("::warning") for line in lines) == 10
    assert "4 more of severity warning: GitHub shows 10 a step" in lines


def test_properties_of_an_annotation_cannot_end_it() -> None:
    report = sample()
    report.findings = [replace(PORT, at=Span("a,b:c%d\n::error::x", 1), message="100%\r\n::error::forged")]
    (annotation, *others) = written("github", report).splitlines()
    assert "file=a%2Cb%3Ac%25d%0A%3A%3Aerror%3A%3Ax," in annotation
    assert "::100%25%0A%0A::error::forged" in annotation
    assert not any(line.startswith("::error") for line in others)


def test_gitlab_has_what_the_widget_needs() -> None:
    found = json.loads(written("gitlab", below(sample())))
    assert [issue["severity"] for issue in found] == ["critical", "info", "critical", "minor"]
    assert len({issue["fingerprint"] for issue in found}) == len(found)
    assert all(issue["description"].startswith(issue["check_name"]) for issue in found)
    assert all(issue["location"]["path"].startswith("services/api/") for issue in found)
    assert json.loads(written("gitlab", ready())) == []


@pytest.mark.parametrize("name", ["junit", "checkstyle", "badge"])
@pytest.mark.parametrize("made", [sample, ready, crashed, nasty])
def test_xml_is_well_formed(name: str, made: Any) -> None:
    ET.fromstring(written(name, made()))


def test_junit_counts_what_it_has() -> None:
    for suite in ET.fromstring(written("junit", sample(), crashed())):
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases) > 0
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure")) == 3
        assert int(suite.get("skipped", "")) == len(suite.findall("testcase/skipped"))
        assert int(suite.get("errors", "")) == len(suite.findall("testcase/error"))


def test_a_ready_project_has_nine_cases_that_pass() -> None:
    (suite,) = ET.fromstring(written("junit", ready()))
    assert [len(case) for case in suite] == [0] * 9


def test_notes_do_not_fail_in_junit() -> None:
    report = ready()
    report.findings = [LEVEL]
    assert not ET.fromstring(written("junit", report)).findall(".//failure")


def test_badge_says_how_many_pass() -> None:
    assert "ready" in written("badge", ready())
    assert "5 of 9" in written("badge", sample())


# HTML


class Page(HTMLParser):
    """Which tags a page has, and whether each is closed."""

    VOID = frozenset(("meta", "br", "hr", "img", "input", "link"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action", "data")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("made", [sample, ready, crashed, hostile, nasty, budgeted])
def test_html_is_whole_and_loads_nothing(made: Any) -> None:
    page = Page()
    page.feed(written("html", made()))
    assert page.open == []
    assert page.loaded == []
    assert not page.tags & {"script", "iframe", "object", "embed", "link", "img", "form"}


def test_html_marks_the_culprit() -> None:
    assert "<mark>&quot;0.0.0.0:8000&quot;</mark>" in written("html", sample())


# What a CI service reads


def test_formats_by_the_service() -> None:
    assert ci.formats_of({}) == ("text",)
    assert ci.formats_of({"GITHUB_ACTIONS": "true"}) == ("text", "github")
    assert ci.formats_of({"GITLAB_CI": "true"}) == ("text", "gitlab:gl-code-quality-report.json")


def test_summary_and_outputs_of_a_step() -> None:
    files = dict(ci.github_files([sample()], {"GITHUB_STEP_SUMMARY": "/s", "GITHUB_OUTPUT": "/o"}, "0.1.0"))
    assert files["/s"].startswith("## flaskprod-lint: shop is not ready")
    assert files["/o"] == "ready=false\nerrors=2\nwarnings=1\nnotes=1\n"
    assert dict(ci.github_files([sample()], {}, "0.1.0")) == {}


def test_a_summary_is_no_longer_than_github_takes() -> None:
    report = sample()
    long = replace(PORT, message="m" * 60_000)
    report.findings = [replace(long, at=Span("a", number)) for number in range(1, 30)]
    ((_, text),) = ci.github_files([report], {"GITHUB_STEP_SUMMARY": "/s"}, "0.1.0")
    assert len(text.encode()) <= 1_000_000


def test_findings_of_the_history_show_no_line_of_today() -> None:
    report = sample()
    report.findings = [replace(PORT, revision="0123456789")]
    assert "<mark>" not in written("html", report)
