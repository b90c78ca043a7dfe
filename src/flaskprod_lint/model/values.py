"""Values that know where they come from, and what is not known."""

from __future__ import annotations

from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, Span

NOWHERE = Place(None)


@dataclass(frozen=True)
class Unknown:
    """A value that only run time decides, with the reason in plain words and the place where knowledge ends.

    `symbol` names a quantity that is known by name only: "host-cpus" for what is computed from the number of the
    host's processors; `reason` is then the formula ("host CPUs × 2 + 1"); "variable X" where X is missing and all ends.
    """

    reason: str
    at: Span | None = None
    symbol: str = ""

    def __str__(self) -> str:
        return f"unknown: {self.reason}"


@dataclass(frozen=True)
class EnvironmentRead:
    """A variable that a value was read from. `default` is the literal used when it is unset, None when there is none.

    `is_set` says whether something in the deployment sets the variable (True), nothing can (False), or a person may
    have set it where we cannot look, such as a platform's dashboard (None). A list or dict is kept as its text.
    """

    name: str
    default: object = None
    has_default: bool = False
    is_set: bool | None = None
    at: Span | None = None

    def __post_init__(self) -> None:
        if isinstance(self.default, (list, dict, set, tuple)):
            object.__setattr__(self, "default", repr(self.default))


@dataclass(frozen=True)
class Override:
    """A value that lost to another, and where it stands."""

    value: object
    origin: Place


@dataclass(frozen=True)
class Setting:
    """One named value in effect: what set it, what that beat, and the variables it was read from.

    `value` is in the type its consumer ends up with, or Unknown. `origin.note` says what set it when the place alone
    does not ("Gunicorn's default", "PORT, set by Heroku"). `is_default` marks what nobody set. `sure` is False for
    what was decided under a condition that cannot be known.
    """

    name: str
    value: object
    origin: Place = NOWHERE
    overrides: tuple[Override, ...] = ()
    environment: tuple[EnvironmentRead, ...] = ()
    is_default: bool = False
    sure: bool = True

    @property
    def known(self) -> bool:
        return not isinstance(self.value, Unknown)

    @property
    def span(self) -> Span | None:
        return self.origin.span
