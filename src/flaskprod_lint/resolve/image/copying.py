"""COPY and ADD: which files of the project stand where in the image."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from flaskprod_lint.inputs import dockerignore
from flaskprod_lint.inputs.dockerfile import Instruction
from flaskprod_lint.model import Copied, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.image.context import BuildContext, both
from flaskprod_lint.resolve.image.stage import StageState
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place

_REMOTE = regex(r"(https?|git|ssh|ftp)://|git@")
_ARCHIVE = regex(r"\.(tar(\.\w+)?|tgz|tbz2?|txz)$")
_PACKAGES = regex(r"\*[^/]*\.(whl|tar(\.\w+)?|tgz|zip)$")
_WILDCARD = regex(r"[*?\[]")


@dataclass
class Copying:
    """One COPY or ADD at work in a stage."""

    state: StageState
    context: BuildContext
    instruction: Instruction
    escape: str

    @property
    def place(self) -> Place:
        return Place(self.instruction.span, f"{self.instruction.keyword} {self.instruction.value}")

    def run(self, stage_of: Callable[[str], StageState | None]) -> None:
        """Take in the instruction. `stage_of` finds an earlier stage by the name or number after --from."""
        words = self.instruction.argv if self.instruction.argv is not None else self.instruction.words
        expanded = [(word, self.state.expand(word, self.escape)) for word in words]
        if len(expanded) < 2:
            return
        destination = expanded[-1][1]
        if isinstance(destination, Unknown):
            self.state.tree.mount_unknown("/", f"the destination of a COPY is {destination.reason}", self.place)
            return
        sources = expanded[:-1]
        target = Destination(self.state, destination, len(sources) > 1)
        origin = self.instruction.flag("from")
        if origin is not None:
            self._from_elsewhere(origin.value, sources, target, stage_of)
        else:
            self._from_context(sources, target)

    def _from_context(self, sources: list[tuple[Located[str], str | Unknown]], target: Destination) -> None:
        known: list[str] = []
        files: list[str] = []
        missing: list[str] = []
        excluded: list[tuple[str, Place]] = []
        for word, source in sources:
            if isinstance(source, Unknown):
                self.state.tree.mount_unknown(target.folder, f"{word.value}: {source.reason}", self.place)
                continue
            known.append(source)
            if source.startswith("<<") or _REMOTE.match(source):
                self._unread(source, target)
                continue
            named = self.context.matching(source) if _WILDCARD.search(source) else [source]
            for name in named:
                files += self._one(name, target)
            if not _WILDCARD.search(source) and not self.context.has_files(source):
                self._absent(source, target, missing, excluded)
        copied = Copied(tuple(known), target.absolute, self.place, tuple(files), tuple(missing), tuple(excluded))
        self.state.copies.append(copied)
        if target.is_folder:
            self.state.add_folder(target.absolute)
        self._mode(target)

    def _one(self, source: str, target: Destination) -> list[str]:
        """Put one file or folder of the context into the tree; returns the files when it is no folder."""
        path = self.context.path(source)
        if path in self.context.project:
            if self.context.excludes(path):
                return []
            if self.instruction.keyword == "ADD" and _ARCHIVE.search(path):
                self.state.tree.mount_unknown(target.folder, f"unpacked from {path}", self.place)
                return [path]
            if self.instruction.flag("parents"):
                self._put(posixpath.join(target.folder, source.lstrip("/")), path)
            else:
                self._put(target.of_file(posixpath.basename(path)), path)
            return [path]
        if self.context.project.is_folder(path):
            inside = source.lstrip("/") if self.instruction.flag("parents") else ""
            self._put(posixpath.join(target.absolute, inside), path)
            self.state.add_folder(target.absolute)
        return []

    def _put(self, where: str, path: str) -> None:
        left_out = both(self.context.excludes, self._left_out_here())
        self.state.tree.mount(where, path, self.place, left_out)
        self.state.build_tree.mount(where, path, self.place, left_out)

    def _left_out_here(self) -> Callable[[str], bool] | None:
        """What --exclude leaves out of this one COPY; None without one, or where Docker refuses its pattern."""
        patterns = [flag.value for flag in self.instruction.flags if flag.name == "exclude"]
        if not patterns:
            return None
        try:
            tests = [dockerignore.matcher(posixpath.normpath(pattern)) for pattern in patterns]
        except ValueError:
            return None
        return lambda path: any(test(path) for test in tests)

    def _absent(self, source: str, target: Destination, missing: list[str], excluded: list[tuple[str, Place]]) -> None:
        path = self.context.path(source)
        project = self.context.project
        by = self.context.excluded_by(path) if path else None
        exists = path in project or project.is_folder(path)
        if by is not None and (exists or not self.context.re_includes):
            excluded.append((source, Place(by.span, by.value)))
        elif not exists:
            missing.append(source)
            name = posixpath.basename(path)
            where = target.of_file(name) if "." in name else target.absolute
            self.state.tree.mount_unknown(where, f"{source} is not among the files", self.place)

    def _unread(self, source: str, target: Destination) -> None:
        from flaskprod_lint.resolve.image import scripts

        named = source[2:].strip("-'\"")
        heredoc = next((one for one in self.instruction.heredocs if one.name == named), None)
        if heredoc is not None and scripts.from_heredoc(self.state, target.of_file(named), heredoc, self.place):
            return
        reason = "written in the Dockerfile" if source.startswith("<<") else f"fetched from {source.partition('?')[0]}"
        where = target.folder if target.is_folder else target.absolute
        self.state.tree.mount_unknown(where, reason, self.place)

    def _mode(self, target: Destination) -> None:
        flag = self.instruction.flag("chmod")
        if flag and re.search(r"\+x|[157]", flag.value):
            self.state.tree.change("executable", target.absolute, self.place)

    def _from_elsewhere(
        self,
        name: str,
        sources: list[tuple[Located[str], str | Unknown]],
        target: Destination,
        stage_of: Callable[[str], StageState | None],
    ) -> None:
        """COPY --from: what the other stage has of the project comes along; the rest is not known."""
        stage = stage_of(name)
        if stage is not None:
            self.state.sources |= {*stage.chain, *stage.sources}
        for _, source in sources:
            if isinstance(source, Unknown):
                self.state.tree.mount_unknown(target.folder, source.reason, self.place)
                continue
            self._tools(source)
            path = posixpath.normpath(posixpath.join("/", source))
            for tree, other in ((self.state.tree, "tree"), (self.state.build_tree, "build_tree")):
                self._graft(tree, getattr(stage, other) if stage else None, path, name, target, stage)
        if target.is_folder:
            self.state.add_folder(target.absolute)
        self._mode(target)

    def _graft(
        self, tree: Tree, other: Tree | None, path: str, name: str, target: Destination, stage: StageState | None
    ) -> None:
        file_there = target.of_file(posixpath.basename(path))
        if _PACKAGES.search(path):  # `*.whl`: nothing that would stand in the way of a module or a script.
            return
        if other is None or "*" in path:
            reason = f"copied from the {'image' if other is None else 'stage'} {name}"
            tree.mount_unknown(target.folder if target.is_folder else file_there, reason, self.place)
            return
        found = other.locate(path)
        is_file = isinstance(found, str) and found in self.context.project
        where = file_there if is_file else target.absolute
        if not _is_covered(other, path) or isinstance(found, Unknown):
            tree.mount_unknown(where, f"copied from the stage {name}", self.place)
        for mount in other.mounts:
            moved = _moved(mount.path, path, where)
            if moved is not None:
                tree.mounts.append(type(mount)(moved, mount.origin_path, mount.origin, mount.excluded, mount.unknown))
            elif mount.unknown is None and path.startswith(mount.path.rstrip("/") + "/"):
                rest = path[len(mount.path.rstrip("/")) + 1 :]
                tree.mount(where, posixpath.join(mount.origin_path, rest), mount.origin, mount.excluded)
        for change in other.changes:
            moved = _moved(change.path, path, where)
            if moved is not None:
                tree.change(change.kind, moved, change.origin)
        if stage is not None and stage.is_folder(path):
            self.state.add_folder(where)

    def _tools(self, source: str) -> None:
        name = posixpath.basename(source.rstrip("/"))
        if name in ("curl", "wget"):
            self.state.tools.add(name)
        elif name in ("bin", "usr", "sbin", "local", ""):
            self.state.tools |= {"curl", "wget"}


@dataclass
class Destination:
    """The destination of a COPY. `text` is as written, after substitution."""

    state: StageState
    text: str
    several: bool

    @property
    def absolute(self) -> str:
        return self.state.absolute(self.text)

    @property
    def is_folder(self) -> bool:
        """Whether files go into it: it ends in a slash, is a dot, or there is such a folder already."""
        ends = self.text.endswith("/") or posixpath.basename(self.text) in (".", "..")
        return self.several or ends or self.state.is_folder(self.absolute)

    @property
    def folder(self) -> str:
        return self.absolute if self.is_folder else posixpath.dirname(self.absolute)

    def of_file(self, name: str) -> str:
        """Where a file of that name ends up."""
        return posixpath.join(self.absolute, name) if self.is_folder else self.absolute


def _moved(path: str, old: str, new: str) -> str | None:
    """A path at or below `old`, below `new`; None when it is elsewhere."""
    if path == old:
        return new
    inside = path.startswith(old.rstrip("/") + "/")
    return posixpath.join(new, path[len(old.rstrip("/")) + 1 :]) if inside else None


def _is_covered(tree: Tree, path: str) -> bool:
    """Whether something of the project is known to stand at or below a path."""
    if isinstance(tree.locate(path), str):
        return True
    return any(mount.unknown is None and _moved(mount.path, path, "/") is not None for mount in tree.mounts)
