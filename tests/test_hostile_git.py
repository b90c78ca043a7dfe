"""Repositories that somebody made to have git run, read or wait for something when they are linted."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import subprocess
import time
from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint.config import Config
from flaskprod_lint.finding import Report
from flaskprod_lint.linting import lint
from projects import APP, CLEAN, write

SECRET = "Zt5rW8" + "kQ1mVx"
SCRIPT = f'pg_dump "postgresql://backup:{SECRET}@db.shop.dev/shop"\n'


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    allowed = ("-c", "protocol.file.allow=always", "-c", "safe.bareRepository=all")
    done = subprocess.run(["git", *identity, *allowed, *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().strip()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = write(tmp_path / "shop", CLEAN)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "start")
    return folder


def read(folder: Path, **options: bool) -> Report:
    """The report, which must be whole and come in time: git may be asked several times, and waits in vain a second."""
    started = time.monotonic()
    report = lint(folder, Config(today="2026-01-01", **options))
    assert [str(crash.error) for crash in report.crashes] == []
    assert time.monotonic() - started < 30
    return report


def paths(report: Report) -> set[str]:
    """Every path that a report names."""
    spans = [finding.at for finding in report.findings] + [problem.place.span for problem in report.problems]
    return {span.path for span in spans if span is not None}


# What `.git` may be


def test_a_worktree(shop: Path, tmp_path: Path) -> None:
    git(shop, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    write(tmp_path / "tree", {"node/ignored.sh": SCRIPT, ".gitignore": "node\n"})
    report = read(tmp_path / "tree")
    assert (tmp_path / "tree/.git").is_file() and "node/ignored.sh" not in paths(report)
    assert report.files == len(CLEAN) + (0 if ".gitignore" in CLEAN else 1)


def test_a_submodule_and_what_holds_it(shop: Path, tmp_path: Path) -> None:
    outer = write(tmp_path / "outer", CLEAN)
    git(outer, "init", "-q")
    git(outer, "submodule", "add", "-q", str(shop), "vendor/shop")
    git(outer, "add", "-A")
    assert (outer / "vendor/shop/.git").is_file()
    assert read(outer / "vendor/shop").files == len(CLEAN)
    assert read(outer).files == len(CLEAN) + 1, "the files of a submodule are another project's"


@pytest.mark.parametrize(
    "content",
    (
        *(b"", b"gitdir: ", b"gitdir: /\n", b"gitdir: /etc\n", b"gitdir: ../../..\n", b"gitdir: .git\n", b"\0" * 100),
        *(b"gitdir: " + b"a/" * 5_000, b"gitdir: \xff\xfe\n", b"gitdir: /dev/zero\n", b"gitdir: /proc/self/cwd/x\n"),
    ),
    ids=range(11),
)
def test_a_file_that_is_garbage(content: bytes, tmp_path: Path) -> None:
    """The project is then one without git, and its .gitignore counts all the same."""
    write(tmp_path, {**CLEAN, ".gitignore": "ignored\n", "app.py": APP})
    (tmp_path / ".git").write_bytes(content)
    report = read(tmp_path)
    assert report.checklist and report.files >= len(CLEAN)


def test_the_repository_of_somebody_else(shop: Path, tmp_path: Path) -> None:
    """A `.git` that leads to another repository has that one's index: what is not here is not read from there."""
    folder = write(tmp_path / "other", {**CLEAN, "app.py": APP})
    write(shop, {"backup.sh": SCRIPT})
    git(shop, "add", "-A")
    (folder / ".git").write_text(f"gitdir: {shop / '.git'}\n", "utf-8")
    assert "backup.sh" not in {finding.at.path for finding in read(folder).findings}


def test_a_bare_repository(shop: Path, tmp_path: Path) -> None:
    """As it is, and with files of a project inside of it, as an attacker has them in a folder of a project."""
    from flaskprod_lint.linting import NothingToLint

    ran = tmp_path / "ran"
    git(shop, "clone", "-q", "--bare", str(shop), str(tmp_path / "bare.git"))
    with pytest.raises(NothingToLint):
        lint(tmp_path / "bare.git")
    program = _program(tmp_path, ran)
    git(tmp_path / "bare.git", "config", "core.fsmonitor", str(program))
    git(tmp_path / "bare.git", "config", "core.worktree", ".")
    git(tmp_path / "bare.git", "config", "core.bare", "false")
    write(tmp_path / "bare.git", CLEAN)
    for options in ({}, {"history": True}):
        read(tmp_path / "bare.git", **options)
    assert not ran.exists()


def test_a_work_tree_elsewhere(shop: Path, tmp_path: Path) -> None:
    """`core.worktree` says that the files are those of another folder; what is linted is the folder that was named."""
    write(tmp_path / "private", {"backup.sh": SCRIPT})
    git(shop, "config", "core.worktree", str(tmp_path / "private"))
    report = read(shop)
    assert report.files == len(CLEAN) and not paths(report) & {"backup.sh"}


# What a repository and its surroundings may name


