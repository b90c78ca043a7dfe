"""Settings that code reads from files of data by itself, and the libraries that do it for the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.linting import examine
from flaskprod_lint.model import App, Setting, Unknown

HEAD = "import json, os\nfrom pathlib import Path\nfrom flask import Flask\napp = Flask(__name__)\n"
INI = "[DEFAULT]\nhost = db\n[flask]\nSecret = of-a-file\ndebug = on\nurl = postgresql://%(host)s/shop\n"


def app_of(folder: Path, code: str, **files: str) -> App:
    """The app of a project that Heroku runs. Names of files have `__` for their dots."""
    (folder / "app.py").write_text(HEAD + code, "utf-8")
    (folder / "Procfile").write_text("web: gunicorn app:app\n")
    (folder / "requirements.txt").write_text("flask==3.1.0\ngunicorn==23.0.0\n")
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, "utf-8")
    (deployment,) = examine(folder, Config(platform="heroku")).production
    (app,) = deployment.apps
    return app


def place(setting: Setting) -> str:
    return f"{setting.span.path}:{setting.span.line}" if setting.span else ""


@pytest.mark.parametrize(
    ("code", "expected", "where"),
    [
        ("import yaml\napp.config.update(yaml.safe_load(open('shop.yaml')))", [1, None], "shop.yaml:1"),
        (
            "with open('shop.yaml') as f:\n    import yaml\n    app.config['LIST'] = yaml.safe_load(f)['LIST']",
            [1, None],
            "",
        ),
        ("app.config.from_mapping(json.load(open('shop.json')))", ["a"], "shop.json:1"),
        ("app.config['LIST'] = json.loads(Path('shop.json').read_text())['LIST']", ["a"], ""),
        (
            "import tomllib\nwith open('shop.toml', 'rb') as f:\n    app.config.update(tomllib.load(f))",
            [2.5],
            "shop.toml:1",
        ),
        ("import yaml\napp.config.update(yaml.safe_load(open('mounted.yaml')))", Unknown, ""),
    ],
)
def test_files_of_data(tmp_path: Path, code: str, expected: object, where: str) -> None:
    files = {"shop__yaml": "LIST: [0x1, ~]\n", "shop__json": '{"LIST": ["a"]}', "shop__toml": "LIST = [2.5]\n"}
    setting = app_of(tmp_path, code, **files).config.get("LIST")
    if expected is Unknown:
        assert setting is None
    else:
        assert setting is not None
        assert setting.value == expected
        assert not where or place(setting) == where


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [("shop.ini", True, "shop.ini:5"), ("mounted.ini", Unknown, ""), ("['shop.ini', 'mounted.ini']", Unknown, "")],
)
def test_sections_of_configparser(tmp_path: Path, path: str, value: object, where: str) -> None:
    given = path if path.startswith("[") else repr(path)
    code = f"import configparser\nini = configparser.ConfigParser()\nini.read({given})\n"
    app = app_of(tmp_path, code + "app.debug = ini.getboolean('flask', 'debug')\n", shop__ini=INI)
    if value is Unknown:
        assert isinstance(app.debug.value, Unknown)
    else:
        assert (app.debug.value, place(app.debug)) == (value, where)


def test_value_of_configparser_is_completed_by_others(tmp_path: Path) -> None:
    code = "import configparser\nini = configparser.ConfigParser()\nini.read('shop.ini')\n"
    app = app_of(tmp_path, code + "app.config['URL'] = ini['flask']['URL']\n", shop__ini=INI)
    assert app.config["URL"].value == "postgresql://db/shop"


def test_what_pydantic_reads_from_a_file_is_not_in_the_environment(tmp_path: Path) -> None:
    code = (
        "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass Settings(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_file='.env')\n    DEBUG: bool = False\n"
        "app.config.from_object(Settings())\napp.config['SEEN'] = 'DEBUG' in os.environ or 'no'\n"
    )
    app = app_of(tmp_path, code, __env="debug=yes\n")
    assert app.debug.value is True
    assert app.config["SEEN"].value is not True


def test_secret_string_is_a_text_when_asked(tmp_path: Path) -> None:
    code = (
        "from pydantic import SecretStr\nfrom pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n"
        "    KEY: SecretStr = SecretStr('x')\n    OTHER: SecretStr\nsettings = Settings()\n"
        "app.config['A'] = settings.OTHER.get_secret_value()\n"
    )
    app = app_of(tmp_path, code)
    assert isinstance(app.config["A"].value, Unknown)
    assert [read.name for read in app.config["A"].environment] == ["OTHER"]


def test_what_dynaconf_reads(tmp_path: Path) -> None:
    code = (
        "from dynaconf import Dynaconf\ns = Dynaconf(settings_files=['settings.toml'], environments=True, "
        "env_switcher='SHOP_ENV')\napp.config['A'] = s.NAME\napp.config['B'] = s.get('none', 3)\n"
    )
    app = app_of(
        tmp_path, code, settings__toml="[default]\nname = 'd'\n[development]\nname = 'dev'\n[production]\nx = 1\n"
    )
    assert (app.config["A"].value, place(app.config["A"])) == ("dev", "settings.toml:4")
    assert {"SHOP_ENV", "DYNACONF_NAME"} <= {read.name for read in app.config["A"].environment}
    assert app.config["B"].value == 3


def test_settings_of_one_place_that_are_not_committed(tmp_path: Path) -> None:
    code = "try:\n    from local_settings import *\nexcept ImportError:\n    app.debug = True\n"
    assert app_of(tmp_path, code).debug.value is True
