"""The environment of the interpreted program: what the deployment sets, what may be set, what the program changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import EnvironmentRead, Setting, Unknown
from flaskprod_lint.resolve.interpreter.values import Entries, Maybe, Unset, Value, union
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_GONE = Value(Unknown("the program removed this variable"))
#: Variables that a test runner, a CI service or the development server's reloader sets for its own processes only.
_OF_DEVELOPMENT = frozenset(
    "PYTEST_CURRENT_TEST PYTEST_VERSION PYTEST_XDIST_WORKER WERKZEUG_RUN_MAIN CI GITHUB_ACTIONS GITLAB_CI CIRCLECI "
    "TRAVIS BUILDKITE".split()
)


def read(vm: Interpreter, name: Value, default: Value | None, at: Span, *, strict: bool = False) -> Value:
    """`os.environ.get(name, default)`; `strict` is `os.environ[name]`, which may raise KeyError."""
    if not isinstance(name.data, str):
        return _unreadable(vm, name, at)
    found = _set_value(vm, name.data, default, at)
    if found is not None:
        return found
    if _is_closed(vm, name.data):
        return _unset(vm, name.data, default, at, strict)
    plain = default.plain() if default is not None else None
    literal = None if isinstance(plain, Unknown) else plain
    has_default = default is not None and default.data is not None
    seen = EnvironmentRead(name.data, literal, has_default, None, at)
    if default is None or default.data is None:
        reason = f"the variable {name.data} is not set in the project"
        return Value(Unset(reason, at), at, (seen,), sure=False)
    return replace(default, environment=(seen, *default.environment), overrides=(), sure=False)


def _is_closed(vm: Interpreter, name: str) -> bool:
    """Whether nobody can have set a variable that nothing here sets."""
    return not vm.context.open_environment or name in _OF_DEVELOPMENT


def _set_value(vm: Interpreter, name: str, default: Value | None, at: Span) -> Value | None:
    """The value of a variable that the program or the deployment sets."""
    plain = default.plain() if default is not None else None
    literal = None if isinstance(plain, Unknown) else plain
    seen = EnvironmentRead(name, literal, default is not None and default.data is not None, True, at)
    own = vm.environ.get(name)
    if own is _GONE:
        return None
    if own is not None and _is_own_default(name, own):
        return replace(own.alternatives[0], environment=own.environment, sure=False)
    if own is not None:
        return replace(own, environment=(seen, *own.environment))
    setting = vm.context.variables.get(name)
    return None if setting is None else _of_setting(setting, seen, at)


def _is_own_default(name: str, value: Value) -> bool:
    """`if not os.environ.get(name): os.environ[name] = …`: what a person may have set, else that value."""
    known = len(value.alternatives) == 1 and value.alternatives[0].known
    return known and isinstance(value.data, Maybe) and any(read.name == name for read in value.environment)


def _of_setting(setting: Setting, seen: EnvironmentRead, at: Span) -> Value:
    data = setting.value
    if isinstance(data, bool):
        data = str(data).lower()
    elif not isinstance(data, (str, Unknown)):
        data = "" if data is None else str(data)
    return Value(data, setting.origin.span or at, (seen, *setting.environment))


def _unset(vm: Interpreter, name: str, default: Value | None, at: Span, strict: bool) -> Value:
    if strict:
        raise vm.raised("KeyError", at, name, (Value(name, at),))
    value = default if default is not None else Value(None, at)
    plain = value.plain()
    literal = None if isinstance(plain, Unknown) else plain
    seen = EnvironmentRead(name, literal, value.data is not None, False, at)
    return replace(value, environment=(seen, *value.environment), overrides=())


def _unreadable(vm: Interpreter, name: Value, at: Span) -> Value:
    reason = name.data.reason if isinstance(name.data, Unknown) else "not a text"
    return Value(Unknown(f"a variable whose name is not known: {reason}", at), at, name.environment, sure=False)


def contains(vm: Interpreter, name: Value, at: Span) -> Value:
    """`name in os.environ`."""
    if not isinstance(name.data, str):
        return _unreadable(vm, name, at)
    found = _set_value(vm, name.data, None, at)
    if found is not None:
        return Value(True, at, found.environment)
    if _is_closed(vm, name.data):
        return Value(False, at, (EnvironmentRead(name.data, None, False, False, at),))
    seen = EnvironmentRead(name.data, None, False, None, at)
    return Value(Unset(f"the variable {name.data} is not set in the project", at), at, (seen,), sure=False)


def write(vm: Interpreter, name: Value, value: Value) -> None:
    """`os.environ[name] = value`."""
    if isinstance(name.data, str):
        vm.journal.write(vm.environ, name.data, replace(value, sure=value.sure and not vm.unsure))


def remove(vm: Interpreter, name: Value) -> None:
    """`del os.environ[name]`."""
    if isinstance(name.data, str):
        vm.journal.write(vm.environ, name.data, _GONE)


def setdefault(vm: Interpreter, name: Value, default: Value, at: Span) -> Value:
    """`os.environ.setdefault(name, default)`."""
    value = read(vm, name, default, at)
    write(vm, name, value)
    return value


def pop(vm: Interpreter, name: Value, default: Value | None, at: Span) -> Value:
    """`os.environ.pop(name, default)`."""
    value = read(vm, name, default, at, strict=default is None)
    remove(vm, name)
    return value


def snapshot(vm: Interpreter, at: Span, prefix: str = "") -> Entries:
    """`dict(os.environ)`: what is known to be set, without what a person may have added where we cannot look.

    With `prefix`, only the names that start with it.
    """
    names = dict.fromkeys(name for name in (*vm.context.variables, *vm.environ) if name.startswith(prefix))
    entries = Entries()
    for name in names:
        value = _set_value(vm, name, None, at)
        if value is not None:
            entries[name] = value
    return entries


def spelled(vm: Interpreter, name: str) -> list[str]:
    """The variables that are called so in any case of letters."""
    known = dict.fromkeys((*vm.context.variables, *vm.environ))
    return [one for one in known if one.lower() == name.lower()]


def reads(value: Value) -> tuple[EnvironmentRead, ...]:
    """The variables behind a value."""
    return union(value)
