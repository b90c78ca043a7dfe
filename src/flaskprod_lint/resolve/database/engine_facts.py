"""What is known of an engine beside its pool and URL: its driver, its scheme, and settings that it does not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import Engine
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.database import drivers, engine_faults, old_scheme

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.values import Value


def completed(
    engines: Sequence[Engine], values: Mapping[str, Value], files: Sequence[str], context: Context
) -> list[Engine]:
    """The engines with all that the app's other files and settings say of them."""
    found = []
    for engine in engines:
        engine = old_scheme.completed(drivers.completed(engine, files, context), files, context)
        unread = engine_faults.unread(engine, values, files, context)
        found.append(replace(engine, faults=(*engine.faults, unread)) if unread is not None else engine)
    return found
