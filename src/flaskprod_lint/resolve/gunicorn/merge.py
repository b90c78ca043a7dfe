"""The settings in effect: defaults, then the configuration file, then GUNICORN_CMD_ARGS, then the command line."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from flaskprod_lint.model import NOWHERE, Override, Refusal, Setting, Step, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.gunicorn import config_file, defaults
from flaskprod_lint.resolve.gunicorn.command_line import CommandLine, Given, parse
from flaskprod_lint.resolve.gunicorn.config_file import DOES_NOT_START, ConfigFile, FileValue
from flaskprod_lint.resolve.gunicorn.locating import place_of_option
from flaskprod_lint.resolve.gunicorn.missing import is_missing
from flaskprod_lint.resolve.gunicorn.table import Known, settings_of
from flaskprod_lint.resolve.gunicorn.validators import RefusalError, validate
from flaskprod_lint.resolve.servers.step_words import Word, place_of
from flaskprod_lint.resolve.unexpanded import VARIABLE
from flaskprod_lint.source import Place

#: How argparse says that a value is no number.
_NO_NUMBER = regex(r"argument (?:-\w/)?([\w-]+): invalid (?:int|auto_int) value: ")
#: What Gunicorn takes for a pattern of files.
_GLOB = regex(r"[*?\[]")


@dataclass
class Resolved:
    """What Gunicorn makes of a command. `refusals` say why it would exit at once, `ignored` are names it overlooks.

    `target` is the word that names the application, with the place that says it.
    """

    settings: dict[str, Setting] = field(default_factory=dict)
    version: str | None = None
    target: Word | None = None
    target_origin: Place = NOWHERE
    file: ConfigFile | None = None
    refusals: list[Refusal] = field(default_factory=list)
    only_prints: str = ""


def resolve(words: Sequence[Word], step: Step, context: Context) -> Resolved:
    """The settings of `gunicorn words…`; `context` is at the folder, and has the variables, that it starts with."""
    package = context.packages.find("gunicorn")
    resolved = Resolved(version=package.version if package else None)
    known = settings_of(resolved.version)
    line = parse(words, known)
    environment, environment_place = _environment_line(context, known, resolved)
    _note_refusal(line, _refused_place(line, words, step), "", resolved)
    _note_refusal(environment, environment_place, "GUNICORN_CMD_ARGS: ", resolved)
    resolved.only_prints = line.only_prints or environment.only_prints
    resolved.file = _load_file(line, environment, environment_place, words, step, context, known)
    for name, setting in known.items():
        merging = _Merging(setting, resolved, context, step, words)
        merging.default()
        if name == "default_proc_name" and line.positionals:
            merging.setting = Setting(name, line.positionals[0].unknown or line.positionals[0].text, step.origin)
        merging.file()
        merging.line(environment, environment_place)
        merging.line(line, None)
        resolved.settings[name] = merging.setting
    if resolved.file is not None and resolved.file.refusal is not None:
        resolved.refusals.append(resolved.file.refusal)
    _set_target(line, words, step, resolved)
    return resolved


def resolve_file(file: ConfigFile, version: str | None, step: Step, context: Context) -> Resolved:
    """The settings of a program that takes them from one place of its own and nothing else."""
    resolved = Resolved(version=version, file=file)
    for name, setting in settings_of(version).items():
        merging = _Merging(setting, resolved, context, step, ())
        merging.default()
        merging.file()
        resolved.settings[name] = merging.setting
    return resolved


def _note_refusal(line: CommandLine, place: Place, prefix: str, resolved: Resolved) -> None:
    if line.refusal:
        sure = not line.loose or line.refusal.startswith("unrecognized arguments")
        reason = line.refusal.replace("unrecognized arguments:", "it has no option")
        reason = _NO_NUMBER.sub(r"\1 needs a whole number, not ", reason)
        resolved.refusals.append(Refusal(place.span, f"{prefix}{reason}", "command-line", sure))


def _refused_place(line: CommandLine, words: Sequence[Word], step: Step) -> Place:
    """The word that is refused, where its text is among argparse's."""
    said = line.refusal.rpartition(": ")[2].split()
    refused = [word for word in words if word.text and {word.text, repr(word.text)} & set(said)]
    return place_of(refused[0], step) if refused else step.origin


