"""The commands. Only here anything is printed, and only here the program ends."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable
from errno import ENOSPC
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flaskprod_lint import __version__
from flaskprod_lint.cli_printing import complain, emit, emit_page, leave_stdout, print_reports
from flaskprod_lint.cli_types import Choice, CommandsWithDefault, Format, ItemOrRule, PlatformId, complaint

if TYPE_CHECKING:
    from pathlib import Path

    from flaskprod_lint.config import Config
    from flaskprod_lint.finding import Report

CLEAN, FINDINGS, WRONG_COMMAND, DEFECT, INTERRUPTED = 0, 1, 2, 3, 130
F = TypeVar("F", bound=Callable[..., Any])


def options(*chosen: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, in the order in which the help shows them."""

    def decorate(function: F) -> F:
        for option in reversed(chosen):
            function = option(function)
        return function

    return decorate


_where_to = (
    click.option("--output", metavar="FILE", help="Write to FILE instead of the screen."),
    click.option("--color", type=Choice(["auto", "always", "never"]), help="Colours (default: auto; see NO_COLOR)."),
)
output_options = options(
    click.option("--format", "formats", type=Choice(["text", "json"]), help="How to print it (default: text)."),
    *_where_to,
)
report_options = options(
    click.option(
        "--format",
        "formats",
        type=Format(),
        multiple=True,
        metavar="NAME[:FILE]",
        help="text, concise, json, jsonl, sarif, github, gitlab, junit, checkstyle, markdown, html, badge; repeatable.",
    ),
    *_where_to,
)
deployment_options = options(
    click.option("--platform", type=PlatformId(), metavar="ID", help="Where it is hosted, if no file says so."),
    click.option("--tier", "tiers", multiple=True, metavar="NAME", help="Instance size or database plan; repeatable."),
    click.option("--db-connections", type=click.IntRange(1), metavar="N", help="Connections that the database allows."),
    click.option("--instances", type=click.IntRange(1), metavar="N", help="Instances of the web process."),
    click.option("--config", "config_file", metavar="FILE", help="Configuration, if it is not in the project."),
)


@click.group(cls=CommandsWithDefault, default="check", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="flaskprod-lint %(version)s")
def cli() -> None:
    """Say what will really run when a Flask project is deployed, and whether that is ready for production.

    \b
    Examples:
      flaskprod-lint                          the project in this directory
      flaskprod-lint show                     what will run, and which file decided it
      flaskprod-lint explain bind-loopback    why something matters, and what to write
    """


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@options(
    click.option("--select", multiple=True, type=ItemOrRule(), help="Only these; repeatable, or with commas."),
    click.option("--ignore", multiple=True, type=ItemOrRule(), help="Not these; repeatable, or with commas."),
    click.option(
        "--fail-on",
        type=Choice(["error", "warning", "note", "never"]),
        help="The least severity that makes the exit code 1 (default: warning).",
    ),
    click.option(
        "--no-suppressions",
        "suppressions",
        flag_value=False,
        default=None,
        help="Also what comments, the configuration and the baseline silence.",
    ),
    click.option("--staged", is_flag=True, default=None, help="Look at what is staged in git, not at the files."),
    click.option("--history", is_flag=True, default=None, help="Also look for credentials in all commits."),
)
@deployment_options
@report_options
@options(
    click.option("-q", "--quiet", is_flag=True, default=None, help="Only the findings and the verdict."),
    click.option("-v", "--verbose", is_flag=True, default=None, help="All the proof, and all that is not known."),
)
def check(paths: tuple[str, ...], config_file: str | None, **given: Any) -> int:
    """Check projects for production. This is what happens when no command is named.

    \b
    Examples:
      flaskprod-lint
      flaskprod-lint check services/api --platform heroku --tier essential-0
      flaskprod-lint --format text --format sarif:report.sarif
    """
    from flaskprod_lint.linting import NothingToLint

    roots = [_root(path) for path in paths or (".",)]
    runs, code = [], CLEAN
    for root in roots:
        config = _config(root, config_file, given)
        try:
            report, seconds = _linted(root, config)
        except NothingToLint as error:
            complain(str(error))
            code = max(code, WRONG_COMMAND)
            continue
        runs.append((report, config, seconds))
        code = max(code, exit_code(report, config.fail_on))
    if runs:
        print_reports(runs)
    return code


