"""What the interpreter knows of the standard library: pure functions, constants, and names that are only symbols."""

from __future__ import annotations

import ast
import base64
import json
import logging
import math
import posixpath
import string
import textwrap
import urllib.parse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter import containers, environment, folders, paths
from flaskprod_lint.resolve.interpreter.frames import Arguments, Frame
from flaskprod_lint.resolve.interpreter.values import (
    Bound,
    Entries,
    External,
    Instance,
    Items,
    Value,
    as_value,
    union,
)
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

Handler = Callable[["Interpreter", Arguments, Span, "Frame | None"], "Value | None"]


def _strtobool(text: str) -> int:
    lowered = text.lower()
    if lowered in ("y", "yes", "t", "true", "on", "1"):
        return 1
    if lowered in ("n", "no", "f", "false", "off", "0"):
        return 0
    raise ValueError


#: Functions of plain values that Python itself can be asked: none reads a file, the clock or the environment.
_PURE: dict[str, Callable[..., object]] = {
    "os.path.basename": posixpath.basename,
    "os.path.dirname": posixpath.dirname,
    "os.path.split": posixpath.split,
    "os.path.splitext": posixpath.splitext,
    "os.path.normpath": posixpath.normpath,
    "os.path.isabs": posixpath.isabs,
    "os.path.commonprefix": posixpath.commonprefix,
    "os.fspath": lambda path: path,
    "json.loads": json.loads,
    "json.dumps": json.dumps,
    "ast.literal_eval": ast.literal_eval,
    "distutils.util.strtobool": _strtobool,
    "setuptools._distutils.util.strtobool": _strtobool,
    "math.ceil": math.ceil,
    "math.floor": math.floor,
    "math.trunc": math.trunc,
    "math.sqrt": math.sqrt,
    "textwrap.dedent": textwrap.dedent,
    "urllib.parse.quote": urllib.parse.quote,
    "urllib.parse.quote_plus": urllib.parse.quote_plus,
    "urllib.parse.unquote": urllib.parse.unquote,
    "urllib.parse.unquote_plus": urllib.parse.unquote_plus,
    "urllib.parse.urljoin": urllib.parse.urljoin,
    "urllib.parse.urlencode": urllib.parse.urlencode,
    "base64.b64encode": base64.b64encode,
    "base64.b64decode": base64.b64decode,
}
_SAME_AS_PATH = {"posixpath": "os.path", "ntpath": "os.path"}
_CONSTANTS: dict[str, object] = {
    "os.sep": "/",
    "os.linesep": "\n",
    "os.pathsep": ":",
    "os.curdir": ".",
    "os.pardir": "..",
    "os.extsep": ".",
    "os.name": "posix",
    "os.devnull": "/dev/null",
    "os.path.sep": "/",
    "sys.platform": "linux",
    "sys.byteorder": "little",
    "typing.TYPE_CHECKING": False,
    "typing_extensions.TYPE_CHECKING": False,
    "math.pi": math.pi,
    "math.inf": math.inf,
    **{
        f"string.{name}": getattr(string, name)
        for name in ("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits", "punctuation")
    },
    **{
        f"logging.{name}": getattr(logging, name)
        for name in ("DEBUG", "INFO", "WARNING", "WARN", "ERROR", "CRITICAL", "FATAL", "NOTSET")
    },
}
_CPUS = frozenset(
    {
        "multiprocessing.cpu_count",
        "os.cpu_count",
        "os.process_cpu_count",
        "psutil.cpu_count",
        "joblib.cpu_count",
        "multiprocessing.context.cpu_count",
    }
)
_QUIET_WRAPPERS = frozenset({"functools.wraps", "functools.lru_cache", "functools.cache", "warnings.filterwarnings"})


def name(vm: Interpreter, path: str, at: Span) -> Value:
    """The value of an external name by its dotted path."""
    head, _, rest = path.partition(".")
    if head in _SAME_AS_PATH:
        path = f"{_SAME_AS_PATH[head]}.{rest}"
    known = vm.hooks.name(path)
    if known is not None:
        return known
    if path in _CONSTANTS:
        return Value(_CONSTANTS[path], at)
    if path.startswith("sys.version_info"):
        return _python(vm, path.removeprefix("sys.version_info"), at)
    if path in ("sys.argv", "sys.executable", "sys.prefix", "sys.version", "sys.exec_prefix"):
        return Value(Unknown(f"{path} is known at run time only", at), at)
    return Value(External(path), at)


