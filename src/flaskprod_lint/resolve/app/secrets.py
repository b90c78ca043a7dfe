"""The secrets of a loaded app, as its code gives them: a literal, a fallback, a random value, or the environment."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from flaskprod_lint.inputs import python
from flaskprod_lint.model import EnvironmentRead, SecretUse, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.app import branches_for_others
from flaskprod_lint.resolve.app.flask_config import FlaskConfig, is_default
from flaskprod_lint.resolve.app.written import before_value
from flaskprod_lint.resolve.interpreter.values import Value
from flaskprod_lint.resolve.secrecy import Judgement, judge
from flaskprod_lint.source import Place, Project, Source

#: Settings whose value signs or salts something: whoever knows it can forge that.
NAMES = frozenset(
    {
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "JWT_SECRET_KEY",
        "SECURITY_PASSWORD_SALT",
        "SECURITY_TOKEN_SALT",
        "WTF_CSRF_SECRET_KEY",
        "CSRF_SECRET_KEY",
        "SECURITY_SECRET_KEY",
    }
)

#: Decorators of pydantic for methods that check a field.
_VALIDATORS = frozenset(("field_validator", "validator"))

#: Words without which code stops nobody.
_STOPS = regex("raise|exit|assert")
#: The symbol of a value that is made anew each time the code runs, and the reason why it is unknown.
RANDOM = "random"
RANDOM_REASON = "a value made anew each time"

#: Calls whose result is another one each time.
RANDOM_CALLS = (
    "os.urandom",
    "secrets.",
    "uuid.uuid1",
    "uuid.uuid4",
    "random.",
    "string.",
    "cryptography.fernet.Fernet.generate_key",
    "Crypto.Random.get_random_bytes",
    "werkzeug.security.gen_salt",
    "binascii.hexlify",
)


def uses(config: FlaskConfig, project: Project, files: Iterable[str], trail: tuple[Place, ...]) -> list[SecretUse]:
    """Every secret that the app's config holds in the end, with how the code gives it."""
    # A place is reported under its first name: the key that other settings are often copied from comes first.
    names = sorted((name for name in config.entries if name in NAMES), key=lambda name: (name != "SECRET_KEY", name))
    found = [_by_choice(use, config) for name in names for use in _uses(name, config, project, trail)]
    paths = tuple(files)
    found = [replace(use, written=before_value(project, use.at)) for use in found]
    return [_guarded(use, project, paths) if use.kind in ("literal", "fallback") else use for use in found]


def _by_choice(use: SecretUse, config: FlaskConfig) -> SecretUse:
    """The same use, unsure where a variable may choose another configuration object than the one that holds it."""
    value = config.read(use.name)
    assumed = value is not None and (use.name, value.at) in config.assumed
    return replace(use, sure=False) if assumed else use


def _uses(name: str, config: FlaskConfig, project: Project, trail: tuple[Place, ...]) -> Iterator[SecretUse]:
    value = config.read(name)
    if value is not None and not value.known and not value.alternatives and name in config.shadowed:
        value = replace(config.shadowed[name], sure=False)
    if value is None or is_default(value) or value.data in (None, "", b""):
        return
    own = tuple(
        one
        for one in value.alternatives
        if not config.is_for_others(name, one) and not branches_for_others.holds(project, one.at)
    )
    if len(own) < len(value.alternatives) and value.at is not None:
        value = replace(value, alternatives=own)
        yield _use(name, "unknown", value, trail, False)
    if isinstance(value.data, (list, tuple)):
        for item in value.data:
            reads = tuple(dict.fromkeys((*value.environment, *item.environment)))
            yield from _of_value(name, replace(item, environment=reads), trail, value.sure)
    else:
        yield from _of_value(name, value, trail, value.sure)


def _of_value(name: str, value: Value, trail: tuple[Place, ...], sure: bool) -> Iterator[SecretUse]:
    if value.at is None:
        return
    if isinstance(value.data, (str, bytes)):
        yield _of_text(name, value, trail, sure)
    elif is_random(value):
        yield _use(name, "random", value, trail, sure or not value.environment)
    elif value.alternatives:
        yield from _of_alternatives(name, value, trail)
    elif _open_reads(value):
        yield _use(name, "environment", value, trail, sure)
    else:
        yield _use(name, "unknown", value, trail, False)


def _of_text(name: str, value: Value, trail: tuple[Place, ...], sure: bool) -> SecretUse:
    """A text is the code's own when no variable stands behind it, and a fallback when one may replace it."""
    reads = value.environment
    if reads and all(read.is_set for read in reads):
        return _use(name, "environment", value, trail, sure)
    text = value.data.decode(errors="replace") if isinstance(value.data, bytes) else str(value.data)
    judgement = judge(name, text)
    if any(mark in text for mark in ("{{", "{%", "${")):
        return _use(name, "unknown", value, trail, sure)
    assumed_only = all(read.is_set is None for read in reads)
    return _use(
        name, "fallback" if reads else "literal", value, trail, sure or (bool(reads) and assumed_only), judgement
    )


