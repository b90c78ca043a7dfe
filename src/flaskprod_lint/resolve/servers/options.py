"""Command lines of servers other than Gunicorn, read by a table of their flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from flaskprod_lint.model import Address, EnvironmentRead, Override, Setting, Step, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.gunicorn.addresses import AddressError, address_of
from flaskprod_lint.resolve.servers.step_words import Word, place_of
from flaskprod_lint.source import Place, is_number


@dataclass(frozen=True)
class Flags:
    """What a server's flags are: those that take a value and those that do not, by the name of what they set.

    `prefixes` says that a long flag may be cut short, as getopt and argparse allow.
    """

    valued: Mapping[str, str]
    switches: Mapping[str, str] = field(default_factory=dict)
    prefixes: bool = False

    def name_of(self, flag: str) -> tuple[str, bool] | None:
        """(what the flag sets, whether it takes a value)."""
        for table, takes_value in ((self.valued, True), (self.switches, False)):
            if flag in table:
                return table[flag], takes_value
        if self.prefixes and flag.startswith("--") and len(flag) > 2:
            found = [known for known in (*self.valued, *self.switches) if known.startswith(flag)]
            if len(found) == 1:
                return self.name_of(found[0])
        return None


@dataclass
class Line:
    """What a command line gives, in order, and its positional words."""

    given: dict[str, list[Setting]] = field(default_factory=dict)
    positionals: list[Word] = field(default_factory=list)

    def last(self, name: str) -> Setting | None:
        """The setting that counts, with those before it as what it beat."""
        found = self.given.get(name)
        if not found:
            return None
        beaten = tuple(Override(setting.value, setting.origin) for setting in reversed(found[:-1]))
        return replace(found[-1], overrides=beaten)


def read(words: Sequence[Word], flags: Flags, step: Step) -> Line:
    """Sort words into settings and positionals. A flag that is not in the table is passed over."""
    line = Line()
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if not word.text.startswith("-") or word.text == "-":
            line.positionals.append(word)
            continue
        name, value, after = _split(word, flags, waiting)
        if after is not None:
            waiting.pop(0)
        if name:
            setting = Setting(name, value, place_of(word, step, _note(word, after), after))
            reads = (*word.reads, *(after.reads if after is not None else ()))
            line.given.setdefault(name, []).append(replace(setting, environment=reads))
    return line


def _split(word: Word, flags: Flags, waiting: Sequence[Word]) -> tuple[str, object, Word | None]:
    """(name, value, the next word if it is the value) of an option."""
    flag, equals, text = word.text.partition("=")
    found = flags.name_of(flag)
    if found is None and not word.text.startswith("--") and len(word.text) > 2:
        joined = flags.name_of(word.text[:2])
        if joined is not None and joined[1]:
            return joined[0], _value(word, word.text[2:]), None
    if found is None:
        return "", None, None
    name, takes_value = found
    if not takes_value:
        return name, True, None
    if equals:
        return name, _value(word, text), None
    return (name, _value(waiting[0], waiting[0].text), waiting[0]) if waiting else ("", None, None)


def _value(word: Word, text: str) -> object:
    """The value as text: with its variables where the word holds some, Unknown where it is nothing else."""
    return text if word.known or not word.is_only_a_variable else word.unknown


def _note(word: Word, after: Word | None) -> str:
    return f"{word.text} {after.text}" if after is not None else word.text


def number_of(setting: Setting | None, name: str, default: int | Unknown, default_note: str) -> Setting:
    """A setting as a whole number; the default where nothing gives it."""
    if setting is None:
        return Setting(name, default, Place(None, default_note), is_default=True)
    if isinstance(setting.value, str):
        text = setting.value.strip()
        value: object = int(text) if is_number(text) else Unknown(f"{name} is {text or 'empty'}", setting.span)
        return replace(setting, name=name, value=value)
    return replace(setting, name=name)


def from_variable(context: Context, variable: str) -> Setting | None:
    """A variable's value as a setting."""
    found = context.variables.get(variable)
    if found is None:
        return None
    place = Place(found.origin.span, found.origin.note or variable)
    read = EnvironmentRead(variable, is_set=True, at=found.span)
    return Setting(variable, found.value, place, environment=(read,))


def address_from(
    host: Setting | None, port: Setting | None, default_host: str, default_port: int, server: str
) -> Address:
    """The address of a host and a port that are set apart."""
    shown_host = _text(host, default_host)
    shown_port = _text(port, str(default_port))
    origin = next(
        (setting.origin for setting in (port, host) if setting is not None), Place(None, f"{server}'s default")
    )
    bracketed = f"[{shown_host}]" if ":" in shown_host else shown_host
    reads = port.environment if port is not None else ()
    return address(f"{bracketed}:{shown_port}", origin, reads)


def address(text: str, origin: Place, reads: Sequence[EnvironmentRead] = ()) -> Address:
    """The address that a bind string means; with an Unknown port where it cannot be read."""
    try:
        return address_of(text, origin, [read for read in reads if read.name == "PORT"], expanded=bool(reads))
    except AddressError as error:
        unknown = Unknown(str(error), origin.span)
        return Address(text, text.rpartition(":")[0] or unknown, unknown, origin=origin)


def _text(setting: Setting | None, default: str) -> str:
    if setting is None:
        return default
    if isinstance(setting.value, Unknown):
        names = [read.name for read in setting.environment]
        return f"${names[0]}" if names else "$UNKNOWN"
    return str(setting.value)
