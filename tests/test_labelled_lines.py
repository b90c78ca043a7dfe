"""Credentials are found and what only looks like one is left alone, counted over hundreds of labelled lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.finding import Severity
from flaskprod_lint.linting import lint
from labelled_lines import Line, write

RULES = (
    "credential-committed",
    "credential-hardcoded",
    "secret-in-image",
    "secret-in-manifest",
    "env-file-committed",
    "database-url-hardcoded",
    "database-url-fallback",
)


def named(folder: Path) -> set[tuple[str, int]]:
    """The places that the findings about secrets name, but for notes."""
    report = lint(folder, Config(select=RULES))
    assert not report.crashes
    found = set()
    for finding in report.findings:
        if finding.level is not Severity.NOTE:
            found.add((finding.at.path, finding.at.line))
            found |= {(place.span.path, place.span.line) for place in finding.because if place.span is not None}
    return found


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[tuple[str, int], Line], set[tuple[str, int]]]:
    folder = tmp_path_factory.mktemp("labelled")
    return write(folder), named(folder)


Judged = tuple[dict[tuple[str, int], Line], set[tuple[str, int]]]


def test_there_are_enough_lines_of_both_kinds(judged: Judged) -> None:
    where, _ = judged
    secrets = sum(line.secret for line in where.values())
    assert len(where) >= 400
    assert secrets >= 200
    assert len(where) - secrets >= 200


def test_what_is_a_secret_is_found(judged: Judged) -> None:
    where, found = judged
    missed = {place: line.what for place, line in where.items() if line.secret and place not in found}
    assert len(missed) <= 0.05 * sum(line.secret for line in where.values()), missed


def test_what_only_looks_like_one_is_left_alone(judged: Judged) -> None:
    where, found = judged
    false = {place: line.what for place, line in where.items() if not line.secret and place in found}
    right = sum(line.secret for place, line in where.items() if place in found)
    assert right >= 0.95 * (right + len(false)), false