def _of_alternatives(name: str, value: Value, trail: tuple[Place, ...]) -> Iterator[SecretUse]:
    """One of several values, by a condition that is not known: each literal among them is one that may be used."""
    for one in value.alternatives:
        if isinstance(one.data, (str, bytes)) and one.data and one.at is not None:
            yield _of_text(name, one, trail, False)
        elif is_random(one) and not _may_be_kept(value):
            yield _use(name, "random", one if one.at else value, trail, False)
    if not any(isinstance(one.data, (str, bytes)) for one in value.alternatives):
        known = bool(_open_reads(value)) and not _may_be_kept(value)
        yield _use(name, "environment" if known else "unknown", value, trail, False)


def _may_be_kept(value: Value) -> bool:
    """Whether one of the alternatives comes from elsewhere, such as a file in which a key made once is kept."""
    others = [one for one in value.alternatives if isinstance(one.data, Unknown) and not is_random(one)]
    return any(not one.environment for one in others)


def is_random(value: Value) -> bool:
    """Whether a value is another one each time the code runs, in whatever form."""
    return isinstance(value.data, Unknown) and value.data.reason == RANDOM_REASON


def _open_reads(value: Value) -> list[EnvironmentRead]:
    return [read for read in value.environment if not read.has_default or read.is_set]


def _use(
    name: str, kind: str, value: Value, trail: tuple[Place, ...], sure: bool, judgement: Judgement | None = None
) -> SecretUse:
    assert value.at is not None
    read = next((read for read in value.environment if not read.is_set), None) or next(iter(value.environment), None)
    length = len(value.data) if isinstance(value.data, (str, bytes)) else 0
    return SecretUse(
        name,
        kind,
        value.at,
        trail,
        read.name if read else None,
        read.is_set if read else None,
        judgement.weak if judgement else False,
        length,
        None,
        sure,
    )


def _guarded(use: SecretUse, project: Project, files: Iterable[str]) -> SecretUse:
    """The same use with the place of the code that refuses to start with such a value, if there is any."""
    for path in files:
        source = project.read(path)
        if source is None or use.name not in source.text or not _STOPS.search(source.text):
            continue
        line = _guard_line(source, use)
        if line is not None:
            return replace(use, guard=Place(source.line_span(line), "refuses to start with this value"))
    return use


def _guard_line(source: Source, use: SecretUse) -> int | None:
    """The line of an `if` or `assert` about the secret whose body stops the program."""
    tree = python.syntax(source)
    if tree is None:
        return None
    functions = [node for node in python.statements(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    for scope in (*functions, tree):
        complaints = _complaints(scope)
        names = {use.name, use.name.lower(), use.variable or use.name, *_validated(scope, use)}
        for node in ast.walk(scope):
            if not isinstance(node, (ast.If, ast.Assert)) or not _compares(node.test, names):
                continue
            if isinstance(node, ast.Assert) or any(_stops(one) or _notes(one) & complaints for one in node.body):
                return node.lineno
    return None


def _validated(scope: ast.AST, use: SecretUse) -> Iterator[str]:
    """The parameter with the secret's text, of a method by which pydantic checks it: settings check defaults."""
    if not isinstance(scope, ast.FunctionDef) or len(scope.args.args) < 2:
        return
    variable = (use.variable or use.name).lower()
    for decorator in scope.decorator_list:
        function = decorator.func if isinstance(decorator, ast.Call) else None
        if isinstance(decorator, ast.Call) and getattr(function, "attr", getattr(function, "id", "")) in _VALIDATORS:
            fields = [str(one.value).lower() for one in decorator.args if isinstance(one, ast.Constant)]
            if any(field in ("*", use.name.lower(), variable) or variable.endswith(f"_{field}") for field in fields):
                yield scope.args.args[1].arg


def _complaints(scope: ast.AST) -> set[str]:
    """The names for which the code stops when there is something in them: `if weak: raise …`."""
    stopping = [node for node in ast.walk(scope) if isinstance(node, ast.If) and any(map(_stops, node.body))]
    return {part.id for node in stopping for part in ast.walk(node.test) if isinstance(part, ast.Name)}


def _notes(statement: ast.stmt) -> set[str]:
    """The names that a statement puts something into: `weak.append(…)`, `weak = True`."""
    if isinstance(statement, ast.Assign):
        return {target.id for target in statement.targets if isinstance(target, ast.Name)}
    call = statement.value if isinstance(statement, ast.Expr) else None
    function = call.func if isinstance(call, ast.Call) else None
    if isinstance(function, ast.Attribute) and function.attr in ("append", "add", "extend"):
        return {function.value.id} if isinstance(function.value, ast.Name) else set()
    return set()


def _compares(test: ast.expr, names: set[str]) -> bool:
    """Whether a condition looks at the text of the secret, and not only at whether there is one."""
    for node in ast.walk(test):
        if isinstance(node, ast.Compare):
            others = (node.left, *node.comparators)
            empty = any(isinstance(one, ast.Constant) and one.value in (None, "") for one in others)
            if not empty and _mentions(node, names):
                return True
        elif isinstance(node, ast.Call) and any(_mentions(one, names) for one in (*node.args, node.func)):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if name not in ("get", "getenv"):
                return True
    return False


def _mentions(test: ast.expr, names: set[str]) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Constant) and node.value in names:
            return True
        if isinstance(node, ast.Name) and node.id in names:
            return True
        if isinstance(node, ast.Attribute) and node.attr in names:
            return True
    return False


def _stops(statement: ast.stmt) -> bool:
    """Whether a statement raises, or exits the program."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("exit", "_exit", "abort", "quit"):
                return True
    return False
