"""No command, option or format shows a secret, also of files that are broken, and nothing is kept of them anywhere."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import planted_secrets
from conftest import ROOT
from flaskprod_lint.cli import cli, run
from flaskprod_lint.config import FORMATS
from planted_secrets import Planted
from projects import write
from test_git import APP, call
from test_no_secret_shows import leaks

#: What a run of each kind may be asked for beside its formats.
WAYS = {
    "check": [],
    "history": ["--history"],
    "staged": ["--staged"],
    "verbose": ["--verbose"],
    "quiet": ["--quiet"],
    "color": ["--color", "always"],
    "not silenced": ["--no-suppressions"],
    "no rule of secrets": ["--ignore", "secrets"],
    "a platform": ["--platform", "heroku", "--instances", "3", "--db-connections", "20"],
}


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    folder = tmp_path_factory.mktemp("inside")
    return folder, planted_secrets.project(folder)


def in_all_formats(arguments: list[str], into: Path) -> str:
    """What a run writes in every format there is."""
    into.mkdir(exist_ok=True)
    run([*arguments, *(word for name in FORMATS for word in ("--format", f"{name}:{into / name}"))])
    assert {file.name for file in into.iterdir()} == set(FORMATS)
    return "".join(file.read_text("utf-8") for file in into.iterdir())


@pytest.mark.parametrize("options", WAYS.values(), ids=WAYS)
def test_every_format_in_every_way(
    everywhere: tuple[Path, Planted], tmp_path: Path, options: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    folder, planted = everywhere
    written = in_all_formats(["check", *options, str(folder)], tmp_path / "out")
    printed = capfd.readouterr()
    assert "a defect of ours" not in printed.err
    assert ("secrets" in options) or written.count("credential-committed") > 100
    assert leaks(written + printed.out + printed.err, planted) == set()


def test_every_command_is_asked() -> None:
    """A new command has to be added below."""
    assert set(cli.commands) == {"check", "show", "rules", "explain", "platforms", "baseline"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "--all", "--format", "json"],
        ["show", "--all", "--color", "always"],
        ["show", "--platform", "render"],
        ["rules"],
        ["explain", "credential-committed"],
        ["platforms"],
        ["baseline", "--output", "known.json"],
    ],
    ids=" ".join,
)
def test_every_command(
    everywhere: tuple[Path, Planted], arguments: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As a process of its own, in the project: whatever it prints, warns of and leaves behind."""
    folder, planted = everywhere
    copy = tmp_path / "project"
    shutil.copytree(folder, copy, symlinks=True)
    home = tmp_path / "home"
    home.mkdir()
    places = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"), str(home))
    environment = {**os.environ, **places, "PYTHONPATH": str(ROOT / "src"), "PYTHONDEVMODE": "1"}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    before = set(copy.rglob("*"))
    command = [sys.executable, "-m", "flaskprod_lint", *arguments]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert len(done.stdout) > 50
    made = [path for path in copy.rglob("*") if path not in before]
    assert [path.name for path in made] == (["known.json"] if "baseline" in arguments else [])
    assert list(home.iterdir()) == []
    kept = "".join(path.read_text("utf-8") for path in made)
    assert leaks(done.stdout + done.stderr + kept, planted) == set()


def test_what_is_silenced_and_what_is_stale(everywhere: tuple[Path, Planted], tmp_path: Path) -> None:
    """By a comment, by the configuration, by a baseline; and silenced where there is nothing any more."""
    folder, planted = everywhere
    copy = tmp_path / "project"
    shutil.copytree(folder, copy, symlinks=True)
    run(["baseline", "--output", "known.json", str(copy)])
    (copy / "ops/keys.txt").unlink()
    app = (copy / "app.py").read_text("utf-8")
    silenced = [
        f"{line}  # flaskprod-lint: ignore[secrets] -- known" if "PASSWORD" in line else line
        for line in app.split("\n")
    ]
    write(copy, {"app.py": "\n".join(silenced), "flaskprod-lint.toml": 'baseline = "known.json"\n'})
    written = in_all_formats(["check", "--verbose", str(copy)], tmp_path / "out")
    assert len(written) > 5000
    assert leaks(written, planted) == set()
    assert leaks((copy / "known.json").read_text("utf-8"), planted) == set()


