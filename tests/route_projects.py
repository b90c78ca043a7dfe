"""Makes small Flask projects at random: routes written in the ways people write them, and mixtures of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

WORDS = ("health", "healthz", "items", "api", "v1", "users", "status", "x", "admin")
CONVERTERS = (
    "<name>",
    "<int:number>",
    "<string:name>",
    "<float:number>",
    "<path:rest>",
    "<uuid:key>",
    "<any(red,blue):colour>",
    "<int(signed=True):number>",
    "<string(length=2):code>",
    "item-<int:number>",
    "<name>.json",
)
PREFIXES = ("/api", "/api/", "/v1", "/", "", "/a/b", "/<int:tenant>", "/health")


@dataclass(slots=True)
class Made:
    """A project: its files, the environment it runs in, the WSGI target and paths to ask for."""

    files: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    target: str = "wsgi:app"
    paths: list[str] = field(default_factory=list)


def make(seed: int) -> Made:
    """The project of a seed."""
    return _Maker(random.Random(seed)).project()


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.made = Made()
        self.number = 0
        self.rules: list[str] = []

    def project(self) -> Made:
        rng = self.rng
        if rng.random() < 0.5:
            self.made.environment["API_PREFIX"] = rng.choice(("/env", "/api"))
        names = [f"pages{number}" for number in range(rng.randint(0, 4))]
        for number, name in enumerate(names):
            self.made.files[f"shop/{name}.py"] = self.blueprint(name, names[:number])
        app = [*self.application(), *self.statements("app", rng.randint(1, 5)), *self.registrations(names)]
        head = ["import os", "from flask import Flask", "from flask.views import MethodView, View"]
        head += [f"from shop import {name}" for name in names]
        head += self.classes()
        if rng.random() < 0.5:
            body = ["def create_app():", *("    " + line for line in app), "    return app", "", "app = create_app()"]
        else:
            body = app
        if rng.random() < 0.15:
            body += [
                "from werkzeug.middleware.proxy_fix import ProxyFix",
                "app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1)",
            ]
        self.made.files["shop/__init__.py"] = ""
        self.made.files["wsgi.py"] = "\n".join([*head, *body, ""])
        self.made.paths = self.paths()
        return self.made

    def application(self) -> list[str]:
        forms = (
            "Flask(__name__)",
            "Flask(__name__)",
            "Flask(__name__, static_folder=None)",
            "Flask(__name__, static_url_path='/assets')",
            "Flask(__name__, static_url_path='')",
            "Flask(__name__, static_folder='public')",
            "Flask(__name__, static_folder='build/static/', static_url_path='/s/')",
            "Flask('shop', '/files', 'shop/files')",
        )
        lines = [f"app = {self.rng.choice(forms)}"]
        if self.rng.random() < 0.15:
            lines = [
                "class Shop(Flask):",
                "    def __init__(self, name, **given):",
                "        super().__init__(name, **given)",
                "        self.add_url_rule('/own', 'own', lambda: 'own')",
                f"app = Shop(__name__, static_url_path={self.rng.choice((None, '/a'))!r})",
            ]
        if self.rng.random() < 0.2:
            lines.append("app.url_map.strict_slashes = False")
        return lines

    def text(self) -> str:
        rng = self.rng
        parts = [rng.choice(WORDS) if rng.random() < 0.7 else rng.choice(CONVERTERS) for _ in range(rng.randint(0, 3))]
        seen: set[str] = set()
        kept = []
        for part in parts:
            name = part.rpartition(":")[2].partition(">")[0].lstrip("<") if "<" in part else ""
            if name and name in seen:
                continue
            seen.add(name)
            kept.append(part)
        text = "/" + "/".join(kept) + ("/" if kept and rng.random() < 0.35 else "")
        self.rules.append(text)
        return text

    def fresh(self) -> str:
        self.number += 1
        return f"view{self.number}"

    def classes(self) -> list[str]:
        rng = self.rng
        lines = ["", "class Page(View):", "    def dispatch_request(self, **given):", "        return 'page'"]
        for name, base in (("Item", "MethodView"), ("Sub", "Item")):
            lines.append(f"class {name}({base}):")
            methods = rng.sample(("get", "post", "put", "delete", "patch"), rng.randint(1, 3))
            for method in methods:
                lines += [f"    def {method}(self, **given):", "        return 'ok'"]
        lines.append("class Only(MethodView):")
        lines += ["    methods = ['POST', 'GET']", "    def post(self, **given):", "        return 'ok'"]
        return [*lines, ""]

    def methods(self) -> str:
        rng = self.rng
        if rng.random() < 0.55:
            return ""
        chosen = rng.choice((["GET"], ["POST"], ["GET", "POST"], ["get"], ["PUT", "DELETE"], ["HEAD"]))
        return f", methods={chosen!r}" if rng.random() < 0.8 else f", methods=({', '.join(map(repr, chosen))},)"

    def options(self) -> str:
        rng = self.rng
        text = self.methods()
        if rng.random() < 0.15:
            text += f", strict_slashes={rng.choice(('True', 'False'))}"
        return text

    def statements(self, owner: str, count: int) -> list[str]:
        return [line for _ in range(count) for line in self.statement(owner)]

    def statement(self, owner: str) -> list[str]:
        rng = self.rng
        view, text = self.fresh(), self.text()
        function = [f"def {view}(**given):", "    return 'ok'"]
        name = rng.choice(("Page", "Item", "Sub", "Only"))
        verb = rng.choice(("get", "post", "put", "delete", "patch"))
        own = f"{view}-{rng.randrange(9)}"
        forms = (
            [f"@{owner}.route({text!r}{self.options()})", *function],
            [f"@{owner}.route({text!r}{self.options()})", *function],
            [f"@{owner}.route({text!r})", f"@{owner}.route('/second/{view}'{self.methods()})", *function],
            [f"@{owner}.{verb}({text!r})", *function],
            [*function, f"{owner}.add_url_rule({text!r}, {own!r}, {view}{self.options()})"],
            [*function, f"{owner}.add_url_rule({text!r}, view_func={view}{self.options()})"],
            [f"{owner}.add_url_rule({text!r}, view_func={name}.as_view({own!r}))"],
            [
                f"{own.replace('-', '_')} = {name}.as_view({own!r})",
                f"{owner}.add_url_rule({text!r}, view_func={own.replace('-', '_')})",
                f"{owner}.add_url_rule('/more/{view}', view_func={own.replace('-', '_')})",
            ],
            [*function, f"{owner}.route({text!r}{self.options()})({view})"],
            [
                f"for word in {tuple(rng.sample(WORDS, 2))!r}:",
                f"    {owner}.add_url_rule(f'/{view}/{{word}}', {view!r} + word, lambda **given: 1{self.methods()})",
            ],
            [
                "if os.environ.get('API_PREFIX') == '/env':",
                f"    {owner}.add_url_rule({text!r}, {own!r}, lambda **given: 'ok')",
            ],
            [
                f"prefix = os.environ.get('API_PREFIX', '/fallback') + '/{view}'",
                f"{owner}.add_url_rule(prefix, {own!r}, lambda **given: 'ok')",
            ],
            [
                "def guarded(function):",
                "    from functools import wraps",
                "    @wraps(function)",
                "    def inner(*args, **given):",
                "        return function(*args, **given)",
                "    return inner",
                f"@{owner}.route({text!r}{self.options()})",
                "@guarded",
                *function,
            ],
            [f"@{owner}.before_request", f"def {view}_first():", "    pass"],
            [f"@{owner}.errorhandler(404)", f"def {view}_missing(error):", "    return 'nothing here', 404"],
            [f"{owner}.add_url_rule({text!r}, {own!r}, **{{'view_func': {name}.as_view({own!r})}})"],
            [f"@{owner}.route({text!r}, endpoint={own!r}, defaults={{'page': 1}}{self.options()})", *function],
            [f"{owner}.add_url_rule({text!r}, {own!r})", f"@{owner}.endpoint({own!r})", *function],
            [*function, f"{owner}.add_url_rule(rule={text!r}, endpoint={own!r}, view_func={view}{self.options()})"],
            [
                "def logged(function):",
                "    from functools import wraps",
                "    @wraps(function)",
                "    def inner(*args, **given):",
                "        return function(*args, **given)",
                "    return inner",
                f"{owner}.add_url_rule({text!r}, view_func=logged({name}.as_view({own!r})))",
            ],
            [
                "for kind in (Item, Only):",
                f"    page = kind.as_view(kind.__name__ + {own!r})",
                f"    {owner}.add_url_rule(f'/{view}/{{kind.__name__}}', view_func=page)",
            ],
            [*function, f"getattr({owner}, 'route')({text!r}{self.options()})({view})"],
            [
                *function,
                f"for rule, target in {{{text!r}: {view}, '/also/{view}': {view}}}.items():",
                f"    {owner}.route(rule{self.methods()})(target)",
            ],
            [
                f"def {view}_routes(target, prefix='/in'):",
                f"    @target.route(prefix + {text!r}{self.options()})",
                *("    " + line for line in function),
                f"{view}_routes({owner})",
                f"{view}_routes(prefix='/out', target={owner})" if rng.random() < 0.1 else "",
            ],
            [
                f"class {view.title()}:",
                "    def __init__(self, target):",
                f"        target.add_url_rule({text!r}, {own!r}, self.show{self.options()})",
                "    def show(self, **given):",
                "        return 'ok'",
                f"{view.title()}({owner})",
            ],
            [
                "from functools import partial",
                f"add = partial({owner}.add_url_rule, methods=['GET', 'PATCH'])",
                *function,
                f"add({text!r}, {own!r}, {view})",
            ],
            [
                "try:",
                "    import shop.missing",
                "except ImportError:",
                f"    {owner}.add_url_rule({text!r}, {own!r}, lambda **given: 'ok')",
            ],
            [
                *function,
                f"{view}.methods = ['GET', 'PUT']" if rng.random() < 0.2 else f"{view}.other = 1",
                f"{owner}.add_url_rule({text!r}, {own!r}, {view})",
            ],
        )
        return list(rng.choice(forms))

    def blueprint(self, name: str, others: list[str]) -> str:
        rng = self.rng
        options = ""
        if rng.random() < 0.6:
            options += f", url_prefix={rng.choice(PREFIXES)!r}"
        if rng.random() < 0.2:
            options += rng.choice((", static_folder='files'", ", static_folder='files', static_url_path='/own'"))
        lines = ["import os", "from flask import Blueprint", "from flask.views import MethodView, View"]
        lines += [f"from shop import {other}" for other in others]
        lines += self.classes()
        lines.append(f"bp = Blueprint({name!r}, __name__{options})")
        lines += self.statements("bp", rng.randint(1, 4))
        if others and rng.random() < 0.5:
            lines += self.register("bp", rng.choice(others))
        return "\n".join([*lines, ""])

    def register(self, owner: str, name: str) -> list[str]:
        rng = self.rng
        options = f", url_prefix={rng.choice(PREFIXES)!r}" if rng.random() < 0.45 else ""
        return [f"{owner}.register_blueprint({name}.bp{options}, name='{name}_{rng.randrange(99999)}')"]

    def registrations(self, names: list[str]) -> list[str]:
        rng = self.rng
        lines: list[str] = []
        left = [name for name in names if rng.random() < 0.85]
        if len(left) > 1 and rng.random() < 0.3:
            first, second = left.pop(), left.pop()
            lines += [f"for module in ({first}, {second}):", "    app.register_blueprint(module.bp)"]
        elif left and rng.random() < 0.2:
            one = left.pop()
            lines += [
                f"for one, where in [({one}.bp, {rng.choice(PREFIXES)!r})]:",
                "    app.register_blueprint(one, url_prefix=where, name=one.name + '_loop')",
            ]
        for name in left:
            lines += self.register("app", name)
            if rng.random() < 0.2:
                lines += self.register("app", name)
        return lines

    def paths(self) -> list[str]:
        """Paths to ask for: the rules with something in place of the converters, with prefixes, and others."""
        rng = self.rng
        found = ["/", "/health", "/health/", "/nothing", "/static/x.css", "/x.css"]
        for rule in self.rules:
            for prefix in ("", rng.choice(("/api", "/v1", "/a/b", "/7", "/health"))):
                path = prefix + _filled(rule, rng)
                found += [path, path + "/" if not path.endswith("/") else path.rstrip("/") or "/"]
        return list(dict.fromkeys(found))[:60]


def _filled(rule: str, rng: random.Random) -> str:
    texts = {
        "<name>": "word",
        "<int:number>": rng.choice(("7", "word")),
        "<string:name>": "word",
        "<float:number>": rng.choice(("1.5", "2")),
        "<path:rest>": rng.choice(("a", "a/b/c", "a/")),
        "<uuid:key>": "12345678-1234-1234-1234-123456789abc",
        "<any(red,blue):colour>": rng.choice(("red", "green")),
        "<int(signed=True):number>": rng.choice(("-3", "3")),
        "<string(length=2):code>": rng.choice(("de", "deu")),
    }
    for converter, text in texts.items():
        rule = rule.replace(converter, text)
    return rule
