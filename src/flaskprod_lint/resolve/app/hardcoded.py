"""Passwords, tokens and keys that code which production loads holds under their names."""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from flaskprod_lint import tokens
from flaskprod_lint.model import HardcodedSecret, Setting
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import secrecy
from flaskprod_lint.resolve.app import unnamed
from flaskprod_lint.resolve.interpreter import sources
from flaskprod_lint.resolve.interpreter.sources import Parsed
from flaskprod_lint.source import Place, Project, Source, Span

#: A file without any of these words has no such name in it.
_WORDS = (
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "credential",
    "pepper",
    "auth",
    "login",
    "jwt",
    "serializer",
    "fernet",
    "signer",
    "://",
)
#: Classes whose settings are for others than production; loaded ones are judged by what they set.
_FOR_OTHERS = regex(r"(?:^|_)(?:test|dev|local|debug|mock|fake|example)|(?:Test|Dev|Local|Debug|Mock|Fake|Example)")
#: Modules of the same, which a factory chooses by a variable: development-config says where production loads them.
_FILE_FOR_OTHERS = regex(r"(?:^|[/_])(?:dev|development|local|debug|test|tests|testing)(?:_\w+)?\.py$")
#: Functions that read the environment, by the end of their names, with the position of what they fall back to.
_READERS = regex(r"(?:^|\.)(?:environ\.(?:get|setdefault)|getenv|env(?:\.\w+)?|config)$")
#: Parameters by which a fallback is given.
_DEFAULTS = frozenset(("default", "fallback", "cast_default"))
#: Calls whose keyword arguments describe a form or a document and hold no secret.
_DESCRIBING = regex(
    r"(Field|Column|Schema|Parameter|Option|Argument|Label|Input|Form|add_argument|_\(|gettext)$|^(?:click|wtforms|fields)\."
)
#: Keyword arguments that show what a request or an answer looks like.
_SHOWING = frozenset(("example", "examples", "openapi_extra", "json_schema_extra", "responses", "description", "doc"))
#: Files whose data is made up, by their names.
_MADE_UP = regex(r"(?:^|[/_])(?:fake|seed|mock|demo|sample|fixture|test)(?:[_.s]|$)")
#: The keys of Flask and its extensions; salts, of which most say what is signed and are no secrets; and the keys under
#: which something stands in a session.
_SIGNS_SESSIONS = regex(
    r"(?i:(?:^|_)(?:secret_?key(?:_fallbacks)?|csrf_\w*key|session_\w*key|salt)$)|^(?:secret|SECRET)$|secret_?[Kk]ey$"
)
_CAPITALS = regex(r"[A-Z][A-Z0-9_]+")
_WORDS_ONLY = regex(r"[A-Za-z]+(?:[-_.: ][A-Za-z]+)*[!.]?")


class _Written(NamedTuple):
    """A literal under a name, as the code has it, or what `unnamed` finds without one.

    `judged_as` and `text` are the name and the secret by which that is judged, where they are others.
    """

    name: str
    value: ast.Constant
    variable: str = ""
    owner: str = ""
    judged_as: str = ""
    text: str = ""

    @property
    def bare(self) -> bool:
        """Whether it stands under no name of its own."""
        return bool(self.judged_as)


def of_files(
    project: Project, files: Iterable[str], variables: Mapping[str, Setting], trail: tuple[Place, ...]
) -> list[HardcodedSecret]:
    """What the files that an app loads hold. `variables` are those that its process is started with.

    The keys that sign sessions and the addresses of databases have rules of their own and are left to them.
    """
    found: list[HardcodedSecret] = []
    for path in files:
        if _MADE_UP.search(path.lower()) or _FILE_FOR_OTHERS.search(path.lower()):
            continue
        for secret in project.facts(path, _of_source) or ():
            setting = variables.get(secret.variable)
            found.append(replace(secret, variable_set=True if setting is not None else None, trail=trail))
    return found


def in_effect(
    found: Iterable[HardcodedSecret], config: Mapping[str, Setting], unsure: Container[str]
) -> Iterator[HardcodedSecret]:
    """Those that the app may use: no attribute of a class where its config surely has another value of that name."""
    for secret in found:
        used = config.get(secret.name) if secret.owner else None
        if used is None or secret.name in unsure or not used.sure or used.is_default or _is_at(used, secret):
            yield secret


