"""The command line: what it runs, what it answers to the shell, and the one line it says about a mistake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import flaskprod_lint.linting
from flaskprod_lint import __version__
from flaskprod_lint.catalogue import RULES
from flaskprod_lint.cli import run
from flaskprod_lint.config import FORMATS, Config
from flaskprod_lint.finding import Report
from sample_report import LEVEL, crashed, ready, sample

Lint = Callable[[Path, Config], Report]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app.py").write_text("import flask\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def linted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Report], list[tuple[Path, Config]]]:
    """Have a report made by hand come out of every run, and remember what was asked for."""

    def replace(report: Report) -> list[tuple[Path, Config]]:
        asked: list[tuple[Path, Config]] = []

        def lint(root: Path, config: Config, **_: object) -> Report:
            asked.append((root, config))
            return report

        monkeypatch.setattr(flaskprod_lint.linting, "lint", lint)
        return asked

    return replace


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr; nothing may stand on stdout."""
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("flaskprod-lint: ") and captured.err.count("\n") == 1
    return captured.err.removeprefix("flaskprod-lint: ").rstrip("\n")


# What runs


@pytest.mark.parametrize("words", [[], ["."], ["check"], ["check", "."], ["--fail-on", "warning"], ["-q", "."]])
def test_check_need_not_be_named(words: list[str], project: Path, linted: Callable[[Report], list[object]]) -> None:
    asked = linted(sample())
    assert run(words) == 1
    assert len(asked) == 1


def test_directory_named_like_a_command(project: Path, linted: Callable[[Report], list[tuple[Path, Config]]]) -> None:
    (project / "show").mkdir()
    asked = linted(ready())
    assert run(["./show"]) == 0
    assert asked[0][0] == Path("show")


def test_options_reach_the_run(project: Path, linted: Callable[[Report], list[tuple[Path, Config]]]) -> None:
    asked = linted(ready())
    words = (
        "--select server,binding --select bind-loopback --ignore port-unset --platform heroku --tier basic --tier pro"
    )
    assert run([*words.split(), "--db-connections", "20", "--instances", "2"]) == 0
    config = asked[0][1]
    assert config.select == ("server", "binding", "bind-loopback") and config.ignore == ("port-unset",)
    assert (config.platform, config.tiers) == ("heroku", ("basic", "pro"))
    assert (config.db_connections, config.instances) == (20, 2)


def test_the_command_line_beats_the_file(project: Path, linted: Callable[[Report], list[tuple[Path, Config]]]) -> None:
    (project / "flaskprod-lint.toml").write_text('ignore = ["server"]\nfail-on = "never"\ninstances = 3\n', "utf-8")
    asked = linted(sample())
    assert run([]) == 0
    assert run(["--fail-on", "error", "--ignore", "image"]) == 1
    assert asked[1][1].ignore == ("image",) and asked[1][1].instances == 3


def test_configuration_from_elsewhere(project: Path, linted: Callable[[Report], list[tuple[Path, Config]]]) -> None:
    (project / "strict.toml").write_text('fail-on = "note"\n', "utf-8")
    asked = linted(ready())
    assert run(["--config", "strict.toml"]) == 0
    assert asked[0][1].fail_on == "note"


# Exit codes


@pytest.mark.parametrize(
    ("fail_on", "only_a_note", "code"),
    [
        ("error", False, 1),
        ("warning", False, 1),
        ("note", False, 1),
        ("never", False, 0),
        ("error", True, 0),
        ("warning", True, 0),
        ("note", True, 1),
        ("never", True, 0),
    ],
)
def test_exit_code(
    fail_on: str, only_a_note: bool, code: int, project: Path, linted: Callable[[Report], list[object]]
) -> None:
    report = sample()
    if only_a_note:
        report.findings = [LEVEL]
    linted(report)
    assert run(["--fail-on", fail_on]) == code


def test_a_defect_of_ours_is_3_and_the_rest_is_printed(
    project: Path, linted: Callable[[Report], list[object]], capsys: pytest.CaptureFixture[str]
) -> None:
    linted(crashed())
    assert run(["--fail-on", "never"]) == 3
    printed = capsys.readouterr().out
    assert "rule port-mismatch: KeyError" in printed and "secret-key-fallback" in printed


def test_an_unexpected_exception_is_3_and_one_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lint(root: Path, config: Config, **_: object) -> Report:
        raise ValueError("sk_live_secret")

    monkeypatch.setattr(flaskprod_lint.linting, "lint", lint)
    assert run([]) == 3
    said = complaint(capsys)
    assert said.startswith("a defect of ours, please report it: ValueError in test_cli.py:")
    assert "secret" not in said


