"""Secrets that ENV, ARG or COPY put into an image."""

from __future__ import annotations

import re

from flaskprod_lint.inputs.dockerfile import Instruction
from flaskprod_lint.model import SecretLiteral, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import committed, secrecy
from flaskprod_lint.resolve.image.stage import StageState
from flaskprod_lint.source import Located, Project, Span

_REFERENCE = regex(r"[\"']?\$\{?(\w+)\}?[\"']?")
_NOT_MEANT = regex(r"(^|/)(tests?|testing|fixtures|examples?|samples?|docs?|node_modules|\.github)/", re.IGNORECASE)
_KEY_FILE = regex(r"(^|/)(id_(rsa|dsa|ecdsa|ed25519)|[^/]*\.(pem|key|p12|pfx|asc|gpg))$")
#: Files with the logins of tools, and keys of service accounts.
_LOGIN_FILE = regex(
    r"(^|/)(\.netrc|\.npmrc|\.pypirc|\.pgpass|\.git-credentials|\.aws/credentials|\.docker/config\.json|kubeconfig|"
    r"(?:[\w-]*credentials?|[\w-]*service[-_]?account[\w-]*|[\w-]+-[0-9a-f]{12})\.json)$"
)
_IS_SECRET = regex(f"{_KEY_FILE.pattern}|{_LOGIN_FILE.pattern}")


def note_secrets(state: StageState, instruction: Instruction) -> None:
    """Look at the pairs of an ENV or ARG."""
    settings = state.variables if instruction.keyword == "ENV" else state.arguments
    for pair in instruction.pairs:
        if pair.value is None:
            continue
        name = pair.name.value
        value = settings[name].value if name in settings else None
        own = settings[name].span if name in settings else None
        if isinstance(value, Unknown):
            _note_passed(state, name, pair.value.value, pair.name.span)
        elif isinstance(value, str) and own in (pair.value.span, pair.name.span):
            found = secrecy.judge(name, value)
            if found.secret and not (instruction.keyword == "ARG" and found.weak):
                span = _written_at(state, pair.value)
                state.secrets.append(
                    SecretLiteral(name, span, instruction.keyword, found.kind, found.length, found.weak)
                )


def _written_at(state: StageState, value: Located[str]) -> Span:
    """Where the text stands: `ENV X=$X` takes it from the ARG above."""
    reference = _REFERENCE.fullmatch(value.value)
    setting = state.arguments.get(reference.group(1)) if reference else None
    return setting.span if setting is not None and setting.span is not None else value.span


def _note_passed(state: StageState, name: str, written: str, span: Span) -> None:
    """`ENV SECRET_KEY=$SECRET_KEY` of an ARG: whatever the build is given stays readable in the image."""
    reference = _REFERENCE.fullmatch(written)
    if reference and reference.group(1) in state.arguments and secrecy.is_secret_name(name):
        state.passed_secrets.append(SecretLiteral(name, span, "ENV", "key"))


def secret_files(state: StageState, project: Project) -> list[SecretLiteral]:
    """Private keys and logins that a COPY brings; those of tests and examples are nobody's."""
    keys = [path for path in project.paths if _IS_SECRET.search(path) and not _NOT_MEANT.search(path)]
    found: dict[tuple[Span, str], SecretLiteral] = {}
    for path in keys if state.tree.mounts else ():
        kind = _held(project, path)
        if kind:
            for mount in state.tree.mounts:
                if mount.brings(path) and mount.origin.span is not None:
                    literal = SecretLiteral(path, mount.origin.span, "COPY", kind)
                    found.setdefault((mount.origin.span, path), literal)
    return list(found.values())


def _held(project: Project, path: str) -> str:
    """What such a file holds: "private-key", "password", or nothing that opens anything."""
    source = project.read(path)
    if source is None:
        return ""
    if _KEY_FILE.search(path):
        return "private-key" if secrecy.judge("", source.text[:4000]).kind == "private-key" else ""
    found = [one for _, one in committed.in_text(source.text, path) if not (one.public or one.harmless or one.weak)]
    kinds = ["private-key" if one.name.endswith("private key") else "password" for one in found if one.confirmed]
    return kinds[0] if kinds else ""
