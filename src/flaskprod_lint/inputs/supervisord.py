"""Supervisord's configuration: the programs it starts."""

from __future__ import annotations

from flaskprod_lint.inputs import ini, templates
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source

_PAIR = regex(r"""\s*([A-Za-z_][\w]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^,\n]*))\s*,?""")


@dataclass(frozen=True)
class SupervisedProgram:
    """A [program:x] section. `command` is split into words as a shell would, but no shell runs it."""

    name: str
    header: Located[str]
    command: Located[str] | None = None
    environment: tuple[tuple[Located[str], Located[str]], ...] = ()
    directory: Located[str] | None = None
    user: Located[str] | None = None
    stop_signal: Located[str] | None = None
    stop_wait: Located[str] | None = None
    stop_as_group: bool = False
    processes: Located[str] | None = None
    stdout: Located[str] | None = None
    stderr: Located[str] | None = None
    autostart: bool = True


@dataclass(frozen=True)
class Supervisord:
    """The facts of a supervisord configuration."""

    path: str
    programs: tuple[SupervisedProgram, ...] = ()
    includes: tuple[Located[str], ...] = ()
    environment: tuple[tuple[Located[str], Located[str]], ...] = ()
    problems: tuple[Problem, ...] = ()

    def program(self, name: str) -> SupervisedProgram | None:
        return next((program for program in self.programs if program.name == name), None)


def read(source: Source) -> Supervisord:
    """The programs of a supervisord configuration."""
    facts = ini.read_supervisord(source)
    main = facts.section("supervisord")
    include = facts.section("include")
    files = include.get("files") if include is not None else None
    return Supervisord(
        source.path,
        programs=tuple(
            _program(one) for one in facts.sections if one.name.value.startswith(("program:", "fcgi-program:"))
        ),
        includes=(files,) if files is not None else (),
        environment=_environment(main.get("environment")) if main is not None else (),
        problems=() if templates.PIECE.search(source.text) else facts.problems,
    )


def _program(section: ini.Section) -> SupervisedProgram:
    autostart = section.get("autostart")
    return SupervisedProgram(
        section.name.value.partition(":")[2].strip(),
        section.name,
        command=section.get("command"),
        environment=_environment(section.get("environment")),
        directory=section.get("directory"),
        user=section.get("user"),
        stop_signal=section.get("stopsignal"),
        stop_wait=section.get("stopwaitsecs"),
        stop_as_group=_is_on(section.get("stopasgroup")),
        processes=section.get("numprocs"),
        stdout=section.get("stdout_logfile"),
        stderr=section.get("stderr_logfile"),
        autostart=autostart is None or _is_on(autostart),
    )


def _environment(text: Located[str] | None) -> tuple[tuple[Located[str], Located[str]], ...]:
    """`A="1",B=2`, all at the place of the whole."""
    if text is None:
        return ()
    found = []
    for name, double, single, bare in _PAIR.findall(text.value):
        value = double or single or bare.strip()
        found.append((Located(name, text.span), Located(value, text.span)))
    return tuple(found)


def _is_on(text: Located[str] | None) -> bool:
    return text is not None and text.value.lower() in ("true", "yes", "on", "1")
