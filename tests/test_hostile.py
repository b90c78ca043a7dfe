"""Projects that somebody made to stop, to slow or to mislead whoever reads them.

Each is linted whole: within two seconds of CPU, without a defect of ours, and what was not read is said.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from flaskprod_lint.config import FORMATS, Config
from flaskprod_lint.finding import Report
from flaskprod_lint.linting import lint
from flaskprod_lint.source import MAX_BYTES
from projects import APP, CLEAN, write

#: Seconds of CPU that any of them may take.
PATIENCE = 2.0
DEEP = 5_000
#: How many files "very many" are; 100000 is the long run.
MANY = int(os.environ.get("FLASKPROD_FILES", "5000"))


def read(folder: Path) -> Report:
    """The report on a hostile project, which must be quick and whole."""
    started = time.process_time()
    report = lint(folder, Config(today="2026-01-01"))
    took = time.process_time() - started
    assert [str(crash.error) for crash in report.crashes] == []
    assert took < PATIENCE * max(1, MANY / 10_000), f"{took:.1f} s"
    return report


def problems(report: Report) -> dict[str, str]:
    """What was not read: the message by path."""
    return {problem.place.path: problem.message for problem in report.problems}


@pytest.fixture(autouse=True, scope="module")
def everything_is_imported(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a first run costs is not what a hostile file costs."""
    lint(write(tmp_path_factory.mktemp("warm"), {**CLEAN, "compose.yaml": "services: {}", "a.json": "{}"}))


# Texts: a file of the project, what stands in it, and what is said of it (None: it can be read)

