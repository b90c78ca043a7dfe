"""Task runners: make, npm, honcho, supervisord, invoke, and the scripts that a project defines for itself."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flaskprod_lint.inputs import python, shell
from flaskprod_lint.resolve.commands import launch, longrunning, service_folders
from flaskprod_lint.resolve.commands.calls import Program
from flaskprod_lint.resolve.commands.state import LIKELY, Argument, Link, State
from flaskprod_lint.resolve.commands.walk import MAX_DEPTH, Walker
from flaskprod_lint.source import Located, Place, Source, Span

if TYPE_CHECKING:
    from flaskprod_lint.inputs import makefile
    from flaskprod_lint.inputs.supervisord import SupervisedProgram

_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")


def follow(walker: Walker, state: State, program: Program) -> bool:
    """Follow a program that runs what a file of the project says; False when it is no such program."""
    runner = _RUNNERS.get(program.name)
    if runner is not None and runner(walker, state, program):
        return True
    if service_folders.follow(walker, state, program):
        return True
    return _supervisord(walker, state, program) or _console_script(walker, state, program)


def follow_script_name(walker: Walker, state: State, program: Program) -> bool:
    """After `pipenv run` or `pdm run`: a name that the project's file defines as a command."""
    from flaskprod_lint.inputs import pyproject

    for name, reader in (("Pipfile", pyproject.read_pipfile), ("pyproject.toml", pyproject.read)):
        path = _file(walker, state, name)
        facts = walker.context.project.facts(path, reader) if path else None
        scripts = {**facts.scripts, **getattr(facts, "tasks", {})} if facts else {}
        script = scripts.get(program.arguments[0].text)
        if script is None or (name == "pyproject.toml" and re.fullmatch(r"[\w.]+:[\w.]+", script.value)):
            continue
        _shell_line(walker, state, program, script, program.arguments[1:], Link("opaque", f"{name} script"))
        return True
    return False


def _file(walker: Walker, state: State, name: str, folder: str = "") -> str | None:
    if walker.holes.has(state.cwd) or walker.holes.has(folder):
        return None
    found = walker.context.tree.locate(posixpath.join(folder, name), state.cwd)
    return found if isinstance(found, str) and found in walker.context.project else None


def _shell_line(
    walker: Walker, state: State, program: Program, line: Located[str], more: tuple[Argument, ...], link: Link
) -> None:
    """A command that a runner gives to `sh -c`, with what the user added to it."""
    text = line.value + "".join(f" {launch.quoted(argument.text)}" for argument in more)
    inner = launch.child(state, Link(launch.kind_of(walker, "sh"), "sh"), (*program.above, link), program.place, (), [])
    inner.trail = (*state.trail, program.place) if program.place not in state.trail[-1:] else state.trail
    place = Place(line.span, line.value.split("\n")[0].strip())
    inner.here = place
    inner.depth += 1
    if inner.depth < MAX_DEPTH:
        script = launch.locate(walker, text, line.span)
        walker.script(inner, script, last=True)
    state.status = LIKELY
    state.ended = inner.ended if inner.ended in ("server", "loop") else ""


# make


def _make(walker: Walker, state: State, program: Program) -> bool:
    from flaskprod_lint.inputs import makefile

    folder, name, goals, settings = _make_words(program.arguments[1:])
    if folder and not walker.holes.has(state.cwd):
        state.cwd = posixpath.normpath(posixpath.join(state.cwd, folder))
    names = (name,) if name else _MAKEFILES
    path = next((found for candidate in names if (found := _file(walker, state, candidate))), None)
    source = walker.context.project.read(path) if path else None
    facts = walker.context.project.facts(path, makefile.read) if path else None
    if facts is None or source is None:
        return False
    environment = {
        variable: state.variables[variable].text for variable in state.exported if variable in state.variables
    }
    standard = {"MAKE": "make", "SHELL": "/bin/sh", "CURDIR": state.cwd}
    values = {**facts.values({**environment, **standard, **settings}), **settings}
    for variable, value in values.items():
        if facts.export_all or variable in settings or any(v.name == variable and v.exported for v in facts.variables):
            state.assign(variable, makefile.expand(value, values), (), Place(source.line_span(1)))
            state.exported.add(variable)
    done: set[str] = set()
    for goal in goals or ([facts.default] if facts.default else []):
        _target(walker, state, program, facts, source, goal, values, done)
    return True


def _make_words(arguments: tuple[Argument, ...]) -> tuple[str, str, list[str], dict[str, str]]:
    folder, name, goals, settings = "", "", list[str](), dict[str, str]()
    texts = [argument.text for argument in arguments]
    while texts:
        text = texts.pop(0)
        if text in ("-C", "--directory") and texts:
            folder = texts.pop(0)
        elif text in ("-f", "--file", "--makefile") and texts:
            name = texts.pop(0)
        elif text.startswith(("--directory=", "--file=", "--makefile=")):
            option, _, value = text.partition("=")
            folder, name = (value, name) if option == "--directory" else (folder, value)
        elif text.startswith("-"):
            continue
        elif "=" in text:
            variable, _, value = text.partition("=")
            settings[variable] = value
        else:
            goals.append(text)
    return folder, name, goals, settings


