"""All that was ever committed, in repositories of every make: what is looked at, once, and what is said of the rest."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint import git
from flaskprod_lint.config import Config, ConfigError
from flaskprod_lint.linting import lint
from flaskprod_lint.resolve import committed, history
from flaskprod_lint.resolve.versions import Reader, new_lines
from flaskprod_lint.source import decode
from made_tokens import private_key
from projects import write
from test_git import APP, CLEAN, SCRIPT, call, commit, credentials


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return started(tmp_path)


def started(folder: Path, *options: str) -> Path:
    call(folder, "init", "-q", "-b", "main", *options)
    write(folder, {"app.py": APP, "backup.sh": CLEAN})
    commit(folder, "start")
    return folder


def in_and_out(folder: Path, script: str = SCRIPT, path: str = "backup.sh") -> str:
    """Commit a password, and a version without it; the commit of the password."""
    write(folder, {path: script})
    came_in = commit(folder, "in")
    write(folder, {path: CLEAN})
    commit(folder, "out")
    return came_in


def found(folder: Path) -> list[tuple[str, str]]:
    return [(one.at.path, one.revision) for one in credentials(folder, history=True)]


def problems(folder: Path) -> list[str]:
    report = lint(folder, Config(select=("credential-committed",), history=True))
    assert not report.crashes
    return [problem.message for problem in report.problems]


# What is done


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[list[str], list[str]]]:
    """The commands of git that were started, and the contents that were asked for."""
    commands: list[str] = []
    asked: list[str] = []
    start, ask = git._start, git.Blobs._ask

    def note_start(root: Path, arguments: Iterable[str], *others: object, **more: object) -> subprocess.Popen[bytes]:
        words = list(arguments)
        if words[0] not in ("rev-parse", "ls-files"):  # A question about the folder, for each run.
            commands.append(words[0])
        return start(root, words, *others, **more)  # type: ignore[arg-type]

    def note_ask(self: git.Blobs, names: Iterable[str]) -> None:
        asked.extend(names)
        ask(self, names)

    monkeypatch.setattr(git, "_start", note_start)
    monkeypatch.setattr(git.Blobs, "_ask", note_ask)
    yield commands, asked


def test_each_content_is_read_once_by_one_process(
    repository: Path, watched: tuple[list[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = set()
    for number in range(200):
        write(repository, {"app.py": f"{APP}\n# {number}\n", "copy.py": f"{APP}\n# {number}\n"})
        (repository / "logo.png").write_bytes(b"%d" % number)
        commit(repository, "step")
        names.add(call(repository, "rev-parse", "HEAD:app.py"))
    (repository / "large.txt").write_bytes(b"x" * 5_000_000)
    commit(repository, "large")
    commands, asked = watched
    history.find(repository, lambda *_: None, lambda _: None, lambda _: "")
    assert sorted(commands) == ["cat-file", "cat-file", "rev-list"]
    assert len(asked) == len(set(asked))
    assert set(asked) == names | {call(repository, "rev-parse", f"HEAD~201:{path}") for path in ("app.py", "backup.sh")}


def test_commits_are_only_gone_through_where_something_was_found(
    repository: Path, watched: tuple[list[str], list[str]]
) -> None:
    in_and_out(repository)
    assert len(found(repository)) == 1
    assert sorted(watched[0]) == ["cat-file", "cat-file", "log", "ls-tree", "rev-list"]


def test_progress_says_how_many_there_are(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_STEP", 2)
    for number in range(4):
        write(repository, {"app.py": f"{APP}\n# {number}\n"})
        commit(repository, "step")
    steps: list[tuple[int, int]] = []
    lint(repository, Config(history=True), on_step=lambda *step: steps.append(step))
    assert steps == [(2, 6), (4, 6), (6, 6)]


# Of a version, what is new


def test_new_lines() -> None:
    before = b"one\ntwo\nthree\nfour\nfive\n"
    assert new_lines(before, before.replace(b"three", b"3")) == b"3"
    assert new_lines(before, before + b"six") == b"six"
    assert new_lines(before, b"nil\n" + before) == b"nil"
    assert new_lines(before, before.replace(b"two\n", b"").replace(b"five", b"fives")) == b"fives"
    assert new_lines(before, before) == b""
    assert new_lines(b"", b"one\ntwo") == b"one\ntwo"
    assert new_lines(before, b"") == b""
    assert new_lines(b"a" * 5000, b"a" * 3000 + b"b" + b"a" * 1999) == b"a" * 3000 + b"b" + b"a" * 1999


def test_a_version_holds_what_reading_it_whole_finds() -> None:
    """Lines that come, go and move, some with a secret, one of them over several lines."""
    chance = random.Random(8)
    lines = [f"line {number} {chance.random()}" for number in range(60)]
    secrets = [SCRIPT.strip(), private_key(chance).strip(), f"k = '{'ghp_'}{'A1b2C3' * 6}'", "AKIA" + "Q7" * 8]
    reader, several = Reader(), 0
    for number in range(400):
        for _ in range(chance.randint(0, 3)):
            lines.insert(chance.randrange(len(lines)), chance.choice([*secrets, f"new {number} {chance.random()}", ""]))
        for _ in range(chance.randint(0, 3)):
            lines.pop(chance.randrange(len(lines)))
        text = chance.choice(["\n", "\r\n", "\n"]).join(lines)
        whole = committed.in_text(text, "notes.txt")
        assert reader.read("notes.txt", text.encode()) == whole, number
        several += bool(whole)
    assert 50 < several < 400


def test_a_secret_of_kubernetes_is_told_by_lines_far_away(repository: Path) -> None:
    """What makes a secret of it comes later than the value, with many lines between."""
    filler = "".join(f"  name{number}: value{number}\n" for number in range(300))
    text = f"kind: ConfigMap\nmetadata:\n{filler}stringData:\n  DB_PASSWORD: Zt5rW8kQ1mVx9\n"
    write(repository, {"k8s/a.yaml": text})
    commit(repository, "config")
    write(repository, {"k8s/a.yaml": text.replace("ConfigMap", "Secret")})
    came_in = commit(repository, "secret")
    assert [one.commit for one in history.find(repository, lambda *_: None, lambda _: None, str)] == [came_in]


def test_text_of_windows(repository: Path) -> None:
    (repository / "run.ps1").write_bytes("\ufeff".encode("utf-16-le") + f'x = "{SCRIPT[9:-2]}'.encode("utf-16-le"))
    (repository / "other.ps1").write_bytes(SCRIPT.encode("utf-16-le"))  # Without its mark, it is no text.
    commit(repository, "windows")
    assert found(repository) == [("run.ps1", "")]
    assert decode((repository / "run.ps1").read_bytes()).startswith("x")


# Which commits


def test_octopus(repository: Path) -> None:
    names = []
    for name in ("a", "b", "c"):
        call(repository, "switch", "-q", "-c", name, "main")
        names.append(in_and_out(repository, SCRIPT.replace("Zt5", f"{name}t5"), f"{name}.sh"))
    call(repository, "switch", "-q", "main")
    call(repository, "merge", "-q", "-m", "all", "a", "b", "c")
    for name in ("a", "b", "c"):
        call(repository, "branch", "-q", "-D", name)
    assert call(repository, "show", "-s", "--format=%P").count(" ") == 2
    assert sorted(found(repository)) == [(f"{name}.sh", commit) for name, commit in zip("abc", names, strict=True)]


def test_what_only_a_merge_brought(repository: Path) -> None:
    """A conflict's solution is a content of its own, with no other commit."""
    call(repository, "switch", "-q", "-c", "side")
    write(repository, {"backup.sh": "echo side\n"})
    commit(repository, "side")
    call(repository, "switch", "-q", "main")
    write(repository, {"backup.sh": "echo main\n"})
    commit(repository, "main")
    call(repository, "merge", "-q", "--no-commit", "-s", "ours", "side")
    write(repository, {"backup.sh": SCRIPT})
    came_in = commit(repository, "merge")
    write(repository, {"backup.sh": CLEAN})
    commit(repository, "clean")
    assert found(repository) == [("backup.sh", came_in)]


