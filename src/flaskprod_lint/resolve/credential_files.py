"""Passwords in the places that are made for them: .netrc, .npmrc, .pgpass, variables of Terraform, Basic headers …

They have no form of their own: the file says that it is a password, and how it looks that it is no placeholder.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import pairwise

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import secrecy
from flaskprod_lint.tokens import Token


@dataclass(frozen=True)
class _Place:
    """Where a program looks for a password: files by the end of their path, and the line in them.

    `line` has the group `value`, and `name` where the file gives its values names. `pair` says that the value is
    `user:password` in base64.
    """

    files: re.Pattern[str]
    line: re.Pattern[str]
    pair: bool = False


def _place(files: str, line: str, *, pair: bool = False) -> _Place:
    return _Place(regex(rf"(?:^|/)(?:{files})$"), regex(line, re.MULTILINE), pair)


_OF_DOCKER = r"\.docker/config\.json|\.dockercfg|\.?dockerconfig(?:json)?(?:\.json)?"
_OF_IMAGES = r"(?:[^/]*\.)?(?:[Dd]ockerfile|[Cc]ontainerfile)(?:\.[\w-]+)?"
_PLACES = (
    # https://everything.curl.dev/usingcurl/netrc.html
    _place(r"[._]netrc", r"\bpassword\s+(?P<value>\S+)"),
    # https://docs.npmjs.com/cli/configuring-npm/npmrc
    _place(r"\.npmrc|\.yarnrc(?:\.yml)?", r"_(?:password|auth|authToken)\s*=\s*\"?(?P<value>[^\s\"]+)"),
    # https://packaging.python.org/en/latest/specifications/pypirc/
    _place(r"\.pypirc", r"^\s*password\s*[:=]\s*(?P<value>\S+)"),
    # https://www.postgresql.org/docs/current/libpq-pgpass.html
    _place(r"\.?pgpass(?:\.conf)?", r"^[^#\s:]+:[^:\s]*:[^:\s]*:[^:\s]*:(?P<value>\S+)$"),
    # https://dev.mysql.com/doc/refman/8.4/en/option-files.html
    _place(r"\.?my\.cnf|\.mylogin\.cnf", r"^\s*password\s*=\s*[\"']?(?P<value>[^\s\"']+)"),
    # https://docs.docker.com/reference/cli/docker/login/#credential-stores
    _place(_OF_DOCKER, r"\"auth\"\s*:\s*\"(?P<value>[^\"]+)", pair=True),
    # https://developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files
    _place(r"[^/]*\.(?:tf|tfvars)", r"^\s*(?P<name>[A-Za-z_][\w-]*)\s*=\s*\"(?P<value>[^\"\n]+)\"\s*(?:#.*)?$"),
    # What a shell gives to a program, in a script or before the command of a Procfile.
    _place(
        r"[^/]*\.(?:sh|bash|zsh)|[Pp]rocfile(?:\.\w+)?",
        r"(?:^|[\s;&|])(?P<name>[A-Za-z_]\w*)=(?P<quote>[\"']?)(?P<value>[^\s\"'$`;&|()]+)(?P=quote)(?=[\s;&|]|$)",
    ),
    # A login that a build writes, and what the last command of an image gives to its program.
    _place(rf"{_OF_IMAGES}|[^/]*\.sh", r"\bmachine\s+\S+\s+login\s+\S+\s+password\s+(?P<value>[^\s\"'\\]+)"),
    _place(
        _OF_IMAGES,
        r"^[ \t]*(?:CMD|ENTRYPOINT)\b[^\n]*?[\s\"';&|(](?P<name>[A-Za-z_]\w*)="
        r"(?P<value>[^\s\"'$`;&|(),]+)(?=[\s\"';&|,])",
    ),
    _place(r"[^/]*\.properties", r"^[ \t]*(?P<name>[\w.-]+)[ \t]*[=:][ \t]*(?P<value>\S+)[ \t]*$"),
)
#: The ends of most files' names: told by them, no pattern above need be asked.
_NO_PLACES = (".py", ".html", ".js", ".css", ".md", ".po", ".ts", ".txt", ".rst", ".csv", ".lock")
#: A variable of a container in a task definition of ECS.
_OF_ECS = regex(r"\"name\"\s*:\s*\"(?P<name>[\w.-]+)\"\s*,\s*\"value\"\s*:\s*\"(?P<value>[^\"]+)\"")
#: RFC 7617: the header of a request, as commands, collections and proxies write it down.
_BASIC = regex(r"Basic (?<!\wBasic )(?P<value>[A-Za-z0-9+/]{12,400}={0,2})(?![\w+/=])")
#: The clients of the examples in RFC 6749 and RFC 7009, which many a docstring repeats.
_OF_EXAMPLES = frozenset(("czZCaGRSa3F0MzpnWDFmQmF0M2JW", "czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"))
_PASSWORD = "PASSWORD"
#: https://kubernetes.io/docs/concepts/configuration/secret/: one document, its two blocks, and a line of them.
_DOCUMENT = regex(r"^---.*$", re.MULTILINE)
_KIND_SECRET = regex(r"^kind:[ ]*Secret[ ]*$", re.MULTILINE)
_BLOCK = regex(r"^(?P<key>data|stringData):[ ]*\n(?P<lines>(?:[ \t]+.*\n?|[ \t]*\n)+)", re.MULTILINE)
#: What decides about lines that are far from it.
_FAR_MARKS = (b"kind: Secret", b"containerDefinitions")
_ENTRY = regex(r"^[ \t]+[\"']?(?P<name>[\w.-]+)[\"']?:[ ]*[\"']?(?P<value>[^\s\"'{}]+)", re.MULTILINE)


def find(text: str, path: str) -> Iterator[Token]:
    """The passwords in a text of a file of that path, but for those that anyone would guess."""
    for place in _places(path):
        yield from _in_place(place, text)
    if path.endswith((".yaml", ".yml")) and "kind: Secret" in text:
        yield from _of_kubernetes(text)
    if path.endswith(".json") and "containerDefinitions" in text:
        for match in _OF_ECS.finditer(text):
            yield from _token(match, match["name"], match["value"])
    if "Basic " in text:
        for match in (one for one in _BASIC.finditer(text) if one["value"] not in _OF_EXAMPLES):
            yield from _token(match, _PASSWORD, _second_half(match["value"]))


def is_for_whole_files(path: str, data: bytes) -> bool:
    """Whether what stands far from a line of that file may tell that it holds a password."""
    return any(mark in data for mark in _FAR_MARKS) or any(True for _ in _places(path))


def _places(path: str) -> Iterator[_Place]:
    """What a file of that path is a place for; most are of a kind that is none."""
    if not path.endswith(_NO_PLACES):
        yield from (place for place in _PLACES if place.files.search(path))


def _in_place(place: _Place, text: str) -> Iterator[Token]:
    for match in place.line.finditer(text):
        name = match["name"] if "name" in place.line.groupindex else _PASSWORD
        yield from _token(match, name, _second_half(match["value"]) if place.pair else match["value"])


def _of_kubernetes(text: str) -> Iterator[Token]:
    """The values of Secrets, which whoever applies the file puts into the cluster as they stand there."""
    edges = [0, *(match.end() for match in _DOCUMENT.finditer(text)), len(text)]
    for start, end in pairwise(edges):
        if not _KIND_SECRET.search(text, start, end):
            continue
        for block in _BLOCK.finditer(text, start, end):
            for match in _ENTRY.finditer(text, *block.span("lines")):
                encoded = block["key"] == "data"
                yield from _token(match, match["name"], _decoded(match["value"]) if encoded else match["value"])


def _token(match: re.Match[str], name: str, value: str) -> Iterator[Token]:
    judged = secrecy.judge(name, value)
    if judged.secret and not judged.weak and judged.kind != "url" and _is_given_out(value):
        yield Token(judged.kind.replace("-", " "), *match.span("value"))


def _is_given_out(value: str) -> bool:
    """Whether a text looks drawn by lot. `key-of-the-tests-with-64-letters` is a sentence that a person wrote."""
    words = re.split(r"[-_.]", value)
    sentence = len(words) > 5 and sum(word.isalpha() and word.islower() for word in words) * 4 >= len(words) * 3
    return secrecy.looks_random(value) and not sentence


def _second_half(pair: str) -> str:
    """The password of `user:password` in base64; empty where it is none."""
    return _decoded(pair).partition(":")[2]


def _decoded(letters: str) -> str:
    """The printable text that is in base64; empty where it is none."""
    try:
        text = base64.b64decode(letters, validate=True).decode("utf-8").strip()
    except (binascii.Error, ValueError):
        return ""
    return text if text.isprintable() else ""
