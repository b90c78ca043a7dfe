"""Which files a project has: with git, without it, and with what has no business there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from flaskprod_lint.discover import open_project
from flaskprod_lint.file_formats import format_of


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x = 1\n", "utf-8")


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("ancestor", ["build", "dist", "env", "venv", "node_modules", ".venv", "site-packages"])
def test_names_of_ancestors_do_not_matter(tmp_path: Path, ancestor: str) -> None:
    project = tmp_path / ancestor / "shop"
    write(project, "app.py", "pkg/views.py")
    assert open_project(project).paths == ("app.py", "pkg/views.py")


def test_environments_below_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "app.py", ".venv311/pyvenv.cfg", ".venv311/lib/python3.11/site-packages/flask/app.py")
    write(tmp_path, "old/lib/python3.5/os.py", "node_modules/x/setup.py", "env/settings.py", "lib/shop.py")
    assert open_project(tmp_path).paths == ("app.py", "env/settings.py", "lib/shop.py")


def test_root_that_is_an_environment_is_kept(tmp_path: Path) -> None:
    write(tmp_path, "pyvenv.cfg", "app.py", "bin/activate.py", "lib/python3.12/site-packages/flask.py")
    assert open_project(tmp_path).paths == ("app.py", "pyvenv.cfg")


def test_git_says_what_is_tracked(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "new.py", "start.sh", "secret/ignored.py", ".env", ".env.example")
    (tmp_path / ".gitignore").write_text("/.env\nsecret/\n", "utf-8")
    git(tmp_path, "init", "-q")
    write(tmp_path, "deleted.py")
    git(tmp_path, "add", "app.py", "start.sh", ".gitignore", ".env.example", "deleted.py")
    (tmp_path / "deleted.py").unlink()
    git(tmp_path, "update-index", "--chmod=+x", "start.sh")
    project = open_project(tmp_path)
    assert project.paths == (".env", ".env.example", ".gitignore", "app.py", "new.py", "start.sh")
    assert [path for path in project.paths if project.is_committed(path)] == [
        ".env.example",
        ".gitignore",
        "app.py",
        "start.sh",
    ]
    assert project.read("start.sh").executable  # type: ignore[union-attr]
    assert not project.read("app.py").executable  # type: ignore[union-attr]


def test_a_tracked_file_stays_committed_when_it_is_ignored_later(tmp_path: Path) -> None:
    write(tmp_path, ".env")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".env")
    (tmp_path / ".gitignore").write_text(".env\n", "utf-8")
    assert open_project(tmp_path).is_committed(".env")


@pytest.mark.parametrize("rule", ["/.env", ".env", "*.env", ".env*"])
def test_ignore_rules_without_git(tmp_path: Path, rule: str) -> None:
    write(tmp_path, ".env", "app.py")
    (tmp_path / ".gitignore").write_text(f"{rule}\n", "utf-8")
    project = open_project(tmp_path)
    assert not project.is_committed(".env")
    assert project.is_committed("app.py")


def test_ignore_rules_agree_with_git(tmp_path: Path) -> None:
    """Without git, pathspec reads the rules: git itself says what is right."""
    rules = ["*.log", "!keep.log", "/build/", "docs/**/x.py", "a/*", "!a/b.py", "# c", "\\#odd", "tmp", "*.env"]
    names = [
        "x.log",
        "keep.log",
        "build/a.py",
        "src/build/a.py",
        "docs/p/q/x.py",
        "a/b.py",
        "a/c.py",
        "#odd",
        "d/tmp",
        "p.env",
    ]
    plain, repository = tmp_path / "plain", tmp_path / "repository"
    for folder in (plain, repository):
        write(folder, *names)
        (folder / ".gitignore").write_text("\n".join(rules) + "\n", "utf-8")
    git(repository, "init", "-q")
    done = subprocess.run(["git", "check-ignore", *names], cwd=repository, capture_output=True, text=True, check=False)
    project = open_project(plain)
    assert [name for name in names if project.is_ignored(name)] == done.stdout.split()


def test_odd_files_are_reported_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("secret\n", "utf-8")
    project_folder = tmp_path / "project"
    write(project_folder, "app.py")
    (project_folder / "loop.py").symlink_to("loop.py")
    (project_folder / "out.py").symlink_to(outside)
    (project_folder / "inside.py").symlink_to("app.py")
    (project_folder / "up").symlink_to("..")
    (project_folder / "nul.py").write_bytes(b"a\0b")
    os.mkfifo(project_folder / "fifo.py")
    with (project_folder / "huge.py").open("wb") as stream:
        stream.truncate(1 << 30)
    project = open_project(project_folder)
    texts = {path: project.read(path) for path in project.paths}
    assert [path for path, source in texts.items() if source is not None] == ["app.py", "inside.py"]
    reasons = {problem.place.path: problem.message for problem in project.problems}
    assert sorted(reasons) == ["fifo.py", "huge.py", "loop.py", "nul.py", "out.py", "up"]
    assert "leads out of the project" in reasons["out.py"]
    assert "1,073,741,824 bytes" in reasons["huge.py"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb\r\n", "a\nb\n"),
        ("flask==3.1.0\n".encode("utf-16"), "flask==3.1.0\n"),
        (b"caf\xe9\n", "caf\ufffd\n"),
        (b"a\rb", "a\nb"),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, text: str) -> None:
    (tmp_path / "requirements.txt").write_bytes(data)
    assert open_project(tmp_path).read("requirements.txt").text == text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("dockerfile", "dockerfile"),
        (".Dockerfile", "dockerfile"),
        ("Dockerfile-prod", "dockerfile"),
        ("dockerfiles/web/Dockerfile.prod", "dockerfile"),
        ("container/dist.dockerfile", "dockerfile"),
        ("Dockerfile.dockerignore", "dockerignore"),
        ("compose.yaml", "compose"),
        ("docker-compose-hub.yaml", "compose"),
        ("gunicorn-cfg.py", "gunicorn-config"),
        ("config/gunicorn.py", "gunicorn-config"),
        ("requirements/prod.txt", "requirements"),
        ("dev-requirements.txt", "requirements"),
        ("deploy/nginx/site.conf", "nginx"),
        (".env.production", "dotenv"),
        ("notes.txt", None),
        (".do/app.yaml", "digitalocean"),
        ("api/.do/deploy.template.yaml", "digitalocean"),
        ("do/app.yaml", "yaml"),
        ("config/deploy.yml", "kamal"),
        ("config/deploy.production.yml", "kamal"),
        ("deploy.yml", "yaml"),
        ("captain-definition", "captain"),
        ("koyeb.yaml", "koyeb"),
        ("scalingo.json", "scalingo"),
        ("deploy/shop.container", "quadlet"),
    ],
)
def test_formats_by_name(path: str, name: str | None) -> None:
    assert format_of(path) == name


def test_a_hostile_git_configuration_runs_nothing(tmp_path: Path) -> None:
    write(tmp_path, "app.py")
    git(tmp_path, "init", "-q")
    mark = tmp_path.parent / "ran"
    git(tmp_path, "config", "core.fsmonitor", f"touch {mark}; true")
    git(tmp_path, "config", "alias.ls-files", f"!touch {mark}")
    assert "app.py" in open_project(tmp_path).paths
    assert not mark.exists()