@pytest.mark.parametrize("kind", ["tag", "annotated tag", "stash", "detached HEAD", "remote branch", "worktree"])
def test_commits_that_no_branch_has(repository: Path, kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    call(repository, "switch", "-q", "-c", "lost")
    came_in = in_and_out(repository)
    if kind == "stash":
        call(repository, "switch", "-q", "main")
        write(repository, {"backup.sh": SCRIPT.replace("Zt5", "Zt6")})
        call(repository, "stash", "-q")
    elif kind == "worktree":
        folder = tmp_path_factory.mktemp("worktree") / "tree"
        call(repository, "worktree", "add", "-q", "--detach", str(folder), "lost")
    elif kind == "remote branch":
        call(repository, "update-ref", "refs/remotes/origin/lost", "HEAD")
    elif kind.endswith("tag"):
        call(repository, "tag", *(["-a", "-m", "old"] if kind[0] == "a" else []), "old")
    call(repository, "switch", "-q", *(["--detach", "lost"] if kind == "detached HEAD" else ["main"]))
    call(repository, "branch", "-q", "-D", "lost")
    paths = [path for path, _ in found(repository)]
    assert paths == ["backup.sh"]
    assert kind == "stash" or found(repository) == [("backup.sh", came_in)]


def test_names_of_sha_256(tmp_path: Path) -> None:
    started(tmp_path, "--object-format=sha256")
    came_in = in_and_out(tmp_path)
    assert len(call(tmp_path, "rev-parse", "HEAD")) == 64
    assert found(tmp_path) == [("backup.sh", came_in)]
    write(tmp_path, {"backup.sh": SCRIPT})
    call(tmp_path, "add", "backup.sh")
    assert [one.at.path for one in credentials(tmp_path, staged=True)] == ["backup.sh"]


@pytest.mark.parametrize("how", ["replace", "graft"])
def test_a_commit_that_another_stands_in_for(repository: Path, how: str) -> None:
    """Whoever fetches the branch gets the commits themselves, not what is put before them here."""
    start, came_in = call(repository, "rev-parse", "HEAD"), in_and_out(repository)
    last = call(repository, "rev-parse", "HEAD")
    if how == "replace":
        call(repository, "replace", "--graft", last, start)
    else:
        (repository / ".git/info/grafts").write_text(f"{last} {start}\n", "utf-8")
    assert came_in not in call(
        repository, "-c", "advice.graftFileDeprecated=false", "log", "--format=%h", "--abbrev=10"
    )
    assert found(repository) == [("backup.sh", came_in)]


def test_submodules_are_other_projects(repository: Path) -> None:
    head = call(repository, "rev-parse", "HEAD")
    call(repository, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},other")
    call(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},same")
    call(repository, "commit", "-q", "-m", "submodules")
    assert problems(repository) == []


def test_odd_names_of_paths(repository: Path) -> None:
    names = ["with space.sh", "tab\there.sh", 'quo"te.sh', "ünï.sh", "-c.sh", "a/new\nline.sh"]
    for number, name in enumerate(names):
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text(SCRIPT.replace("Zt5", f"Zt{number}"), "utf-8")
    came_in = commit(repository, "names")
    call(repository, "rm", "-q", "--", *names)
    commit(repository, "gone")
    # Of a name in two lines, git lists the first.
    assert sorted(found(repository)) == sorted((name.partition("\n")[0], came_in) for name in names)


# What is missing


def test_a_partial_clone_fetches_nothing(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    in_and_out(repository)
    call(repository, "config", "uploadpack.allowFilter", "true")
    call(repository, "config", "uploadpack.allowAnySHA1InWant", "true")
    folder = tmp_path_factory.mktemp("partial")
    clone, ran, program = folder / "clone", folder / "ran", folder / "program"
    call(repository, "clone", "-q", "--filter=blob:none", f"file://{repository}", str(clone))
    program.write_text(f'#!/bin/sh\ntouch "{ran}"\nexec git-upload-pack "$@"\n', "utf-8")
    program.chmod(0o755)
    call(clone, "config", "remote.origin.uploadpack", str(program))
    assert problems(clone) == ["git does not have 1 version of a file here, so not all were looked at"]
    assert found(clone) == []
    assert not ran.exists()
    call(clone, "cat-file", "-p", "HEAD~1:backup.sh")
    assert ran.exists(), "git itself would have fetched it"
    assert [path for path, _ in found(clone)] == ["backup.sh"]


@pytest.mark.parametrize("what", ["tree", "commit"])
def test_a_broken_repository_is_no_clean_one(repository: Path, what: str) -> None:
    in_and_out(repository)
    name = call(repository, "rev-parse", "HEAD~1^{tree}" if what == "tree" else "HEAD~1")
    (repository / ".git/objects" / name[:2] / name[2:]).unlink()
    assert any("not all were looked at" in problem for problem in problems(repository))


def test_a_content_that_is_broken_is_counted(repository: Path) -> None:
    in_and_out(repository)
    name = call(repository, "rev-parse", "HEAD~1:backup.sh")
    file = repository / ".git/objects" / name[:2] / name[2:]
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-12] + b"broken")
    assert any("not all were looked at" in problem for problem in problems(repository))


