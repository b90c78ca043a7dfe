"""The JSON Schemas that ship: they take our real output, name every key of it, and refuse what breaks the contract."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conftest import ROOT
from flaskprod_lint.cli import run
from flaskprod_lint.outputs import json_report
from sample_report import crashed, ready, sample
from test_json_contract import EXAMPLES, FIXTURES, ODD

NAMES = {"check": "report", "show": "show"}


def shipped(command: str) -> dict[str, Any]:
    text = resources.files("flaskprod_lint").joinpath("schemas", f"{NAMES[command]}-1.json").read_text("utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def closed(schema: Any) -> Any:
    """The schema without room for keys that it does not name, so that a new key of ours has to be described."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(one) for name, one in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        found["additionalProperties"] = False
    return found


STRICT = {command: jsonschema.Draft202012Validator(closed(shipped(command))) for command in NAMES}


def wrong(command: str, read: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in STRICT[command].iter_errors(read)]


def printed(words: list[str], capsys: pytest.CaptureFixture[str]) -> Any:
    run([*words, "--format", "json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("command", NAMES)
def test_schema_is_one(command: str) -> None:
    jsonschema.Draft202012Validator.check_schema(shipped(command))


@pytest.mark.parametrize("command", NAMES)
def test_everything_is_described(command: str) -> None:
    def properties(schema: Any, at: str = "") -> Iterator[str]:
        for name, one in schema.get("properties", {}).items():
            target = shipped(command)["$defs"].get(one.get("$ref", "").rpartition("/")[2], {})
            if not {"description", "const"} & {*one, *target} and one != {"type": "integer", "minimum": 0}:
                yield f"{at}.{name}"
            yield from properties(one, f"{at}.{name}")

    schema = shipped(command)
    found = [path for name, one in [("", schema), *schema["$defs"].items()] for path in properties(one, name)]
    assert [path for path in found if not path.endswith((".line", ".column"))] == []


@pytest.mark.parametrize("made", [sample, ready, crashed])
def test_report_made_by_hand(made: Any) -> None:
    assert wrong("check", json.loads(json_report.write([made()], "0.1.0"))) == []


@pytest.mark.parametrize("command", NAMES)
@pytest.mark.parametrize("project", [*EXAMPLES, *FIXTURES], ids=lambda path: str(path.relative_to(ROOT)))
def test_real_output(command: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong(command, printed([command, str(project)], capsys)) == []


@pytest.mark.parametrize("command", NAMES)
def test_broken_files(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in ODD.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert wrong(command, printed([command, str(tmp_path)], capsys)) == []


def test_several_projects_are_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    read = printed(["check", *map(str, EXAMPLES[:2])], capsys)
    assert len(read) == 2
    assert wrong("check", read) == []


def changed(path: str, value: object) -> Any:
    """The report made by hand with another value at a path of keys and numbers; None takes the key away."""
    read = copy.deepcopy(json.loads(json_report.write([sample()], "0.1.0")))
    *steps, last = path.split(".")
    at = read
    for step in steps:
        at = at[int(step) if step.isdigit() else step]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return read


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("version", 2),
        ("version", "1"),
        ("stale", None),
        ("checklist", []),
        ("checklist.0.verdict", "maybe"),
        ("findings.0.revision", None),
        ("findings.0.severity", "fatal"),
        ("findings.0.location.line", 0),
        ("findings.0.location.path", "/etc/passwd"),
        ("findings.0.location.path", "a\\b"),
        ("findings.0.because.2.line", 4),
        ("findings.0.fix.safety", "sure"),
        ("suppressed.0.suppression.kind", "mood"),
        ("summary.error", -1),
        ("summary.error", True),
    ],
)
def test_what_is_against_the_contract_is_refused(path: str, value: object) -> None:
    """By the schema as it ships, which has room for new keys."""
    assert not jsonschema.Draft202012Validator(shipped("check")).is_valid(changed(path, value))


def test_new_keys_are_no_fault() -> None:
    assert jsonschema.Draft202012Validator(shipped("check")).is_valid(changed("findings.0.new", "key"))


def test_a_value_is_known_or_says_why_not() -> None:
    value = {"known": True, "value": 1, "environment": [], "unknown": None, "origin": None, "overrides": []}
    schema = {"$defs": shipped("show")["$defs"], "$ref": "#/$defs/value"}
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(value)
    assert not validator.is_valid({**value, "unknown": "why"})
    assert not validator.is_valid({**value, "known": False})
    assert validator.is_valid({**value, "known": False, "value": None, "unknown": "why"})
