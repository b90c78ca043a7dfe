"""What git is asked: the index in place of the files, all that was ever committed, and nothing that it would run."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint import git
from flaskprod_lint.config import Config, ConfigError
from flaskprod_lint.finding import Finding
from flaskprod_lint.linting import lint
from made_tokens import private_key
from projects import write

PASSWORD = "Zt5rW8" + "kQ1mVx"
SCRIPT = f'pg_dump "postgresql://backup:{PASSWORD}@db.shop.dev/shop"\n'
CLEAN = 'pg_dump "$DATABASE_URL"\n'
APP = "from flask import Flask\n\napp = Flask(__name__)\n"


def call(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    call(tmp_path, "init", "-q", "-b", "main")
    write(tmp_path, {"app.py": APP, "backup.sh": CLEAN})
    commit(tmp_path, "start")
    return tmp_path


def commit(folder: Path, message: str) -> str:
    call(folder, "add", "--all")
    call(folder, "commit", "-q", "-m", message)
    return call(folder, "rev-parse", "HEAD")[:10]


def credentials(folder: Path, **options: bool) -> list[Finding]:
    report = lint(folder, Config(select=("credential-committed",), **options))
    assert not report.crashes
    return report.findings


def test_staged_is_judged_and_not_the_file(repository: Path) -> None:
    write(repository, {"backup.sh": SCRIPT})
    call(repository, "add", "backup.sh")
    write(repository, {"backup.sh": CLEAN})
    assert [finding.at.path for finding in credentials(repository, staged=True)] == ["backup.sh"]
    assert credentials(repository) == []


def test_a_change_that_is_not_staged_is_not_judged(repository: Path) -> None:
    write(repository, {"backup.sh": SCRIPT, "new.sh": SCRIPT})
    assert credentials(repository, staged=True) == []
    assert [finding.at.path for finding in credentials(repository)] == ["backup.sh"]


def test_staged_from_a_folder_below_the_repository(repository: Path) -> None:
    write(repository, {"api/app.py": APP, "api/backup.sh": SCRIPT})
    call(repository, "add", "--all")
    assert [finding.at.path for finding in credentials(repository / "api", staged=True)] == ["backup.sh"]


def test_hook_of_a_commit_sees_what_that_commit_will_have(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """`git commit -a` and `git commit PATH` are made from an index of their own, which is not the one on disk yet."""
    said = tmp_path_factory.mktemp("said") / "rules"
    code = "from flaskprod_lint import Config, lint; print(*(f.rule for f in lint('.', Config(staged=True)).findings))"
    hook = repository / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT / "src"}" "{sys.executable}" -c "{code}" >"{said}"\n')
    hook.chmod(0o755)
    for arguments in (["--all"], ["backup.sh"]):
        (repository / "backup.sh").write_text(SCRIPT)
        call(repository, "commit", "-q", "-m", "more", *arguments)
        assert "credential-committed" in said.read_text("utf-8")
        (repository / "backup.sh").write_text(CLEAN)
        call(repository, "commit", "-q", "-m", "less", *arguments)
        assert "credential-committed" not in said.read_text("utf-8")


def test_index_of_another_repository_is_not_read(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository / "elsewhere/index"))
    assert git.index_of_a_commit(repository) is None
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository / ".git/index"))
    assert git.index_of_a_commit(repository) == (repository / ".git/index").resolve()
    assert git.index_of_a_commit(repository.parent) is None


def test_staged_links_and_submodules_are_passed_over(repository: Path) -> None:
    (repository / "link.sh").symlink_to("/etc/passwd")
    head = call(repository, "rev-parse", "HEAD")
    call(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},other")
    call(repository, "add", "link.sh")
    assert credentials(repository, staged=True) == []


def test_staged_without_git(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": APP})
    with pytest.raises(ConfigError, match="in no repository of git"):
        lint(tmp_path, Config(staged=True))


def test_ignored_but_tracked_is_committed(repository: Path) -> None:
    write(repository, {".gitignore": "*.sh\n", "backup.sh": SCRIPT, "other.sh": SCRIPT})
    commit(repository, "ignore")
    assert [finding.at.path for finding in credentials(repository)] == ["backup.sh"]


def test_history_names_the_commit_of_what_is_gone(repository: Path) -> None:
    write(repository, {"backup.sh": SCRIPT})
    came_in = commit(repository, "add a dump")
    write(repository, {"backup.sh": CLEAN})
    commit(repository, "take it out")
    (finding,) = credentials(repository, history=True)
    assert (finding.at.path, finding.at.line, finding.revision) == ("backup.sh", 1, came_in)
    assert f"since commit {came_in} and no longer in the file of today" in finding.message
    assert credentials(repository) == []


def test_history_names_the_commit_of_what_is_still_there(repository: Path) -> None:
    write(repository, {"backup.sh": SCRIPT})
    came_in = commit(repository, "add a dump")
    write(repository, {"backup.sh": f"# nightly\n{SCRIPT}"})
    commit(repository, "say when")
    (finding,) = credentials(repository, history=True)
    assert (finding.at.line, finding.revision) == (2, "")
    assert f"since commit {came_in}." in finding.message


def test_history_of_other_branches_and_merges(repository: Path) -> None:
    call(repository, "switch", "-q", "-c", "side")
    write(repository, {"side.sh": SCRIPT})
    came_in = commit(repository, "side")
    call(repository, "switch", "-q", "main")
    assert [finding.revision for finding in credentials(repository, history=True)] == [came_in]
    call(repository, "merge", "-q", "--no-ff", "-m", "merge", "side")
    call(repository, "rm", "-q", "side.sh")
    commit(repository, "gone")
    assert [finding.revision for finding in credentials(repository, history=True)] == [came_in]


def test_history_with_a_version_that_git_lacks(repository: Path) -> None:
    """As in a partial clone: the others are looked at all the same, and the report says what was not."""
    write(repository, {"backup.sh": SCRIPT, "lost.sh": "echo lost\n"})
    commit(repository, "password")
    blob = call(repository, "rev-parse", "HEAD:lost.sh")
    write(repository, {"backup.sh": CLEAN, "lost.sh": "echo found\n"})
    commit(repository, "clean")
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    report = lint(repository, Config(select=("credential-committed",), history=True))
    assert [finding.at.path for finding in report.findings] == ["backup.sh"]
    assert ["does not have 1 version of a file" in problem.message for problem in report.problems] == [True]


def test_history_of_a_file_that_was_deleted_without_a_commit(repository: Path) -> None:
    write(repository, {"old.sh": SCRIPT})
    came_in = commit(repository, "password")
    (repository / "old.sh").unlink()
    (finding,) = credentials(repository, history=True)
    assert (finding.at.path, finding.revision) == ("old.sh", came_in)
    write(repository, {"old.sh": CLEAN})
    (finding,) = credentials(repository, history=True)
    assert (finding.at.path, finding.revision) == ("old.sh", came_in)


def test_history_of_a_key_with_other_line_ends(repository: Path) -> None:
    key = private_key(random.Random(4)).replace("\n", "\r\n")
    (repository / "shop.pem").write_bytes(key.encode())
    commit(repository, "key")
    (finding,) = credentials(repository, history=True)
    assert "no longer" not in finding.message


def test_history_of_one_project_among_others(repository: Path) -> None:
    """The secrets of its own folder, by its own paths; what stands in another folder is that one's."""
    write(
        repository,
        {
            "shop/app.py": APP,
            "shop/ops/backup.sh": SCRIPT,
            "blog/app.py": APP,
            "blog/run.sh": SCRIPT.replace("Zt5", "Yu6"),
        },
    )
    came_in = commit(repository, "projects")
    write(repository, {"shop/ops/backup.sh": CLEAN})
    commit(repository, "clean")
    found = credentials(repository / "shop", history=True)
    assert [(one.at.path, one.revision) for one in found] == [("ops/backup.sh", came_in)]


