"""Which of FLASK_DEBUG and FLASK_ENV the installed Flask reads, and what it makes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter import environment
from flaskprod_lint.resolve.interpreter.values import Unset, Value
from flaskprod_lint.resolve.packages.versions import version_of
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

#: The only texts of FLASK_DEBUG that mean off; an empty one does too.
_OFF = ("0", "false", "no")


def debug_flag(machine: Interpreter, at: Span | None) -> Value:
    """What `app.debug` starts as. A variable that nothing in the project sets is taken to be unset."""
    place = at or Span("", 1)
    flag = environment.read(machine, Value("FLASK_DEBUG"), None, place)
    if isinstance(flag.data, str) and flag.data:
        return replace(flag, data=flag.data.lower() not in _OFF)
    if isinstance(flag.data, Unknown) and not isinstance(flag.data, Unset):
        return flag
    if version_of(machine.context, "flask") < (2, 3):
        return _by_flask_env(machine, place)
    return Value(False)


def old_defaults(machine: Interpreter, at: Span | None) -> dict[str, Value]:
    """What Flask before 2.3 has in its config besides: the environment by its name."""
    if version_of(machine.context, "flask") >= (2, 3):
        return {}
    env = environment.read(machine, Value("FLASK_ENV"), None, at or Span("", 1))
    return {"ENV": Value("production") if isinstance(env.data, Unset) or not env.data else env}


def _by_flask_env(machine: Interpreter, at: Span) -> Value:
    """Flask before 2.3 switches debug on where FLASK_ENV says development."""
    env = environment.read(machine, Value("FLASK_ENV"), None, at)
    if isinstance(env.data, str):
        return replace(env, data=env.data == "development")
    return env if isinstance(env.data, Unknown) and not isinstance(env.data, Unset) else Value(False)
