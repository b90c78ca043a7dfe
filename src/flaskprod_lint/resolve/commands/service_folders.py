"""Supervisors that start the `run` script of each folder of services: runit, s6, and what images make of them."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.resolve.commands.calls import Program
from flaskprod_lint.resolve.commands.state import Argument, Link, State
from flaskprod_lint.resolve.commands.walk import Walker

#: Where each program looks for services, where its command names no folder.
#: https://github.com/phusion/baseimage-docker, https://github.com/just-containers/s6-overlay, `man runsvdir`
_FOLDERS = {
    "runsvdir": (),
    "runsvdir-start": ("/etc/service", "/service"),
    "my_init": ("/etc/service",),
    "s6-svscan": (),
    "init": ("/etc/services.d", "/etc/s6-overlay/s6-rc.d"),
}


#: Folders of scripts that they run to their end before: what those prepare is not followed, so nothing is then.
_FIRST = {"my_init": "/etc/my_init.d", "init": "/etc/cont-init.d"}


def follow(walker: Walker, state: State, program: Program) -> bool:
    """Follow a supervisor into the scripts of its services; False where the project brings none, or others before."""
    if program.name not in _FOLDERS or (program.name == "init" and program.arguments[0].text != "/init"):
        return False
    named = tuple(argument.text.rstrip("/") for argument in program.arguments[1:] if argument.text.startswith("/"))
    own = _FOLDERS[program.name] or named[:1]
    services = sorted(_files(walker, [f"{folder}/*/run" for folder in own]))
    first = any(_files(walker, [f"{_FIRST[program.name]}/*"])) if program.name in _FIRST else False
    if not services or first or any(argument.text == "--skip-runit" for argument in program.arguments):
        return False
    for script in services:
        _start(walker, state, program, script)
    state.ended = "server"
    return True


def _start(walker: Walker, state: State, program: Program, script: str) -> None:
    side, known = state.copy(), len(walker.faults)
    side.trail = state.trail if program.place in state.trail[-1:] else (*state.trail, program.place)
    # How the signal to stop goes on from there differs, by program and version.
    link = Link("opaque", program.name, place=program.place)
    walker.start(side, replace(program, arguments=(Argument(script),), above=(*program.above, link), by_shell=False))
    # Whether a script may be executed is often settled by the image, for all of the folder.
    walker.faults[known:] = [fault for fault in walker.faults[known:] if fault.kind != "not-executable"]


def _files(walker: Walker, patterns: list[str]) -> Iterator[str]:
    tree = walker.context.tree
    for path in walker.context.project.paths:
        for place in tree.paths_of(path):
            if any(fnmatch.fnmatchcase(place, pattern) for pattern in patterns) and tree.locate(place) == path:
                yield place
