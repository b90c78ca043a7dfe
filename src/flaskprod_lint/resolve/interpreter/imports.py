"""Imports: which file of the project a module is, and running it once."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.interpreter import branches, sources
from flaskprod_lint.resolve.interpreter.frames import Frame
from flaskprod_lint.resolve.interpreter.journal import HOLE
from flaskprod_lint.resolve.interpreter.jumps import Jump, Raised
from flaskprod_lint.resolve.interpreter.limits import ExhaustedError
from flaskprod_lint.resolve.interpreter.values import Entries, External, Failure, Module, Value
from flaskprod_lint.source import Place, Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

#: Modules of the standard library that the server has imported before the project's folder has a say.
_LOADED_BEFORE = frozenset(
    "abc argparse ast asyncio base64 builtins codecs collections contextlib copy datetime dis email enum errno "
    "functools grp hashlib heapq html http importlib inspect io itertools json keyword linecache locale logging math "
    "multiprocessing operator os pathlib pkgutil posixpath pwd random re reprlib select selectors shutil signal socket "
    "ssl stat string struct subprocess sys tempfile textwrap threading time token tokenize traceback types typing "
    "urllib uuid warnings weakref zipfile zlib".split()
)
#: Modules of Python 2 that no Python 3 has.
GONE = frozenset(
    "urllib2 urlparse ConfigParser StringIO cStringIO cPickle httplib Queue __builtin__ commands cookielib thread "
    "HTMLParser Tkinter SocketServer".split()
)


#: Names of modules with settings of one place, which projects import where they are and do not commit.
_LOCAL = regex(r"(^|_)(local|settings|config|secrets?|overrides?|prod|production)(_|$)")


@dataclass(frozen=True)
class Found:
    """Where a module is: its file in the project (None for a namespace package), and where its submodules are."""

    file: str | None
    folders: tuple[str, ...] | None = None


def find(vm: Interpreter, name: str, folders: Iterable[str]) -> Found | None:
    """The module of that simple name in the first of the folders that has it."""
    key = (name, *folders)
    if key not in vm.found:
        vm.found[key] = _find(vm, name, key[1:])
    return vm.found[key]


def _find(vm: Interpreter, name: str, folders: Iterable[str]) -> Found | None:
    namespaces = []
    for folder in folders:
        inner = posixpath.join(folder, name)
        package = _file(vm, posixpath.join(inner, "__init__.py"))
        if package is not None:
            return Found(package, (inner,))
        module = _file(vm, f"{inner}.py")
        if module is not None:
            return Found(module)
        if _is_folder(vm, inner):
            namespaces.append(inner)
    return Found(None, tuple(namespaces)) if namespaces else None


def _file(vm: Interpreter, path: str) -> str | None:
    if not path.startswith("/"):
        return path if path in vm.context.project else None
    found = vm.context.tree.locate(path)
    return found if isinstance(found, str) and found in vm.context.project else None


def _is_folder(vm: Interpreter, path: str) -> bool:
    if not path.startswith("/"):
        return vm.context.project.is_folder(path)
    found = vm.context.tree.locate(path)
    return isinstance(found, str) and vm.context.project.is_folder(found)


def import_module(vm: Interpreter, dotted: str, at: Span | None) -> Value:
    """The module of a dotted name: a Module of the project, else External."""
    parts = dotted.split(".")
    if parts[0] in _LOADED_BEFORE and parts[0] in sys.stdlib_module_names:
        return Value(External(dotted), at)
    if parts[0] in GONE:
        raise vm.raised("ModuleNotFoundError", at, parts[0])
    found = find(vm, parts[0], vm.search)
    if found is None:
        return _outside(vm, dotted, at)
    value = _load(vm, parts[0], found, at)
    for index, part in enumerate(parts[1:], 2):
        inner = submodule(vm, value, part, at) if isinstance(value.data, Module) else None
        if inner is None:
            return _absent(vm, value, found, ".".join(parts[:index]), at)
        value = inner
    return value


def _outside(vm: Interpreter, dotted: str, at: Span | None) -> Value:
    """A module that is not the project's: of a library, unless a `try` waits for the settings that it would be."""
    name = dotted.partition(".")[0]
    if _LOCAL.search(name) and name not in sys.stdlib_module_names and vm.context.packages.find(name) is None:
        raised = vm.raised("ModuleNotFoundError", at, dotted)
        if any(region.catches and region.catches(raised) for region in vm.regions):
            reason = Value(Unknown(f"whether there is a {dotted} in production", at), at, sure=False)
            if vm.context.is_shipped:
                raise raised
            branches.pend_raise(vm, raised, reason)
            return reason
    return Value(External(dotted), at)


def _absent(vm: Interpreter, parent: Value, found: Found, dotted: str, at: Span | None) -> Value:
    """A module that the project's package does not have; a folder that is no package may hide an installed one."""
    if isinstance(parent.data, Unknown):
        return parent
    if found.file is None:
        return Value(External(dotted), at)
    return missing(vm, dotted, at)


def missing(vm: Interpreter, dotted: str, at: Span | None) -> Value:
    """An import of what the project does not have: its handler's turn if there is one, else unknown (unless strict)."""
    raised = vm.raised("ModuleNotFoundError", at, dotted)
    if vm.strict or any(region.catches and region.catches(raised) for region in vm.regions):
        raise raised
    reason = Unknown(f"the module {dotted} is not in the project", at)
    vm.unknowns.append(reason)
    return Value(reason, at)


