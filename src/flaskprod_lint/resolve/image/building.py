"""RUN: the programs that a build runs, and what they leave behind in the image."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from flaskprod_lint.inputs import shell
from flaskprod_lint.inputs.dockerfile import Flag, Instruction
from flaskprod_lint.inputs.shell import SimpleCommand
from flaskprod_lint.inputs.shell_words import Literal, Variable, Word
from flaskprod_lint.model import ImageRun, SecretLiteral, Setting, Step, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import secrecy
from flaskprod_lint.resolve.image import spoken_secrets
from flaskprod_lint.resolve.image.context import BuildContext
from flaskprod_lint.resolve.image.stage import StageState
from flaskprod_lint.source import Place, Source, Span

#: Programs of which a build is sure that they make no file that the app could be.
_HARMLESS = frozenset(
    (
        "pip pip3 apt apt-get apk dnf yum microdnf zypper apt-key add-apt-repository chown chgrp adduser addgroup "
        "useradd groupadd usermod rm rmdir true false : set echo printf test [ export unset cd ls cat which command "
        "type find poetry pipenv uv pdm conda mamba micromamba hatch locale-gen update-ca-certificates ldconfig ln "
        "umask sleep exit pwd env date uname id whoami setcap dpkg dpkg-reconfigure passwd chpasswd sync groupmod "
        "su-exec gosu shopt trap . source hash grep head sort wc mkdir chmod sed dos2unix cp mv touch install "
        "corepack npm yarn gem localedef"
    ).split()
)
_PYTHON = regex(r"python(\d(\.\d+)?)?|pypy3?")
_INSTALLERS = frozenset({"apt", "apt-get", "apk", "dnf", "yum", "microdnf", "zypper", "conda", "mamba", "micromamba"})
_QUIET_MODULES = frozenset({"pip", "venv", "ensurepip", "compileall", "poetry", "pipenv", "uv", "virtualenv", "nltk"})
#: Variables by which ENV tells pip and uv what to install.
_FOR_INSTALLERS = ("PIP_CONSTRAINT", "UV_CONSTRAINT", "UV_NO_DEV")
_SHELLS = ("sh", "bash", "dash", "ash")
_SHEBANG = regex(r"#!.*\b(ba|da|a)?sh\b")
#: What only a shell understands: its signs, and a variable for one command.
_NEEDS_SHELL = regex(r"[&|;<>'\"\\`(){}#*?!\[]|^\s*\w+=")
_WRAPPERS = frozenset({"exec", "command", "env", "sudo", "time", "nice", "eatmydata"})


@dataclass
class Building:
    """One RUN at work in a stage."""

    state: StageState
    context: BuildContext
    instruction: Instruction

    @property
    def place(self) -> Place:
        return Place(self.instruction.span, f"RUN {self.instruction.value}")

    def run(self) -> None:
        """Take in the instruction."""
        self._mounts()
        told = {name: self.state.variables[name] for name in _FOR_INSTALLERS if name in self.state.variables}
        steps = tuple(replace(step, environment=told) if told else step for step in self._steps())
        self.state.runs.append(ImageRun(self.instruction.value, self.place, steps, self.state.name))
        for step in steps:
            self._effect(step)
        if not self._has_cache_mount() and not self._removes_cache(steps):
            self._pip_caches(steps)

    # The programs

    def _steps(self) -> Iterator[Step]:
        argv = self.instruction.argv
        if argv is not None:
            words = tuple(word.value for word in argv)
            if (
                words[1:2] == ("-c",)
                and len(words) > 2
                and posixpath.basename(words[0]) in ("sh", "bash", "ash", "dash")
            ):
                yield from self._script(words[2], None)
            elif words:
                yield Step(words, " ".join(words), self.place, cwd=self.state.workdir)
            return
        bodies = self.instruction.heredocs
        if bodies and self.instruction.value.lstrip().startswith("<<"):
            for body in bodies:
                yield from self._script(body.text, None, body.span)
            return
        # The shell wants each heredoc after the line that names it.
        following = "".join(f"\n{body.text}{body.name}" for body in bodies)
        yield from self._script(self.instruction.value + following, self.instruction)

    def _script(
        self,
        text: str,
        instruction: Instruction | None,
        span: Span | None = None,
        *,
        source: Source | None = None,
        cwd: str = "",
    ) -> Iterator[Step]:
        """The programs of a text: of a RUN, of a heredoc at `span`, or of a script of the project, `source`."""
        cwd = cwd or self.state.workdir
        variables = {**self.state.arguments, **self.state.variables}
        if source is None and "$" not in text and "\n" not in text and not _NEEDS_SHELL.search(text):
            step = self._plain(text, instruction, cwd)
            self._spoken(step.argv, instruction.value_span if instruction else self.instruction.span)
            yield from self._followed(step) or (step,)
            return
        from flaskprod_lint.resolve.image import branches

        def text_of(word: Word) -> str | None:
            value = _value(word, variables)
            return value if isinstance(value, str) else None

        for taken in branches.commands(shell.parse(text).body, text_of):
            command = taken.command
            part = self._part(command, instruction, source) or span or self.instruction.span
            self._assign(command, variables, part)
            argv = _unwrapped(tuple(_value(word, variables) for word in command.words))
            self._redirects(command, argv, cwd, part)
            self._written(command, argv, part)
            self._spoken(argv, part)
            if not argv:
                continue
            if argv[0] == "cd":
                cwd = posixpath.join(cwd, argv[1]) if len(argv) > 1 and isinstance(argv[1], str) else cwd
                continue
            written = text[command.start : command.end]
            note = " ".join(written.replace("\\\n", " ").split())
            step = Step(argv, written, Place(part, note), cwd=posixpath.normpath(cwd), sure=taken.sure)
            yield from (self._followed(step) if source is None else ()) or (step,)

    def _followed(self, step: Step) -> tuple[Step, ...]:
        """The programs of the project's script that a command starts; none where it starts something else."""
        source = self._project_script(step)
        if source is None:
            return ()
        inner = self._script(source.text, None, source=source, cwd=step.cwd)
        return tuple(replace(one, sure=one.sure and step.sure) for one in inner)

    def _project_script(self, step: Step) -> Source | None:
        words = [word for word in step.argv if isinstance(word, str)]
        if posixpath.basename(words[0] if words else "") in _SHELLS:
            words = [word for word in words[1:] if not word.startswith("-")]
        if not words or ("/" not in words[0] and not words[0].endswith(".sh")):
            return None
        found = self.state.tree.locate(words[0], step.cwd)
        source = self.context.project.read(found) if isinstance(found, str) else None
        is_script = source is not None and (words[0].endswith(".sh") or _SHEBANG.match(source.line(source.first)))
        return source if is_script else None

    def _part(self, command: SimpleCommand, instruction: Instruction | None, source: Source | None) -> Span | None:
        if source is not None:
            return source.span(command.start, command.end)
        if instruction is None:
            return None
        return instruction.part(command.start, min(command.end, len(instruction.value)))

    def _plain(self, text: str, instruction: Instruction | None, cwd: str) -> Step:
        """One command with nothing in it that a shell would change: no need of its grammar."""
        span = instruction.value_span if instruction else self.instruction.span
        return Step(tuple(text.split()), text, Place(span, text.strip()), cwd=cwd)

    def _assign(self, command: SimpleCommand, variables: dict[str, Setting], span: Span) -> None:
        """Assignments and exports: later commands of the same RUN see them; a real secret among them is told."""
        exported = command.name in ("export", "declare", "typeset")
        pairs = [(one.name, one.value) for one in command.assignments]
        for word in command.words[1:] if exported else ():
            name, equals, _ = word.raw.partition("=")
            if equals:
                pairs.append((name, _after_equals(word)))
        for name, value in pairs:
            text = "" if value is None else _value(value, variables)
            self._judge(name, text, span, "RUN export" if exported else "RUN")
            if exported or not command.words:
                variables[name] = Setting(name, text, Place(span))

    def _judge(self, name: str, text: str | Unknown, span: Span, how: str) -> None:
        """Note a real secret; a guessable one serves the build and nothing else."""
        found = secrecy.judge(name, text) if isinstance(text, str) else None
        if found is not None and found.secret and not found.weak:
            self.state.secrets.append(SecretLiteral(name, span, how, found.kind, found.length))

    def _written(self, command: SimpleCommand, argv: tuple[str | Unknown, ...], span: Span) -> None:
        """`echo NAME=value > .env` leaves the value in the file and in the image's history."""
        if command.name in ("echo", "printf") and command.redirects:
            for word in argv[1:]:
                for line in word.replace("\\n", "\n").split("\n") if isinstance(word, str) else ():
                    name, equals, value = line.strip().removeprefix("export ").partition("=")
                    if equals and re.fullmatch(r"\w+", name):
                        self._judge(name, value.strip("\"'"), span, "RUN")

    def _spoken(self, argv: tuple[str | Unknown, ...], span: Span) -> None:
        """Options of a command that are secrets: the history of the image has the whole command."""
        for name, text in spoken_secrets.find(argv):
            self._judge(name, text, span, "RUN")

    def _redirects(self, command: SimpleCommand, argv: tuple[str | Unknown, ...], cwd: str, part: Span) -> None:
        for redirect in command.redirects:
            if redirect.operator in (">", ">>", ">|", "&>") and redirect.target is not None:
                target = _value(redirect.target, {**self.state.arguments, **self.state.variables})
                if isinstance(target, str) and not target.startswith("/dev/"):
                    where = posixpath.normpath(posixpath.join(cwd, target))
                    if not self._script_written(command, argv, where, part, append=redirect.operator == ">>"):
                        self.state.tree.mount_unknown(where, "written by a RUN", self.place)
                        self.state.tree.change("rewritten", where, self.place)

    def _script_written(
        self, command: SimpleCommand, argv: tuple[str | Unknown, ...], where: str, part: Span, *, append: bool
    ) -> bool:
        """Whether what a command writes to a file is a script that stands in the Dockerfile itself."""
        from flaskprod_lint.resolve.image import scripts

        marks = [one.target.text for one in command.redirects if one.operator.startswith("<<") and one.target]
        bodies = [body for body in self.instruction.heredocs if body.name in marks]
        if command.name == "cat" and len(bodies) == 1 and not append:
            return scripts.from_heredoc(self.state, where, bodies[0], self.place)
        return scripts.from_command(self.state, where, command, argv, part, append=append)

    # What they leave behind

    def _effect(self, step: Step) -> None:
        argv, program = step.argv, step.program
        plain = [word for word in argv[1:] if isinstance(word, str) and not word.startswith("-")]
        if program in _INSTALLERS:
            self._install(step, plain)
        elif program == "chmod":
            self._chmod(step, plain)
        elif program in ("sed", "dos2unix", "perl"):
            if program == "dos2unix" or any(isinstance(word, str) and word.startswith("-i") for word in argv):
                for path in plain if program == "dos2unix" else plain[1:] or plain:
                    self.state.tree.change("rewritten", posixpath.join(step.cwd, path), step.origin)
        elif program == "mkdir":
            for path in plain:
                self.state.add_folder(posixpath.normpath(posixpath.join(step.cwd, path)))
        elif program in ("cp", "mv", "ln", "install") and len(plain) >= 2:
            self._moved(step, plain)
        elif not self._is_harmless(step):
            self._anything(step)

    def _install(self, step: Step, plain: list[str]) -> None:
        """System packages: curl and wget are what health checks need."""
        for tool in ("curl", "wget"):
            if any(re.fullmatch(rf"{tool}(-minimal)?([=~<>:].*)?", word) for word in plain):
                self.state.tools.add(tool)
        if any(isinstance(word, Unknown) for word in step.argv):
            self.state.tools |= {"curl", "wget"}

    def _chmod(self, step: Step, plain: list[str]) -> None:
        modes = [
            word for word in step.argv[1:] if isinstance(word, str) and re.match(r"[ugoa]*[+=][rwxXst]+|0?\d{3}", word)
        ]
        if not modes or not re.search(r"[+=][rw]*x|^0?[1357]\d\d|^0?\d*[1357]", modes[0]):
            return
        for path in plain:
            if path not in modes:
                self.state.tree.change("executable", posixpath.join(step.cwd, path), step.origin)

    def _moved(self, step: Step, plain: list[str]) -> None:
        """cp, mv and ln of files of the project: they stand at the new place too."""
        target = posixpath.normpath(posixpath.join(step.cwd, plain[-1]))
        if step.program == "install":
            plain = [word for word in plain if not re.fullmatch(r"0?\d{3}|root|[ugoa+rwx=,]+", word)]
        for name in plain[:-1]:
            source = posixpath.normpath(posixpath.join(step.cwd, name))
            found = self.state.tree.locate(source)
            inside = self.state.is_folder(target) or plain[-1].endswith(("/", "/.")) or len(plain) > 2
            where = posixpath.join(target, posixpath.basename(source)) if inside else target
            if isinstance(found, str):
                self.state.tree.mount(where, found, step.origin)
                for kind in ("executable", "rewritten"):
                    if self.state.tree.changed(kind, source):
                        self.state.tree.change(kind, where, step.origin)
            else:
                self.state.tree.mount_unknown(where, f"made by `{step.program}` in a RUN", step.origin)
            if step.program == "install":
                self.state.tree.change("executable", where, step.origin)

    def _is_harmless(self, step: Step) -> bool:
        if step.program in _HARMLESS:
            return True
        words = [word for word in step.argv if isinstance(word, str)]
        if _PYTHON.fullmatch(step.program):
            return words[1:2] == ["-m"] and len(words) > 2 and words[2].partition(".")[0] in _QUIET_MODULES
        return step.program == "flask" and words[1:2] != ["db"]

    def _anything(self, step: Step) -> None:
        """A program that may make any file: what it leaves in its folder is not known."""
        if not step.program:
            self.state.tools |= {"curl", "wget"}
        where = step.cwd or "/"
        if step.program in ("curl", "wget") or step.argv[1:3] in (("-m", "zipfile"), ("-m", "tarfile")):
            named = [word for word in step.argv if isinstance(word, str) and word.startswith("/")]
            where = named[-1] if named else where
        if step.program in ("bash", "sh", "make", "xargs") or step.program.endswith(".sh"):
            self.state.tools |= {"curl", "wget"}
        self.state.tree.mount_unknown(where, f"`{step.program or 'a program'}` in a RUN may have made it", step.origin)

    # Mounts and caches

    def _mounts(self) -> None:
        """--mount=type=bind: files that are there for this RUN only, in the tree that installs look into."""
        for flag in self.instruction.flags:
            options = _mount_options(flag)
            if options is None or options.get("type", "bind") != "bind":
                continue
            target = options.get("target") or options.get("dst") or options.get("destination") or ""
            source = options.get("source") or options.get("src") or ""
            if target and "from" not in options:
                path = self.context.path(source)
                self.state.build_tree.mount(self.state.absolute(target), path, self.place, self.context.excludes)

    def _has_cache_mount(self) -> bool:
        found = [_mount_options(flag) for flag in self.instruction.flags]
        return any(options is not None and options.get("type") in ("cache", "tmpfs") for options in found)

    def _removes_cache(self, steps: tuple[Step, ...]) -> bool:
        removed = " ".join(step.text for step in steps if step.program == "rm" or "cache purge" in step.text)
        return bool(re.search(r"\.cache|cache purge|/root/|~/", removed))

    def _pip_caches(self, steps: tuple[Step, ...]) -> None:
        off = {"PIP_NO_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME"} & set(self.state.variables)
        for step in steps:
            words = [word for word in step.argv if isinstance(word, str)]
            # pip takes any beginning of an option that is not ambiguous: `--no-cache`.
            uncached = any(word.startswith(("--no-cache", "--cache-dir")) for word in words)
            if _is_pip_install(words) and not off and not uncached and not _installs_pip_only(words):
                self.state.pip_caches.append(step.origin)


