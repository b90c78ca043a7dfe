"""Puts what a run has to say where it belongs: the screen, files, and what a CI service reads."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from flaskprod_lint import __version__

#: What the runners of GitHub Actions, Azure Pipelines and TeamCity take for a command, the first at a line's begin.
_COMMAND = re.compile(r"^([^\S\n]*)(::)|()(##\w*\[)", re.MULTILINE)
#: The variables by which these services say that they run us.
_RUNNERS = ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")

if TYPE_CHECKING:
    from flaskprod_lint.config import Config
    from flaskprod_lint.finding import Report
    from flaskprod_lint.outputs.page import Page


def print_reports(runs: Sequence[tuple[Report, Config, float | None]]) -> None:
    """Every format that is asked for, each to its file or to the screen."""
    from flaskprod_lint.config import named_format
    from flaskprod_lint.outputs import ci

    config = runs[0][1]
    formats = [named_format(text) for text in config.formats or ci.formats_of(os.environ)]
    if any(name not in ("text", "json") for name, _ in formats):
        for report, _, _ in runs:
            report.prefix = _prefix(report)
    for name, file in formats:
        output = file or config.output
        if name == "text":
            emit_page(lambda page: _write_texts(runs, page), config, output)
        else:
            from flaskprod_lint.outputs.formats import writer

            emit(writer(name)([report for report, _, _ in runs], __version__), output, commands=name == "github")
    if any(name == "github" for name, _ in formats):
        for path, text in ci.github_files([report for report, _, _ in runs], os.environ, __version__):
            _append(text, path)


def _write_texts(runs: Sequence[tuple[Report, Config, float | None]], page: Page) -> None:
    from flaskprod_lint.outputs.report_text import write_report

    for report, own, seconds in runs:
        page.blank()
        write_report(report, page, quiet=own.quiet, verbose=own.verbose, seconds=seconds)


def _prefix(report: Report) -> str:
    """What stands before the report's paths from the top of its repository; nothing where there is no git."""
    from flaskprod_lint import git

    return (git.ask(report.root, "rev-parse", "--show-prefix") or "").removesuffix("\n")


def _append(text: str, path: str) -> None:
    """Add to a file that GitHub Actions reads; one that cannot be written is no reason to fail."""
    try:
        with open(path, "a", encoding="utf-8", newline="\n") as stream:  # noqa: PTH123
            stream.write(text)
    except OSError as error:
        complain(f"cannot write {path}: {error.strerror or error}")


def emit_page(write: Callable[[Page], None], config: Config, output: str | None = None) -> None:
    """Lay a page out for where it goes, and print it."""
    output = output or config.output
    from shutil import get_terminal_size

    from flaskprod_lint.outputs.page import Page
    from flaskprod_lint.outputs.terminal import render

    if output is None:
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        page = Page(get_terminal_size((100, 24)).columns, encoding)
    else:
        page = Page(100)
    write(page)
    emit(render(page, color=_in_color(config, output)), output)


def _in_color(config: Config, output: str | None) -> bool:
    if config.color != "auto":
        return config.color == "always"
    if output is not None or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def emit(text: str, output: str | None, *, commands: bool = False) -> None:
    """Write the text to the file, or to stdout as a whole. A reader that went away is no error.

    `commands` says that the text is made of commands for the CI service, which no other text may give it.
    """
    from flaskprod_lint.config import ConfigError

    try:
        if output is not None:
            with open(output, "w", encoding="utf-8", newline="\n") as stream:  # noqa: PTH123
                stream.write(text)
        elif sys.stdout is not None:
            sys.stdout.write(text if commands else _without_commands(text))
            sys.stdout.flush()
    except BrokenPipeError:
        leave_stdout()
    except OSError as error:
        raise ConfigError(f"cannot write {output or 'the report'}: {error.strerror or error}") from None


def leave_stdout() -> None:
    """Write no more to a reader that went away, so that Python's own flush at the end is no error either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _without_commands(text: str) -> str:
    """The text so that no line of it is a command to a CI service: some lines are the project's own."""
    if not any(map(os.environ.get, _RUNNERS)):
        return text
    return _COMMAND.sub(lambda found: f"{found[1] or ''}\u200b{found[2] or found[4]}", text)


def complain(message: str) -> None:
    """One line on stderr."""
    from flaskprod_lint.outputs.page import Page

    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    line = Page(100, encoding).clean(" ".join(message.split()))
    click.echo(f"flaskprod-lint: {line}", err=True)
