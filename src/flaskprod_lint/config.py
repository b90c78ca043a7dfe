"""What the project says about its own linting: `[tool.flaskprod-lint]` of pyproject.toml, or flaskprod-lint.toml."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flaskprod_lint.catalogue import RULES
from flaskprod_lint.finding import ITEMS
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, is_inside, read_bytes
from flaskprod_lint.suppress import Suppression

if TYPE_CHECKING:
    from types import ModuleType

SECTION = "[tool.flaskprod-lint]"
#: The output formats; outputs/formats.py says what each is.
FORMATS = (
    "text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown", "html", "badge",
)  # fmt: skip
FAIL_ON = ("error", "warning", "note", "never")
COLORS = ("auto", "always", "never")


class ConfigError(Exception):
    """The configuration or an option is wrong; the message is one line for the person who wrote it."""


@dataclass(frozen=True)
class Config:
    """One run's options, from the configuration file and the command line.

    `select` and `ignore` hold rules and checklist items; `tiers` names of instance sizes and database plans;
    `production` and `development` globs of paths, relative to the project; `today` an ISO date or nothing.
    `formats` are names of output formats, each with the file to write to after a colon if that is not the screen.
    `suppress` silences findings, each with a reason if `require_reason` says so; `baseline` is the file of old ones,
    which counts unless `known` is False; `suppressions` is False where nothing silences. `staged` looks at git's index
    in place of the files, `history` also at all that was ever committed.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "warning"
    platform: str | None = None
    tiers: tuple[str, ...] = ()
    db_connections: int | None = None
    instances: int | None = None
    production: tuple[str, ...] = ()
    development: tuple[str, ...] = ()
    today: str = ""
    formats: tuple[str, ...] = ()
    output: str | None = None
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    suppress: tuple[Suppression, ...] = ()
    require_reason: bool = False
    baseline: str = ""
    known: bool = True
    suppressions: bool = True
    staged: bool = False
    history: bool = False
    origin: str = ""

    @property
    def format(self) -> str:
        """Text or json, for commands that have no other."""
        return next((name for name in self.formats if name in ("text", "json")), "text")


def load_config(root: Path, file: Path | None = None) -> Config:
    """The configuration of the project at `root`, or the one in `file` if that is given.

    Raises ConfigError for whatever a person should mend before the result can be trusted.
    """
    if file is not None:
        if not file.is_file():
            raise ConfigError(f"{file}: there is no such configuration file")
        return _load(file, required=True) or Config()
    own, shared = root / "flaskprod-lint.toml", root / "pyproject.toml"
    found = [config for config in (_load(own), _load(shared)) if config is not None]
    if len(found) > 1:
        raise ConfigError(f"{own} and {SECTION} in {shared} both configure flaskprod-lint: keep one of them")
    return _at_home(found[0], root) if found else Config()


def _at_home(config: Config, root: Path) -> Config:
    """The project's own configuration, whose files are the project's: it names none elsewhere to read or to write."""
    for name in filter(None, (config.output, config.baseline, *(named_format(text)[1] for text in config.formats))):
        check_inside(root, name, config.origin)
    formats = (named_format(text) for text in config.formats)
    return replace(
        config,
        output=str(root / config.output) if config.output else None,
        formats=tuple(f"{name}:{root / file}" if file else name for name, file in formats),
    )


def check_inside(root: Path, name: str, origin: str) -> None:
    """Raise ConfigError where a file of that name would not be in the project at `root`, or be one of its git's.

    A project that somebody else wrote is not to choose which file of this machine is read or written over.
    """
    top, file = os.path.realpath(root), os.path.realpath(root / name)
    if not is_inside(file, top):
        raise ConfigError(f"{origin}: {name} is not in the project; name it on the command line")
    if ".git" in Path(file[len(top) :].lower()).parts:
        raise ConfigError(f"{origin}: {name} is one of git's own files")


def names_of_rules(names: Iterable[str]) -> tuple[str, ...]:
    """The names as given, once each is a rule or a checklist item."""
    names, known = tuple(names), (*RULES, *ITEMS)
    for name in names:
        if name not in known:
            raise ConfigError(f"there is no rule or checklist item {name!r}{nearest(name, known)}")
    return names


def nearest(name: str, known: Iterable[str]) -> str:
    """ "; did you mean …?" with the known name that is most like `name`, or nothing when none is."""
    from difflib import get_close_matches

    close = get_close_matches(name.lower(), list(known), n=1, cutoff=0.55)
    return f"; did you mean {close[0]!r}?" if close else ""


def _load(file: Path, *, required: bool = False) -> Config | None:
    """The configuration in a TOML file; None when the file does not configure us."""
    try:
        if not file.is_file():
            return None
        data = read_bytes(str(file))
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror or error}") from None
    except ValueError as error:
        raise ConfigError(f"{file}: {error}") from None
    shared = file.name == "pyproject.toml"
    if shared and not required and b"flaskprod-lint" not in data:
        return None
    table = _parse(file, data)
    if shared:
        tool = table.get("tool", {})
        section = tool.get("flaskprod-lint") if isinstance(tool, dict) else None
        if section is None and not required:
            return None
        table = {} if section is None else section
        if not isinstance(table, dict):
            raise ConfigError(f"{file}: tool.flaskprod-lint must be a table")
    return _Reader(file, data.decode("utf-8", "replace"), SECTION if shared else "").config(table)