def _environment_line(context: Context, known: Mapping[str, Known], resolved: Resolved) -> tuple[CommandLine, Place]:
    setting = context.variables.get("GUNICORN_CMD_ARGS")
    if setting is None:
        return CommandLine(), NOWHERE
    place = Place(setting.origin.span, defaults.with_name("GUNICORN_CMD_ARGS", setting.origin.note))
    if not isinstance(setting.value, str):
        reason = setting.value.reason if isinstance(setting.value, Unknown) else "not text"
        return CommandLine(loose=[Word("", unknown=Unknown(f"GUNICORN_CMD_ARGS: {reason}", place.span))]), place
    try:
        texts = shlex.split(setting.value)
    except ValueError as error:
        resolved.refusals.append(Refusal(place.span, f"GUNICORN_CMD_ARGS cannot be read: {error}"))
        return CommandLine(), place
    line = parse([Word(text) for text in texts], known)
    line.positionals = []
    return line, place


def _load_file(
    line: CommandLine,
    environment: CommandLine,
    environment_place: Place,
    words: Sequence[Word],
    step: Step,
    context: Context,
    known: Mapping[str, Known],
) -> ConfigFile | None:
    """The one file that is loaded: that of the command line, else of GUNICORN_CMD_ARGS, else ./gunicorn.conf.py."""
    for given_by, place in ((line, None), (environment, environment_place)):
        given = given_by.given.get("config")
        if given and given[-1].value:
            origin = place or place_of_option(given[-1], words, step)
            return config_file.load(given[-1].value, origin, step, context, known)
    return config_file.load(None, NOWHERE, step, context, known)


def _set_target(line: CommandLine, words: Sequence[Word], step: Step, resolved: Resolved) -> None:
    setting = resolved.settings.get("wsgi_app")
    if line.positionals:
        resolved.target = line.positionals[0]
        found = [word for word in words if word.text == resolved.target.text]
        resolved.target_origin = place_of(found[0], step) if found else step.origin
    elif setting is not None and isinstance(setting.value, str):
        resolved.target, resolved.target_origin = Word(setting.value), setting.origin
    elif setting is not None and isinstance(setting.value, Unknown):
        resolved.target, resolved.target_origin = Word("", unknown=setting.value), setting.origin
    elif not line.refusal and not resolved.only_prints and resolved.settings["paste"].value is None:
        if resolved.file is not None and resolved.file.refusal is not None:
            return
        named = resolved.file is not None and resolved.file.hidden is not None
        sure = not named and not line.loose
        resolved.refusals.append(Refusal(step.origin.span, "no application is named", "application", sure=sure))


