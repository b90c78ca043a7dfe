"""What Click does not bring: a command that need not be named, names that are suggested, and complaints on one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem


class CommandsWithDefault(click.Group):
    """A group whose `default` command runs when the first word is no command."""

    def __init__(self, *arguments: Any, default: str, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.default = default
        self.no_args_is_help = False

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        completing = ctx.resilient_parsing and not args
        if not completing and (not args or (args[0] not in self.commands and args[0] not in own)):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        command = self.commands[self.default]
        inner = command.make_context(self.default, [], parent=ctx, resilient_parsing=True)
        found = [*super().shell_complete(ctx, incomplete), *command.shell_complete(inner, incomplete)]
        return list({item.value: item for item in found}.values())

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[COMMAND] [OPTIONS] [PATH]...")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_commands(ctx, formatter)
        own = [row for parameter in self.get_params(ctx) if (row := parameter.get_help_record(ctx))]
        command = self.commands[self.default]
        options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
        rows = [row for option in options if (row := option.get_help_record(ctx))]
        with formatter.section(f"Options (those of {self.default}, which need not be named)"):
            formatter.write_dl([*rows, *own])


def nearest(name: str, known: Sequence[str]) -> str:
    from flaskprod_lint.config import nearest as find

    return find(name, known)


class Choice(click.Choice):  # type: ignore[type-arg,unused-ignore]
    """One of a few words, with the nearest suggested."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value not in self.choices:
            self.fail(
                f"{value!r} is not one of {', '.join(self.choices)}{nearest(str(value), self.choices)}", param, ctx
            )
        return value


class ItemOrRule(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """Rules and checklist items, also several with commas between."""

    name = "rule|item"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        from flaskprod_lint.config import ConfigError, names_of_rules

        try:
            return names_of_rules(name.strip() for name in str(value).split(","))
        except ConfigError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from flaskprod_lint.catalogue import RULES
        from flaskprod_lint.finding import ITEMS

        help_of = {**ITEMS, **{rule.id: rule.title for rule in RULES.values()}}
        return [CompletionItem(name, help=text) for name, text in help_of.items() if name.startswith(incomplete)]


class Format(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """An output format, with the file to write to after a colon: sarif:report.sarif."""

    name = "name[:file]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from flaskprod_lint.config import ConfigError, named_format

        try:
            named_format(str(value))
        except ConfigError as error:
            self.fail(str(error), param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from flaskprod_lint.outputs.formats import FORMATS

        help_of = {"text": "the report for people", **FORMATS}
        return [CompletionItem(name, help=text) for name, text in help_of.items() if name.startswith(incomplete)]


class PlatformId(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A platform that platforms.yaml knows, by its id or one of its other names."""

    name = "platform"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from flaskprod_lint.resolve import platforms

        platform = platforms.get(str(value))
        if platform is None:
            near = platforms.suggest(str(value))
            hint = f"did you mean {near!r}?" if near else f"known are {', '.join(platforms.ids())}"
            self.fail(f"there is no platform {value!r}; {hint}", param, ctx)
        return platform.id

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from flaskprod_lint.resolve import platforms

        return [CompletionItem(name) for name in platforms.ids() if name.startswith(incomplete)]


def complaint(error: click.ClickException) -> str:
    """What is wrong with the command line, on one line."""
    if isinstance(error, click.NoSuchOption):
        known = [name for parameter in (error.ctx.command.params if error.ctx else ()) for name in parameter.opts]
        hint = nearest(error.option_name, known)
        return f"there is no option {error.option_name!r}{hint}"
    if isinstance(error, click.MissingParameter) and error.param is not None:
        command = error.ctx.info_name if error.ctx else ""
        return f"{command} needs a {(error.param.name or '').upper()}; see flaskprod-lint {command} --help"
    if isinstance(error, click.BadParameter) and error.param is not None:
        return f"{_name(error.param)}{error.message}"
    message = error.format_message().rstrip(".")
    return message[:1].lower() + message[1:]


def _name(parameter: click.Parameter) -> str:
    return f"{max(parameter.opts, key=len)}: " if isinstance(parameter, click.Option) else ""
