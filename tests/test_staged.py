"""`--staged` against git itself: what is judged is what the commit then holds, byte by byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint import discover
from flaskprod_lint.config import Config
from flaskprod_lint.linting import NothingToLint, lint
from projects import write
from test_git import APP, CLEAN, SCRIPT, call, commit

#: Prints the staged project of a folder: its paths, their contents, whether they can be run.
DUMP = """
import json, sys
from pathlib import Path
from flaskprod_lint import discover
with discover.staged_project(Path(sys.argv[1])) as project:
    print(json.dumps({path: project._bytes(path)[0].decode("latin-1") for path in project.paths}))
"""
Files = dict[str, str]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return started(tmp_path / "repository")


def started(folder: Path, *options: str) -> Path:
    folder.mkdir()
    call(folder, "init", "-q", "-b", "main", *options)
    write(folder, {"app.py": APP, "backup.sh": CLEAN, "api/app.py": APP, "empty.py": "", "old.txt": "old\n" * 20})
    commit(folder, "start")
    return folder


def staged(folder: Path) -> Files:
    with discover.staged_project(folder) as project:
        assert project is not None
        assert not project.problems
        return {path: project._bytes(path)[0].decode("latin-1") for path in project.paths}


def next_commit(folder: Path) -> Files:
    """What git would commit now."""
    return of_tree(folder, call(folder, "write-tree"))


def of_tree(folder: Path, tree: str) -> Files:
    found = {}
    for entry in filter(None, call(folder, "ls-tree", "-r", "-z", tree).split("\0")):
        mode, kind, name, path = entry.replace("\t", " ", 1).split(" ", 3)
        if kind == "blob" and mode != "120000":
            data = subprocess.run(["git", "cat-file", "-p", name], cwd=folder, capture_output=True, check=True).stdout
            found[path] = data.decode("latin-1")
    return found


def partly(folder: Path) -> None:
    write(folder, {"backup.sh": SCRIPT})
    call(folder, "add", "backup.sh")
    write(folder, {"backup.sh": SCRIPT + "more\n"})


def in_parts(folder: Path) -> None:
    """`git add --patch`, which takes one of two changes."""
    write(folder, {"old.txt": "first\n" + "old\n" * 20 + "last\n"})
    said = subprocess.run(
        ["git", "add", "-p"], cwd=folder, input="s\ny\nn\n", capture_output=True, text=True, check=True
    )
    assert "first" in said.stdout
    assert "last" not in call(folder, "show", ":old.txt")


def renamed(folder: Path) -> None:
    call(folder, "mv", "backup.sh", "api/dump.sh")
    write(folder, {"api/dump.sh": SCRIPT})


def deleted(folder: Path) -> None:
    call(folder, "rm", "-q", "backup.sh")
    write(folder, {"backup.sh": SCRIPT})


def deleted_but_not_staged(folder: Path) -> None:
    (folder / "backup.sh").unlink()


def kept_on_disk(folder: Path) -> None:
    call(folder, "rm", "-q", "--cached", "backup.sh")


def only_meant(folder: Path) -> None:
    write(folder, {"new.sh": SCRIPT, "api/new.py": APP, "void.py": ""})
    call(folder, "add", "--intent-to-add", "new.sh", "api/new.py")
    call(folder, "add", "void.py")


def meant_then_added(folder: Path) -> None:
    only_meant(folder)
    call(folder, "add", "new.sh")


def submodule(folder: Path) -> None:
    head = call(folder, "rev-parse", "HEAD")
    call(folder, "update-index", "--add", "--cacheinfo", f"160000,{head},other")


def link(folder: Path) -> None:
    (folder / "link.sh").symlink_to("backup.sh")
    call(folder, "add", "link.sh")


def file_for_folder(folder: Path) -> None:
    call(folder, "rm", "-r", "-q", "api")
    write(folder, {"api": SCRIPT})
    call(folder, "add", "api")


def other_mode(folder: Path) -> None:
    call(folder, "update-index", "--chmod=+x", "backup.sh")


def line_ends(folder: Path) -> None:
    call(folder, "config", "core.autocrlf", "input")
    (folder / "backup.sh").write_bytes(SCRIPT.replace("\n", "\r\n").encode())
    call(folder, "add", "backup.sh")


def filtered(folder: Path) -> None:
    """What is committed is what came out of a filter, as of git-crypt; the filter is not run again."""
    call(folder, "config", "filter.hide.clean", "tr a-z b-za")
    write(folder, {".gitattributes": "*.sh filter=hide\n", "backup.sh": SCRIPT})
    call(folder, "add", "--all")
    call(folder, "config", "filter.hide.clean", "false")


def odd_names(folder: Path) -> None:
    write(folder, {"ünï ço.sh": SCRIPT, 'quo"te\t.sh': SCRIPT, "-c": SCRIPT, "two\nlines.sh": SCRIPT})
    call(folder, "add", "--all")


def index_of_version_4(folder: Path) -> None:
    partly(folder)
    call(folder, "update-index", "--index-version", "4")


def split_index(folder: Path) -> None:
    call(folder, "update-index", "--split-index")
    partly(folder)


def hidden_files(folder: Path) -> None:
    partly(folder)
    call(folder, "update-index", "--assume-unchanged", "app.py")
    call(folder, "update-index", "--skip-worktree", "old.txt")
    (folder / "old.txt").unlink()


STATES = (
    partly, in_parts, renamed, deleted, deleted_but_not_staged, kept_on_disk, only_meant, meant_then_added, submodule,
    link, file_for_folder, other_mode, line_ends, filtered, odd_names, index_of_version_4, split_index, hidden_files,
)  # fmt: skip


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)], ids=["sha1", "sha256"])
@pytest.mark.parametrize("change", STATES, ids=lambda change: change.__name__)
def test_state_of_the_index(tmp_path: Path, change: Callable[[Path], None], options: tuple[str, ...]) -> None:
    folder = started(tmp_path / "repository", *options)
    change(folder)
    found = staged(folder)
    assert found == next_commit(folder)
    if change is not link:
        assert found != of_tree(folder, "HEAD") or change in (deleted_but_not_staged, submodule, other_mode)


def test_while_another_git_holds_the_lock(repository: Path) -> None:
    partly(repository)
    expected = next_commit(repository)
    (repository / ".git/index.lock").write_bytes(b"")
    assert staged(repository) == expected
    assert (repository / ".git/index.lock").exists()


def test_nothing_is_written(repository: Path) -> None:
    partly(repository)
    os.utime(repository / "app.py", (1, 1))  # Git would note the new time in its index.
    before = {path: path.stat().st_mtime_ns for path in sorted((repository / ".git").rglob("*"))}
    assert staged(repository)["backup.sh"] == SCRIPT
    lint(repository, Config(staged=True))
    assert {path: path.stat().st_mtime_ns for path in sorted((repository / ".git").rglob("*"))} == before


def test_first_commit(tmp_path: Path) -> None:
    call(tmp_path, "init", "-q")
    write(tmp_path, {"app.py": APP, "backup.sh": SCRIPT, "new.sh": SCRIPT})
    call(tmp_path, "add", "app.py", "backup.sh")
    assert staged(tmp_path) == next_commit(tmp_path) == {"app.py": APP, "backup.sh": SCRIPT}
    report = lint(tmp_path, Config(staged=True, select=("credential-committed",)))
    assert [one.at.path for one in report.findings] == ["backup.sh"]


def test_folder_below_the_top(repository: Path) -> None:
    write(repository, {"api/new.py": APP, "api/backup.sh": SCRIPT, "api/empty.py": ""})
    call(repository, "add", "api/backup.sh", "api/empty.py")
    call(repository, "add", "--intent-to-add", "api/new.py")
    expected = {path[4:]: text for path, text in next_commit(repository).items() if path.startswith("api/")}
    assert staged(repository / "api") == expected


def test_conflict(repository: Path) -> None:
    """No commit can follow; what is looked at is one of the two sides, and nothing breaks."""
    call(repository, "switch", "-q", "-c", "side")
    write(repository, {"backup.sh": SCRIPT})
    commit(repository, "side")
    call(repository, "switch", "-q", "main")
    write(repository, {"backup.sh": "echo main\n"})
    commit(repository, "main")
    subprocess.run(["git", "merge", "side"], cwd=repository, capture_output=True, check=False)
    assert staged(repository)["backup.sh"] in (SCRIPT, "echo main\n")


# In a hook


@pytest.fixture
def said(repository: Path, tmp_path: Path) -> Path:
    """Where the hook of the repository writes what it saw of `.`, and of `api`."""
    hook_of(repository, tmp_path)
    return tmp_path / "said"


def hook_of(repository: Path, folder: Path, name: str = "pre-commit") -> None:
    hook = repository / ".git/hooks" / name
    hook.parent.mkdir(exist_ok=True)
    start = f'PYTHONPATH="{ROOT / "src"}" "{sys.executable}" -c \'{DUMP}\''
    hook.write_text(f'#!/bin/sh\n{start} . >"{folder}/said"\n{start} api >"{folder}/said-of-api"\n', "utf-8")
    hook.chmod(0o755)


def seen_by(said: Path, folder: Path) -> None:
    """Check what the hook saw against the commit that was made."""
    made = of_tree(folder, "HEAD")
    assert json.loads(said.read_text("utf-8")) == made
    below = {path[4:]: text for path, text in made.items() if path.startswith("api/")}
    assert json.loads(said.with_name("said-of-api").read_text("utf-8")) == below


def change_all(folder: Path) -> None:
    write(folder, {"backup.sh": SCRIPT, "api/app.py": APP + "x = 1\n", "old.txt": "other\n", "new.sh": SCRIPT})
    call(folder, "add", "backup.sh")
    write(folder, {"backup.sh": SCRIPT + "more\n"})
    (folder / "empty.py").unlink()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--all"],
        ["backup.sh"],
        ["--only", "old.txt"],
        ["--include", "old.txt"],
        ["--amend"],
        ["--amend", "--all"],
        ["api"],
        ["--all", "--allow-empty"],
    ],
    ids=" ".join,
)
def test_hook_of_a_commit(repository: Path, said: Path, arguments: list[str]) -> None:
    change_all(repository)
    call(repository, "commit", "-q", "-m", "change", *arguments)
    seen_by(said, repository)


def test_hook_of_a_commit_from_a_folder_below(repository: Path, said: Path) -> None:
    change_all(repository)
    call(repository / "api", "commit", "-q", "-m", "change", "app.py", "../old.txt")
    seen_by(said, repository)


def test_hook_of_the_first_commit(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    call(folder, "init", "-q")
    hook_of(folder, tmp_path)
    write(folder, {"app.py": APP, "backup.sh": SCRIPT, "api/app.py": APP, "other.sh": SCRIPT})
    call(folder, "add", "app.py", "backup.sh", "api")
    call(folder, "commit", "-q", "-m", "first")
    seen_by(tmp_path / "said", folder)


@pytest.mark.parametrize("arguments", [[], ["--all"], ["old.txt"]], ids=" ".join)
def test_hook_in_a_worktree(repository: Path, said: Path, tmp_path: Path, arguments: list[str]) -> None:
    tree = tmp_path / "tree"
    call(repository, "worktree", "add", "-q", "-b", "side", str(tree))
    change_all(tree)
    write(repository, {"app.py": "broken\n"})
    call(repository, "add", "app.py")
    call(tree, "commit", "-q", "-m", "change", *arguments)
    seen_by(said, tree)


def test_hook_in_a_submodule(repository: Path, tmp_path: Path) -> None:
    whole = started(tmp_path / "whole")
    call(whole, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repository), "part")
    part = whole / "part"
    hooks = Path(call(part, "rev-parse", "--absolute-git-dir"))
    hook_of(repository, tmp_path)
    (hooks / "hooks").mkdir(exist_ok=True)
    (repository / ".git/hooks/pre-commit").rename(hooks / "hooks/pre-commit")
    change_all(part)
    call(part, "commit", "-q", "-m", "change", "--all")
    seen_by(tmp_path / "said", part)


def test_hook_of_a_merge(repository: Path, tmp_path: Path) -> None:
    call(repository, "switch", "-q", "-c", "side")
    write(repository, {"side.sh": SCRIPT})
    commit(repository, "side")
    call(repository, "switch", "-q", "main")
    write(repository, {"main.sh": SCRIPT})
    commit(repository, "main")
    hook_of(repository, tmp_path, "pre-merge-commit")
    call(repository, "merge", "-q", "-m", "merge", "side")
    seen_by(tmp_path / "said", repository)


def test_surroundings_that_name_another_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook of one repository may lint another: what git told the hook is not of that one."""
    other = started(tmp_path / "other")
    partly(repository)
    expected = next_commit(repository)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_PREFIX", "api/")
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git/objects"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.worktree")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(other))
    assert staged(repository) == expected


