"""Keeps secret values out of everything that is shown. Masked text keeps its length, so that columns stay right."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from flaskprod_lint.finding import Finding
from flaskprod_lint.patterns import regex
from flaskprod_lint.source import Place

_SECRET_WORDS = r"(?:SECRET|PASSWORD|PASSWD|PWD|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?|SALT|KEY)"
_NAME = regex(rf"[\"']?(?P<name>\b[A-Za-z0-9_.-]{{0,80}}{_SECRET_WORDS}[A-Za-z0-9_]*)[\"']?\]?", re.IGNORECASE)
_ASSIGNED = regex(
    rf"(?P<before>{_NAME.pattern}\s*(?::(?!:)|=(?!=))\s*)(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s\"',;)\]}}]+)",
    re.IGNORECASE,
)
#: A name and its value as two fields, as the variables of Kubernetes, ECS and Render are written.
_PAIR = regex(
    rf"(?P<before>{_NAME.pattern}\s*[,;]?\s*[\"']?value[\"']?\s*[:=]\s*)(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s\"',;)\]}}]+)",
    re.IGNORECASE,
)
_LINE_OF_VALUE = regex(r"\s*(?:-\s*)?\{?\s*[\"']?value[\"']?\s*[:=]", re.IGNORECASE)
_LINE_OF_NAME = regex(r"\b(?:\w*name|key|variable)[\"']?\s*[:=]|\{\s*$", re.IGNORECASE)
_URL_PASSWORD = regex(r"(?<=://)(?P<user>[^\s:/@\"']*):(?P<password>[^\s/\"']+)@")
_QUOTED = regex(r"(?P<quote>[\"'])(?P<value>(?:\\.|(?!(?P=quote)).)*)(?P=quote)?")
_VARIABLE = regex(r"[A-Z]+(?:_[A-Z]+)*_?(?:KEY|URL|URI|SECRET|PASSWORD|TOKEN|SALT|DSN|ENV|CONFIG|DB)")
_BARE = regex(r"(?P<before>(?:^|[\s\w])(?::|=(?!=))\s*)(?P<value>[^\s\"'\[\](){},]+)")
_COLON_IN_PROSE = regex(r"(\w): (?=[a-z]+ )")
#: A line of a private key, as text or in a string.
_LINE_OF_KEY = regex(r"(?<![\w+/])[A-Za-z0-9+/]{40,}={0,2}(?![\w+/])")
#: What every token has, so that most lines are not looked at any closer.
_LONG_WORD = regex(r"[\w-]{20}|PRIVATE KEY")
_REFERENCES = ("$", "///", "{", "<", "*", "os.", "env", "config", "self.", "app.", "settings.", "current_app")
#: A login in a line of .netrc, and in the header of a request; words of lower case are prose.
_SAID_BEFORE = regex(
    r"(?P<before>(?:\b(?:login|machine|account)\s+\S+\s+password|(?:^|\bdefault\b)\s*password|\b[Bb]asic|\b[Bb]earer)\s+)"
    r"(?P<value>(?=[^\s\"']*[^a-z\s\"'])[^\s\"']{6,})"
)
#: What a name that holds one of the words ends with when it only says something about a secret: key_func, keyfile.
_ABOUT = regex(
    r"(?:func|function|file|path|type|length|location|headers?|ttl|timeout|prefix|(?<!pass)words?)$", re.IGNORECASE
)
#: Variables that never hold a secret, so that a line with one beside them stays readable.
_HARMLESS = frozenset(
    "FLASK_APP FLASK_ENV FLASK_DEBUG PORT HOST DEBUG ENVIRONMENT WEB_CONCURRENCY LOG_LEVEL TZ LANG "
    "PYTHONPATH PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE".split()
)
#: The same by the end of the name, as long as the value is a word or a path.
_PLAIN_NAME = regex(r"(?:^|_)(?:host|folder|dir|mode|level)$", re.IGNORECASE)
_PLAIN = regex(r"[a-z/_.-]{1,24}")
#: Instructions of a Dockerfile that name images, folders and ports.
_HOLDS_NONE = regex(r"\s*(?:FROM|WORKDIR|COPY|EXPOSE|USER)\s+[\w./:@-]+(?:\s+[\w./@-]+)*\s*$")
#: Letters before a value among which its name is looked for.
_NEAR = 80
_NAME_BEFORE = regex(r"(\w+)[\"']?\s*[=:\s]\s*[\"']?\Z")
_DOCKER_PAIR = regex(r"(?P<before>^\s*(?:ENV|ARG)\s+\w+\s+)(?P<value>\S.*)$", re.IGNORECASE)


def mask_line(text: str, *, secret: bool) -> str:
    """A source line to show. `secret` says that a finding about a secret stands on or beside it: mask every value."""
    text = mask_text(text)
    if not secret:
        return text
    text = _LINE_OF_KEY.sub(lambda found: "*" * len(found[0]), text)
    text = _QUOTED.sub(_stars_inside_quotes, text)
    if _HOLDS_NONE.match(text):
        return text
    text = _DOCKER_PAIR.sub(_stars_for_value, text)
    return _BARE.sub(_stars_for_value, text)


def is_value_of_a_secret(line: str, before: Iterable[str], after: str) -> bool:
    """Whether a line is the `value:` of a variable whose name is one of a secret.

    The name stands in one of the lines before, the nearest first, or in the one after where the value comes first.
    """
    if not _LINE_OF_VALUE.match(line):
        return False
    first = line.lstrip().startswith("- ")
    named = after if first else next((other for other in before if _LINE_OF_NAME.search(other)), "")
    return _NAME.search(named) is not None


def mask_text(text: str) -> str:
    """Any text that names files' contents: passwords in URLs and values assigned to secret names are masked."""
    if _LONG_WORD.search(text):
        text = _without_tokens(text)
    if "://" in text:
        text = _URL_PASSWORD.sub(lambda found: f"{found['user']}:{'*' * len(found['password'])}@", text)
    text = _SAID_BEFORE.sub(_stars_for_value, text)
    if "alue" in text or "ALUE" in text:
        text = _PAIR.sub(_stars_for_value, text)
    return _ASSIGNED.sub(_stars_for_value, text)


