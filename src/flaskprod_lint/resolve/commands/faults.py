"""What keeps a command from running at all."""

from __future__ import annotations

import posixpath
import re

from flaskprod_lint.inputs.shell import Literal
from flaskprod_lint.inputs.shell_words import split
from flaskprod_lint.model import Command, CommandFault, Image, Step
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.commands import files
from flaskprod_lint.resolve.commands.state import State
from flaskprod_lint.resolve.commands.walk import Walker
from flaskprod_lint.source import Place, Source

#: Builtins of which no program of the same name is installed, or none that has the effect that is meant.
_BUILTINS = frozenset(
    {"cd", "export", "source", ".", "exec", "set", "eval", "exit", "ulimit", "umask", "alias", "if", "for"}
)
#: Base images whose own files are known not to be the project's scripts.
_PLAIN_BASE = regex(r"(?:docker\.io/)?(?:library/)?(python|debian|ubuntu|alpine)(?::|@|$)")
_PORT = regex(r"\$(?:PORT\b|\{PORT\b[^}]*\})")


def of_exec_form(walker: Walker, command: Command) -> None:
    """An exec form whose first element is no program: a whole command line, or a word that only a shell knows."""
    argv = command.argv or ()
    if not argv:
        return
    first = argv[0].strip()
    if len(argv) == 1 and re.search(r"\s", first):
        words = [_text(word) for word in split(first)]
        json = _keyword(command) + "[" + ", ".join(f'"{word}"' for word in words) + "]"
        reason = f"there is no program called “{first}”: in exec form each word is an element of its own"
        walker.fault(CommandFault("one-element", reason, command.origin, json))
    elif first in _BUILTINS:
        reason = f"`{first}` is a builtin of the shell, and an exec form starts no shell"
        text = " ".join(argv)
        walker.fault(CommandFault("builtin", reason, command.origin, f'{_keyword(command)}["sh", "-c", "{text}"]'))
    elif posixpath.basename(first) == "bash" and lacks_bash(walker.context.image):
        reason = f"Alpine has no {first} unless it is installed"
        json = ", ".join(f'"{word}"' for word in ("sh", *argv[1:]))
        instead = f"{_keyword(command)}[{json}]" if not any('"' in word for word in argv) else ""
        walker.fault(CommandFault("not-found", reason, command.origin, instead))


def _keyword(command: Command) -> str:
    """`CMD ` or `ENTRYPOINT ` for what stands in a Dockerfile."""
    return f"{command.origin.note} " if command.origin.note in ("CMD", "ENTRYPOINT") else ""


def _text(word: object) -> str:
    parts = getattr(word, "parts", ())
    return "".join(part.text if isinstance(part, Literal) else part.raw for part in parts)


def of_script(walker: Walker, state: State, name: str, place: Place, *, by_shell: bool) -> None:
    """A script of the project that is started by its name: execute bit, line ends, interpreter."""
    source = files.find(walker, state, name)
    if source is None:
        return
    path = source.written or source.path
    base = posixpath.basename(path)
    certain = state.sure and not state.doubt
    # Without git the execute bit is that of this checkout, which may come out of an archive.
    sure = certain and walker.context.project.tracked is not None
    words = files.interpreter(source)
    if not source.executable and not _made_executable(walker, path, name):
        reason = f"{path} has no execute bit, so starting it by its name fails with “permission denied”"
        instead = f"RUN chmod +x {path}" if source.written else f"git update-index --chmod=+x {path}"
        walker.fault(CommandFault("not-executable", reason, place, instead, sure))
    if source.crlf and words and not _mended(walker, base, r"dos2unix|\\r"):
        reason = f"the first line of {path} ends in CRLF, so its interpreter is looked for as “{words[0]}\\r”"
        walker.fault(CommandFault("crlf", reason, place, f"# .gitattributes\n{base} text eol=lf", sure))
    if not words and not by_shell and files.looks_like_shell(source):
        reason = f"{path} has no `#!` line, and without a shell that starts it the kernel refuses it"
        walker.fault(CommandFault("no-interpreter", reason, first_line(source), "#!/bin/sh", certain))
    if words and posixpath.basename(words[0]) == "bash" and lacks_bash(walker.context.image):
        reason = f"{path} asks for {words[0]}, and Alpine has no bash unless it is installed"
        walker.fault(CommandFault("no-interpreter", reason, first_line(source), "#!/bin/sh", certain))


def lacks_bash(image: Image | None) -> bool:
    """Whether an image is Alpine, plain, and nothing installs bash."""
    if image is None or not image.base.known:
        return False
    reference = str(image.base.value).lower()
    if "alpine" not in reference or not _PLAIN_BASE.match(reference):
        return False
    return not any(re.search(r"\bbash\b", run.text) for run in image.runs)


