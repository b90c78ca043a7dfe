"""What Compose makes of `${VARIABLE:-default}`: values of .env, defaults, and what is not known here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field

from flaskprod_lint.inputs import dotenv
from flaskprod_lint.inputs.interpolation import Reference, parts
from flaskprod_lint.model import EnvironmentRead, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Place, Project, Span

_DEEPEST = 5
_TEMPLATE = regex(r"\{\{.*?\}\}|\{%.*?%\}|<%.*?%>", re.DOTALL)


@dataclass(frozen=True)
class Filled:
    """A text after interpolation. What is not known stands in it as written, and by its writing in `holes`."""

    text: str
    span: Span
    reads: tuple[EnvironmentRead, ...] = ()
    holes: Mapping[str, Setting] = field(default_factory=dict)

    @property
    def unknown(self) -> Unknown | None:
        """Why part of the text is unknown; None for a text that is known to the end."""
        for setting in self.holes.values():
            if isinstance(setting.value, Unknown):
                return setting.value
        return None

    @property
    def value(self) -> str | Unknown:
        return self.unknown or self.text

    @property
    def located(self) -> Located[str]:
        return Located(self.text, self.span)


@dataclass(frozen=True)
class Interpolation:
    """The variables that Compose itself knows: those of a committed .env beside the compose file."""

    values: Mapping[str, Located[str]] = field(default_factory=dict)

    def fill(self, text: Located[str]) -> Filled:
        """A text with its references replaced as far as they are known."""
        reads: list[EnvironmentRead] = []
        holes = {
            written: Setting("", Unknown("a template fills it in", text.span), Place(text.span, written))
            for written in _TEMPLATE.findall(text.value)
        }
        return Filled(self._text(text.value, text.span, reads, holes, 0), text.span, tuple(reads), holes)

    def _text(self, text: str, span: Span, reads: list[EnvironmentRead], holes: dict[str, Setting], depth: int) -> str:
        if "$" not in text or depth > _DEEPEST:
            return text
        found = []
        for part in parts(text):
            found.append(part if isinstance(part, str) else self._reference(part, span, reads, holes, depth))
        return "".join(found)

    def _reference(
        self, part: Reference, span: Span, reads: list[EnvironmentRead], holes: dict[str, Setting], depth: int
    ) -> str:
        known = self.values.get(part.name)
        if known is not None and (known.value or part.operator not in (":-", ":+", ":?")):
            reads.append(EnvironmentRead(part.name, is_set=True, at=known.span))
            return self._text(part.rest, span, reads, holes, depth + 1) if "+" in part.operator else known.value
        if "-" in part.operator:
            default = self._text(part.rest, span, reads, holes, depth + 1)
            reads.append(EnvironmentRead(part.name, default, True, None, span))
            return default
        reads.append(EnvironmentRead(part.name, is_set=None, at=span))
        reason = f"Compose takes {part.name} from its own environment or from .env, which is not here"
        holes[part.written] = Setting(part.name, Unknown(reason, span), Place(span, part.written))
        return part.written


def of_folder(project: Project, folder: str) -> Interpolation:
    """What Compose fills in for a project in that folder. An .env that git ignores says nothing of production."""
    path = f"{folder}/.env" if folder else ".env"
    if path not in project or not project.is_committed(path):
        return Interpolation()
    pairs = project.facts(path, dotenv.read) or []
    return Interpolation({name.value: value for name, value in pairs})
