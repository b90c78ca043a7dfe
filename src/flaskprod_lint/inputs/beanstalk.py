"""Elastic Beanstalk: the files of .ebextensions, and the configuration of its command line.

https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions-optionsettings.html
"""

from __future__ import annotations

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Entry, Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source

#: The namespace of options that name none.
ENVIRONMENT = "aws:elasticbeanstalk:application:environment"


@dataclass(frozen=True)
class EbOption:
    """One option: `name` in `namespace` has `value`."""

    namespace: str
    name: Located[str]
    value: Located[str]


@dataclass(frozen=True)
class ContainerCommand:
    """A command that runs while a version is deployed; `leader_only` says on one instance instead of all."""

    name: Located[str]
    command: Located[str]
    leader_only: bool = False


@dataclass(frozen=True)
class EbExtension:
    """The facts of one file of .ebextensions. `misplaced` is a WSGIPath that stands where nothing reads it."""

    path: str
    options: tuple[EbOption, ...] = ()
    commands: tuple[ContainerCommand, ...] = ()
    misplaced: Located[str] | None = None
    template: bool = False
    problem: Problem | None = None


def read(source: Source) -> EbExtension:
    """The options and container commands of a file, YAML or JSON; what stands before a fault, and the fault."""
    documents = yaml_tree.read(source)
    roots = [root for root in documents.roots if root.is_mapping]
    return EbExtension(
        source.path,
        options=tuple(option for root in roots for option in _options(root.get("option_settings"))),
        commands=tuple(command for root in roots for command in _commands(root.get("container_commands"))),
        misplaced=next((entry.key for root in roots for entry in _misplaced(root)), None),
        template=documents.template,
        problem=documents.problem,
    )


def _options(node: Node | None) -> list[EbOption]:
    if node is None:
        return []
    if node.is_sequence:
        return [option for item in node.items if (option := _listed(item)) is not None]
    found = []
    for entry in node.entries:
        if entry.value.is_mapping:
            found += [_option(entry.key.value, inner) for inner in entry.value.entries if inner.value.is_scalar]
    return found


def _option(namespace: str, entry: Entry) -> EbOption:
    return EbOption(namespace, entry.key, Located(entry.value.text, entry.value.span))


def _listed(item: Node) -> EbOption | None:
    """The option of an item with `option_name` and `value`."""
    name, value, namespace = item.string("option_name"), item.get("value"), item.string("namespace")
    if name is None or value is None or not value.is_scalar:
        return None
    return EbOption(namespace.value if namespace else ENVIRONMENT, name, Located(value.text, value.span))


def _misplaced(root: Node) -> list[Entry]:
    """A WSGIPath beside `option_settings`, or below it without a namespace: indented too little."""
    settings = root.get("option_settings")
    beside = [root, *(entry.value for entry in root.entries if entry.key.value.startswith("aws:"))]
    holders = [*beside, settings] if settings is not None else beside
    return [entry for holder in holders for entry in holder.entries if entry.key.value == "WSGIPath"]


def _commands(node: Node | None) -> list[ContainerCommand]:
    """The commands in the order of their names, which is how they run."""
    found = []
    for entry in sorted(node.entries if node is not None else (), key=lambda entry: entry.key.value):
        command = entry.value.get("command")
        words = command.strings() if command is not None else ()
        leader = entry.value.get("leader_only")
        if words:
            text = Located(" ".join(word.value for word in words), words[0].span)
            found.append(ContainerCommand(entry.key, text, leader is not None and leader.boolean is True))
    return found


def read_platform(source: Source) -> Located[str] | None:
    """The platform that .elasticbeanstalk/config.yml names: "Python 3.11 running on 64bit Amazon Linux 2023"."""
    root = yaml_tree.read(source).root
    return root.string("global", "default_platform") if root is not None else None