NESTED = "nested|deep|not read|broken|cannot|not Python"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGED = "x-a: &a {k0: 1}\n" + "".join(
    f"x-{n}: &m{n}\n  <<: [{', '.join([f'*m{n - 1}' if n else '*a'] * 10)}]\n  k{n}: 1\n" for n in range(9)
)
SERVICE = "services:\n  web:\n    build: .\n    command: gunicorn app:app\n"
POD = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n"
TEXTS: dict[str, tuple[str, str, str | None]] = {
    "YAML, brackets": ("compose.yaml", "services: " + "[" * DEEP + "]" * DEEP, "nest"),
    "YAML, braces": ("fly.yaml", "apiVersion: " + "{a: " * DEEP + "}" * DEEP, None),
    "YAML, indented": ("compose.yaml", "".join(" " * n + "a:\n" for n in range(1_000)), "nested"),
    "YAML, dashes": ("compose.yaml", "services:\n  " + "- " * DEEP, "nested"),
    "YAML, alias bomb": ("compose.yaml", BOMB + SERVICE, None),
    "YAML, alias bomb as a service": ("compose.yaml", BOMB + SERVICE + "    environment: *i\n    ports: *i\n", None),
    "YAML, alias bomb in a pod": ("k8s/web.yaml", POD + "      - name: web\n        args: &a [*b]\n" + BOMB, None),
    "YAML, merge bomb": ("compose.yaml", MERGED + SERVICE + "    <<: *m8\n    environment: *m8\n", None),
    "YAML, merge in a circle": ("compose.yaml", "a: &a\n  <<: *a\n  b: 1\n" + SERVICE, None),
    "YAML, anchors on keys": ("compose.yaml", "&k services: {&k web: &k {build: &k ., &k image: *k, *k : *k}}\n", None),
    "YAML, a key that is a mapping": ("compose.yaml", "? {a: [b]}\n: c\n? [services]\n: *x\n" + SERVICE, None),
    "YAML, alias of nothing": ("compose.yaml", SERVICE + "    environment: *nothing\n", None),
    "YAML, tags": ("compose.yaml", "!!python/object/apply:os.system ['touch ran']\n---\n" + SERVICE, None),
    "YAML, many documents": ("k8s/web.yaml", "---\napiVersion: v1\nkind: Service\n" * 2_000, None),
    "YAML, dates out of range": ("compose.yaml", SERVICE + "    x: 9999-99-99T99:99:99Z\n    y: 0000-00-00\n", None),
    "JSON, brackets": ("app.json", "[" * DEEP + "]" * DEEP, "nest"),
    "JSON, braces": ("railway.json", '{"deploy": ' * DEEP + "1" + "}" * DEEP, "nested"),
    "JSON, brackets in package.json": ("package.json", '{"scripts": ' * DEEP + "1" + "}" * DEEP, None),
    "JSON, numbers": ("app.json", f'{{"formation": {{"web": {{"quantity": 1e999}}, "b": {"9" * 5000}}}}}', None),
    "TOML, brackets": ("pyproject.toml", "a = " + "[" * DEEP + "]" * DEEP, NESTED),
    "TOML, tables": ("fly.toml", "a = " + "{b = " * DEEP + "1" + "}" * DEEP, NESTED),
    "TOML, dotted": ("fly.toml", "[" + ".".join("a" * DEEP) + "]\nb = 1\n", None),
    "TOML, dates": ("fly.toml", "a = 9999-99-99\nb = 25:61:61\n", "broken"),
    "TOML, numbers": ("fly.toml", f"kill_timeout = {'9' * 4000}\napp = 1e999\nx = nan\n", None),
    "Python, brackets": ("app.py", APP + "x = " + "(" * DEEP + ")" * DEEP, NESTED),
    "Python, operators": ("app.py", APP + "x = " + "-" * 50_000 + "1", NESTED),
    "Python, a sum": ("app.py", APP + "x = " + "+".join(["1"] * 20_000), NESTED),
    "Python, attributes": ("app.py", APP + "app" + ".a" * 20_000 + "()\n", NESTED),
    "Python, calls": ("app.py", APP + "app" + "()" * 20_000 + "\n", NESTED),
    "Python, strings": ("app.py", APP + "app.config['SECRET_KEY'] = " + "'a' " * 20_000, None),
    "Python, joined strings": ("app.py", APP + "x = " + 'f"{' * 100 + "1" + '}"' * 100, None),
    "Python, routes": ("app.py", APP + "".join(f"@app.route('/{n}')\ndef f{n}(): pass\n" for n in range(2_000)), None),
    "Python, an import of itself": ("app.py", "import app\nfrom app import *\nfrom app import app\n" + APP, None),
    "Python, lone surrogates": (
        "app.py",
        APP + "app.secret_key = '\\ud800'\napp.config['\\udfff'] = '\\ud800'\n",
        None,
    ),
    "Dockerfile, continuations": (
        "Dockerfile",
        "FROM python:3.13\nRUN a \\\n" + "  && b \\\n" * 20_000 + "  && c\n",
        None,
    ),
    "Dockerfile, stages": ("Dockerfile", "".join(f"FROM s{n - 1} AS s{n}\n" for n in range(2_000)), None),
    "Dockerfile, stages in a circle": ("Dockerfile", "FROM b AS a\nFROM a AS b\nCOPY --from=b . .\nCMD x\n", None),
    "Dockerfile, a stage of itself": ("Dockerfile", "FROM a AS a\nCOPY --from=a . .\nCMD gunicorn app:app\n", None),
    "Dockerfile, here documents": ("Dockerfile", "FROM python:3.13\n" + "RUN <<A <<B <<C\n" * 2_000, None),
    "Dockerfile, variables": ("Dockerfile", "FROM python:3.13\nENV A=$A$A\n" + "ENV A=$A$A\n" * 60 + "CMD $A\n", None),
    "Dockerfile, default in default": ("Dockerfile", "FROM ${A:-" * 500 + "x" + "}" * 500 + "\nCMD a\n", None),
    "Dockerfile, ADD of everything": ("Dockerfile", "FROM python:3.13\n" + "COPY . .\n" * 2_000 + "CMD a\n", None),
    "shell, parentheses": ("Procfile", "web: " + "(" * DEEP + ")" * DEEP, None),
    "shell, substitutions": ("Procfile", "web: " + "$(" * DEEP + ")" * DEEP, None),
    "shell, defaults": ("Procfile", "web: gunicorn " + "${A:-" * DEEP + "}" * DEEP, None),
    "shell, ifs": ("start.sh", "#!/bin/sh\n" + "if a; then\n" * 2_000 + "b\n" + "fi\n" * 2_000, None),
    "shell, a long pipe": ("start.sh", "#!/bin/sh\n" + "a | " * 5_000 + "gunicorn app:app\n", None),
    "shell, a script of itself": ("start.sh", "#!/bin/sh\n. ./start.sh\nsh start.sh\nexec ./start.sh\n", None),
    "shell, growing": ("start.sh", "#!/bin/sh\nx=a\n" + "x=$x$x\n" * 100 + "gunicorn $x\n", None),
    "Makefile, a circle": (
        "Makefile",
        "a: b\n\t$(MAKE) b\nb: a\n\tmake a\nA = $(B)\nB = $(A)\nrun:\n\tgunicorn $(A)\n",
        None,
    ),
    "Makefile, growing": (
        "Makefile",
        "".join(f"A{n} = $(A{n + 1})$(A{n + 1})\n" for n in range(60)) + "A60 = x\nrun:\n\tgunicorn $(A0)\n",
        None,
    ),
    "requirements of themselves": (
        "requirements.txt",
        "-r requirements.txt\n-c ./requirements.txt\nflask==3.1.0\n",
        None,
    ),
    "requirements, a version": ("requirements.txt", f"flask=={'9' * 5000}\ngunicorn>={'1.' * 5000}0\n", None),
    "pyproject, extras of itself": (
        "pyproject.toml",
        '[project]\nname = "a"\nversion = "1"\ndependencies = ["a[b]"]\n[project.optional-dependencies]\nb = ["a[c]"]\n'
        'c = ["a[b]"]\n[dependency-groups]\nd = [{include-group = "e"}]\ne = [{include-group = "d"}]\n',
        None,
    ),
    "dotenv, a circle": (".env", "A=$B$B\nB=$A$A\n" + "C=$C$C\n" * 100, None),
    "dotenv, growing": (".env", "A=xx\n" + "A=$A$A\n" * 100, None),
    "nginx, braces": ("nginx.conf", "server { location / " + "{ a " * DEEP + "}" * DEEP, None),
    "systemd, continuations": (
        "web.service",
        "[Service]\nExecStart=gunicorn \\\n" + " a \\\n" * 20_000 + "app:app\n",
        None,
    ),
    "supervisord, expansions": ("supervisord.conf", "[program:a]\ncommand=" + "%(ENV_A)s" * 5_000 + "\n", None),
    "ini, interpolation of itself": ("alembic.ini", "[alembic]\nscript_location = %(script_location)s/a\n", None),
    "a configuration of numbers": ("gunicorn.conf.py", "workers = 10 ** 5000\ntimeout = 10 ** 400\n", None),
    "ignore rules": (".dockerignore", "[\n!\n[z-a]\n**/**/**/**/**/a\n" + "*a" * 2_000 + "b\n" + "\\", "understands"),
    "ignore rules of git": (".gitignore", "[\n!\n[z-a]\n**/**/**/a\n" + "*a" * 30 + "b\n\\\n", None),
    "not text": ("Dockerfile", "FROM python:3.13\n\0\0\0", "NUL"),
    "a line of 3 MB": ("app.py", APP + "x = '" + "a" * 3_000_000 + "'\n", None),
    "a line of 3 MB in YAML": ("compose.yaml", SERVICE + "    environment: {A: '" + "$A" * 1_500_000 + "'}\n", None),
    "a line of 10 MB": ("app.js.json", "x" * 10_000_000, None),
    "a Dockerfile of 10 MB": ("Dockerfile", "FROM python:3.13\nRUN " + "x" * 10_000_000, "bytes"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_file(name: str, tmp_path: Path) -> None:
    path, text, said = TEXTS[name]
    files = dict(CLEAN)
    if path in ("app.json", "pyproject.toml"):
        files = {"app.py": APP, "Procfile": "web: gunicorn app:app\n", "poetry.lock": ""}
    write(tmp_path, {**files, path: text})
    report = read(tmp_path)
    found = problems(report)
    if said is not None:
        assert any(word in found.get(path, "") for word in said.split("|")), found


# Several files that lead to each other

POD_OF = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
CIRCLES: dict[str, dict[str, str]] = {
    "requirements": {
        "requirements.txt": "-r a.txt\n",
        "a.txt": "-r b.txt\nflask==3.1.0\n",
        "b.txt": "-r a.txt\n-c c.txt",
    },
    "scripts": {
        "Procfile": "web: sh a.sh\n",
        "a.sh": "#!/bin/sh\n. ./b.sh\n. ./b.sh\n",
        "b.sh": "#!/bin/sh\n. ./a.sh\n. ./a.sh\ngunicorn app:app\n",
    },
    "imports": {
        "app.py": "from a import *\nfrom b import app\n",
        "a.py": "from b import *\nimport app, b\n",
        "b.py": "from a import *\nfrom app import *\n" + APP,
    },
    "compose, extends": {
        "compose.yaml": "services:\n  web:\n    extends: {file: b.yaml, service: web}\n",
        "b.yaml": "services:\n  web:\n    extends: {file: compose.yaml, service: web}\n    command: gunicorn app:app\n",
    },
    "compose, extends of itself": {"compose.yaml": "services:\n  web:\n    build: .\n    extends: {service: web}\n"},
    "compose, include": {
        "compose.yaml": "include: [b/compose.yaml, compose.yaml]\nservices: {}\n",
        "b/compose.yaml": "include:\n  - path: [../compose.yaml, compose.yaml]\nservices:\n  web: {build: ..}\n",
    },
    "Kustomize": {
        "k/a/kustomization.yaml": "resources: [../b, web.yaml, .]\n",
        "k/b/kustomization.yaml": "bases: [../a]\ncomponents: [../a, ../b]\n",
        "k/a/web.yaml": POD,
    },
    "Helm": {
        "chart/Chart.yaml": "apiVersion: v2\nname: a\nversion: 1\ndependencies: [{name: a, repository: 'file://.'}]\n",
        "chart/values.yaml": "a: &a [1]\n",
        "chart/templates/_a.tpl": '{{ define "a" }}{{ include "b" . }}{{ include "b" . }}{{ end }}'
        '{{ define "b" }}{{ include "a" . }}{{ template "a" . }}{{ end }}',
        "chart/templates/web.yaml": POD_OF + 'spec: {{ include "a" . }}\n{{ tpl (include "b" .) . }}\n',
    },
    "make": {
        "Makefile": "include Makefile b.mk\nrun: a\n\t$(MAKE) run\n",
        "b.mk": "include Makefile\na: run\n\tmake a\n",
    },
    "npm scripts": {"package.json": '{"scripts": {"start": "npm run a", "a": "npm start && npm run a"}}'},
    "pipenv scripts": {
        "Pipfile": "[scripts]\na = 'pipenv run b'\nb = 'pipenv run a'\n",
        "Procfile": "web: pipenv run a\n",
    },
    "Gunicorn": {
        "gunicorn.conf.py": "from gunicorn_b import *\n",
        "gunicorn_b.py": "import importlib\nfrom app import *\n",
    },
    "migrations": {
        "alembic.ini": "[alembic]\nscript_location = migrations\n",
        "migrations/env.py": "from alembic import context\n",
        "migrations/versions/a.py": "revision = 'a'\ndown_revision = 'b'\ndef upgrade(): pass\n",
        "migrations/versions/b.py": "revision = 'b'\ndown_revision = 'a'\ndef upgrade(): pass\n",
    },
}


@pytest.mark.parametrize("name", CIRCLES)
def test_files_in_a_circle(name: str, tmp_path: Path) -> None:
    read(write(tmp_path, {**CLEAN, **CIRCLES[name]}))


# What the file system holds


def test_a_file_of_a_gigabyte(tmp_path: Path) -> None:
    write(tmp_path, CLEAN)
    with (tmp_path / "compose.yaml").open("wb") as file:
        file.truncate(1 << 30)
    assert f"{1 << 30:,} bytes" in problems(read(tmp_path))["compose.yaml"]


def test_files_just_as_large_as_are_read(tmp_path: Path) -> None:
    """A Procfile, a compose file and a manifest of Kubernetes of nearly 4 MB each."""
    line = "# nothing to see here, move along\n"
    many = line * (MAX_BYTES // len(line) - 100)
    for name, text in (("Procfile", "web: gunicorn app:app\n"), ("compose.yaml", SERVICE), ("k8s/web.yaml", POD)):
        folder = write(tmp_path / name.replace("/", "-"), {**CLEAN, name: text + many})
        assert problems(read(folder)) == {}


def test_very_many_files(tmp_path: Path) -> None:
    write(tmp_path, CLEAN)
    for number in range(MANY):
        folder = tmp_path / f"d{number // 500}"
        if number % 500 == 0:
            folder.mkdir()
        (folder / f"f{number}.{('txt', 'html', 'py', 'md')[number % 4]}").write_bytes(b"x = 1\n")
    assert read(tmp_path).files == MANY + len(CLEAN)


def test_deep_folders(tmp_path: Path) -> None:
    write(tmp_path, CLEAN)
    before = os.open(".", os.O_RDONLY)
    os.chdir(tmp_path)
    try:
        for _ in range(1_200):
            os.mkdir("dddd")  # noqa: PTH102
            os.chdir("dddd")
        Path("app.py").write_text(APP, "utf-8")
    finally:
        os.chdir(before)
        os.close(before)
    try:
        read(tmp_path)
    finally:  # deeper than what Python itself can remove
        subprocess.run(["rm", "-rf", str(tmp_path / "dddd")], check=True)


def test_links_in_circles_and_out_of_the_project(tmp_path: Path) -> None:
    folder = write(tmp_path / "shop", CLEAN)
    (tmp_path / "outside").write_text("FROM python:3.13\nCMD flask run\n", "utf-8")
    (folder / "Dockerfile").unlink()
    (folder / "Dockerfile").symlink_to(tmp_path / "outside")
    (folder / "compose.yaml").symlink_to("compose.yaml")
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    (folder / "up").symlink_to("..")
    (folder / "Procfile").symlink_to("/dev/zero")
    (folder / "fly.toml").symlink_to("/proc/self/mem")
    (folder / "render.yaml").symlink_to("nowhere")
    found = problems(read(folder))
    assert "leads out of the project" in found["Dockerfile"]
    assert "leads out of the project" in found["Procfile"]
    assert {"compose.yaml", "fly.toml", "render.yaml"} <= found.keys()


def test_pipes_and_sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    write(tmp_path, CLEAN)
    os.mkfifo(tmp_path / "Procfile")
    os.mkfifo(tmp_path / "start.sh")
    with socket.socket(socket.AF_UNIX) as one:
        monkeypatch.chdir(tmp_path)
        one.bind("fly.toml")
        found = problems(read(tmp_path))
    assert found["Procfile"] == "not read: not a regular file"
    assert "fly.toml" in found


@pytest.mark.parametrize("name", ["compose.yaml", "app.py", "Dockerfile"])
def test_a_file_that_may_not_be_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {**CLEAN, "compose.yaml": SERVICE})
    opened = os.open

    def refused(path: str, flags: int, *rest: int) -> int:
        if str(path).endswith(name):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, flags, *rest)

    monkeypatch.setattr(os, "open", refused)
    assert problems(read(tmp_path))[name] == "not read: Permission denied"


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {**CLEAN, "closed/compose.yaml": SERVICE})
    scan = os.scandir

    def refused(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refused)
    assert "Permission denied" in problems(read(tmp_path))["closed"]


