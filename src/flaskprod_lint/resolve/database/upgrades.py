"""Which of the project's own scripts and commands upgrade the database: read from their syntax, never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field

from flaskprod_lint.inputs import python
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.interpreter import sources
from flaskprod_lint.source import Place, Project, Span

#: A text that may hold a call worth looking for; files without one are not parsed.
_HINT = regex(r"\bupgrade\b|\bcreate_all\b|\bmigrate\b|alembic")
_SHELL_UPGRADE = regex(r"\bdb\s+upgrade\b|\balembic\b.*\bupgrade\b")
_SOURCES = ("flask_migrate", "alembic", "alembic.command", "flask_db", "flask_alembic")
_SHELLS = ("system", "popen", "run", "call", "check_call", "check_output", "Popen", "execvp", "execlp")
#: How many calls are followed from a command to what it does.
_DEPTH = 5


@dataclass(frozen=True)
class Upgrade:
    """A call that changes the schema: `kind` is "upgrade", "create_all" or "autogenerate"."""

    kind: str
    at: Span


@dataclass
class ParsedFile:
    """One parsed file: its functions by name, and the names that its imports mean."""

    path: str
    tree: ast.Module
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)


#: The files of each project, read off the syntax that the interpreter parsed as well.


def of_script(project: Project, path: str, words: Sequence[str] = ()) -> Upgrade | None:
    """What `python path words…` does to the schema, if its code shows that it does.

    With words that name a command of the script, that command is followed; else all that the script runs.
    """
    file = parse(project, path)
    if file is None:
        return None
    function = _command(file, words)
    body = function.body if function is not None else _top_level(file.tree)
    return _search(project, file, body, set(), 0)


def of_command(project: Project, words: Sequence[str]) -> Upgrade | None:
    """What a command of the Flask CLI or of a console script (`flask deploy`) does to the schema."""
    for path in _hinted(project):
        file = parse(project, path)
        function = _command(file, words) if file is not None else None
        if file is not None and function is not None:
            found = _search(project, file, function.body, set(), 0)
            if found is not None:
                return found
    return None


def of_function(project: Project, module: str, name: str) -> Upgrade | None:
    """What `module:name` does to the schema; the function of an entry point, say."""
    for path in module_paths(project, module):
        file = parse(project, path)
        if file is not None and name in file.functions:
            return _search(project, file, file.functions[name].body, set(), 0)
    return None


def of_function_in(project: Project, path: str, name: str) -> Upgrade | None:
    """What the function of a file does to the schema."""
    file = parse(project, path)
    if file is None or name not in file.functions:
        return None
    return _search(project, file, file.functions[name].body, set(), 0)


def of_text(text: str) -> str | None:
    """What a program given as text (`python -c "…"`) does: the kind of upgrade, or None."""
    if re.search(r"\bupgrade\s*\(", text):
        return "upgrade"
    return "create_all" if re.search(r"\.create_all\s*\(", text) else None


def _hinted(project: Project) -> Iterator[str]:
    for path in project.of_format("python"):
        parts = path.split("/")
        if "versions" in parts or "tests" in parts or parts[-1].startswith("test_"):
            continue
        source = project.read(path)
        if source is not None and _HINT.search(source.text):
            yield path


def parse(project: Project, path: str) -> ParsedFile | None:
    """The functions and imports of a file; None for one that cannot be parsed."""
    known: dict[str, ParsedFile | None] = project.kept(__name__)
    if path not in known:
        parsed = project.facts(path, sources.read)
        known[path] = _read(path, parsed.tree) if parsed is not None and parsed.tree is not None else None
    return known[path]


def _read(path: str, tree: ast.Module) -> ParsedFile:
    file = ParsedFile(path, tree)
    for node in python.statements(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            file.functions.setdefault(node.name, node)
        elif isinstance(node, ast.Import):
            file.imports.update({alias.asname or alias.name: alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            file.imports.update({alias.asname or alias.name: f"{module}:{alias.name}" for alias in node.names})
    return file


def _top_level(tree: ast.Module) -> list[ast.stmt]:
    skipped = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node for node in tree.body if not isinstance(node, skipped)]


# Commands


def _command(file: ParsedFile, words: Sequence[str]) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function that a command's words name: of Click, Flask's CLI, Flask-Script or Typer."""
    wanted = [word for word in words if word and not word.startswith("-")]
    for word in reversed(wanted):
        for function in file.functions.values():
            if word in command_names(function):
                return function
    return None


