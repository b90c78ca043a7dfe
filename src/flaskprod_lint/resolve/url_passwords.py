"""Passwords in addresses: scheme://user:password@host."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import secrecy
from flaskprod_lint.tokens import Token

_AFTER_SCHEME = regex(
    r"://(?P<user>[^\s:/@\"'`<>(),;]{0,80}):(?P<password>[^\s/@\"'`<>]{1,200})@(?P<host>[A-Za-z0-9_.\[\]-]{1,120})"
)
_SCHEME = regex(r"[A-Za-z][A-Za-z0-9+.-]{1,30}\Z")
#: Schemes whose two parts before the `@` are a label and an account: those of one-time passwords.
_LABELLED = ("otpauth", "motp")
#: Hosts that are nobody's: of documentation, or the machine of whoever runs it.
_NOBODYS = regex(
    r"(?:.*\.)?(?:example(?:\.\w+)?|invalid|test|localhost|localdomain)|127\..*|0\.0\.0\.0|\[?::1\]?|.*x{3}.*",
    re.IGNORECASE,
)
#: Hosts as documentation names them, and some people theirs: nobody's only with a password that nobody would have.
_VAGUE = regex(
    r"(?:your|my|some|the|db|database|mail|smtp|proxy|redis|mongo)?[-_.]?(?:host|hostname|host-?name|server|domain|address|"
    r"endpoint|proxy|ip|url)(?:[-_.]?(?:name|here|address))?(?:\.(?:com|org|net|tld|local))?|"
    r"(?:your|my|some|foo|bar|company|acme|domain|site|website)[\w-]*(?:\.(?:com|org|net|io|tld|local))?",
    re.IGNORECASE,
)
#: A password that is the name of one, in capitals: postgres.REF:PASSWORD@…, as templates have it.
_NAME_OF_ONE = regex(r"[A-Z_-]{0,30}(?:PASS|PWD|SECRET|TOKEN|KEY|MOT_DE_PASSE|PASSE)[A-Z_-]{0,30}\d?")
_USERS = frozenset("user username usr name login me yourname your_username myuser foo uname u".split())


def find(text: str) -> Iterator[Token]:
    """The addresses with a password in a text, without those of documentation."""
    if "://" not in text:
        return
    for match in _AFTER_SCHEME.finditer(text):
        scheme = _SCHEME.search(text, max(0, match.start() - 32), match.start())
        if scheme is None or scheme[0].lower() in _LABELLED or _is_of_documentation(match):
            continue
        judged = secrecy.url_password(text[scheme.start() : match.end()])
        if judged is None or not judged.secret or (judged.weak and _is_anyones(match["user"], match["host"])):
            continue
        if _VAGUE.fullmatch(match["host"]) and not secrecy.looks_random(match["password"]):
            continue
        own = "." not in match["host"]
        yield Token("password in a URL", scheme.start(), match.end(), weak=judged.weak, own=own)


def _is_of_documentation(match: re.Match[str]) -> bool:
    """Whether the host is nobody's, or the password only the name of one."""
    named = _NAME_OF_ONE.fullmatch(match["password"]) or ".." in match["host"]
    return bool(named or _NOBODYS.fullmatch(match["host"]))


def _is_anyones(user: str, host: str) -> bool:
    """Whether a guessable password is of documentation, or of a compose file's own database (a host of one word)."""
    return user.lower() in _USERS or "." not in host
