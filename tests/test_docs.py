"""The documentation says what is so. `--accept` writes the output that the README shows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from conftest import ROOT
from flaskprod_lint import __version__, config, file_formats
from flaskprod_lint.cli import cli
from flaskprod_lint.config import load_config
from flaskprod_lint.linting import lint
from flaskprod_lint.outputs.page import Page
from flaskprod_lint.outputs.report_text import write_report
from flaskprod_lint.outputs.terminal import plain
from test_formats import SCHEMAS

README = ROOT / "README.md"
SHOWN = re.compile(r"(<!-- output of: flaskprod-lint (\S+) -->\n```text\n)(.*?)(```\n)", re.S)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text("utf-8"), re.S | re.M)


def test_the_readme_shows_the_real_output(accept: bool) -> None:
    text = README.read_text("utf-8")
    shown = SHOWN.search(text)
    assert shown
    project = ROOT / shown[2]
    page = Page(80)
    write_report(lint(project, load_config(project)), page)
    if accept:
        text = text[: shown.start(3)] + plain(page) + text[shown.end(3) :]
        README.write_text(text, "utf-8")
        shown = SHOWN.search(text)
        assert shown
    assert shown[3] == plain(page)


def test_the_first_blocks_are_one_command_each() -> None:
    first, second = blocks("sh")[:2]
    for block in (first, second):
        assert block.startswith("python3 -m venv .venv && .venv/bin/pip install ")
        assert block.count("\n") == 1
    assert (ROOT / first.split()[-1]).is_dir()
    assert "-m pytest" in second


def test_every_option_of_the_readme_exists() -> None:
    known = {name for command in cli.commands.values() for parameter in command.params for name in parameter.opts}
    block = next(block for block in blocks("text") if "--select RULE" in block)
    assert set(re.findall(r"--[a-z-]+", block)) <= known


def test_every_key_of_the_configuration_is_in_the_readme() -> None:
    block = next(block for block in blocks("toml") if "[tool.flaskprod-lint]" in block)
    assert not [key for key in config._KEYS if not re.search(rf"\b{key}\b", block)]


def test_the_configuration_of_the_readme_is_valid(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(blocks("toml")[0], "utf-8")
    assert load_config(tmp_path).platform == "heroku"


def test_generated_files_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_links_lead_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken


def test_the_version_is_the_same_everywhere() -> None:
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


# The pre-commit hook


HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def test_hooks_are_valid() -> None:
    if not SCHEMAS.is_dir():
        pytest.skip("the published schemas are not here; FLASKPROD_SCHEMAS names their folder")
    import jsonschema

    schema = json.loads((SCHEMAS / "pre-commit-hooks.json").read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(HOOKS)


def test_every_hook_reads_the_project_once() -> None:
    assert {(hook["pass_filenames"], hook["require_serial"]) for hook in HOOKS} == {(False, True)}


def test_the_hook_of_the_index_runs_for_every_text() -> None:
    """A credential may be in any; the others run for what says how the project is deployed."""
    for hook in HOOKS:
        staged = hook["id"] == "flaskprod-lint-staged"
        assert hook.get("types", []) == (["text"] if staged else [])
        assert hook.get("files") == (None if staged else HOOKS[0]["files"])


def test_every_hook_is_in_the_recipes() -> None:
    text = (ROOT / "docs" / "recipes.md").read_text("utf-8")
    assert not [hook["id"] for hook in HOOKS if f"- id: {hook['id']}\n" not in text]


def recipes(language: str) -> list[str]:
    text = (ROOT / "docs" / "recipes.md").read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.S | re.M)


def test_recipes_are_what_they_seem() -> None:
    for block in recipes("yaml"):
        yaml.safe_load(block)
    for block in recipes("python"):
        compile(block, "recipe", "exec")
    for block in recipes("sh"):
        subprocess.run(["bash", "-n"], input=block, text=True, check=True)


def test_recipes_give_the_action_what_it_takes() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    jobs = [read["jobs"] for block in recipes("yaml") if "jobs" in (read := yaml.safe_load(block))]
    steps = [step for found in jobs for job in found.values() for step in job["steps"] if "uses" in step]
    given = {name for step in steps if step["uses"].startswith("OWNER/") for name in step["with"]}
    assert given and given <= action["inputs"].keys()
    text = (ROOT / "docs" / "recipes.md").read_text("utf-8")
    assert not [name for name in (*action["inputs"], *action["outputs"]) if f"`{name}`" not in text]


def test_the_matcher_of_editors_fits_the_concise_output() -> None:
    (task,) = map(json.loads, recipes("json"))
    pattern = re.compile(task["problemMatcher"]["pattern"]["regexp"])
    first = (ROOT / "tests" / "outputs" / "concise.txt").read_text("utf-8").splitlines()[0]
    assert pattern.match(first)


def hook_pattern() -> re.Pattern[str]:
    return re.compile(HOOKS[0]["files"])


NAMES = [
    *file_formats.BY_NAME,
    *(pattern.replace("y*ml", "yaml").replace("*", "x") for pattern, _ in file_formats.BY_PATTERN),
    *(f"{folder}/x.conf" for folder in file_formats.BY_FOLDER),
    "app.py",
    "deploy/gunicorn_conf.py",
    "requirements/prod.txt",
    ".github/workflows/deploy.yml",
    "flaskprod-lint.toml",
    "Dockerfile",
    "services/api/Dockerfile.prod",
    "container/dist.dockerfile",
    "Procfile",
    "docker-compose-hub.yaml",
    ".gitignore",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_hook_runs_for_every_input(name: str) -> None:
    assert hook_pattern().search(name)


@pytest.mark.parametrize("name", ["README.md", "static/site.js", "logo.png", "docs/index.rst", "data.csv"])
def test_the_hook_does_not_run_for_others(name: str) -> None:
    assert not hook_pattern().search(name)