def exit_code(report: Report, fail_on: str) -> int:
    """What the run answers to the shell."""
    if report.crashes:
        return DEFECT
    if fail_on == "never":
        return CLEAN
    ranks = {"error": 0, "warning": 1, "note": 2}
    return FINDINGS if any(finding.level.rank <= ranks[fail_on] for finding in report.findings) else CLEAN


@cli.command(short_help="Print what will run, and what decided it.")
@click.argument("path", default=".", type=click.Path())
@deployment_options
@output_options
@click.option("--all", "everything", is_flag=True, help="Also the settings that nobody set.")
def show(path: str, config_file: str | None, everything: bool, **given: Any) -> int:
    """Print what will run: each process, its settings, and the file that decided each.

    \b
    Examples:
      flaskprod-lint show
      flaskprod-lint show --all --platform render
    """
    from flaskprod_lint.linting import NothingToLint, examine
    from flaskprod_lint.outputs import json_show
    from flaskprod_lint.outputs.progress import progress
    from flaskprod_lint.outputs.show_text import write_show
    from flaskprod_lint.running import compare

    root = _root(path)
    config = _config(root, config_file, given)
    try:
        with progress(lambda: f"reading {root}", wanted=not config.quiet):
            examined = examine(root, config)
    except NothingToLint as error:
        complain(str(error))
        return WRONG_COMMAND
    if config.format == "json":
        emit(json_show.write_json(examined.deployments, __version__), config.output)
    else:
        emit_page(
            lambda page: write_show(
                examined.deployments, page, everything=everything, compared=compare(examined.production)
            ),
            config,
        )
    for crash in examined.crashes:
        complain(f"a defect of ours, please report it: {crash.where}: {crash.error}")
    return DEFECT if examined.crashes else CLEAN


@cli.command()
@output_options
def rules(**given: Any) -> int:
    """List the rules by checklist item.

    \b
    Example:
      flaskprod-lint rules
    """
    from flaskprod_lint.catalogue import RULES
    from flaskprod_lint.outputs.rule_text import rules_json, write_rules

    config = _merged(given)
    if config.format == "json":
        emit(rules_json(list(RULES.values())), config.output)
    else:
        emit_page(lambda page: write_rules(RULES.values(), page), config)
    return CLEAN


@cli.command()
@click.argument("rule", type=ItemOrRule())
@output_options
def explain(rule: tuple[str, ...], **given: Any) -> int:
    """Say why a rule matters, and what to write instead. A checklist item lists its rules.

    \b
    Example:
      flaskprod-lint explain stop-signal-lost
    """
    from flaskprod_lint.catalogue import RULES
    from flaskprod_lint.outputs.rule_text import rules_json, write_rule, write_rules

    config = _merged(given)
    chosen = [info for info in RULES.values() if info.id in rule or info.item in rule]
    if config.format == "json":
        emit(rules_json(chosen), config.output)
    elif len(chosen) == 1:
        emit_page(lambda page: write_rule(chosen[0], page), config)
    else:
        emit_page(lambda page: write_rules(chosen, page), config)
    return CLEAN


@cli.command(short_help="List the platforms, or the facts of one.")
@click.argument("platform", required=False, type=PlatformId(), metavar="[ID]")
@output_options
def platforms(platform: str | None, **given: Any) -> int:
    """List the platforms that are known, or the facts about one with their sources.

    \b
    Examples:
      flaskprod-lint platforms
      flaskprod-lint platforms fly
    """
    from flaskprod_lint.outputs.platform_text import platforms_json, write_platform, write_platforms
    from flaskprod_lint.resolve import platforms as facts

    config = _merged(given)
    known = [one for name in ([platform] if platform else facts.ids()) if (one := facts.described(name)) is not None]
    if config.format == "json":
        emit(platforms_json(known, __version__), config.output)
    elif platform is not None:
        emit_page(lambda page: write_platform(known[0], page), config)
    else:
        emit_page(lambda page: write_platforms(known, page), config)
    return CLEAN


@cli.command(short_help="Accept today's findings.")
@click.argument("path", default=".", type=click.Path())
@deployment_options
@click.option("--output", metavar="FILE", help="Write to FILE, relative to the project.")
def baseline(path: str, config_file: str | None, output: str | None, **given: Any) -> int:
    """Write down today's findings: later runs report only new ones, and say which old ones are gone.

    \b
    Example:
      flaskprod-lint baseline
    """
    from datetime import date

    from flaskprod_lint import baseline as baselines
    from flaskprod_lint.config import check_inside
    from flaskprod_lint.linting import NothingToLint, lint

    root = _root(path)
    config = _config(root, config_file, {**given, "known": False})
    try:
        report = lint(root, config)
    except NothingToLint as error:
        complain(str(error))
        return WRONG_COMMAND
    name = output or config.baseline or baselines.NAME
    if not output:
        check_inside(root, name, str(root))
    today = config.today or date.today().isoformat()
    emit(baselines.text_of(report.findings, root, today), str(root / name))
    click.echo(f"{root / name}: {len(report.findings)} findings; commit it, and later runs report only new ones")
    return DEFECT if report.crashes else CLEAN


