"""Credentials in the files that git has: told by their own form, wherever they stand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from flaskprod_lint import tokens
from flaskprod_lint.model import App, Credential, Deployment
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import credential_files, lock_files, url_passwords
from flaskprod_lint.source import MAX_BYTES, Project, Source, Span
from flaskprod_lint.tokens import Token

#: Files that are no text, or hold nothing but hashes, by the end of their names.
_NEVER = tuple(
    ".png .jpg .jpeg .gif .webp .ico .bmp .tif .tiff .svg .pdf .zip .gz .bz2 .xz .tar .7z .rar .woff .woff2 .ttf .eot "
    ".otf .mp3 .mp4 .webm .mov .avi .wav .pyc .pyo .so .dll .dylib .exe .bin .jar .class .sqlite .sqlite3 .db .pickle "
    ".pkl .npy .h5 .onnx .parquet .wasm .mo go.sum bun.lockb".split()
)
#: What a file is for by its path, where production has no part in it; the first that fits counts.
_ASIDE = (
    (
        "a test",
        r"(^|/)(tests?|testing|unittests?|spec|specs|__tests__|fixtures?|test[-_]?data|mocks?|cassettes|e2e)(/|$)"
        r"|(^|/)(test(?:ing)?_[^/]*|conftest\.py|tests?\.py|[^/]*[._-](test|tests|spec)\.\w+|tests?\.py)$",
    ),
    (
        "a library",
        r"(^|/)(node_modules|bower_components|site-packages|third[-_]?party|vendor-local|_vendor|"
        r"vendor/(github\.com|golang\.org|google\.golang\.org|gopkg\.in|k8s\.io|bundle))(/|$)",
    ),
    ("a decoy", r"(^|/)(decoys?|honeypots?|deception|honeytokens?)(/|$)"),
    (
        "an example",
        r"(^|/)(examples?|samples?|demos?)(/|$)|[._-](example|sample|template|tpl|dist)s?(\.\w+)?$",
    ),
    (
        "documentation",
        r"(^|/)(docs?|documentation)(/|$)|(openapi|swagger)[^/]*\.(ya?ml|json)$|\.(md|rst|adoc|apib)$|(^|/)(readme|changelog|changes)[^/]*$",
    ),
    (
        "a development setup",
        r"(^|/)(local[-_]?(dev(elopment)?|data|env)|dev[-_]?(env|local|setup|stack)|development)(/|$)"
        r"|(^|/)((config|settings)[._-])?(dev|development|local)([._-](config|settings))?\.(py|cfg|ini|toml|ya?ml|json)$",
    ),
    (
        "CI",
        r"(^|/)(\.github|\.circleci|\.gitlab|\.buildkite|\.woodpecker|\.semaphore|\.ci)(/|$)|(^|/)(\.gitlab-ci\.ya?ml|"
        r"\.travis\.yml|jenkinsfile|tox\.ini|noxfile\.py|azure-pipelines[^/]*\.ya?ml|bitbucket-pipelines\.yml|"
        r"\.drone\.ya?ml|\.?appveyor\.yml|\.woodpecker\.ya?ml|\.cirrus\.yml|wercker\.yml)$",
    ),
)
_AWS_SECRET = regex(
    r"(?<![A-Za-z0-9/+=])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*\d)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
)
_NEAR = 300


def find(project: Project, deployments: Sequence[Deployment]) -> tuple[Credential, ...]:
    """The credentials in the committed files, without those that a rule with more to say already speaks of."""
    spoken_of = {(span.path, span.line) for deployment in deployments for span in _spoken_of(deployment)}
    dotenv = {file.path for one in deployments for file in one.env_files if file.secrets and not file.example}
    found: list[tuple[str, Credential]] = []
    for path in project.paths:
        if path in dotenv or is_never_text(path) or not project.is_committed(path):
            continue
        text = project.glance(path)
        if not text and project.is_large_text(path):
            project.problem(f"not looked at for credentials: the file has more than {MAX_BYTES:,} bytes", Span(path, 1))
        found += (one for one in in_text(text, path) if (path, one[1].at.line) not in spoken_of)
    return _together(found)


def is_never_text(path: str) -> bool:
    """Whether a file's name says that it is no text, or holds nothing but hashes."""
    return path.lower().endswith(_NEVER)


def in_text(text: str, path: str) -> list[tuple[str, Credential]]:
    """The credentials in one text, with their places in a file of that path, each after a hash of itself."""
    return [(_digest(text[start:end]), credential) for start, end, credential in with_offsets(text, path)]


def _digest(secret: str) -> str:
    """A hash by which one credential is known wherever it stands, whatever ends its lines."""
    return hashlib.sha256(secret.replace("\r\n", "\n").encode("utf-8", "surrogatepass")).hexdigest()


def with_offsets(text: str, path: str) -> list[tuple[int, int, Credential]]:
    """The credentials in one text, each with where it starts and ends in it."""
    if len(text) < 20:
        return []
    found = tokens.apart(lock_files.find(text) if lock_files.is_one(path) else _anywhere(text, path))
    source = Source(path, text) if found else None
    return [(token.start, token.end, _credential(token, source)) for token in found if source is not None]


def _anywhere(text: str, path: str) -> Iterable[Token]:
    return (*tokens.find(text), *url_passwords.find(text), *credential_files.find(text, path))


def _credential(token: Token, source: Source) -> Credential:
    first_line = source.text.find("\n", token.start, token.end)
    at = source.span(token.start, first_line if first_line >= 0 else token.end)
    name, harmless = token.name, token.harmless
    if name == "AWS access key ID":
        near = source.text[max(0, token.start - _NEAR) : token.end + _NEAR]
        name, harmless = ("AWS access key with its secret", False) if _AWS_SECRET.search(near) else (name, True)
    return Credential(
        name,
        at,
        token.end - token.start,
        token.shown,
        token.public,
        harmless,
        token.weak,
        token.own,
        aside=what_for(source.path),
        confirmed=token.confirmed,
    )


def what_for(path: str) -> str:
    """What a file is for by its path, where production has no part in it: "a test", "documentation" …; else empty."""
    lower = path.lower()
    return next((what for what, pattern in _ASIDE if re.search(pattern, lower)), "")


def _together(found: Iterable[tuple[str, Credential]]) -> tuple[Credential, ...]:
    """Each once, with its other places; where it matters little, one for all of a kind."""
    kinds: dict[tuple[object, ...], list[Credential]] = {}
    for digest, one in found:
        little = one.public or one.harmless or one.aside
        key = (one.name, one.public, one.harmless, one.weak, one.own, one.aside, one.confirmed)
        kinds.setdefault(key if little else (digest,), []).append(one)
    return tuple(replace(first, also=tuple(other.at for other in others)) for first, *others in kinds.values())


def _spoken_of(deployment: Deployment) -> Iterator[Span]:
    """The places of secrets that other rules know."""
    yield from (secret.at for secret in deployment.secrets)
    image = deployment.image
    yield from (secret.at for secret in (*image.secrets, *image.passed_secrets) if image is not None) if image else ()
    for app in deployment.apps:
        yield from _of_app(app)


def _of_app(app: App) -> Iterator[Span]:
    yield from (use.at for use in app.secrets)
    yield from (secret.at for secret in app.hardcoded)
    for engine in app.engines:
        places = (engine.url.origin, *(override.origin for override in engine.url.overrides)) if engine.url else ()
        yield from (place.span for place in places if place.span is not None)