def _is_at(setting: Setting, secret: HardcodedSecret) -> bool:
    """Whether a setting may have this literal for its value: it, or what a variable falls back to, stands there."""
    places = (setting.span, *(read.at for read in setting.environment))
    return setting.span is None or any(
        at is not None and at.path == secret.at.path and at.line == secret.at.line for at in places
    )


class _Telling:
    """The lines of a text that hold one of the words, or a token; nothing else is looked at closely."""

    def __init__(self, text: str) -> None:
        lower = text.lower()
        words = [word for word in _WORDS if word in lower]
        lines = {number for number, line in enumerate(lower.split("\n"), 1) if any(word in line for word in words)}
        if lines:
            lines.update(text.count("\n", 0, token.start) + 1 for token in tokens.find(text))
        self.lines = sorted(lines)

    def within(self, statement: ast.stmt) -> bool:
        """Whether any of them is among those of a statement."""
        first = min((one.lineno for one in getattr(statement, "decorator_list", ())), default=statement.lineno)
        after = bisect.bisect_left(self.lines, first)
        return after < len(self.lines) and self.lines[after] <= (statement.end_lineno or statement.lineno)


def _of_source(source: Source) -> list[HardcodedSecret]:
    telling = _Telling(source.text)
    if not telling.lines:
        return []
    parsed = sources.read(source)
    written = _in_block(parsed.tree.body, telling) if parsed.tree is not None else ()
    found: dict[Span, HardcodedSecret] = {}
    for one in written:
        secret = _judged(one, parsed)
        if secret is not None:
            found.setdefault(secret.at, secret)
    return list(found.values())


def is_for_others(name: str) -> bool:
    """Whether the name of a class or module says that its settings are for development or tests."""
    return bool(_FOR_OTHERS.search(name))


def _in_block(body: Iterable[ast.stmt], telling: _Telling, owner: str = "") -> Iterator[_Written]:
    """What the statements hold, without what only runs as a script and without classes for tests and development."""
    for statement in filter(telling.within, body):
        if isinstance(statement, ast.ClassDef) and is_for_others(statement.name):
            continue
        if isinstance(statement, ast.If) and _is_main(statement.test):
            yield from _in_block(statement.orelse, telling)
            continue
        yield from (one._replace(owner=owner) for one in _of_statement(statement))
        inside = statement.name if isinstance(statement, ast.ClassDef) else "" if _is_function(statement) else owner
        for field in ("body", "orelse", "finalbody"):
            yield from _in_block(getattr(statement, field, ()), telling, inside)
        for handler in getattr(statement, "handlers", ()):
            yield from _in_block(handler.body, telling)
        for case in getattr(statement, "cases", ()):
            yield from _in_block(case.body, telling)


def _is_function(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _of_statement(statement: ast.stmt) -> Iterator[_Written]:
    """What one statement assigns and passes, in its own expressions."""
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from _assigned(_name_of(target), statement.value)
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        yield from _assigned(_name_of(statement.target), statement.value)
    elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield from _defaults(statement.args)
    for child in ast.iter_child_nodes(statement):
        is_comment = isinstance(statement, ast.Expr) and isinstance(child, ast.Constant)
        if isinstance(child, ast.expr) and not is_comment:
            yield from _in_expression(child)


def _in_expression(expression: ast.expr) -> Iterator[_Written]:
    for node in _parts(expression):
        if isinstance(node, ast.Call):
            yield from _passed(node)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield from _assigned(key.value, value, found_inside=False)
        yield from _shown(unnamed.find(node))


def _shown(found: Iterable[unnamed.Shown]) -> Iterator[_Written]:
    for name, value, judged_as, text in found:
        yield _Written(name, value, judged_as=judged_as, text=text)


def _parts(expression: ast.expr) -> Iterator[ast.AST]:
    """An expression and all in it, without what only shows how a request looks."""
    waiting: list[ast.AST] = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += (
            child
            for child in ast.iter_child_nodes(node)
            if not (isinstance(child, ast.keyword) and child.arg in _SHOWING)
        )


def _passed(call: ast.Call) -> Iterator[_Written]:
    """Keyword arguments, and what a read of the environment falls back to."""
    name = _dotted(call.func)
    read = _fallback(call, name)
    if read is not None:
        yield read
    elif name.endswith(".setdefault") and len(call.args) == 2:
        yield from _assigned(unnamed.text_of(call.args[0]), call.args[1])
    elif not _DESCRIBING.search(name):
        for keyword in call.keywords:
            yield from _assigned(keyword.arg or "", keyword.value, found_inside=False)


def _fallback(call: ast.Call, name: str) -> _Written | None:
    """The literal that a read of the environment falls back to, under the variable's name."""
    if not _READERS.search(name) or not call.args:
        return None
    variable = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
    given = [keyword.value for keyword in call.keywords if keyword.arg in _DEFAULTS] or call.args[1:2]
    if isinstance(variable, str) and given and isinstance(given[0], ast.Constant):
        return _Written(variable, given[0], variable)
    return None


def _assigned(name: str, value: ast.expr, *, found_inside: bool = True) -> Iterator[_Written]:
    """The literal that a name gets: itself, or the last of `read or "literal"`."""
    if not name:
        return
    if isinstance(value, ast.Constant):
        yield _Written(name, value)
    elif isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or) and found_inside:
        last = value.values[-1]
        if isinstance(last, ast.Constant):
            yield _Written(name, last, _variable_of(value.values[0]) or name)
    else:
        yield from _shown(unnamed.of_many(name, value))


