"""Where a finding about a server points, what led there, and how sure it is."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator

from flaskprod_lint.finding import Confidence, Evidence
from flaskprod_lint.model import Deployment, Process, Server, Setting
from flaskprod_lint.source import Place, Span


def served(deployment: Deployment) -> Iterator[tuple[Process, Server]]:
    """The web processes with their servers, but for the development server: that one is no matter of settings."""
    for process in deployment.web_processes:
        if process.server is not None and not process.server.is_dev_server:
            yield process, process.server


def point(deployment: Deployment, process: Process, *candidates: Setting | Place | None) -> Span:
    """The first of the candidates that stands in a file; else the command, else the file that deploys."""
    step = process.main_step
    fallbacks = (step.written if step else None, process.command.origin, *process.trail, deployment.origin)
    for candidate in (*candidates, *fallbacks):
        span = candidate.span if candidate is not None else None
        if span is not None:
            return span
    return Span(deployment.origin.path or ".", 1)


def trail(process: Process, at: Span, *more: Setting | Place | None) -> tuple[Place, ...]:
    """The places from the deployment's file to the server, and then `more`: each line once, but for the one at hand."""
    step = process.main_step
    places = [*process.trail, *(step.trail if step else ()), *(_place(each) for each in more if each is not None)]
    kept: dict[object, Place] = {}
    for place in places:
        key = (place.path, place.span.line) if place.span is not None else place.note
        if key and key != (at.path, at.line):
            kept.setdefault(key, place)
    return tuple(kept.values())


def _place(each: Setting | Place) -> Place:
    """Where a setting is set, with what it says there; what nobody set in the words of its default."""
    if isinstance(each, Place):
        return each
    if each.is_default and each.span is None:
        said = f"{each.name} is {each.value}" if isinstance(each.value, (int, str)) else f"{each.name} is not set"
        return Place(None, f"{said}: {each.origin.note}" if each.origin.note else said)
    if not each.origin.note and isinstance(each.value, (int, str)):
        return Place(each.span, f"{each.name} = {each.value!r}")
    return each.origin


def confidence_in(*settings: Setting | None) -> Confidence:
    """High, unless one of the settings may be another where it runs."""
    return Confidence.HIGH if all(is_sure(setting) for setting in settings) else Confidence.MEDIUM


def is_sure(setting: Setting | None) -> bool:
    """Whether nothing that we cannot see may change the setting."""
    return setting is None or (setting.sure and not any(read.is_set is None for read in setting.environment))


def variables_of(settings: Iterable[Setting | None]) -> str:
    """The variables that may change the settings, for "unless … is set"."""
    names = [read.name for setting in settings if setting for read in setting.environment if read.is_set is None]
    return " or ".join(dict.fromkeys(names))


def unless(*settings: Setting | None) -> str:
    """ ", unless WORKERS is set where it runs", where that is so."""
    names = variables_of(settings)
    return f", unless {names} is set where it runs" if names else ""


def in_the_words_of(deployment: Deployment, at: Span, instead: str) -> str:
    """An option as the elements of an exec form (`"--access-logfile", "-"`), where the command there is one."""
    if not instead.startswith("--") or "\n" in instead or "$" in instead:
        return instead
    for process in deployment.processes:
        command, span = process.command, process.command.origin.span
        is_list = command.form == "exec" and command.text.lstrip().startswith("[") and "-c" not in (command.argv or ())
        if is_list and span is not None and span.path == at.path and span.line <= at.line <= span.end_line:
            return ", ".join(f'"{word}"' for word in instead.split())
    return instead


def whole_command(process: Process, flags: tuple[str, ...], new: str) -> str | None:
    """The command as a shell form, `new` in place of the option with those flags; None when it is not all known."""
    step = process.main_step
    if step is None or not all(isinstance(word, str) for word in step.argv):
        return None
    kept = [shlex.quote(word) for word in _without_option([str(word) for word in step.argv], flags)]
    span = step.written.span
    word = "ENTRYPOINT" if span is not None and is_entrypoint(process, span) else "CMD"
    return " ".join([word, "exec", kept[0], new, *kept[1:]])


def is_entrypoint(process: Process, at: Span) -> bool:
    """Whether an ENTRYPOINT stands there: beside it, a CMD would only be its argument."""
    spans = (place.span for place in process.trail if place.note == "ENTRYPOINT")
    return any(span is not None and (span.path, span.line) == (at.path, at.line) for span in spans)


def _without_option(words: list[str], flags: tuple[str, ...]) -> list[str]:
    """The words without an option and its value, whether that is the next word or part of the same."""
    kept: list[str] = []
    skipping = False
    for word in words:
        joined = any(word.startswith(flag) and word != flag for flag in flags)
        if not skipping and word not in flags and not joined:
            kept.append(word)
        skipping = word in flags and not skipping
    return kept


def without_web(deployment: Deployment, could: str) -> Evidence:
    """What there is to show where no web process is started. `could` is what it would do: serve, listen or log."""
    if deployment.web_missing is not None:
        return Evidence(unknown=f"nothing is started that could {could}")
    return Evidence(not_applicable="no process of this deployment serves requests")


def shown_by_each(
    deployment: Deployment, could: str, proof_of: Callable[[Deployment, Process], Place | str]
) -> Evidence:
    """The evidence of an item that every web process has to show: its place, or a text that says what is not known.

    `could` is as for `without_web`.
    """
    proofs: list[Place] = []
    for process in deployment.web_processes:
        proof = proof_of(deployment, process)
        if isinstance(proof, str):
            return Evidence(unknown=proof)
        proofs.append(proof)
    return Evidence(proofs[0].note, tuple(proofs)) if proofs else without_web(deployment, could)
