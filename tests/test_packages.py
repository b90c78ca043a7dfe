"""What a build installs: requirement files, project files with their locks, and the commands that use them."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.discover import open_project
from flaskprod_lint.model import ImageRun, Packages, Step, Unknown
from flaskprod_lint.resolve.packages import is_plain_base, of_buildpack, of_image
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Span

NOWHERE = Place(Span("Dockerfile", 1))

POETRY = """
[tool.poetry]
name = "shop"
[tool.poetry.dependencies]
python = "^3.12"
flask = "^3.0"
gunicorn = {version = "23.0.0", extras = ["gevent"]}
[tool.poetry.group.dev.dependencies]
pytest = "*"
"""
POETRY_LOCK = """
[[package]]
name = "flask"
version = "3.0.3"

[[package]]
name = "gunicorn"
version = "23.0.0"

[[package]]
name = "pytest"
version = "8.0.0"

[[package]]
name = "werkzeug"
version = "3.0.1"
"""
PROJECT = """
[project]
name = "shop"
dependencies = ["flask==3.1.0", "sqlalchemy>=2"]
[project.optional-dependencies]
server = ["gunicorn~=23.0"]
[dependency-groups]
dev = ["pytest", {include-group = "lint"}]
lint = ["ruff==0.6.0"]
"""


def write(folder: Path, files: dict[str, str]) -> Tree:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    tree = Tree(open_project(folder))
    tree.mount("/app", "", NOWHERE)
    return tree


def image(tree: Tree, *commands: str, base: str = "python:3.12-slim") -> Packages:
    steps = tuple(Step(tuple(command.split(" ")), command, NOWHERE, cwd="/app") for command in commands)
    return of_image([ImageRun("", NOWHERE, steps, "0")], {"0": tree}, tree.project, base)


def pins(packages: Packages) -> dict[str, str]:
    return {name: f"{one.pin} {one.version or ''}".strip() for name, one in packages.packages.items() if one.direct}


@pytest.mark.parametrize(
    "command",
    [
        "pip install -r requirements.txt",
        "python3 -m pip install -rrequirements.txt",
        "pip3 install --no-cache-dir --requirement=requirements.txt",
        "uv pip sync requirements.txt",
    ],
)
def test_requirements_file(tmp_path: Path, command: str) -> None:
    text = (
        "flask==3.1.0 --hash=sha256:0 \\\n  --hash=sha256:1\n# gunicorn\n"
        "Gunicorn[gevent]~=23.0 ; python_version > '3'\n"
        "git+https://example.com/a.git@main#egg=Own_Lib\n-r more.txt\n"
    )
    packages = image(write(tmp_path, {"requirements.txt": text, "more.txt": "redis>=5 # cache\n"}), command)
    assert pins(packages) == {"flask": "exact 3.1.0", "gunicorn": "compatible", "own-lib": "vcs", "redis": "range"}
    assert packages.find("gevent") is not None
    assert packages.complete is True


def test_constraints_pin(tmp_path: Path) -> None:
    tree = write(tmp_path, {"requirements.txt": "-c constraints.txt\nflask\n", "constraints.txt": "flask==3.0.0\n"})
    assert pins(image(tree, "pip install -r requirements.txt")) == {"flask": "locked 3.0.0"}


@pytest.mark.parametrize(
    ("marker", "installed"),
    [
        ("sys_platform == 'win32'", False),
        ("platform_system != 'Windows'", True),
        ("python_version < '3.11'", True),
        ("os_name == 'nt' and python_version > '3'", False),
    ],
)
def test_markers_that_keep_off_linux(tmp_path: Path, marker: str, installed: bool) -> None:
    tree = write(tmp_path, {"requirements.txt": f"flask==3.0.0 ; {marker}\n"})
    assert (image(tree, "pip install -r requirements.txt").find("flask") is not None) is installed


def test_missing_file_leaves_a_hole(tmp_path: Path) -> None:
    packages = image(write(tmp_path, {"app.py": ""}), "pip install -r prod.txt")
    assert isinstance(packages.complete, Unknown)
    assert "prod.txt" in packages.complete.reason


def test_poetry_with_lock(tmp_path: Path) -> None:
    tree = write(tmp_path, {"pyproject.toml": POETRY, "poetry.lock": POETRY_LOCK})
    without = image(tree, "poetry install --only main")
    assert pins(without) == {"flask": "locked 3.0.3", "gunicorn": "locked 23.0.0"}
    assert without.find("werkzeug") is not None
    assert without.find("pytest") is None
    assert image(tree, "poetry install").find("pytest") is not None
    assert image(tree, "poetry install --without dev").find("pytest") is None


def test_export_then_pip(tmp_path: Path) -> None:
    tree = write(tmp_path, {"pyproject.toml": POETRY, "poetry.lock": POETRY_LOCK})
    packages = image(tree, "poetry export -f requirements.txt -o requirements.txt", "pip install -r requirements.txt")
    assert pins(packages) == {"flask": "locked 3.0.3", "gunicorn": "locked 23.0.0"}


def test_project_itself_with_extra(tmp_path: Path) -> None:
    packages = image(write(tmp_path, {"pyproject.toml": PROJECT}), "pip install .[server]")
    assert pins(packages) == {"flask": "exact 3.1.0", "sqlalchemy": "range", "gunicorn": "compatible"}


READS = """
from setuptools import setup

