"""What the functions of a file do with Flask's session and request: a walk over the syntax, as views are not run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from flaskprod_lint.inputs import python
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.interpreter import sources
from flaskprod_lint.resolve.interpreter.sources import Parsed
from flaskprod_lint.source import Source, Span

#: Modules whose names matter here; a name from elsewhere (`db.session`, `requests.Session`) is another thing.
_KNOWN = ("flask", "flask_login", "flask_wtf", "flask_limiter", "flask_security")
_SESSION_METHODS = frozenset("update setdefault".split())
_LOGINS = frozenset(
    f"{module}.login_user"
    for module in ("flask_login", "flask_login.utils", "flask_security", "flask_security.utils", "flask_login.login")
)
_FORMS = frozenset(("flask_wtf.FlaskForm", "flask_wtf.form.FlaskForm", "flask_wtf.Form"))
#: Parts of the request that hold the scheme and host that the server saw.
_ADDRESSES = frozenset(f"flask.request.{name}" for name in ("host_url", "url_root", "base_url", "root_url"))
_SCHEMES = frozenset(("flask.request.is_secure", "flask.request.scheme"))
#: Functions that only look at an address, or write it down: no harm is done there.
_HARMLESS = frozenset(
    "debug info warning warn error exception critical log print urlparse urlsplit url_parse parse_url".split()
)
#: Code that reads the proxy's headers by itself.
_HEADERS = regex(r"forwarded|x[-_]real[-_]ip|client[-_]ip|connecting[-_]ip", re.IGNORECASE)
#: Decorators that make a command, a task or a test of a function, and no part of a request.
_APART = frozenset(
    "command group task shared_task periodic_task scheduled_job fixture shell_context_processor job cron".split()
)

_LEAVES = (ast.Name, ast.Constant)
#: Nodes that only say how another one is meant: Load, Add, Not …
_MARKS = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop)
#: What of a statement holds statements, with the handlers and cases that hold them in turn.
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Mention:
    """One use in the words of `Use.kind`, and what the code calls it. `sure` is False below a module's condition."""

    kind: str
    at: Span
    what: str
    sure: bool = True


@dataclass
class Unit:
    """A function, a class with its methods, or the module itself (its name is then empty).

    `registered` are the places of the decorators by which something outside calls it; `names` all that it refers to;
    `by_hand` says that it reads the proxy's headers itself.
    """

    name: str
    registered: tuple[Span, ...] = ()
    names: set[str] = field(default_factory=set)
    mentions: list[Mention] = field(default_factory=list)
    stored: set[str] = field(default_factory=set)
    by_hand: bool = False


def read(source: Source) -> tuple[Unit, ...]:
    """The units of a file; a reader for `project.facts`. None for a file that cannot be parsed."""
    parsed = sources.read(source)
    if parsed.tree is None:
        return ()
    walk = _Walk(parsed, _imports(parsed.tree))
    walk.body(parsed.tree.body, walk.unit(""), sure=True)
    return tuple(walk.units)


def _imports(tree: ast.Module) -> Mapping[str, str]:
    """The names that the file's imports give to what matters here: `session` for flask.session."""
    found: dict[str, str] = {}
    for node in python.statements(tree):
        if isinstance(node, ast.Import):
            found.update(
                {alias.asname or alias.name: alias.name for alias in node.names if alias.name.split(".")[0] in _KNOWN}
            )
        elif isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] in _KNOWN:
            found.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return found


