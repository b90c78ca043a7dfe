"""CI workflows of GitHub and GitLab: their jobs, and what each step runs."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source

#: Top-level keys of a .gitlab-ci.yml that are no jobs.
_NO_JOBS = frozenset(
    "stages variables include default workflow image services before_script after_script cache spec".split()
)


@dataclass(frozen=True)
class WorkflowStep:
    """One step: an action with its inputs (`uses`), or a script (`run`). `folder` is where it runs."""

    run: Located[str] | None = None
    uses: Located[str] | None = None
    inputs: tuple[tuple[str, Located[str]], ...] = ()
    folder: str = ""

    def input(self, *names: str) -> Located[str] | None:
        """The first of these inputs that is given."""
        return next((value for name in names for key, value in self.inputs if key.lower() == name), None)


@dataclass(frozen=True)
class WorkflowJob:
    """A job. `has_services` says that it brings its own database or the like, as tests do."""

    name: str
    steps: tuple[WorkflowStep, ...]
    has_services: bool = False


@dataclass(frozen=True)
class Workflow:
    """The jobs of a workflow. `variables` are those that it sets for all its jobs, or for any of them.

    `only_tests` says that nothing but a pull request starts it.
    """

    path: str
    jobs: tuple[WorkflowJob, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    only_tests: bool = False
    problem: Problem | None = None


def read_github(source: Source) -> Workflow:
    """The jobs of a workflow of GitHub Actions."""
    documents = yaml_tree.read(source)
    root = documents.root
    jobs = root.get("jobs") if root is not None else None
    if root is None or jobs is None:
        return Workflow(source.path, problem=documents.problem)
    found = tuple(_github_job(entry.key.value, entry.value) for entry in jobs.entries if entry.value.is_mapping)
    variables = [*_variables(root), *(pair for entry in jobs.entries for pair in _variables(entry.value))]
    return Workflow(source.path, found, tuple(variables), _only_for_pulls(root), documents.problem)


def _github_job(name: str, node: Node) -> WorkflowJob:
    steps = node.get("steps")
    folder = node.string("defaults", "run", "working-directory")
    found = tuple(_github_step(item, folder) for item in (steps.items if steps is not None else ()))
    return WorkflowJob(name, found, node.get("services") is not None)


def _github_step(node: Node, folder: Located[str] | None) -> WorkflowStep:
    given = node.get("with")
    pairs = tuple(
        (entry.key.value, Located(entry.value.text, entry.value.span))
        for entry in (given.entries if given is not None else ())
        if entry.value.is_scalar
    )
    own = node.string("working-directory") or folder
    return WorkflowStep(node.string("run"), node.string("uses"), pairs, own.value if own is not None else "")


def _only_for_pulls(root: Node) -> bool:
    """Whether only pull requests start it. `on` may be a text, a list or a mapping."""
    node = root.get("on")
    if node is None:
        return False
    names = [entry.key.value for entry in node.entries] or [name.value for name in node.strings()]
    return bool(names) and all(name in ("pull_request", "pull_request_target", "merge_group") for name in names)


def read_gitlab(source: Source) -> Workflow:
    """The jobs of a .gitlab-ci.yml: their before_script and script, each as one step."""
    documents = yaml_tree.read(source)
    root = documents.root
    if root is None:
        return Workflow(source.path, problem=documents.problem)
    shared = root.get("services") is not None
    jobs = tuple(
        WorkflowJob(
            entry.key.value, tuple(_gitlab_steps(entry.value)), entry.value.get("services") is not None or shared
        )
        for entry in root.entries
        if entry.key.value not in _NO_JOBS and entry.value.is_mapping
    )
    variables = [
        *_variables(root, "variables"),
        *(pair for one in root.entries for pair in _variables(one.value, "variables")),
    ]
    return Workflow(source.path, jobs, tuple(variables), False, documents.problem)


def _gitlab_steps(job: Node) -> Iterator[WorkflowStep]:
    for key in ("before_script", "script"):
        node = job.get(key)
        lines = [line for item in (node.items or (node,)) for line in item.strings()] if node is not None else []
        for line in lines:
            yield WorkflowStep(run=line)


def _variables(node: Node, key: str = "env") -> Iterator[tuple[str, str]]:
    found = node.get(key)
    for entry in found.entries if found is not None else ():
        if entry.value.is_scalar:
            yield entry.key.value, entry.value.text
