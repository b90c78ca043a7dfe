"""What we say a script runs, held against what real dash and bash run: its programs are stubs that log their words."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from flaskprod_lint.model import Command, Setting
from flaskprod_lint.resolve.commands import follow
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project

PROGRAMS = ("alpha", "beta", "gamma", "delta")
STUB = """#!/bin/sh
{ printf '%s' "${0##*/}"
for word in "$@"; do printf '\\037%s' "$word"; done
printf '\\036%s\\n' "${E-unset}"; } >> "$LOG"
"""
SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)]


class Scripts:
    """Small scripts whose every condition is known, made from a seed."""

    def __init__(self, seed: int, bash: bool) -> None:
        self.random = random.Random(seed)
        self.bash = bash
        self.depth = 0
        self.count = 0
        self.functions: list[str] = []

    def pick(self, *items: str) -> str:
        return self.random.choice(items)

    def word(self) -> str:
        value = self.pick("one", "two words", "", "x=y", "a-b", "$V", "-n")
        bare = self.pick("one", "a-b", "x:y", "--opt=1", "0.0.0.0:80", "a\\ b", "create\\(\\)", "q'uo ted'x", '"a"b')
        name = self.pick("V", "W", "UNSET", "EMPTY", "1", "2", "E")
        return self.pick(
            bare,
            bare,
            f"'{value}'",
            f'"{value}"',
            f"${{{name}}}",
            f'"${{{name}}}"',
            f'"p-${{{name}}}-s"',
            f"p${{{name}}}s",
            f"${{{name}:-dflt}}",
            f'"${{{name}:-d f}}"',
            f"${{{name}:-'d f'}}",
            f'"${{{name}:+alt}}"',
            f"${{{name}-dash}}",
            f"${{#{name}}}",
            f'"${{{name}%o*}}"',
            f'"${{{name}##*-}}"',
            '"$@"',
            "$@",
            '"$*"',
            "$#",
            "$(echo sub stituted)",
            '"$(echo sub stituted)"',
            "$((2 * 3 + 1))",
            '"$((N + 1))"',
            "`echo back`",
        )

    def call(self) -> str:
        words = " ".join(self.word() for _ in range(self.random.randrange(4)))
        lead = self.pick("", "", "", "E=inline ", 'E="$V" ')
        return f"{lead}{self.pick(*PROGRAMS)} {words}".strip()

    def test(self) -> str:
        name = self.pick("V", "W", "UNSET", "EMPTY", "1", "E")
        tests = [
            f'[ "${{{name}}}" = "{self.pick("one", "two words", "")}" ]',
            f'[ -n "${{{name}}}" ]',
            f'[ -z "${{{name}}}" ]',
            f'[ "${{{name}}}" != one ]',
            f'[ ! -n "${{{name}}}" ]',
            f'[ -n "$V" -a -z "${{{name}}}" ]',
            f'[ "$V" = zz -o -n "${{{name}}}" ]',
            "[ $# -gt 1 ]",
            "[ $# -eq 0 ]",
            "test $((N)) -lt 3",
            "true",
            "false",
            '! [ "$V" = one ]',
        ]
        if self.bash:
            tests += [f"[[ ${name} == o* ]]", f"[[ -n ${name} && $V != x ]]", '[[ "$V" =~ ^o.e$ ]]', "(( N > 1 ))"]
        return self.random.choice(tests)

    def statements(self, count: int) -> str:
        return "\n".join(self.statement() for _ in range(count))

    def statement(self) -> str:
        simple = [
            self.call,
            self.call,
            self.call,
            lambda: (
                f"{self.pick('V', 'W', 'E')}={self.pick('one', 'two', '$W', '$V-x', chr(34) + 'two words' + chr(34))}"
            ),
            lambda: f"export {self.pick('V', 'E')}={self.pick('exported', '$V')}",
            lambda: "export W E",
            lambda: "unset W",
            lambda: f"set -- {self.word()} {self.word()}",
            lambda: 'set -- first "$@"',
            lambda: "[ $# -gt 0 ] && shift",
            lambda: f"{self.test()} && {self.call()}",
            lambda: f"{self.test()} || {self.call()}",
            lambda: f"{self.call()} && {self.call()}",
            lambda: f"{self.call()} || {self.call()}",
            lambda: "N=$((N + 1))",
            lambda: f"eval '{self.pick(*PROGRAMS)} \"$V\" $#'",
            lambda: 'CMD="alpha --w $N"; eval "$CMD"; $CMD',
            lambda: f"{self.call()} > /dev/null 2>&1",
            lambda: f"{self.call()} & wait",
            lambda: f"command {self.pick(*PROGRAMS)} x",
            lambda: f"{self.pick(*self.functions)} {self.word()}" if self.functions else self.call(),
            lambda: "cat=1 # a comment with alpha beta\n:",
            lambda: f"{self.pick(*PROGRAMS)} one \\\n    two",
            lambda: f"{self.pick(*PROGRAMS)} <<END\nalpha in a heredoc $V\nEND",
            lambda: ": <<'END'\n$(alpha)\nEND",
        ]
        if self.bash:
            simple += [
                lambda: f'A=({self.word()} {self.word()}); A+=(more); alpha "${{A[@]}}" ${{#A[@]}} "${{A[1]}}"',
                lambda: 'alpha "${V^^}" "${V/o/0}" "${V:1:2}" "${@:2}"',
            ]
        if self.depth >= 3:
            return self.random.choice(simple)()
        self.depth += 1
        compound = [
            self._if,
            self._case,
            self._for,
            lambda: 'for i; do beta "$i"; done',
            lambda: f"while [ $((N)) -lt 3 ]; do N=$((N + 1)); {self.pick('beta $N', '[ $N -eq 2 ] && break')}; done",
            lambda: f"( {self.statements(2)}\n)",
            lambda: f"{{ {self.statements(2)}\n}}",
            self._function,
            lambda: 'while [ $# -gt 0 ]; do case "$1" in one) gamma one ;; *) delta "$1" ;; esac; shift; done',
        ]
        try:
            return self.random.choice(simple * 2 + compound * 4)()
        finally:
            self.depth -= 1

    def _if(self) -> str:
        middle = f"elif {self.test()}; then\n{self.statements(1)}\n" if self.random.random() < 0.4 else ""
        other = f"else\n{self.statements(1)}\n" if self.random.random() < 0.6 else ""
        return f"if {self.test()}; then\n{self.statements(2)}\n{middle}{other}fi"

    def _for(self) -> str:
        end = self.pick("alpha $i", "break", "continue")
        return f"for i in {self.word()} 2; do\n{self.statements(1)}\n{end}\ndone"

    def _case(self) -> str:
        subject = self.pick('"$1"', "$V", '"$#"', '"$E"')
        first, second, last = self.call(), self.call(), self.call()
        inner = self.statements(1)
        return f"case {subject} in\n one|first) {first} ;;\n o*) {second};;\n ''|*wo*)\n{inner}\n ;;\n *) {last}\nesac"

    def _function(self) -> str:
        self.count += 1
        name = f"fn{self.count}"
        body = self.statements(2)
        end = self.pick("", "return 0\nalpha never", "return")
        self.functions.append(name)
        return f"{name}() {{\n{body}\n{end}\n}}\n{name} {self.word()}"

    def script(self) -> str:
        last = self.pick("", 'exec alpha "$@"\nbeta never', "exit 0\nbeta never", "exit", 'exec env E=env beta "$V"')
        return f"#!/bin/sh\nN=0\n{self.statements(self.random.randrange(2, 6))}\n{last}\n"


def really(
    shell: str, script: Path, arguments: list[str], stubs: Path, variables: dict[str, str]
) -> list[tuple[str, ...]]:
    log = script.with_suffix(".log")
    log.write_text("")
    environment = {**variables, "PATH": str(stubs), "LOG": str(log)}
    subprocess.run(
        [shutil.which(shell) or shell, str(script), *arguments], env=environment, capture_output=True, timeout=20
    )
    found = []
    for line in log.read_text().split("\n")[:-1]:
        words, _, exported = line.partition("\x1e")
        found.append((*words.split("\x1f"), exported))
    return found


def followed(
    root: Path, name: str, shell: str, arguments: list[str], variables: dict[str, str]
) -> list[tuple[str, ...]]:
    project = Project(root, [name])
    tree = Tree(project)
    tree.mount("/app", "", Place(None))
    settings = {key: Setting(key, value) for key, value in variables.items()}
    context = Context(project, tree, "/app", settings, open_environment=False, shell=shell)
    argv = (shell, f"/app/{name}", *arguments)
    execution = follow(Command(" ".join(argv), "exec", Place(None), argv), context)
    found = []
    for step in execution.steps:
        if step.sure and step.program in (*PROGRAMS, "env"):
            exported = step.environment.get("E") or settings.get("E")
            words = tuple(word if isinstance(word, str) else f"<{word}>" for word in step.argv)
            found.append((*words, "unset" if exported is None else str(exported.value)))
    return found


@pytest.fixture(scope="session")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stubs")
    for program in PROGRAMS:
        (folder / program).write_text(STUB)
        (folder / program).chmod(0o755)
    (folder / "env").symlink_to(shutil.which("env") or "/usr/bin/env")
    return folder


@pytest.mark.skipif(os.name != "posix", reason="needs real shells")
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("block", range(6))
def test_follows_as_the_shell_runs(shell: str, block: int, tmp_path: Path, stubs: Path) -> None:
    for seed in range(block * 40, block * 40 + 40):
        check(shell, seed, tmp_path, stubs)


def check(shell: str, seed: int, tmp_path: Path, stubs: Path) -> None:
    text = Scripts(seed, bash=shell == "bash").script()
    script = tmp_path / f"s{seed}.sh"
    script.write_text(text)
    chooser = random.Random(seed)
    arguments = chooser.choice([[], ["one"], ["two words", "b"], ["first", "-x", ""]])
    variables = chooser.choice([{"V": "one"}, {"V": "two words", "E": "given"}, {"V": "o-n-e", "W": "", "EMPTY": ""}])
    expected = really(shell, script, arguments, stubs, variables)
    assert followed(tmp_path, script.name, shell, arguments, variables) == expected, f"seed {seed}\n{text}"


TEXTS = [
    "alpha",
    "exec alpha",
    "true; alpha",
    "true && alpha",
    "false || alpha",
    "alpha || exit 1",
    "A=1 alpha",
    "A=1 exec alpha",
    "alpha 2>&1",
    "true && alpha 2>&1",
    "(alpha)",
    "{ alpha; }",
    "if true; then alpha; fi",
    "if true; then exec alpha; fi",
    "case x in x) alpha;; esac",
    "f() { alpha; }; f",
    "f() { exec alpha; }; f",
    "alpha;",
    "true\nalpha",
    "true\nalpha\n",
    "export A=1; alpha",
    "trap 'echo x' TERM; alpha",
    "alpha | cat",
    "alpha & wait",
    "true; { true; alpha; }",
    "true && (alpha)",
    "for i in 1; do alpha; done",
    "command alpha",
    "true; true && alpha",
    "true\ntrue && alpha",
    "cd / && exec alpha",
    "alpha # comment",
    "set -e; alpha",
    "eval 'exec alpha'",
]


@pytest.mark.skipif(os.name != "posix", reason="needs real shells")
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("text", TEXTS)
def test_shell_gives_its_process_to_the_program_as_the_real_one_does(shell: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "alpha").write_text("#!/bin/sh\necho $$ >> $LOG\n")
    (tmp_path / "alpha").chmod(0o755)
    log = tmp_path / "log"
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "LOG": str(log)}
    process = subprocess.Popen([shell, "-c", text], env=environment, stdout=subprocess.DEVNULL)
    process.wait(20)
    replaced = log.read_text().split() == [str(process.pid)]
    context = Context(Project(tmp_path, []), Tree(Project(tmp_path, [])), "/", open_environment=False, shell=shell)
    signal = follow(Command(text.replace("alpha", "gunicorn"), "shell", Place(None)), context).signal
    assert (signal.reaches is True) == replaced, signal