def test_interrupted(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def lint(root: Path, config: Config, **_: object) -> Report:
        raise KeyboardInterrupt

    monkeypatch.setattr(flaskprod_lint.linting, "lint", lint)
    assert run([]) == 130
    assert capsys.readouterr().err.strip().endswith("interrupted")


def test_empty_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(tmp_path)]) == 2
    assert complaint(capsys).startswith("nothing to lint in ")


# Mistakes, each with the nearest valid name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--fromat json", "there is no option '--fromat'; did you mean '--format'?"),
        ("check --zzz", "there is no option '--zzz'"),
        ("--format jsn", f"--format: 'jsn' is not one of {', '.join(FORMATS)}; did you mean 'json'?"),
        ("--fail-on warnin", "--fail-on: 'warnin' is not one of error, warning, note, never; did you mean 'warning'?"),
        ("--select bind-lop", "--select: there is no rule or checklist item 'bind-lop'; did you mean 'bind-loopback'?"),
        ("--ignore serve", "--ignore: there is no rule or checklist item 'serve'; did you mean 'server'?"),
        ("--platform herokuu", "--platform: there is no platform 'herokuu'; did you mean 'heroku'?"),
        ("--instances many", "--instances: 'many' is not a valid integer range."),
        ("--db-connections 0", "--db-connections: 0 is not in the range x>=1."),
        ("shwo", "there is no path 'shwo'; did you mean 'show'?"),
        ("ap.py", "there is no path 'ap.py'; did you mean 'app.py'?"),
        ("app.py", "app.py is a file: give the directory of the project"),
        ("--format json show", "there is no path 'show'; a command comes before its options: flaskprod-lint show …"),
        ("--config nope.toml", "nope.toml: there is no such configuration file"),
        ("--format", "option '--format' requires an argument"),
        ("explain", "explain needs a RULE; see flaskprod-lint explain --help"),
        ("explain bind", "there is no rule or checklist item 'bind'; did you mean 'binding'?"),
        ("show a b", "got unexpected extra argument (b)"),
        ("--output no/such/folder.txt", "cannot write no/such/folder.txt: No such file or directory"),
    ],
)  # fmt: skip
def test_mistake(
    words: str, said: str, project: Path, linted: Callable[[Report], list[object]], capsys: pytest.CaptureFixture[str]
) -> None:
    linted(ready())
    assert run(words.split()) == 2
    assert complaint(capsys) == said


