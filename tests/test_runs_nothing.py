"""Nothing of a project runs, and the same project gives the same bytes whatever stands around."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint.config import FORMATS
from projects import APP, CLEAN, write
from test_hostile import CIRCLES, TEXTS
from test_hostile_values import EVIL
from test_hostile_values import project as evil_project

TRACE = "import os, pathlib\npathlib.Path(os.environ.get('TRACES', '.'), 'ran').write_text(__file__)\n"
#: Files that some tool runs just because they are there.
_NAMES = (
    "sitecustomize.py usercustomize.py setup.py conftest.py gunicorn.conf.py wsgi.py manage.py yaml.py click.py "
    "rich.py ast.py json.py tomli.py packaging/__init__.py flask/__init__.py gunicorn/__init__.py "
    "flaskprod_lint/__init__.py flaskprod_lint/__main__.py noxfile.py tasks.py migrations/env.py"
).split()
TRAPS = dict.fromkeys(_NAMES, TRACE) | {
    "trap.pth": "import os; open('ran', 'w').close()\n",
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    '[project]\nname = "a"\ndynamic = ["version"]\n',
    "backend.py": TRACE,
    "setup.cfg": "[metadata]\nversion = attr: backend.version\n",
    "Procfile": "web: touch ran; $(touch ran) gunicorn app:app\n",
    "start.sh": "#!/bin/sh\ntouch ran\n`touch ran`\n",
    "compose.yaml": "services:\n  web: !!python/object/apply:os.system ['touch ran']\n",
    "app.py": TRACE + APP + "exec('import backend')\neval('__import__(\"backend\")')\n__import__('backend')\n",
}

#: Lints the folders it is given in one process and says what Python told an audit hook meanwhile.
WATCHED = """
import json, os, sys
import encodings.idna, flaskprod_lint, flaskprod_lint.linting, flaskprod_lint.cli
from pathlib import Path
from flaskprod_lint.config import Config
from flaskprod_lint.linting import NothingToLint, lint
from flaskprod_lint.resolve.history import is_there
own = [str(Path(flaskprod_lint.__file__).parent)] + [path for path in sys.path if path] + [sys.prefix, sys.base_prefix]
folders, told, environment = sys.argv[1:], [], dict(os.environ)
watching = False

def hook(event, given):
    if not watching:
        return
    if event == "subprocess.Popen":
        told.append([event, str(given[0])])
    elif event.startswith(("socket.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.putenv", "os.unsetenv",
                           "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.chmod",
                           "shutil.", "urllib.", "ctypes.", "code.__new__", "webbrowser.", "ftplib.", "os.truncate")):
        told.append([event, str(given)[:80]])
    elif event == "open":
        path, mode, flags = given
        writes = (mode and set(mode) & set("wax+")) or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        inside = isinstance(path, str) and any(path.startswith(one) for one in own)
        if writes and isinstance(path, str) and path != os.devnull and not (inside and "__pycache__" in path):
            told.append([event, path, str(mode)])
    elif event == "import":
        if given[1] and any(str(given[1]).startswith(folder) for folder in folders):
            told.append([event, str(given)])
    elif event == "exec":
        name = given[0].co_filename
        if any(name.startswith(folder) for folder in folders) or name in ("app.py", "<unknown>"):
            told.append([event, name])

sys.addaudithook(hook)
lint(Path(folders[0]))
in_git = is_there(Path(folders[0]))  # Not where these tests run from an archive.
for folder in folders:
    watching = True
    try:
        lint(Path(folder), Config(history=in_git and folder == folders[0], today="2026-01-01"))
    except NothingToLint:
        pass
    watching = False
assert dict(os.environ) == environment
print(json.dumps(told))
"""


#: Runs command lines in one process under the same hook; what is written where `--output` says is asked for.
COMMANDED = (
    WATCHED.replace("sys.argv[1:]", "[]").partition("sys.addaudithook")[0]
    + """
import contextlib, io
sys.addaudithook(hook)
lines = json.loads(sys.stdin.read())
folders += sorted({word for line in lines for word in line if os.path.isdir(word)})
own += [word.partition(":")[2] or word for line in lines for word in line if word.endswith(".asked")]
codes = []
for number, line in enumerate([lines[0], *lines]):
    watching = number > 0
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        codes.append(flaskprod_lint.cli.run(line))
    watching = False