def _program(folder: Path, ran: Path) -> Path:
    program = folder / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n", "utf-8")
    program.chmod(0o755)
    return program


#: Settings that name a program, each of which git runs for something.
PROGRAMS = (
    *("core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "core.askPass", "core.gitProxy"),
    *("core.alternateRefsCommand", "diff.external", "diff.evil.command", "diff.evil.textconv", "pager.ls-files"),
    *("pager.cat-file", "pager.log", "pager.diff", "filter.evil.smudge", "filter.evil.clean", "filter.evil.process"),
    *("merge.evil.driver", "gpg.program", "credential.helper", "uploadpack.packObjectsHook", "sequence.editor"),
    *("interactive.diffFilter", "trailer.evil.command", "web.browser", "browser.evil.cmd", "man.evil.cmd"),
    *("remote.origin.vcs", "remote.origin.uploadpack", "init.templateDir", "core.hooksPath", "submodule.a.update"),
)
HOOKS = ("post-index-change", "fsmonitor-watchman", "pre-auto-gc", "reference-transaction", "post-checkout")
ALIASES = ("ls-files", "rev-parse", "cat-file", "rev-list", "log", "diff", "config", "status")


def _arm(shop: Path, program: Path) -> None:
    """Have the repository run the program for everything that it can be had run for."""
    with (shop / "app.py").open("a", encoding="utf-8") as file:
        file.write("# changed and not staged\n")
    write(shop, {"new.py": APP})
    git(shop, "add", "--intent-to-add", "new.py")
    more = shop / ".git" / "more"
    for key in PROGRAMS:
        value = f"!{program}" if key in ("credential.helper", "submodule.a.update") else str(program)
        git(shop, "config", "--file", str(more), key, value)
    for alias in ALIASES:
        git(shop, "config", "--file", str(more), f"alias.{alias}", f"!{program}")
    git(shop, "config", "--file", str(more), "log.showSignature", "true")
    git(shop, "config", "include.path", "more")
    git(shop, "config", "includeIf.onbranch:main.path", "more")
    hooks = shop / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        (hooks / name).write_bytes(program.read_bytes())
        (hooks / name).chmod(0o755)
    write(shop, {".gitattributes": "* filter=evil diff=evil merge=evil ident\n", "backup.sh": "echo\n"})


@pytest.mark.parametrize("options", [{}, {"staged": True}, {"history": True}], ids=["files", "staged", "history"])
def test_nothing_that_a_repository_names_is_run(options: dict[str, bool], shop: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    _arm(shop, _program(tmp_path, ran))
    report = read(shop, **options)
    assert not ran.exists() and report.checklist


def test_the_baseline_of_a_repository_that_is_armed(shop: Path, tmp_path: Path) -> None:
    """To write it and to look for what was renamed asks git for commits and differences."""
    from flaskprod_lint.cli import run

    ran = tmp_path / "ran"
    write(shop, {"Dockerfile": "FROM python:latest\nCMD flask run --debug\n", "old.env": "SECRET_KEY=abcdef1234567\n"})
    git(shop, "add", "-A", "-f")
    git(shop, "commit", "-q", "-m", "more")
    assert run(["baseline", str(shop)]) == 0
    git(shop, "mv", "Dockerfile", "Dockerfile.web")
    git(shop, "mv", "old.env", "new.env")
    _arm(shop, _program(tmp_path, ran))
    assert {one.kind for one in read(shop).suppressed} == {"baseline"}
    assert run(["baseline", str(shop)]) == 0
    assert not ran.exists()


@pytest.mark.parametrize("commit", ["--output={}", "--ext-diff", "HEAD:../x", "@{{u}}", "-O{}", ":/^x", "\n", "\0"])
def test_the_commit_of_a_baseline_is_no_option(commit: str, shop: Path, tmp_path: Path) -> None:
    """A baseline is a file of the project, and what it calls its commit goes to git."""
    written = tmp_path / "written"
    old = {"path": "gone.py", "rule": "debug-on", "fingerprint": "0", "message": ""}
    data = {"version": 1, "date": "2026-01-01", "commit": commit.format(written), "findings": [old]}
    (shop / ".flaskprod-baseline.json").write_text(json.dumps(data), "utf-8")
    assert [stale.message for stale in read(shop).stale] == ["gone: debug-on in gone.py"]
    assert not written.exists()


def test_a_promise_of_objects_fetches_nothing(shop: Path, tmp_path: Path) -> None:
    """A partial clone may name any program as the one that brings what is missing."""
    ran = tmp_path / "ran"
    program = _program(tmp_path, ran)
    (blob,) = git(shop, "rev-parse", "HEAD:app.py").split()
    (shop / ".git/objects" / blob[:2] / blob[2:]).unlink()
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::{program}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
    }.items():
        git(shop, "config", key, value)
    for options in ({}, {"staged": True}, {"history": True}):
        read(shop, **options)
    assert not ran.exists()


def test_what_the_surroundings_name(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of git's own lead to another repository, to programs and to files that are written."""
    ran, trace = tmp_path / "ran", tmp_path / "trace"
    program = str(_program(tmp_path, ran))
    other = write(tmp_path / "other", {"secret.py": APP})
    git(other, "init", "-q")
    git(other, "add", "-A")
    for name in ("GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_SSH", "GIT_PAGER", "GIT_EDITOR", "GIT_ASKPASS"):
        monkeypatch.setenv(name, program)
    for name in ("GIT_TRACE", "GIT_TRACE2", "GIT_TRACE2_EVENT", "GIT_TRACE_SETUP", "GIT_TRACE_PERFORMANCE"):
        monkeypatch.setenv(name, str(trace))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", program)
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'core.fsmonitor={program}'")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    monkeypatch.setenv("GIT_EXEC_PATH", str(tmp_path))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git/objects"))
    for options in ({}, {"staged": True}, {"history": True}):
        assert read(shop, **options).files == len(CLEAN)
    assert not ran.exists() and not trace.exists()


