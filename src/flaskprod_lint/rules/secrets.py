"""SECRET_KEY and secrets in environment variables: keys and passwords that the code, the image or git would show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import Deployment, EnvFile, SecretLiteral
from flaskprod_lint.patterns import regex
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.app_secrets import evidence_of_secrets as evidence_of_secrets
from flaskprod_lint.rules.app_secrets import secret_key_fallback as secret_key_fallback
from flaskprod_lint.rules.app_secrets import secret_key_hardcoded as secret_key_hardcoded
from flaskprod_lint.rules.app_secrets import secret_key_missing as secret_key_missing
from flaskprod_lint.rules.app_secrets import secret_key_random as secret_key_random
from flaskprod_lint.rules.credentials import credential_committed as credential_committed
from flaskprod_lint.rules.credentials import credential_hardcoded as credential_hardcoded
from flaskprod_lint.rules.manifest_secrets import secret_in_manifest as secret_in_manifest
from flaskprod_lint.source import Place

#: Files that name themselves after development.
_DEVELOPMENT = regex(r"(^|[/._-])(dev|devel|development|local)([/._-]|$)|(^|/)\.flaskenv$", re.IGNORECASE)

#: Secrets that a project makes for itself: keys that sign, and those of databases and queues that it starts.
_OWN = regex(
    r"secret_?key|jwt|salt|csrf|session|signing|encrypt|fernet|(^|_)(db|database|postgres|pg|mysql|mariadb|mongo|redis|"
    r"rabbitmq|amqp|broker|celery|sqlalchemy|sql|flask|django|admin|test)",
    re.IGNORECASE,
)


@rule("secret-in-image")
def secret_in_image(deployment: Deployment) -> Iterator[Finding]:
    """ENV, ARG, RUN or COPY puts a secret into the image."""
    image = deployment.image
    for together in _by_line(image.secrets if image else ()):
        yield Finding(
            _copied_keys(together) if together[0].how == "COPY" else _in_image(together[0]),
            at=together[0].at,
            label="readable by everyone who can pull the image",
            instead="\n".join(filter(None, map(_kept_out, together))) or None,
        )
    for secret in image.passed_secrets if image else ():
        yield Finding(
            f"Whatever {secret.name} the build is given stays readable in the image: ENV keeps it",
            at=secret.at,
            confidence=Confidence.MEDIUM,
            severity=Severity.WARNING,
            label="kept in the image",
        )


def _by_line(secrets: Iterable[SecretLiteral]) -> Iterable[list[SecretLiteral]]:
    """The secrets one by one, but for the files that one COPY brings: those together."""
    found: dict[object, list[SecretLiteral]] = {}
    for secret in secrets:
        found.setdefault(secret.at if secret.how == "COPY" else (secret.at, secret.name), []).append(secret)
    return found.values()


def _copied_keys(secrets: list[SecretLiteral]) -> str:
    names = [secret.name for secret in secrets]
    if any(secret.kind != "private-key" for secret in secrets):
        what = "a password" if len(names) == 1 else "passwords"
        return f"This copies {' and '.join(names[:3])} into the image, with {what} in it"
    if len(names) == 1:
        return f"This copies the private key in {names[0]} into the image"
    shown = ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")
    return f"This copies {len(names)} private keys into the image: {shown}"


def _kept_out(secret: SecretLiteral) -> str | None:
    """Where it goes instead: to the start of the container, or into .dockerignore."""
    if secret.how == "COPY":
        return f"**/{secret.name.rpartition('/')[2]}"
    return f"docker run --env {secret.name} …" if secret.how == "ENV" else None


def _in_image(secret: SecretLiteral) -> str:
    if not secret.shipped:
        return f"{secret.name} stands in the Dockerfile and in the build's cache, though not in the stage that ships"
    if secret.weak and secret.kind == "url":
        return (
            f"{secret.how} sets {secret.name} with a password that anyone would guess: without another value it is used"
        )
    if secret.weak:
        return f"{secret.how} sets {secret.name} to a text that anyone would guess: without another value it is in use"
    if secret.kind == "url":
        return f"{secret.how} puts {secret.name} with its password into the image"
    return f"{secret.how} puts {secret.name} into the image, where `docker history` shows it"


@rule("env-file-in-image")
def env_file_in_image(deployment: Deployment) -> Iterator[Finding]:
    """A COPY brings dotenv files with secrets, because .dockerignore lets them in."""
    image = deployment.image
    known = {one.path: one for one in deployment.env_files}
    for copied in image.env_files if image else ():
        if copied.at.span is None:
            continue
        files = " and ".join(copied.files[:3])
        names = [secret for path in copied.files if path in known for secret in known[path].secrets]
        because = [Place(secret.at, f"holds {secret.name}") for secret in names[:3]]
        if image is not None and image.context_filter is not None:
            because.append(Place(image.context_filter.span, f"does not leave out {copied.files[0]}"))
        severity, confidence = _gravest((known[path] for path in copied.files if path in known), deployment)
        yield Finding(
            f"This copies {files} into the image, with {_count(len(names), 'secret')} in it",
            at=copied.at.span,
            because=tuple(because),
            severity=severity,
            confidence=confidence,
            instead="\n".join(dict.fromkeys("**/" + path.rpartition("/")[2] for path in copied.files)),
            label="brings a dotenv file along",
        )


@rule("env-file-committed")
def env_file_committed(deployment: Deployment) -> Iterator[Finding]:
    """A dotenv file with secrets is in git."""
    for file in deployment.env_files:
        if not file.committed or file.example or not file.secrets:
            continue
        first, *others = file.secrets
        names = ", ".join(dict.fromkeys(secret.name for secret in file.secrets[:4]))
        severity, confidence = _weight(file, deployment)
        who = "for development as it seems" if confidence is Confidence.LOW else ""
        everyone = f"everyone with the repository, now or later, has {'them' if others else 'it'}"
        yield Finding(
            f"{file.path} is committed with {names} in it{f', {who}' if who else f': {everyone}'}",
            at=first.at,
            because=tuple(Place(secret.at, f"holds {secret.name}") for secret in others[:3]),
            severity=severity,
            confidence=confidence,
            instead=f"git rm --cached {file.path}\necho {file.path} >> .gitignore",
            label="in every clone",
        )


def _gravest(files: Iterable[EnvFile], deployment: Deployment) -> tuple[Severity | None, Confidence]:
    weights = [_weight(file, deployment) for file in files] or [(None, Confidence.HIGH)]
    return max(weights, key=lambda weight: (weight[0] is None, weight[1].rank))


def _weight(file: EnvFile, deployment: Deployment) -> tuple[Severity | None, Confidence]:
    """How bad and how sure: what only development reads opens nothing of production, but for what others gave out."""
    weak = all(secret.weak for secret in file.secrets)
    if not _DEVELOPMENT.search(file.path) or file.path in _in_use(deployment):
        return None, Confidence.MEDIUM if weak else Confidence.HIGH
    if any(not secret.weak and not _OWN.search(secret.name) for secret in file.secrets):
        return Severity.WARNING, Confidence.MEDIUM
    return Severity.NOTE, Confidence.LOW


def _in_use(deployment: Deployment) -> set[str]:
    """The files that production has values from: in its processes' variables, or in the configuration of its apps."""
    production = [process for process in deployment.processes if process.environment == "production"]
    settings = [setting for process in production for setting in process.variables.values()]
    settings += [setting for app in deployment.apps for setting in app.config.values()]
    uses = [use.at.path for app in deployment.apps for use in app.secrets]
    return {*uses, *(setting.origin.path for setting in settings)}


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