@dataclass
class _Walk:
    parsed: Parsed
    imports: Mapping[str, str]
    units: list[Unit] = field(default_factory=list)
    above: list[ast.AST] = field(default_factory=list)

    def unit(self, name: str, registered: tuple[Span, ...] = ()) -> Unit:
        made = Unit(name, registered)
        self.units.append(made)
        return made

    def body(self, nodes: list[ast.stmt], unit: Unit, *, sure: bool) -> None:
        for node in nodes:
            if isinstance(node, ast.If) and not unit.name and _never_in_production(node.test):
                self.body(node.orelse, unit, sure=sure)
            else:
                self.visit(node, unit, sure=sure)

    def visit(self, node: ast.AST, unit: Unit, *, sure: bool) -> None:
        if isinstance(node, _LEAVES):
            self._note_leaf(node, unit)
            return
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not _is_method(self.above):
            self._definition(node, sure=sure)
            return
        if isinstance(node, ast.ClassDef) and not any(isinstance(one, ast.ClassDef) for one in self.above):
            self._definition(node, sure=sure)
            return
        self._note(node, unit, sure=sure)
        inner = sure and not (isinstance(node, (ast.If, ast.Try)) and not unit.name)
        self._children(node, unit, sure=inner)

    def _children(self, node: ast.AST, unit: Unit, *, sure: bool) -> None:
        self.above.append(node)
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for child in value:
                    if isinstance(child, ast.AST):
                        self.visit(child, unit, sure=sure)
            elif isinstance(value, ast.AST) and not isinstance(value, _MARKS):
                self.visit(value, unit, sure=sure)
        self.above.pop()

    def _definition(self, node: _Definition, *, sure: bool) -> None:
        own = self.unit(node.name, tuple(self.parsed.span(one) for one in _registering(node)))
        if isinstance(node, ast.ClassDef) and self._is_form(node):
            own.mentions.append(Mention("csrf", self.parsed.span(node), "FlaskForm", sure))
        self._children(node, own, sure=sure)
        own.mentions = [one for one in own.mentions if not _is_shadowed(one, own) and not _only_logs(node)]

    def _is_form(self, node: ast.ClassDef) -> bool:
        if not any(self.dotted(base) in _FORMS for base in node.bases):
            return False
        metas = [one for one in node.body if isinstance(one, ast.ClassDef) and one.name == "Meta"]
        return not any("csrf" in ast.dump(meta) for meta in metas)

    def dotted(self, node: ast.AST) -> str:
        """The external name of an expression: "flask.request.url"; empty for anything else."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, "")
        if isinstance(node, ast.Attribute):
            owner = self.dotted(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return ""

    def _note_leaf(self, node: ast.Name | ast.Constant, unit: Unit) -> None:
        if isinstance(node, ast.Name):
            (unit.names if isinstance(node.ctx, ast.Load) else unit.stored).add(node.id)
        elif isinstance(node.value, str) and _HEADERS.search(node.value):
            unit.by_hand = True

    def _note(self, node: ast.AST, unit: Unit, *, sure: bool) -> None:
        if isinstance(node, ast.arg):
            unit.stored.add(node.arg)
        elif isinstance(node, ast.Attribute):
            unit.names.add(node.attr)
        if self.imports and isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
            for kind, what in self._kinds(node):
                unit.mentions.append(Mention(kind, self.parsed.span(node), what, sure))

    def _kinds(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            if self.dotted(node.value) == "flask.session":
                yield "session", f"{ast.unparse(node)} = …"
        elif isinstance(node, ast.Attribute):
            yield from self._of_attribute(node)
        elif isinstance(node, ast.Call):
            yield from self._of_call(node)

    def _of_attribute(self, node: ast.Attribute) -> Iterator[tuple[str, str]]:
        name = self.dotted(node)
        if not name.startswith(("flask.request.", "flask.session.")):
            return
        what = ast.unparse(node)
        if name == "flask.session.permanent" and isinstance(node.ctx, ast.Store):
            yield "session", f"{what} = …"
        elif self._is_harmless():
            return
        elif name == "flask.request.remote_addr":
            yield "client-address", what
        elif name in _SCHEMES:
            yield "scheme", what
        elif name in _ADDRESSES and not self._is_mended():
            yield "external-url", what
        elif name == "flask.request.url" and self._is_compared_with_http():
            yield "scheme", what

    def _of_call(self, node: ast.Call) -> Iterator[tuple[str, str]]:
        name = self.dotted(node.func)
        owner, _, method = name.rpartition(".")
        if owner == "flask.session" and method in _SESSION_METHODS:
            yield "session", f"{ast.unparse(node.func)}()"
        elif name == "flask.flash":
            yield "flash", f"{ast.unparse(node.func)}()"
        elif name in _LOGINS:
            yield "login", f"{ast.unparse(node.func)}()"
        elif name in ("flask.url_for", "flask.current_app.url_for"):
            if _is_external(node) and not self._is_mended() and not self._is_harmless():
                yield "external-url", f"{ast.unparse(node.func)}(…, _external=True)"
        elif name == "flask_limiter.util.get_remote_address":
            yield "client-address", f"{ast.unparse(node.func)}()"

    def _is_harmless(self) -> bool:
        """Whether the expression at hand is only written down or taken apart."""
        return any(isinstance(one, ast.Call) and _last(one.func) in _HARMLESS for one in self.above)

    def _is_mended(self) -> bool:
        """Whether the code puts https in place of http itself."""
        for method, call in zip(self.above[::-1], self.above[-2::-1], strict=False):
            if isinstance(method, ast.Attribute) and method.attr == "replace" and isinstance(call, ast.Call):
                return any(isinstance(one, ast.Constant) and "https" in str(one.value) for one in call.args)
        return False

    def _is_compared_with_http(self) -> bool:
        """`request.url.startswith("http://")`, which decides whether to send people to HTTPS."""
        if len(self.above) < 2:
            return False
        method, call = self.above[-1], self.above[-2]
        if not (isinstance(method, ast.Attribute) and method.attr == "startswith" and isinstance(call, ast.Call)):
            return False
        return any(isinstance(one, ast.Constant) and one.value == "http://" for one in call.args)


def _registering(node: _Definition) -> Iterator[ast.expr]:
    """The decorators through which something outside calls it: `@app.route(…)`, `@login.user_loader`."""
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and called.attr not in _APART:
            yield decorator


def _is_shadowed(mention: Mention, unit: Unit) -> bool:
    """Whether the function gives the name another meaning of its own: `session = Session()`."""
    return mention.what.partition("[")[0].partition(".")[0].partition("(")[0] in unit.stored


def _only_logs(node: _Definition) -> bool:
    """Whether it is a formatter or filter of logging, which only writes down what it reads."""
    bases = node.bases if isinstance(node, ast.ClassDef) else []
    return any(_last(base).endswith(("Formatter", "Filter")) for base in bases)


def _is_method(above: list[ast.AST]) -> bool:
    return bool(above) and isinstance(above[-1], ast.ClassDef)


def _is_external(call: ast.Call) -> bool:
    given = {one.arg: one.value for one in call.keywords}
    external, scheme = given.get("_external"), given.get("_scheme")
    return isinstance(external, ast.Constant) and external.value is True and scheme is None


def _never_in_production(test: ast.expr) -> bool:
    """`if __name__ == "__main__"` and `if TYPE_CHECKING`."""
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    return bool(names & {"__name__", "TYPE_CHECKING"})


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
