"""Feeds every parser, the interpreter, the shell's evaluator and the whole program with spoiled fixtures of the tests.

    python -m benchmarks.fuzz --inputs 200000                    # so many a parser
    python -m benchmarks.fuzz --inputs 5000 --only compose       # of those whose name holds the word
    python -m benchmarks.fuzz --inputs 0 --projects 20000        # whole projects, one file spoiled in each

Prints a line a parser with how many inputs it took, what was raised and the slowest input, and keeps each new kind of
failure in the folder that --keep names. The exit code is 1 where something was raised or took more than a second.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
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


@dataclass
class Tally:
    """What one parser did with its inputs."""

    name: str
    inputs: int = 0
    slowest: float = 0.0
    failures: dict[str, str] = field(default_factory=dict)
    keep: Path = Path()

    def failed(self, kind: str, text: str) -> None:
        """Keep the first input of each kind of failure."""
        if kind not in self.failures:
            file = self.keep / f"{self.name.replace(' ', '-')}-{len(self.failures)}.txt"
            file.write_bytes(f"{kind}\n".encode() + text.encode("utf-8", errors="surrogatepass"))
            self.failures[kind] = text

    def __str__(self) -> str:
        kinds = "".join(f"\n    {kind}" for kind in self.failures)
        return f"{self.name:34} {self.inputs:9,} inputs  slowest {self.slowest * 1000:6.0f} ms{kinds}\n"


def main() -> int:
    """Fuzz, print the counts, and say whether all is well."""
    options = _options()
    warnings.simplefilter("ignore")
    bad = 0
    for tally in _tallies(options):
        sys.stdout.write(str(tally))
        sys.stdout.flush()
        bad += len(tally.failures)
    return 1 if bad else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz")
    parser.add_argument("--inputs", type=int, default=2_000, help="inputs a parser")
    parser.add_argument("--projects", type=int, default=0, help="whole projects")
    parser.add_argument("--only", default="", help="only parsers whose name holds this")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="a parser's time of CPU at most")
    parser.add_argument("--keep", default=tempfile.gettempdir(), help="folder for the inputs that failed")
    return parser.parse_args()


def _tallies(options: argparse.Namespace) -> Iterator[Tally]:
    if options.inputs:
        for target in targets():
            if options.only in target.name:
                yield _fuzzed(target, options)
    if options.projects:
        with tempfile.TemporaryDirectory() as scratch:
            yield _fuzzed_projects(options, Path(scratch))


def _fuzzed(target: Target, options: argparse.Namespace) -> Tally:
    chance, tally = random.Random(f"{target.name} {options.seed}"), Tally(target.name, keep=Path(options.keep))
    for _ in _bounded(options.inputs, options.seconds):
        text = spoiled(chance, chance.choice(target.seeds), target.seeds)
        _note(tally, text, partial(target.call, text))
    return tally


def _fuzzed_projects(options: argparse.Namespace, scratch: Path) -> Tally:
    chance, tally = random.Random(options.seed), Tally("whole projects", keep=Path(options.keep))
    folders = [folder for folder in projects() if options.only in str(folder)]
    everything = tuple(text for _, text in fixtures())
    for _ in _bounded(options.projects, options.seconds):
        folder = chance.choice(folders)
        path = chance.choice(files_of(folder))
        text = spoiled(chance, (folder / path).read_text("utf-8", errors="replace"), everything)
        _note(tally, f"{folder}/{path}\n{text}", partial(_lint, folder, path, text, scratch))
    return tally


def _lint(folder: Path, path: str, text: str, scratch: Path) -> None:
    for crash in lint_spoiled(folder, path, text, scratch):
        raise RuntimeError(str(crash.error))


def _bounded(number: int, seconds: float) -> Iterable[int]:
    started = time.process_time()
    for count in range(number):
        if count % 16 == 0 and time.process_time() - started > seconds:
            return
        yield count


def _note(tally: Tally, text: str, call: Callable[[], object]) -> None:
    """Feed one input. One that is slow gets a second try: a hang hangs again, a busy machine does not."""
    took, kind = _tried(tally.name, call)
    if took > PATIENCE:
        took, kind = _tried(tally.name, call)
    tally.inputs += 1
    tally.slowest = max(tally.slowest, took)
    if kind:
        tally.failed(kind, text)


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