# What cannot be looked at


def test_bare_repository(tmp_path: Path) -> None:
    call(tmp_path, "init", "-q", "--bare")
    (tmp_path / "app.py").write_text(APP, "utf-8")
    with pytest.raises(NothingToLint):
        lint(tmp_path, Config(staged=True))


def test_what_git_lacks_is_said(repository: Path) -> None:
    write(repository, {"backup.sh": SCRIPT, "notes.txt": SCRIPT})
    call(repository, "add", "--all")
    for path in ("backup.sh", "notes.txt"):
        name = call(repository, "rev-parse", f":{path}")
        file = repository / ".git/objects" / name[:2] / name[2:]
        if file.exists():
            file.unlink()
    report = lint(repository, Config(staged=True, select=("credential-committed",)))
    assert report.findings == []
    assert {problem.place.path for problem in report.problems} == {"backup.sh", "notes.txt"}


def test_what_a_repository_and_its_submodule_configure_is_not_run(repository: Path, tmp_path: Path) -> None:
    """To tell what is only meant to be added, git looks at files, which may have filters, and at submodules."""
    ran, program = tmp_path / "ran", tmp_path / "program"
    program.write_text(f'#!/bin/sh\ntouch "{ran}"\ncat\n', "utf-8")
    program.chmod(0o755)
    part = started(tmp_path / "part")
    call(repository, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(part), "part")
    only_meant(repository)
    for folder in (repository, repository / "part"):
        write(folder, {".gitattributes": "* filter=evil\n", "backup.sh": CLEAN + "#\n", "new.sh": SCRIPT})
        for key in ("core.fsmonitor", "diff.external", "filter.evil.clean", "filter.evil.process", "core.sshCommand"):
            call(folder, "config", key, str(program))
        os.utime(folder / "app.py", (1, 1))
    ran.unlink(missing_ok=True)
    assert staged(repository)["backup.sh"] == CLEAN
    assert not ran.exists()
    subprocess.run(["git", "status"], cwd=repository, capture_output=True, check=False)
    assert ran.exists(), "git itself would have run it"
