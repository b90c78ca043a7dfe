"""Secrets that a command gets among its words: `--password …`, `-u user:…`, a header of a request."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from itertools import pairwise

from flaskprod_lint.model import Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import secrecy

_OPTION = regex(r"--?(?P<name>[A-Za-z][\w-]*)(?:=(?P<value>.+))?")
#: https://docs.npmjs.com/cli/configuring-npm/npmrc: a setting that npm takes as one word.
_SETTING = regex(r"(?://\S+:)?_?(?P<name>[A-Za-z]\w*)=(?P<value>\S+)")
_HEADER = regex(r"(?P<name>[A-Za-z][\w-]*):\s*(?:(?i:bearer|token|basic|apikey)\s+)?(?P<value>\S+)")
_AUTHORIZATIONS = frozenset(("authorization", "proxy-authorization", "private-token", "job-token"))
_HEADER_OPTIONS = frozenset(("-H", "--header"))
_USER_OPTIONS = frozenset(("-u", "--user", "--proxy-user"))
#: Programs whose `-p` is a password: in the next word, and in the same one.
_NEXT = frozenset(("sshpass", "docker", "podman", "oc", "helm", "twine"))
_SAME = frozenset(("mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump"))
#: What they get are variables, of which the shell tells.
_OF_SHELL = frozenset(("export", "declare", "typeset"))
_PASSWORD, _TOKEN = "PASSWORD", "AUTH_TOKEN"


def find(argv: Sequence[str | Unknown]) -> Iterator[tuple[str, str]]:
    """The secrets among the words of one command, as pairs of what it calls them and their text."""
    words = [word if isinstance(word, str) else "" for word in argv]
    program = posixpath.basename(words[0]) if words else ""
    for word, following in pairwise([*words[1:], ""]) if program not in _OF_SHELL else ():
        for name, text in _spoken(program, word, following):
            if secrecy.is_secret_name(name) and secrecy.looks_random(text):
                yield name, text


def _spoken(program: str, word: str, following: str) -> Iterator[tuple[str, str]]:
    if word in _HEADER_OPTIONS:
        yield from _of_header(following)
    elif word in _USER_OPTIONS:
        yield _PASSWORD, following.partition(":")[2]
    elif word == "-p" and program in _NEXT:
        yield _PASSWORD, following
    elif word.startswith("-p") and program in _SAME:
        yield _PASSWORD, word[2:]
    elif (option := _OPTION.fullmatch(word)) is not None:
        yield option["name"], option["value"] or following
    elif (setting := _SETTING.fullmatch(word)) is not None:
        yield setting["name"], setting["value"]


def _of_header(text: str) -> Iterator[tuple[str, str]]:
    header = _HEADER.fullmatch(text)
    if header is not None:
        is_login = header["name"].lower() in _AUTHORIZATIONS
        yield _TOKEN if is_login else header["name"], header["value"]
