"""Secrets that stand literally in a compose file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flaskprod_lint.inputs.compose import Variable
from flaskprod_lint.inputs.interpolation import Reference, parts
from flaskprod_lint.model import SecretLiteral
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import secrecy
from flaskprod_lint.resolve.deployments.compose.service import Resolved

_DATABASE = regex(
    r"(^|/)(postgres|postgis|timescaledb|pgvector|mysql|mariadb|mongo|redis|valkey|rabbitmq|mssql|couchdb|neo4j|minio)"
)
_LETS_IN = regex(r"USER|PASS|KEY|SECRET|TOKEN")
_HOST = regex(r"://[^/@\s]*@([^/:?\s]+)")


def of_services(services: Iterable[Resolved], *, development: bool) -> tuple[SecretLiteral, ...]:
    """The secrets of all services. The password of the file's own database is marked: it opens nothing else."""
    every = list(services)
    databases = {one.name for one in every if _DATABASE.search(one.image_name.lower()) or _is_built_database(one)}
    opening = {text for one in every if one.name in databases for text in _opening(one)}
    found: dict[object, SecretLiteral] = {}
    for one in every:
        for secret in _of_service(one, databases, opening, development):
            found.setdefault(secret.at, secret)
    return tuple(found.values())


def _opening(one: Resolved) -> Iterator[str]:
    """What a database of the file is told to let in: the same text elsewhere in the file opens nothing else."""
    for variable in one.service.environment:
        if variable.value is not None and _LETS_IN.search(variable.name.value.upper()):
            yield variable.value.value


def _is_built_database(one: Resolved) -> bool:
    """Whether a service without a published image is a database by the names of its Dockerfile and itself."""
    names = (one.name.lower(), (one.dockerfile or "").lower().rpartition("dockerfile.")[2])
    return not one.image_name and any(_DATABASE.match(name) for name in names)


def _of_service(one: Resolved, databases: set[str], opening: set[str], development: bool) -> Iterator[SecretLiteral]:
    for variable in one.service.environment:
        value = variable.value
        text = _written(value.value) if value is not None else None
        if value is None or text is None:
            continue
        judged = secrecy.judge(variable.name.value, text)
        is_own = _is_own(one, variable, databases)
        is_own = is_own or (text in opening and not secrecy.is_signing_name(variable.name.value))
        is_default = text != value.value
        if not judged.secret or (is_default and (is_own or not secrecy.is_signing_name(variable.name.value))):
            continue
        how = "environment" if variable.name.span != value.span else "environment list"
        yield SecretLiteral(
            variable.name.value,
            value.span,
            how.replace("environment", "default") if is_default else how,
            judged.kind,
            judged.length,
            judged.weak,
            development=development,
            own_database=is_own,
        )
    yield from _of_build(one, development)


def _of_build(one: Resolved, development: bool) -> Iterator[SecretLiteral]:
    """What the file gives to the build of an image: a placeholder opens nothing there."""
    for argument in one.service.build.args if one.service.build is not None else ():
        value = argument.value
        text = _written(value.value) if value is not None else None
        judged = secrecy.judge(argument.name.value, text) if text else None
        if value is not None and judged is not None and judged.secret and not judged.weak and text == value.value:
            how = "args" if argument.name.span != value.span else "args list"
            yield SecretLiteral(
                argument.name.value, value.span, how, judged.kind, judged.length, development=development
            )


def _written(text: str) -> str | None:
    """What a value says literally: all of it, or the default of the one variable that it is; else None."""
    found = list(parts(text))
    if all(isinstance(part, str) for part in found):
        return text
    only = found[0] if len(found) == 1 else None
    return only.rest if isinstance(only, Reference) and "-" in only.operator and only.rest else None


def _is_own(one: Resolved, variable: Variable, databases: set[str]) -> bool:
    if one.name in databases:
        return True
    host = _HOST.search(variable.value.value) if variable.value is not None else None
    if host is not None:
        return host[1] in databases
    name = variable.name.value.upper()
    return (
        bool(databases) and re.search(r"(POSTGRES|PG|MYSQL|MARIADB|DB|DATABASE|REDIS|RABBITMQ|MONGO)", name) is not None
    )