assert dict(os.environ) == environment
print(json.dumps([sorted(set(codes)), [one for one in told if not (one[0] == "open" and one[1].endswith(".asked"))]]))
"""
)


def environment(**more: str) -> dict[str, str]:
    paths = os.pathsep.join(str(Path(path).resolve()) for path in sys.path if path and "tests" not in path)
    return {"PATH": os.environ["PATH"], "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", **more}


def watched(folders: list[Path], cwd: Path) -> list[list[str]]:
    command = [sys.executable, "-P" if sys.version_info >= (3, 11) else "-s", "-c", WATCHED, *map(str, folders)]
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    told: list[list[str]] = json.loads(done.stdout)
    return told


def test_a_project_full_of_traps(tmp_path: Path) -> None:
    folder = write(tmp_path / "shop", {**CLEAN, **TRAPS})
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    told = watched([folder], tmp_path)
    assert {tuple(one) for one in told} <= {("subprocess.Popen", "git")}
    assert told
    assert not list(tmp_path.rglob("ran"))


def test_the_examples_and_the_fixtures(tmp_path: Path) -> None:
    folders = [path for path in sorted((ROOT / "examples").iterdir()) if path.is_dir()]
    folders += [path for path in sorted((ROOT / "tests" / "rules").glob("*/bad*")) if path.is_dir()][::8]
    assert {tuple(one) for one in watched(folders, tmp_path)} <= {("subprocess.Popen", "git")}


def commanded(lines: list[list[str]], cwd: Path) -> tuple[list[int], set[tuple[str, ...]]]:
    """The exit codes of these command lines, and what was told of them."""
    command = [sys.executable, "-P" if sys.version_info >= (3, 11) else "-s", "-c", COMMANDED]
    done = subprocess.run(
        command, cwd=cwd, env=environment(), capture_output=True, text=True, input=json.dumps(lines), errors="replace"
    )
    assert done.returncode == 0, done.stderr[-3000:]
    codes, told = json.loads(done.stdout)
    return codes, {tuple(one) for one in told}


def test_every_command_and_format(tmp_path: Path) -> None:
    """Of the project of traps, and of one whose values steer what shows them."""
    folders = [write(tmp_path / "shop", {**CLEAN, **TRAPS})]
    folders += [evil_project(tmp_path / name, text) for name, text in EVIL.items()]
    for folder in folders:
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
        subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    lines = [
        *(
            ["check", str(folder), "--format", f"{form}:{tmp_path}/{form}.asked"]
            for folder in folders
            for form in FORMATS
        ),
        *(
            ["check", str(folder), option, "--format", "json"]
            for folder in folders
            for option in ("--staged", "--history")
        ),
        *(["show", str(folder), "--format", form, "--all"] for folder in folders for form in ("text", "json")),
        *(["baseline", str(folder), "--output", f"{tmp_path}/baseline.asked"] for folder in folders),
        *(["rules"], ["explain", "bind-loopback"], ["platforms"], ["platforms", "fly"], ["--version"], ["--help"]),
        ["check", str(tmp_path / "nowhere")],
    ]
    codes, told = commanded(lines, tmp_path)
    assert told == {("subprocess.Popen", "git")} and {0, 2} <= set(codes) <= {0, 1, 2}
    assert not list(tmp_path.rglob("ran"))


def test_every_hostile_file_and_circle(tmp_path: Path) -> None:
    folders = []
    for number, (path, text, _) in enumerate(TEXTS.values()):
        folders.append(write(tmp_path / f"text-{number}", {**CLEAN, path: text}))
    for number, files in enumerate(CIRCLES.values()):
        folders.append(write(tmp_path / f"circle-{number}", {**CLEAN, **files}))
    lines = [["check", str(folder), "--format", "json"] for folder in folders]
    codes, told = commanded(lines, tmp_path)
    assert told == {("subprocess.Popen", "git")} and not set(codes) - {0, 1, 2}
    assert not list(tmp_path.rglob("ran"))


def test_the_hook_hears_what_is_done(tmp_path: Path) -> None:
    """Otherwise its silence would prove nothing."""
    folder = write(tmp_path / "shop", {**CLEAN, "app.py": "open('ran', 'w')\nimport socket\n"})
    lines = [["baseline", str(folder)], ["check", str(folder), "--format", f"json:{tmp_path}/other.json"]]
    _, told = commanded(lines, tmp_path)
    written = {one[1] for one in told if one[0] == "open"}
    assert {f"{tmp_path}/other.json", f"{folder}/.flaskprod-baseline.json"} <= written


def test_only_the_output_that_is_asked_for_is_written(tmp_path: Path) -> None:
    folder = write(tmp_path / "shop", {**CLEAN, **TRAPS})
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    command = [sys.executable, "-m", "flaskprod_lint", str(folder), "--format", "json", "--output", "report.json"]
    subprocess.run(command, cwd=tmp_path, env=environment(TRACES=str(tmp_path)), capture_output=True)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json", "shop"]


# The same bytes

SHUFFLED = """
import os, random, sys
chance, scan, names = random.Random(int(sys.argv.pop(1))), os.scandir, os.listdir

