"""Our own compose files are what the Compose Specification allows, so that the rules are tried on real shapes."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
import yaml

from conftest import ROOT, SCHEMAS

#: Those that are broken, or templates, or use a tag of Compose's own.
_NONE = frozenset(("compose-broken", "compose-over-base", "compose-template"))
FILES = sorted(path for folder in ("tests", "examples") for path in (ROOT / folder).rglob("*compose*.y*ml"))


@pytest.mark.skipif(
    not SCHEMAS.is_dir(), reason="the published schemas are not here; FLASKPROD_SCHEMAS names their folder"
)
def test_compose_files_are_valid() -> None:
    import jsonschema

    schema = json.loads((SCHEMAS / "compose-spec.json").read_text("utf-8"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        validator = jsonschema.validators.validator_for(schema)(schema)
    wrong = {str(path.relative_to(ROOT)): first for path in FILES if (first := _first_error(path, validator))}
    assert len(FILES) > 80
    assert not wrong


def _first_error(path: Path, validator: object) -> str:
    if path.parent.name in _NONE or "manifest-unreadable" in path.parts:
        return ""
    data = yaml.safe_load(path.read_text("utf-8"))
    errors = validator.iter_errors(data)  # type: ignore[attr-defined]
    return next((error.message for error in errors), "")
