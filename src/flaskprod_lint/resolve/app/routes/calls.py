"""The calls of Flask and its API libraries that register routes, as steps of what they are called on."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field

from flaskprod_lint.model import Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.app.routes import views
from flaskprod_lint.resolve.app.routes.arguments import (
    argument,
    assumed,
    flag,
    names,
    optional_text,
    texts,
    thing,
    things,
)
from flaskprod_lint.resolve.app.routes.steps import Doubt, Nested, Owner, Rule
from flaskprod_lint.resolve.interpreter.values import Class, Event, Function, Instance, Value
from flaskprod_lint.source import Place

FLASK = "flask.Flask"
_BLUEPRINTS = frozenset(
    {
        "flask.Blueprint",
        "flask.blueprints.Blueprint",
        "apiflask.APIBlueprint",
        "apiflask.blueprint.APIBlueprint",
        "flask_smorest.Blueprint",
        "flask_smorest.blueprint.Blueprint",
        "flask_openapi3.APIBlueprint",
        "flask_openapi3.blueprint.APIBlueprint",
    }
)
_APIS = frozenset(
    f"{package}.{name}"
    for package in ("flask_restful", "flask_restx", "flask_restplus", "flask_restful_swagger_2")
    for name in ("Api", "api.Api")
)
_NAMESPACES = frozenset(
    f"{package}.{name}"
    for package in ("flask_restx", "flask_restplus")
    for name in ("Namespace", "namespace.Namespace", "Api.namespace", "api.Api.namespace")
)
_GROUPS = frozenset({"flask_smorest.Api"})

KINDS: Mapping[str, str] = {
    FLASK: "app",
    **dict.fromkeys(_BLUEPRINTS, "blueprint"),
    **dict.fromkeys(_APIS, "api"),
    **dict.fromkeys(_NAMESPACES, "namespace"),
    **dict.fromkeys(_GROUPS, "group"),
}
_ADDING = ("add_url_rule", "route", "register_blueprint", "init_app")
_VERBS = ("get", "post", "put", "delete", "patch")


@dataclass
class Registry:
    """Everything that registers routes, as the events of loading the app made it. `known` are the owners by identity.

    `handled` are the numbers of events that mean nothing more than what is kept here.
    """

    events: Sequence[Event]
    views: views.Views
    uses: Mapping[int, list[Value]]
    known: dict[int, Owner] = field(default_factory=dict)
    handled: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, events: Sequence[Event]) -> Registry:
        """The registry of a run."""
        registry = cls(events, views.Views.of(events), _uses(events))
        for order, event in enumerate(events):
            if event.kind == "call":
                registry._read(order, event)
        return registry

    def owner(self, instance: Instance) -> Owner | None:
        """What an instance registers routes with; None for what registers none."""
        kind = KINDS.get(instance.callee)
        if kind is None:
            return None
        if id(instance) not in self.known:
            self.known[id(instance)] = _new(kind, instance)
        return self.known[id(instance)]

    def put_on(self, event: Event) -> Sequence[Value | None]:
        """The views that the decorator which a call gave was put on; None where none was seen."""
        return (self.uses.get(id(event.result.data)) if event.result is not None else None) or (None,)

    def _read(self, order: int, event: Event) -> None:
        made = thing(event.result)
        if made is not None and made.callee == event.callee:
            self._attach(order, event, made)
        receiver = thing(event.receiver)
        owner = self.owner(receiver) if receiver is not None else None
        if owner is None or receiver is None:
            return
        handler = _HANDLERS.get((owner.kind, event.callee.removeprefix(f"{receiver.callee}.")))
        if handler is not None:
            owner.steps.extend(handler(self, order, event))
            self.handled.add(order)

    def _attach(self, order: int, event: Event, made: Instance) -> None:
        """Register an API on the app or blueprint that it is made with."""
        owner = self.owner(made)
        if owner is None or owner.kind not in ("api", "group", "namespace"):
            return
        self.handled.add(order)
        given = argument(made, 0, "app") if owner.kind != "namespace" else made.kwargs.get("api")
        if made.callee.endswith(".namespace"):
            given = event.receiver
        self.attach(owner, given, order, event)

    def attach(self, owner: Owner, given: Value | None, order: int, event: Event) -> None:
        """Register an API on an app or blueprint."""
        for one in things(given):
            target = self.owner(one)
            if target is not None:
                target.steps.append(Nested(owner, order, sure=event.sure))
                if is_restx(owner):
                    target.steps.extend(_documentation(owner, order))


def is_restx(owner: Owner) -> bool:
    """Whether an API documents itself."""
    return owner.kind == "api" and owner.instance.callee.startswith(("flask_restx.", "flask_restplus."))


def _documentation(owner: Owner, order: int) -> Iterator[Rule]:
    """The page and the root of an API that documents itself, beside what it answers below its prefix."""
    place, doc = Place(owner.instance.at, "the API's documentation"), owner.instance.kwargs.get("doc")
    specs = owner.instance.kwargs.get("add_specs")
    if specs is None or specs.data:
        name = optional_text(owner.instance.kwargs.get("default_swagger_filename"))
        text = f"/{name if isinstance(name, str) else 'swagger.json'}"
        owner.steps.append(Rule(text, ("GET",), place, order, "specs"))
        page = "/" if doc is None else doc.data
        if isinstance(page, str):
            yield Rule(page, ("GET",), place, order, "doc")
    # It is there, but answers 404 where the documentation is not on the same path.
    yield Rule(owner.prefix or "/", ("GET",), place, order, "root", sure=False)


def _new(kind: str, instance: Instance) -> Owner:
    owner = Owner(kind, instance)
    place = {"blueprint": (5, "url_prefix"), "api": (1, "prefix"), "namespace": (2, "path")}.get(kind)
    if instance.callee.startswith(("flask_restx.Api", "flask_restx.api.Api", "flask_restplus.")) and kind == "api":
        place = (-1, "prefix")
    if place is not None:
        value = instance.members.get(place[1]) or argument(instance, *place)
        prefix = optional_text(value)
        owner.prefix = None if isinstance(prefix, Unknown) else prefix
        owner.doubt = prefix if isinstance(prefix, Unknown) else assumed(value)
    if kind == "namespace":
        name = optional_text(argument(instance, 0, "name"))
        owner.prefix = (owner.prefix or f"/{name}").rstrip("/")
    if kind == "blueprint":
        host = optional_text(argument(instance, 6, "subdomain"))
        owner.host = host if isinstance(host, str) else ""
        owner.steps.extend(_static(instance))
    return owner


def _static(instance: Instance) -> Iterator[Rule]:
    """The rule that serves the files of a blueprint's own folder."""
    folder, path = argument(instance, 2, "static_folder"), argument(instance, 3, "static_url_path")
    if folder is None or folder.data is None:
        return
    url = optional_text(path)
    name = folder.data if isinstance(folder.data, str) else "static"
    text = url if isinstance(url, str) else "/" + posixpath.basename(name.rstrip("/\\"))
    sure = isinstance(folder.data, str) and not isinstance(url, Unknown)
    at = Place(instance.at, "the blueprint's static files")
    yield Rule(f"{text.rstrip('/')}/<path:filename>", ("GET",), at, -1, "static", sure)


