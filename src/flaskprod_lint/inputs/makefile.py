"""Makefile: variables and the recipes of targets, as far as a start command goes through them."""

from __future__ import annotations

import re
from dataclasses import field, replace

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Source, Span

_VARIABLE = regex(r"(?:export[ \t]+|override[ \t]+)*([A-Za-z_.][\w.-]*)[ \t]*(\?=|::?=|\+=|=)[ \t]*(.*)$", re.DOTALL)
_RULE = regex(r"([^:=#\t][^:=#]*?)[ \t]*::?(?!=)[ \t]*([^;#]*)(?:;(.*))?", re.DOTALL)
_EXPORT = regex(r"export(?:[ \t]+([\w. \t]+))?$")
_SIDES = regex(r"\(([^,]*),(.*)\)$|[\"']([^\"']*)[\"'][ \t]+[\"']([^\"']*)[\"']")
_REFERENCE = regex(r"\$(?:\(([^()\s:,]+)\)|\{([^{}\s:,]+)\}|([A-Za-z@<^?*])|(\$))")

#: References inside references are followed this deep.
MAX_DEPTH = 20
_MOST = 2_000


@dataclass(frozen=True)
class Condition:
    """`ifeq (left, right)` or `ifdef left` around a line; `inverted` for ifneq, ifndef and what stands after `else`."""

    kind: str
    left: str
    right: str
    inverted: bool

    def holds(self, variables: dict[str, str]) -> bool | None:
        """Whether the line counts; None where a variable is not known."""
        left, right = expand(self.left, variables).strip(), expand(self.right, variables).strip()
        if self.kind == "ifdef":
            return bool(variables[left]) != self.inverted if left in variables else None
        if "$" in left or "$" in right:
            return None
        return (left == right) != self.inverted


@dataclass(frozen=True)
class MakeVariable:
    """`NAME = value`. `operator` is "=", ":=", "?=" or "+="; `exported` variables reach the recipes' programs."""

    name: str
    value: str
    operator: str
    span: Span
    exported: bool = False
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """One recipe line (with its continuations), without the marks `@`, `-` and `+`, before make's expansion."""

    text: str
    span: Span
    offset: int
    conditions: tuple[Condition, ...] = ()


@dataclass
class Target:
    """A target with its prerequisites and recipe; several rules for one target are joined."""

    name: str
    span: Span
    prerequisites: tuple[str, ...] = ()
    recipe: list[Recipe] = field(default_factory=list)
    variables: list[MakeVariable] = field(default_factory=list)


@dataclass
class Makefile:
    """Targets by name, variables in order. `default` is the first target; `shell` what SHELL is set to."""

    targets: dict[str, Target] = field(default_factory=dict)
    variables: list[MakeVariable] = field(default_factory=list)
    default: str = ""
    includes: list[Located[str]] = field(default_factory=list)
    export_all: bool = False
    one_shell: bool = False

    def values(self, environment: dict[str, str] | None = None) -> dict[str, str]:
        """The variables' texts after all assignments; "+=" appends and "?=" only sets what is unset."""
        found = dict(environment or {})
        for variable in self.variables:
            if any(condition.holds(found) is False for condition in variable.conditions):
                continue
            if variable.operator == "+=" and variable.name in found:
                found[variable.name] += " " + variable.value
            elif variable.operator != "?=" or variable.name not in found:
                found[variable.name] = variable.value
        return found


def read(source: Source) -> Makefile:
    """The targets and variables of a Makefile. Both sides of a conditional are read, with the condition of each."""
    makefile = Makefile()
    current: list[Target] = []
    in_define = False
    conditions: list[Condition] = []
    for start, line in _logical_lines(source.text):
        text = line.strip()
        if _conditional(text, conditions):
            continue
        if in_define or text.startswith("define "):
            in_define = not text.startswith("endef")
        elif line.startswith("\t") and current:
            _add_recipe(source, current, line, start, tuple(conditions))
        elif text and not text.startswith("#"):
            known = len(makefile.variables)
            current = _directive(source, makefile, current, line, start)
            for place in range(known, len(makefile.variables)):
                makefile.variables[place] = replace(makefile.variables[place], conditions=tuple(conditions))
    return makefile


