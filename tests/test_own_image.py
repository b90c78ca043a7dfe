"""The Dockerfile of the tool itself, which no test can build: what it copies is there, and how it runs is right."""

from __future__ import annotations

import tomli

from conftest import ROOT
from flaskprod_lint.inputs import dockerfile, dockerignore
from flaskprod_lint.source import Source


def source(name: str) -> Source:
    return Source(name, (ROOT / name).read_text("utf-8"))


BUILD, SHIPPED = dockerfile.read(source("Dockerfile")).stages
IGNORED = dockerignore.read(source(".dockerignore"))
COPIED = {word.value.rstrip("/") for one in BUILD.instructions if one.keyword == "COPY" for word in one.words[:-1]}


def test_what_is_copied_is_there_and_sent() -> None:
    assert COPIED
    for path in COPIED:
        assert (ROOT / path).exists()
        assert IGNORED.excluded_by(f"{path}/x.py" if (ROOT / path).is_dir() else path) is None


def test_what_the_package_is_made_of_is_copied() -> None:
    project = tomli.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    parts = [project["project"]["readme"], *project["project"]["license-files"], *wheel["force-include"]]
    folders = [package.partition("/")[0] for package in wheel["packages"]]
    assert {*parts, *folders, "pyproject.toml"} == COPIED


def test_nothing_else_is_sent() -> None:
    others = [".env", ".git/config", "tests/conftest.py", "docs/index.md", "src/flaskprod_lint/__pycache__/x.pyc"]
    assert [path for path in others if IGNORED.excluded_by(path) is None] == []


def test_it_runs_the_linter_on_the_project_without_rights() -> None:
    last = {one.keyword: one for one in SHIPPED.instructions}
    user, _, group = last["USER"].value.partition(":")
    assert min(int(user), int(group)) > 0
    assert [word.value for word in last["ENTRYPOINT"].argv or ()] == ["flaskprod-lint"]
    assert last["WORKDIR"].value == "/project"
    assert "safe.directory '*'" in last["RUN"].value