def _uses(events: Sequence[Event]) -> dict[int, list[Value]]:
    """What each decorator that a call gave was put on, by the decorator's identity."""
    found: dict[int, list[Value]] = {}
    for event in events:
        applied = event.kind == "decorate" or event.callee.endswith(".__call__")
        if applied and event.receiver is not None and event.args:
            found.setdefault(id(event.receiver.data), []).append(event.args[0])
    return found


# Rules


def _route(registry: Registry, order: int, event: Event) -> Iterator[Rule | Doubt]:
    """`@app.route("/path")`, also as `@app.get("/path")`."""
    verb = event.callee.rpartition(".")[2]
    given = (verb.upper(),) if verb in _VERBS else None
    for view in registry.put_on(event):
        yield from _rules(registry, order, event, view, given, sure=view is not None)


def _add_url_rule(registry: Registry, order: int, event: Event) -> Iterator[Rule | Doubt]:
    yield from _rules(registry, order, event, argument(event, 2, "view_func"), None, sure=True)


def _rules(
    registry: Registry,
    order: int,
    event: Event,
    view: Value | None,
    methods: tuple[str, ...] | None,
    *,
    sure: bool,
    given: Sequence[Value | None] = (),
) -> Iterator[Rule | Doubt]:
    """The rules of one call: one for each text that its path may be."""
    if "methods" in event.kwargs and event.kwargs["methods"].data is not None:
        methods = names(event.kwargs["methods"])
    elif methods is None:
        methods = views.methods_of(view, registry.views)
    sure = sure and event.sure and "redirect_to" not in event.kwargs and "**" not in event.kwargs
    host = optional_text(event.kwargs.get("subdomain")) or optional_text(event.kwargs.get("host"))
    for path in given or (argument(event, 0, "rule"),):
        known = texts(path)
        if isinstance(known, Unknown):
            yield Doubt(known, order)
            continue
        doubt = assumed(path)
        if doubt is not None:
            yield Doubt(doubt, order)
        for text, certain in known:
            yield Rule(
                text,
                methods,
                Place(event.at, text),
                order,
                _endpoint(event, view),
                sure and certain,
                flag(event.kwargs.get("strict_slashes")),
                host if isinstance(host, str) else "",
            )


def _endpoint(event: Event, view: Value | None) -> str:
    given = event.kwargs.get("endpoint")
    if given is not None and isinstance(given.data, str):
        return given.data
    data = view.data if view is not None else None
    return data.name if isinstance(data, (Function, Class)) else ""


# Blueprints and APIs


