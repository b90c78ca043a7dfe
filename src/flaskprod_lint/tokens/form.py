"""What a provider's tokens look like, and what is kept of one that is found."""

from __future__ import annotations

from collections.abc import Callable

from flaskprod_lint.records import dataclass


@dataclass(frozen=True)
class TokenForm:
    """Tokens of one kind.

    `name` is what the provider calls one. `prefix` is what each begins with: public, and so the only part of a token
    that may be shown. `body` is a regular expression of all that follows. `before` is a regular expression that must
    end right before the prefix, for tokens with no telling beginning. `is_right` checks what a checksum in the token
    can prove. `public` says that the provider means it to be seen (a browser key). `harmless` says that it only moves
    play money or test data. `mark` is a text by which it is
    found where its words may be shorter than twenty letters. `source` is where the provider documents the form, and
    `confirmed` whether the form was read in its source. The provider's own words are its documentation and its public
    code and samples. Where they give nothing but the prefix, that is what was read. A token of a form that is not
    confirmed is no error by itself.
    """

    name: str
    prefix: str
    body: str
    source: str
    before: str = ""
    is_right: Callable[[str], bool] | None = None
    public: bool = False
    harmless: bool = False
    mark: str = ""
    confirmed: bool = False


@dataclass(frozen=True)
class Token:
    """A credential in a text: `name` says what it is, `start` and `end` where, `shown` its public prefix.

    `public` says that it is meant to be seen, `harmless` that it opens nothing that matters, `weak` that it is a
    password anyone would guess, `own` that it is for a host of one word, as in a compose file. `confirmed` is False
    for one of a form that was not read in its provider's own words: it looks like such a token, and may be another.
    """

    name: str
    start: int
    end: int
    shown: str = ""
    public: bool = False
    harmless: bool = False
    weak: bool = False
    own: bool = False
    confirmed: bool = True
