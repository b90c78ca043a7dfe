"""Gunicorn itself is asked what it makes of generated projects (`gunicorn --print-config`), and we must agree.

A few projects are asked about in each run of the tests. FLASKPROD_ORACLE=2000 asks about that many, and
FLASKPROD_GUNICORNS=FOLDER (with FOLDER/<version>/gunicorn, as scripts/gunicorn_settings.py installs them) asks those
versions instead; FOLDER/<version>/python may be the Python that one of them needs. FLASKPROD_ORACLE_FROM is the first
seed.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from flaskprod_lint.resolve.gunicorn.table import settings_of
from gunicorn_answers import compare, gunicorn
from gunicorn_projects import Generator

pytest.importorskip("gunicorn")

COUNT = int(os.environ.get("FLASKPROD_ORACLE", "40"))
FIRST = int(os.environ.get("FLASKPROD_ORACLE_FROM", "0"))
FOLDER = os.environ.get("FLASKPROD_GUNICORNS")


def _gunicorns() -> list[tuple[str, Path | None]]:
    from importlib.metadata import version

    if FOLDER:
        folders = sorted(path for path in Path(FOLDER).iterdir() if (path / "gunicorn").is_dir())
        return [(path.name, path) for path in folders]
    return [(version("gunicorn"), None)]


@pytest.mark.parametrize(("version", "folder"), _gunicorns(), ids=lambda value: str(value or "installed"))
def test_settings_agree_with_gunicorn(version: str, folder: Path | None, tmp_path: Path) -> None:
    wrong, unknown = [], []
    decided = refused = 0
    with gunicorn(version, folder, tmp_path) as asked:
        for seed in range(FIRST, FIRST + COUNT):
            case = Generator(seed, version).case()
            place = tmp_path / str(seed)
            place.mkdir()
            found = compare(case, place, asked)
            shutil.rmtree(place)
            decided, refused = decided + found.decided, refused + found.refused
            unknown += [f"seed {seed}: {text}" for text in found.unknown]
            if found.wrong:
                wrong.append(f"seed {seed}: {case.shown()}\n  " + "\n  ".join(found.wrong))
    summary = f"{COUNT} projects, {refused} refused, {decided} settings decided, {len(unknown)} unknown"
    print(f"Gunicorn {version}: {summary}, {len(wrong)} projects differ")  # noqa: T201
    if wrong:
        pytest.fail(f"{len(wrong)} of {summary}:\n" + "\n\n".join(wrong[:30]), pytrace=False)
    if len(unknown) * 100 >= max(decided, 100):
        pytest.fail(summary + "\n" + "\n".join(unknown[:60]), pytrace=False)


def test_the_table_has_every_setting_of_the_installed_gunicorn() -> None:
    from importlib.metadata import version

    from gunicorn import config

    names = {known.name for known in config.KNOWN_SETTINGS}
    missing = names - set(settings_of(version("gunicorn")))
    assert not missing, f"add this version to scripts/gunicorn_settings.py and run it: {sorted(missing)}"