def _register(registry: Registry, order: int, event: Event) -> Iterator[Nested | Doubt]:
    """`app.register_blueprint(blueprint, url_prefix="/api")`."""
    value = argument(event, 0, "blueprint") or event.kwargs.get("api") or event.kwargs.get("blp")
    prefix = optional_text(event.kwargs.get("url_prefix"))
    doubt = assumed(event.kwargs.get("url_prefix"))
    found = list(things(value))
    if isinstance(prefix, Unknown) or not found or "**" in event.kwargs:
        yield _unread(value, prefix, order, event)
        return
    if doubt is not None:
        yield Doubt(doubt, order)
    host = optional_text(event.kwargs.get("subdomain"))
    for one in found:
        owner = registry.owner(one) or _foreign(one, event)
        sure = event.sure and doubt is None and len(found) == 1
        yield Nested(owner, order, prefix, host if isinstance(host, str) else "", sure)


def _unread(value: Value | None, prefix: str | Unknown | None, order: int, event: Event) -> Nested | Doubt:
    """A blueprint that cannot be followed: what it has is somewhere below its prefix, if that is known."""
    reason = value.data if value is not None and isinstance(value.data, Unknown) else None
    doubt = Doubt(Unknown(reason.reason if reason else "a blueprint that cannot be read", event.at), order)
    if isinstance(prefix, str) and "**" not in event.kwargs:
        return Nested(Owner("blueprint", Instance("", at=event.at), steps=[doubt]), order, prefix)
    return doubt


def _foreign(one: Instance, event: Event) -> Owner:
    """A blueprint of a package, with whatever routes it has."""
    prefix = optional_text(one.kwargs.get("url_prefix"))
    if one.callee == "flask_swagger_ui.get_swaggerui_blueprint":
        prefix = optional_text(argument(one, 0, "base_url"))
    reason = Unknown(f"{one.callee or 'a package'} brings routes of its own", event.at)
    return Owner("blueprint", one, prefix if isinstance(prefix, str) else None, steps=[Doubt(reason, -1)])


def _add_resource(registry: Registry, order: int, event: Event) -> Iterator[Rule | Doubt]:
    """`api.add_resource(Resource, "/path", "/other")` of flask-restful and its kin."""
    resource = argument(event, 0, "resource")
    yield from _rules(registry, order, event, resource, None, sure=True, given=event.args[1:] or (None,))


def _resource(registry: Registry, order: int, event: Event) -> Iterator[Rule | Doubt]:
    """`@api.route("/path", "/other")` and `@api.resource("/path")` over a class."""
    for view in registry.put_on(event):
        yield from _rules(registry, order, event, view, None, sure=view is not None, given=event.args or (None,))


def _add_namespace(registry: Registry, order: int, event: Event) -> Iterator[Nested | Doubt]:
    path = optional_text(argument(event, 1, "path"))
    found = list(things(argument(event, 0, "ns")))
    for one in found:
        owner = registry.owner(one)
        if owner is not None and not isinstance(path, Unknown):
            yield Nested(owner, order, path, sure=event.sure and len(found) == 1)
            return
    yield Doubt(Unknown("a namespace that cannot be read", event.at), order)


def _init_app(registry: Registry, order: int, event: Event) -> Iterator[Nested | Doubt]:
    receiver = thing(event.receiver)
    owner = registry.owner(receiver) if receiver is not None else None
    if owner is not None:
        registry.attach(owner, argument(event, 0, "app"), order, event)
    yield from ()


def _record(registry: Registry, order: int, event: Event) -> Iterator[Doubt]:
    """`@blueprint.record`: a function that is given what registers the blueprint, mostly to read the app's config."""
    data = event.args[0].data if event.args else None
    called = ast.walk(data.node) if isinstance(data, Function) else ()
    adds = any(isinstance(one, ast.Attribute) and one.attr in _ADDING for one in called)
    if adds or not isinstance(data, Function):
        yield Doubt(Unknown("a function that runs when the blueprint is registered may add routes", event.at), order)


Handler = Callable[[Registry, int, Event], Iterator["Rule | Nested | Doubt"]]
_HANDLERS: Mapping[tuple[str, str], Handler] = {
    **{(kind, name): _route for kind in ("app", "blueprint") for name in ("route", *_VERBS)},
    **{(kind, "add_url_rule"): _add_url_rule for kind in ("app", "blueprint")},
    **{(kind, "register_blueprint"): _register for kind in ("app", "blueprint", "group")},
    ("app", "register_api"): _register,
    **{(kind, "add_resource"): _add_resource for kind in ("api", "namespace")},
    **{(kind, name): _resource for kind in ("api", "namespace") for name in ("route", "resource")},
    ("api", "add_namespace"): _add_namespace,
    ("api", "init_app"): _init_app,
    ("group", "init_app"): _init_app,
    ("blueprint", "record"): _record,
    ("blueprint", "record_once"): _record,
}