def _conditional(text: str, conditions: list[Condition]) -> bool:
    """Read a line that opens, turns or closes a condition."""
    word, _, rest = text.partition(" ")
    if not rest:
        word = re.split(r"[ \t(\"']", text, maxsplit=1)[0]
        rest = text[len(word) :]
    if word in ("ifeq", "ifneq"):
        sides = _SIDES.match(rest.strip())
        left, right = (
            (sides.group(1) or sides.group(3) or "", sides.group(2) or sides.group(4) or "") if sides else ("$", "")
        )
        conditions.append(Condition("ifeq", left, right, word == "ifneq"))
    elif word in ("ifdef", "ifndef"):
        conditions.append(Condition("ifdef", rest.strip(), "", word == "ifndef"))
    elif word == "else" and conditions:
        conditions[-1] = replace(conditions[-1], inverted=not conditions[-1].inverted)
    elif word == "endif" and conditions:
        conditions.pop()
    else:
        return False
    return True


def expand(text: str, variables: dict[str, str], depth: int = 0, spent: list[int] | None = None) -> str:
    """A recipe after make's own expansion: `$(NAME)` is replaced, `$$` becomes `$`, `$(shell x)` the shell's `$(x)`.

    What the Makefile does not set may come from the environment, and stays as the shell's `${NAME}`. `spent` counts
    the references that were replaced: variables of variables that double each time come to no end.
    """
    spent = [0] if spent is None else spent
    text = text.replace("$(shell ", "$$(")

    def replacement(match: re.Match[str]) -> str:
        if match.group(4):
            return "$"
        name = match.group(1) or match.group(2) or match.group(3)
        value = variables.get(name)
        if value is None:
            return f"${{{name}}}" if name.isidentifier() else match.group()
        spent[0] += 1
        return expand(value, variables, depth + 1, spent) if depth < MAX_DEPTH and spent[0] < _MOST else value

    return _REFERENCE.sub(replacement, text)


def _logical_lines(text: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    start = offset = 0
    pending = ""
    for line in text.split("\n"):
        pending += line
        offset += len(line) + 1
        if line.endswith("\\"):
            pending += "\n"
            continue
        found.append((start, pending))
        start, pending = offset, ""
    if pending:
        found.append((start, pending))
    return found


def _directive(source: Source, makefile: Makefile, current: list[Target], line: str, start: int) -> list[Target]:
    """Read a line that is no recipe; returns the targets that recipes after it belong to."""
    text = _without_comment(line).rstrip()
    stripped = text.strip()
    word = stripped.split(None, 1)[0] if stripped else ""
    span = source.span(start + len(line) - len(line.lstrip()), start + len(text))
    if word in ("include", "-include", "sinclude"):
        makefile.includes.extend(Located(name, span) for name in stripped.split()[1:])
        return []
    if export := _EXPORT.match(stripped):
        _export(makefile, export.group(1), span)
    elif variable := _VARIABLE.match(stripped):
        name, operator, value = variable.groups()
        plain = re.sub(r"[ \t]*\\\n[ \t]*", " ", value).strip()
        makefile.variables.append(MakeVariable(name, plain, operator, span, word == "export"))
    elif rule := _RULE.match(text):
        return _rule(source, makefile, rule, start, span)
    return []


def _export(makefile: Makefile, names: str | None, span: Span) -> None:
    makefile.export_all = makefile.export_all or not names
    for name in (names or "").split():
        value = makefile.values().get(name)
        if value is not None:
            makefile.variables.append(MakeVariable(name, value, "=", span, True))


def _rule(source: Source, makefile: Makefile, rule: re.Match[str], start: int, span: Span) -> list[Target]:
    names = rule.group(1).split()
    makefile.one_shell = makefile.one_shell or ".ONESHELL" in names
    rest = rule.string[rule.end(1) :].lstrip(" \t:")
    own = _VARIABLE.match(rest.strip())
    found = []
    for name in names:
        if name.startswith("."):
            continue
        target = makefile.targets.setdefault(name, Target(name, span))
        makefile.default = makefile.default or name
        if own is not None:
            target.variables.append(MakeVariable(own.group(1), own.group(3).strip(), own.group(2), span))
        else:
            target.prerequisites += tuple(part for part in rule.group(2).split() if part not in ("|", "\\"))
            found.append(target)
    if rule.group(3) is not None and own is None:
        _add_recipe(source, found, rule.group(3), start + rule.start(3))
    return found


def _add_recipe(
    source: Source, targets: list[Target], line: str, start: int, conditions: tuple[Condition, ...] = ()
) -> None:
    text = line.lstrip(" \t@+-")
    offset = start + len(line) - len(text)
    # In a recipe, the tab that starts a continued line belongs to make, not to the shell.
    body = text.rstrip()
    if not body or body.startswith("#"):
        return
    for target in targets:
        target.recipe.append(Recipe(body, source.span(offset, offset + len(body)), offset, conditions))


def _without_comment(line: str) -> str:
    match = re.search(r"(?<!\\)#", line)
    return line[: match.start()] if match else line
