"""The ini files of uWSGI as it reads them: files within files, placeholders, conditions and loops.

What a condition or a loop decides is unknown, unless it is a variable that is set (uWSGI's "Configuration logic").
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import field, replace

from flaskprod_lint.inputs import uwsgi_ini
from flaskprod_lint.inputs.uwsgi_ini import IniOption
from flaskprod_lint.model import EnvironmentRead, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.servers.options import Line
from flaskprod_lint.source import Place

#: Files within files beyond this depth are not read.
_MAX_DEPTH = 10
_FILES = ("ini", "include", "inherit")
_ENDS = ("endif", "end-if", "endfor", "end-for")
#: What is left of a text that uWSGI would complete: a placeholder, one of its magic letters, the content of a file.
_OPEN = regex(r"%\(|@\(|(?<!%)%[a-zA-Z]\b")
_PLACEHOLDER = regex(r"%\((\w[\w-]*)\)")
_VARIABLE = regex(r"\$\((\w+)\)")


@dataclass
class Reading:
    """One command's reading of ini files into its `line`; `hidden` is why options may be missing.

    `names` gives an option the name under which it is kept, None for one that is off. `scopes` are the conditions and
    loops around the present option: False for one that does not hold, a reason for one that is not known.
    """

    line: Line
    context: Context
    names: Callable[[str, str], str | None]
    placeholders: dict[str, str] = field(default_factory=dict)
    scopes: list[bool | Unknown] = field(default_factory=list)
    hidden: Unknown | None = None

    def file(self, path: str, section: str, depth: int = 0) -> None:
        """Take in a section of a file of the project, with the files and sections that it names."""
        options = self.context.project.facts(path, uwsgi_ini.read) or ()
        own = [option for option in options if option.section == section]
        self.placeholders |= {option.name.value: option.value.value for option in own}
        self.placeholders |= dict(_placeholder(option.value.value) for option in own if _is_placeholder(option))
        for option in own:
            self._option(option, path, depth)

    def _option(self, option: IniOption, path: str, depth: int) -> None:
        name = option.name.value
        if name.startswith(("if-", "for-")) or name in ("if", "for"):
            self.scopes.append(self._holds(option))
        elif name in _ENDS:
            self.scopes[-1:] = []
        elif False not in self.scopes:
            text, reads = self._expanded(option.value.value, path)
            if name in _FILES:
                self._another(text, option, path, depth)
            else:
                self._add(option, text, reads)

    def _holds(self, option: IniOption) -> bool | Unknown:
        """Whether the options below are read; a loop reads them as often as there is something to loop over."""
        name, value = option.name.value, option.value.value
        unknown = Unknown(f"it stands below `{name} = {value}`", option.value.span)
        if name not in ("if-env", "if-not-env"):
            return unknown
        is_set = value in self.context.variables
        if not is_set and self.context.open_environment:
            return unknown
        return is_set == (name == "if-env")

    def _another(self, text: str, option: IniOption, path: str, depth: int) -> None:
        """Read another file, or another section of this one (`ini = :name`)."""
        file, _, section = text.partition(":")
        found = self._located(file, path) if file else path
        unsure = any(isinstance(scope, Unknown) for scope in self.scopes)
        if found is None or depth >= _MAX_DEPTH or (unsure and depth):
            self.hidden = Unknown(f"{text} is not read", option.value.span)
            return
        self.file(found, section or "uwsgi", depth + 1)

    def _located(self, file: str, path: str) -> str | None:
        beside = posixpath.join(posixpath.dirname(path), file)
        found = self.context.tree.locate(file, self.context.cwd)
        found = found if isinstance(found, str) else beside
        return found if found in self.context.project else None

    def _add(self, option: IniOption, text: str, reads: tuple[EnvironmentRead, ...]) -> None:
        name = self.names(option.name.value, text)
        if name is None:
            return
        place = Place(option.value.span, f"{option.name.value} = {option.value.value}")
        setting = Setting(name, text, place, environment=reads)
        reason = next((scope for scope in self.scopes if isinstance(scope, Unknown)), None)
        if reason is None and _OPEN.search(text):
            reason = Unknown(f"uWSGI completes {option.value.value}", option.value.span)
        if reason is not None:
            setting = replace(setting, value=reason, sure=False)
        self.line.given.setdefault(name, []).append(setting)

    def _expanded(self, text: str, path: str) -> tuple[str, tuple[EnvironmentRead, ...]]:
        """The value with $(VARIABLES), %(options) and %d, the folder of the file, where they are known."""
        reads: list[EnvironmentRead] = []
        variables: Mapping[str, Setting] = self.context.variables

        def variable(match: re.Match[str]) -> str:
            found = variables.get(match[1])
            reads.append(EnvironmentRead(match[1], is_set=True if found else None))
            return found.value if found is not None and isinstance(found.value, str) else f"${{{match[1]}}}"

        folder = next(iter(self.context.tree.paths_of(path)), "").rpartition("/")[0]
        text = text.replace("%d", f"{folder}/") if folder else text
        text = _PLACEHOLDER.sub(lambda match: self.placeholders.get(match[1], match[0]), text)
        return _VARIABLE.sub(variable, text), tuple(reads)


def _is_placeholder(option: IniOption) -> bool:
    return option.name.value in ("set-placeholder", "set-ph", "set") and "=" in option.value.value


def _placeholder(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()
