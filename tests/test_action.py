"""action.yml as the runner of GitHub Actions takes it: its form, and its steps run by bash with hostile inputs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT, SCHEMAS
from projects import CLEAN, write

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
INSTALL, LINT, UPLOAD = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
HOSTILE = [
    "with space",
    "it's",
    'say "hi"',
    "$(touch INJECTED)",
    "`touch INJECTED`",
    "; touch INJECTED #",
    "-x",
    "--output=INJECTED",
    "show",
    "*",
    "a\\b",
]

pytestmark = pytest.mark.skipif(not shutil.which("bash"), reason="the steps are run by bash")


def step(run: dict[str, Any], folder: Path, **inputs: str) -> tuple[int, str, dict[str, str]]:
    """A step as the runner would run it: its exit code, what it printed, and its outputs."""
    given = {name: about.get("default", "") for name, about in ACTION["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }

    def resolved(text: str) -> str:
        return EXPRESSION.sub(lambda match: given[match[1].removeprefix("inputs.")], text)

    (folder / "step.sh").write_text(run["run"], "utf-8")
    outputs = folder / "outputs"
    outputs.write_text("")
    environment = {name: resolved(value) for name, value in run.get("env", {}).items()} | {
        "PATH": f"{folder / 'path'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "RUNNER_TEMP": str(folder / "temp dir"),
        "GITHUB_ACTION_PATH": str(folder / "action $(touch INJECTED)"),
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
    where = folder / "repository" / resolved(run.get("working-directory", "."))
    where.mkdir(parents=True, exist_ok=True)
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(folder / "step.sh")]
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)
    assert not list(folder.rglob("INJECTED"))
    said = dict(line.split("=", 1) for line in outputs.read_text("utf-8").splitlines())
    return done.returncode, done.stdout + done.stderr, said


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A runner's folder with this flaskprod-lint installed, and a project that is ready."""
    program(
        tmp_path / "temp dir/flaskprod-lint/bin/flaskprod-lint",
        f'#!/bin/sh\nexec "{sys.executable}" -m flaskprod_lint "$@"\n',
    )
    write(tmp_path / "repository", CLEAN)
    return tmp_path


def not_ready(folder: Path) -> Path:
    return write(folder, {**CLEAN, "Dockerfile": CLEAN["Dockerfile"].replace(" --access-logfile -", "")})


# Its form


def test_action_is_valid() -> None:
    if not SCHEMAS.is_dir():
        pytest.skip("the published schemas are not here; FLASKPROD_SCHEMAS names their folder")
    import jsonschema

    schema = json.loads((SCHEMAS / "github-action.json").read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(ACTION)


def test_no_expression_stands_in_a_script() -> None:
    for each in ACTION["runs"]["steps"]:
        assert not EXPRESSION.search(each.get("run", ""))
        assert ("shell" in each) == ("run" in each)


def test_every_input_is_used_and_no_other() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(ACTION["runs"])))
    assert used == ACTION["inputs"].keys()


def test_others_are_pinned_to_a_commit() -> None:
    assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", UPLOAD["uses"])
    assert UPLOAD["if"].startswith("always() && inputs.upload-sarif == 'true'")


# Its steps


def test_install_takes_the_action_itself(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    inner = f'#!/bin/sh\nprintf "%s\\n" "$@" >>"{seen}"\n'
    program(
        tmp_path / "path/python3",
        f'#!/bin/sh\nmkdir -p "$3/bin"\ncp "{tmp_path}/inner" "$3/bin/python"\nprintf "%s\\n" "$@" >"{seen}"\n',
    )
    program(tmp_path / "inner", inner)
    code, said, _ = step(INSTALL, tmp_path)
    assert (code, said) == (0, "")
    words = seen.read_text("utf-8").splitlines()
    assert words[:3] == ["-m", "venv", str(tmp_path / "temp dir/flaskprod-lint")]
    assert words[-1] == str(tmp_path / "action $(touch INJECTED)")


def test_ready_project(runner: Path) -> None:
    code, said, outputs = step(LINT, runner)
    assert (code, outputs) == (0, {"ready": "true", "errors": "0", "warnings": "0", "notes": "0"})
    assert "Ready for production" in said
    assert "binding" in (runner / "summary.md").read_text("utf-8")


def test_findings_fail_as_far_as_asked(runner: Path) -> None:
    not_ready(runner / "repository/shop")
    code, said, outputs = step(LINT, runner, path="shop")
    assert (code, outputs["ready"], outputs["warnings"]) == (1, "false", "1")
    assert "::warning file=" in said
    assert step(LINT, runner, path="shop", fail_on="error")[0] == 0
    assert step(LINT, runner, working_directory="shop", fail_on="never")[0] == 0
    assert step(LINT, runner, path="shop", fail_on="sometimes")[0] == 2
    assert step(LINT, runner, path="nowhere")[0] == 2


@pytest.mark.parametrize("name", HOSTILE)
def test_paths_stay_one_word(runner: Path, name: str) -> None:
    not_ready(runner / "repository" / name)
    code, said, outputs = step(LINT, runner, path=name)
    assert (code, outputs["warnings"]) == (1, "1"), said
    assert step(LINT, runner, working_directory=name)[0] == 1


@pytest.mark.parametrize("text", [*HOSTILE, "a\nb"])
@pytest.mark.parametrize("name", ["fail_on", "platform", "tier", "upload_sarif"])
def test_other_inputs_stay_one_word(runner: Path, name: str, text: str) -> None:
    """What is no severity, platform or tier is refused; nothing of it is run or read as another option."""
    code, said, _ = step(LINT, runner, **{"platform": "heroku", name: text})
    assert code == (0 if name == "upload_sarif" else 2), said


def test_tiers_are_separated_by_commas_and_lines(runner: Path) -> None:
    assert step(LINT, runner, platform="heroku", tier=" basic, essential-0\n")[0] in (0, 1)
    code, said, _ = step(LINT, runner, platform="heroku", tier="basic\nno-such tier")
    assert (code, "'no-such tier'" in said) == (2, True)


@pytest.mark.parametrize("name", [*HOSTILE, "report.sarif"])
def test_sarif_goes_where_it_is_asked(runner: Path, name: str) -> None:
    not_ready(runner / "repository/shop")
    code, said, outputs = step(LINT, runner, working_directory="shop", sarif_file=name)
    written = runner / "repository/shop" / name
    assert (code, outputs.get("sarif-file")) == (1, str(written)), said
    assert json.loads(written.read_text("utf-8"))["version"] == "2.1.0"


def test_sarif_to_upload_has_a_place_of_its_own(runner: Path) -> None:
    _, _, outputs = step(LINT, runner, upload_sarif="true")
    assert outputs["sarif-file"] == str(runner / "temp dir/flaskprod-lint.sarif")
    assert "sarif-file" not in step(LINT, runner, sarif_file="a\nready=true", path="nowhere")[2]
