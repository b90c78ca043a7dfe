"""Gunicorn's command line, read by argparse itself with the options of the version at hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.gunicorn.table import Known
from flaskprod_lint.resolve.servers.step_words import Word

if TYPE_CHECKING:
    import argparse

#: Carries the number of a word through argparse, so that a value can be traced to the word that it came from.
_MARK = regex("\ue000(\\d+)\ue001")
_SHOWN_MARK = regex(r"(\\ue000|\ue000)\d+(\\ue001|\ue001)")


@dataclass(frozen=True)
class Given:
    """A setting given once on a command line: `text` as written, `value` after argparse, the flag used, the word.

    `value` is Unknown when the word is not known (`text` then still says what is).
    """

    name: str
    value: Any
    text: str
    flag: str
    word: Word | None = None


@dataclass
class CommandLine:
    """What a command line gives. `refusal` is argparse's own objection: Gunicorn would exit with it.

    `loose` are words that may hold any options, or none. `only_prints` is the flag (--help, --version …) that makes
    Gunicorn print and exit.
    """

    given: dict[str, list[Given]] = field(default_factory=dict)
    positionals: list[Word] = field(default_factory=list)
    refusal: str = ""
    loose: list[Word] = field(default_factory=list)
    only_prints: str = ""


def parse(words: Sequence[Word], known: Mapping[str, Known]) -> CommandLine:
    """Read the arguments that follow the program's name."""
    kept, loose = _without_loose(words, known)
    line = _parse(kept, known)
    if loose and not line.positionals and not line.refusal:
        line.positionals.append(loose.pop())
    line.loose = loose
    return line


def _without_loose(words: Sequence[Word], known: Mapping[str, Known]) -> tuple[list[Word], list[Word]]:
    """The words without those of which nothing is known, unless they are the value of an option."""
    valued = {flag for setting in known.values() if _takes_value(setting) for flag in setting.flags}
    kept: list[Word] = []
    loose: list[Word] = []
    before = ""
    for word in words:
        into = loose if word.is_only_a_variable and not _wants_value(before, valued) else kept
        into.append(word)
        before = word.text if into is kept else ""
    return kept, loose


def _wants_value(flag: str, valued: set[str]) -> bool:
    if flag in valued:
        return True
    return flag.startswith("--") and "=" not in flag and any(name.startswith(flag) for name in valued)


def _takes_value(setting: Known) -> bool:
    return setting.action in ("store", "append") and setting.nargs is None


class _LineError(Exception):
    """argparse's objection."""


def _parse(words: Sequence[Word], known: Mapping[str, Known]) -> CommandLine:
    line = CommandLine()
    parser = _parser(known, words, line)
    try:
        found = parser.parse_args([_marked(number, word) for number, word in enumerate(words)])
    except _LineError as error:
        line.refusal = _SHOWN_MARK.sub("", str(error))
    except (ValueError, TypeError, IndexError) as error:
        # argparse itself trips over some nonsense (an empty prefix, say), and Gunicorn with it.
        line.refusal = str(error)
    else:
        line.positionals = [_word(str(text), words) for text in found.args or ()]
    return line


def _marked(number: int, word: Word) -> str:
    """The word's text, with its number if it did not come as it stands; a bare flag needs none."""
    text = word.text
    if not word.reads and word.unknown is None:
        return text
    bare = text.startswith("-") and "=" not in text and (text.startswith("--") or len(text) <= 2)
    return text if bare and word.known else f"{text}\ue000{number}\ue001"


def _word(text: str, words: Sequence[Word]) -> Word:
    mark = _MARK.search(text)
    if mark is None:
        return Word(text)
    word = words[int(mark.group(1))]
    return Word(_MARK.sub("", text), word.reads, word.unknown)


def _parser(known: Mapping[str, Known], words: Sequence[Word], line: CommandLine) -> argparse.ArgumentParser:
    """The parser that Gunicorn makes of its settings, noting what it is given."""
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise _LineError(message)

    class Note(argparse.Action):
        def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
            value = self.const if self.nargs == 0 else values
            given = value if isinstance(value, Given) else Given(self.dest, value, "", "")
            noted = Given(self.dest, given.value, given.text, option_string or "", given.word)
            line.given.setdefault(self.dest, []).append(noted)

    class Prints(argparse.Action):
        def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
            line.only_prints = line.only_prints or option_string or ""

    # A width saves argparse from asking for the terminal's at each option, with a library of archives for it.
    parser = Parser(prog="gunicorn", add_help=False, formatter_class=partial(argparse.HelpFormatter, width=80))
    parser.add_argument("-h", "--help", action=Prints, nargs=0)
    parser.add_argument("-v", "--version", action=Prints, nargs=0)
    parser.add_argument("args", nargs="*")
    for setting in known.values():
        if setting.flags:
            parser.add_argument(*setting.flags, dest=setting.name, action=Note, **_options(setting, words))
    return parser


def _options(setting: Known, words: Sequence[Word]) -> dict[str, Any]:
    if setting.action in ("store_true", "store_const"):
        return {"nargs": 0, "const": True if setting.action == "store_true" else setting.const}
    options: dict[str, Any] = {"type": _converter(setting, words)}
    if setting.nargs:
        options.update(nargs=setting.nargs, const=setting.const)
    return options


def _converter(setting: Known, words: Sequence[Word]) -> Callable[[str], Given]:
    """Argparse's type of a setting: the value with the word that it came from. Raises ValueError as the type would."""
    converters: dict[str, Callable[[str], Any]] = {"int": int, "auto_int": _auto_int}
    convert = converters.get(setting.type, str)

    def make(text: str) -> Given:
        word = _word(text, words)
        if word.unknown is not None:
            return Given(setting.name, word.unknown, word.text, "", word)
        return Given(setting.name, convert(word.text), word.text, "", word)

    make.__name__ = setting.type
    return make


def _auto_int(text: str) -> int:
    """Gunicorn's own: "022" is octal."""
    if re.match(r"0(\d)", text):
        text = text.replace("0", "0o", 1)
    return int(text, 0)
