"""Each output on one report made by hand, against a golden in tests/outputs/ (`--accept` writes them)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flaskprod_lint.finding import Confidence, Finding, Report, RunningProcess, Severity, Verdict
from flaskprod_lint.outputs import json_show
from flaskprod_lint.outputs.json_report import write as write_json
from flaskprod_lint.outputs.page import Page, cells, crop, visible, wrap
from flaskprod_lint.outputs.report_text import write_report
from flaskprod_lint.outputs.show_text import write_show
from flaskprod_lint.outputs.terminal import render
from flaskprod_lint.source import Place, Span
from sample_deployment import deployment
from sample_report import PORT, crashed, ready, sample

GOLDENS = Path(__file__).parent / "outputs"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def text(report: Report, width: int = 80, encoding: str = "utf-8", *, color: bool = False, **options: bool) -> str:
    page = Page(width, encoding)
    write_report(report, page, **options)
    return render(page, color=color)


def shown(width: int = 80, *, everything: bool = False) -> str:
    page = Page(width)
    write_show([deployment()], page, everything=everything)
    return render(page, color=False)


GOLDEN = {
    "show.txt": shown,
    "show-all.txt": lambda: shown(100, everything=True),
    "show.json": lambda: json_show.write_json([deployment()], "0.1.0"),
    "report-80.txt": lambda: text(sample()),
    "report-120.txt": lambda: text(sample(), 120),
    "report-ascii.txt": lambda: text(sample(), encoding="ascii"),
    "report-verbose.txt": lambda: text(sample(), verbose=True),
    "report-quiet.txt": lambda: text(sample(), quiet=True),
    "report-color.txt": lambda: text(sample(), color=True),
    "ready.txt": lambda: text(ready()),
    "crashed.txt": lambda: text(crashed(), quiet=True),
    "report.json": lambda: write_json([sample()], "0.1.0"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str, accept: bool) -> None:
    found = GOLDEN[name]()
    golden = GOLDENS / name
    if accept:
        golden.write_text(found, "utf-8")
    assert golden.read_text("utf-8") == found


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_nothing_is_wider_than_the_page(width: int) -> None:
    """Except what is there to be pasted."""
    limit = min(width, 120)
    for line in text(sample(), width, verbose=True).splitlines():
        assert cells(line) <= limit or "instead" in line


def test_colour_says_the_same_as_none() -> None:
    colored = ESCAPE.sub("", text(sample(), color=True))
    assert [line.rstrip() for line in colored.splitlines()] == text(sample()).splitlines()


def test_ascii_is_ascii() -> None:
    assert text(sample(), encoding="ascii", verbose=True).isascii()


def test_plain_text_does_without_rich() -> None:
    modules = "flaskprod_lint.outputs.report_text, flaskprod_lint.outputs.terminal"
    code = f"import sys, {modules}; print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


HOSTILE = "\x1b[31mred\x07\x9b2J\u202eevil\nline\r\udcff"


def hostile() -> Report:
    """A report in which every text that comes from the project tries to steer the terminal."""
    span = Span(HOSTILE, 1, 1, 1, 4)
    place = Place(span, HOSTILE)
    finding = replace(PORT, message=HOSTILE, at=span, because=(place,), instead=HOSTILE, label=HOSTILE)
    report = sample()
    report.project = HOSTILE
    report.deployments = [HOSTILE]
    report.findings = [finding]
    report.what_runs = [RunningProcess(HOSTILE, HOSTILE, HOSTILE, (place,), HOSTILE)]
    report.checklist = [replace(item, headline=HOSTILE, reason=HOSTILE, evidence=(place,)) for item in report.checklist]
    report.unknowns = [replace(unknown, what=HOSTILE, reason=HOSTILE, place=place) for unknown in report.unknowns]
    report.problems = [replace(problem, message=HOSTILE, place=place) for problem in report.problems]
    report.excerpts = {HOSTILE: {1: HOSTILE}}
    return report


def test_no_control_character_reaches_the_terminal() -> None:
    found = text(hostile(), verbose=True)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\ud800-\udfff]", found)
    found.encode("utf-8")


def test_no_control_character_reaches_json() -> None:
    found = write_json([hostile()], "0.1.0")
    assert found.isascii()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", found)
    assert json.loads(found)["project"] == HOSTILE


# The contract of JSON, version 1

PLACE = {"path", "line", "column", "end_line", "end_column", "note"}
FINDING = {
    "rule", "checklist", "severity", "confidence", "message", "location", "because", "instead", "fix", "fingerprint",
    "docs",
}  # fmt: skip


def test_json_has_every_key() -> None:
    found = json.loads(write_json([sample()], "0.1.0"))
    assert {
        "version",
        "tool",
        "project",
        "ready",
        "platform",
        "checklist",
        "findings",
        "suppressed",
        "unknowns",
    } <= set(found)
    assert {"problems", "summary"} <= set(found)
    assert found["version"] == 1
    assert found["tool"] == {"name": "flaskprod-lint", "version": "0.1.0"}
    assert set(found["platform"]) == {"id", "tier", "origin"}
    assert [item["item"] for item in found["checklist"]] == [item.item for item in sample().checklist]
    for item in found["checklist"]:
        assert {"item", "title", "verdict", "evidence", "reason"} <= set(item)
    for finding in [*found["findings"], *found["suppressed"]]:
        assert set(finding) >= FINDING
        assert set(finding["location"]) == PLACE
        assert all(set(place) == PLACE for place in finding["because"])
    assert found["suppressed"][0]["suppression"].keys() == {"kind", "reason", "origin"}
    assert found["summary"] == {"error": 2, "warning": 1, "note": 1, "suppressed": 1, "files": 84}
    edit = found["findings"][0]["fix"]["edits"][0]
    assert edit["start"] == {"line": 2, "column": 16} and edit["end"] == {"line": 2, "column": 20}


def test_json_of_nothing_has_every_key_too() -> None:
    found = json.loads(write_json([Report("empty")], "0.1.0"))
    assert found["platform"] == {"id": None, "tier": None, "origin": None}
    assert found["findings"] == found["unknowns"] == found["problems"] == []


def test_json_of_several_paths_is_a_list() -> None:
    assert [report["project"] for report in json.loads(write_json([sample(), Report("b")], "0"))] == ["shop", "b"]


VALUE = {"known", "value", "environment", "unknown", "origin", "overrides"}


def test_show_json_has_every_key() -> None:
    found = json.loads(json_show.write_json([deployment()], "0.1.0"))
    assert {"version", "platform", "processes", "apps", "engines", "budget"} <= set(found)
    process = found["processes"][0]
    assert {"name", "kind", "environment", "why", "command", "trail", "instances", "server"} <= set(process)
    assert set(process["command"]) == {"text", "argv", "origin"} and set(process["instances"]) == VALUE
    assert set(process["server"]) == {"name", "version", "target", "settings"}
    assert set(process["server"]["target"]) == {"text", "origin", "definition"}
    settings = process["server"]["settings"]
    assert all(set(value) == VALUE for value in settings.values())
    assert settings["threads"]["known"] is False and settings["threads"]["value"] is None
    assert settings["bind"]["environment"] == [{"name": "PORT", "default": "8000"}]
    app_keys = {"name", "factory", "definition", "config", "routes", "routes_unknown"}
    assert set(found["apps"][0]) == app_keys
    engine = {"definition", "bind", "pool_class", "pool_size", "max_overflow", "pool_pre_ping", "url"}
    assert set(found["engines"][0]) == engine
    assert {"limit", "used", "rows", "unknown"} <= set(found["budget"])
    row = {"process", "instances", "workers", "per_worker", "connections", "text"}
    assert set(found["budget"]["rows"][0]) == row


def test_show_of_nothing_has_every_key_too() -> None:
    found = json.loads(json_show.write_json([], "0.1.0"))
    assert found["platform"] is None and found["budget"] is None and found["processes"] == []


def test_show_keeps_secrets() -> None:
    for found in (shown(everything=True), json_show.write_json([deployment()], "0.1.0")):
        assert "hunter2" not in found and "shop:" in found


# Odd excerpts


def excerpt(line: str, start: int, end: int, width: int = 60, label: str = "") -> list[str]:
    finding = Finding("m", Span("f", 1, start, 1, end), severity=Severity.ERROR, rule="r", item="server", label=label)
    report = Report("p", findings=[finding], excerpts={"f": {1: line}})
    lines = text(report, width, quiet=True).splitlines()
    return [line for line in lines if "│" in line]


def test_caret_stands_under_the_culprit() -> None:
    code, caret = excerpt("bind = 8000", 8, 12)
    assert code.index("8000") == caret.index("━") and caret.count("━") == 4


def test_caret_after_a_tab() -> None:
    code, caret = excerpt("\tgunicorn app", 2, 10)
    assert code.index("gunicorn") == caret.index("━") and caret.count("━") == 8


def test_caret_after_wide_characters() -> None:
    code, caret = excerpt('名前 = "x"', 6, 9)
    assert cells(code[: code.index('"')]) == caret.index("━")


def test_long_line_is_cut_around_the_culprit() -> None:
    line = "x" * 300 + "CULPRIT" + "y" * 300
    code, caret = excerpt(line, 301, 308)
    assert code.index("CULPRIT") == caret.index("━") and caret.count("━") == 7
    assert cells(code) <= 60 and "…" in code


def test_culprit_longer_than_the_page() -> None:
    _, caret = excerpt("z" * 500, 100, 400)
    assert cells(caret) <= 60


def test_span_past_the_end_of_its_line() -> None:
    assert excerpt("ab", 1, 99)[1].count("━") in (1, 2, 3)


def test_label_that_does_not_fit_goes_below() -> None:
    lines = excerpt("a" * 40, 30, 41, label="it says rather much about what happens then")
    assert len(lines) >= 3 and all(cells(line) <= 60 for line in lines)


def test_ready_is_ready() -> None:
    assert ready().ready and "ready" in text(ready()).splitlines()[0]


def test_open_questions_are_not_ready() -> None:
    report = ready()
    report.checklist[2] = replace(report.checklist[2], verdict=Verdict.UNKNOWN, reason="who knows")
    found = text(report)
    assert "not proven: 1 open question" in found and "Not proven" in found


def test_confidence_is_said_when_it_is_not_high() -> None:
    report = sample()
    report.findings = [replace(PORT, confidence=Confidence.LOW)]
    assert "low confidence" in text(report, quiet=True)


# The page


def test_wrap_cuts_long_words_behind_a_sign() -> None:
    assert wrap("app.config.from_object(Production)", 24) == ["app.config.from_object(", "Production)"]


def test_wrap_of_wide_characters_ends() -> None:
    assert wrap("名前", 1) == ["名", "前"]


def test_crop() -> None:
    assert crop("abcdef", 4) == "abc…" and crop("abc", 4) == "abc"


def test_visible() -> None:
    assert visible("a\x1bb\u202e\n") == "a\\x1bb\\u202e\\n"
