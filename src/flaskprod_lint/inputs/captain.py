"""CapRover's captain-definition: which Dockerfile it builds, or the lines of one."""

from __future__ import annotations

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source


@dataclass(frozen=True)
class Captain:
    """The facts of a captain-definition: one of the four says what is built. `is_captain` is False for other files."""

    path: str
    is_captain: bool = False
    dockerfile: Located[str] | None = None
    lines: tuple[Located[str], ...] = ()
    image: Located[str] | None = None
    template_id: Located[str] | None = None
    problem: Problem | None = None


def read(source: Source) -> Captain:
    """The facts of a definition, which is JSON without saying so in its name."""
    documents = yaml_tree.read(Source(source.path, source.text.replace("\t", " ")))
    root = documents.root
    if root is None or not root.is_mapping:
        return Captain(source.path, problem=documents.problem)
    lines = root.get("dockerfileLines")
    return Captain(
        source.path,
        root.get("schemaVersion") is not None,
        root.string("dockerfilePath"),
        tuple(line.located or Located("", line.span) for line in (lines.items if lines is not None else ())),
        root.string("imageName"),
        root.string("templateId"),
        documents.problem,
    )


def as_dockerfile(facts: Captain) -> str:
    """The text of the Dockerfile whose lines a definition holds, each on the line and column where it stands there.

    Lines that share a line of the definition cannot be kept in place: the text is then without blank lines.
    """
    numbers = [line.span.line for line in facts.lines]
    if sorted(set(numbers)) != numbers:
        return "\n".join(line.value for line in facts.lines) + "\n"
    placed = {line.span.line: " " * line.span.column + line.value for line in facts.lines}
    return "\n".join(placed.get(number, "") for number in range(1, numbers[-1] + 1)) + "\n" if numbers else ""
