"""Which route answers a path, as Werkzeug's router decides it (2.2 and newer), for a plain GET."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field

from flaskprod_lint.model.app import App, Route
from flaskprod_lint.model.values import Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass

MATCHED, REDIRECTED, NONE, UNKNOWN = "matched", "redirected", "none", "unknown"

_PIECE = regex(
    r"(?P<static>[^</]+)|(?P<slash>/)|<(?:(?P<converter>[A-Za-z_]\w*)(?:\((?P<arguments>.*?)\))?:)?[A-Za-z_]\w*>"
)
_ANY_OF = regex(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([^,\s]+))\s*(?:,|$)")
#: Bounds of what is matched, far above what people write: characters, parts, and converters in one part.
_LONGEST, _MOST_PARTS, _MOST_CONVERTERS = 250, 50, 3
#: What each converter of Werkzeug matches, and the weight with which it is tried.
_CONVERTERS = {
    "string": (r"[^/]{1,}", 100),
    "default": (r"[^/]{1,}", 100),
    "path": (r"[^/].*?", 200),
    "int": (r"\d+", 50),
    "float": (r"\d+\.\d+", 50),
    "uuid": (r"[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}", 100),
}


@dataclass(frozen=True)
class Answer:
    """What a GET of a path meets: `kind` is "matched", "redirected" (to the path with a slash at its end), "none" or
    "unknown".

    `route` is the one that answers or, for "none", one that has the path for other methods alone. `why` says what is
    not known, where it is that.
    """

    kind: str
    route: Route | None = None
    why: Unknown | None = None


def finds(app: App, path: str) -> Answer:
    """What answers a GET of a path, which may carry a query."""
    path = path.partition("?")[0].partition("#")[0]
    if len(path) > _LONGEST:
        return Answer(UNKNOWN, why=Unknown("a path that is too long to be looked for"))
    sure = answer([route for route in app.routes if route.sure and not route.host], path)
    possible = answer(app.routes, path)
    if possible.kind != sure.kind:
        why = Unknown("a route that may be there", possible.route.at.span if possible.route else None)
        return Answer(UNKNOWN, possible.route, why)
    if sure.kind != MATCHED and app.routes_unknown is not None:
        return Answer(UNKNOWN, sure.route, app.routes_unknown)
    return sure


def answer(routes: Iterable[Route], path: str) -> Answer:
    """What answers a GET of a path, when these are all the routes there are."""
    root = _State()
    for route in routes:
        rule = re.sub("/{2,}", "/", route.rule)
        root.add(route, _parts(rule if _is_bounded(rule) else "/<path:page>"))
    root.sort()
    search = _Search()
    found = _run(search, root, path)
    if found is None and "//" in path:
        found = _run(search, root, re.sub("/{2,}", "/", path))
        if found is not None and found.kind == MATCHED:
            return Answer(REDIRECTED, found.route)
    return found or Answer(NONE, search.wrong_method)


def is_plain(rule: str) -> bool:
    """Whether a rule is short and has converters of Werkzeug's alone, so that it is known what it matches."""
    if not _is_bounded(rule):
        return False
    pieces = (match for match in _PIECE.finditer(rule) if match["static"] is None and match["slash"] is None)
    return all(_converter(match["converter"] or "default", match["arguments"] or "") is not None for match in pieces)


def _is_bounded(rule: str) -> bool:
    """Whether matching a rule takes no time to speak of; a rule that may take long is taken to match anything."""
    parts = rule.split("/")
    crowded = any(part.count("<") > _MOST_CONVERTERS for part in parts) or rule.count("<path:") > _MOST_CONVERTERS
    return len(rule) <= _LONGEST and len(parts) <= _MOST_PARTS and not crowded


def _run(search: _Search, root: _State, path: str) -> Answer | None:
    try:
        found = search.of(root, path.split("/"))
    except _SlashMissing as missing:
        return Answer(REDIRECTED, missing.route)
    return Answer(MATCHED, found) if found is not None else None


# The rules as a tree of parts


@dataclass(frozen=True)
class _Part:
    """What stands between two slashes; a `final` part takes all that is left of a path.

    `weight` orders the parts with converters: the first that matches is followed first.
    """

    content: str
    static: bool
    final: bool = False
    suffixed: bool = False
    weight: tuple[int, tuple[tuple[int, int], ...], int, tuple[int, ...]] = (0, (), 0, ())


@dataclass
class _State:
    """A place in the tree: the routes that end here, and where the next part leads."""

    routes: list[Route] = field(default_factory=list)
    static: dict[str, _State] = field(default_factory=dict)
    dynamic: dict[_Part, _State] = field(default_factory=dict)

    def add(self, route: Route, parts: list[_Part]) -> None:
        """Add a route with the parts of its rule."""
        state = self
        for part in parts:
            if part.static:
                state = state.static.setdefault(part.content, _State())
            else:
                state = state.dynamic.setdefault(part, _State())
        state.routes.append(route)

    def sort(self) -> None:
        """Put the parts with converters into the order in which they are tried."""
        self.dynamic = dict(sorted(self.dynamic.items(), key=lambda pair: pair[0].weight))
        for state in (*self.static.values(), *self.dynamic.values()):
            state.sort()


