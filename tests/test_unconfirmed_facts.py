"""No fact without a source carries an error by itself: the same projects under other facts about the platforms.

Every project whose finding is an error is linted four times: with the facts as they ship, without those of them that
are unconfirmed, with all of them unconfirmed, and with none. What stays an error when its fact is in doubt has to be an
error when that fact is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
import yaml

from flaskprod_lint.catalogue import RULES
from flaskprod_lint.config import Config
from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.linting import lint
from flaskprod_lint.resolve import platforms
from platform_manifests import Files, merged
from projects import write
from test_rules import PROJECTS, run
from test_rules_on_platforms import CASES, ROWS, RUN, files_on

#: Keys of a platform that are no fact about it.
ABOUT = {"id", "name", "notes", "manifests", "unconfirmed", "sources"}
Facts = dict[str, Any]
Key = tuple[str, str, int]
#: The projects of tests/rules that have an error of their own rule.
WITH_ERRORS = [
    project
    for project in PROJECTS
    if project.name.startswith("bad") and project.joinpath("expected.txt").read_text("utf-8").startswith("error ")
]
#: The cases and rows of the rules whose findings are errors, with the options of their runs.
TABLES: dict[str, tuple[Files, Config]] = {
    **{
        f"{rule} on {platform}": (files_on(platform, case), Config(tiers=case.tiers))
        for rule, case in CASES.items()
        for platform in sorted(case.on)
        if RULES[rule].severity is Severity.ERROR
    },
    **{
        f"{rule}: {key}": (merged(row.app, manifest), row.options.get(key, Config()))
        for rule, row in ROWS.items()
        for key, manifest in row.wrong.items()
        if RULES[rule].severity is Severity.ERROR
    },
}
#: Errors of the number of workers that Heroku's buildpack chooses by the size of the dyno.
LARGE = Config(tiers=("performance-l", "essential-0"))
TABLES["secret-key-random by the dyno"] = (files_on("heroku", replace(CASES["secret-key-random"], run=RUN)), LARGE)
TABLES["pool-over-limit by the dyno"] = (
    files_on("heroku", replace(CASES["pool-pre-ping-off"], run=f"{RUN} --threads 8")),
    LARGE,
)
NAMES = [*(f"{project.parent.name}/{project.name}" for project in WITH_ERRORS), *TABLES]


def as_they_ship(facts: Facts) -> Facts:
    return facts


def without_unconfirmed(facts: Facts) -> Facts:
    for path in facts.get("unconfirmed", ()):
        _remove(facts, path)
    return facts


def _remove(facts: Facts, path: str) -> None:
    """Take out what a path of keys names. Names of plans have dots of their own."""
    for key in list(facts):
        if path == key:
            del facts[key]
        elif path.startswith(f"{key}.") and isinstance(facts[key], dict):
            _remove(facts[key], path.removeprefix(f"{key}."))


def all_unconfirmed(facts: Facts) -> Facts:
    return {**facts, "unconfirmed": [key for key in facts if key not in ABOUT]}


def none(facts: Facts) -> Facts:
    return {key: value for key, value in facts.items() if key in ABOUT}


@lru_cache(maxsize=4)
def under(change: Callable[[Facts], Facts]) -> dict[str, dict[Key, Finding]]:
    """What is found in every project when the facts about all platforms are changed, by rule and place."""
    documents = {
        name: text if "/" in name else yaml.safe_dump(change(yaml.safe_load(text)), sort_keys=False)
        for name, text in platforms._documents().items()
    }
    _forget()
    try:
        with patch.object(platforms, "_documents", lambda: documents):
            return {
                name: {(one.rule, one.at.path, one.at.line): one for one in findings}
                for name, findings in zip(NAMES, _of_all(), strict=True)
            }
    finally:
        _forget()


def _forget() -> None:
    platforms.facts.cache_clear()
    platforms._load.cache_clear()


def _of_all() -> Iterator[list[Finding]]:
    for project in WITH_ERRORS:
        with TemporaryDirectory() as scratch:
            report = run(project, Path(scratch))
            assert not report.crashes, project
            yield report.findings
    for name, (files, options) in TABLES.items():
        with TemporaryDirectory() as scratch:
            report = lint(write(Path(scratch), dict(files)), options)
            assert not report.crashes, name
            yield report.findings


def errors(found: dict[Key, Finding]) -> set[Key]:
    return {key for key, finding in found.items() if finding.level is Severity.ERROR}


@pytest.mark.parametrize("name", NAMES)
def test_an_error_stands_without_the_unconfirmed_facts(name: str) -> None:
    assert errors(under(as_they_ship)[name]) <= errors(under(without_unconfirmed)[name])


@pytest.mark.parametrize("name", NAMES)
def test_an_error_stands_without_facts_when_none_is_confirmed(name: str) -> None:
    assert errors(under(all_unconfirmed)[name]) <= errors(under(none)[name])


@pytest.mark.parametrize("name", NAMES)
def test_what_rests_on_no_fact_is_the_same_when_none_is_confirmed(name: str) -> None:
    facts, doubted = under(as_they_ship)[name], under(all_unconfirmed)[name]
    for key, finding in under(none)[name].items():
        if finding == facts.get(key):
            assert doubted.get(key) == finding


def test_the_facts_decide_enough_of_the_errors() -> None:
    """The tests above are worth something: they are about these rules at least."""
    lost = [errors(under(as_they_ship)[name]) - errors(under(none)[name]) for name in NAMES]
    assert {rule for keys in lost for rule, _, _ in keys} >= RESTING


#: Rules with an error that is there for a fact about a platform alone.
RESTING = {
    "database-driver-missing",
    "database-url-scheme",
    "health-path-not-found",
    "migrate-on-import",
    "migrations-not-shipped",
    "pool-over-limit",
    "pool-shared-across-fork",
    "pool-unbounded",
    "port-hardcoded",
    "port-mismatch",
    "secret-key-random",
}


def test_nothing_is_sure_of_a_start_that_an_unconfirmed_fact_chose(tmp_path: Path) -> None:
    """PandaStack's documentation does not say which counts where a Procfile stands beside a Dockerfile."""
    files = {
        "app.py": "from flask import Flask\napp = Flask(__name__)\n",
        "requirements.txt": "flask==3.1.3\ngunicorn==23.0.0\n",
        "Dockerfile": 'FROM python:3.13-slim\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["flask", "run"]\n',
        "Procfile": "web: gunicorn app:app\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    found = {one.rule: one.confidence for one in lint(tmp_path, Config(platform="pandastack")).findings}
    assert "dev-server" in found and Confidence.HIGH not in found.values()