def test_what_is_too_large_and_too_old_is_said(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_and_out(repository)
    (repository / "dump.txt").write_bytes(b"x" * 5_000_000)
    commit(repository, "large")
    (repository / "dump.txt").unlink()
    commit(repository, "small")
    assert problems(repository) == ["not looked at for its size, more than 4 MiB: 1 version of a file"]
    monkeypatch.setattr(history, "MOST_VERSIONS", 2)
    assert "the history is very long, so the oldest was not looked at: 1 version of a file" in problems(repository)
    assert found(repository) == []
    monkeypatch.setattr(history, "MOST_VERSIONS", 100)
    monkeypatch.setattr(history, "MOST_BYTES", 100)
    assert any(problem.startswith("the history is very long") for problem in problems(repository))


@pytest.mark.parametrize("given", [{}, {"PATH": ""}], ids=["no repository", "no git"])
def test_no_history_is_no_clean_one(tmp_path: Path, given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"app.py": APP})
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match="--history asks git for all commits"):
        lint(tmp_path, Config(history=True))


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    call(tmp_path, "init", "-q")
    write(tmp_path, {"app.py": APP, "backup.sh": SCRIPT})
    call(tmp_path, "add", "--all")
    assert [one.at.path for one in credentials(tmp_path, history=True)] == ["backup.sh"]


