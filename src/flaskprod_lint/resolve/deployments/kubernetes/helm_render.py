"""Templates of Helm filled in with a chart's values, as far as they are plain; what is not stays as it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from flaskprod_lint.inputs.go_template import Operand, Part, Pipe, Template
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments.kubernetes import helm_functions
from flaskprod_lint.resolve.deployments.kubernetes.helm_values import (
    UNREAD,
    Places,
    Text,
    Unread,
    child,
    joined,
    pairs,
    text_of,
    truth,
    written,
)

_DEEPEST = 40
#: More than this is no manifest: a template that includes itself in every way.
_MOST_STEPS = 200_000
#: A number of more digits is left unread.
_LONGEST_NUMBER = 40
_CONSTANTS: Mapping[str, object] = {"true": True, "false": False, "nil": None}


class TooMuchError(Exception):
    """A template that does not come to an end."""


@dataclass
class Renderer:
    """Fills in templates. `named` are the parts of each named template with the file it stands in."""

    root: dict[str, object]
    named: Mapping[str, tuple[Template, Part]]
    places: Places
    depth: int = 0
    steps: int = 0
    doubts: int = 0

    def render(self, template: Template) -> Text:
        """A file's text after everything that is known was filled in."""
        return _Page(self, template, self.root, [{"$": self.root}]).text(template.parts)

    def include(self, name: str, dot: object) -> object:
        """What a named template gives; UNREAD for one that is not here or holds something unknown."""
        found = self.named.get(name)
        if found is None:
            return UNREAD
        if self.depth > _DEEPEST:
            raise TooMuchError
        self.depth += 1
        template, part = found
        try:
            return _Page(self, template, dot, [{"$": dot}]).text(part.body)
        finally:
            self.depth -= 1


def named(templates: Iterable[Template]) -> dict[str, tuple[Template, Part]]:
    """The named templates of files, wherever they are defined."""
    found: dict[str, tuple[Template, Part]] = {}
    for template in templates:
        waiting = list(template.parts)
        while waiting:
            part = waiting.pop()
            if part.kind == "define":
                found[part.name] = (template, part)
            waiting += [*part.body, *part.otherwise]
    return found


