"""What a pipeline or a deploy script runs: the programs of its steps with their words, and its actions."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from flaskprod_lint.inputs import cloud_build, shell, workflows
from flaskprod_lint.inputs.cloud_build import BuildStep
from flaskprod_lint.inputs.shell import SimpleCommand, Word
from flaskprod_lint.inputs.shell_words import Literal
from flaskprod_lint.inputs.workflows import Workflow, WorkflowJob, WorkflowStep
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Project, Source, Span

#: A variable that the file may itself give a value.
_ENVIRONMENT = regex(r"\$\{\{\s*env\.(\w+)\s*\}\}|\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)")
_EXPRESSION = regex(r"\$\{\{.*?\}\}", re.DOTALL)
_SUBSTITUTION = regex(r"\$\{?(_[A-Z0-9_]+)\}?")
#: What builds, deploys or migrates; a script without any of these is not parsed.
_TELLING = regex(
    r"\b(docker|gcloud|kaniko|pack|heroku|railway|flyctl|fly|scalingo|eb|az|doctl|kubectl|helm|kamal|dokku|upgrade)\b"
)
_SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash")


@dataclass(frozen=True)
class Run:
    """A program that a pipeline starts. Words keep `$NAME` and `${{ … }}` as written.

    `at` is where it begins, `within` the whole text it stands in. `builder` is the image that it runs in, if that is
    said. `job` is the job's name; `tests` says that the job only tests.
    """

    words: tuple[str, ...]
    at: Span
    within: Span
    folder: str = ""
    builder: str = ""
    job: str = ""
    tests: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True)
class Action:
    """An action of GitHub with its inputs."""

    name: str
    step: WorkflowStep
    at: Span
    job: str = ""
    tests: bool = False


@dataclass(frozen=True)
class Pipeline:
    """All that a file of a CI service runs, in order."""

    path: str
    steps: tuple[Run | Action, ...]

    @property
    def runs(self) -> Iterator[Run]:
        return (step for step in self.steps if isinstance(step, Run))

    @property
    def actions(self) -> Iterator[Action]:
        return (step for step in self.steps if isinstance(step, Action))


def find(project: Project) -> list[Pipeline]:
    """The pipelines of a project: Cloud Build's, GitHub's, GitLab's, and scripts that call gcloud."""
    return list(_find(project))


def _find(project: Project) -> Iterator[Pipeline]:
    for path in project.of_format("yaml"):
        if not project.holds(path, b"steps"):
            continue
        build = project.facts(path, cloud_build.read)
        if build is not None and build.steps:
            values = dict(build.substitutions)
            yield Pipeline(
                path, tuple(run for step in build.steps for run in _of_build_step(project, path, step, values))
            )
    for name, reader in (("github-workflow", workflows.read_github), ("gitlab-ci", workflows.read_gitlab)):
        for path in project.of_format(name):
            workflow = project.facts(path, reader)
            if workflow is not None and workflow.jobs:
                yield Pipeline(path, tuple(_of_workflow(project, workflow)))
    for path in project.of_format("shell"):
        source = project.read(path) if project.holds(path, b"gcloud") else None
        if source is not None:
            whole = Located(source.text, source.span(0, len(source.text)))
            yield Pipeline(path, tuple(_programs(project, whole, source.text, "", "")))


# Cloud Build


def _of_build_step(project: Project, path: str, step: BuildStep, values: Mapping[str, str]) -> Iterator[Run]:
    def known(text: str) -> str:
        return _SUBSTITUTION.sub(lambda match: values.get(match[1], match[0]), text).replace("$$", "$")

    folder = posixpath.normpath(step.folder) if step.folder else ""
    builder = known(step.builder.value)
    if step.script is not None:
        yield from _programs(project, step.script, known(step.script.value), folder, builder)
        return
    entrypoint = step.entrypoint.value if step.entrypoint is not None else ""
    if entrypoint in _SHELLS and len(step.arguments) > 1 and step.arguments[0].value.startswith("-"):
        text = step.arguments[1]
        yield from _programs(project, text, known(text.value), folder, builder)
        return
    words = tuple(known(argument.value) for argument in step.arguments)
    program = entrypoint or _program_of(builder)
    if program == "exec-wrapper":
        yield from _wrapped(words, step, folder)
        return
    at = step.arguments[0].span if step.arguments else step.span
    yield Run(((program, *words) if program else words), at, step.span, folder, builder)


def _program_of(builder: str) -> str:
    """The program that a builder's image starts; empty for an image of the project's own."""
    name = builder.partition("@")[0].rpartition("/")[2].partition(":")[0]
    if "kaniko" in builder:
        return "kaniko"
    own = "cloud-builders/" in builder and name in ("docker", "gcloud")
    return name if own or name in ("exec-wrapper", "pack") else ""