class Entries:
    def __init__(self, entries):
        self.entries = list(entries)
        chance.shuffle(self.entries)
    def __enter__(self):
        return iter(self.entries)
    def __exit__(self, *_):
        pass
    def __iter__(self):
        return iter(self.entries)

def listed(*given):
    found = names(*given)
    chance.shuffle(found)
    return found

os.scandir, os.listdir = lambda *given: Entries(scan(*given)), listed
from flaskprod_lint.cli import run
sys.exit(run())
"""


EVERYTHING = (
    *(("check", "--format", form, "--verbose") for form in FORMATS),
    *(("show", "--format", form, "--all") for form in ("text", "json")),
)


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of many formats with findings in each, twice: with a repository of git and without."""
    top = tmp_path_factory.mktemp("same")
    examples = sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir())
    for name in ("with", "without"):
        folder = top / name / "shop"
        shutil.copytree(next(path for path in examples if path.name.startswith("not-ready")), folder)
        evil_project(folder / "more", "a é 日本")
        write(folder, {"a.env": "A=1\n", ".env.b": "B=2\n", "k8s/a.yaml": "kind: Service\napiVersion: v1\n"})
    for command in (["init", "-q"], ["add", "-A", "-f"]):
        subprocess.run(["git", *command], cwd=top / "with" / "shop", check=True)
    return top


@pytest.mark.parametrize("words", EVERYTHING, ids=lambda words: f"{words[0]}-{words[2]}")
def test_the_same_bytes(words: tuple[str, ...], varied: Path) -> None:
    """Whatever the locale, the time zone, the hash seed, the working directory and the order of files.

    With git the files are in git's order, without it in that of the folder; what git alone knows is told apart.
    """
    for name in ("with", "without"):
        found = set()
        folder = varied / name / "shop"
        for seed, zone, locale, cwd in (
            ("0", "UTC", "C", varied),
            ("1", "Asia/Kathmandu", "C.UTF-8", folder),
            ("77", "America/St_Johns", "tr_TR.UTF-8", ROOT),
        ):
            around = environment(PYTHONHASHSEED=seed, TZ=zone, LC_ALL=locale, PYTHONUTF8="1", COLUMNS="100")
            command = [sys.executable, "-c", SHUFFLED, seed, words[0], str(folder), *words[1:]]
            done = subprocess.run(command, cwd=cwd, env=around, capture_output=True)
            assert done.returncode in (0, 1), done.stderr
            found.add(done.stdout)
        assert len(found) == 1


def test_the_same_with_git_and_without(varied: Path) -> None:
    """Of a project that commits all its files, the findings and answers are the same."""
    told = []
    for name in ("with", "without"):
        command = [sys.executable, "-m", "flaskprod_lint", str(varied / name / "shop"), "--format", "json"]
        done = subprocess.run(command, cwd=varied, env=environment(), capture_output=True)
        told.append(done.stdout.replace(f"/{name}/".encode(), b"/"))
    assert json.loads(told[0])["findings"] == json.loads(told[1])["findings"]
    assert json.loads(told[0])["checklist"] == json.loads(told[1])["checklist"]


def test_the_same_many_times_at_once(varied: Path) -> None:
    """Several processes on one project neither wait for each other nor leave anything that another finds."""
    folder = varied / "with" / "shop"
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    command = [sys.executable, "-m", "flaskprod_lint", str(folder), "--format", "json"]
    running = [subprocess.Popen(command, cwd=varied, env=environment(), stdout=subprocess.PIPE) for _ in range(4)]
    assert len({process.communicate()[0] for process in running}) == 1
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
