"""Where a unit without a working directory keeps the project: its command may say so."""

from __future__ import annotations

from pathlib import Path

from projects import APP, lint_files

_UNIT = "[Service]\nExecStart=/srv/venv/bin/uwsgi --http :5000 --processes 4 {} --module wsgi:app\n"


def test_a_path_of_the_command_names_the_folder(tmp_path: Path) -> None:
    unit = _UNIT.format("--python-path /srv/shop/server")
    report = lint_files(tmp_path, {"server/wsgi.py": APP, "deploy/shop.service": unit})
    (server,) = (item for item in report.checklist if item.item == "server")
    assert server.headline == "uWSGI serves wsgi:app"
    found = next(finding for finding in report.findings if finding.rule == "output-buffered")
    assert found.instead == "Environment=PYTHONUNBUFFERED=1"
    assert [place.path for place in server.evidence][-1] == "server/wsgi.py"


def test_without_one_it_is_not_known(tmp_path: Path) -> None:
    report = lint_files(tmp_path, {"server/wsgi.py": APP, "deploy/shop.service": _UNIT.format("")})
    (server,) = (item for item in report.checklist if item.item == "server")
    assert server.verdict.value == "unknown"