def _is_pip_install(words: list[str]) -> bool:
    name = posixpath.basename(words[0]) if words else ""
    if re.fullmatch(r"pip(\d(\.\d+)?)?", name):
        return "install" in words[1:4]
    return bool(_PYTHON.fullmatch(name)) and words[1:3] == ["-m", "pip"] and "install" in words[3:6]


def _installs_pip_only(words: list[str]) -> bool:
    """Whether a command brings a newer pip and its kin and nothing else: what that leaves is small."""
    named = {
        re.split(r"[<>=!~\[]", word)[0] for word in words[words.index("install") + 1 :] if not word.startswith("-")
    }
    return bool(named) and named <= {"pip", "setuptools", "wheel"} and "-r" not in words


def _mount_options(flag: Flag) -> dict[str, str] | None:
    if flag.name != "mount":
        return None
    pairs = (part.partition("=") for part in flag.value.split(","))
    return {name.strip().lower(): value for name, _, value in pairs}


def _unwrapped(argv: tuple[str | Unknown, ...]) -> tuple[str | Unknown, ...]:
    """The command behind `exec`, `sudo`, `env NAME=value` …"""
    while argv and argv[0] in _WRAPPERS:
        rest = argv[1:]
        while rest and isinstance(rest[0], str) and (rest[0].startswith("-") or re.match(r"\w+=", rest[0])):
            rest = rest[1:]
        argv = rest
    return argv


def _value(word: Word, variables: Mapping[str, Setting]) -> str | Unknown:
    """The text of a shell word, as far as the variables of the build say it."""
    if word.text is not None:
        return word.text
    kept: list[str] = []
    for part in word.parts:
        if isinstance(part, Literal):
            kept.append(part.text)
            continue
        setting = variables.get(part.name) if isinstance(part, Variable) and not part.operator else None
        if setting is None or not isinstance(setting.value, str):
            return Unknown(f"`{word.raw}` is known only while the image is built")
        kept.append(setting.value)
    return "".join(kept)


def _after_equals(word: Word) -> Word:
    """The value of `export NAME=value`."""
    from flaskprod_lint.inputs import shell_words

    return shell_words.read(word.raw.partition("=")[2], word.start)