def _wrapped(words: tuple[str, ...], step: BuildStep, folder: str) -> Iterator[Run]:
    """App Engine's exec-wrapper: `-i IMAGE … -- COMMAND` runs a command in an image of the project's own."""
    if "--" in words and "-i" in words[:-1]:
        image = words[words.index("-i") + 1]
        yield Run(words[words.index("--") + 1 :], step.span, step.span, folder, image)


# Workflows


def _of_workflow(project: Project, workflow: Workflow) -> Iterator[Run | Action]:
    values = _values(workflow)
    for job in workflow.jobs:
        tests = workflow.only_tests or _only_tests(job)
        for step in job.steps:
            yield from _of_step(project, step, job.name, values, tests=tests)


def _only_tests(job: WorkflowJob) -> bool:
    """Whether a job only tests: it brings its own database, or is called after tests."""
    return (
        job.has_services or re.search(r"(^|[-_])(tests?|lint|ci|checks?)($|[-_])", job.name, re.IGNORECASE) is not None
    )


def _of_step(
    project: Project, step: WorkflowStep, job: str, values: Mapping[str, str], *, tests: bool
) -> Iterator[Run | Action]:
    text = step.run
    if step.uses is not None:
        name = step.uses.value.partition("@")[0]
        yield Action(name, _filled_in(step, values), step.uses.span, job, tests)
        text = step.input("script") if "ssh" in name else None
    if text is not None:
        known = _fill_in(text.value, values)
        for run in _programs(project, text, known, posixpath.normpath(step.folder) if step.folder else "", ""):
            yield Run(run.words, run.at, run.within, run.folder, run.builder, job, tests)


def _filled_in(step: WorkflowStep, values: Mapping[str, str]) -> WorkflowStep:
    inputs = tuple((name, Located(_fill_in(text.value, values), text.span)) for name, text in step.inputs)
    return WorkflowStep(step.run, step.uses, inputs, step.folder)


def _values(workflow: Workflow) -> dict[str, str]:
    """The variables of which the file says one value."""
    found: dict[str, str] = {}
    for name, value in workflow.variables:
        found[name] = value if found.get(name, value) == value else f"${name}"
    return found


def _fill_in(text: str, values: Mapping[str, str]) -> str:
    """The text with the file's own values of `${{ env.NAME }}` and `$NAME`, which may name each other."""
    for _ in range(3):
        text = _ENVIRONMENT.sub(lambda match: values.get(match[1] or match[2] or match[3], match[0]), text)
    return text


# Scripts


def _programs(project: Project, written: Located[str], text: str, folder: str, builder: str) -> Iterator[Run]:
    """The programs of a script, with the folder that `cd` has led to."""
    source = project.read(written.span.path)
    if not _TELLING.search(text):
        return
    holes: list[str] = []

    def hide(match: re.Match[str]) -> str:
        holes.append(match[0])
        return f"HOLE{len(holes) - 1}ELOH"

    script = shell.parse(_EXPRESSION.sub(hide, text))
    values: dict[str, str] = {}
    for command in shell.simple_commands(script):
        words = tuple(_fill_in(_restored(_written(word), holes), values) for word in command.words)
        for one in command.assignments if not words else ():
            if one.value is not None and one.items is None:
                values[one.name] = _fill_in(_restored(_written(one.value), holes), values)
        if words[:1] == ("cd",) and len(words) == 2 and "$" not in words[1]:
            folder = posixpath.normpath(posixpath.join(folder, words[1]))
            folder = "" if folder == "." else folder
        elif words:
            at = _line_of(source, written.span, script.text, command) if source is not None else written.span
            yield Run(words, at, written.span, folder, builder)


def _written(word: Word) -> str:
    """A word without its quotes, its expansions as they are written."""
    return "".join(part.text if isinstance(part, Literal) else part.raw for part in word.parts)


def _restored(text: str, holes: list[str]) -> str:
    return re.sub(r"HOLE(\d+)ELOH", lambda match: holes[int(match[1])], text)


def _line_of(source: Source, span: Span, text: str, command: SimpleCommand) -> Span:
    """The line of the file on which a command begins: the next one of the text that says the same."""
    number = text.count("\n", 0, command.start)
    if text == source.text:
        return source.line_span(number + 1)
    if source.line(span.line).rstrip().endswith(("|", "|-", "|+")):
        return source.line_span(min(span.line + 1 + number, span.end_line))
    return span if span.line == span.end_line else source.line_span(span.line)


@lru_cache(maxsize=64)
def _needle(flag: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(flag)}(?![\w-])")


def place_of(project: Project, run: Run, flag: str) -> Span:
    """Where a flag of a command stands: on the line that names it, else where the command begins."""
    source = project.read(run.at.path)
    for number in range(run.at.line, run.within.end_line + 1) if source is not None else ():
        if source is not None and _needle(flag).search(source.line(number)):
            return source.line_span(number)
    return run.at