@pytest.mark.parametrize(
    "before",
    [
        "            - name: SECRET_KEY\n              value: {}",
        "            - {{name: JWT_SECRET_KEY, value: {}}}",
        "            - value: {}\n              name: API_TOKEN",
        "            - name: DATABASE_URL\n              value: postgresql://shop:{}@db/shop",
    ],
)
@pytest.mark.parametrize("options", [["--ignore", "secrets,database"], []], ids=["without secrets", "all"])
def test_a_line_beside_another_finding(tmp_path: Path, before: str, options: list[str]) -> None:
    """A finding shows the line before its own, whatever stands there."""
    planted = Planted()
    manifest = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  template:
    spec:
      containers:
        - name: web
          image: shop
          command: [gunicorn, app:app]
          env:
{before.format(planted("env"))}
            - {{name: FLASK_ENV, value: development}}
"""
    files = {"k8s/web.yaml": manifest, "app.py": APP, "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n"}
    write(tmp_path, files)
    written = in_all_formats(["check", *options, str(tmp_path)], tmp_path / "out")
    assert "flask-env-ignored" in written
    assert "FLASK_ENV, value: development" in written
    assert leaks(written, planted) == set()


# Broken files


def unclosed(text: str) -> str:
    """Quotes and brackets that open after each value and never close."""
    return re.sub(r"(?m)$", " \"'{[(", text, count=40)


def cut(text: str) -> str:
    return text[: len(text) * 2 // 3]


def with_tabs(text: str) -> str:
    return re.sub(r"(?m)^ +", "\t", text)


def with_rubbish(text: str) -> str:
    return "\n".join(f"{line}\n@@@ }}}} : {line} : {line}" for line in text.split("\n"))


def without_quotes(text: str) -> str:
    return text.replace('"', "").replace("'", "")


def with_escapes(text: str) -> str:
    r"""What newer Pythons warn of: `"\q"`."""
    return text.replace('"', '"\\q', 1).replace('= "', '= "\\d')


def one_line(text: str) -> str:
    return text.replace("\n", " ")


@pytest.mark.parametrize(
    "damage",
    [unclosed, cut, with_tabs, with_rubbish, without_quotes, with_escapes, one_line],
    ids=lambda damage: damage.__name__,
)
def test_broken_files(
    everywhere: tuple[Path, Planted],
    tmp_path: Path,
    damage: Callable[[str], str],
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What parsers say of a broken line often quotes it."""
    folder, planted = everywhere
    copy = tmp_path / "project"
    for path in (path for path in folder.rglob("*") if path.is_file() and ".git/" not in path.as_posix()):
        text = path.read_text("utf-8")
        write(copy, {path.relative_to(folder).as_posix(): text if path.name == "tokens.txt" else damage(text)})
    call(copy, "init", "-q")
    call(copy, "add", "--all", "-f")
    with caplog.at_level(logging.DEBUG):
        written = in_all_formats(["check", "--verbose", str(copy)], tmp_path / "out")
        run(["show", "--all", str(copy)])
        run(["show", "--all", "--format", "json", str(copy)])
    printed = capfd.readouterr()
    assert "a defect of ours" not in printed.err
    assert caplog.text == ""
    assert leaks(written + printed.out + printed.err, planted) == set()


@pytest.mark.parametrize("text", ["key = {}", "[tool\nkey = '{}'", "platform = '{}", "{} = 1", "select = ['a'\n{}"])
def test_broken_configuration(tmp_path: Path, text: str, capfd: pytest.CaptureFixture[str]) -> None:
    planted = Planted()
    write(tmp_path, {"app.py": "import flask\n", "flaskprod-lint.toml": text.format(planted("configuration"))})
    assert run(["check", str(tmp_path)]) == 2
    printed = capfd.readouterr()
    assert "flaskprod-lint" in printed.err
    assert leaks(printed.out + printed.err, planted) == set() or text == "{} = 1", "of the file, only a name is shown"
