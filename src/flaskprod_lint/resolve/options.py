"""What the user says about a run that the files do not: the platform, its tiers, limits, and which files count."""

from __future__ import annotations

from flaskprod_lint.model import Setting
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place


@dataclass(frozen=True)
class Options:
    """Options of one run, from the command line or the configuration file.

    `tiers` are names of instance sizes and database plans; `production` and `development` are globs of paths;
    `today` is the date (ISO) that end-of-life dates are compared with, the current one when empty.
    """

    platform: str | None = None
    tiers: tuple[str, ...] = ()
    db_connections: int | None = None
    instances: int | None = None
    production: tuple[str, ...] = ()
    development: tuple[str, ...] = ()
    today: str = ""

    @property
    def told_tiers(self) -> tuple[Setting, ...]:
        """The tiers as settings of a deployment."""
        return tuple(Setting("tier", name, Place(None, "--tier")) for name in self.tiers)
