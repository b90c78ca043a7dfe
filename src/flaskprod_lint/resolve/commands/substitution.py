"""What `$(…)` prints, where that can be told without running it."""

from __future__ import annotations

import posixpath

from flaskprod_lint.inputs import shell
from flaskprod_lint.inputs.shell import AndOr, Pipeline, SimpleCommand, Substitution
from flaskprod_lint.resolve.commands.state import Argument, Reads, State
from flaskprod_lint.resolve.commands.walk import MAX_DEPTH, Walker

#: More substitutions than this are not followed: each may hold others.
MAX_SUBSTITUTIONS = 2000
_PRINTERS = frozenset(
    {"echo", "printf", "pwd", "which", "command", "type", "dirname", "basename", "realpath", "readlink"}
    | {"nproc", "getconf"}
)
_CPUS = {("nproc",), ("nproc", "--all"), ("getconf", "_NPROCESSORS_ONLN"), ("getconf", "_NPROCESSORS_CONF")}


def output(walker: Walker, state: State, part: Substitution) -> tuple[str, Reads]:
    """The text that a command substitution becomes; the programs in it are steps, too."""
    walker.substitutions += 1
    if walker.substitutions > MAX_SUBSTITUTIONS:
        return walker.hole(f"{part.raw[:60]} is known at run time only", part.raw, nonempty=False), ()
    source = state.script.source
    script = shell.parse(part.text, source, part.offset) if source else shell.parse(part.text)
    side = state.copy()
    side.depth += 1
    if side.depth < MAX_DEPTH:
        side.above = (*state.above, walker.waiting(state, part.offset, part.offset, "runs in a substitution"))
        begin = len(walker.found)
        known = _known(walker, side, script.body.items)
        if known is not None:
            return known
        side = state.copy()
        side.depth += 1
        side.above = (*state.above, walker.waiting(state, part.offset, part.offset, "runs in a substitution"))
        del walker.found[begin:]
        walker.script(side, script)
        state.status = side.status
    return walker.hole(f"{part.raw} is known at run time only", part.raw, nonempty=False), ()


def _known(walker: Walker, side: State, items: tuple[shell.Node, ...]) -> tuple[str, Reads] | None:
    if len(items) != 1:
        return None
    node = items[0]
    if isinstance(node, AndOr) and node.operator == "&&":
        # `cd "$(dirname "$0")" && pwd`
        if isinstance(node.left, SimpleCommand) and _changes_folder(node.left):
            walker.run(side, node.left)
            return _known(walker, side, (node.right,))
        return None
    if isinstance(node, AndOr) and isinstance(node.left, SimpleCommand):
        return _known(walker, side, (node.left,))
    if isinstance(node, Pipeline) or not isinstance(node, SimpleCommand) or node.name not in _PRINTERS:
        return None
    arguments = [argument for word in node.words for argument in walker.expander.fields(side, word)]
    return _printed(walker, side, arguments) if arguments else ("", ())


def _changes_folder(node: SimpleCommand) -> bool:
    names = [word.text for word in node.words[:2]]
    return names[:1] == ["cd"] or names in (["command", "cd"], ["builtin", "cd"])


def _printed(walker: Walker, state: State, arguments: list[Argument]) -> tuple[str, Reads] | None:
    texts = tuple(argument.text for argument in arguments)
    reads = tuple(dict.fromkeys(read for argument in arguments for read in argument.reads))
    name, rest = texts[0], [text for text in texts[1:] if not text.startswith("-")]
    if texts in _CPUS:
        return walker.hole("host CPUs", f"$({' '.join(texts)})", symbol="host-cpus"), ()
    if name == "echo":
        words = list(texts[1:])
        while words and words[0] in ("-n", "-e"):
            words.pop(0)
        return " ".join(words), reads
    if name == "printf" and len(rest) == 2 and rest[0] in ("%s", "%s\\n"):
        return rest[1], reads
    if name == "pwd":
        return state.cwd, ()
    if name in ("which", "command", "type") and rest:
        return rest[-1], reads
    if name in ("dirname", "basename", "realpath", "readlink") and rest:
        return _path(walker, state, name, rest, reads)
    return None


def _path(walker: Walker, state: State, name: str, rest: list[str], reads: Reads) -> tuple[str, Reads] | None:
    path = rest[0]
    if walker.holes.has(path):
        return None
    if name == "dirname":
        return posixpath.dirname(path.rstrip("/")) or ("/" if path.startswith("/") else "."), reads
    if name == "basename":
        base = posixpath.basename(path.rstrip("/"))
        return base.removesuffix(rest[1]) if len(rest) > 1 else base, reads
    if walker.holes.has(state.cwd):
        return None
    return posixpath.normpath(posixpath.join(state.cwd, path)), reads
