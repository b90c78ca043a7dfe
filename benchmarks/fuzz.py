"""Feeds every parser, the interpreter, the shell's evaluator and the whole program with spoiled fixtures of the tests.

    python -m benchmarks.fuzz --inputs 200000                    # so many a parser
    python -m benchmarks.fuzz --inputs 5000 --only compose       # of those whose name holds the word
    python -m benchmarks.fuzz --inputs 0 --projects 20000        # whole projects, one file spoiled in each
    python -m benchmarks.fuzz --inputs 200000 --counts FILE      # go on where an earlier run stopped

The parsers take turns, those first that had the fewest inputs, so that a run that is stopped has seen all of them.
Prints a line a parser with how many inputs it took, what was raised and the slowest input, and keeps each new kind of
failure in the folder that --keep names. The exit code is 1 where something was raised or took more than a second.
`python -m benchmarks.guided` is the same for one parser, with atheris, which looks for inputs that reach new code.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from flaskprod_lint.inputs.python import UNPARSABLE
from fuzzing import (
    PATIENCE,
    PROMISED,
    Target,
    TooSlow,
    files_of,
    fixtures,
    lint_spoiled,
    patience,
    projects,
    spoiled,
    targets,
)

#: The name of the parser that is the whole program.
PROJECTS = "whole projects"
#: So many inputs a parser has in one turn.
_TURN = {PROJECTS: 100}
_SHORT_TURN = 2_000


@dataclass
class Tally:
    """What one parser did with its inputs; `failures` holds an input of each kind of failure."""

    name: str
    inputs: int = 0
    slowest: float = 0.0
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, turn: Tally) -> None:
        """Count a turn in."""
        self.inputs += turn.inputs
        self.slowest = max(self.slowest, turn.slowest)
        self.failures = {**turn.failures, **self.failures}

    def __str__(self) -> str:
        kinds = "".join(f"\n    {kind}" for kind in self.failures)
        return f"{self.name:34} {self.inputs:9,} inputs  slowest {self.slowest * 1000:6.0f} ms{kinds}\n"


def main() -> int:
    """Fuzz, print the counts, and say whether all is well."""
    options = _options()
    tallies = _tallies(options)
    with ProcessPoolExecutor(options.processes) as pool:
        for turn in _turns(options, tallies, pool):
            tallies[turn.name].add(turn)
            _keep(turn, Path(options.keep))
            if options.counts:
                _save(Path(options.counts), tallies)
    sys.stdout.writelines(map(str, tallies.values()))
    return 1 if any(tally.failures for tally in tallies.values()) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz")
    parser.add_argument("--inputs", type=int, default=2_000, help="inputs a parser")
    parser.add_argument("--projects", type=int, default=0, help="whole projects")
    parser.add_argument("--only", default="", help="only parsers whose name holds this")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no turn after so long")
    parser.add_argument("--counts", help="file of the inputs that each parser had so far: read, and kept up to date")
    parser.add_argument("--keep", default=tempfile.gettempdir(), help="folder for the inputs that failed")
    return parser.parse_args()


def _tallies(options: argparse.Namespace) -> dict[str, Tally]:
    counts = Path(options.counts) if options.counts else None
    before = json.loads(counts.read_text("utf-8")) if counts and counts.exists() else {}
    names = [*_targets(), PROJECTS]
    return {name: Tally(**before.get(name, {"name": name})) for name in names if options.only in name}


def _save(file: Path, tallies: dict[str, Tally]) -> None:
    """Replace the file in one step: a run may be stopped at any time. Failures are kept as inputs, not here."""
    new = file.with_name(f"{file.name}.new")
    new.write_text(json.dumps({name: {**asdict(tally), "failures": {}} for name, tally in tallies.items()}), "utf-8")
    new.replace(file)


def _keep(turn: Tally, folder: Path) -> None:
    for kind, text in turn.failures.items():
        name = f"{turn.name.replace(' ', '-')}-{hashlib.sha256(kind.encode()).hexdigest()[:8]}.txt"
        (folder / name).write_bytes(f"{kind}\n".encode() + text.encode("utf-8", errors="surrogatepass"))


def _turns(options: argparse.Namespace, tallies: dict[str, Tally], pool: ProcessPoolExecutor) -> Iterator[Tally]:
    """Turns until every parser has its inputs or the time is over."""
    goals = {name: options.projects if name == PROJECTS else options.inputs for name in tallies}
    until = time.monotonic() + options.seconds
    while time.monotonic() < until:
        left = {name: goals[name] - tally.inputs for name, tally in tallies.items() if tally.inputs < goals[name]}
        if not left:
            return
        names = sorted(left, key=lambda name: tallies[name].inputs)
        most = [min(left[name], _TURN.get(name, _SHORT_TURN)) for name in names]
        yield from pool.map(_turn, names, most, [tallies[name].inputs for name in names])


def _turn(name: str, inputs: int, start: int) -> Tally:
    """So many inputs of a parser; where it starts is what makes them others than those of the turn before."""
    warnings.simplefilter("ignore")
    chance, tally = random.Random(f"{name} {start}"), Tally(name)
    for text, call in islice(_spoiled_projects(chance) if name == PROJECTS else _texts(name, chance), inputs):
        _note(tally, text, call)
    return tally


@lru_cache(maxsize=1)
def _targets() -> dict[str, Target]:
    return {target.name: target for target in targets()}


def _texts(name: str, chance: random.Random) -> Iterator[tuple[str, Callable[[], object]]]:
    target = _targets()[name]
    while True:
        text = spoiled(chance, chance.choice(target.seeds), target.seeds)
        yield text, partial(target.call, text)


def _spoiled_projects(chance: random.Random) -> Iterator[tuple[str, Callable[[], object]]]:
    folders, everything = projects(), tuple(text for _, text in fixtures())
    with tempfile.TemporaryDirectory() as scratch:
        while True:
            folder = chance.choice(folders)
            path = chance.choice(files_of(folder))
            text = spoiled(chance, (folder / path).read_text("utf-8", errors="replace"), everything)
            yield f"{folder}/{path}\n{text}", partial(_lint, folder, path, text, Path(scratch))


def _lint(folder: Path, path: str, text: str, scratch: Path) -> None:
    for crash in lint_spoiled(folder, path, text, scratch):
        raise RuntimeError(str(crash.error))


def _note(tally: Tally, text: str, call: Callable[[], object]) -> None:
    """Feed one input. One that is slow gets a second try: a hang hangs again, a busy machine does not."""
    took, kind = _tried(tally.name, call)
    if took > PATIENCE:
        took, kind = _tried(tally.name, call)
    tally.inputs += 1
    tally.slowest = max(tally.slowest, took)
    if kind:
        tally.failures.setdefault(kind, text)


def _tried(name: str, call: Callable[[], object]) -> tuple[float, str]:
    """The seconds of CPU that it took, and what was wrong."""
    started = time.process_time()
    kind = ""
    try:
        with patience():
            call()
    except TooSlow as error:
        kind = str(error)
    except Exception as error:
        if not (name in PROMISED and isinstance(error, UNPARSABLE)):
            kind = _kind(error)
    return time.process_time() - started, kind


def _kind(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = "" if isinstance(error, RuntimeError) and "in " in str(error) else f" in {frame.filename}:{frame.lineno}"
    return f"{type(error).__name__}: {str(error)[:100]}{where}"


if __name__ == "__main__":
    sys.exit(main())
