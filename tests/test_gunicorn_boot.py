"""The real Gunicorn is started, and what it listens on, the worker class it uses and how it fails is what we say.

Some of the starts are tried in each run of the tests. FLASKPROD_BOOTS=200 tries them all and that many generated ones
beside; FLASKPROD_GUNICORNS=FOLDER (as in test_gunicorn_oracle.py) does so with the versions there.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from flaskprod_lint.model import Server
from gunicorn_answers import our_server
from gunicorn_boots import CASES, generated
from gunicorn_projects import Case

pytest.importorskip("gunicorn")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="Gunicorn needs fork")

RUN = "import sys; sys.path.pop(0); sys.argv[0] = 'gunicorn'; from gunicorn.app.wsgiapp import run; run()"
COUNT = int(os.environ.get("FLASKPROD_BOOTS", "0"))
FOLDER = os.environ.get("FLASKPROD_GUNICORNS")
#: The exit codes of a refusal by its kind.
CODES = {"command-line": {2}, "file": {1, 2, 3}, "workers": {3}}
#: How long a start is watched: five tries for an address take five seconds.
PATIENCE = 15.0
QUIET = 1.5


@dataclass
class Outcome:
    """How a start ended: with an exit `code`, or listening (`answers` says whether workers loaded the app)."""

    code: int | None = None
    answers: bool = False
    listens: set[str] = field(default_factory=set)
    worker: str = ""
    text: str = ""


def start(case: Case, folder: Path, gunicorn: Path | None) -> Outcome:
    """Start Gunicorn, wait until the app is loaded, it has ended or nothing more comes, and end it."""
    python = gunicorn / "python" if gunicorn and (gunicorn / "python").exists() else Path(sys.executable)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(gunicorn or "")}
    process = subprocess.Popen(
        [str(python), "-c", RUN, *case.argv[1:]],
        cwd=folder,
        env={**environment, **case.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    patience = PATIENCE if _retries(case) else QUIET * 3
    reader.join(patience)
    code = None
    if not reader.is_alive():
        # It has ended; or the app is loaded, and a worker that does not find its name ends Gunicorn at once.
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(0.5 if any("LOADED" in line for line in lines) and not _misnamed(case) else 5)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return _outcome("".join(lines), code)


def _read(process: subprocess.Popen[str], lines: list[str]) -> None:
    assert process.stdout
    for line in process.stdout:
        lines.append(line)
        # With --preload the app is loaded before there are workers.
        if all(any(said in one for one in lines) for said in ("LOADED", "Booting worker")):
            return


def _misnamed(case: Case) -> bool:
    """Whether the module loads and lacks the name: Gunicorn then ends, but some versions take a second over it."""
    return any("nope" in word for word in case.argv)


def _retries(case: Case) -> bool:
    return not any(word in ("-w", "--workers") and "0" in case.argv for word in case.argv)


def _outcome(text: str, code: int | None) -> Outcome:
    listening = re.search(r"Listening at: (.*) \(\d+\)", text)
    worker = re.search(r"Using worker: (\S+)", text)
    addresses = listening.group(1).split(",") if listening and listening.group(1) else []
    return Outcome(
        code,
        "LOADED" in text,
        {address.partition("://")[2] or address.removeprefix("unix:") for address in addresses},
        worker.group(1) if worker else "",
        text,
    )


def differences(ours: Server | None, outcome: Outcome) -> list[str]:
    """Where an outcome is not what we say."""
    if ours is None:
        return ["we see no server"]
    refusals = [*ours.refusals, *ours.boot_refusals]
    fails = _app_code(ours)
    if ours.requires and not ours.refusals:
        # The library of its worker class, which is not installed here.
        return [] if outcome.code == 1 else [f"it ends with {outcome.code}, though {ours.requires} is not installed"]
    if refusals:
        return _as_refused(ours, outcome)
    if outcome.code is not None:
        return [] if outcome.code == fails else [f"it exits with {outcome.code}, we expect {fails}"]
    if fails is not None:
        return [f"it goes on, we expect {fails}"]
    found = [] if outcome.answers else ["no worker loads the app"]
    addresses = {address.socket or _shown(address.host, address.port) for address in ours.bind}
    if outcome.listens != addresses:
        found.append(f"it listens on {outcome.listens}, we say {addresses}")
    if ours.worker_class is None or ours.worker_class.value != outcome.worker:
        found.append(f"it uses {outcome.worker}, we say {ours.worker_class and ours.worker_class.value}")
    return found


def _as_refused(ours: Server, outcome: Outcome) -> list[str]:
    first = next(iter([*ours.refusals, *ours.boot_refusals]))
    silent = first.kind == "workers" and "threads" not in first.note
    if outcome.code is None and (silent or first.note.startswith("`bind` is empty")):
        answers = outcome.answers and outcome.listens
        return [f"we say it never answers: {first.note}"] if answers else []
    codes = set[int]().union(*(CODES.get(one.kind, {1}) for one in [*ours.refusals, *ours.boot_refusals]))
    if outcome.code in codes:
        return []
    return [f"it ends with {outcome.code}, we say that it refuses ({first.kind}): {first.note}"]


def _app_code(ours: Server) -> int | None:
    """The exit code for an application that cannot be loaded."""
    state = ours.target.state if ours.target is not None else ""
    if ours.settings["preload_app"].value is True and state in ("module-missing", "name-missing"):
        return 1
    if state == "module-missing" or (ours.target is not None and ours.target.module == "broken"):
        return 3
    return 4 if state == "name-missing" else None


def _shown(host: object, port: object) -> str:
    return f"{'127.0.0.1' if host == 'localhost' else host}:{port}"


def _with_ports(case: Case) -> Case:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        ports = {"{port}": str(first.getsockname()[1]), "{other}": str(second.getsockname()[1])}

    def fill(text: str) -> str:
        for hole, port in ports.items():
            text = text.replace(hole, port)
        return text.replace("{{", "{").replace("}}", "}")

    return replace(
        case,
        argv=[fill(word) for word in case.argv],
        environment={name: fill(value) for name, value in case.environment.items()},
        files={path: fill(text) if path.endswith("conf.py") else text for path, text in case.files.items()},
    )


def _gunicorns() -> list[tuple[str, Path | None]]:
    from importlib.metadata import version

    if FOLDER:
        return [(path.name, path) for path in sorted(Path(FOLDER).iterdir()) if (path / "gunicorn").is_dir()]
    return [(version("gunicorn"), None)]


def _cases() -> list[Case]:
    return [*CASES, *map(generated, range(COUNT))] if COUNT else CASES[::3]


@pytest.mark.parametrize(("version", "gunicorn"), _gunicorns(), ids=lambda value: str(value or "installed"))
def test_starts_as_we_say(version: str, gunicorn: Path | None, tmp_path: Path) -> None:
    def compare(numbered: tuple[int, Case]) -> str:
        number, case = numbered
        case = _with_ports(case)
        folder = tmp_path / str(number)
        folder.mkdir()
        for path, text in case.files.items():
            (folder / path).write_text(text)
        outcome = start(case, folder, gunicorn)
        found = differences(our_server(case, folder, version), outcome)
        return f"{case.shown()}\n  " + "\n  ".join(found) + "\n" + outcome.text[-300:] if found else ""

    with ThreadPoolExecutor(6) as pool:
        wrong = [text for text in pool.map(compare, enumerate(_cases())) if text]
    print(f"Gunicorn {version}: {len(_cases())} starts, {len(wrong)} differ")  # noqa: T201
    if wrong:
        pytest.fail(f"{len(wrong)} of {len(_cases())} starts:\n" + "\n\n".join(wrong[:20]), pytrace=False)
