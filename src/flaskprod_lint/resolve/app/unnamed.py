"""Secrets that code shows by where it puts them: in a header, in a log-in, in a comparison, in an address.

They stand under no name of their own, or under one that says nothing; what surrounds them says what they are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import secrecy

_PASSWORD, _TOKEN, _KEY, _SIGNING = "PASSWORD", "AUTH_TOKEN", "API_KEY", "JWT_SECRET"
#: The header of a request with what gives its sender away, in the schemes that carry it as it is.
_HEADER = regex(r"(?i:bearer|token|api-?key)[ =]+(?P<secret>\S{16,})")
#: A key among the parameters of an address: https://api.openweathermap.org/data/2.5/weather?appid=…
_PARAMETER = regex(
    r"://[^\s?#]+\?(?:[^\s#]*&)?(?P<name>api_?key|app_?id|app_?key|access_?token|auth_?token|client_?secret|subscription-key)="
    r"(?P<secret>[A-Za-z0-9_-]{16,})(?=&|$)",
)
#: libpq's and ODBC's way to write where a database is: `host=db user=shop password=…`, `Server=db;UID=shop;PWD=…`.
_CONNECTION = regex(
    r"(?i:(?:^|[\s;])(?:host|server|data source|dbname|database|user|uid|user id)\s*=.*[\s;](?:password|pwd)\s*=\s*)"
    r"(?P<secret>[^\s;'\"]{6,})"
)
#: What stands beside the secret of a client.
_IDS = frozenset(("id", "key", "client_id", "app_id", "consumer_key"))
_AUTHORIZATIONS = frozenset(("authorization", "proxy-authorization"))
#: What two strings are for, by the end of the call's name or by the parameter: a user and his password.
_PAIRS = frozenset(("HTTPBasicAuth", "HTTPDigestAuth", "BasicAuth", "login"))
_KEY_PARAMETERS = frozenset(("key", "secret_key"))
_PAIR_PARAMETERS = frozenset(("auth", "basic_auth", "http_auth"))
#: The position of the key among what a call gets that signs or encrypts with it: PyJWT, itsdangerous, cryptography.
_KEYS = {
    "jwt.encode": 1,
    "jwt.decode": 1,
    "URLSafeTimedSerializer": 0,
    "URLSafeSerializer": 0,
    "TimedSerializer": 0,
    "TimestampSigner": 0,
    "Fernet": 0,
}
_USERS = frozenset("USER USERNAME LOGIN EMAIL MAIL NAME UNAME ACCOUNT USERID".split())
_PLURAL = regex(r"(?<=[A-Za-z])(?:S|s)$")
#: In a list of secrets, only what has a part like this is one; the others are words about them.
_LONG = regex(r"(?=[A-Za-z]*\d)[A-Za-z0-9]{12,}")


class Shown(NamedTuple):
    """A literal that is a secret by its surroundings.

    `name` is how to speak of it, `judged_as` the name of a setting that holds such a one, `text` the secret itself.
    """

    name: str
    value: ast.Constant
    judged_as: str
    text: str


def find(node: ast.AST) -> Iterator[Shown]:
    """The secrets that one part of an expression shows; those of its parts are asked for by themselves."""
    if isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Dict):
        yield from _of_headers(node)
        yield from _of_client(node)
    elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        yield from _of_log_in(node)
    elif isinstance(node, ast.Compare):
        yield from _of_comparison(node)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _of_text(node, node.value)


def of_many(name: str, value: ast.expr) -> Iterator[Shown]:
    """The secrets in a list or a dictionary whose name says that it holds several: API_KEYS, SECURITY_TOTP_SECRETS."""
    one = _PLURAL.sub("", name)
    if one == name or not secrecy.is_secret_name(one):
        return
    items = value.values if isinstance(value, ast.Dict) else getattr(value, "elts", ())
    for item in items:
        if _LONG.search(text_of(item)) and isinstance(item, ast.Constant):
            yield Shown(name, item, one, text_of(item))


def _of_call(call: ast.Call) -> Iterator[Shown]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    yield from _of_key(call, name)
    if name in _PAIRS and len(call.args) == 2:
        yield from _of_pair(f"{name} password", call.args)
    for keyword in call.keywords:
        if keyword.arg in _PAIR_PARAMETERS and isinstance(keyword.value, ast.Tuple):
            yield from _of_pair(f"{keyword.arg} password", keyword.value.elts)


def _of_key(call: ast.Call, name: str) -> Iterator[Shown]:
    """The key that a call signs or encrypts with: any text works as one."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    full = f"{owner.id}.{name}" if isinstance(owner, ast.Name) and f"{owner.id}.{name}" in _KEYS else name
    position = _KEYS.get(full)
    if position is None:
        return
    given = [*call.args[position : position + 1], *(one.value for one in call.keywords if one.arg in _KEY_PARAMETERS)]
    for key in given:
        text = key.value if isinstance(key, ast.Constant) else None
        text = text.decode("latin-1") if isinstance(text, bytes) else text
        if isinstance(key, ast.Constant) and isinstance(text, str) and text:
            yield Shown(f"key of {full}", key, _SIGNING, text)