class _Merging:
    """One setting, taken through the places that may set it, from the weakest to the strongest."""

    def __init__(self, known: Known, resolved: Resolved, context: Context, step: Step, words: Sequence[Word]) -> None:
        self.known, self.resolved, self.context = known, resolved, context
        self.step, self.words = step, words
        self.setting = Setting(known.name, None)

    def default(self) -> None:
        try:
            setting = defaults.default_of(self.known, self.context)
        except RefusalError as error:
            variable = self.context.variables[str(self.known.derived)]
            self.resolved.refusals.append(Refusal(variable.span, str(error), "variable", instead=f"{variable.name}=3"))
            unknown = Unknown(f"{DOES_NOT_START}: {error}", variable.span)
            setting = Setting(self.known.name, unknown, variable.origin, is_default=True)
        self.setting = setting if setting.value is None else replace(setting, value=self._validated(setting))

    def file(self) -> None:
        file = self.resolved.file
        if file is None:
            return
        value = file.values.get(self.known.name)
        if value is not None:
            self._set(self._of_file(value), value.overrides)
        if file.hidden is not None and value is None:
            self._hide(file.hidden)

    def line(self, line: CommandLine, place: Place | None) -> None:
        """What a command line gives; `place` is that of GUNICORN_CMD_ARGS."""
        given = line.given.get(self.known.name)
        if given is None:
            for word in line.loose:
                self._loosen(word)
            return
        origin = place or self._place(given[-1])
        reads = tuple(read for each in given if each.word for read in each.word.reads)
        if self.known.action == "append":
            self._set(Setting(self.known.name, [_text(each) for each in given], origin, environment=reads))
            return
        beaten = tuple(Override(each.value, place or self._place(each)) for each in given[:-1])
        last = given[-1].word.reads if given[-1].word else ()
        self._set(Setting(self.known.name, given[-1].value, origin, environment=last), overrides=beaten[::-1])

    def _place(self, given: Given) -> Place:
        return place_of_option(given, self.words, self.step)

    def _of_file(self, value: FileValue) -> Setting:
        origin = Place(value.at) if value.at else (self.resolved.file.origin if self.resolved.file else NOWHERE)
        return Setting(self.known.name, value.data, origin, environment=value.reads, sure=value.sure)

    def _set(self, setting: Setting, overrides: Sequence[Override] = ()) -> None:
        """Let a value take the place of what was there."""
        before = self.setting
        built_in = before.is_default and not any(read.is_set for read in before.environment)
        beaten = () if built_in else (Override(before.value, before.origin), *before.overrides)
        self.setting = replace(setting, value=self._validated(setting), overrides=(*overrides, *beaten))

    def _validated(self, setting: Setting) -> Any:
        value = setting.value
        if _unknown_part(value) is not None:
            return value
        try:
            made = validate(self.known.validator, value)
            self._see_files(made)
        except RefusalError as error:
            reason = f"`{self.known.name}`: {error}"
            sure = setting.sure and all(read.is_set is not None for read in setting.environment)
            self.resolved.refusals.append(
                Refusal(setting.origin.span, reason, sure=sure, instead=self._instead(setting.origin))
            )
            return Unknown(f"{DOES_NOT_START}: {reason}", setting.span)
        if self.known.validator == "chdir" and isinstance(made, str):
            return posixpath.normpath(posixpath.join(self.context.cwd, made))
        return made

    def _instead(self, origin: Place) -> str:
        """A value that is taken, in the words of the place."""
        value = 3 if self.known.name == "workers" else True if self.known.validator == "bool" else self.known.default
        if value is None or isinstance(value, (list, dict)):
            return ""
        if origin.path.endswith(".py"):
            return f"{self.known.name} = {value!r}"
        return f"{self.known.flags[-1]} {value}" if self.known.flags and not isinstance(value, bool) else ""

    def _see_files(self, made: Any) -> None:
        """Look for the folder or files that Gunicorn looks for. Raises RefusalError."""
        is_files = self.known.validator in ("list_of_existing_files", "list_of_files_or_patterns")
        paths = made if is_files else [made] if self.known.validator == "chdir" else []
        for path in paths:
            is_pattern = self.known.validator == "list_of_files_or_patterns" and _GLOB.search(str(path))
            if isinstance(path, str) and not is_pattern and is_missing(path, self.context):
                raise RefusalError(f"{path} does not exist where Gunicorn starts")

    def _hide(self, unknown: Unknown) -> None:
        """Something that cannot be read may have set it."""
        self._set(Setting(self.known.name, unknown, Place(unknown.at)))

    def _loosen(self, word: Word) -> None:
        """A word of the command line that may hold any options: none, as long as its variables stay unset."""
        if word.reads and all(read.is_set is None for read in word.reads):
            self.setting = replace(self.setting, environment=(*self.setting.environment, *word.reads))
            return
        reason = word.unknown.reason if word.unknown else ""
        text = f"{word.text} may hold more options: {reason}" if word.text else reason
        self._hide(Unknown(text, word.unknown.at if word.unknown else None))


def _text(given: Given) -> Any:
    """A value of a list as text: with the names of its variables where these are not known.

    What the manifest itself fills in has no name in the process: such a value is not known.
    """
    if not isinstance(given.value, Unknown):
        return given.text
    read = given.word is not None and given.word.reads
    return given.text if read and VARIABLE.search(given.text) else given.value


def _unknown_part(value: Any) -> Unknown | None:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, list):
        return next((item for item in value if isinstance(item, Unknown)), None)
    return None
