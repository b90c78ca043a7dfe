"""flaskprod-lint: what will really run when a Flask project is deployed, and is it ready for production?

    from flaskprod_lint import lint

    report = lint("services/api")
    report.ready, report.checklist, report.findings

A report is plain data: it can be pickled, sent to another process and kept. Nothing is shared between two calls, so
that many projects may be linted side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from os import PathLike

    from flaskprod_lint.config import Config, ConfigError
    from flaskprod_lint.finding import Finding, Report
    from flaskprod_lint.linting import NothingToLint

__version__ = "0.1.0"
__all__ = ["Config", "ConfigError", "Finding", "NothingToLint", "Report", "__version__", "lint"]

#: What is imported only when somebody asks for it: the command line has no use for most of it.
_HOMES = {
    "Config": "config",
    "ConfigError": "config",
    "Finding": "finding",
    "NothingToLint": "linting",
    "Report": "finding",
}


def lint(path: str | PathLike[str] = ".", config: Config | None = None) -> Report:
    """The report on the project in a directory, with its own configuration unless one is given.

    Nothing is printed and nothing of the project is run. Raises NothingToLint for a directory without a file that
    says anything about a Python project, ConfigError for a configuration that a person has to mend, and
    NotADirectoryError. A defect of ours is in `Report.crashes`, and the rest of the report stands.
    """
    from pathlib import Path

    from flaskprod_lint.config import load_config
    from flaskprod_lint.linting import lint as report_on

    root = Path(path)
    if not root.is_dir():
        raise NotADirectoryError(f"{root} is no directory")
    return report_on(root, load_config(root) if config is None else config)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'flaskprod_lint' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"flaskprod_lint.{_HOMES[name]}"), name)
