"""Makes small projects that set up logging in the ways people do, and in mixtures of them, from a number."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

LOGGERS = (
    "logging.getLogger()",
    "logging.root",
    "app.logger",
    "app.logger",
    "logging.getLogger(__name__)",
    "logging.getLogger('shop.jobs')",
    "logging.getLogger('gunicorn.error')",
)
LEVELS = ("logging.DEBUG", "logging.INFO", "'WARNING'", "logging.ERROR", "20")
KINDS = (
    "logging.StreamHandler()",
    "logging.StreamHandler(sys.stdout)",
    "logging.FileHandler({name!r})",
    "RotatingFileHandler({name!r}, maxBytes=1000, backupCount=2)",
    "TimedRotatingFileHandler(filename={name!r})",
    "logging.FileHandler(os.path.join('logs', {name!r}))",
    "logging.FileHandler(Path('logs') / {name!r})",
    "logging.FileHandler(f'{{LOG_FOLDER}}/{name}')",
    "logging.FileHandler('/dev/stdout')",
    "SysLogHandler(address=('localhost', 514))",
    "Rotating({name!r})",
    "Own()",
    "MemoryHandler(10, target=logging.FileHandler({name!r}))",
    "logging.StreamHandler(open({name!r}, 'a'))",
    "logging.NullHandler()",
)
HEAD = """\
import logging
import logging.config
import os
import sys
from logging.handlers import MemoryHandler, RotatingFileHandler, SysLogHandler, TimedRotatingFileHandler
from pathlib import Path

from flask import Flask
from flask.logging import default_handler

LOG_FOLDER = os.environ.get("LOG_FOLDER", "logs")


class Rotating(RotatingFileHandler):
    def __init__(self, name):
        super().__init__("logs/" + name, maxBytes=1000)


class Own(logging.Handler):
    def emit(self, record):
        pass


"""
INI = """\
[loggers]
keys={loggers}

[handlers]
keys=console,file

[formatters]
keys=plain

[logger_root]
level={level}
handlers={root}

[logger_jobs]
level=INFO
qualname=shop.jobs
propagate=0
handlers={jobs}

[handler_console]
class=StreamHandler
args=(sys.stderr,)

[handler_file]
class=handlers.RotatingFileHandler
level=INFO
formatter=plain
args=('%(folder)s/ini.log', 'a', 1000, 2)

