"""Settings that a generated project reads with a library, or from a file of data, and puts into Flask's config."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

TEXTS = ("dev", "s3cret", "False", "0", "1", "true", "prod", "12", "on", "a,b", "postgresql://u@h/d")
SWITCHES = ("True", "false", "1", "0", "on", "no", "yes", "off")


@dataclass(slots=True)
class Written:
    """What one way of reading settings needs: files, variables, imports, and the lines that use them."""

    lines: list[str]
    imports: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


def written(rng: random.Random) -> Written:
    """One of the ways, chosen at random."""
    return rng.choice(WAYS)(rng)


def _dotenv_file(rng: random.Random, *more: str) -> str:
    lines = [
        f"ALPHA={rng.choice(TEXTS)}",
        f"export BETA='{rng.choice(TEXTS)}'",
        f'GAMMA="{rng.choice(TEXTS)}"  # said twice',
        "# DELTA=no",
        f"DELTA = {rng.choice(TEXTS)}",
        f"SWITCH={rng.choice(SWITCHES)}",
        f"NUMBER={rng.randrange(50)}",
    ]
    return "\n".join([*rng.sample(lines, rng.randint(1, len(lines))), *more, ""])


def dotenv(rng: random.Random) -> Written:
    load = rng.choice(
        (
            "load_dotenv()",
            "load_dotenv(override=True)",
            "load_dotenv(find_dotenv())",
            "load_dotenv(dotenv_path='.env')",
            "load_dotenv(os.path.join(os.path.dirname(os.path.abspath(__file__)), '.env'))",
            "load_dotenv(Path(__file__).resolve().parent / '.env', override=False)",
            "load_dotenv('conf/prod.env')",
            "load_dotenv('conf/missing.env')",
            "os.environ.update({k: v for k, v in dotenv_values('.env').items() if v is not None})",
        )
    )
    uses = [
        "app.config['ALPHA'] = os.environ.get('ALPHA', 'none')",
        "app.config['BETA'] = os.getenv('BETA')",
        "app.config.from_mapping({'GAMMA': os.getenv('GAMMA') or 'unset'})",
        "app.config['DELTA'] = os.environ['DELTA'] if 'DELTA' in os.environ else 3",
        "app.config.from_mapping(dotenv_values('.env'))",
        "app.config['GAMMA'] = dotenv_values('conf/prod.env').get('ALPHA', 'x')",
        "app.config['DEBUG'] = os.getenv('SWITCH', '').lower() in ('1', 'true', 'yes')",
    ]
    files = {".env": _dotenv_file(rng), "conf/prod.env": _dotenv_file(rng)}
    imports = ["from pathlib import Path", "from dotenv import dotenv_values, find_dotenv, load_dotenv"]
    return Written([load, *rng.sample(uses, 3)], imports, files)


def environs(rng: random.Random) -> Written:
    setup = rng.choice((["env = Env()"], ["env = Env()", "env.read_env()"], ["env = Env()", "env.read_env('.env')"]))
    uses = [
        "app.config['ALPHA'] = env('ALPHA', 'none')",
        "app.config['BETA'] = env.str('BETA', default='unset')",
        "app.config['DEBUG'] = env.bool('SWITCH', default=False)",
        "app.config['TESTING'] = env.bool('TESTING', 'no')",
        "app.config['GAMMA'] = env.int('NUMBER', 7)",
        "app.config['GAMMA'] = env.float('NUMBER', 2.5)",
        "app.config['DELTA'] = env.list('LISTED', ['x'])",
        "app.config['DELTA'] = env.list('NUMBERS', [1], subcast=int)",
        "app.config['DELTA'] = env.dict('PAIRS', {})",
        "app.config['DELTA'] = env.json('JSON', default=None)",
        "app.config['BETA'] = env.str('REQUIRED')",
        "with env.prefixed('APP_'):\n    app.config['ALPHA'] = env('ALPHA', 'none')",
        "app.config['GAMMA'] = env.log_level('LEVEL', 20)",
        "app.config['BETA'] = env('MISSING', None)",
    ]
    environment = {"REQUIRED": rng.choice(TEXTS)}
    for name, text in (
        ("LISTED", "a, b,c"),
        ("NUMBERS", "1,2"),
        ("PAIRS", "a=1,b=two"),
        ("JSON", '{"a": [1, null]}'),
        ("LEVEL", "WARNING"),
        ("APP_ALPHA", rng.choice(TEXTS)),
        ("TESTING", rng.choice(SWITCHES)),
    ):
        if rng.random() < 0.5:
            environment[name] = text
    return Written(
        [*setup, *rng.sample(uses, 4)], ["from environs import Env"], {".env": _dotenv_file(rng)}, environment
    )


def decouple(rng: random.Random) -> Written:
    uses = [
        "app.config['ALPHA'] = config_of('ALPHA', default='none')",
        "app.config['BETA'] = config_of('BETA', 'unset')",
        "app.config['DEBUG'] = config_of('SWITCH', default=False, cast=bool)",
        "app.config['TESTING'] = config_of('TESTING', default='off', cast=bool)",
        "app.config['GAMMA'] = config_of('NUMBER', default=7, cast=int)",
        "app.config['GAMMA'] = config_of('NUMBER', default='8', cast=float)",
        "app.config['DELTA'] = config_of('LISTED', default='x,y', cast=Csv())",
        "app.config['DELTA'] = config_of('NUMBERS', default='1', cast=Csv(int))",
        "app.config['DELTA'] = config_of('LISTED', default='', cast=lambda text: text.split(';'))",
        "app.config['BETA'] = config_of('REQUIRED')",
        "app.config['BETA'] = config_of('ALPHA', default=None)",
        "app.config['GAMMA'] = config_of('NUMBER', default=3, cast=str)",
    ]
    environment = {"REQUIRED": rng.choice(TEXTS)}
    if rng.random() < 0.5:
        environment["LISTED"] = "a, b;c"
    files = {}
    if rng.random() < 0.6:
        files[".env"] = _dotenv_file(rng).replace("export ", "").replace("  # said twice", "")
    if rng.random() < 0.3:
        files["settings.ini"] = f"[settings]\nALPHA={rng.choice(TEXTS)}\nbeta: {rng.choice(TEXTS)}\n; NUMBER=4\n"
    return Written(rng.sample(uses, 4), ["from decouple import Csv, config as config_of"], files, environment)


def pydantic(rng: random.Random) -> Written:
    # pydantic 1, which pydantic 2 brings along, does not work with Python 3.14.
    old = rng.random() < 0.35 and sys.version_info < (3, 14)
    fields = rng.sample(
        [
            "ALPHA: str = 'none'",
            "BETA: str | None = None",
            "DEBUG: bool = False",
            "TESTING: bool = Field(default=False)",
            "GAMMA: int = 7",
            "DELTA: list[int] = [1]",
            "DELTA: dict[str, str] = {}",
            "number: float = 1.5",
            "secret_key: str = 'dev'",
            "GAMMA: int = Field(3, env='NUMBER')" if old else "GAMMA: int = Field(3, validation_alias='NUMBER')",
            "ALPHA: str = Field(default_factory=lambda: 'made')",
            "REQUIRED: str",
            "BETA: Optional[int] = None",
            "LEVEL: Literal['INFO', 'DEBUG'] = 'INFO'",
            "DELTA: Union[int, str] = 'x'",
        ],
        4,
    )
    names = [text.partition(":")[0] for text in fields]
    fields = [text for number, text in enumerate(fields) if names[number] not in names[:number]]
    prefix = rng.choice(("", "", "APP_"))
    file = rng.choice(("", "env_file='.env', "))
    if old:
        options = [
            "    class Config:",
            f"        env_prefix = {prefix!r}",
            f"        env_file = {'.env' if file else None!r}",
        ]
        options += ["        extra = 'ignore'"]
    else:
        options = [f"    model_config = SettingsConfigDict({file}env_prefix={prefix!r}, extra='ignore')"]
    module = [
        "from typing import Literal, Optional, Union",
        "from pydantic.v1 import BaseSettings, Field" if old else "from pydantic import Field",
        *([] if old else ["from pydantic_settings import BaseSettings, SettingsConfigDict"]),
        "",
        "class Settings(BaseSettings):",
        *("    " + text for text in fields),
        *options,
        "    @property",
        "    def SHOWN(self):",
        "        return 'shown'",
        "",
        "typed = Settings()",
    ]
    environment = {f"{prefix}REQUIRED": "given"}
    for name, text in (("debug", "yes"), ("GAMMA", "4"), ("DELTA", "[1, 2]"), ("NUMBER", "9"), ("alpha", "low")):
        if rng.random() < 0.4:
            environment[prefix + name] = text
    dump = "dict" if old else "model_dump"
    use = rng.choice(
        (
            ["app.config.from_object(typed)"],
            [f"app.config.update(typed.{dump}())"],
            [f"app.config.from_mapping(typed.{dump}())"],
            [f"app.config[{name!r}] = typed.{name}" for name in dict.fromkeys(names)],
        )
    )
    files = {"typed_settings.py": "\n".join([*module, ""])}
    if file:
        files[".env"] = f"{prefix}ALPHA=filed\n{prefix}GAMMA=11\nOTHER=1\n"
    return Written(use, ["from typed_settings import typed"], files, environment)


def dynaconf(rng: random.Random) -> Written:
    layered = rng.random() < 0.6
    switcher = rng.choice(("ENV_FOR_DYNACONF", "APP_MODE"))
    options = "settings_files=['settings.toml', '.secrets.toml'], envvar_prefix='SHOP', load_dotenv=False"
    if layered:
        options += f", environments=True, env_switcher={switcher!r}"
    text = f"ALPHA = '{rng.choice(TEXTS)}'\nGAMMA = {rng.randrange(9)}\nbeta = '{rng.choice(TEXTS)}'\n"
    if layered:
        text = f"[default]\n{text}[development]\nALPHA = 'in development'\n[production]\nDELTA = [1, 'a']\nGAMMA = 40\n"
    secrets = f"{'[default]' if layered else ''}\nSECRET_KEY = '{rng.choice(TEXTS)}'\n"
    environment: dict[str, str] = {}
    if rng.random() < 0.5:
        environment[switcher] = rng.choice(("development", "production", "PRODUCTION"))
    for name in ("ALPHA", "DEBUG", "DELTA"):
        if rng.random() < 0.3:
            environment[f"SHOP_{name}"] = rng.choice(("true", "12", "text", "@int 4", "[1, 2]", "False", "'q'"))
    flask = rng.random() < 0.4
    if flask:
        lines = [f"FlaskDynaconf(app, {options})"]
    else:
        uses = [
            "app.config['ALPHA'] = dyna.ALPHA",
            "app.config['BETA'] = dyna.get('BETA', 'unset')",
            "app.config['SECRET_KEY'] = dyna.SECRET_KEY",
            "app.config['GAMMA'] = dyna['GAMMA']",
            "app.config['DELTA'] = dyna.get('DELTA')",
            "app.config['DEBUG'] = dyna.get('debug', False)",
        ]
        lines = [f"dyna = Dynaconf({options})", *rng.sample(uses, 4)]
    files = {"settings.toml": text}
    if rng.random() < 0.6:
        files[".secrets.toml"] = secrets
    return Written(lines, ["from dynaconf import Dynaconf, FlaskDynaconf"], files, environment)


def data_files(rng: random.Random) -> Written:
    data = {"ALPHA": rng.choice(TEXTS), "GAMMA": rng.randrange(9), "nested": {"DELTA": [1, None, True]}, "low": 1}
    lines = {
        "ALPHA": f"ALPHA: {rng.choice(('plain', '12', 'yes', '~', 'no', '1.5', '0x1F', '010', '2020-01-01'))}",
        "BETA": f"BETA: {json.dumps(rng.choice(TEXTS))}",
        "nested": "nested:\n  DELTA: [1, a]\n  other: {x: 1}",
        "GAMMA": "GAMMA: |\n  two\n  lines",
    }
    toml = "ALPHA = 'from toml'\nGAMMA = 1_000\n[nested]\nDELTA = [1, 2.5]\nwhen = true\n"
    ini = (
        "[DEFAULT]\nalpha = base\n[flask]\n"
        f"beta = {rng.choice(SWITCHES)}\ngamma = {rng.randrange(99)}\ndelta = %(alpha)s-more\n[db]\nname: d\n"
    )
    ways = (
        (
            ["values = yaml.safe_load(open('values.yaml'))", "app.config.update(values)"],
            ["with open('values.yaml') as file:\n    values = yaml.safe_load(file)", "app.config.from_mapping(values)"],
            ["app.config['DELTA'] = yaml.load(open('values.yaml').read(), Loader=yaml.SafeLoader)['nested']['DELTA']"],
            ["app.config.from_file(os.path.abspath('values.yaml'), load=yaml.safe_load)"],
        ),
        (
            ["values = json.load(open('data.json'))", "app.config.update(values)"],
            ["with open('data.json') as file:\n    values = json.load(file)", "app.config['DELTA'] = values['nested']"],
            ["app.config['ALPHA'] = json.loads(Path('data.json').read_text())['ALPHA']"],
            ["for key, one in json.load(open('data.json')).items():\n    app.config[key] = one"],
        ),
        (
            ["with open('values.toml', 'rb') as file:\n    values = tomllib.load(file)", "app.config.update(values)"],
            ["app.config['DELTA'] = tomllib.loads(Path('values.toml').read_text())['nested']['DELTA']"],
            ["app.config.from_file(os.path.abspath('values.toml'), load=tomllib.load, text=False)"],
            ["app.config.from_mapping(tomllib.load(open('values.toml', 'rb'))['nested'])"],
        ),
        (
            ["app.config['BETA'] = ini.get('flask', 'beta')", "app.config['DEBUG'] = ini.getboolean('flask', 'beta')"],
            ["app.config['GAMMA'] = ini.getint('flask', 'gamma')", "app.config['DELTA'] = ini['flask']['delta']"],
            ["app.config['ALPHA'] = ini['flask'].get('missing', 'unset')"],
            ["app.config['ALPHA'] = ini.get('flask', 'missing', fallback='unset')"],
            ["for key, one in ini.items('flask'):\n    app.config[key.upper()] = one"],
            ["app.config.update({key.upper(): one for key, one in ini['flask'].items()})"],
            ["if ini.has_option('db', 'name'):\n    app.config['ALPHA'] = ini['db']['name']"],
            ["if 'flask' in ini and ini.has_section('db'):\n    app.config['BETA'] = dict(ini['db'])"],
        ),
    )
    number = rng.randrange(len(ways))
    chosen = list(rng.choice(ways[number]))
    if number == 3:
        path = rng.choice(("'settings.cfg.ini'", "['missing.ini', 'settings.cfg.ini']"))
        chosen = ["ini = configparser.ConfigParser()", f"ini.read({path})", *chosen]
    files = {
        "data.json": json.dumps(data),
        "values.yaml": "\n".join([*lines.values(), ""]),
        "values.toml": toml,
        "settings.cfg.ini": ini,
    }
    tomllib = "try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib"
    imports = ["from pathlib import Path", "import configparser", "import yaml", tomllib]
    return Written(chosen, imports, files)


WAYS: tuple[Callable[[random.Random], Written], ...] = (dotenv, environs, decouple, pydantic, dynaconf, data_files)