def command_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The command names that the decorators give a function: their text, or its own name."""
    for decorator in function.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        if not isinstance(call, (ast.Attribute, ast.Name)):
            continue
        last = call.attr if isinstance(call, ast.Attribute) else call.id
        if last not in ("command", "cli_command", "option", "task"):
            continue
        given = next(iter(_texts(decorator)), None)
        yield given if given and last != "option" else function.name.replace("_", "-")
        yield function.name


def _texts(decorator: ast.expr) -> Iterator[str]:
    if isinstance(decorator, ast.Call):
        named = [keyword.value for keyword in decorator.keywords if keyword.arg == "name"]
        for argument in (*named, *decorator.args[:1]):
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


# What code does


def _search(
    project: Project, file: ParsedFile, body: Iterable[ast.AST], seen: set[tuple[str, str]], depth: int
) -> Upgrade | None:
    """The first call below these statements that changes the schema; upgrades count before create_all."""
    found: Upgrade | None = None
    for node in (inner for statement in body for inner in ast.walk(statement)):
        if not isinstance(node, ast.Call):
            continue
        here = _of_call(file, node)
        if here is None and depth < _DEPTH:
            here = _followed(project, file, node, seen, depth)
        if here is not None and here.kind == "upgrade":
            return here
        found = found or here
    return found


def _of_call(file: ParsedFile, call: ast.Call) -> Upgrade | None:
    """What this call itself is."""
    at = Span(file.path, call.lineno, call.col_offset + 1, call.end_lineno or 0, (call.end_col_offset or 0) + 1)
    name, owner = name_of(call)
    origin = file.imports.get(owner or name, "").replace(":", ".")
    if name in ("upgrade", "stamp", "migrate", "revision") or (not owner and origin.endswith(".upgrade")):
        known = origin.startswith(_SOURCES)
        if known and (name == "upgrade" or origin.endswith(".upgrade")):
            return Upgrade("upgrade", at)
        if known and name in ("migrate", "revision") and origin.startswith(("flask_migrate", "alembic")):
            return Upgrade("autogenerate", at)
    if name == "create_all" and owner:
        return Upgrade("create_all", at)
    if name in _SHELLS and _SHELL_UPGRADE.search(_joined(call)):
        return Upgrade("upgrade", at)
    if name == "main" and origin.startswith("alembic") and "upgrade" in _joined(call):
        return Upgrade("upgrade", at)
    if name == "invoke" and any("upgrade" in ast.unparse(argument) for argument in call.args):
        return Upgrade("upgrade", at)
    return None


def name_of(call: ast.Call) -> tuple[str, str]:
    """The called name and the first name before it: ("upgrade", "command") of `command.upgrade(…)`."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id, ""
    if not isinstance(function, ast.Attribute):
        return "", ""
    owner = function.value
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return function.attr, owner.id if isinstance(owner, ast.Name) else "?"


def _joined(call: ast.Call) -> str:
    """The texts among a call's arguments, joined: a command line given as a text or as a list."""
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    nodes = (node for argument in given for node in ast.walk(argument))
    return " ".join(str(node.value) for node in nodes if isinstance(node, ast.Constant))


def _followed(
    project: Project, file: ParsedFile, call: ast.Call, seen: set[tuple[str, str]], depth: int
) -> Upgrade | None:
    """What the function of the project that is called does."""
    name, owner = name_of(call)
    target = (file.path, name)
    if target in seen or not name:
        return None
    seen.add(target)
    if not owner and name in file.functions:
        return _search(project, file, file.functions[name].body, seen, depth + 1)
    origin = file.imports.get(owner or name)
    if origin is None:
        return None
    module, _, imported = origin.partition(":")
    wanted = name if owner else imported
    module = f"{module}.{imported}" if owner and imported else module
    for path in module_paths(project, module, file.path):
        other = parse(project, path)
        if other is not None and wanted in other.functions:
            return _search(project, other, other.functions[wanted].body, seen, depth + 1)
    return None


def module_paths(project: Project, module: str, importer: str = "") -> list[str]:
    """The files that a module name may mean, seen from the importing file."""
    level = len(module) - len(module.lstrip("."))
    tail = module.lstrip(".").replace(".", "/")
    if level:
        folder = importer.split("/")[:-level]
        bases = ["/".join([*folder, tail]).strip("/")]
    else:
        folders = importer.split("/")[:-1]
        bases = [tail, f"src/{tail}", *("/".join([*folders[:end], tail]) for end in range(1, len(folders) + 1))]
    return [path for base in bases for path in (f"{base}.py", f"{base}/__init__.py") if path in project]


def place_of(upgrade: Upgrade) -> Place:
    """The place of the call, for a trail."""
    return Place(upgrade.at, "creates the tables" if upgrade.kind == "create_all" else "upgrades the database")