def test_a_file_that_vanishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flaskprod_lint import discover

    write(tmp_path, {**CLEAN, "compose.yaml": SERVICE})
    formats = discover._formats

    def later(project: object) -> object:
        (tmp_path / "compose.yaml").unlink()
        return formats(project)  # type: ignore[arg-type]

    monkeypatch.setattr(discover, "_formats", later)
    assert "compose.yaml" in problems(read(tmp_path))


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more is read than the file had when it was looked at: one that grows for ever is no file without an end."""
    write(tmp_path, {**CLEAN, "compose.yaml": SERVICE})
    asked = os.fstat

    def grown(descriptor: int) -> os.stat_result:
        status = asked(descriptor)
        with (tmp_path / "compose.yaml").open("a", encoding="utf-8") as file:
            file.write("]" * 10_000)
        return status

    monkeypatch.setattr(os, "fstat", grown)
    report = read(tmp_path)
    assert problems(report) == {} and (tmp_path / "compose.yaml").stat().st_size > 10_000


def test_a_file_that_shrinks_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {**CLEAN, "compose.yaml": SERVICE})
    asked = os.fstat

    def cut(descriptor: int) -> os.stat_result:
        status = asked(descriptor)
        os.truncate(tmp_path / "compose.yaml", 5)
        return status

    monkeypatch.setattr(os, "fstat", cut)
    assert read(tmp_path).checklist
    assert (tmp_path / "compose.yaml").stat().st_size == 5


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make devices")
def test_devices(tmp_path: Path) -> None:
    import stat

    write(tmp_path, CLEAN)
    for name, (major, minor) in {
        "compose.yaml": (1, 5),
        "fly.toml": (1, 8),
        "start.sh": (1, 3),
        ".env": (5, 0),
    }.items():
        os.mknod(tmp_path / name, stat.S_IFCHR | 0o666, os.makedev(major, minor))
    found = problems(read(tmp_path))
    assert found["compose.yaml"] == found["fly.toml"] == "not read: not a regular file"


def test_what_another_person_may_not_read() -> None:
    """For real: root may read all, so that the run is given to another user where the tests run as root."""
    import sys
    import tempfile

    code = (
        "import os, sys\nfrom pathlib import Path\nfrom flaskprod_lint.linting import lint\n"
        # While all of Python may still be read:
        "import dockerfile_parse, packaging.requirements, pathspec, tree_sitter_bash, yaml\n"
        "lint(Path(sys.argv[1]))\n"
        "os.getuid() or (os.setgroups([]), os.setgid(65534), os.setuid(65534))\n"
        "report = lint(Path(sys.argv[1]))\n"
        "said = {f'{p.place.path}: {p.message}' for p in report.problems}\n"
        "print([str(crash.error) for crash in report.crashes], *sorted(said), sep='|')\n"
    )
    with tempfile.TemporaryDirectory(dir="/tmp" if os.path.isdir("/tmp") else None) as name:  # noqa: PTH112
        folder = write(Path(name) / "shop", {**CLEAN, "compose.yaml": SERVICE, "closed/a.yaml": "a: 1\n"})
        for path in (Path(name), folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        (folder / "compose.yaml").chmod(0)
        (folder / "closed").chmod(0)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HOME": name}
        command = [sys.executable, "-c", code, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=name)
        (folder / "closed").chmod(0o755)
    assert done.returncode == 0, done.stderr
    crashes, *found = done.stdout.strip().split("|")
    assert crashes == "[]"
    assert found == ["closed: not looked into: Permission denied", "compose.yaml: not read: Permission denied"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8-sig", "latin-1"])
def test_a_project_in_another_encoding(encoding: str, tmp_path: Path) -> None:
    """As PowerShell writes it, and as an old editor does; the lines are ended as Windows ends them."""
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    write(tmp_path, CLEAN)
    plain = read(tmp_path)
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        text = ("# caf\xe9\n" if encoding == "latin-1" and path.suffix == ".py" else "") + path.read_text("utf-8")
        encoded = "utf-8" if encoding == "latin-1" and path.suffix != ".py" else encoding
        path.write_bytes(marks.get(encoding, b"") + text.replace("\n", "\r\n").encode(encoded))
    report = read(tmp_path)
    assert {path for path in problems(report) if encoding != "latin-1"} == set()
    assert [item.item for item in report.checklist] == [item.item for item in plain.checklist]


#: Names that a file may have; the last ones are no UTF-8.
NAMES = (
    b"a\nb.yaml",
    b"a\tb.py",
    b"\x1b[31mred.py",
    b"::error::x.sh",
    b"<script>alert(1)</script>.sh".replace(b"/", b""),
    b"| a | `b` |.toml",
    b"-rf.py",
    b"%0A.env",
    b"\xff\xfe.py",
    b"\xed\xa0\x80.yaml",
    b"Dockerfile.\xe9",
    "Dockerfile.\u202eevil".encode(),
)


@pytest.mark.parametrize("with_git", [False, True])
def test_names(
    with_git: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is a broken or a faulty file, so that its name is in the report; no format lets it through as it is."""

    from flaskprod_lint.cli import run
    from flaskprod_lint.outputs.formats import FORMATS

    write(tmp_path, CLEAN)
    for name in NAMES:
        file = os.fsencode(tmp_path) + b"/" + name
        with open(file, "wb") as stream:  # noqa: PTH123
            stream.write(
                b"FROM python:latest\nCMD flask run\n\0" if b"Docker" in name else b"x: [\nSECRET_KEY=abcdef123\n"
            )
    if with_git:
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
        subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
    read(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for name in ("text", *FORMATS):
        assert run(["check", str(tmp_path), "--format", name, "--verbose"]) in (0, 1)
        out, err = capfd.readouterr()
        assert err == ""
        assert not any(ord(char) < 32 and char not in "\n\t" for char in out)
        assert "\u202e" not in out and "\x7f" not in out
        assert not any(line.startswith("::error::x") for line in out.splitlines())
        if name in ("html", "junit", "checkstyle"):
            assert "<script" not in out


# Output


COMMANDS = {
    **{f"check {name}": ("check", "{}", "--format", name) for name in FORMATS},
    **{f"show {name}": ("show", "{}", "--format", name) for name in ("text", "json")},
    **{f"rules {name}": ("rules", "--format", name) for name in ("text", "json")},
    **{f"explain {name}": ("explain", "bind-loopback", "--format", name) for name in ("text", "json")},
    **{f"platforms {name}": ("platforms", "--format", name) for name in ("text", "json")},
    "platform": ("platforms", "fly"),
    "help": ("--help",),
    "version": ("--version",),
}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no disk that is always full here")  # noqa: PTH110
@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_and_a_closed_pipe(name: str, tmp_path: Path) -> None:
    import sys

    write(tmp_path, CLEAN)
    command = [sys.executable, "-m", "flaskprod_lint", *(word.format(tmp_path) for word in COMMANDS[name])]
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert "No space left" in done.stderr and "Traceback" not in done.stderr
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert done.returncode in (0, 1) and done.stderr == ""


def test_interrupted_in_the_middle(tmp_path: Path) -> None:
    import signal
    import sys

    write(tmp_path, CLEAN)
    code = (
        # Whoever runs the tests in the background may ignore the signal for all that they start.
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from flaskprod_lint import cli, resolve\nown = resolve.resolve\n"
        "def slow(*given):\n    signal.raise_signal(signal.SIGINT)\n    return own(*given)\n"
        f"resolve.resolve = slow\nsys.exit(cli.run([{str(tmp_path)!r}]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 130 == 128 + signal.SIGINT
    assert done.stderr.strip() == "flaskprod-lint: interrupted" and done.stdout == ""
