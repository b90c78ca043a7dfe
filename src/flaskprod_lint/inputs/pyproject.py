"""pyproject.toml and Pipfile: what they ask for, for whom, and the commands they define."""

from __future__ import annotations

from dataclasses import field, replace

from flaskprod_lint.inputs import requirements, toml_tree
from flaskprod_lint.inputs.nodes import Entry, Node
from flaskprod_lint.inputs.requirements import Requirement, normalise
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source

#: Groups that an installation for production leaves out when the file itself does not say.
DEVELOPMENT_GROUPS = frozenset(
    ("dev", "develop", "development", "test", "tests", "testing", "lint", "docs", "doc", "typing")
)


@dataclass
class Pyproject:
    """What a project file says about dependencies. `tool` is poetry, pdm, uv, pipenv or pep621.

    `main` is always installed, `extras` by name on demand, `groups` by name as the tool decides; `scripts` are console
    scripts ("module:function") and, in a Pipfile, commands. `optional_groups` are Poetry groups marked optional.
    """

    tool: str = "pep621"
    name: str = ""
    requires_python: Located[str] | None = None
    main: list[Requirement] = field(default_factory=list)
    extras: dict[str, list[Requirement]] = field(default_factory=dict)
    groups: dict[str, list[Requirement]] = field(default_factory=dict)
    scripts: dict[str, Located[str]] = field(default_factory=dict)
    optional_groups: frozenset[str] = frozenset()
    default_groups: tuple[str, ...] | None = None
    dynamic: bool = False
    has_project: bool = False
    problem: Problem | None = None


def read(source: Source) -> Pyproject:
    """The facts of a pyproject.toml."""
    documents = toml_tree.read(source)
    root, found = documents.root, Pyproject(problem=documents.problem)
    if root is None or not root.is_mapping:
        return found
    _read_project(root, found)
    _read_poetry(root, found)
    _read_other_tools(root, found)
    return found


def read_pipfile(source: Source) -> Pyproject:
    """The facts of a Pipfile."""
    documents = toml_tree.read(source)
    root, found = documents.root, Pyproject(tool="pipenv", problem=documents.problem)
    if root is None or not root.is_mapping:
        return found
    found.main = _table(root.get("packages"))
    found.groups["dev"] = _table(root.get("dev-packages"))
    found.requires_python = root.string("requires", "python_version") or root.string("requires", "python_full_version")
    found.scripts = _scripts(root.get("scripts"))
    return found


def _read_project(root: Node, found: Pyproject) -> None:
    project = root.get("project")
    if project is not None:
        found.has_project = True
        name = project.string("name")
        found.name = name.value if name else ""
        found.requires_python = project.string("requires-python")
        found.main = _array(project.get("dependencies"))
        dynamic = project.get("dynamic")
        found.dynamic = dynamic is not None and any(one.value == "dependencies" for one in dynamic.strings())
        for entry in _entries(project.get("optional-dependencies")):
            found.extras[normalise(entry.key.value)] = _array(entry.value)
        found.main = _with_uv_sources(found.main, root)
        found.scripts = _scripts(project.get("scripts"))
    arrays = {normalise(entry.key.value): entry.value for entry in _entries(root.get("dependency-groups"))}
    for group in arrays:
        found.groups[group] = _group(group, arrays, ())


def _with_uv_sources(found: list[Requirement], root: Node) -> list[Requirement]:
    """What uv takes from elsewhere than an index: a folder of the project itself has no version to pin."""
    sources = {normalise(entry.key.value): entry.value for entry in _entries(root.at("tool", "uv", "sources"))}
    kept = []
    for one in found:
        source = sources.get(one.name)
        own = source is not None and any(source.get(key) is not None for key in ("path", "workspace"))
        kept.append(replace(one, pin="local") if own else one)
    return kept


def _group(name: str, arrays: dict[str, Node], path: tuple[str, ...]) -> list[Requirement]:
    """A dependency group with the groups that it includes (PEP 735)."""
    node = arrays.get(name)
    if node is None or name in path:
        return []
    found = _array(node)
    for item in node.items:
        included = item.string("include-group") if item.is_mapping else None
        if included is not None:
            found += _group(normalise(included.value), arrays, (*path, name))
    return found


