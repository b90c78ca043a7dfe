"""Walks the instructions of a Dockerfile, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flaskprod_lint.inputs.dockerfile import Dockerfile, Instruction, Stage
from flaskprod_lint.model import Setting, Unknown
from flaskprod_lint.resolve.image import stage as stages
from flaskprod_lint.resolve.image.building import Building
from flaskprod_lint.resolve.image.context import BuildContext
from flaskprod_lint.resolve.image.copying import Copying
from flaskprod_lint.resolve.image.secret_literals import note_secrets
from flaskprod_lint.resolve.image.stage import StageState
from flaskprod_lint.resolve.image.substitution import expand
from flaskprod_lint.source import Located, Place, Span, is_number

#: Stages that are each built on the next, or copy from it; of more the last is taken for an image from elsewhere.
_MOST_OPEN = 100


class Builder:
    """Builds the stages of one Dockerfile, each once, as far as the shipped one needs them."""

    def __init__(self, facts: Dockerfile, context: BuildContext, build_args: Mapping[str, Setting]) -> None:
        self.facts = facts
        self.context = context
        self.build_args = build_args
        self.arguments: dict[str, Setting] = {}
        self._done: dict[int, StageState] = {}
        self._open = 0
        for instruction in facts.arguments:
            stages.read_argument(self.arguments, instruction, build_args, {}, self._expand_global)

    def build(self, stage: Stage) -> StageState:
        """The state at the end of a stage."""
        if stage.index not in self._done:
            self._open += 1
            state = self._start(stage)
            for instruction in stage.instructions:
                self._apply(state, instruction)
            self._open -= 1
            self._done[stage.index] = state
        return self._done[stage.index]

    def find(self, name: str, before: int) -> StageState | None:
        """An earlier stage by its name or number."""
        wanted = name.lower()
        if self._open > _MOST_OPEN:
            self.context.project.problem(f"more than {_MOST_OPEN} stages on each other", Span(self.facts.path, 1))
            return None
        for stage in reversed(self.facts.stages[:before]):
            if stage.name == wanted or (is_number(wanted) and stage.index == int(wanted)):
                return self.build(stage)
        return None

    @property
    def done(self) -> Mapping[int, StageState]:
        return self._done

    def _start(self, stage: Stage) -> StageState:
        reference = self._expand_global(stage.reference)
        name = stage.name or str(stage.index)
        if isinstance(reference, str):
            # FROM takes an earlier stage by its name only, not by its number.
            earlier = None if reference.isdigit() else self.find(reference, stage.index)
            if earlier is not None:
                return stages.child(earlier, name, stage.index)
        base = Setting("FROM", reference, Place(stage.reference.span, f"FROM {stage.reference.value}"))
        state = stages.rooted(name, stage.index, base, self.context)
        if not state.plain:
            from flaskprod_lint.resolve.image import workdirs

            state.workdir = workdirs.likely(stage, self.context)
        return state

    def _apply(self, state: StageState, instruction: Instruction) -> None:
        escape = self.facts.escape
        keyword = instruction.keyword
        if keyword == "ARG":
            stages.read_argument(
                state.arguments, instruction, self.build_args, self.arguments, lambda word: state.expand(word, escape)
            )
            note_secrets(state, instruction)
        elif keyword == "ENV":
            stages.set_variables(state, instruction, escape)
            note_secrets(state, instruction)
        elif keyword in ("COPY", "ADD"):
            Copying(state, self.context, instruction, escape).run(lambda name: self.find(name, state.index))
        elif keyword == "RUN":
            Building(state, self.context, instruction).run()
        else:
            _apply_setting(state, instruction, escape)

    def _expand_global(self, word: Located[str]) -> str | Unknown:
        """FROM and the ARGs before it see only those ARGs."""

        def look_up(name: str) -> str | Unknown | None:
            found = self.arguments.get(name)
            return None if found is None else found.value if isinstance(found.value, Unknown) else str(found.value)

        value = expand(word.value, look_up, self.facts.escape)
        return replace(value, at=value.at or word.span) if isinstance(value, Unknown) else value


def _apply_setting(state: StageState, instruction: Instruction, escape: str) -> None:
    keyword = instruction.keyword
    if keyword == "WORKDIR":
        stages.set_workdir(state, instruction, escape)
    elif keyword == "USER":
        stages.set_user(state, instruction, escape)
    elif keyword == "EXPOSE":
        stages.expose(state, instruction, escape)
    elif keyword == "SHELL":
        stages.set_shell(state, instruction)
    elif keyword == "CMD":
        state.cmd = stages.command(instruction)
        state.cmd_is_own = True
        state.command_shell = state.shell
    elif keyword == "ENTRYPOINT":
        state.entrypoint = stages.command(instruction)
        state.cmd = state.cmd if state.cmd_is_own else None
        state.command_shell = state.shell
    elif keyword == "HEALTHCHECK":
        inner = instruction.inner
        state.health_check = stages.command(inner) if inner is not None and inner.keyword == "CMD" else None
    elif keyword == "STOPSIGNAL":
        value = state.expand(Located(instruction.value, instruction.value_span), escape)
        state.stop_signal = Setting("STOPSIGNAL", value, Place(instruction.span, "STOPSIGNAL"))