def submodule(vm: Interpreter, parent: Value, name: str, at: Span | None) -> Value | None:
    """The submodule of a package, run if it has not been; None when there is none."""
    module = parent.data
    if not isinstance(module, Module) or module.folders is None:
        return None
    found = find(vm, name, module.folders)
    if found is None:
        return None
    dotted = f"{module.name}.{name}" if module.name else name
    is_first = _key(dotted, found) not in vm.modules
    value = _load(vm, dotted, found, at)
    # Only the first import puts the submodule into its package: `from shop.user import views as user` may come after.
    if name not in module.names or (is_first and isinstance(module.names[name].data, Module)):
        vm.journal.write(module.names, name, value)
    return value


def _key(name: str, found: Found) -> str:
    """What a module is remembered by once it has been run."""
    return found.file or f"{name}:{found.folders}"


def _load(vm: Interpreter, name: str, found: Found, at: Span | None) -> Value:
    key = _key(name, found)
    known = vm.modules.get(key)
    if known is not None:
        return Value(known, at)
    if found.file is None:
        module = Module(name, "", folders=found.folders)
        vm.modules[key] = module
        return Value(module, at)
    if at is not None:
        vm.trail.append(Place(at, f"imports {name}"))
    try:
        module = run(vm, found.file, name, found.folders)
    finally:
        if at is not None:
            vm.trail.pop()
    if module.failure is not None and module.failure.sure and at is not None:
        del vm.modules[key]
        raise Raised(module.failure.path, Value(Unknown("an exception", at)), module.failure.at, module.failure.detail)
    return Value(module, at)


def run(vm: Interpreter, path: str, name: str, folders: tuple[str, ...] | None = None) -> Module:
    """Run a file of the project as a module."""
    module = Module(name, path, folders=folders)
    vm.modules[path] = module
    parsed = vm.context.project.facts(path, sources.read)
    if parsed is None or parsed.tree is None:
        return _unparsed(vm, module, parsed)
    if len(vm.file_list) >= vm.limits.files:
        return _hidden(vm, module, Unknown("too many files", Span(path, 1)))
    vm.file_list.append(path)
    module.tree = parsed.tree
    module.names.update(_own_names(vm, module))
    frame = Frame(module, module.names)
    try:
        vm.execute(parsed.tree.body, frame)
    except Raised as raised:
        sure = not vm.unsure
        module.failure = Failure(raised.path, raised.at, raised.detail, sure)
        if not sure:
            raise
    except Jump:
        return module
    except (ExhaustedError, RecursionError):
        return _hidden(vm, module, Unknown("the file takes too long to follow", Span(path, 1)))
    return module


def _own_names(vm: Interpreter, module: Module) -> dict[str, Value]:
    names = {"__name__": Value(module.name), "__file__": Value(vm.file_of(module.path)), "__doc__": Value(None)}
    package = module.name if module.folders is not None else module.name.rpartition(".")[0]
    names["__package__"] = Value(package)
    if module.tree is not None and module.tree.body:
        import ast

        names["__doc__"] = Value(ast.get_docstring(module.tree, clean=False))
    return names


def _unparsed(vm: Interpreter, module: Module, parsed: sources.Parsed | None) -> Module:
    if parsed is not None and parsed.problem is not None and parsed.problem.place.span is not None:
        vm.context.project.problem(parsed.problem.message, parsed.problem.place.span)
        return _hidden(vm, module, Unknown("the file cannot be parsed", parsed.problem.place.span))
    return _hidden(vm, module, Unknown("the file cannot be read", Span(module.path, 1)))


def _hidden(vm: Interpreter, module: Module, reason: Unknown) -> Module:
    """A module of which nothing is sure."""
    vm.unknowns.append(reason)
    assert isinstance(module.names, Entries)
    vm.journal.write(module.names, HOLE, reason)
    for name, value in list(module.names.items()):
        if value.at is not None:
            hidden = Value(reason, value.at, value.environment, alternatives=(value,), sure=False)
            vm.journal.write(module.names, name, hidden)
    return module


def relative(vm: Interpreter, frame: Frame, level: int, dotted: str, at: Span) -> Value:
    """`from ..dotted import`: the module meant, counted from the folder of the file that says so."""
    module = frame.module
    parent = _package(vm, module, level - 1 if module.folders is not None else level)
    if parent is None:
        return missing(vm, "." * level + dotted, at)
    value = Value(parent, at)
    for part in dotted.split(".") if dotted else []:
        inner = submodule(vm, value, part, at)
        if inner is None:
            return missing(vm, f"{parent.name}.{dotted}".strip("."), at)
        value = inner
    return value


def _package(vm: Interpreter, module: Module, up: int) -> Module | None:
    """The package `up` levels above a module."""
    if up == 0:
        return module
    folder, name = posixpath.dirname(module.path), module.name.rpartition(".")[0]
    if module.folders is not None:
        folder = posixpath.dirname(folder)
    for _ in range(up - 1):
        if not folder:
            return None
        folder, name = posixpath.dirname(folder), name.rpartition(".")[0]
    file = posixpath.join(folder, "__init__.py")
    known = vm.modules.get(file)
    if known is not None:
        return known
    if file in vm.context.project:
        return run(vm, file, name or posixpath.basename(folder), (folder,))
    return Module(name or posixpath.basename(folder), "", folders=(folder,))