def _python(vm: Interpreter, rest: str, at: Span) -> Value:
    """`sys.version_info`: of the deployment's Python if it is known, else at least some Python 3."""
    if vm.context.python is None:
        reason = Unknown("the version of Python", at)
        if rest:
            return as_value(3, at) if rest == ".major" else Value(reason, at)
        return Value(Items([Value(3, at)], reason), at)
    parts = {".major": vm.context.python[0], ".minor": vm.context.python[1]}
    if rest:
        return Value(parts.get(rest, 0), at)
    return Value((*(Value(part, at) for part in vm.context.python), Value(0, at), Value("final", at), Value(0, at)), at)


def call(vm: Interpreter, path: str, arguments: Arguments, at: Span, frame: Frame | None) -> Value | None:
    """A call of the standard library; None when it is an event like any other."""
    head, _, rest = path.partition(".")
    path = f"{_SAME_AS_PATH[head]}.{rest}" if head in _SAME_AS_PATH else path
    if path in _CPUS:
        return Value(Unknown("host CPUs", at, "host-cpus"), at)
    handler = _HANDLERS.get(path)
    if handler is not None:
        if arguments.hole is not None:
            return vm.unknown(arguments.hole, at)
        try:
            return handler(vm, arguments, at, frame)
        except IndexError:
            raise vm.raised("TypeError", at) from None
    if path in _PURE:
        return _pure(vm, _PURE[path], arguments, at)
    if path in _QUIET_WRAPPERS:
        return Value(External(path), at)
    return None


def _pure(vm: Interpreter, function: Callable[..., object], arguments: Arguments, at: Span) -> Value:
    plain = [_text_or_plain(value) for value in arguments.args]
    named = {key: value.plain() for key, value in arguments.kwargs.items()}
    sources = (*arguments.args, *arguments.kwargs.values())
    hidden = next((item for item in (*plain, *named.values()) if isinstance(item, Unknown)), arguments.hole)
    if hidden is not None:
        symbol = hidden.symbol if function in (math.ceil, math.floor, math.trunc) else ""
        return Value(Unknown(hidden.reason, hidden.at, symbol), at, union(*sources), sure=False)
    return vm.native(lambda: function(*plain, **named), at, sources)


def _text_or_plain(value: Value) -> object:
    text = paths.path_text(value)
    return text if text is not None else value.plain()