def _parse(file: Path, data: bytes) -> dict[str, Any]:
    toml = _toml()
    try:
        parsed: dict[str, Any] = toml.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: not UTF-8, so not TOML") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: not valid TOML: {' '.join(str(error).split())}") from None
    return parsed


def _toml() -> ModuleType:
    if sys.version_info >= (3, 11):
        import tomllib

        return tomllib
    import tomli

    return tomli


class _Reader:
    """Checks the keys and values of one table, and says where a wrong one stands."""

    def __init__(self, file: Path, text: str, section: str) -> None:
        self.file = file
        self.text = text
        self.section = section

    def config(self, table: Mapping[str, Any]) -> Config:
        values: dict[str, Any] = {"origin": str(self.file)}
        for key, value in table.items():
            if key not in _KEYS:
                hint = "; here the keys stand by themselves" if key == "tool" else nearest(key, _KEYS)
                raise self.error(key, f"unknown key {key!r}{hint}")
            field, read = _KEYS[key]
            try:
                values[field] = read(value)
            except ConfigError as error:
                raise self.error(key, f"{key}: {error}") from None
        if "tier" in table and "tiers" in table:
            raise self.error("tier", "tier and tiers say the same: keep one of them")
        return replace(Config(), **values)

    def error(self, key: str, message: str) -> ConfigError:
        """The message with the file and, when the key stands on a line of its own, that line."""
        start = max(0, self.text.find(self.section))
        found = re.compile(rf"^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*=", re.M).search(self.text, start)
        line = f":{self.text.count(chr(10), 0, found.start()) + 1}" if found else ""
        return ConfigError(f"{self.file}{line}: {message}")


def _strings(value: object) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ConfigError(f"must be a list of strings, not {_described(value)}")
    for item in items:
        if not isinstance(item, str):
            raise ConfigError(f"must be a list of strings, without {_described(item)}")
    return tuple(items)


def _rules(value: object) -> tuple[str, ...]:
    return names_of_rules(_strings(value))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(f"must be a string, not {_described(value)}")
    return value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigError(f"must be a whole number from 1, not {_described(value)}")
    return value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"must be true or false, not {_described(value)}")
    return value


def _date(value: object) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ConfigError(f"must be a date such as 2026-11-24, not {_described(value)}") from None


def _one_of(choices: tuple[str, ...]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in choices:
            hint = nearest(value, choices) if isinstance(value, str) else ""
            raise ConfigError(f"must be one of {', '.join(choices)}, not {_described(value)}{hint}")
        return str(value)

    return read


_SUPPRESS_KEYS = ("rule", "rules", "path", "reason", "until")


def _suppressions(value: object) -> tuple[Suppression, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ConfigError(f"must be tables, each [[suppress]], not {_described(value)}")
    return tuple(map(_suppression, value))


def _suppression(entry: Mapping[str, object]) -> Suppression:
    for key in entry:
        if key not in _SUPPRESS_KEYS:
            raise ConfigError(f"unknown key {key!r}{nearest(key, _SUPPRESS_KEYS)}")
    rules = names_of_rules(_strings(entry.get("rules", entry.get("rule", []))))
    if not rules or "path" not in entry:
        raise ConfigError("each table needs a rule and a path (a glob: deploy/*.yaml)")
    until = _date(entry["until"]) if "until" in entry else ""
    reason = _text(entry["reason"]) if "reason" in entry else ""
    path = _text(entry["path"])
    origin = Place(None, f"suppressed in the configuration: {', '.join(rules)} in {path}")
    return Suppression(rules, path, origin, kind="config", reason=reason, until=until)


def named_format(text: str) -> tuple[str, str | None]:
    """A format, and the file to write it to, of `sarif:report.sarif`. Raises ConfigError for a name that is none."""
    name, colon, file = text.partition(":")
    if name not in FORMATS:
        raise ConfigError(f"{name!r} is not one of {', '.join(FORMATS)}{nearest(name, FORMATS)}")
    if colon and not file:
        raise ConfigError(f"{text!r} names no file after the colon")
    return name, file or None


def _formats(value: object) -> tuple[str, ...]:
    names = _strings(value)
    for name in names:
        named_format(name)
    return names


def _described(value: object) -> str:
    names = {bool: str(value).lower(), int: str(value), float: str(value), list: "a list", dict: "a table"}
    return repr(value) if isinstance(value, str) else names.get(type(value), f"a {type(value).__name__}")


#: What may stand in the file, the field of Config that it fills, and how its value is read.
_KEYS: dict[str, tuple[str, Callable[[object], object]]] = {
    "select": ("select", _rules),
    "ignore": ("ignore", _rules),
    "fail-on": ("fail_on", _one_of(FAIL_ON)),
    "platform": ("platform", _text),
    "tier": ("tiers", _strings),
    "tiers": ("tiers", _strings),
    "db-connections": ("db_connections", _count),
    "instances": ("instances", _count),
    "production": ("production", _strings),
    "development": ("development", _strings),
    "today": ("today", _date),
    "suppress": ("suppress", _suppressions),
    "require-reason": ("require_reason", _switch),
    "baseline": ("baseline", _text),
    "format": ("formats", _formats),
    "output": ("output", _text),
    "color": ("color", _one_of(COLORS)),
    "quiet": ("quiet", _switch),
    "verbose": ("verbose", _switch),
}