def _read_poetry(root: Node, found: Pyproject) -> None:
    poetry = root.at("tool", "poetry")
    if poetry is None:
        return
    found.tool = "poetry"
    name = poetry.string("name")
    found.name = found.name or (name.value if name else "")
    found.requires_python = found.requires_python or poetry.string("dependencies", "python")
    found.main += _table(poetry.get("dependencies"))
    found.groups["dev"] = found.groups.get("dev", []) + _table(poetry.get("dev-dependencies"))
    optional = set()
    for entry in _entries(poetry.get("group")):
        group = normalise(entry.key.value)
        found.groups[group] = found.groups.get(group, []) + _table(entry.value.get("dependencies"))
        switch = entry.value.get("optional")
        if switch is not None and switch.boolean:
            optional.add(group)
    found.optional_groups = frozenset(optional)
    for entry in _entries(poetry.get("extras")):
        names = {normalise(one.value) for one in entry.value.strings()}
        found.extras[normalise(entry.key.value)] = [one for one in found.main if one.name in names]
    for name_, script in _scripts(poetry.get("scripts")).items():
        found.scripts.setdefault(name_, script)


def _read_other_tools(root: Node, found: Pyproject) -> None:
    pdm, uv = root.at("tool", "pdm"), root.at("tool", "uv")
    if pdm is not None:
        found.tool = "pdm"
        for entry in _entries(pdm.get("dev-dependencies")):
            found.groups[normalise(entry.key.value)] = _array(entry.value)
    if uv is not None:
        found.tool = "uv" if found.tool == "pep621" else found.tool
        found.groups["dev"] = found.groups.get("dev", []) + _array(uv.get("dev-dependencies"))
        groups = uv.get("default-groups")
        if groups is not None:
            every = groups.is_scalar and groups.text == "all"
            names = tuple(normalise(one.value) for one in groups.strings())
            found.default_groups = tuple(found.groups) if every else names


def _entries(node: Node | None) -> tuple[Entry, ...]:
    return node.entries if node is not None else ()


def _scripts(node: Node | None) -> dict[str, Located[str]]:
    found = {}
    for entry in _entries(node):
        text = entry.value.located or entry.value.string("callable") or entry.value.string("reference")
        if text is not None:
            found[entry.key.value] = text
    return found


def _array(node: Node | None) -> list[Requirement]:
    """The requirements of an array of PEP 508 strings."""
    texts = node.strings() if node is not None else ()
    parsed = (requirements.parse(text.value, text.span) for text in texts)
    return [one for one in parsed if one is not None]


def _table(node: Node | None) -> list[Requirement]:
    """The requirements of a table as Poetry and Pipenv write it: name = version, or name = {version, extras, git …}."""
    return [_from_table(entry) for entry in _entries(node) if entry.key.value.lower() != "python"]


def _from_table(entry: Entry) -> Requirement:
    name, node = normalise(entry.key.value), entry.value
    details = node.items[0] if node.is_sequence and node.items else node
    extras_node = details.get("extras")
    extras = tuple(one.value for one in extras_node.strings()) if extras_node is not None else ()
    span = entry.key.span
    if details.is_mapping and any(details.get(key) is not None for key in ("git", "hg", "svn")):
        return Requirement(name, "vcs", span, extras=extras)
    if details.is_mapping and any(details.get(key) is not None for key in ("path", "url", "file")):
        return Requirement(name, "local", span, extras=extras)
    version = details.string("version") if details.is_mapping else details.located
    pin, exact = _pin_of_table(version.value if version else "*")
    return Requirement(name, pin, span, exact, extras, text=f"{name} {version.value if version else ''}".strip())


def _pin_of_table(text: str) -> tuple[str, str | None]:
    """Poetry's and Pipenv's version syntax: a bare number is exact, ^ and ~ are ranges, * is anything."""
    text = text.strip()
    if text in ("*", ""):
        return "none", None
    if text.startswith("=="):
        return ("compatible", None) if "*" in text else ("exact", text.lstrip("= "))
    if text.startswith("~=") or ("*" in text and text[0].isdigit()):
        return "compatible", None
    return ("exact", text) if text[0].isdigit() and "," not in text else ("range", None)
