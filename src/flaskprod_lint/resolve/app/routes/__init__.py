"""The routes of an app: every path that the code which production loads registers, with all prefixes."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from flaskprod_lint.model import Route, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.app.routes import answers, extensions
from flaskprod_lint.resolve.app.routes.arguments import argument, assumed, optional_text, thing
from flaskprod_lint.resolve.app.routes.calls import Registry, is_restx
from flaskprod_lint.resolve.app.routes.steps import Expansion, Owner, below, reachable
from flaskprod_lint.resolve.interpreter.values import Event, Instance, Member, Value
from flaskprod_lint.source import Place, Project, Source, Span

#: The interpreter keeps no more events of one kind at one place.
_MOST_EVENTS = 50
#: Attributes of an app that change what all its rules mean.
_CHANGES_RULES = frozenset(
    f"flask.Flask.{name}"
    for name in ("url_rule_class", "url_map_class", "url_map", "request_class", "dispatch_request", "view_functions")
)
_PATH = regex(r"""["'](/[\w./<>:~-]*)["']""")

#: A call that was not followed: its name, what it was given, and where.
Unfollowed = tuple[str, Sequence[Value], Span]


@dataclass(frozen=True)
class Routes:
    """The routes of an app, and why there may be others."""

    routes: tuple[Route, ...] = ()
    unknown: Unknown | None = None


def of_app(
    app: Instance,
    value: Value | None,
    events: Sequence[Event],
    unfollowed: Iterable[Unfollowed],
    settings: Mapping[str, Value],
) -> Routes:
    """The routes of a Flask app. `value` is what the server loads, `settings` the app's config."""
    registry = Registry.of(events)
    owner = registry.owner(app)
    if owner is None:
        return Routes()
    expansion = Expansion(_strictness(events, app))
    made = next((event for event in events if event.result is not None and _is_made(event, app)), None)
    if made is not None:
        for one in _of_creation(made, app):
            _keep(one, expansion)
    expansion.of_app(owner)
    for one in _besides(app, value, registry, owner, settings):
        _keep(one, expansion)
    expansion.doubts.extend(_unread(registry, owner, unfollowed))
    routes = tuple(dict.fromkeys(expansion.routes))
    return Routes(routes, next(iter(expansion.doubts), None))


def _keep(one: Route | Unknown, expansion: Expansion) -> None:
    if isinstance(one, Unknown):
        expansion.doubts.append(one)
    else:
        expansion.routes.append(one)


def _is_made(event: Event, app: Instance) -> bool:
    """Whether this call made the app, or something with it inside."""
    made = thing(event.result)
    if made is None or event.kind != "call":
        return False
    return made is app or (made.callee == event.callee and any(thing(one) is app for one in made.members.values()))


def _of_creation(made: Event, app: Instance) -> Iterator[Route | Unknown]:
    """What an app has from the start: its static files, and what its class brings."""
    yield from extensions.made_with(made, app)
    if argument(app, 4, "host_matching") is not None:
        yield Unknown("the app chooses its routes by the host", app.at)
    folder, given = argument(app, 2, "static_folder"), argument(app, 1, "static_url_path")
    if folder is not None and folder.data is None:
        return
    url = optional_text(given)
    if isinstance(url, Unknown) or (url is None and folder is not None and not isinstance(folder.data, str)):
        yield Unknown("where the static files are", app.at)
        return
    name = folder.data if folder is not None and isinstance(folder.data, str) else "static"
    text = url if url is not None else "/" + posixpath.basename(name.rstrip("/\\"))
    sure = assumed(given) is None and assumed(folder) is None
    at = Place(app.at, "the app's static files")
    yield Route(f"{text.rstrip('/')}/<path:filename>", ("GET",), at, "static", sure)


def _strictness(events: Iterable[Event], app: Instance) -> dict[int, bool]:
    """What `app.url_map.strict_slashes` is set to, by the number of the event."""
    found = {}
    for order, event in enumerate(events):
        if event.callee == "flask.Flask.url_map.strict_slashes" and thing(event.receiver) is app:
            found[order] = bool(event.args[0].data) if event.args[0].known else True
    return found


def _besides(
    app: Instance, value: Value | None, registry: Registry, owner: Owner, settings: Mapping[str, Value]
) -> Iterator[Route | Unknown]:
    """What else answers: extensions, middlewares, functions before each request, handlers of 404."""
    yield from extensions.around(value, app)
    yield from answers.replaced(value, app)
    yield from answers.besides(registry.events, app)
    for order, event in enumerate(registry.events):
        if order not in registry.handled:
            yield from extensions.added(event, app)
        if event.callee in _CHANGES_RULES and event.kind == "set-attribute" and thing(event.receiver) is app:
            yield Unknown("the app's own way of routing", event.at)
        if event.callee == "flask.Flask.url_map.add" and thing(event.receiver) is app:
            yield Unknown("a rule that is added to the map itself", event.at)
    for one in reachable(owner):
        if is_restx(one):
            at = Place(one.instance.at, "the API's documentation")
            yield Route("/swaggerui/<path:filename>", ("GET",), at, "restx_doc.static")
        if one.kind == "group" and "OPENAPI_URL_PREFIX" in settings:
            prefix = settings["OPENAPI_URL_PREFIX"]
            text = optional_text(prefix)
            if isinstance(text, str) and text.strip("/"):
                place = Place(prefix.at, "the API's documentation")
                yield from below(f"/{text.strip('/')}", place)
            elif text is not None:
                yield Unknown("where the API's documentation is", prefix.at)


def _unread(registry: Registry, owner: Owner, unfollowed: Iterable[Unfollowed]) -> Iterator[Unknown]:
    """Code that was not followed, and may have registered more on the app or on what it holds."""
    own = {id(one.instance) for one in reachable(owner)}
    for name, given, at in unfollowed:
        if name == "import_module" and not given:
            yield Unknown("code that is imported by a name which cannot be read", at)
        elif any(id(value.data) in own or (id(thing(value)) in own and _is_whole(value)) for value in given):
            yield Unknown(f"{name or 'code'} cannot be followed, and is given the app", at)
    counts = Counter((event.callee, event.at) for event in registry.events)
    for (callee, at), count in counts.items():
        if count >= _MOST_EVENTS and any(
            callee.startswith(f"{one.instance.callee}.") for one in registry.known.values()
        ):
            yield Unknown("a loop that registers very many routes", at)


def _is_whole(value: Value) -> bool:
    return not isinstance(value.data, Member)


# Texts that no route explains


def loose_paths(project: Project, files: Iterable[str], routes: Iterable[Route]) -> frozenset[str]:
    """The texts like paths in the files that loading an app runs, apart from the lines of its routes."""
    explained = {(route.at.span.path, route.at.span.line) for route in routes if route.at.span is not None}
    found: set[str] = set()
    for path in files:
        for line, text in project.facts(path, _paths) or ():
            if (path, line) not in explained:
                found.add(text)
    return frozenset(found)


def _paths(source: Source) -> tuple[tuple[int, str], ...]:
    """Each text like a path in a file, with its line; a reader for `project.facts`."""
    lines = enumerate(source.text.splitlines(), 1)
    return tuple((number, text) for number, line in lines if "/" in line for text in _PATH.findall(line))
