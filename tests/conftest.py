"""What all tests share: `--accept` writes the goldens instead of comparing with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: The folder of JSON Schemas that others publish (SARIF, compose, fly.toml …); tests that need one skip without it.
SCHEMAS = Path(os.environ.get("FLASKPROD_SCHEMAS", ROOT.parent / "shared" / "schemas"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write the expected files from what is printed now")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))


@pytest.fixture
def root() -> Path:
    return ROOT
