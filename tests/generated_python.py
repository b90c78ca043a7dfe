"""Generates small Python projects of the kind that configuration files are, for the interpreter's oracle.

Every project is decidable: it reads nothing but its own files and the environment that it is given.
"""

from __future__ import annotations

import random
from collections.abc import Callable

#: Variables that generated code reads; each project sets some of them.
VARIABLES = ("PORT", "WORKERS", "DEBUG", "APP_ENV", "DATABASE_URL", "LEVEL", "NAMES")
_TEXTS = ("'prod'", "'dev'", "'a,b, c'", "'0.0.0.0'", "''", "'True'", "'postgres://u:p@h/db'", "'Xy Z'", "'8'")
_ENVIRONMENT = {
    "PORT": ("8000", "5000", ""),
    "WORKERS": ("4", "2", "x"),
    "DEBUG": ("1", "False", "true", ""),
    "APP_ENV": ("prod", "dev", "staging"),
    "DATABASE_URL": ("postgres://u:p@h/db", "sqlite:///x.db"),
    "LEVEL": ("info", "DEBUG"),
    "NAMES": ("a,b,c", "x", ""),
}


class Generator:
    """One project: statements that assign names of a known type, made of names assigned before."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.names: dict[str, list[str]] = {"int": [], "str": [], "bool": [], "list": [], "dict": []}
        self.functions: list[tuple[str, str]] = []
        self.count = 0

    def project(self) -> tuple[dict[str, str], dict[str, str]]:
        """The files and the environment of the project."""
        settings = self.module(self.random.randint(3, 8), first=True)
        exported = {kind: list(names) for kind, names in self.names.items()}
        package = Generator(self.random.random().__hash__() % 10_000)
        files = {
            "settings_a.py": settings,
            "pack/__init__.py": self.choose("from .inner import *\n", "from . import inner\nTOP = inner\n", ""),
            "pack/inner.py": package.module(4, first=True, prefix="q"),
        }
        self.names = {kind: [] for kind in self.names}
        self.functions = []
        lines = [self.import_line(exported), "import pack.inner", "from pack.inner import *"]
        for kind, names in package.names.items():
            self.names[kind] += [name for name in names if not name.startswith("_")]
        files["conf.py"] = self.module(self.random.randint(8, 25), first=False, head=lines)
        environment = {name: self.pick(_ENVIRONMENT[name]) for name in VARIABLES if self.random.random() < 0.5}
        return files, environment

    def import_line(self, exported: dict[str, list[str]]) -> str:
        if self.random.random() < 0.5:
            for kind, names in exported.items():
                self.names[kind] += names
            return "from settings_a import *"
        for kind, names in exported.items():
            self.names[kind] += [f"settings_a.{name}" for name in names]
        return "import settings_a"

    def module(self, statements: int, *, first: bool, prefix: str = "v", head: list[str] | None = None) -> str:
        self.prefix = ("s" if first and prefix == "v" else prefix) + ("" if first else "m")
        lines = [
            "import os",
            "import json",
            "from os import environ, getenv",
            "from pathlib import Path",
            *(head or []),
        ]
        for _ in range(statements):
            lines += self.statement(0)
        return "\n".join(lines) + "\n"

    # Choices

    def pick(self, options: tuple[str, ...] | list[str]) -> str:
        return self.random.choice(options)

    def choose(self, *options: str) -> str:
        return self.random.choice(options)

    def fresh(self) -> str:
        self.count += 1
        return f"{self.prefix}{self.count}"

    def known(self, kind: str) -> str | None:
        return self.pick(self.names[kind]) if self.names[kind] else None

    def own(self, kind: str) -> str | None:
        """A name of this module, which may be assigned again."""
        names = [name for name in self.names[kind] if "." not in name and name.startswith(self.prefix)]
        return self.pick(names) if names else None

    # Expressions

    def expression(self, kind: str, depth: int = 0) -> str:
        name = self.known(kind)
        if name and self.random.random() < 0.3:
            return name
        if depth > 3:
            return self.literal(kind)
        makers: dict[str, list[Callable[[int], str]]] = {
            "int": [self.int_plain, self.int_made, self.int_read, self.int_counted],
            "str": [self.str_plain, self.str_method, self.str_format, self.str_read, self.str_cut],
            "bool": [self.bool_compare, self.bool_logic, self.bool_text],
            "list": [self.list_plain, self.list_made, self.list_comprehension],
            "dict": [self.dict_plain, self.dict_made],
        }
        if self.random.random() < 0.12:
            return self.any_kind(kind, depth)
        return self.random.choice(makers[kind])(depth + 1)

    def any_kind(self, kind: str, depth: int) -> str:
        one, other = self.expression(kind, depth + 1), self.expression(kind, depth + 1)
        test = self.expression("bool", depth + 1)
        calls = [name for name, result in self.functions if result == kind]
        if calls and self.random.random() < 0.5:
            return f"{self.pick(calls)}({self.expression('int', depth + 1)}, text={self.expression('str', depth + 1)})"
        return self.choose(
            f"({one} if {test} else {other})",
            f"({one} or {other})",
            f"({one} and {other})",
            f"[{one}, {other}][{test}]",
            f"{{True: {one}, False: {other}}}[{test}]",
            f"{{'x': {one}}}.get({self.choose(repr('x'), repr('y'))}, {other})",
            f"(lambda a, b={other}: {self.choose('a', 'b')})({one})",
        )

    def literal(self, kind: str) -> str:
        if kind == "int":
            return self.choose("0", "1", "2", "7", "30", "-1", "8000", "1_000")
        if kind == "str":
            return self.pick(_TEXTS)
        return {"bool": self.choose("True", "False"), "list": "['a', 'b']", "dict": "{'k': 1}"}[kind]

    def int_plain(self, depth: int) -> str:
        return self.literal("int")

    def int_made(self, depth: int) -> str:
        one, other = self.expression("int", depth), self.expression("int", depth)
        return self.choose(
            f"({one} + {other})",
            f"({one} - {other})",
            f"({one} * 3)",
            f"({one} // 2)",
            f"({one} % 7)",
            f"max({one}, {other})",
            f"min([{one}, {other}])",
            f"abs({one})",
            f"-{one}" if not one.startswith("-") else one,
            f"round({one} / 4)",
            f"int({one} * 1.5)",
            f"({one} & 15 | 1)",
            f"sum([{one}, {other}])",
            f"divmod({one}, 5)[1]",
        )

    def int_read(self, depth: int) -> str:
        default = self.expression("int", depth)
        name = self.choose("PORT", "WORKERS")
        return self.choose(
            f"int(os.environ.get('{name}', {default}) or 1) if os.environ.get('{name}', '3').isdigit() else {default}",
            f"int(getenv('{name}') or {default}) if getenv('{name}') != 'x' else 9",
            f"int('{name}' in os.environ)",
            f"len(environ.get('{name}', ''))",
        )

    def int_counted(self, depth: int) -> str:
        return self.choose(
            f"len({self.expression('str', depth)})",
            f"len({self.expression('list', depth)})",
            f"len({self.expression('dict', depth)})",
            f"{self.expression('str', depth)}.count('a')",
            f"{self.expression('str', depth)}.find('b')",
            f"int({self.expression('bool', depth)})",
            f"sum(x for x in range({self.choose('3', '5')}) if x != 1)",
        )

    def str_plain(self, depth: int) -> str:
        return self.literal("str")

    def str_method(self, depth: int) -> str:
        text, other = self.expression("str", depth), self.expression("str", depth)
        return f"({text})" + self.choose(
            ".lower()",
            ".upper()",
            ".strip()",
            ".title()",
            ".replace('postgres://', 'postgresql://')",
            ".replace('a', 'b', 1)",
            ".lstrip('ab')",
            ".zfill(5)",
            ".partition(':')[2]",
            ".split(',')[0]",
            f".join(['x', {other}])",
            ".rsplit('/', 1)[-1]",
            ".removeprefix('po')",
        )

    def str_format(self, depth: int) -> str:
        text, number = self.expression("str", depth), self.expression("int", depth)
        return self.choose(
            f"({text} + {self.expression('str', depth)})",
            f"f'0.0.0.0:{{{self.known('int') or 80}}}'",
            f"f'{{{self.known('str') or 1}!r}}-{{{self.known('int') or 5}:>4}}'",
            f"'%s:%d' % ({text}, {number})",
            f"'%s' % ({text},)",
            f"'{{}}/{{}}'.format({text}, {number})",
            f"'{{a}}-{{0}}'.format({number}, a={text})",
            f"str({number})",
            f"str({self.expression('bool', depth)})",
            f"({text} * 2)",
            f"str(Path('/srv') / 'x' / str({number}))",
            f"os.path.join('/etc', {text})",
            f"os.path.basename({text})",
            f"json.dumps({self.expression('list', depth)})",
        )

    def str_read(self, depth: int) -> str:
        name, default = self.pick(VARIABLES), self.expression("str", depth)
        return self.choose(
            f"os.environ.get('{name}', {default})",
            f"os.getenv('{name}', {default})",
            f"(environ.get('{name}') or {default})",
            f"environ.get('{name}', environ.get('{self.pick(VARIABLES)}', {default}))",
            f"(os.environ['{name}'] if '{name}' in os.environ else {default})",
            f"str(getenv('{name}'))",
            f"getenv(key='{name}', default={default})",
        )

    def str_cut(self, depth: int) -> str:
        text = self.expression("str", depth)
        return f"({text})" + self.choose("[1:]", "[:3]", "[::-1]", "[-2:]", "[:]")

    def bool_compare(self, depth: int) -> str:
        one, other = self.expression("int", depth), self.expression("int", depth)
        text = self.expression("str", depth)
        return self.choose(
            f"({one} > {other})",
            f"({one} == {other})",
            f"(0 <= {one} < {other})",
            f"({text} == {self.expression('str', depth)})",
            f"({text} in ('prod', 'dev'))",
            f"('a' not in {text})",
            f"('k' in {self.expression('dict', depth)})",
            f"({text} in {self.expression('list', depth)})",
            f"(getenv('{self.pick(VARIABLES)}') is None)",
        )

    def bool_logic(self, depth: int) -> str:
        one, other = self.expression("bool", depth), self.expression("bool", depth)
        return self.choose(
            f"(not {one})",
            f"({one} and {other})",
            f"({one} or {other})",
            f"bool({self.expression('str', depth)})",
            f"any([{one}, {other}])",
            f"all([{one}, {other}])",
            f"isinstance({self.expression('int', depth)}, {self.choose('int', 'str', '(int, str)')})",
        )

    def bool_text(self, depth: int) -> str:
        text = self.expression("str", depth)
        return f"({text})" + self.choose(
            ".startswith('postgres')", ".endswith('b')", ".isdigit()", ".lower() in ('1', 'true', 'yes')"
        )

    def list_plain(self, depth: int) -> str:
        return f"[{self.expression('str', depth)}, {self.expression('str', depth)}]"

    def list_made(self, depth: int) -> str:
        rows = self.expression("list", depth)
        return self.choose(
            f"({rows} + {self.expression('list', depth)})",
            f"[*{rows}, 'end']",
            f"({self.expression('str', depth)}).split(',')",
            f"sorted({rows})",
            f"list(reversed({rows}))",
            f"({rows})[1:]",
            f"list({self.expression('dict', depth)})",
            f"sorted(set({rows}))",
            f"list(map(str.upper, {rows}))",
        )

    def list_comprehension(self, depth: int) -> str:
        rows = self.expression("list", depth)
        return self.choose(
            f"[x.strip() for x in {rows}]",
            f"[x for x in {rows} if x]",
            f"[x + y for x in {rows} for y in 'ab']",
            f"[str(i) + x for i, x in enumerate({rows})]",
            f"[k for k, v in {self.expression('dict', depth)}.items()]",
        )

    def dict_plain(self, depth: int) -> str:
        one, other, key = self.expression("int", depth), self.expression("int", depth), self.expression("str", depth)
        return f"{{'k': {one}, {key}: {other}}}"

    def dict_made(self, depth: int) -> str:
        rows = self.expression("dict", depth)
        return self.choose(
            f"{{**{rows}, 'pool_size': {self.expression('int', depth)}}}",
            f"dict({rows}, extra={self.expression('int', depth)})",
            f"{{key: 1 for key in {self.expression('list', depth)}}}",
            f"dict(zip({self.expression('list', depth)}, range(3)))",
            f"({rows} | {{'z': 3}})",
            f"dict({rows})",
        )

    # Statements

    def statement(self, depth: int) -> list[str]:
        makers: list[Callable[[int], list[str]]] = [self.assignment] * 6
        makers += [self.augmented, self.change, self.unpacking]
        if depth < 2:
            makers += [self.condition, self.condition, self.loop, self.attempt, self.while_loop, self.match]
        if depth == 0:
            makers += [self.function, self.function, self.config_class, self.namespace]
        return self.random.choice(makers)(depth)

    def block(self, depth: int, count: int = 2) -> list[str]:
        """Statements of a branch: they may only change names that exist, or make ones that nobody else reads."""
        before = {kind: list(names) for kind, names in self.names.items()}
        lines: list[str] = []
        for _ in range(self.random.randint(1, count)):
            lines += self.statement(depth + 1)
        self.names = before
        return ["    " + line for line in lines]

    def kind(self) -> str:
        return self.choose("int", "str", "str", "bool", "list", "dict")

    def assignment(self, depth: int) -> list[str]:
        kind = self.kind()
        value = self.expression(kind)
        again = self.own(kind)
        name = again if again and self.random.random() < 0.35 else self.fresh()
        if name not in self.names[kind]:
            self.names[kind].append(name)
        if depth == 0 and self.random.random() < 0.1:
            other = self.fresh()
            self.names[kind].append(other)
            return [f"{name} = {other} = {value}"]
        annotated = f"{name}: {kind} = {value}" if depth == 0 else f"{name} = {value}"
        return [self.choose(f"{name} = {value}", annotated, f"({name} := {value})")]

    def augmented(self, depth: int) -> list[str]:
        kind = self.choose("int", "str", "list")
        name = self.own(kind)
        return [f"{name} += {self.expression(kind)}"] if name else self.assignment(depth)

    def change(self, depth: int) -> list[str]:
        rows, table = self.own("list"), self.own("dict")
        text, number = self.expression("str"), self.expression("int")
        if rows and self.random.random() < 0.5:
            return [
                self.choose(
                    f"{rows}.append({text})",
                    f"{rows}.extend({self.expression('list')})",
                    f"{rows}.insert(0, {text})",
                    f"{rows}.sort()",
                    f"{rows}.reverse()",
                    f"{rows}[:0] = [{text}]",
                )
            ]
        if table:
            return [
                self.choose(
                    f"{table}['n'] = {number}",
                    f"{table}.update(m={number})",
                    f"{table}.update({{{text}: {number}}})",
                    f"{table}.setdefault('k', {number})",
                    f"{table}.pop('k', None)",
                    f"{table}.update({self.expression('dict')})",
                )
            ]
        return [f"os.environ.setdefault('{self.pick(VARIABLES)}', {text})"]

    def unpacking(self, depth: int) -> list[str]:
        one, other = self.fresh(), self.fresh()
        values = f"{self.expression('int')}, {self.expression('str')}"
        self.names["int"].append(one)
        self.names["str"].append(other)
        if self.random.random() < 0.5:
            return [f"{one}, {other} = {values}"]
        rest = self.fresh()
        self.names["list"].append(rest)
        return [f"{one}, {other}, *{rest} = {values}, 'r', 's'"]

    def condition(self, depth: int) -> list[str]:
        lines = [f"if {self.expression('bool')}:", *self.block(depth)]
        if self.random.random() < 0.4:
            lines += [f"elif {self.expression('bool')}:", *self.block(depth)]
        if self.random.random() < 0.6:
            lines += ["else:", *self.block(depth)]
        return lines

    def loop(self, depth: int) -> list[str]:
        item = self.fresh()
        source = self.choose(
            f"list({self.expression('list')})",
            f"range({self.choose('0', '2', '4')})",
            f"dict({self.expression('dict')})",
        )
        lines = [f"for {item} in {source}:"]
        if self.random.random() < 0.3:
            lines += [f"    if {self.expression('bool')}:", f"        {self.choose('break', 'continue')}"]
        lines += self.block(depth)
        if self.random.random() < 0.2:
            lines += ["else:", *self.block(depth, 1)]
        return lines

    def while_loop(self, depth: int) -> list[str]:
        counter = self.fresh()
        lines = [f"{counter} = 0", f"while {counter} < {self.choose('0', '3')}:", f"    {counter} += 1"]
        if self.random.random() < 0.3:
            lines += [f"    if {self.expression('bool')}:", f"        {self.choose('break', 'continue')}"]
        return lines + self.block(depth)

    def attempt(self, depth: int) -> list[str]:
        name = self.fresh()
        risky = self.choose(
            f"{name} = os.environ['{self.pick(VARIABLES)}']",
            f"{name} = int({self.expression('str')})",
            f"{name} = {self.expression('dict')}['nope']",
            f"{name} = {self.expression('int')} // {self.expression('int')}",
            f"{name} = {self.expression('list')}[3]",
            f"import pack.missing as {name}",
            f"raise RuntimeError({self.expression('str')})",
            f"{name} = None.x",
            f"{name} = {self.expression('str')} + 1",
            f"assert {self.expression('bool')}",
        )
        kinds = self.choose(
            "Exception", "(KeyError, ValueError, ArithmeticError, LookupError, ImportError)", "Exception as e"
        )
        lines = ["try:", "    " + risky, f"except {kinds}:", *self.block(depth), f"    {name} = 'failed'"]
        if "Exception" not in kinds:
            lines += ["except BaseException:", f"    {name} = 'other'"]
        if self.random.random() < 0.3:
            lines += ["else:", *self.block(depth, 1)]
        if self.random.random() < 0.3:
            lines += ["finally:", *self.block(depth, 1)]
        return lines

    def match(self, depth: int) -> list[str]:
        lines = [f"match {self.expression('str')}:", "    case 'prod' | 'dev':"]
        lines += ["    " + line for line in self.block(depth, 1)]
        lines += ["    case 'a,b, c':", *("    " + line for line in self.block(depth, 1)), "    case _:"]
        return lines + ["    " + line for line in self.block(depth, 1)]

    def function(self, depth: int) -> list[str]:
        name, kind = "f" + self.fresh(), self.kind()
        names, self.names = self.names, {kind: list(names) for kind, names in self.names.items()}
        self.names["int"].append("number")
        self.names["str"].append("text")
        prefix, self.prefix = self.prefix, "l" + self.fresh()
        lines = [f"def {name}(number, text='t', *rest, **more):"]
        for _ in range(self.random.randint(0, 3)):
            lines += ["    " + line for line in self.statement(1)]
        if self.random.random() < 0.4:
            lines += [f"    if {self.expression('bool')}:", f"        return {self.expression(kind)}"]
        lines += [f"    return {self.expression(kind)}"]
        self.names, self.prefix = names, prefix
        self.functions.append((name, kind))
        return lines

    def config_class(self, depth: int) -> list[str]:
        name = "C" + self.fresh()
        lines = [f"class {name}:", f"    DEBUG = {self.expression('bool')}", f"    SIZE = {self.expression('int')}"]
        lines += [f"    if {self.expression('bool')}:", f"        SIZE = {self.expression('int')}"]
        lines += ["    OPTIONS = {'pool': SIZE}", f"    URI = {self.expression('str')}"]
        lines += [f"    def __init__(self): self.url = self.URI + {self.expression('str')}"]
        lines += ["    @property", "    def twice(self): return self.SIZE * 2"]
        lines += ["    @staticmethod", f"    def fixed(n=3): return n + {self.expression('int')}"]
        lines += ["    @classmethod", "    def of(cls): return cls.SIZE"]
        child = "D" + name
        lines += [f"class {child}({name}):", f"    URI = {self.expression('str')}"]
        lines += [f"    OPTIONS = {{**{name}.OPTIONS, 'more': {self.expression('int')}}}"]
        lines += ["    def __init__(self):", "        super().__init__()", "        self.extra = self.url.upper()"]
        made = self.fresh()
        self.names["int"] += [f"{child}.SIZE", f"{child}.of()", f"{made}.twice", f"{made}.fixed()"]
        self.names["dict"].append(f"{child}.OPTIONS")
        self.names["str"] += [f"{made}.extra", f'getattr({child}, "URI")']
        shown = self.fresh()
        lines += [f"{made} = {child}()", f"{shown} = [{made}.extra, {made}.twice, {child}.OPTIONS, {child}.SIZE]"]
        return lines

    def namespace(self, depth: int) -> list[str]:
        name = self.fresh()
        value = self.expression("int")
        self.names["int"].append(name)
        return [
            self.choose(
                f"globals()['{name}'] = {value}",
                f"globals().update({{'{name}': {value}}})",
                f"globals().update({name}={value})",
                f"exec('{name} = ' + repr({value}))",
                f"{name} = eval('1 + 2')",
            )
        ]


def project(seed: int) -> tuple[dict[str, str], dict[str, str]]:
    """The files and the environment of the generated project of that number; `conf.py` is what runs."""
    return Generator(seed).project()