@dataclass
class _Page:
    """One template with what `.` and its variables are."""

    renderer: Renderer
    template: Template
    dot: object
    scopes: list[dict[str, object]]
    out: list[Text] = field(default_factory=list)

    def text(self, parts: Iterable[Part]) -> Text:
        self._body(parts)
        return joined(self.out)

    def _body(self, parts: Iterable[Part]) -> None:
        self.scopes.append({})
        for part in parts:
            self.renderer.steps += 1
            if self.renderer.steps > _MOST_STEPS:
                raise TooMuchError
            if part.kind == "text":
                self._literal(part.start, part.end)
            elif part.kind == "if":
                self._if(part)
            elif part.kind == "with":
                self._with(part)
            elif part.kind == "range":
                self._range(part)
            elif part.kind == "action":
                self._action(part)
        self.scopes.pop()

    def _literal(self, start: int, end: int) -> None:
        doubtful = self.renderer.doubts > 0
        self.out.append(self.renderer.places.of_text(self.template.source, start, end, doubtful=doubtful))

    def _leave(self, part: Part) -> None:
        """Leave an action as it is written, where it can be told from what stands before it."""
        text = self.template.source.text[part.start : part.end]
        end = text.find("}}") + 2
        if part.trimmed:
            self.out.append(text_of(" "))
        self._literal(part.start, part.start + end)

    def _action(self, part: Part) -> None:
        value = self._pipe(part.pipe)
        if part.pipe is not None and part.pipe.names:
            return
        text = None if isinstance(value, Unread) else written(value, self.renderer.places)
        if text is None:
            self._leave(part)
        else:
            place = self.renderer.places.of_text(
                self.template.source, part.start, part.start + 2, doubtful=self.renderer.doubts > 0
            )
            self.out.append(Text(text.text, tuple(mark or place.marks[0] for mark in text.marks)))

    def _if(self, part: Part) -> None:
        known = truth(self._pipe(part.pipe))
        if known is not None:
            self._body(part.body if known else part.otherwise)
            return
        self.renderer.doubts += 1
        self._body(part.body)
        self.renderer.doubts -= 1

    def _with(self, part: Part) -> None:
        value = self._pipe(part.pipe)
        known = truth(value)
        if known is None:
            self._leave(part)
        elif known:
            self._inside(value, part.body)
        else:
            self._body(part.otherwise)

    def _inside(self, value: object, parts: Iterable[Part]) -> None:
        before, self.dot = self.dot, value
        self._body(parts)
        self.dot = before

    def _range(self, part: Part) -> None:
        items = pairs(value) if not isinstance(value := self._pipe(part.pipe), (Unread, Text)) else None
        if items is None:
            self._leave(part)
            return
        names = part.pipe.names if part.pipe is not None else ()
        for key, item in items:
            self.scopes.append(dict(zip(names, (key, item) if len(names) > 1 else (item,), strict=False)))
            self._inside(item, part.body)
            self.scopes.pop()
        if not items:
            self._body(part.otherwise)

    # Values

    def _pipe(self, pipe: Pipe | None) -> object:
        if pipe is None:
            return UNREAD
        value: object = None
        for number, command in enumerate(pipe.commands):
            more = [value] if number else []
            value = self._command(command, more) if command else UNREAD
        self._assign(pipe.names, value)
        return value

    def _assign(self, names: tuple[str, ...], value: object) -> None:
        if len(names) == 1:
            known = next((scope for scope in reversed(self.scopes) if names[0] in scope), self.scopes[-1])
            known[names[0]] = UNREAD if self.renderer.doubts else value

    def _command(self, command: tuple[Operand, ...], more: list[object]) -> object:
        first = command[0]
        if first.kind != "word" or first.text in _CONSTANTS:
            return self._operand(first) if not more and len(command) == 1 else self._method(first)
        arguments = [*(self._operand(operand) for operand in command[1:]), *more]
        if first.text in ("include", "tpl"):
            return self._included(first.text, arguments)
        return helm_functions.call(first.text, arguments, self.renderer.places)

    def _method(self, operand: Operand) -> object:
        """`.Capabilities.APIVersions.Has "…"`: a cluster is taken to have what is asked for."""
        return True if operand.fields[-2:] == ("APIVersions", "Has") else UNREAD

    def _included(self, function: str, arguments: list[object]) -> object:
        if function == "tpl":
            text = written(arguments[0], self.renderer.places) if arguments else None
            return text if text is not None and "{{" not in text.text else UNREAD
        name = written(arguments[0], self.renderer.places) if arguments else None
        if name is None:
            return UNREAD
        return self.renderer.include(name.text, arguments[1] if len(arguments) > 1 else None)

    def _operand(self, operand: Operand) -> object:
        if operand.kind == "text":
            return text_of(operand.text)
        if operand.kind == "number" and len(operand.text) > _LONGEST_NUMBER:
            return UNREAD
        if operand.kind == "number":
            return float(operand.text) if "." in operand.text else int(operand.text)
        if operand.kind == "word":
            if operand.text in _CONSTANTS:
                return _CONSTANTS[operand.text]
            return helm_functions.call(operand.text, [], self.renderer.places)
        if operand.kind == "pipe":
            return self._looked_up(self._pipe(operand.pipe), operand.fields)
        if operand.kind == "variable":
            return self._looked_up(self._variable(operand.text), operand.fields)
        return self._looked_up(self.dot, operand.fields)

    def _variable(self, name: str) -> object:
        return next((scope[name] for scope in reversed(self.scopes) if name in scope), UNREAD)

    def _looked_up(self, value: object, fields: tuple[str, ...]) -> object:
        for name in fields:
            value = child(value, name)
        return value
