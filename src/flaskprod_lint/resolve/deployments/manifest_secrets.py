"""Secrets that stand literally among the variables of a manifest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flaskprod_lint.model import SecretLiteral
from flaskprod_lint.resolve import secrecy
from flaskprod_lint.source import Located


def of_pairs(
    pairs: Iterable[tuple[Located[str], Located[str]]], how: str, *, development: bool = False
) -> tuple[SecretLiteral, ...]:
    """The secrets among names and values; `how` is the key of the manifest that holds them."""
    found = []
    for name, value in pairs:
        judged = secrecy.judge(name.value, value.value)
        if judged.secret:
            found.append(
                SecretLiteral(
                    name.value, value.span, how, judged.kind, judged.length, judged.weak, development=development
                )
            )
    return tuple(found)


def of_build(
    pairs: Iterable[tuple[Located[str], Located[str]]], how: str, *, development: bool = False
) -> tuple[SecretLiteral, ...]:
    """The secrets among what a manifest gives to the build of an image: a placeholder opens nothing there."""
    return tuple(one for one in of_pairs(pairs, how, development=development) if not one.weak)


def without_filled_in(
    pairs: Iterable[tuple[Located[str], Located[str]]], what: str
) -> Iterator[tuple[Located[str], Located[str]]]:
    """The pairs as far as they are written: without texts in which the pattern `what` is filled in later.

    Of an address only that piece is left out: its password may stand there all the same.
    """
    for name, value in pairs:
        written = re.sub(what, "", value.value)
        if written == value.value or "://" in written:
            yield name, Located(written, value.span)
