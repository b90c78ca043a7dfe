"""Secrets that stand literally in a compose file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flaskprod_lint.inputs.compose import Variable
from flaskprod_lint.model import SecretLiteral
from flaskprod_lint.resolve import secrecy
from flaskprod_lint.resolve.compose.service import Resolved

_DATABASE = re.compile(
    r"(^|/)(postgres|postgis|timescaledb|pgvector|mysql|mariadb|mongo|redis|valkey|rabbitmq|mssql|couchdb|neo4j|minio)"
)
_HOST = re.compile(r"://[^/@\s]*@([^/:?\s]+)")


def of_services(services: Iterable[Resolved], *, development: bool) -> tuple[SecretLiteral, ...]:
    """The secrets of all services. The password of the file's own database is marked: it opens nothing else."""
    every = list(services)
    databases = {one.name for one in every if _DATABASE.search(one.image_name.lower()) or _is_built_database(one)}
    found: dict[object, SecretLiteral] = {}
    for one in every:
        for secret in _of_service(one, databases, development):
            found.setdefault(secret.at, secret)
    return tuple(found.values())


def _is_built_database(one: Resolved) -> bool:
    """Whether a service without a published image is a database by the names of its Dockerfile and itself."""
    names = (one.name.lower(), (one.dockerfile or "").lower().rpartition("dockerfile.")[2])
    return not one.image_name and any(_DATABASE.match(name) for name in names)


def _of_service(one: Resolved, databases: set[str], development: bool) -> Iterator[SecretLiteral]:
    for variable in one.service.environment:
        text = one.fill(variable.value) if variable.value is not None else None
        if variable.value is None or text is None or text.reads:
            continue
        judged = secrecy.judge(variable.name.value, variable.value.value)
        if judged.secret:
            yield SecretLiteral(
                variable.name.value,
                variable.value.span,
                "environment" if variable.name.span != variable.value.span else "environment list",
                judged.kind,
                judged.length,
                judged.weak,
                development=development,
                own_database=_is_own(one, variable, databases),
            )


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
