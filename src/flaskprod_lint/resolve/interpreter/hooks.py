"""What a caller of the interpreter can say about the world outside the project."""

from __future__ import annotations

from collections.abc import Sequence

from flaskprod_lint.resolve.interpreter.values import Entries, Event, Instance, Value
from flaskprod_lint.source import Span


class Hooks:
    """Models of external libraries. Every method may give None: "I know nothing of this"."""

    def call(self, event: Event) -> Value | None:
        """The result of an external call, also of a method of an Instance."""
        return None

    def changed(self, event: Event) -> bool:
        """Called for each set-item, set-attribute and del-item on an Instance; True when the hook has kept the change.

        The interpreter then keeps nothing itself: `app.secret_key = x` is a window on `app.config["SECRET_KEY"]`.
        """
        return False

    def unfollowed(self, name: str, given: Sequence[Value], at: Span) -> None:
        """Called when code that cannot be followed is given these values; `name` is how it is called, if known."""

    def name(self, path: str) -> Value | None:
        """The value of an external name by its dotted path, such as a constant of a library."""
        return None

    def attribute(self, instance: Instance, path: str) -> Value | None:
        """The member at a path below an Instance (`config` or `config.x`), when the project's code did not set it."""
        return None

    def item(self, instance: Instance, path: str, key: object) -> Value | None:
        """What a subscript of an Instance, or of the member at a path, gives; `Unknown` keeps it unknown."""
        return None

    def contains(self, instance: Instance, path: str, key: object) -> bool | None:
        """Whether `key in instance.path`."""
        return None

    def entries(self, instance: Instance, path: str) -> Entries | None:
        """An Instance, or the member at a path, as a dict; None when it is none, or not known."""
        return None

    def left(self, value: Value) -> None:
        """Called when a `with` block on an Instance ends."""