def _of_pair(name: str, parts: list[ast.expr]) -> Iterator[Shown]:
    """The password of a user, if it looks like one: in documentation and forms the pair is a user and his password."""
    password = parts[1] if len(parts) == 2 else None
    if isinstance(password, ast.Constant) and _is_drawn(text_of(password)):
        yield Shown(name, password, _PASSWORD, text_of(password))


def _of_headers(headers: ast.Dict) -> Iterator[Shown]:
    for key, value in zip(headers.keys, headers.values, strict=True):
        if not (isinstance(key, ast.Constant) and isinstance(value, ast.Constant)):
            continue
        match = _HEADER.fullmatch(text_of(value)) if text_of(key).lower() in _AUTHORIZATIONS else None
        if match is not None and _is_drawn(match["secret"]):
            yield Shown(f"{text_of(key)} header", value, _TOKEN, match["secret"])


def _of_client(parts: ast.Dict) -> Iterator[Shown]:
    """The secret of a client of OAuth beside its id: {"id": "…", "secret": "…"}."""
    named = {text_of(key): value for key, value in zip(parts.keys, parts.values, strict=True) if key is not None}
    secret = named.get("secret")
    if _IDS & named.keys() and isinstance(secret, ast.Constant) and _LONG.search(text_of(secret)):
        yield Shown("client secret", secret, "CLIENT_SECRET", text_of(secret))


def _of_log_in(condition: ast.BoolOp) -> Iterator[Shown]:
    """`username == "admin" and password == "…"`: whatever stands there opens the door."""
    pairs = [pair for one in condition.values if (pair := _compared(one)) is not None]
    if any(set(secrecy.words_of(name)) & _USERS for name, _ in pairs):
        for name, value in pairs:
            text = text_of(value)
            if secrecy.is_password_name(name) and text.strip("*•. "):
                yield Shown(name, value, _PASSWORD, text)


def _of_comparison(comparison: ast.Compare) -> Iterator[Shown]:
    """`password == "…"`, where the text is one that nobody would compare with for another reason."""
    pair = _compared(comparison)
    if pair is not None and secrecy.is_password_name(pair[0]) and _is_drawn(text_of(pair[1])):
        yield Shown(pair[0], pair[1], _PASSWORD, text_of(pair[1]))


def _compared(test: ast.expr) -> tuple[str, ast.Constant] | None:
    """The small name and the text of `name == "text"`. Capitals are of a setting that code warns about."""
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)):
        return None
    sides = (test.left, test.comparators[0])
    for side, other in (sides, sides[::-1]):
        if isinstance(other, ast.Constant) and isinstance(other.value, str):
            name = _name_of(side)
            return (name, other) if name and not name.isupper() else None
    return None


def _name_of(side: ast.expr) -> str:
    """`password` of password, form["password"], form.get("password"), form.password and form.password.data."""
    if isinstance(side, ast.Call):
        is_get = isinstance(side.func, ast.Attribute) and side.func.attr == "get" and side.args
        return text_of(side.args[0]) if is_get else ""
    if isinstance(side, ast.Subscript):
        return text_of(side.slice)
    if isinstance(side, ast.Attribute):
        return _name_of(side.value) if side.attr == "data" else side.attr
    return side.id if isinstance(side, ast.Name) else ""


def text_of(part: ast.expr) -> str:
    """The text that a literal is; empty for anything else."""
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else ""


def _of_text(node: ast.Constant, text: str) -> Iterator[Shown]:
    parameter = _PARAMETER.search(text) if "=" in text and "://" in text else None
    if parameter is not None and _is_drawn(parameter["secret"]):
        yield Shown(f"address with {parameter['name']}", node, _KEY, parameter["secret"])
    connection = _CONNECTION.search(text) if "=" in text else None
    if connection is not None and _is_drawn(connection["secret"]):
        yield Shown("connection string", node, _PASSWORD, connection["secret"])


def _is_drawn(text: str) -> bool:
    """Whether a text looks drawn by lot."""
    return secrecy.looks_random(text) or secrecy.is_app_password(text)