def _parts(rule: str) -> list[_Part]:
    """The parts of a rule; a converter that is not known is taken to match anything."""
    found: list[_Part] = []
    piece = _Piece()
    position = 0
    while position < len(rule):
        match = _PIECE.match(rule, position)
        if match is None:
            return found
        position = match.end()
        if match["static"] is not None:
            piece.add_text(match["static"])
        elif match["slash"] is None:
            converter = _converter(match["converter"] or "default", match["arguments"] or "")
            piece.add_converter(*(converter or _CONVERTERS["path"]))
        elif piece.final:
            piece.content += "/"
        else:
            found.append(piece.part())
            piece = _Piece()
    return [*found, *piece.last()]


@dataclass
class _Piece:
    """A part as it grows."""

    content: str = ""
    static: bool = True
    final: bool = False
    texts: list[tuple[int, int]] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)

    def add_text(self, text: str) -> None:
        self.texts.append((len(self.texts), -len(text)))
        self.content += text if self.static else re.escape(text)

    def add_converter(self, pattern: str, weight: int) -> None:
        if self.static:
            self.content = re.escape(self.content)
        self.static = False
        self.final = self.final or weight == _CONVERTERS["path"][1]
        self.content += f"(?:{pattern})"
        self.weights.append(weight)

    def part(self, *, suffixed: bool = False) -> _Part:
        content = self.content if self.static else self.content + r"\Z"
        weight = (-len(self.texts), tuple(self.texts), -len(self.weights), tuple(self.weights))
        return _Part(content, self.static, self.final, suffixed, weight)

    def last(self) -> Iterator[_Part]:
        if self.final and self.content.endswith("/"):
            self.content = self.content[:-1] + "(?<!/)(?P<slash>/?)"
            yield self.part(suffixed=True)
            yield _Part("", static=True)
        else:
            yield self.part()


def _converter(name: str, arguments: str) -> tuple[str, int] | None:
    """The expression and weight of a converter; None for one whose values are not told by an expression alone."""
    if name == "any":
        texts = [next(filter(None, found), "") for found in _ANY_OF.findall(arguments)]
        return "|".join(map(re.escape, texts)), 100
    pattern, weight = _CONVERTERS.get(name, ("", 0))
    if not pattern:
        return None
    given = dict(re.findall(r"(\w+)\s*=\s*(\w+)", arguments))
    if name in ("int", "float") and set(given) <= {"signed"}:
        return ("-?" if given.get("signed") == "True" else "") + pattern, weight
    if name in ("string", "default") and set(given) <= {"length", "minlength", "maxlength"}:
        length = given.get("length")
        bounds = length if length else f"{given.get('minlength', '1')},{given.get('maxlength', '')}"
        return f"[^/]{{{bounds}}}", weight
    return (pattern, weight) if not arguments else None


# The search


class _SlashMissing(Exception):
    """The path with a slash at its end would be answered."""

    def __init__(self, route: Route) -> None:
        super().__init__()
        self.route = route


@dataclass
class _Search:
    """A search for a path. `wrong_method` is a route that has it, but not for GET."""

    wrong_method: Route | None = None

    def of(self, state: _State, parts: list[str]) -> Route | None:
        """The route that these parts of a path lead to."""
        if not parts:
            return self._at_end(state)
        following = state.static.get(parts[0])
        found = self.of(following, parts[1:]) if following is not None else None
        if found is None:
            found = self._by_converter(state, parts)
        if found is None and parts == [""]:
            return self._answering(route for route in state.routes if not route.strict_slashes)
        return found

    def _at_end(self, state: _State) -> Route | None:
        found = self._answering(state.routes)
        if found is None and "" in state.static:
            found = next((route for route in state.static[""].routes if _takes_get(route)), None)
            if found is not None and found.strict_slashes:
                raise _SlashMissing(found)
        return found

    def _by_converter(self, state: _State, parts: list[str]) -> Route | None:
        for part, following in state.dynamic.items():
            match = re.match(part.content, "/".join(parts) if part.final else parts[0])
            if match is None:
                continue
            remaining = [] if part.final else parts[1:]
            if part.suffixed and match["slash"] == "/":
                remaining = [""]
            found = self.of(following, remaining)
            if found is not None:
                return found
        return None

    def _answering(self, routes: Iterable[Route]) -> Route | None:
        for route in routes:
            if _takes_get(route):
                return route
            self.wrong_method = self.wrong_method or route
        return None


def _takes_get(route: Route) -> bool:
    return not route.methods or "GET" in route.methods