def _join(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return paths.join(vm, arguments.args, at)


def _absolute(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    text = _text_or_plain(arguments.args[0])
    if not isinstance(text, str):
        return vm.unknown(vm.reason(arguments.args[0], at), at, *arguments.args)
    return vm.text(paths.absolute(vm, text), at, arguments.args[0])


def _exists(kind: str) -> Handler:
    return lambda vm, arguments, at, frame: paths.exists(vm, arguments.args[0], at, kind)


def _getenv(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    default = arguments.args[1] if len(arguments.args) > 1 else arguments.kwargs.get("default")
    key = arguments.args[0] if arguments.args else arguments.kwargs.get("key", Value(Unknown("a variable", at)))
    return environment.read(vm, key, default, at)


def _setdefault(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return environment.setdefault(vm, arguments.args[0], arguments.args[1], at)


def _pop(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return environment.pop(vm, arguments.args[0], arguments.args[1] if len(arguments.args) > 1 else None, at)


def _update(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    for source in arguments.args:
        mapping = vm.mapping(source, at)
        for key, value in (mapping or {}).items():
            environment.write(vm, Value(key), value)
    for key, value in arguments.kwargs.items():
        environment.write(vm, Value(key), value)
    return Value(None, at)


def _snapshot(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return Value(environment.snapshot(vm, at), at)


def _items_of(part: str) -> Handler:
    def run(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
        entries = environment.snapshot(vm, at)
        if part == "keys":
            return Value(Items(as_value(key, at) for key in entries), at)
        if part == "values":
            return Value(Items(entries.values()), at)
        return Value(Items(Value((as_value(key, at), value), at) for key, value in entries.items()), at)

    return run


def _putenv(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return Value(None, at)


def _path(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return paths.new(vm, arguments, at)


def _cwd(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return Value(vm.context.cwd, at)


def _path_cwd(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return paths.make(Value(vm.context.cwd, at), at)


def _exit(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    raise vm.raised("SystemExit", at, "", arguments.args)


def _import(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    name_value = arguments.args[0]
    if not isinstance(name_value.data, str):
        if not any(one.known for one in name_value.alternatives):
            vm.hooks.unfollowed("import_module", (), at)
        return vm.over_alternatives(
            name_value, lambda one: _import(vm, Arguments((one, *arguments.args[1:])), at, frame), at
        )
    dotted = name_value.data
    if dotted.startswith("."):
        package = arguments.args[1] if len(arguments.args) > 1 else arguments.kwargs.get("package", Value(None))
        if not isinstance(package.data, str):
            return vm.unknown(vm.reason(package, at), at)
        dotted = f"{package.data}{dotted}"
    return containers.with_reads(vm.import_module(dotted, at), name_value)


def _partial(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return Value(Bound(arguments.args[0], arguments.args[1:], arguments.kwargs), at)


def _reduce(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    items = vm.iterate(arguments.args[1], at)
    if isinstance(items, Unknown):
        return vm.unknown(items, at, *arguments.args)
    rest = [*arguments.args[2:], *items[: vm.limits.loop]]
    total = rest[0]
    for item in rest[1:]:
        total = vm.call(arguments.args[0], (total, item), at=at)
    return total


def _ordered(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    from flaskprod_lint.resolve.interpreter import builtin_calls

    return builtin_calls.call(vm, "dict", arguments, at, frame)


def _copied(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    value = arguments.args[0]
    return Value(_copy(value.data, 0), at, value.environment, sure=value.sure)


def _copy(data: object, depth: int) -> object:
    if depth > 30:
        return Unknown("nested too deeply")
    if isinstance(data, (list, tuple)):
        rows = [Value(_copy(one.data, depth + 1), one.at, one.environment, sure=one.sure) for one in data]
        return tuple(rows) if isinstance(data, tuple) else Items(rows, getattr(data, "hole", None))
    if isinstance(data, dict):
        pairs = {
            key: Value(_copy(one.data, depth + 1), one.at, one.environment, sure=one.sure) for key, one in data.items()
        }
        return Entries(pairs, getattr(data, "hole", None))
    return data


def _cast(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return arguments.args[1]


def _add_search(position: str) -> Handler:
    def run(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
        text = _text_or_plain(arguments.args[-1])
        if isinstance(text, str):
            vm.add_search(text, first=position == "insert")
        return Value(None, at)

    return run


def _affinity(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return Value(Items((), Unknown("host CPUs", at, "host-cpus")), at)


_HANDLERS: dict[str, Handler] = {
    "os.getenv": _getenv,
    "os.environ.get": _getenv,
    "os.environ.setdefault": _setdefault,
    "os.environ.pop": _pop,
    "os.environ.update": _update,
    "os.environ.copy": _snapshot,
    "os.environ.items": _items_of("items"),
    "os.environ.keys": _items_of("keys"),
    "os.environ.values": _items_of("values"),
    "os.putenv": _putenv,
    "os.path.join": _join,
    "os.path.abspath": _absolute,
    "os.path.realpath": _absolute,
    "os.path.expanduser": lambda vm, arguments, at, frame: (
        arguments.args[0]
        if isinstance(arguments.args[0].data, str) and not arguments.args[0].data.startswith("~")
        else vm.unknown(Unknown("a home folder", at), at, arguments.args[0])
    ),
    "os.listdir": folders.listdir,
    "glob.glob": folders.glob,
    "glob.iglob": folders.glob,
    "os.path.exists": _exists("exists"),
    "os.path.isfile": _exists("isfile"),
    "os.path.isdir": _exists("isdir"),
    "os.getcwd": _cwd,
    "os.sched_getaffinity": _affinity,
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "pathlib.PosixPath": _path,
    "pathlib.Path.cwd": _path_cwd,
    "sys.exit": _exit,
    "os._exit": _exit,
    "sys.path.insert": _add_search("insert"),
    "sys.path.append": _add_search("append"),
    "importlib.import_module": _import,
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "collections.OrderedDict": _ordered,
    "copy.deepcopy": _copied,
    "typing.cast": _cast,
}


def method(vm: Interpreter, receiver: Value, name: str, arguments: Arguments, at: Span) -> Value | None:
    """A method of an Instance of the standard library; None when it is an event like any other."""
    data = receiver.data
    if not isinstance(data, Instance) or data.callee != "builtins.open" or not data.args:
        return None
    text: Any = _text_or_plain(data.args[0])
    mode = data.args[1].data if len(data.args) > 1 else data.kwargs.get("mode", Value("r")).data
    if not isinstance(text, str) or not isinstance(mode, str) or set(mode) & set("wax+b"):
        return None
    if name == "read" and not arguments.args:
        return paths.content(vm, text, at)
    if name == "readlines":
        whole = paths.content(vm, text, at)
        if isinstance(whole.data, str):
            return as_value(whole.data.splitlines(keepends=True)[: vm.limits.items], at)
    return None