[formatter_plain]
format=%(message)s
"""


@dataclass(slots=True)
class Made:
    """A project: its files, its variables, and the target of the server."""

    files: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    target: str = "shop:app"


def make(seed: int) -> Made:
    """The project of a number."""
    chance = random.Random(seed)
    environment = {name: "1" for name in ("LOG_TO_STDOUT", "LOG_FOLDER") if chance.random() < 0.3}
    if "LOG_FOLDER" in environment:
        environment["LOG_FOLDER"] = "other"
    writer = _Writer(chance)
    body = [line for _ in range(chance.randint(1, 6)) for line in writer.statement()]
    if chance.random() < 0.4:
        lines = ["def create_app():", "    app = Flask(__name__)", *_indented(body), "    return app", ""]
        lines.append("app = create_app()")
    else:
        lines = ["app = Flask(__name__)", *body]
    early = writer.statement(early=True) if chance.random() < 0.3 else []
    return Made({"shop.py": HEAD + "\n".join([*early, *lines]) + "\n", **writer.files}, environment)


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


@dataclass(slots=True)
class _Writer:
    chance: random.Random
    files: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def statement(self, *, early: bool = False) -> list[str]:
        """A statement or a few; an early one stands before there is an app."""
        common = [self.basic, self.dictionary, self.file, self.implicit]
        later = [self.handler] * 6 + [self.level, self.alone, self.without, self.emptied, self.replaced, self.branch]
        return self.chance.choice(common if early else [*common, *later])()

    def new(self) -> str:
        self.made += 1
        return self.chance.choice(KINDS).format(name=f"file{self.made}.log")

    def logger(self) -> str:
        return self.chance.choice(LOGGERS)

    def basic(self) -> list[str]:
        more = self.chance.choice(
            [
                "",
                f"level={self.chance.choice(LEVELS)}",
                "filename='basic.log'",
                "filename='basic.log', level=logging.INFO",
                "stream=sys.stdout",
                f"handlers=[{self.new()}, {self.new()}]",
                "force=True",
                "filename='forced.log', force=True",
            ]
        )
        return [f"logging.basicConfig({more})"]

    def handler(self) -> list[str]:
        name = f"handler{self.made}"
        lines = [f"{name} = {self.new()}"]
        if self.chance.random() < 0.4:
            lines.append(f"{name}.setLevel({self.chance.choice(LEVELS)})")
        lines.append(f"{self.logger()}.addHandler({name})")
        if self.chance.random() < 0.15:
            lines.append(f"{self.logger()}.removeHandler({name})")
        return lines

    def level(self) -> list[str]:
        return [f"{self.logger()}.setLevel({self.chance.choice(LEVELS)})"]

    def alone(self) -> list[str]:
        return [f"{self.logger()}.propagate = False"]

    def without(self) -> list[str]:
        return ["app.logger.removeHandler(default_handler)"]

    def emptied(self) -> list[str]:
        logger = self.chance.choice(LOGGERS[:-1])
        loops = [
            [f"{logger}.handlers.clear()"],
            [f"for one in list({logger}.handlers):", f"    {logger}.removeHandler(one)"],
            [f"for one in {logger}.handlers[:]:", f"    {logger}.removeHandler(one)"],
            [f"{logger}.handlers = []"],
        ]
        return self.chance.choice(loops)

    def replaced(self) -> list[str]:
        if self.chance.random() < 0.5:
            return ["app.logger.handlers = logging.getLogger('gunicorn.error').handlers"]
        return [f"app.logger.handlers = [{self.new()}]"]

    def implicit(self) -> list[str]:
        return [self.chance.choice(["logging.info('x')", "logging.warning('x')", "logging.getLogger('a').info('x')"])]

    def branch(self) -> list[str]:
        test = self.chance.choice(["os.environ.get('LOG_TO_STDOUT')", "not app.debug", "app.testing"])
        return [f"if {test}:", *_indented(self.handler()), "else:", *_indented(self.handler())]

    def dictionary(self) -> list[str]:
        handlers = {
            "console": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"},
            "file": {"class": "logging.FileHandler", "filename": "dict.log", "level": self.chance.choice(["INFO", 40])},
            "rotating": {"class": "logging.handlers.RotatingFileHandler", "filename": "logs/rotating.log"},
        }
        config: dict[str, object] = {"version": 1, "handlers": handlers}
        if self.chance.random() < 0.7:
            config["root"] = {"level": "INFO", "handlers": self.chance.sample(sorted(handlers), 2)}
        if self.chance.random() < 0.6:
            described: dict[str, object] = {"handlers": [self.chance.choice(sorted(handlers))]}
            if self.chance.random() < 0.4:
                described["propagate"] = False
            config["loggers"] = {self.chance.choice(["shop", "shop.jobs", ""]): described}
        return [f"logging.config.dictConfig({config!r})"]

    def file(self) -> list[str]:
        names = ["console", "file", "console,file", ""]
        level, jobs, root = self.chance.choice(["INFO", "DEBUG"]), self.chance.choice(names), self.chance.choice(names)
        loggers = self.chance.choice(["root", "root,jobs"])
        self.files["logging.ini"] = INI.replace("{level}", level).replace("{jobs}", jobs).replace("{root}", root)
        self.files["logging.ini"] = self.files["logging.ini"].replace("{loggers}", loggers)
        return ["logging.config.fileConfig('logging.ini', defaults={'folder': LOG_FOLDER})"]
