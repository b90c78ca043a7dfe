"""Lock files: which version of each distribution they fix. Only names, versions and lines are read."""

from __future__ import annotations

import re
from dataclasses import field

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.inputs.requirements import normalise
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Source

_NAME = regex(r'^name\s*=\s*"([^"\n]+)"', re.MULTILINE)
_VERSION = regex(r'^version\s*=\s*"([^"\n]+)"', re.MULTILINE)
_GROUPS = regex(r"^groups\s*=\s*\[([^\]]*)\]", re.MULTILINE)
_HEADER = regex(r"^\[\[(?:package|packages)\]\][^\n]*\n", re.MULTILINE)
_CATEGORY = regex(r'^category\s*=\s*"([^"\n]+)"', re.MULTILINE)


@dataclass
class Lock:
    """What a lock file fixes: the version of each distribution with its place, by normalised name.

    `development` are the names that it marks as needed by development groups only.
    """

    versions: dict[str, Located[str]] = field(default_factory=dict)
    development: set[str] = field(default_factory=set)


def read_toml(source: Source) -> Lock:
    """The facts of a uv.lock, poetry.lock, pdm.lock or pylock.toml, read by its regular form."""
    found = Lock()
    starts = [match.end() for match in _HEADER.finditer(source.text)]
    for start, following in zip(starts, [*starts[1:], len(source.text)], strict=False):
        block = source.text[start:following]
        name, version = _NAME.search(block), _VERSION.search(block)
        if name is None:
            continue
        place = source.span(start + name.start(1), start + name.end(1))
        found.versions[normalise(name[1])] = Located(version[1] if version else "", place)
        if _only_development(block):
            found.development.add(normalise(name[1]))
    return found


def _only_development(block: str) -> bool:
    """Poetry and PDM write the groups of a package; older Poetry a category."""
    groups = _GROUPS.search(block)
    if groups is not None:
        names = re.findall(r'"([^"]+)"', groups[1])
        return bool(names) and not {"main", "default"} & set(names)
    category = _CATEGORY.search(block)
    return category is not None and category[1] == "dev"


def read_pipfile_lock(source: Source) -> Lock:
    """The facts of a Pipfile.lock."""
    found = Lock()
    root = yaml_tree.read(source).root
    for section in ("develop", "default"):
        node = root.get(section) if root is not None else None
        for entry in node.entries if node is not None else ():
            name = normalise(entry.key.value)
            found.versions[name] = Located(_pipfile_version(entry.value), entry.key.span)
            (found.development.add if section == "develop" else found.development.discard)(name)
    return found


def _pipfile_version(node: Node) -> str:
    version = node.string("version") if node.is_mapping else None
    return version.value.lstrip("= ") if version is not None else ""


def read_environment(source: Source) -> list[Located[str]]:
    """The pip requirements and conda packages of an environment.yml, as requirement texts."""
    root = yaml_tree.read(source).root
    node = root.get("dependencies") if root is not None else None
    found: list[Located[str]] = []
    for item in node.items if node is not None else ():
        if item.is_mapping:
            pip = item.get("pip")
            found += pip.strings() if pip is not None else ()
        elif item.located is not None:
            found.append(Located(_conda(item.text), item.span))
    return found


def _conda(text: str) -> str:
    """A conda package ("channel::name=1.2=build") as a pip requirement."""
    name, _, version = text.rpartition("::")[2].partition("=")
    version = version.lstrip("=").partition("=")[0]
    return f"{name}=={version}" if version and version[0].isdigit() else name
