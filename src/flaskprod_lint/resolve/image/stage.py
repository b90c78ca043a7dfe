"""One stage of a Dockerfile as it is built up, instruction by instruction."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import field, replace

from flaskprod_lint.inputs import templates
from flaskprod_lint.inputs.dockerfile import Instruction
from flaskprod_lint.model import Command, Copied, EnvironmentRead, ImageRun, Override, SecretLiteral, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.image import bases
from flaskprod_lint.resolve.image.context import BuildContext
from flaskprod_lint.resolve.image.substitution import expand
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, is_number

#: Folders that every Linux image has: COPY of a file to one of them puts the file inside.
SYSTEM_FOLDERS = frozenset(
    (
        "/ /bin /boot /dev /etc /home /lib /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin "
        "/usr/lib /usr/local /usr/local/bin /usr/local/etc /usr/local/lib /usr/local/sbin /usr/sbin /usr/share "
        "/usr/src /var /var/lib /var/log /var/run /var/www /etc/nginx /etc/nginx/conf.d"
    ).split()
)
#: Build arguments that Docker sets by itself.
_GIVEN = regex(r"(TARGET|BUILD)(PLATFORM|OS|ARCH|VARIANT)|(https?|ftp|no|all)_proxy", re.IGNORECASE)
_SHELLS = {"bash": "bash", "dash": "dash", "ash": "busybox", "busybox": "busybox"}


@dataclass
class StageState:
    """What a stage has so far; a stage FROM it starts with a copy."""

    name: str
    index: int
    reference: bases.Reference | None
    base: Setting
    tree: Tree
    build_tree: Tree
    bases: list[Setting] = field(default_factory=list)
    chain: list[str] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    variables: dict[str, Setting] = field(default_factory=dict)
    arguments: dict[str, Setting] = field(default_factory=dict)
    workdir: str = "/"
    user: Setting = field(default_factory=lambda: Setting("user", "root", is_default=True))
    shell: str = "unknown"
    shell_argv: tuple[str, ...] = ("/bin/sh", "-c")
    entrypoint: Command | None = None
    cmd: Command | None = None
    cmd_is_own: bool = False
    command_shell: str = ""
    health_check: Command | None = None
    stop_signal: Setting | None = None
    exposed: list[Setting] = field(default_factory=list)
    copies: list[Copied] = field(default_factory=list)
    runs: list[ImageRun] = field(default_factory=list)
    secrets: list[SecretLiteral] = field(default_factory=list)
    passed_secrets: list[SecretLiteral] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)
    tools: set[str] = field(default_factory=set)
    pip_caches: list[Place] = field(default_factory=list)

    @property
    def plain(self) -> bool:
        """Whether the image at the root is known to set no variables or command of its own."""
        return self.reference is not None and bases.is_plain(self.reference)

    def look_up(self, name: str) -> str | Unknown | None:
        """A variable as the builder sees it: ENV goes before ARG."""
        found = self.variables.get(name) or self.arguments.get(name)
        if found is not None:
            return found.value if isinstance(found.value, (str, Unknown)) else str(found.value)
        if name == "PATH":
            return bases.DEFAULT_PATH
        return None if self.plain else Unknown(f"the base image may set {name}")

    def expand(self, word: Located[str], escape: str) -> str | Unknown:
        """A word of an instruction that Docker substitutes in."""
        value = expand(word.value, self.look_up, escape)
        return replace(value, at=value.at or word.span) if isinstance(value, Unknown) else value

    def absolute(self, path: str) -> str:
        """A path as an instruction means it, from the working directory."""
        return posixpath.normpath(posixpath.join(self.workdir, path))

    def is_folder(self, path: str) -> bool:
        """Whether a path is known to be a folder of the image by now."""
        return path in SYSTEM_FOLDERS or path in self.folders

    def add_folder(self, path: str) -> None:
        while path not in self.folders and path != "/":
            self.folders.add(path)
            path = posixpath.dirname(path)


def child(state: StageState, name: str, index: int) -> StageState:
    """A new stage FROM an earlier one: it has all of it, and its CMD only until it sets an ENTRYPOINT."""
    fresh = replace(state, name=name, index=index, cmd_is_own=False)
    fresh.tree = Tree(state.tree.project, list(state.tree.mounts), list(state.tree.changes))
    fresh.build_tree = Tree(state.tree.project, list(state.build_tree.mounts), list(state.build_tree.changes))
    for attribute in ("bases", "chain", "exposed", "copies", "runs", "secrets", "passed_secrets", "pip_caches"):
        setattr(fresh, attribute, list(getattr(state, attribute)))
    for attribute in ("sources", "folders", "tools"):
        setattr(fresh, attribute, set(getattr(state, attribute)))
    fresh.variables = dict(state.variables)
    fresh.arguments = dict(state.arguments)
    fresh.chain.append(name)
    return fresh


def rooted(name: str, index: int, base: Setting, context: BuildContext) -> StageState:
    """A new stage FROM an image of a registry."""
    reference = bases.parse(base.value) if isinstance(base.value, str) else None
    tree, build_tree = Tree(context.project), Tree(context.project)
    state = StageState(name, index, reference, base, tree, build_tree, [base], [name])
    if reference is not None:
        state.shell = bases.shell(reference)
        known = bases.tools(reference)
        state.tools = {"curl", "wget"} if known is None else set(known)
    else:
        state.tools = {"curl", "wget"}
    if not state.plain:
        unknown = Unknown("the base image may set a user", base.span)
        state.user = Setting("user", unknown, base.origin, is_default=True)
    return state


def read_argument(
    state_arguments: dict[str, Setting],
    instruction: Instruction,
    given: Mapping[str, Setting],
    inherited: Mapping[str, Setting],
    value_of: object,
) -> None:
    """ARG: what a manifest gives goes before the default, and that before the ARG above the first FROM."""
    for pair in instruction.pairs:
        name = pair.name.value
        place = Place(pair.name.span, f"ARG {name}")
        if name in given:
            setting = given[name]
        elif pair.value is not None:
            value = value_of(pair.value)  # type: ignore[operator]
            default = value if isinstance(value, str) else None
            read = EnvironmentRead(name, default, default is not None, None, pair.name.span)
            setting = Setting(name, value, Place(pair.value.span, f"ARG {name}"), environment=(read,))
        elif name in inherited:
            setting = replace(inherited[name], name=name)
        elif _GIVEN.fullmatch(name):
            setting = Setting(name, Unknown(f"the builder sets {name}", pair.name.span), place)
        else:
            reason = f"the build argument {name} is given when the image is built"
            read = EnvironmentRead(name, at=pair.name.span)
            setting = Setting(name, Unknown(reason, pair.name.span), place, environment=(read,))
        state_arguments[name] = setting


def set_variables(state: StageState, instruction: Instruction, escape: str) -> None:
    """ENV: all values of one instruction see the variables as they were before it."""
    fresh: dict[str, Setting] = {}
    for pair in instruction.pairs:
        if pair.value is None:
            continue
        name = pair.name.value
        value = state.expand(pair.value, escape)
        if isinstance(value, str) and templates.PIECE.search(value):
            value = Unknown("a template fills it in", pair.value.span)
        before = state.variables.get(name)
        beaten = (Override(before.value, before.origin), *before.overrides) if before else ()
        span = pair.value.span if pair.value.value else pair.name.span
        fresh[name] = Setting(name, value, Place(span, f"ENV {name}"), beaten)
    state.variables.update(fresh)


def command(instruction: Instruction) -> Command | None:
    """The command of CMD, ENTRYPOINT or HEALTHCHECK; None for an empty one."""
    origin = Place(instruction.value_span, instruction.keyword)
    if instruction.argv is not None:
        argv = tuple(word.value for word in instruction.argv)
        places = tuple(Place(word.span) for word in instruction.argv)
        return Command(instruction.value, "exec", origin, argv, places) if argv else None
    return Command(instruction.value, "shell", origin) if instruction.value.strip() else None


def set_shell(state: StageState, instruction: Instruction) -> None:
    """SHELL: shell forms from here on run under it."""
    if instruction.argv:
        state.shell_argv = tuple(word.value for word in instruction.argv)
        program = posixpath.basename(state.shell_argv[0])
        if program == "sh":
            state.shell = bases.shell(state.reference) if state.reference else "unknown"
        else:
            state.shell = _SHELLS.get(program, "unknown")


def set_workdir(state: StageState, instruction: Instruction, escape: str) -> None:
    """WORKDIR: relative to the one before."""
    value = state.expand(Located(instruction.value, instruction.value_span), escape)
    if isinstance(value, str):
        state.workdir = posixpath.normpath(posixpath.join(state.workdir, value))
        state.add_folder(state.workdir)


def set_user(state: StageState, instruction: Instruction, escape: str) -> None:
    """USER name[:group]."""
    value = state.expand(Located(instruction.value, instruction.value_span), escape)
    name = value.partition(":")[0] if isinstance(value, str) else value
    state.user = Setting("user", name or "root", Place(instruction.span, "USER"))


def expose(state: StageState, instruction: Instruction, escape: str) -> None:
    """EXPOSE: each port as a number where it is one."""
    for word in instruction.words:
        value = state.expand(word, escape)
        for text in value.split() if isinstance(value, str) else [value]:
            port: object = text
            if isinstance(text, str):
                number = text.partition("/")[0]
                port = int(number) if is_number(number) else text
            state.exposed.append(Setting("EXPOSE", port, Place(word.span, "EXPOSE")))
