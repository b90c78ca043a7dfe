"""Credentials that stand in the repository."""

from __future__ import annotations

from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, Span


@dataclass(frozen=True)
class Credential:
    """A credential in a file of the repository, told by its form. Its text is not kept.

    `name` says what it is ("GitHub personal access token"), `shown` is its public prefix, `length` counts its letters.
    `public` says that it is meant to be seen, `harmless` that it opens nothing that matters (test data, a key behind a
    passphrase), `weak` that it is a password anyone would guess, `own` that it is for a host of one word, as the
    database of a compose file. `aside` is what the file is for where production has no part in it ("a test"), empty
    otherwise. `also` are further places of the same kind in the file. `commit` is the one it came in with, where only
    the history was looked at, and `gone` says that the file of today no longer has it. `confirmed` is False where the
    form was not read in its provider's own words.
    """

    name: str
    at: Span
    length: int
    shown: str = ""
    public: bool = False
    harmless: bool = False
    weak: bool = False
    own: bool = False
    aside: str = ""
    also: tuple[Span, ...] = ()
    commit: str = ""
    gone: bool = False
    confirmed: bool = True


@dataclass(frozen=True)
class HardcodedSecret:
    """A password, token or key by the name it is given in code that production loads. Its text is not kept.

    `kind` is "password", "key", "token", "url" or "private-key". `variable` is the environment variable whose fallback
    it is, empty for a plain literal; `variable_set` whether production sets that (None: cannot be known). `works` is
    False for a text that nobody gave out, such as `your-api-key-here`. `trail` leads to the code. `owner` is the class
    whose attribute it is, empty for all else. `bare` says that what replaces the literal stands alone: it is a part of
    something that has another name.
    """

    name: str
    kind: str
    at: Span
    length: int
    weak: bool = False
    variable: str = ""
    variable_set: bool | None = None
    works: bool = True
    trail: tuple[Place, ...] = ()
    owner: str = ""
    bare: bool = False