def _target(
    walker: Walker,
    state: State,
    program: Program,
    facts: makefile.Makefile,
    source: Source,
    goal: str,
    values: dict[str, str],
    done: set[str],
) -> None:
    from flaskprod_lint.inputs import makefile

    target = facts.targets.get(goal)
    if target is None or goal in done or state.ended:
        return
    done.add(goal)
    for name in target.prerequisites:
        for prerequisite in makefile.expand(name, values).split():
            _target(walker, state, program, facts, source, prerequisite, values, done)
    own = {**values, **{variable.name: variable.value for variable in target.variables}, "@": goal}
    for line in target.recipe:
        if state.ended:
            return
        answers = [condition.holds(own) for condition in line.conditions]
        if False in answers:
            continue
        text = makefile.expand(line.text, own)
        inner = state.copy()
        kind = posixpath.basename(own.get("SHELL", "sh"))
        link = Link(launch.kind_of(walker, kind), kind)
        trail = state.trail if program.place in state.trail[-1:] else (*state.trail, program.place)
        side = launch.child(
            inner, link, (*program.above, Link("opaque", "make", place=program.place)), program.place, (), []
        )
        side.trail = trail
        side.sure = side.sure and None not in answers
        side.here = Place(line.span, source.line(line.span.line).strip())
        verbatim = text == line.text
        script = shell.parse(text, source, line.offset) if verbatim else shell.parse(text)
        walker.script(side, script, last=True)
        state.ended = side.ended if side.ended in ("server", "loop") and None not in answers else ""


# npm, yarn


def _npm(walker: Walker, state: State, program: Program) -> bool:
    from flaskprod_lint.inputs import package_json

    words = [
        argument for argument in program.arguments[1:] if not argument.text.startswith("-") or argument.text == "--"
    ]
    if not words:
        return False
    runs = words[0].text in ("run", "run-script")
    rest = words[1:] if runs else words
    shorthand = program.name in ("yarn", "pnpm") or words[0].text in ("start", "test", "stop", "restart")
    if not rest or not (runs or shorthand):
        return False
    path = _file(walker, state, "package.json")
    facts = walker.context.project.facts(path, package_json.read) if path else None
    script = facts.scripts.get(rest[0].text) if facts else None
    if script is None or facts is None:
        return False
    before = facts.scripts.get("pre" + rest[0].text)
    link = Link("opaque", program.name, place=program.place)
    if before is not None:
        _shell_line(walker, state, program, before, (), link)
    more = tuple(argument for argument in rest[1:] if argument.text != "--")
    _shell_line(walker, state, program, script, more, link)
    return True


# honcho, foreman


def _honcho(walker: Walker, state: State, program: Program) -> bool:
    from flaskprod_lint.inputs import procfile

    words, name = [], "Procfile"
    texts = [argument.text for argument in program.arguments[1:]]
    while texts:
        text = texts.pop(0)
        if text in ("-f", "--procfile") and texts:
            name = texts.pop(0)
        elif text in ("-e", "--env", "-p", "--port", "-d", "--app-root", "-c", "--concurrency", "-m") and texts:
            texts.pop(0)
        elif not text.startswith("-"):
            words.append(text)
    path = _file(walker, state, name)
    facts = walker.context.project.facts(path, procfile.read) if path else None
    if facts is None or not words or words[0] not in ("start", "run"):
        return False
    wanted = words[1:] or [entry.name.value for entry in facts.entries]
    for entry in (facts.find(one) for one in wanted):
        if entry is not None:
            side = state.copy()
            _shell_line(walker, side, program, entry.command, (), Link("group", program.name, place=program.place))
    state.ended = "server"
    return True


# supervisord


def _supervisord(walker: Walker, state: State, program: Program) -> bool:
    if program.name not in ("supervisord", "supervisord.py"):
        return False
    texts = [argument.text for argument in program.arguments[1:]]
    named = next((texts[i + 1] for i, text in enumerate(texts[:-1]) if text in ("-c", "--configuration")), None)
    named = named or next((text.partition("=")[2] for text in texts if text.startswith("--configuration=")), None)
    standard = ("supervisord.conf", "etc/supervisord.conf", "/etc/supervisord.conf", "/etc/supervisor/supervisord.conf")
    path = next((found for name in ((named,) if named else standard) if (found := _file(walker, state, name))), None)
    programs = [one for file in _supervisor_files(walker, path, named) for one in _supervised(walker, file)]
    for one in programs:
        _start_supervised(walker, state, program, one)
    if programs:
        state.ended = "server"
    return bool(programs)


def _supervisor_files(walker: Walker, path: str | None, named: str | None) -> list[str]:
    """The main file and those that it includes; the one that Debian brings includes all of conf.d."""
    from flaskprod_lint.inputs import supervisord

    facts = walker.context.project.facts(path, supervisord.read) if path else None
    patterns = [pattern for found in facts.includes for pattern in found.value.split()] if facts else []
    if path is None and named in (None, "/etc/supervisor/supervisord.conf"):
        patterns = ["/etc/supervisor/conf.d/*.conf"]
    found = [path] if path else []
    for file in walker.context.project.paths:
        if file.endswith((".conf", ".ini")) and file != path:
            places = walker.context.tree.paths_of(file)
            if any(fnmatch.fnmatch(place, pattern) for place in places for pattern in patterns):
                found.append(file)
    return found


