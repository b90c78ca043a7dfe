"""Lock files: thousands of hashes, and now and then the address of an index with its password or token.

Nothing of them is looked at but addresses that name a user: that is all a tool writes there of how it logged in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint import tokens
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import url_passwords
from flaskprod_lint.tokens import Token

_NAMES = tuple(
    "poetry.lock uv.lock pdm.lock pipfile.lock pylock.toml conda-lock.yml yarn.lock package-lock.json "
    "npm-shrinkwrap.json pnpm-lock.yaml bun.lock deno.lock composer.lock gemfile.lock cargo.lock mix.lock".split()
)
_USER = r"://[^\s/@\"'<>]{3,400}@[A-Za-z0-9_.\[\]-]{1,120}"
_WITH_USER, _WITH_USER_IN_BYTES = regex(_USER), regex(_USER.encode())
_SCHEME = regex(r"[A-Za-z][A-Za-z0-9+.-]{0,30}\Z")


def is_one(path: str) -> bool:
    """Whether a file is a lock file, by its name."""
    return path.lower().endswith(_NAMES)


def names_a_user(data: bytes) -> bool:
    """Whether a lock file's bytes hold an address that names a user."""
    return _WITH_USER_IN_BYTES.search(data) is not None


def find(text: str) -> Iterator[Token]:
    """The passwords and tokens in the addresses of a lock file, up to the host: a hash may follow."""
    for match in _WITH_USER.finditer(text):
        scheme = _SCHEME.search(text, max(0, match.start() - 32), match.start())
        start = scheme.start() if scheme is not None else match.start()
        address = text[start : match.end()]
        for token in (*url_passwords.find(address), *tokens.find(address)):
            yield replace(token, start=token.start + start, end=token.end + start)
