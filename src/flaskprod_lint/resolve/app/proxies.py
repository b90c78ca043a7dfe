"""Which proxies an app believes: ProxyFix with its numbers, or code of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flaskprod_lint.model import ProxyTrust, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.interpreter.values import Event, Value
from flaskprod_lint.source import Place, Project

_FIXES = ("werkzeug.middleware.proxy_fix.ProxyFix", "werkzeug.contrib.fixers.ProxyFix")
#: ProxyFix's own parameters, in order after the app, with what they are when nothing is given.
_PARAMETERS = {"x_for": 1, "x_proto": 1, "x_host": 0}
#: Libraries that do the same under another name.
_OTHERS = regex(r"proxy_?fix|reverse_?prox|x_?forwarded|proxyheaders|sslify.*proxy", re.IGNORECASE)
#: What a middleware of the project's own writes to.
_BY_HAND = regex(r"wsgi\.url_scheme|HTTP_X_FORWARDED|HTTP_X_SCHEME|HTTP_X_REAL_IP")


def of_app(events: Iterable[Event], project: Project, files: Iterable[str]) -> tuple[ProxyTrust, ...]:
    """Everything in the app that takes the proxies' word, in the order in which it was put before the app."""
    return (*_of_events(events), *_by_hand(project, files))


def _of_events(events: Iterable[Event]) -> Iterator[ProxyTrust]:
    for event in events:
        if event.kind != "call":
            continue
        if event.callee in _FIXES:
            yield _proxy_fix(event)
        elif _OTHERS.search(event.callee.rpartition(".")[2]) and not event.callee.startswith("flask.Flask"):
            yield _own(event, event.callee.rpartition(".")[2])


def _proxy_fix(event: Event) -> ProxyTrust:
    at = Place(event.at, "ProxyFix")
    if event.callee == "werkzeug.contrib.fixers.ProxyFix":
        count = _number(event, "num_proxies", 1, 1)
        return ProxyTrust("ProxyFix", at, count, 1, 1, event.sure)
    x_for, x_proto, x_host = (
        _number(event, name, index, default) for index, (name, default) in enumerate(_PARAMETERS.items(), start=1)
    )
    return ProxyTrust("ProxyFix", at, x_for, x_proto, x_host, event.sure)


def _number(event: Event, name: str, index: int, default: int) -> int | Unknown:
    value: Value | None = event.argument(index, name)
    if value is None:
        given = event.kwargs.get("**")
        return default if given is None else Unknown(f"{name} of ProxyFix", event.at)
    if isinstance(value.data, int) and not value.environment:
        return int(value.data)
    return Unknown(f"{name} of ProxyFix", value.at or event.at)


def _own(event: Event, name: str) -> ProxyTrust:
    unknown = Unknown(f"what {name} believes", event.at)
    return ProxyTrust("own", Place(event.at, name), unknown, unknown, unknown, event.sure)


def _by_hand(project: Project, files: Iterable[str]) -> Iterator[ProxyTrust]:
    """Middleware of the project's own: a file that the app loads and that writes what a proxy says into the request."""
    for path in files:
        source = project.read(path)
        found = _BY_HAND.search(source.text) if source is not None else None
        if source is not None and found is not None:
            span = source.span(found.start(), found.end())
            unknown = Unknown("what the project's own code believes", span)
            yield ProxyTrust("own", Place(span, found[0]), unknown, unknown, unknown)