# What is printed


def test_progress_is_for_a_terminal_only(repository: Path) -> None:
    in_and_out(repository)
    command = [sys.executable, "-m", "flaskprod_lint", "--history", "--select", "credential-committed", str(repository)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert "since commit" in done.stdout


def test_what_is_gone_is_where_it_came_in(repository: Path) -> None:
    """Path and line are those of the commit that is named, whatever became of the file."""
    write(repository, {"old.sh": f"#\n#\n#\n{SCRIPT}"})
    came_in = commit(repository, "in")
    call(repository, "mv", "old.sh", "new.sh")
    write(repository, {"new.sh": SCRIPT})
    commit(repository, "moved")
    write(repository, {"new.sh": CLEAN})
    commit(repository, "out")
    (finding,) = credentials(repository, history=True)
    assert (finding.at.path, finding.at.line, finding.revision) == ("old.sh", 4, came_in)
    assert SCRIPT.strip() in call(repository, "show", f"{came_in}:old.sh").split("\n")[3]


def test_what_moved_into_the_project(repository: Path) -> None:
    write(repository, {"backup.sh": SCRIPT})
    came_in = commit(repository, "in")
    write(repository, {"shop/app.py": APP, "backup.sh": CLEAN, "shop/dump.sh": SCRIPT})
    commit(repository, "copied")
    write(repository, {"shop/dump.sh": CLEAN})
    commit(repository, "out")
    assert found(repository / "shop") == [("dump.sh", came_in)]
    assert found(repository) == [("backup.sh", came_in)]


def test_each_credential_of_a_file_has_its_own_commit(repository: Path) -> None:
    write(repository, {"backup.sh": SCRIPT})
    first = commit(repository, "first")
    write(repository, {"backup.sh": SCRIPT + SCRIPT.replace("Zt5", "Yu6")})
    second = commit(repository, "second")
    messages = [one.message for one in credentials(repository, history=True)]
    assert [first in messages[0], second in messages[1]] == [True, True]
