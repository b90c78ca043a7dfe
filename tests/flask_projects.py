"""Makes small Flask projects at random: configuration written in the ways people write it, and mixtures of them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

NAMES = ("SECRET_KEY", "DEBUG", "TESTING", "ALPHA", "BETA", "GAMMA", "DELTA", "lower")
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

    def project(self) -> Made:
        rng = self.rng
        for name in VARIABLES:
            if rng.random() < 0.35:
                self.made.environment[name] = rng.choice(TEXTS)
        if rng.random() < 0.3:
            self.made.environment["APP_ENV"] = rng.choice(("dev", "prod", "test"))
        self.made.files["config.py"] = self.config()
        self.made.files["settings.py"] = self.module()
        self.made.files["values.json"] = json.dumps({"ALPHA": rng.choice(TEXTS), "GAMMA": rng.randrange(9), "low": 1})
        self.made.files["extra.cfg"] = f"BETA = {self.literal()}\nDELTA = {self.literal()}\n"
        lines = [line for _ in range(rng.randint(2, 6)) for line in self.statement()]
        if rng.random() < 0.5:
            self.factory(lines)
        else:
            self.made.files["wsgi.py"] = "\n".join([*self.head(), "app = Flask(__name__)", *lines, ""])
        return self.made

    def head(self) -> list[str]:
        return [
            "import os",
            "import json",
            "import config",
            "import settings",
            "from config import *",
            "from flask import Flask",
        ]

    def factory(self, lines: list[str]) -> None:
        rng = self.rng
        argument = rng.choice(("", "name='prod'", "name=None"))
        body = ["    app = Flask(__name__)", *("    " + line for line in lines)]
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
            if base == "Base" and rng.random() < 0.3:
                lines.append(f"    GAMMA = [Base.__name__, {self.literal()}]")
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
            [f"app.config.update({name}={value}, BETA={self.expression()})"],
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
        return list(rng.choice(forms))
