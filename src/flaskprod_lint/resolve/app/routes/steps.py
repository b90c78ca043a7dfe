"""What is registered where: the apps, blueprints and APIs that the code makes, each with its rules in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from flaskprod_lint.model import Route, Unknown
from flaskprod_lint.model.routing import is_plain
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.interpreter.values import Instance
from flaskprod_lint.source import Place

#: A text and whether it is surely the one; Unknown where it cannot be told.
Texts = list[tuple[str, bool]] | Unknown


@dataclass(frozen=True)
class Rule:
    """One rule as the code gives it. `methods` is None where they are not known, `strict` where nothing says it.

    `order` is the number of the event: what is added to a blueprint after its registration is not registered.
    """

    text: str
    methods: tuple[str, ...] | None
    at: Place
    order: int
    endpoint: str = ""
    sure: bool = True
    strict: bool | None = None
    host: str = ""


@dataclass(frozen=True)
class Nested:
    """The registration of a blueprint, namespace or API; `prefix` is None where its own holds."""

    owner: Owner
    order: int
    prefix: str | None = None
    host: str = ""
    sure: bool = True


@dataclass(frozen=True)
class Doubt:
    """Something that may add rules, which cannot be read."""

    reason: Unknown
    order: int


@dataclass
class Owner:
    """An app, a blueprint or an API with what is registered on it.

    `kind` is "app", "blueprint", "api" (of flask-restful and its kin, which joins prefixes as they are written),
    "namespace" (of flask-restx) or "group" (of flask-smorest, which adds nothing to a path). `prefix` is its own, and
    `doubt` says why it may be another.
    """

    kind: str
    instance: Instance
    prefix: str | None = None
    host: str = ""
    doubt: Unknown | None = None
    steps: list[Rule | Nested | Doubt] = field(default_factory=list)


@dataclass
class Expansion:
    """The routes of an app as its owners' steps give them. `strict` tells the app's own setting at an event."""

    strict: dict[int, bool]
    routes: list[Route] = field(default_factory=list)
    doubts: list[Unknown] = field(default_factory=list)

    def of_app(self, app: Owner) -> None:
        """Expand all that is registered on an app."""
        for step in app.steps:
            if isinstance(step, Rule):
                self._add(step, step.text, step.order, step.host)
            elif isinstance(step, Nested):
                self._nested(step, None, "", step.order, sure=True, depth=0)
            else:
                self._somewhere("", step)

    def _nested(self, step: Nested, outer: str | None, host: str, order: int, *, sure: bool, depth: int) -> None:
        owner = step.owner
        if depth > 12:
            self.doubts.append(Unknown("blueprints that are nested too deeply", owner.instance.at))
            return
        doubt = owner.doubt if step.prefix is None else None
        if doubt is not None:
            self._somewhere(outer or "", Doubt(doubt, order))
        sure = sure and step.sure and doubt is None
        host = ".".join(filter(None, (step.host or owner.host, host)))
        prefix = _prefix(owner, step.prefix, outer)
        plain = owner.kind in ("api", "namespace")
        for inner in owner.steps:
            if owner.kind == "blueprint" and inner.order > order and not _is_api(inner):
                continue
            if owner.kind == "api" and depth > 0 and inner.order > order:
                prefix = outer  # the API forgets its own prefix once its blueprint is registered
            if isinstance(inner, Rule):
                text = (prefix or "") + inner.text if plain else _joined(prefix, inner.text)
                self._add(inner, text, order, inner.host or host, sure=sure)
            elif isinstance(inner, Nested):
                when = inner.order if owner.kind == "group" else order
                self._nested(inner, prefix, host, when, sure=sure, depth=depth + 1)
            else:
                self._somewhere(prefix or "", inner)
            plain = plain or _is_api(inner)

    def _add(self, rule: Rule, text: str, order: int, host: str, *, sure: bool = True) -> None:
        if not text.startswith("/"):
            return  # Werkzeug refuses it
        strict = rule.strict if rule.strict is not None else self._strict_at(order)
        sure = sure and rule.sure and rule.methods is not None and is_plain(text)
        self.routes.append(Route(text, rule.methods or (), rule.at, rule.endpoint, sure, strict, host))

    def _strict_at(self, order: int) -> bool:
        return next((value for at, value in reversed(self.strict.items()) if at < order), True)

    def _somewhere(self, prefix: str, doubt: Doubt) -> None:
        """Note that there may be more below a prefix."""
        if prefix.strip("/"):
            at = Place(doubt.reason.at, doubt.reason.reason)
            self.routes.extend(below(prefix, at))
        else:
            self.doubts.append(doubt.reason)


def _is_api(step: Rule | Nested | Doubt) -> bool:
    return isinstance(step, Nested) and step.owner.kind == "api"


def _prefix(owner: Owner, given: str | None, outer: str | None) -> str | None:
    """The prefix of what is registered on an owner: that of its registration or its own, after the outer one."""
    if owner.kind in ("api", "namespace"):
        own = owner.prefix if given is None else given
        return (outer or "") + (own or "")
    own = given if given is not None else owner.prefix
    if outer is None or own is None:
        return own if outer is None else outer
    return outer.rstrip("/") + "/" + own.lstrip("/")


def _joined(prefix: str | None, text: str) -> str:
    """A rule below the prefix of a blueprint."""
    if prefix is None:
        return text
    return "/".join((prefix.rstrip("/"), text.lstrip("/"))) if text else prefix


def below(prefix: str, at: Place) -> tuple[Route, Route]:
    """What stands for pages below a prefix that are not known."""
    top = f"{prefix.rstrip('/')}/"
    return Route(top, (), at, sure=False), Route(f"{top}<path:page>", (), at, sure=False)


def reachable(owner: Owner, depth: int = 0) -> Iterator[Owner]:
    """An owner and all that is registered on it."""
    yield owner
    for step in owner.steps if depth < 12 else ():
        if isinstance(step, Nested):
            yield from reachable(step.owner, depth + 1)