def needed(name):
    with open(name) as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]

setup(name="shop", install_requires=needed("requirements.txt"))
"""
LISTS = """
from setuptools import find_packages, setup

CORE = ["flask==3.1.0", "redis>=5"]
setup(
    name="shop", packages=find_packages(), install_requires=CORE, extras_require={"server": ["gunicorn==23.0.0"]}
)
"""


def test_setup_script_that_reads_a_file(tmp_path: Path) -> None:
    files = {"setup.py": READS, "requirements.txt": "# the app\nflask==3.1.0\n\ngunicorn>=23\n"}
    packages = image(write(tmp_path, files), "pip install .")
    assert pins(packages) == {"flask": "exact 3.1.0", "gunicorn": "range"}
    assert packages.complete is True
    assert str(packages.packages["gunicorn"].origin.span) == "requirements.txt:4"
    pinned = {**files, "pinned.txt": "gunicorn==23.0.0\nflask\n"}
    packages = image(write(tmp_path, pinned), "pip install -r pinned.txt", "pip install .")
    assert pins(packages) == {"flask": "exact 3.1.0", "gunicorn": "exact 23.0.0"}


@pytest.mark.parametrize("beside", [{}, {"pyproject.toml": '[build-system]\nrequires = ["setuptools"]\n'}])
def test_setup_script_with_extras(tmp_path: Path, beside: dict[str, str]) -> None:
    tree = write(tmp_path, {"setup.py": LISTS, **beside})
    assert pins(image(tree, "pip install -e .")) == {"flask": "exact 3.1.0", "redis": "range"}
    assert pins(image(tree, "pip install -e .[server]"))["gunicorn"] == "exact 23.0.0"


def test_setup_cfg(tmp_path: Path) -> None:
    text = "[options]\ninstall_requires =\n    flask==3.1.0\n    # more\n    redis>=5; python_version > '3'\n"
    extra = "[options.extras_require]\nserver = gunicorn==23.0.0\n"
    script = "from setuptools import setup\nsetup()\n"
    tree = write(tmp_path, {"setup.py": script, "setup.cfg": text + extra})
    assert pins(image(tree, "pip install .")) == {"flask": "exact 3.1.0", "redis": "range"}
    assert pins(image(tree, "pip install .[server]"))["gunicorn"] == "exact 23.0.0"


@pytest.mark.parametrize(
    "text",
    [
        "import other\nother.setup()\n",
        "from setuptools import setup\nfrom other import needed\nsetup(install_requires=needed)\n",
        "from setuptools import setup\nsetup(install_requires=['flask', 3])\n",
        "from setuptools import setup\nsetup(install_requires=['what is this?'])\n",
        "def broken(:\n",
    ],
)
def test_setup_script_that_cannot_be_followed(tmp_path: Path, text: str) -> None:
    assert isinstance(image(write(tmp_path, {"setup.py": text}), "pip install .").complete, Unknown)


def test_pip_takes_groups_only_when_named(tmp_path: Path) -> None:
    tree = write(tmp_path, {"pyproject.toml": PROJECT})
    assert image(tree, "uv pip install --system . --group lint").find("ruff") is not None
    assert image(tree, "pip install .").find("ruff") is None


@pytest.mark.parametrize(
    ("command", "development"), [("uv sync --frozen", True), ("uv sync --no-dev --extra server", False)]
)
def test_uv_sync(tmp_path: Path, command: str, development: bool) -> None:
    packages = image(write(tmp_path, {"pyproject.toml": PROJECT}), command)
    assert (packages.find("pytest") is not None) is development
    assert (packages.find("ruff") is not None) is development
    assert (packages.find("gunicorn") is not None) is not development


def test_pipfile_and_lock(tmp_path: Path) -> None:
    pipfile = '[packages]\nflask = "*"\ngunicorn = {version = "==21.2.0"}\n[dev-packages]\npytest = "*"\n'
    lock = '{"default": {"flask": {"version": "==2.3.0"}}, "develop": {"pytest": {"version": "==8.0.0"}}}'
    tree = write(tmp_path, {"Pipfile": pipfile, "Pipfile.lock": lock})
    expected = {"flask": "locked 2.3.0", "gunicorn": "exact 21.2.0"}
    assert pins(image(tree, "pipenv install --system --deploy")) == expected
    assert pins(of_buildpack(tree.project)) == expected


def test_conda_environment(tmp_path: Path) -> None:
    text = "dependencies:\n  - python=3.11\n  - conda-forge::flask=3.0.0=py\n  - pip:\n    - gunicorn==23.0.0\n"
    packages = image(write(tmp_path, {"environment.yml": text}), "conda env create -f environment.yml")
    assert packages.find("flask").version == "3.0.0"  # type: ignore[union-attr]
    assert packages.find("gunicorn").version == "23.0.0"  # type: ignore[union-attr]


def test_bare_names_and_systems(tmp_path: Path) -> None:
    packages = image(
        write(tmp_path, {"app.py": ""}),
        "pip install --upgrade pip",
        "pip install gunicorn flask==3.0.0",
        "apt-get install -y python3-psycopg2 curl",
    )
    assert pins(packages) == {"gunicorn": "none", "flask": "exact 3.0.0"}
    assert packages.find("psycopg2") is not None


@pytest.mark.parametrize(
    ("base", "plain"),
    [
        ("python:3.12-slim", True),
        ("docker.io/library/python:3.12@sha256:00", True),
        ("ghcr.io/astral-sh/uv:python3.12-alpine", True),
        ("gcr.io/distroless/python3", True),
        ("tiangolo/uwsgi-nginx-flask:python3.11", False),
        ("registry.example.com:5000/base/python-app", False),
    ],
)
def test_plain_bases(base: str, plain: bool) -> None:
    assert is_plain_base(base) is plain


@pytest.mark.parametrize("tool", ["poetry", "pdm", "uv"])
def test_packages_added_beside_the_project(tool: str, tmp_path: Path) -> None:
    tree = write(tmp_path, {"pyproject.toml": POETRY, "poetry.lock": POETRY_LOCK})
    found = image(tree, f"{tool} add --group serve gunicorn@23.0.0 gevent")
    gunicorn, gevent = found.find("gunicorn"), found.find("gevent")
    assert gunicorn is not None and str(gunicorn.version) == "23.0.0"
    assert gevent is not None
