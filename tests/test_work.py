"""What a run costs, counted and never timed: modules imported, files read and parsed, nodes of syntax run.

A number that grows is a regression unless what it buys is worth it; the bounds leave a little room for new work.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint import lint
from flaskprod_lint.resolve.interpreter.limits import Budget
from flaskprod_lint.source import Project

sys.path.insert(0, str(ROOT))
from benchmarks.generated import write

PACKAGE = ROOT / "src" / "flaskprod_lint"
#: Of our own modules, so many of each room may be imported for examples/ready.
MOST_MODULES = {
    "resolve.app": 48,
    "resolve.deployments": 20,
    "resolve.interpreter": 41,
    "resolve.database": 24,
    "resolve.commands": 24,
    "resolve": 55,
    "inputs": 33,
    "rules": 44,
    "model": 13,
    "tokens": 16,
    "outputs": 8,
    "": 22,
}
#: Libraries that are no part of Python. `rich` is only for people, `pathspec` and `tomli` for files that are not there.
LIBRARIES = {"click", "dockerfile_parse", "packaging", "yaml", "_yaml", "tree_sitter", "tree_sitter_bash"}
#: What libraries in C bring along under names of their own.
_OF_C = ("_cython", "cython_runtime")
#: Rooms of which a project without a file of theirs imports nothing.
NOT_FOR_THIS_PROJECT = (
    "flaskprod_lint.resolve.deployments.compose",
    "flaskprod_lint.resolve.deployments.kubernetes",
    "flaskprod_lint.resolve.deployments.pipelines",
    "flaskprod_lint.resolve.history",
    "flaskprod_lint.outputs.terminal",
)
_LOADED = """
import sys
before = set(sys.modules)
from flaskprod_lint.cli import run
run(["--format", "json", sys.argv[1]])
print(*sorted(set(sys.modules) - before), file=sys.stderr)
"""


def modules_of_a_run() -> list[str]:
    command = [sys.executable, "-c", _LOADED, str(ROOT / "examples" / "ready")]
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH", ""))))}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **environment})
    return done.stderr.split()


def room(module: str) -> str:
    """The longest key of MOST_MODULES that a module is in."""
    inner = module.removeprefix("flaskprod_lint").removeprefix(".")
    return next(key for key in MOST_MODULES if not key or inner == key or inner.startswith(f"{key}."))


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    return modules_of_a_run()


def test_a_small_project_needs_no_more_modules(loaded: list[str]) -> None:
    counts = Counter(room(name) for name in loaded if name.split(".")[0] == "flaskprod_lint")
    assert {key: number for key, number in counts.items() if number > MOST_MODULES[key]} == {}


def test_only_libraries_that_it_has_files_for(loaded: list[str]) -> None:
    known = {*sys.stdlib_module_names, "flaskprod_lint"}
    libraries = {name.split(".")[0] for name in loaded if not name.startswith(_OF_C)} - known
    assert libraries <= LIBRARIES


def test_no_reader_of_files_that_are_not_there(loaded: list[str]) -> None:
    assert [name for name in loaded if name.startswith(NOT_FOR_THIS_PROJECT)] == []


def test_help_needs_none_of_it() -> None:
    command = [sys.executable, "-c", "import sys, flaskprod_lint.cli; print(*sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT / "src")
    ours = {name for name in done.stdout.split() if name.startswith("flaskprod_lint")}
    assert ours == {
        "flaskprod_lint",
        *(f"flaskprod_lint.{name}" for name in ("cli", "cli_printing", "cli_types")),
    }


class Work:
    """What linting a project of 300 Python files did."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: Counter[str] = Counter()
        self.parsed: Counter[str] = Counter()
        self.steps = 0
        opened, parse, step = Project._open, ast.parse, Budget.step

        def counted_open(project: Project, path: str) -> int:
            self.read[path] += 1
            return opened(project, path)

        def counted_parse(text: str, filename: str = "", mode: str = "exec", **more: object) -> ast.AST:
            if mode == "exec" and filename:
                self.parsed[filename] += 1
            return parse(text, filename, mode, **more)  # type: ignore[call-overload, no-any-return]

        def counted_step(budget: Budget, path: str) -> None:
            self.steps += 1
            step(budget, path)

        monkeypatch.setattr(Project, "_open", counted_open)
        monkeypatch.setattr(ast, "parse", counted_parse)
        monkeypatch.setattr(Budget, "step", counted_step)
        self.report = lint(root)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    root = tmp_path_factory.mktemp("generated")
    write(root, 300)
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield Work(root, monkeypatch)


def test_each_file_is_read_once(work: Work) -> None:
    assert len(work.read) > 300
    assert {path: number for path, number in work.read.items() if number > 1} == {}


def test_few_files_are_parsed_and_each_once(work: Work) -> None:
    assert set(work.parsed.values()) == {1}
    assert "shop/__init__.py" in work.parsed
    assert len(work.parsed) <= 32


def test_few_nodes_are_run(work: Work) -> None:
    assert 0 < work.steps <= 1_200


def test_the_project_is_what_it_is_meant_to_be(work: Work) -> None:
    verdicts = {item.item: item.verdict.value for item in work.report.checklist}
    assert work.report.crashes == []
    assert verdicts["server"] == verdicts["binding"] == "pass"


def test_a_project_that_was_linted_is_let_go() -> None:
    """Nothing in the program holds on to it: an editor that lints on every save does so thousands of times."""
    import gc

    for _ in range(2):
        lint(ROOT / "examples" / "ready")
    gc.collect()
    assert [found for found in gc.get_objects() if isinstance(found, Project) and found.root.name == "ready"] == []
