"""Recall and precision over the labelled lines of the tests, ours and detect-secrets' side by side; and what it costs.

    python -m benchmarks.credentials [--cost] [--history]

Recall is the part of the secrets that is found, precision the part of what is found that is a secret. A line counts
as found where a finding of at least a warning names it.

`--cost` is what looking for credentials adds to a project of 300 files and 2 MB: whole processes with and without it,
in turns, and the difference of the least CPU time of each: whatever else a machine does only adds to it. `--history`
is what the option of that name costs in a repository of 10,000 commits.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from benchmarks import generated
from benchmarks.__main__ import run
from labelled_lines import Line, write
from test_labelled_lines import named

Found = set[tuple[str, int]]


#: How often each process runs for `--cost`.
_ROUNDS = 15
_WITH = "import sys; from flaskprod_lint.cli import run; sys.exit(run(['--format', 'json', '.']))"
_WITHOUT = f"from flaskprod_lint.resolve import committed; committed.find = lambda *_: (); {_WITH}"
_HISTORY = _WITH.replace("'.'", "'--history', '--select', 'credential-committed', '.'")


def main() -> None:
    """Print the table, and the costs that were asked for."""
    with tempfile.TemporaryDirectory() as name:
        _print_scores(Path(name))
    for option, measure in (("--cost", _print_cost), ("--history", _print_history)):
        if option in sys.argv:
            with tempfile.TemporaryDirectory() as name:
                measure(Path(name))


def _print_scores(folder: Path) -> None:
    where = write(folder)
    secrets = sum(line.secret for line in where.values())
    sys.stdout.write(f"{len(where)} lines, {secrets} of them secrets\n{'':16}recall  precision\n")
    for tool, found in (("flaskprod-lint", named(folder)), ("detect-secrets", by_detect_secrets(folder))):
        recall, precision = score(where, found)
        sys.stdout.write(f"{tool:16}{recall:6.3f}{precision:11.3f}\n")


# What it costs


def _print_cost(folder: Path) -> None:
    write_mixture(folder)
    files = [path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts]
    spent: dict[str, list[float]] = {_WITH: [], _WITHOUT: []}
    for number in range(_ROUNDS + 1):
        for code, costs in spent.items():
            cost = run((sys.executable, "-c", code, "flaskprod_lint"), str(folder)).cpu
            costs += [cost] if number else []
    on, off = (min(costs) * 1000 for costs in spent.values())
    size = sum(path.stat().st_size for path in files) / 1e6
    sys.stdout.write(
        f"{len(files)} files, {size:.1f} MB: {on:.0f} ms with credentials, {off:.0f} without: {on - off:.0f} ms\n"
    )


def write_mixture(folder: Path) -> None:
    """A project of 300 files and 2 MB: a third of that is what its front end, translations and fixtures hold."""
    chance = random.Random(300)
    for name, text in _assets(chance):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    generated.write(folder, 258)


def _assets(chance: random.Random) -> Iterator[tuple[str, str]]:
    words = generated.WORDS
    calls = (f"function {chance.choice(words)[:2]}(e,t){{return e.{chance.choice(words)}[t]}}" for _ in range(6000))
    yield "shop/static/app.min.js", ";".join(calls)
    said = (f'#: shop/{word}.py:{line}\nmsgid "{word} {line}"\nmsgstr ""\n' for line in range(40) for word in words)
    yield "shop/translations/de.po", "\n".join(said)
    rows = ({"id": number, "digest": f"{chance.getrandbits(256):064x}"} for number in range(1500))
    yield "tests/fixtures/rows.json", json.dumps(list(rows), indent=1)
    yield "shop/static/shop.css", "".join(f".{word}-{n} {{ color: #{n:06x}; }}\n" for n in range(15) for word in words)


def _print_history(folder: Path) -> None:
    write_history(folder, 10_000)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, "-c", _HISTORY], cwd=folder, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = len(json.loads(done.stdout)["findings"])
    sys.stdout.write(f"10,000 commits: {wall:.1f} s, {cpu:.1f} s of CPU time, {found} found\n")


def write_history(folder: Path, commits: int) -> None:
    """A repository of 300 modules, of which each commit changes a line in four; one of these lines was a password."""
    chance = random.Random(commits)
    texts = {f"shop/{number % 20}/{number}.py": [_line(chance) for _ in range(180)] for number in range(300)}
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "main", "."], cwd=folder, check=True)
    importing = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE)
    with importing:
        assert importing.stdin is not None
        for number in range(commits):
            changed = list(texts) if number == 0 else chance.sample(list(texts), 4)
            for path in changed:
                texts[path][chance.randrange(180)] = _line(chance)
            last = texts[changed[-1]]
            last[0] = (
                f"DATABASE = 'postgresql://shop:Zt5rW8k{number}QmVx@db.shop.dev/shop'" if number == 5000 else "x = 1"
            )
            importing.stdin.write(_commit(number, {path: "\n".join(texts[path]).encode() for path in changed}))
    subprocess.run(["git", "reset", "--quiet", "--hard"], cwd=folder, check=True)


def _line(chance: random.Random) -> str:
    return f"{chance.choice(generated.WORDS)} = {' + '.join(chance.choices(generated.WORDS, k=8))}"


def _commit(number: int, files: dict[str, bytes]) -> bytes:
    """One commit as `git fast-import` reads it."""
    parts = [b"commit refs/heads/main\nmark :%d\n" % (number + 1)]
    parts += [b"committer a <a@example.com> %d +0000\ndata 4\nstep\n" % (1_600_000_000 + number * 60)]
    parts += [b"from :%d\n" % number] if number else []
    parts += [b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data) for path, data in files.items()]
    return b"".join(parts)


def score(where: dict[tuple[str, int], Line], found: Found) -> tuple[float, float]:
    """Recall and precision of a set of places, over the lines that are labelled."""
    secrets = {place for place, line in where.items() if line.secret}
    right = len(found & secrets)
    return right / len(secrets), right / max(1, len(found & where.keys()))


def by_detect_secrets(folder: Path) -> Found:
    """What detect-secrets finds with all its plug-ins, as its defaults have them."""
    command = [str(Path(sys.executable).with_name("detect-secrets")), "scan", "--all-files", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    results = json.loads(done.stdout)["results"]
    return {(path, one["line_number"]) for path, found in results.items() for one in found}


if __name__ == "__main__":
    main()