def test_mistake_in_the_configuration(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text('[tool.flaskprod-lint]\nplatform = "herokuu"\n', "utf-8")
    assert run([]) == 2
    assert complaint(capsys) == "pyproject.toml: platform: there is no platform 'herokuu'; did you mean 'heroku'?"


def test_a_name_with_escapes_is_neutralised(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["\x1b[31mevil\n"]) == 2
    assert "\x1b" not in capsys.readouterr().err


# Output


def test_json(project: Path, linted: Callable[[Report], list[object]], capsys: pytest.CaptureFixture[str]) -> None:
    linted(sample())
    assert run(["--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["version"] == 1 and found["ready"] is False and found["tool"]["version"] == __version__


def test_json_of_several_paths(
    project: Path, linted: Callable[[Report], list[object]], capsys: pytest.CaptureFixture[str]
) -> None:
    linted(ready())
    assert run(["--format", "json", ".", "."]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_output_file(
    project: Path, linted: Callable[[Report], list[object]], capsys: pytest.CaptureFixture[str]
) -> None:
    linted(sample())
    assert run(["--output", "report.txt"]) == 1
    assert capsys.readouterr().out == ""
    assert "Not ready for production" in (project / "report.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("environment", "words", "colored"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, [], False),
        ({"NO_COLOR": ""}, ["--color", "always"], True),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
    ],
)
def test_colour(
    environment: dict[str, str],
    words: list[str],
    colored: bool,
    project: Path,
    linted: Callable[[Report], list[object]],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    linted(sample())
    run(words)
    assert ("\x1b[" in capsys.readouterr().out) is colored


def test_explain_and_rules(capsys: pytest.CaptureFixture[str]) -> None:
    for rule in RULES.values():
        assert run(["explain", rule.id]) == 0
        assert rule.references[0] in capsys.readouterr().out
    assert run(["rules"]) == 0
    listed = capsys.readouterr().out
    assert all(f"  {rule} " in listed for rule in RULES)
    assert run(["rules", "--format", "json"]) == 0
    assert [rule["id"] for rule in json.loads(capsys.readouterr().out)] == list(RULES)


@pytest.mark.parametrize("command", ["", "check", "show", "rules", "explain"])
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--help"]) == 0
    assert "Example" in capsys.readouterr().out


# As a process


def started(*words: str, **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flaskprod_lint", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["check", "--help"]])
def test_what_needs_no_project_loads_nothing_heavy(words: list[str]) -> None:
    code = "import sys; from flaskprod_lint.cli import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    heavy = {"yaml", "rich", "tree_sitter", "dockerfile_parse", "packaging", "tomli", "tomllib"}
    assert not heavy & loaded
    ours = {name for name in loaded if name.startswith("flaskprod_lint")}
    assert ours == {"flaskprod_lint", *(f"flaskprod_lint.{name}" for name in ("cli", "cli_types", "cli_printing"))}


@pytest.mark.parametrize(
    ("files", "needed"),
    [
        ({}, set()),
        ({"requirements.txt": "flask==3.1.0\n"}, set()),
        ({"requirements.txt": "flask~=3.1\n"}, {"packaging"}),
        ({"Procfile": "web: gunicorn app:app\n"}, {"tree_sitter", "yaml"}),
        ({"Dockerfile": 'FROM python:3.13-slim\nCMD ["gunicorn", "app:app"]\n'}, {"dockerfile_parse"}),
        ({"Dockerfile": "FROM python:3.13-slim\nCMD gunicorn app:app\n"}, {"dockerfile_parse", "tree_sitter"}),
        ({"pyproject.toml": "[project]\nname = 'shop'\n"}, {"tomli"}),
    ],
)
@pytest.mark.parametrize("format", ["json", "text"])
def test_a_library_is_loaded_when_a_file_needs_it(
    format: str, files: dict[str, str], needed: set[str], project: Path
) -> None:
    for name, text in files.items():
        (project / name).write_text(text, "utf-8")
    code = "import sys; from flaskprod_lint.cli import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    line = [sys.executable, "-c", code, "--format", format]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    heavy = {"yaml", "rich", "tree_sitter", "dockerfile_parse", "packaging", "tomli"}
    assert heavy & set(done.stderr.split()) == needed


def test_version() -> None:
    done = started("--version")
    assert (done.returncode, done.stdout) == (0, f"flaskprod-lint {__version__}\n")


def test_ascii_terminal() -> None:
    done = started("explain", "pool-over-limit", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0 and done.stdout.isascii()


def test_reader_that_goes_away() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "flaskprod_lint", "rules"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "flaskprod_lint", "rules"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == "flaskprod-lint: cannot write the report: No space left on device\n"


def test_shell_completion() -> None:
    shell = {
        "_FLASKPROD_LINT_COMPLETE": "bash_complete",
        "COMP_WORDS": "flaskprod-lint explain bind-",
        "COMP_CWORD": "2",
    }
    assert "bind-loopback" in completed(shell)
    shell = {"_FLASKPROD_LINT_COMPLETE": "bash_complete", "COMP_WORDS": "flaskprod-lint --fo", "COMP_CWORD": "1"}
    assert "--format" in completed(shell)
    shell = {"_FLASKPROD_LINT_COMPLETE": "bash_complete", "COMP_WORDS": "flaskprod-lint sh", "COMP_CWORD": "1"}
    assert "show" in completed(shell)


def completed(shell: dict[str, str]) -> str:
    code = "from flaskprod_lint.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, **shell}
    )
    return done.stdout


@pytest.mark.parametrize(
    "words", [["--format", "json"], ["show", "--format", "json"], ["--verbose"], ["show", "--all"]]
)
def test_the_same_input_gives_the_same_bytes(words: list[str], root: Path) -> None:
    """Whatever the hash seed, the locale, the time zone and the size of a terminal that is not there."""
    command, rest = (words[:1], words[1:]) if words[0] == "show" else ([], words)
    project = str(root / "examples" / "not-ready-compose")
    seen = set()
    for seed, more in (("1", {"LC_ALL": "C.UTF-8", "TZ": "UTC"}), ("2", {"LC_ALL": "C", "TZ": "Asia/Tokyo"})):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1", **more}
        seen.add(started(*command, project, *rest, env=environment).stdout)
    assert len(seen) == 1 and seen.pop()
