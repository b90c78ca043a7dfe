"""Every folder of tests/resolve/deployments is a project, with what is found in it beside it, in deployments.txt.

`pytest tests/test_deployments.py --accept -k CASE` writes them anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint.config import load_config
from flaskprod_lint.discover import open_project
from flaskprod_lint.linting import options_of
from flaskprod_lint.model import Process, Setting, Unknown
from flaskprod_lint.resolve import deployments
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import manifests
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.source import Project

FOLDER = ROOT / "tests" / "resolve" / "deployments"
CASES = sorted(case for case in FOLDER.iterdir() if case.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, tmp_path: Path, accept: bool) -> None:
    copy = tmp_path / "shop"
    shutil.copytree(case, copy, symlinks=True, ignore=shutil.ignore_patterns("deployments.txt"))
    project = open_project(copy)
    found = deployments.find(project, options_of(load_config(copy)))
    text = "\n".join(line for planned in found for line in describe(planned)) + "\n" + "".join(problems(project))
    expected = case / "deployments.txt"
    if accept:
        expected.write_text(text, "utf-8")
    assert text == expected.read_text("utf-8")


def describe(planned: Planned) -> Iterator[str]:
    one = planned.deployment
    doubt = "" if one.sure else ", not sure"
    yield f"{one.name}: {one.environment}{doubt}, because {one.why}"
    if one.platform is not None:
        stop = f"{one.platform.stop_signal}, {one.platform.grace_seconds} s"
        yield f"  platform {one.platform.id} ({one.platform.origin}), stops with {stop}"
    if one.tiers:
        yield f"  tiers {', '.join(f'{tier.value} ({tier.origin})' for tier in one.tiers)}"
    if one.image is not None:
        yield f"  image {one.image.dockerfile}, stage {one.image.stage}"
    for place, what in ((one.web_missing, "no web process"), (one.unused_release, "release not run")):
        if place is not None:
            yield f"  {what}: {place}"
    for conflict in one.conflicts:
        yield f"  conflict: {conflict.winner.origin} beats {conflict.loser.origin}"
    for secret in one.secrets:
        marks = [mark for mark in ("weak", "development", "own_database") if getattr(secret, mark)]
        yield f"  secret {secret.name} at {secret.at} in {secret.how} {' '.join(marks)}".rstrip()
    for what, unknown in one.unknowns:
        yield f"  unknown {what}: {unknown.reason}"
    for process in one.processes:
        yield from _process(planned, process.name)


def _process(planned: Planned, name: str) -> Iterator[str]:
    process = next(process for process in planned.deployment.processes if process.name == name)
    context = planned.contexts[name]
    words = list(process.command.argv or ()) if process.command.form == "exec" else process.command.text
    yield f"  {process.name} ({process.kind}) {process.command.form} {words}"
    yield f"    trail {' → '.join(str(place.span or place.note) for place in process.trail)}"
    yield f"    in {context.cwd}, {context.shell}, {'open' if context.open_environment else 'closed'}"
    ports = f"PORT {_known(process.port_set)}, port {_port(process.port_expected)}"
    yield f"    instances {_value(process.instances)}, {ports}"
    yield from _allowances(process)
    if process.proxy is not None:
        yield f"    behind {process.proxy}"
    if process.command.filled_in:
        yield f"    filled in {', '.join(process.command.filled_in)}"
    for fault in process.faults:
        yield f"    fault {fault.kind}: {fault.reason}"
    for unknown in process.unknowns:
        yield f"    unknown {unknown.reason}"
    yield from _variables(planned, name)
    yield f"    files {', '.join(_mounts(context))}"


def _allowances(process: Process) -> Iterator[str]:
    for setting in (
        process.grace,
        process.router_timeout,
        process.cpus,
        process.memory,
        process.concurrency,
        process.health_path,
    ):
        if setting is not None:
            yield f"    {setting.name} {_value(setting)} ({setting.origin})"


def _variables(planned: Planned, name: str) -> Iterator[str]:
    process = next(process for process in planned.deployment.processes if process.name == name)
    for variable, setting in sorted(process.variables.items()):
        over = "".join(f" over {override.value}" for override in setting.overrides)
        yield f"    {variable}={_value(setting)}{over}  {setting.origin.span or setting.origin.note}"


def _mounts(context: Context) -> Iterator[str]:
    for mount in context.tree.mounts:
        yield f"{mount.path}={mount.unknown or mount.origin_path or '.'}"


def _value(setting: Setting) -> str:
    return f"? ({setting.value.reason})" if isinstance(setting.value, Unknown) else str(setting.value)


def _port(setting: Setting | None) -> str:
    return "none" if setting is None else f"{_value(setting)} ({setting.origin})"


def _known(answer: bool | None) -> str:
    return {True: "set", False: "not set", None: "unknown"}[answer]


def problems(project: Project) -> Iterator[str]:
    for problem in project.problems:
        yield f"problem {problem.place.span}: {problem.message.partition(chr(58))[0]}\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_words_of_a_reader_stand_in_all_that_it_reads(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def found() -> list[str]:
        project, options = open_project(case), options_of(load_config(case))
        return [one.deployment.name for one in manifests.find(project, options)]

    of_words = found()
    every = {name: dict.fromkeys(formats, ()) for name, formats in manifests.READERS.items()}
    monkeypatch.setattr(manifests, "READERS", every)
    assert of_words == found()
