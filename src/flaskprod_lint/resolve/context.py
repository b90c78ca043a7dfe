"""Where a process runs: its files, folder, variables, shell, packages and platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from flaskprod_lint.model import Image, Packages, Platform, Setting
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Project


@dataclass(frozen=True)
class Context:
    """All that decides what a command means. `cwd` is absolute; `shell` is dash, bash, busybox or unknown.

    `variables` is the environment as far as it is known; `open_environment` says that a person may have set more
    where we cannot look (a dashboard, a host's shell), so that an unset variable is unknown rather than unset.
    """

    project: Project
    tree: Tree
    cwd: str = "/"
    variables: Mapping[str, Setting] = field(default_factory=dict)
    open_environment: bool = True
    shell: str = "unknown"
    packages: Packages = field(default_factory=Packages)
    platform: Platform | None = None
    image: Image | None = None
    python: tuple[int, int] | None = None

    @property
    def is_shipped(self) -> bool:
        """Whether what runs is what the project brings: on a host of one's own, files may lie beside it."""
        return self.image is not None or self.platform is not None or not self.open_environment

    def with_variables(self, more: Mapping[str, Setting]) -> Context:
        """The same place with more variables set; later ones win."""
        return replace(self, variables={**self.variables, **more})

    def at(self, cwd: str) -> Context:
        """The same place in another working directory."""
        return replace(self, cwd=cwd)
