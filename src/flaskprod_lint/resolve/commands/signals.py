"""Whether SIGTERM reaches the server: who is the first program, and what each program in between does with it.

As measured with real dash, bash and busybox as PID 1: a shell waits for its child and passes nothing on; dash never
replaces itself by a command, bash and busybox do by the last one of `sh -c`; no shell does at the end of a script.
An init such as tini passes SIGTERM to the shell below it, which dies of it and leaves the server behind.
"""

from __future__ import annotations

import re

from flaskprod_lint.model import Signal, Step
from flaskprod_lint.resolve.commands import longrunning
from flaskprod_lint.resolve.commands.state import Link
from flaskprod_lint.source import Place

#: Servers that end properly on SIGTERM, also as the first program of a container.
_HANDLE = frozenset(
    {"gunicorn", "uvicorn", "hypercorn", "granian", "daphne", "celery", "rq", "nginx", "honcho", "dramatiq"}
)
#: Servers that do nothing about SIGTERM: as the first program they ignore it.
_IGNORE = frozenset({"waitress", "waitress-serve", "cheroot", "bjoern", "meinheld", "flask"})
_NAMES = {"dash": "dash", "bash": "bash", "busybox": "busybox's shell", "unknown": "the shell"}


def of(step: Step, above: tuple[Link, ...]) -> Signal:
    """What becomes of SIGTERM on its way to the program of a step."""
    passed_by = ""
    for link in above:
        if link.kind == "group":
            return Signal(True, f"{link.name} passes SIGTERM to all that it started")
        if link.kind == "forward":
            passed_by = link.name
            continue
        if link.kind == "opaque":
            return Signal(None, f"whether {link.name} passes SIGTERM on is not known")
        found = _through_shell(step, link, passed_by)
        if found is not None:
            return found
    if above:
        return Signal(True, f"{above[0].name} passes SIGTERM on")
    return _as_first(step)


def _through_shell(step: Step, link: Link, passed_by: str) -> Signal | None:
    if link.trap and re.search(r"\bkill\b", link.trap):
        waits = step.background or link.cause.startswith("is started")
        if waits:
            return Signal(True, "the script's trap passes SIGTERM on")
    if link.may_replace:
        return Signal(None, "which shell the image has decides whether it replaces itself by the server")
    name = _NAMES[link.kind]
    program = step.program or "the server"
    if passed_by:
        fate = f"{passed_by} passes it to {name}, which ends at once and leaves {program} to be killed"
    else:
        fate = f"{name} is the first process and passes no signal on"
    return Signal(False, f"{fate}; {_why(link, program)}", link.place, instead(link))


def _why(link: Link, program: str) -> str:
    if link.cause:
        return f"{program} {link.cause}, so the shell stays above it"
    if link.is_script:
        return "without `exec`, no shell gives its place to a script's last line"
    if link.kind == "dash":
        return "without `exec`, the `sh` of Debian's images gives its place to no command"
    return "the line does not say `exec`"


def instead(link: Link) -> str:
    """The lines of the command with `exec` before it, as they can be pasted."""
    script = link.script
    if script is None:
        return ""
    source = script.source
    text, start, end = (source.text, link.start, link.end) if source else (script.text, link.start, link.end)
    if not 0 <= start < end <= len(text):
        return ""
    begin = text.rfind("\n", 0, start) + 1
    rest = text.find("\n", end)
    command = text[start:end]
    if link.cause or re.match(r"\s*(\|\|?|&)", text[end:]):
        # A pipeline, `&` or `|| exit` has to go: whatever stays beside the server keeps the shell alive.
        closing = re.match(r'"?\s*\]?\s*$', text[end : rest if rest >= 0 else len(text)])
        tail = closing.group() if closing else ""
    else:
        tail = text[end : rest if rest >= 0 else len(text)]
    lead = re.match(r"(?:[A-Za-z_]\w*=(?:\"[^\"]*\"|'[^']*'|[^\s\"'])*\s+)*", command)
    assigned = lead.group() if lead else ""
    bare = command[len(assigned) :]
    if bare.startswith(("exec ", "(", "{")):
        return ""
    if link.cause == "is started in the background":
        if not re.match(r"[\s&;]*(wait\b[^\n]*)?\s*$", text[end:]):
            return ""
        bare = bare.rstrip().removesuffix("&").rstrip()
    if link.cause == "is part of a pipeline":
        bare = bare.split("|")[0].rstrip()
    return text[begin:start].lstrip() + assigned + "exec " + bare + tail.rstrip()


def _as_first(step: Step) -> Signal:
    words = longrunning.words_of(step)
    name = words[0] if words else ""
    at = step.origin
    if name in ("uwsgi", "pyuwsgi"):
        return _uwsgi(words, at)
    if longrunning.is_flask_run(words) or (name in _IGNORE and name != "flask"):
        reason = (
            f"{name} has no handler for SIGTERM, and the kernel then ignores it for the first program of a container"
        )
        return Signal(False, reason, at, f"tini -- {step.text}", pid_one=True)
    if name in _HANDLE:
        return Signal(True, f"{name} is the first program and ends properly on SIGTERM", pid_one=True)
    return Signal(None, "whether the program handles SIGTERM is not known", at, pid_one=True)


def _uwsgi(words: list[str], at: Place) -> Signal:
    if "--die-on-term" in words:
        return Signal(True, "uWSGI ends on SIGTERM with --die-on-term", pid_one=True)
    if any(
        word.startswith(("--ini", "--xml", "--yaml", "--emperor")) or word.endswith((".ini", ".yml")) for word in words
    ):
        return Signal(None, "whether die-on-term is set stands in uWSGI's own file", at, pid_one=True)
    reason = "uWSGI reloads on SIGTERM instead of ending, unless --die-on-term is given"
    return Signal(False, reason, at, "--die-on-term", pid_one=True)