# From the command line to a configuration


def _root(path: str) -> Path:
    """The directory of that name."""
    from pathlib import Path

    from flaskprod_lint.config import ConfigError, nearest

    root = Path(path)
    if root.is_dir():
        return root
    if root.exists():
        raise ConfigError(f"{path} is a file: give the directory of the project")
    try:
        known = [entry.name for entry in root.parent.iterdir()]
    except OSError:
        known = []
    if path in cli.commands:
        raise ConfigError(f"there is no path {path!r}; a command comes before its options: flaskprod-lint {path} …")
    raise ConfigError(f"there is no path {path!r}{nearest(root.name, [*cli.commands, *known])}")


def _config(root: Path, file: str | None, given: dict[str, Any]) -> Config:
    """The project's configuration, with what the command line says instead."""
    from pathlib import Path

    from flaskprod_lint.config import load_config

    return _merged(given, load_config(root, Path(file) if file else None))


def _merged(given: dict[str, Any], config: Config | None = None) -> Config:
    from dataclasses import replace

    from flaskprod_lint.config import Config, ConfigError

    config = config or Config()
    if isinstance(given.get("formats"), str):
        given = {**given, "formats": (given["formats"],)}
    said = {name: value for name, value in given.items() if value not in (None, ())}
    for name in ("select", "ignore"):
        if name in said:
            said[name] = tuple(rule for group in said[name] for rule in group)
    config = replace(config, **said)
    if config.platform is not None and "platform" not in said:
        try:
            return replace(config, platform=PlatformId().convert(config.platform, None, None))
        except click.BadParameter as error:
            raise ConfigError(f"{config.origin}: platform: {error.message}") from None
    return config


def _linted(root: Path, config: Config) -> tuple[Report, float | None]:
    """The report, and how long it took where a person watches."""
    from time import perf_counter

    from flaskprod_lint.linting import lint
    from flaskprod_lint.outputs.progress import progress

    started, steps = perf_counter(), (0, 0)

    def doing() -> str:
        return f"reading {root}" + (f", {steps[0]:,} of {steps[1]:,} versions of files" if steps[0] else "")

    def on_step(number: int, of: int) -> None:
        nonlocal steps
        steps = number, of

    with progress(doing, wanted=not config.quiet):
        report = lint(root, config, on_step=on_step)
    watched = config.output is None and sys.stdout is not None and sys.stdout.isatty()
    return report, perf_counter() - started if watched else None


# The end of a run


def run(arguments: Iterable[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    try:
        words = list(sys.argv[1:] if arguments is None else arguments)
        result = cli.main(words, prog_name="flaskprod-lint", standalone_mode=False)
        return result if isinstance(result, int) else CLEAN
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted")
        return INTERRUPTED
    except click.ClickException as error:
        complain(complaint(error))
        return WRONG_COMMAND
    except BrokenPipeError:
        leave_stdout()
        return CLEAN
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    """What the person has to mend, or what we have."""
    from flaskprod_lint.config import ConfigError

    if isinstance(error, ConfigError):
        complain(str(error))
        return WRONG_COMMAND
    if isinstance(error, OSError) and error.errno == ENOSPC:
        complain(f"cannot write: {error.strerror}")
        return WRONG_COMMAND
    complain(f"a defect of ours, please report it: {_where_raised(error)}")
    return DEFECT


def _where_raised(error: Exception) -> str:
    """What a defect of ours was, and where, without any text of the project."""
    from traceback import extract_tb

    frame = extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {os.path.basename(frame.filename)}:{frame.lineno} ({frame.name})"  # noqa: PTH119


def main() -> None:
    """The command `flaskprod-lint`."""
    # Syntax trees live until the end: to look through them for garbage again and again takes a third of a run.
    gc.set_threshold(100_000, 50, 100)
    code = run()
    # What is left dies with the process: to look for garbage in it once more takes a sixth of a small run.
    gc.freeze()
    sys.exit(code)
