"""Alembic's folders and revisions, as people write them."""

from pathlib import Path

import pytest

from flaskprod_lint.discover import open_project
from flaskprod_lint.inputs import alembic
from flaskprod_lint.source import Project, Source

ENV = "from alembic import context\n"


def project_of(root: Path, files: dict[str, str]) -> Project:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return open_project(root)


def revision(name: str, down: str) -> str:
    return f'from alembic import op\n\nrevision = "{name}"\ndown_revision = {down}\n\n\ndef upgrade():\n    pass\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('revision = "a1"\ndown_revision = None\n', ("a1", ())),
        ("revision: str = 'a1'\ndown_revision: Union[str, Sequence[str], None] = 'b2'\n", ("a1", ("b2",))),
        ('revision = "a1"\ndown_revision = ("b2", "c3")\n', ("a1", ("b2", "c3"))),
        ('revision = "a1"\ndown_revision = (\n    "b2",\n    "c3",\n)\n', ("a1", ("b2", "c3"))),
        ('revision = "a1"  # first\ndown_revision = "b2"  # then\n', ("a1", ("b2",))),
        ('Revision ID: x\n"""\nrevision="a1"\ndown_revision=["b2"]\n', ("a1", ("b2",))),
        ("revision = make()\n", None),
        ("x = 1\n", None),
        ("revision = (", None),
    ],
)
def test_a_revision_is_read(text: str, expected: tuple[str, tuple[str, ...]] | None) -> None:
    found = alembic.read_revision(Source("v.py", text))
    assert (found and (found.name, found.down)) == expected


def test_flask_migrate_folder(tmp_path: Path) -> None:
    project = project_of(
        tmp_path,
        {
            "migrations/env.py": ENV,
            "migrations/alembic.ini": "[alembic]\n# file_template = x\n",
            "migrations/versions/a1_first.py": revision("a1", "None"),
            "migrations/versions/b2_then.py": revision("b2", '"a1"'),
            "env.py": "import os\n",
        },
    )
    (folder,) = alembic.find(project)
    assert (folder.path, folder.count, [head.name for head in folder.heads]) == ("migrations", 2, ["b2"])
    assert folder.missing == ()


def test_heads_and_missing(tmp_path: Path) -> None:
    project = project_of(
        tmp_path,
        {
            "db/env.py": ENV,
            "db/versions/a.py": revision("aaaa1", "None"),
            "db/versions/b.py": revision("bbbb1", '"aaaa"'),
            "db/versions/c.py": revision("cccc1", '"zzzz1"'),
        },
    )
    (folder,) = alembic.find(project)
    assert [head.name for head in folder.heads] == ["bbbb1", "cccc1"]
    assert [(found.name, name) for found, name in folder.missing] == [("cccc1", "zzzz1")]


@pytest.mark.parametrize(
    ("ini", "location", "folder"),
    [
        ("alembic.ini", "alembic", "alembic"),
        ("alembic.ini", "%(here)s/app/db", "app/db"),
        ("alembic.ini", "shop.db:migrations", "shop/db/migrations"),
        ("alembic.ini", "shop:migrations", "src/shop/migrations"),
        ("app/alembic.ini", "alembic", "app/alembic"),
    ],
)
def test_script_location(tmp_path: Path, ini: str, location: str, folder: str) -> None:
    files = {ini: f"[alembic]\nscript_location = {location}\n", f"{folder}/env.py": ENV}
    files[f"{folder}/versions/x.py"] = revision("x", "None")
    found = alembic.find(project_of(tmp_path, files))
    assert [(each.path, each.count) for each in found] == [(folder, 1)]


def test_odd_projects(tmp_path: Path) -> None:
    project = project_of(
        tmp_path,
        {
            "alembic.ini": "script_location = ../elsewhere\n[broken\n",
            "empty/env.py": ENV,
            "empty/script.py.mako": "",
            "odd/env.py": ENV,
            "odd/versions/x.py": "revision = f()\ndef upgrade():\n    pass\n",
            "odd/versions/__init__.py": "",
            "{{cookiecutter.name}}/env.py": ENV,
            "{{cookiecutter.name}}/versions/x.py": revision("x", "None"),
        },
    )
    assert [(folder.path, folder.count) for folder in alembic.find(project)] == [("empty", 0), ("odd", 1)]
