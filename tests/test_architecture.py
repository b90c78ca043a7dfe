"""The import law of the house: who may import whom, and where each parser library may be used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

PACKAGE = ROOT / "src" / "flaskprod_lint"

LAW = {
    "source": set(),
    "finding": {"source"},
    "model": {"model", "source"},
    "inputs": {"source", "inputs"},
    "tokens": {"tokens"},
    "git": {"git_waits"},
    "git_waits": {"source"},
    "file_formats": set(),
    "discover": {"file_formats", "git", "inputs", "source"},
    "resolve": {"resolve", "model", "inputs", "source", "tokens", "git"},
    "rules": {"rules", "model", "finding", "source"},
    "catalogue": {"finding"},
    "checklist": {"finding", "source"},
    "masking": {"finding", "source", "tokens"},
    "joining": {"finding", "model", "source"},
    "running": {"finding", "masking", "model"},
    "suppress": {"finding", "source"},
    "fingerprints": {"finding", "masking", "source"},
    "baseline": {"finding", "fingerprints", "git", "source"},
    "fix": {"finding", "source"},
    "outputs": {"outputs", "finding", "source", "catalogue", "model", "masking"},
    "config": {"catalogue", "finding", "source", "suppress"},
}

#: What every room may use: how classes of plain data and regular expressions are written.
EVERYWHERE = {"patterns", "records"}

#: The modules that may use a library that is no part of Python.
WRAPPERS = {
    "yaml": {"inputs/yaml_tree.py"},
    "tomli": {"inputs/toml_tree.py", "config.py"},
    "dockerfile_parse": {"inputs/dockerfile.py"},
    "tree_sitter": {"inputs/shell.py"},
    "tree_sitter_bash": {"inputs/shell.py"},
    "packaging": {"inputs/requirements.py"},
    "pathspec": {"discover.py"},
    "rich": {"outputs/terminal.py"},
    "click": {"cli.py", "cli_types.py", "cli_printing.py"},
}


def imports(path: Path) -> list[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "flaskprod_lint" else []
            names += [node.module or ""]
    return names


def test_import_law() -> None:
    broken = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for name in imports(path):
            parts = name.split(".")
            if parts[0] != "flaskprod_lint" or len(parts) < 2 or parts[1] == "__version__":
                continue
            if room in LAW and parts[1] not in LAW[room] | EVERYWHERE:
                broken.append(f"{path.relative_to(PACKAGE)} imports {name}")
            if room == "linting" and parts[1] in ("outputs", "cli"):
                broken.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert not broken


def test_each_library_has_one_wrapper() -> None:
    broken = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for name in imports(path):
            library = name.partition(".")[0]
            here = path.relative_to(PACKAGE).as_posix()
            if library in WRAPPERS and here not in WRAPPERS[library]:
                broken.append(f"{here} imports {library}")
    assert not broken


def test_no_file_of_a_fixture_is_ignored() -> None:
    """A fixture's own .gitignore can hide its files from our repository: they must be added all the same."""
    listing = ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "tests", "examples"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    hidden = [path for path in done.stdout.splitlines() if "__pycache__" not in path and not path.endswith(".pyc")]
    assert not hidden


def test_each_module_can_be_imported_first() -> None:
    script = ROOT / "tests" / "import_alone.py"
    result = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