def _supervised(walker: Walker, path: str) -> list[SupervisedProgram]:
    from flaskprod_lint.inputs import supervisord

    facts = walker.context.project.facts(path, supervisord.read)
    return [one for one in facts.programs if one.command is not None and one.autostart] if facts else []


def _start_supervised(walker: Walker, state: State, program: Program, one: SupervisedProgram) -> None:
    if one.command is None:
        return
    side = state.copy()
    side.trail = state.trail if program.place in state.trail[-1:] else (*state.trail, program.place)
    if one.directory is not None:
        side.cwd = posixpath.normpath(posixpath.join(state.cwd, one.directory.value))
    side.user = one.user.value if one.user is not None else ""
    for name, value in one.environment:
        side.assign(name.value, value.value, (), Place(value.span))
        side.exported.add(name.value)
    arguments = tuple(_plain_words(walker, one.command))
    link = Link("forward", "supervisord", place=program.place)
    if arguments:
        place = Place(one.command.span, one.command.value.split("\n")[0])
        walker.start(side, Program(arguments, (*program.above, link), place, by_shell=False))


def _plain_words(walker: Walker, command: Located[str]) -> Iterator[Argument]:
    """The words of a command that is split as by a shell and not expanded."""
    from flaskprod_lint.inputs import shell_words

    script = launch.locate(walker, command.value, command.span)
    for word in shell_words.split(command.value, script.offset):
        text = "".join(part.text if isinstance(part, shell.Literal) else part.raw for part in word.parts)
        text = re.sub(r"%\(ENV_(\w+)\)s", lambda match: _environment(walker, match.group(1)), text).replace("%%", "%")
        yield Argument(text, word.raw, at=script.span(word.start, word.end) or command.span)


def _environment(walker: Walker, name: str) -> str:
    setting = walker.context.variables.get(name)
    if setting is not None and isinstance(setting.value, str):
        return setting.value
    return walker.hole(f"{name} is read by supervisord when it starts", f"%(ENV_{name})s")


# invoke


def _invoke(walker: Walker, state: State, program: Program) -> bool:
    """`invoke serve` whose task is one `c.run("…")` with a literal."""
    import ast

    names = [argument.text for argument in program.arguments[1:] if not argument.text.startswith("-")]
    path = _file(walker, state, "tasks.py")
    source = walker.context.project.read(path) if path else None
    if source is None or not names:
        return False
    tree = python.syntax(source)
    if tree is None:
        return False
    wanted = names[0].replace("-", "_")
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == wanted:
            lines = [found for found in ast.walk(node) if _is_run(found)]
            if len(lines) == 1 and isinstance(lines[0], ast.Call) and isinstance(lines[0].args[0], ast.Constant):
                text = str(lines[0].args[0].value)
                at = lines[0].args[0]
                span = Span(source.path, at.lineno, at.col_offset + 1, at.end_lineno or 0, (at.end_col_offset or 0) + 1)
                _shell_line(walker, state, program, Located(text, span), (), Link("opaque", "invoke"))
                return True
    return False


def _is_run(node: object) -> bool:
    import ast

    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "run"
        and bool(node.args)
    )


# The project's own console scripts


def _console_script(walker: Walker, state: State, program: Program) -> bool:
    """A command that `[project.scripts]` or setup.py defines: a step that says which function it calls."""
    name = program.name
    if not re.fullmatch(r"[A-Za-z][\w.-]*", name) or name in longrunning.APP_SERVERS:
        return False
    entry = _entry_point(walker, name)
    if not entry:
        return False
    launch.record(walker, state, program, entry_point=entry)
    return True


def _entry_point(walker: Walker, name: str) -> str:
    from flaskprod_lint.inputs import pyproject

    project = walker.context.project
    for path in project.paths:
        base = posixpath.basename(path)
        if path.count("/") > 2 or base not in ("pyproject.toml", "setup.py", "setup.cfg"):
            continue
        if base == "pyproject.toml":
            facts = project.facts(path, pyproject.read)
            script = facts.scripts.get(name) if facts else None
            if script is not None and re.fullmatch(r"[\w.]+:[\w.]+", script.value.strip()):
                return script.value.strip()
            continue
        source = project.read(path)
        match = re.search(rf"(?m)^[\s\"'\[]*{re.escape(name)}\s*=\s*([\w.]+:[\w.]+)", source.text) if source else None
        if match:
            return match.group(1)
    return ""


_RUNNERS = {
    "make": _make,
    "gmake": _make,
    "npm": _npm,
    "yarn": _npm,
    "pnpm": _npm,
    "honcho": _honcho,
    "foreman": _honcho,
    "invoke": _invoke,
    "inv": _invoke,
}
