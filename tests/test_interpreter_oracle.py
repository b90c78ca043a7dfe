"""The interpreter against Python itself, on generated modules: never another value, hardly ever an unknown one.

`python tests/test_interpreter_oracle.py 2000` runs it on that many projects.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

from flaskprod_lint.model import Setting, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter import Interpreter
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project
from generated_python import project as generate

#: Runs the generated projects with the real Python, and writes down what their names are in the end.
_RUNNER = """
import os, pickle, sys
from pathlib import Path

PLAIN = (str, bytes, int, float, bool, type(None))

def plain(value, depth=0):
    if isinstance(value, PLAIN):
        return True
    if isinstance(value, (list, tuple, set)):
        return all(plain(item, depth + 1) for item in value)
    return isinstance(value, dict) and all(plain(key) and plain(item) for key, item in value.items())

def run(folder, environment):
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    before, sys.path[0] = set(sys.modules), folder
    names = {"__name__": "__config__", "__file__": os.path.join(folder, "conf.py")}
    error = None
    try:
        exec(compile(Path("conf.py").read_text(), "conf.py", "exec"), names)
    except BaseException as raised:
        error = type(raised).__name__
    for name in set(sys.modules) - before:
        del sys.modules[name]
    kept = {name: value for name, value in names.items() if not name.startswith("__") and plain(value)}
    return kept, error

sys.dont_write_bytecode = True
sys.path.insert(0, "")
jobs = pickle.load(sys.stdin.buffer)
pickle.dump([run(*job) for job in jobs], sys.stdout.buffer)
"""


def _write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def _real(jobs: list[tuple[str, dict[str, str]]]) -> list[tuple[dict[str, object], str | None]]:
    done = subprocess.run([sys.executable, "-c", _RUNNER], input=pickle.dumps(jobs), capture_output=True, check=True)
    return pickle.loads(done.stdout)  # type: ignore[no-any-return]


def _ours(folder: Path, files: dict[str, str], environment: dict[str, str]) -> tuple[dict[str, object], str | None]:
    tree = Tree(Project(folder, files))
    tree.mount(str(folder), "", Place(None))
    variables = {name: Setting(name, value) for name, value in environment.items()}
    context = Context(tree.project, tree, str(folder), variables, open_environment=False, python=sys.version_info[:2])
    module = Interpreter(context).run_file("conf.py", "__config__")
    names = {name: value.plain() for name, value in module.names.items()}
    failure = module.failure.path.removeprefix("builtins.") if module.failure else None
    return names, failure


def compare(seeds: range, folder: Path) -> tuple[int, list[str], list[str]]:
    """How many names were compared, which differ and which are unknown to us."""
    projects = {seed: generate(seed) for seed in seeds}
    for seed, (files, _) in projects.items():
        _write(folder / str(seed), files)
    real = _real([(str(folder / str(seed)), environment) for seed, (_, environment) in projects.items()])
    compared, wrong, unknown = 0, [], []
    for (seed, (files, environment)), (names, error) in zip(projects.items(), real, strict=True):
        ours, failure = _ours(folder / str(seed), files, environment)
        if failure != error:
            wrong.append(f"{seed}: Python ends with {error}, we say {failure}")
        for name, value in names.items():
            compared += 1
            mine = ours.get(name, Unknown("the name is not there"))
            if isinstance(mine, Unknown):
                unknown.append(f"{seed}: {name} = {value!r} is unknown: {mine.reason}")
            elif type(mine) is not type(value) or (repr(mine) != repr(value) and mine != value):
                wrong.append(f"{seed}: {name} = {value!r}, we say {mine!r}")
        absent = [name for name in ours if name not in names and not name.startswith("__")]
        wrong += [f"{seed}: {name} is not there" for name in absent if not isinstance(ours[name], Unknown)]
    return compared, wrong, unknown


def test_agrees_with_python(tmp_path: Path) -> None:
    compared, wrong, unknown = compare(range(120), tmp_path)
    assert not wrong
    assert len(unknown) * 100 < compared, unknown[:10]


if __name__ == "__main__":
    import tempfile

    start, count = int(sys.argv[2]) if len(sys.argv) > 2 else 0, int(sys.argv[1])
    with tempfile.TemporaryDirectory() as made:
        total, differing, hidden = compare(range(start, start + count), Path(made))
    sys.stdout.write("\n".join([*differing[:40], *hidden[:40]]))
    sys.stdout.write(f"\n{total} names: {len(differing)} differ, {len(hidden)} unknown\n")