# What an index may hold


def index_of(*names: str) -> bytes:
    """An index with these paths, in the form that git itself would not write them in."""
    entries = []
    for name in sorted(os.fsencode(name) for name in names):
        entry = (
            struct.pack(">10I", 0, 0, 0, 0, 0, 0, 0o100644, 0, 0, 0) + bytes([1]) * 20 + struct.pack(">H", len(name))
        )
        entry += name
        entries.append(entry + b"\0" * (8 - len(entry) % 8))
    content = b"DIRC" + struct.pack(">II", 2, len(entries)) + b"".join(entries)
    return content + hashlib.sha1(content, usedforsecurity=False).digest()


def test_an_index_that_leads_out_of_the_project(shop: Path, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"Dockerfile": "FROM python:latest\nCMD flask run\n", "backup.sh": SCRIPT})
    (shop / ".git/index").write_bytes(
        index_of(
            *(f"{outside}/Dockerfile", "../outside/Dockerfile", "a/../../outside/backup.sh", f"{outside}/backup.sh"),
            *("//etc//passwd.py", "app.py", ".git/config", "a//b.py", "..", "./Procfile", "C:\\x\\y.py", "C:/x/y.sh"),
        )
    )
    report = read(shop)
    assert not any("outside" in path or path.startswith(("/", "..")) for path in paths(report))
    assert SECRET not in repr(report) and "flask run" not in repr(report)


@pytest.mark.parametrize("content", [b"", b"DIRC", b"DIRC\0\0\0\2\xff\xff\xff\xff" + b"\0" * 40, b"x" * 1_000])
def test_a_broken_index(content: bytes, shop: Path) -> None:
    (shop / ".git/index").write_bytes(content)
    assert read(shop).files == len(CLEAN)


# Pipes that nobody writes to


def _pipe(*parts: str) -> object:
    def make(shop: Path) -> None:
        path = shop.joinpath(*parts)
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(path)

    return make


def _named(key: str) -> object:
    def make(shop: Path) -> None:
        os.mkfifo(shop / "pipe")
        git(shop, "config", key, str(shop / "pipe"))

    return make


PIPES = {
    "ignore rules": _pipe(".gitignore"),
    "ignore rules of a folder": _pipe("a", "b", ".gitignore"),
    "HEAD": _pipe(".git", "HEAD"),
    "configuration": _pipe(".git", "config"),
    "index": _pipe(".git", "index"),
    "exclude": _pipe(".git", "info", "exclude"),
    "excludesFile": _named("core.excludesFile"),
    "include.path": _named("include.path"),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("name", PIPES)
def test_git_that_waits_for_a_pipe(name: str, shop: Path) -> None:
    """Git waits for ever then; we wait a second and go through the files ourselves."""
    PIPES[name](shop)  # type: ignore[operator]
    started = time.monotonic()
    report = lint(shop, Config(today="2026-01-01"))
    assert report.checklist and not report.crashes
    assert time.monotonic() - started < 20


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_git_that_works_is_waited_for(shop: Path) -> None:
    from flaskprod_lint.git_waits import for_ever

    write(shop, {".gitignore": "x\n", "a/.gitattributes": "* text\n"})
    git(shop, "config", "core.excludesFile", "~/.ignore-of-nobody")
    assert not for_ever(shop)
    os.mkfifo(shop / "Procfile.pipe")
    assert not for_ever(shop), "git opens no file for its content here"
    os.mkfifo(shop / "a/.gitignore")
    assert for_ever(shop)


def test_ignore_rules_that_are_no_file(tmp_path: Path) -> None:
    """Without git we read them, as git would: no link, no device, no file without an end."""
    write(tmp_path, CLEAN)
    (tmp_path / ".gitignore").unlink(missing_ok=True)
    for make in (
        lambda path: os.mkfifo(path),
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to(ROOT / ".gitignore"),
        lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 1 << 30),
    ):
        make(tmp_path / ".gitignore")
        assert read(tmp_path).files == len({*CLEAN, ".gitignore"})
        (tmp_path / ".gitignore").unlink()
