"""Paths as Windows has them, where paths are joined, compared or printed, tried with its separator and rules."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PureWindowsPath

import pytest

from flaskprod_lint import discover, source
from flaskprod_lint.linting import lint
from flaskprod_lint.outputs import concise
from projects import CLEAN, write


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sep", "\\")


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("shop/app.py", True),
        ("a..b/..c.py", True),
        ("C:/Users/x.py", False),
        ("C:x.py", False),
        ("app.py:stream", False),
        ("shop\\..\\..\\x.py", False),
        ("\\\\server\\share\\x.py", False),
        ("//server/share/x.py", False),
        ("/x.py", False),
        ("shop/../../x.py", False),
    ],
)
def test_paths_of_an_index(path: str, plain: bool) -> None:
    assert discover._is_plain(path) is plain


def test_elsewhere_such_names_are_names() -> None:
    assert discover._is_plain("a:b\\c.py")


@pytest.mark.usefixtures("windows")
def test_inside_of_a_drive_and_of_a_folder() -> None:
    assert source.is_inside("C:\\", "C:\\")
    assert source.is_inside("C:\\shop\\app.py", "C:\\")
    assert source.is_inside("C:\\shop\\app.py", "C:\\shop")
    assert not source.is_inside("C:\\shopping\\app.py", "C:\\shop")
    assert not source.is_inside("D:\\shop\\app.py", "C:\\shop")


def test_inside_of_the_root_of_all() -> None:
    assert source.is_inside("/etc/x", "/") and source.is_inside("/", "/")


def test_reports_print_slashes(tmp_path: Path) -> None:
    report = lint(write(tmp_path, {**CLEAN, "Dockerfile": "FROM python:latest\nCMD flask run\n"}))
    there = replace(report, root=PureWindowsPath("C:\\work\\shop"))  # type: ignore[arg-type]
    text = concise.write([there], "1")
    assert "C:/work/shop/Dockerfile:1:" in text and "\\" not in text


def test_links_where_the_system_cannot_refuse_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no O_NOFOLLOW: where each link leads is asked instead."""
    monkeypatch.setattr(source, "_NO_LINK", 0)
    folder = write(tmp_path / "shop", CLEAN)
    (tmp_path / "outside").write_text("FROM python:latest\n", "utf-8")
    (folder / "Dockerfile").unlink(missing_ok=True)
    (folder / "Dockerfile").symlink_to(tmp_path / "outside")
    found = {problem.place.path: problem.message for problem in lint(folder).problems}
    assert "leads out of the project" in found["Dockerfile"]


@pytest.mark.parametrize("name", ["nul.py", "CON", "aux.yaml", "com1.sh", "prn.env", "a .py", "a..toml"])
def test_names_that_windows_keeps_for_itself(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened there, such a name is a device: it is told from a file once it is open, and not read."""
    write(tmp_path, {**CLEAN, name: "x = 1\n"})
    opened = os.open

    def device(path: str, flags: int, *rest: int) -> int:
        return opened(os.devnull if str(path).endswith(name) else path, flags & ~source._NO_LINK, *rest)

    monkeypatch.setattr(os, "open", device)
    report = lint(tmp_path)
    assert not report.crashes
    assert {problem.message for problem in report.problems} <= {"not read: not a regular file"}
