"""What linting costs, from 10 files to 10,000, beside the floor and beside other tools.

    python -m benchmarks [--large] [--rounds N] [--peers FOLDER]

Every tool runs as a whole process on the same generated projects, in turns, so that whatever else the machine does
falls on all of them alike. Printed are medians: wall clock, CPU time of the process and its children, how many times
the CPU time of the floor that is, and the peak of memory. The floor is a Python that starts, walks the same folders
and reads the same files. Tools that are not installed (beside this Python, in FOLDER, or on the path) are left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generated import write

SIZES, LARGE = (10, 100, 300, 1_000), (10_000,)
#: The slow ones of the peers get no more files than this.
PATIENCE = 300

_FLOOR = """
import os
for folder, folders, names in os.walk("."):
    folders[:] = [name for name in folders if name != ".git"]
    for name in names:
        with open(os.path.join(folder, name), "rb") as stream:
            stream.read()
"""
_OURS = "flaskprod-lint"
_PYTHON = {
    "python": ("-c", "pass"),
    "import click": ("-c", "import click"),
    "import click, yaml": ("-c", "import click, yaml"),
    f"{_OURS} --version": ("-m", "flaskprod_lint", "--version"),
    f"{_OURS} --help": ("-m", "flaskprod_lint", "--help"),
}
_PEERS = {
    "ruff, rules S": ("ruff", "check", "--select", "S", "--no-cache", "--quiet", "."),
    "hadolint": ("hadolint", "Dockerfile"),
    "bandit": ("bandit", "--quiet", "--recursive", "."),
    "detect-secrets": ("detect-secrets", "scan"),
    "flask-production-mcp": ("flask-production-mcp", "audit", "."),
}
_SLOW = ("bandit", "detect-secrets", "flask-production-mcp")


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds by the clock, seconds of CPU time, and MiB of memory at its peak."""

    wall: float
    cpu: float
    memory: float


def main() -> None:
    """Measure, and print one table for starting and one for each size of project."""
    given = _arguments()
    with tempfile.TemporaryDirectory() as name:
        _print(
            "Starting", measured({key: (sys.executable, *words) for key, words in _PYTHON.items()}, name, given.rounds)
        )
        for size in (*SIZES, *(LARGE if given.large else ())):
            folder = Path(name) / str(size)
            folder.mkdir()
            write(folder, size)
            costs = measured(dict(_commands(size, given.peers)), str(folder), given.rounds)
            _print(f"{size:,} Python files, {_bytes(folder) / 1e6:.1f} MB", costs)
            shutil.rmtree(folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--large", action="store_true", help="also a project of 10,000 Python files")
    parser.add_argument("--rounds", type=int, default=7, help="how often each tool runs (default: 7)")
    parser.add_argument("--peers", default="", help="a folder with the programs of other tools")
    return parser.parse_args()


def _commands(size: int, peers: str) -> Iterator[tuple[str, Sequence[str]]]:
    yield "floor", (sys.executable, "-c", _FLOOR)
    yield _OURS, (sys.executable, "-m", "flaskprod_lint", "--format", "json", ".")
    places = os.pathsep.join(filter(None, (peers, str(Path(sys.executable).parent), os.environ.get("PATH", ""))))
    for name, (program, *words) in _PEERS.items():
        found = shutil.which(program, path=places)
        if found is not None and (size <= PATIENCE or name not in _SLOW):
            yield name, (found, *words)


def measured(commands: dict[str, Sequence[str]], folder: str, rounds: int) -> dict[str, Cost]:
    """The median cost of each command, run in turns after a first run of each that does not count."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            cost = run(command, folder)
            if number:
                costs[name].append(cost)
    return {name: _median(each) for name, each in costs.items()}


def run(command: Sequence[str], folder: str) -> Cost:
    """Run one process to its end. Its children count where it waits for them."""
    # Byte code is kept, as it is for everybody who does not say otherwise.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=nowhere, stderr=nowhere)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode} in {folder}: no figure would be right")
    if _OURS.replace("-", "_") in command and process.returncode == 1 and not _finds(command, folder, environment):
        raise SystemExit(f"{' '.join(command)} failed in {folder}: is it installed for this Python?")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _finds(command: Sequence[str], folder: str, environment: dict[str, str]) -> bool:
    """Whether the exit code 1 of ours means findings, and not a Python that does not start it."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    return done.stdout.startswith(b"{")


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(one, name) for one in costs) for name in ("wall", "cpu", "memory")))


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)


def _print(title: str, costs: dict[str, Cost]) -> None:
    first = next(iter(costs.values()))
    lines = [
        f"## {title}",
        "",
        f"| | wall (ms) | CPU (ms) | times {next(iter(costs))} | MiB |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, cost in costs.items():
        row = (cost.wall * 1000, cost.cpu * 1000)
        lines.append(f"| {name} | {row[0]:,.0f} | {row[1]:,.0f} | {cost.cpu / first.cpu:.1f} | {cost.memory:,.0f} |")
    sys.stdout.write("\n".join([*lines, "", ""]))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
