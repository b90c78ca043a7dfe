"""Makes small Flask projects at random: configuration written in the ways people write it, and mixtures of them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

import flask_libraries
from flask_databases import Database

NAMES = ("SECRET_KEY", "DEBUG", "TESTING", "ALPHA", "BETA", "GAMMA", "DELTA", "lower")
#: The names that are compared; the last ones come from libraries, from nested variables, and from the database's side.
COMPARED = (*NAMES, "nested", "number", "LIMIT", "SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_ENGINE_OPTIONS")
VARIABLES = (
    "SECRET_KEY",
    "APP_ENV",
    "ALPHA",
    "DEBUG",
    "LIMIT",
    "FLASK_BETA",
    "FLASK_DEBUG",
    "APP_ALPHA",
    "FLASK_GAMMA__x",
    "FLASK_DELTA__y__z",
    "APP_SETTINGS",
)
TEXTS = ("dev", "s3cret", "False", "0", "1", "true", "prod", "", "12", "on", "postgres://u@h/d")


@dataclass(slots=True)
class Made:
    """A project: its files, the environment it runs in, and the WSGI target that a server loads."""

    files: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    target: str = "wsgi:app"


def make(seed: int) -> Made:
    """The project of a seed."""
    return _Maker(random.Random(seed)).project()


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.made = Made()
        self.database = Database(rng)
        self.imports: list[str] = []

    def project(self) -> Made:
        rng = self.rng
        for name in VARIABLES:
            if rng.random() < 0.35:
                self.made.environment[name] = rng.choice(TEXTS)
        if self.made.environment.pop("APP_SETTINGS", None) is not None:
            self.made.environment["APP_SETTINGS"] = rng.choice(("extra.cfg", "config.Prod", "config.Dev", "settings"))
        if rng.random() < 0.3:
            self.made.environment["APP_ENV"] = rng.choice(("dev", "prod", "test"))
        self.made.files["config.py"] = self.config()
        self.made.files["settings.py"] = self.module()
        self.made.files["values.json"] = json.dumps({"ALPHA": rng.choice(TEXTS), "GAMMA": rng.randrange(9), "low": 1})
        self.made.files["extra.cfg"] = f"BETA = {self.literal()}\nDELTA = {self.literal()}\n"
        self.made.files["sub/__init__.py"] = ""
        self.made.files["sub/base.py"] = self.module()
        self.made.files["sub/prod.py"] = "from .base import *\n" + self.module()
        self.made.files["instance/extra.cfg"] = f"GAMMA = {self.literal()}\nALPHA = {self.literal()}\n"
        lines = [line for _ in range(rng.randint(2, 6)) for line in self.statement()]
        if rng.random() < 0.45:
            lines += self.library()
        if rng.random() < 0.4:
            lines += self.database.configured()
            lines += self.database.made()
            self.imports += self.database.imports
            self.made.environment.update(self.database.environment)
        if rng.random() < 0.5:
            self.factory(lines)
        else:
            self.made.files["wsgi.py"] = "\n".join([*self.head(), self.constructor(), *lines, ""])
        if any("FlaskDynaconf(" in line for line in lines):
            # Whose config makes lists of tuples.
            texts = self.made.files.items()
            self.made.files = {name: text.replace("(1, 2)", "[1, 2]") for name, text in texts}
        return self.made

    def head(self) -> list[str]:
        return [
            "import os",
            "import json",
            "import config",
            "import settings",
            "from config import *",
            "from flask import Flask",
            "from flask import current_app",
            "import importlib",
            *self.imports,
        ]

    def constructor(self) -> str:
        return self.rng.choice(
            ("app = Flask(__name__)", "app = Flask(__name__)", "app = Flask(__name__, instance_relative_config=True)")
        )

    def library(self) -> list[str]:
        """A library that reads settings, and what the app makes of them."""
        found = flask_libraries.written(self.rng)
        self.imports += found.imports
        self.made.files.update(found.files)
        self.made.environment.update(found.environment)
        return [line for text in found.lines for line in text.splitlines()]

    def factory(self, lines: list[str]) -> None:
        rng = self.rng
        argument = rng.choice(("", "name='prod'", "name=None"))
        body = ["    " + line for line in (self.constructor(), *lines)]
        if argument:
            body.append(
                "    app.config.from_object(config.by_name[name or os.environ.get('APP_ENV', 'prod')])"
                if rng.random() < 0.6
                else "    pass"
            )
        call = rng.choice(("create_app()", "create_app()", "create_app('dev')" if argument else "create_app()"))
        self.made.files["shop/__init__.py"] = "\n".join(
            [*self.head(), "", f"def create_app({argument}):", *body, "    return app", ""]
        )
        if rng.random() < 0.5:
            self.made.files["wsgi.py"] = f"from shop import create_app\n\napp = {call}\n"
        else:
            self.made.target = f"shop:{call}"

    def config(self) -> str:
        rng = self.rng
        lines = ["import os", "", "class Base:"]
        lines += ["    " + line for line in self.assignments(3)]
        for name in ("Dev", "Prod", "Test"):
            base = rng.choice(("Base", "Base", "object"))
            lines += ["", f"class {name}({base}):", *("    " + line for line in self.assignments(2))]
            if rng.random() < 0.4:
                lines += [
                    "    if os.environ.get('APP_ENV') == 'prod':",
                    f"        ALPHA = {self.literal()}",
                    "    else:",
                    f"        ALPHA = {self.expression()}",
                ]
            lines += ["    " + line for line in self.in_class()]
            if base == "Base" and rng.random() < 0.3:
                lines.append(f"    GAMMA = [Base.__name__, {self.literal().replace('(1, 2)', '7')}]")
            if rng.random() < 0.3:
                lines += ["    @property", "    def DELTA(self):", f"        return {self.literal()}"]
            if rng.random() < 0.3:
                lines += [
                    "    @staticmethod",
                    "    def init_app(app):",
                    f"        app.config['BETA'] = {self.literal()}",
                ]
        lines += ["", "by_name = {'dev': Dev, 'prod': Prod, 'test': Test, 'default': Prod}"]
        lines += [
            "",
            "def get_config(name=None):",
            "    return by_name.get(name or os.getenv('APP_ENV', 'prod'), Dev)",
            "",
        ]
        return "\n".join(lines)

    def in_class(self) -> list[str]:
        """What stands in a class body now and then."""
        rng = self.rng
        if rng.random() < 0.7:
            return []
        forms = (
            [
                "match os.getenv('APP_ENV'):",
                "    case 'prod' | 'test':",
                "        BETA = 1",
                "    case _:",
                "        BETA = 2",
            ],
            ["try:", "    GAMMA = int(os.environ['LIMIT'])", "except (KeyError, ValueError):", "    GAMMA = 5"],
            ["def __init__(self):", f"    self.ALPHA = {self.literal()}", "    self.low = 1"],
            ["def __init__(self, beta='made'):", "    super().__init__()", "    self.BETA = beta"],
            ["for one in ('x', 'y'):", "    BETA = one * 2"],
            ["DELTA = {**{'a': 1}, 'b': os.getenv('ALPHA')}", "BETA = DELTA['b'] or 'nothing'"],
            ["ALPHA: str = 'annotated'", "BETA: int"],
            ["@classmethod", "def made(cls):", "    return cls.ALPHA if hasattr(cls, 'ALPHA') else None"],
            [
                "with_default = lambda name, default: os.environ.get(name, default)",
                "ALPHA = with_default('ALPHA', 'l')",
            ],
        )
        return list(rng.choice(forms))

    def module(self) -> str:
        lines = ["import os", *self.assignments(3)]
        if self.rng.random() < 0.4:
            lines += [
                "try:",
                f"    ALPHA = os.environ['{self.rng.choice(VARIABLES)}']",
                "except KeyError:",
                f"    ALPHA = {self.literal()}",
            ]
        return "\n".join([*lines, ""])

    def assignments(self, most: int) -> list[str]:
        return [f"{self.name()} = {self.expression()}" for _ in range(self.rng.randint(1, most))]

    def name(self) -> str:
        return self.rng.choice(NAMES[:-1] if self.rng.random() < 0.95 else NAMES)

    def literal(self) -> str:
        rng = self.rng
        return repr(
            rng.choice(
                (
                    rng.choice(TEXTS),
                    True,
                    False,
                    None,
                    rng.randrange(100),
                    [1, "a"],
                    {"x": rng.choice(TEXTS)},
                    b"bytes",
                    (1, 2),
                )
            )
        )

    def expression(self) -> str:
        rng = self.rng
        variable, text = rng.choice(VARIABLES), rng.choice(TEXTS)
        forms = (
            self.literal(),
            self.literal(),
            f"os.environ.get({variable!r}, {text!r})",
            f"os.getenv({variable!r}) or {text!r}",
            f"os.environ.get({variable!r})",
            f"os.getenv({variable!r}, 'false').lower() in ('1', 'true', 'on')",
            f"bool(os.environ.get({variable!r}))",
            "int(os.getenv('LIMIT', '5') or 0) if (os.getenv('LIMIT') or '5').isdigit() else -1",
            f"f\"{{os.getenv({variable!r}, 'x')}}-{rng.randrange(9)}\"",
            f"{text!r} if {variable!r} in os.environ else {self.literal()}",
            f"os.environ.get({variable!r}, '').replace('postgres://', 'postgresql://') or None",
            f"', '.join(sorted(['b', {text!r}]))",
            f"dict(a=1, b=os.getenv({variable!r}))",
            f"os.environ.get({variable!r}, os.environ.get('ALPHA', {text!r}))",
        )
        return rng.choice(forms)

    def statement(self) -> list[str]:
        rng = self.rng
        name, value = self.name(), self.expression()
        forms = (
            [f"app.config[{name!r}] = {value}"],
            [f"app.config[{name!r}] = app.config.get('ALPHA', {self.literal()})"],
            [f"app.config.update({name}={value}, {'BETA' if name != 'BETA' else 'GAMMA'}={self.expression()})"],
            [f"app.config.update({{{name!r}: {value}}})"],
            [f"app.config.from_mapping({name}={value})"],
            [f"app.config.from_mapping({{{name!r}: {value}, 'lower_case': 1}})"],
            [f"app.config.from_object('config.{rng.choice(('Dev', 'Prod', 'Test'))}')"],
            [f"app.config.from_object(config.{rng.choice(('Dev', 'Prod', 'Test'))})"],
            [f"app.config.from_object({rng.choice(('Dev', 'Prod', 'Test'))}())"],
            ["app.config.from_object('settings')"],
            ["app.config.from_object(settings)"],
            ["app.config.from_object(get_config())"],
            [
                "key = os.environ.get('APP_ENV') or 'default'",
                "app.config.from_object(by_name[key] if key in by_name else Prod)",
            ],
            ["app.config.from_object('config.%s' % ('Dev' if os.getenv('DEBUG') == '1' else 'Prod'))"],
            ["app.config.from_pyfile('missing.cfg', silent=True)"],
            ["app.config.from_prefixed_env()"],
            ["app.config.from_prefixed_env('APP')"],
            ["app.config.from_file(os.path.join(os.path.dirname(config.__file__), 'values.json'), load=json.load)"],
            ["app.config.from_pyfile(os.path.join(os.path.dirname(os.path.abspath(config.__file__)), 'extra.cfg'))"],
            [f"app.secret_key = {value}"],
            [f"app.debug = {rng.choice(('True', 'False', 'app.config.get(' + repr('ALPHA') + ') == 1'))}"],
            [f"app.testing = {rng.choice(('True', 'False'))}"],
            [f"app.config.setdefault({name!r}, {value})"],
            [
                f"if os.environ.get({rng.choice(VARIABLES)!r}) == {rng.choice(TEXTS)!r}:",
                f"    app.config[{name!r}] = {value}",
                "else:",
                f"    app.config[{name!r}] = {self.literal()}",
            ],
            [f"for key, item in {{{name!r}: {value}, 'BETA': 2}}.items():", "    app.config[key] = item"],
            [f"if not app.config.get({name!r}):", f"    app.config[{name!r}] = {value}"],
            [f"app.config['GAMMA'] = app.config['SECRET_KEY'] if 'SECRET_KEY' in app.config else {self.literal()}"],
            ["for helper in (Dev, Prod):", "    getattr(helper, 'init_app', lambda app: None)(app)"],
            [f"app.config[{name!r}], app.config['DELTA'] = {value}, {self.literal()}"],
            ["app.config['DEBUG'] = app.debug or app.testing"],
            [f"app.config |= {{{name!r}: {value}}}"],
            [f"os.environ.setdefault({rng.choice(VARIABLES)!r}, {rng.choice(TEXTS)!r})"],
        )
        return list(rng.choice(forms)) if rng.random() < 0.6 else self.rarer(name, value)

    def rarer(self, name: str, value: str) -> list[str]:
        rng = self.rng
        cls = rng.choice(("Dev", "Prod", "Test"))
        upper = "{key: getattr(%s, key) for key in dir(%s) if key.isupper()}"
        forms = (
            ["app.config.from_envvar('APP_SETTINGS', silent=True)"]
            if self.made.environment.get("APP_SETTINGS") == "extra.cfg"
            else ["app.config.from_object(os.environ.get('APP_SETTINGS') or 'config.Prod')"],
            ["app.config.from_pyfile('extra.cfg', silent=True)"],
            ["app.config.from_pyfile(os.path.join(app.instance_path, 'extra.cfg'), silent=True)"],
            ["app.config.from_pyfile('/nowhere/else.cfg', silent=True)"],
            ["app.config.from_envvar('NOBODY_SETS_THIS', silent=True)"],
            ["app.config.from_prefixed_env(prefix='APP', loads=str)"],
            ["app.config.from_prefixed_env(loads=lambda text: text.upper())"],
            ["app.config.from_object('sub.prod')"],
            ["from sub import prod", "app.config.from_object(prod)"],
            ["app.config.from_object(importlib.import_module(f\"sub.{'prod' if os.getenv('LIMIT') else 'base'}\"))"],
            [f"app.config.from_object(getattr(config, os.getenv('NAMED', {cls!r})))"],
            [f"app.config.from_object(vars(config)[{cls!r}])"],
            [f"app.config.update({upper % (cls, cls)})"],
            [f"app.config.from_mapping({{key: one for key, one in vars({cls}).items() if key.isupper()}})"],
            [f"for key in dir({cls}):", "    if key.isupper():", f"        app.config[key] = getattr({cls}, key)"],
            ["app.config.from_mapping(os.environ)"],
            ["app.config.update(os.environ)"],
            ["with app.app_context():", f"    current_app.config[{name!r}] = {value}"],
            [f"app.config.get_namespace('SESSION_').update({name}={value})"],
            [f"app.config.pop({name!r}, None)"],
            [f"if app.config.pop({name!r}, None):", "    app.config['BETA'] = 'popped'"],
            [f"app.config.from_object(type('Made', ({cls},), {{{name!r}: {self.literal()}}}))"],
            [f"chosen = {{'prod': {cls}}}.get(os.getenv('APP_ENV'), Dev)", "app.config.from_object(chosen)"],
            [
                "match os.environ.get('APP_ENV', 'prod'):",
                "    case 'prod':",
                "        app.config.from_object(Prod)",
                "    case 'dev' | 'test' as mode:",
                "        app.config.from_object(Dev)",
                "        app.config['BETA'] = mode",
                "    case _:",
                f"        app.config[{name!r}] = {value}",
            ],
            [
                "try:",
                f"    app.config[{name!r}] = os.environ[{rng.choice(VARIABLES)!r}]",
                "except KeyError as error:",
                f"    app.config[{name!r}] = {value}",
            ],
            ["try:", "    import missing_local", "except ImportError:", f"    app.config[{name!r}] = {value}"],
            ["if not app.debug and app.config.get('SECRET_KEY') == 'dev':", "    raise RuntimeError('set a key')"],
            [
                "if not app.config['SECRET_KEY'] and os.getenv('APP_ENV') == 'prod':",
                "    import sys",
                "    sys.exit(1)",
            ],
            ["assert app.config.get('ALPHA') != 's3cret', 'no such ALPHA'"],
            [
                "def required(key):",
                "    if key not in os.environ:",
                "        raise KeyError(key)",
                "    return os.environ[key]",
                "app.config['ALPHA'] = required('ALPHA')",
            ],
            [
                "def flag(key, default='false'):",
                "    return str(os.environ.get(key, default)).lower() in {'1', 'true', 't'}",
                "app.config['DEBUG'] = flag('DEBUG')",
            ],
            [f"setattr(app, 'debug', {value} == '1')"],
            [
                f"app.config.from_object({cls})",
                "app.config.from_prefixed_env()",
                f"app.config.from_mapping(dict(ALPHA={value}))",
            ],
            ["defaults = dict(app.config)", "app.config['GAMMA'] = defaults.get('GAMMA', len(defaults) > 3)"],
            ["app.config.from_file(os.path.join(app.root_path, '..', 'missing.json'), load=json.load, silent=True)"],
            [f"(app.config.__setitem__({name!r}, {value}))"],
            ["del app.config['TESTING']", "app.config['TESTING'] = not app.debug"],
            ["app.config['SECRET_KEY'] = app.config['SECRET_KEY'] or os.environ.get('SECRET_KEY') or 'dev'"],
            [
                "for one in ('ALPHA', 'BETA'):",
                "    if os.environ.get(one) is not None:",
                "        app.config[one] = os.environ[one]",
            ],
            [f"app.config['ALPHA'] = Prod().__class__.__name__.lower() + str({self.literal()})"],
            ["app.config['DELTA'] = [*filter(None, (os.getenv('ALPHA', '') + ',x,,y').split(','))]"],
            [
                "if (limit := os.getenv('LIMIT', '')).isdigit() and int(limit) > 3:",
                "    app.config['GAMMA'] = int(limit)",
            ],
        )
        return list(rng.choice(forms))