def test_history_of_a_shallow_clone(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    write(repository, {"backup.sh": SCRIPT})
    commit(repository, "password")
    write(repository, {"backup.sh": CLEAN})
    commit(repository, "clean")
    clone = tmp_path_factory.mktemp("shallow") / "clone"
    call(repository, "clone", "-q", "--depth", "1", f"file://{repository}", str(clone))
    report = lint(clone, Config(select=("credential-committed",), history=True))
    assert report.findings == []
    assert ["shallow" in problem.message for problem in report.problems] == [True]


def test_no_output_of_the_history_shows_the_text(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from flaskprod_lint.cli import run

    write(repository, {"backup.sh": SCRIPT})
    commit(repository, "in")
    write(repository, {"backup.sh": f"x=1\n{CLEAN}"})
    commit(repository, "out")
    for form in ("text", "json"):
        run(["--history", "--verbose", "--format", form, str(repository)])
        printed = capsys.readouterr()
        assert "since commit" in printed.out
        assert PASSWORD not in printed.out + printed.err


def test_what_the_repository_configures_is_not_run(repository: Path) -> None:
    """Monitors, hooks, filters, aliases and pagers of a repository are programs of whoever made it."""
    ran = repository / "ran"
    program = repository / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n", "utf-8")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "core.hooksPath", "core.editor"):
        call(repository, "config", key, str(program))
    call(repository, "config", "filter.evil.smudge", str(program))
    call(repository, "config", "filter.evil.clean", str(program))
    call(repository, "config", "diff.evil.textconv", str(program))
    call(repository, "config", "alias.ls-files", f"!{program}")
    hooks = repository / ".git/hooks"
    for name in ("post-index-change", "fsmonitor-watchman", "pre-auto-gc"):
        (hooks / name).write_text(program.read_text("utf-8"), "utf-8")
        (hooks / name).chmod(0o755)
    write(repository, {".gitattributes": "* filter=evil diff=evil\n", "backup.sh": SCRIPT})
    for options in ({}, {"staged": True}, {"history": True}):
        credentials(repository, **options)
    assert not ran.exists()


def test_large_and_missing_objects_have_no_content(repository: Path) -> None:
    (repository / "large.txt").write_bytes(b"x" * 5_000_000)
    (repository / "small.txt").write_text("small\n", "utf-8")
    commit(repository, "sizes")
    names = [call(repository, "rev-parse", f"HEAD:{name}") for name in ("large.txt", "small.txt")]
    with git.Blobs(repository) as blobs:
        assert list(blobs.read_many([names[0], "0" * 40, names[1]])) == [None, None, b"small\n"]
        with pytest.raises(ValueError, match="no content"):
            blobs.read("f" * 40)
