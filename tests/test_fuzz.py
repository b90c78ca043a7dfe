"""Spoiled fixtures through every parser, the interpreter, the shell's evaluator and the whole program.

A few of each, the same ones every time; `python -m benchmarks.fuzz` is the long run.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flaskprod_lint.inputs.python import UNPARSABLE
from fuzzing import PROMISED, Target, files_of, fixtures, lint_spoiled, patience, projects, spoiled, targets

TARGETS = {target.name: target for target in targets()}
BOUNDED = settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def test_every_reader_is_fuzzed() -> None:
    names = {name.partition(".")[0] for name in TARGETS}
    assert {"compose", "dockerfile", "kubernetes", "requirements", "shell", "toml_tree", "yaml_tree"} <= names
    assert len(TARGETS) > 80 and all(target.seeds for target in TARGETS.values())


@pytest.mark.parametrize("name", TARGETS)
@BOUNDED
@given(chance=st.randoms(use_true_random=False))
def test_a_parser(name: str, chance: random.Random) -> None:
    target: Target = TARGETS[name]
    text = spoiled(chance, chance.choice(target.seeds), target.seeds)
    with patience(4):
        try:
            target.call(text)
        except UNPARSABLE:
            assert name in PROMISED


def test_whole_projects(tmp_path: Path) -> None:
    chance, folders = random.Random(8), projects()
    everything = tuple(text for _, text in fixtures())
    for _ in range(60):
        folder = chance.choice(folders)
        path = chance.choice(files_of(folder))
        text = spoiled(chance, (folder / path).read_text("utf-8", errors="replace"), everything)
        with patience(4):
            assert lint_spoiled(folder, path, text, tmp_path) == [], (folder, path, text)


#: What fuzzing found: the target, and the text that it could not take.
FOUND = {
    "a revision without a value": ("alembic.read_revision", "revision =\ndown_revision = 'a'\n"),
    "a lock file that ends in a header": ("lockfiles.read_toml", "[[package]]\n[[package]]\n"),
    "a version of 5000 digits": ("requirements.read", f"flask>={'9' * 5000}.1,<{'9' * 5001}; python_version > '3'\n"),
    "variables of make that double": ("makefile.expand", "$(A)"),
    "a superscript": ("railway.read", "[deploy]\nnumReplicas = '²'\n"),
    "an integer of 5000 digits": ("toml_tree.read", f"a = {'0x' + 'f' * 5000}\n"),
    "defaults in defaults": ("shell evaluator", "gunicorn " + "${A:-" * 60 + "}" * 60),
    "a parameter of noughts": ("shell evaluator", "web: gunicorn --max-requests 1${000 app:app"),
    "braces that nothing closes": ("interpolation.parts", "${A" * 20_000),
}


@pytest.mark.parametrize("name", FOUND)
def test_found(name: str) -> None:
    target, text = FOUND[name]
    with patience(2):
        TARGETS[target].call(text)


NUMBERS = ("9" * 400, "9" * 5_000, "²", "1e999", "-1", "0")


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:5])
def test_numbers_that_are_none(number: str, tmp_path: Path) -> None:
    """In the place of every version, size, time, port and count of these projects in turn."""
    from projects import CLEAN, write

    files = {
        **CLEAN,
        "requirements.txt": f"flask=={number}.{number}\ngunicorn=={number}\n",
        "Dockerfile": f"FROM python:{number}.{number}\nEXPOSE {number}\nCOPY a[b /x\nCMD gunicorn -w {number} a:b\n",
        "compose.yaml": f"services:\n  web:\n    build: .\n    stop_grace_period: {number}s\n    ports: ['{number}']\n",
        "fly.toml": f"app = 'a'\nkill_timeout = '{number}s'\n[http_service]\ninternal_port = '{number}'\n",
        "k8s.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec:\n"
        f"  replicas: {number}\n  template: {{spec: {{terminationGracePeriodSeconds: {number}, containers: [{{name: a,"
        f" image: a, command: [gunicorn], resources: {{limits: {{memory: {number}Mi, cpu: {number}}}}}}}]}}}}\n",
        "app.yaml": f"runtime: python{number[:2]}\nmanual_scaling: {{instances: {number}}}\n",
        ".python-version": f"{number}.{number}\n",
    }
    assert (
        lint_spoiled(write(tmp_path / "a", files), "Procfile", f"web: gunicorn -t {number} app:app\n", tmp_path) == []
    )