def missing(walker: Walker, state: State, name: str, place: Place) -> bool:
    """Whether a script is certainly not in the image; then that is a fault."""
    if "/" not in name or walker.holes.has(name) or walker.holes.has(state.cwd):
        return False
    absolute = posixpath.normpath(posixpath.join(state.cwd, name))
    if not absolute.endswith((".sh", ".bash")) or walker.context.tree.locate(absolute) is not None:
        return False
    base = posixpath.basename(absolute)
    there = [path for path in walker.context.project.paths if posixpath.basename(path) == base]
    image = walker.context.image
    if image is None:
        return _not_uploaded(walker, absolute, place, there)
    if not _brings_nothing_else(image, absolute):
        return False
    reason = f"nothing puts {absolute} into the image, so the container ends with “no such file or directory”"
    instead = f"COPY {there[0]} {absolute}" if len(there) == 1 else ""
    if there:
        reason += f" ({there[0]} is not copied there)" if len(there) == 1 else ""
    walker.fault(CommandFault("not-found", reason, place, instead, state.sure and not state.doubt))
    return True


def _not_uploaded(walker: Walker, absolute: str, place: Place, there: list[str]) -> bool:
    """Whether a platform that gets the project's own files gets no such script; what builds there may yet make it."""
    folders = [mount for mount in walker.context.tree.mounts if absolute.startswith(mount.path.rstrip("/") + "/")]
    if walker.context.platform is None or not folders or any(mount.unknown for mount in folders):
        return False
    name = posixpath.relpath(absolute, folders[-1].path)
    reason = f"{name} is not among the files of the project"
    if len(there) == 1:
        reason += f" ({there[0]} is)"
    walker.fault(
        CommandFault("not-found", reason, place, there[0] if len(there) == 1 else f"git add {name}", sure=False)
    )
    return True


def _brings_nothing_else(image: Image, absolute: str) -> bool:
    """Whether neither the base image nor a RUN can have made a file."""
    if not image.base.known or not _PLAIN_BASE.match(str(image.base.value).lower()):
        return False
    base = posixpath.basename(absolute)
    makes = re.compile(r"\b(git clone|curl|wget|tar|unzip|cp|mv|ln|install|rsync)\b|>\s*\S")
    for run in image.runs:
        if base in run.text and not re.search(r"\bchmod\b|dos2unix", run.text):
            return False
        if makes.search(run.text) and (base in run.text or re.search(r"\b(git clone|tar|unzip|rsync|cp -r)", run.text)):
            return False
    return True


def _made_executable(walker: Walker, path: str, name: str) -> bool:
    image = walker.context.image
    if image is None:
        return False
    base = posixpath.basename(path)
    for run in image.runs:
        if "chmod" in run.text and (base in run.text or re.search(r"-R\b|\*|find\b|--recursive|-\w*R", run.text)):
            return True
        if re.search(r"\binstall\b.*" + re.escape(base), run.text):
            return True
    for copied in image.copies:
        line = walker.context.project.read(copied.at.path) if copied.at.span else None
        if line is not None and copied.at.span is not None and "--chmod" in line.line(copied.at.span.line):
            return True
    del name
    return False


def _mended(walker: Walker, base: str, expression: str) -> bool:
    image = walker.context.image
    if image is None:
        return False
    return any(re.search(expression, run.text) and (base in run.text or "*" in run.text) for run in image.runs)


def port_not_expanded(walker: Walker, step: Step) -> None:
    """`$PORT` that arrives at the server as it is written: nobody has expanded it."""
    for place, word in enumerate(step.argv):
        if isinstance(word, str) and place and (match := _PORT.search(word)):
            span = step.word_spans[place] if place < len(step.word_spans) else None
            origin = Place(span or step.origin.span, step.origin.note)
            reason = f"nothing expands {match.group()} here, so the program is given these characters as they are"
            walker.fault(
                CommandFault("port-not-expanded", reason, origin, _expanded(walker, step, word, match.group()))
            )
            return


def _expanded(walker: Walker, step: Step, word: str, written: str) -> str:
    """What to write so that the port arrives: a form of the platform's own, else a shell before the program."""
    platform = walker.context.platform
    if platform is not None and platform.id == "kubernetes" and "PORT" in walker.context.variables:
        return f'"{word.replace(written, "$(PORT)")}"'
    return f'sh -c "exec {step.text}"'


def first_line(source: Source) -> Place:
    """The place of a script's first line."""
    return Place(source.line_span(source.first), source.line(source.first))