def _variable_of(read: ast.expr) -> str:
    """The variable that an expression reads from the environment; empty for anything else."""
    argument: ast.expr | None = None
    if isinstance(read, ast.Call) and read.args:
        argument = read.args[0]
    elif isinstance(read, ast.Subscript):
        argument = read.slice
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else ""


def _defaults(arguments: ast.arguments) -> Iterator[_Written]:
    """The literals that parameters have when nobody gives them."""
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = list(zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True))
    pairs += [(one, given) for one, given in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if given]
    for parameter, default in pairs:
        yield from _assigned(parameter.arg, default)


def _name_of(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return target.slice.value if isinstance(target.slice.value, str) else ""
    return ""


def _dotted(function: ast.expr) -> str:
    """`os.environ.get` of that expression; what is no name is left out."""
    names = []
    while isinstance(function, ast.Attribute):
        names.append(function.attr)
        function = function.value
    if isinstance(function, ast.Name):
        names.append(function.id)
    return ".".join(reversed(names))


def _judged(written: _Written, parsed: Parsed) -> HardcodedSecret | None:
    """The secret that a literal is, if it is one that no other rule has."""
    text = written.text or written.value.value
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    if not isinstance(text, str) or not text or is_another_rules(written.name, text):
        return None
    judged = secrecy.judge(written.judged_as or written.name, text)
    placeholder = judged.kind == "placeholder" and secrecy.is_secret_name(written.name)
    if not (judged.secret or placeholder) or not _is_meant(written, text, judged):
        return None
    works = judged.secret
    kind = judged.kind if works else "key"
    at = parsed.span(written.value)
    return HardcodedSecret(
        written.name,
        kind,
        at,
        len(text),
        judged.weak,
        written.variable,
        works=works,
        owner=written.owner,
        bare=written.bare,
    )


def _is_meant(written: _Written, text: str, judged: secrecy.Judgement) -> bool:
    """Whether a literal is meant as the secret, rather than as the name of one, of a field or of a column."""
    capitals = _CAPITALS.fullmatch(written.name) is not None
    if judged.kind in ("url", "private-key") or written.bare:
        return judged.secret
    if secrecy.is_signing_name(written.name) and judged.secret:
        # Any text signs, a word too. One that says its own name is the name of a setting.
        meant = capitals or bool(written.variable) or secrecy.looks_random(text)
        return meant and _letters(text) not in _letters(written.name)
    if _WORDS_ONLY.fullmatch(text) and (judged.kind != "password" or _letters(text) in _letters(written.name)):
        # ID_TOKEN = "id_token" is a name, and nobody gives out a token of words.
        return bool(written.variable) and not judged.secret
    if judged.weak or not judged.secret:
        return capitals or bool(written.variable)
    return capitals or secrecy.looks_random(text)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def is_another_rules(name: str, text: str) -> bool:
    """Whether a signing key or a database's address: those have rules of their own."""
    database = re.match(r"(?:postgres|mysql|mariadb|sqlite|oracle|mssql)", text)
    return _SIGNS_SESSIONS.search(name) is not None or database is not None