def _without_tokens(text: str) -> str:
    """The text with what is a credential by its own form masked, but for the public prefix."""
    from flaskprod_lint import tokens

    for token in tokens.find(text):
        if not token.public:
            start = token.start + len(token.shown)
            text = text[:start] + "*" * (token.end - start) + text[token.end :]
    return text


def mask_finding(finding: Finding) -> Finding:
    """A finding whose message and trail show no secret."""
    because = tuple(Place(place.span, mask_text(place.note)) for place in finding.because)
    return replace(finding, message=mask_prose(finding.message), because=because)


def mask_prose(text: str) -> str:
    """A sentence of ours: as `mask_text`, but the words after "nothing sets SECRET_KEY: " are no value."""
    return mask_text(_COLON_IN_PROSE.sub(r"\g<1>\0: ", text)).replace("\0: ", ": ")


def _stars_inside_quotes(found: re.Match[str]) -> str:
    value = found["value"]
    if _VARIABLE.fullmatch(value) or value.startswith(("$", "sqlite:")):
        return found[0]
    closing = found["quote"] if len(found[0]) > len(value) + 1 else ""
    return f"{found['quote']}{'*' * len(value)}{closing}"


def _stars_for_value(found: re.Match[str]) -> str:
    value = found["value"]
    quote = value[0] if value[0] in "\"'" else ""
    inside = value.strip("\"'") if quote else value
    if not _is_value(inside) or (not quote and found.string[found.end() : found.end() + 1] == "("):
        return found[0]
    if _is_harmless(found.string[max(0, found.start("value") - _NEAR) : found.start("value")], inside):
        return found[0]
    return f"{found['before']}{quote}{'*' * len(inside)}{quote}"


def _is_harmless(before: str, value: str) -> bool:
    """Whether the name before a value says that it is no secret, and the value does not look like one either."""
    name = _NAME_BEFORE.search(before)
    if name is None:
        return False
    if name[1] in _HARMLESS:
        return len(value) < 20
    if _PLAIN_NAME.search(name[1]):
        return _PLAIN.fullmatch(value) is not None
    return bool(_ABOUT.search(name[1])) and not any(letter.isdigit() for letter in value)


def _is_value(text: str) -> bool:
    """Whether a text can be a secret itself: not a reference to a variable, a call, a constant or a mask."""
    if not text or text.startswith(_REFERENCES):
        return False
    return "(" not in text and text not in ("None", "True", "False", "null", "true", "false")
