"""The interpreter on broken and hostile sources: it never raises, never takes long, never makes anything large."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.app import loading
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter import Interpreter
from flaskprod_lint.resolve.interpreter.values import Module
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Project
from generated_python import project as generate


def run(folder: Path, text: str) -> Module:
    (folder / "conf.py").write_text(text, encoding="utf-8", errors="surrogatepass")
    project = Project(folder, ["conf.py"])
    return Interpreter(Context(project, Tree(project))).run_file("conf.py", "conf")


HOSTILE = {
    "a power": "x = 10 ** 10 ** 10",
    "a shift": "x = 1 << 10 ** 9",
    "a long text": 'x = "a" * 10 ** 9',
    "a wide field": 'x = f"{1:1000000000}"',
    "a wide percent": "x = '%1000000000d' % 1",
    "a wide format": "x = '{:1000000000}'.format(1)",
    "a padded text": "x = 'a'.ljust(10 ** 9)",
    "a long list": "x = [0] * 10 ** 9",
    "a long range": "x = list(range(10 ** 12))",
    "a sum of a range": "x = sum(range(10 ** 9))",
    "growing text": "x = 'a'\nfor _ in range(900):\n    x += x",
    "growing replacement": "x = 'a' * 50000\nfor _ in range(50):\n    x = x.replace('a', 'aa')",
    "growing list": "x = [1]\nfor _ in range(900):\n    x += x",
    "a list that grows as it is read": "x = [1]\nfor one in x:\n    x.append(one)",
    "shared lists": "x = []\nfor _ in range(60):\n    x = [x, x]\ny = x == x\nz = str(x)",
    "a list in itself": "x = []\nx.append(x)\ny = str(x)\nz = x == x",
    "a dict in itself": "x = {}\nx['x'] = x\ny = {**x}\nz = x == {'x': x}",
    "growing numbers": "x = 3\nfor _ in range(900):\n    x *= x",
    "digits": "x = int('9' * 90000)",
    "no end": "while True:\n    x = 1",
    "no end, counted": "x = 0\nwhile x >= 0:\n    x += 1",
    "loops in loops": "".join(f"{' ' * n}for a{n} in range(1000):\n" for n in range(5)) + "     x = 1",
    "recursion": "def f(n):\n    return f(n + 1) + f(n + 2)\nx = f(0)",
    "mutual recursion": "def f():\n    return g()\ndef g():\n    return f()\nx = f()",
    "a class in itself": "class A:\n    def __init__(self):\n        self.a = A()\nx = A()",
    "properties": "class A:\n    @property\n    def x(self):\n        return self.x\ny = A().x",
    "an attribute that makes itself": "class A:\n    def __getattr__(self, n):\n        return self.no\ny = A().x",
    "brackets": "x = " + "(" * 10_000 + ")" * 10_000,
    "lists in lists": "x = " + "[" * 10_000 + "]" * 10_000,
    "a long sum": "x = " + "+".join("1" for _ in range(20_000)),
    "many operators": "x = " + "-" * 50_000 + "1",
    "many attributes": "import a\nx = a" + ".b" * 20_000,
    "many calls": "import a\nx = a" + "()" * 20_000,
    "nested ifs": "".join(" " * n + "if a:\n" for n in range(95)) + " " * 95 + "x = 1",
    "branches": "import os\n" + "".join(f"if os.getenv('A{n}'):\n    x = {n}\n" for n in range(2_000)),
    "branches that return": "import os\ndef f():\n"
    + "".join(f"    if os.getenv('A{n}'):\n        return {n}\n" for n in range(1_000))
    + "x = f()",
    "alternatives that multiply": "import os\nx = 0\n"
    + "".join(f"x = x + (1 if os.getenv('A{n}') else {n + 2})\n" for n in range(200)),
    "branches of calls": "import os\ndef f(n):\n    if os.getenv('A'):\n        return f(1)\n    return f(2)\nx = f(0)",
    "tries": "".join(" " * n + "try:\n" for n in range(1)) + "  pass\nfinally:\n  raise\n",
    "evals": "x = eval('eval(' * 50 + '1' + ')' * 50)",
    "exec of itself": "s = 'exec(s)'\nexec(s)",
    "decorators": "def d(f):\n    return d(f)\n@d\ndef g(): pass",
    "bases": "class A(A): pass\nclass B(B.C, metaclass=B): pass",
    "comprehensions": "x = [a + b + c for a in range(900) for b in range(900) for c in range(900)]",
    "a format of itself": "x = '{0.__class__.__mro__}'.format(1)",
    "an import of itself": "import conf\nfrom conf import *\nx = conf.conf.conf.y",
    "stars": "print(*print, **print)\na, *b = *c, = *d, 1",
    "surrogates": "x = '\\ud800'\ny = x.encode()",
    "nothing": "",
}


def test_needs_no_memory(tmp_path: Path) -> None:
    """All of them run in a process that may not have more than 400 MB."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))"
    each = f"[it.run(it.Path({str(tmp_path)!r}), text) for text in it.HOSTILE.values()]"
    code = f"{limit}; import test_interpreter_bounds as it; {each}"
    environment = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_is_quick(tmp_path: Path) -> None:
    slow = {}
    for name, text in HOSTILE.items():
        started = time.process_time()
        run(tmp_path, text)
        slow[name] = time.process_time() - started
    assert max(slow.values()) < 4, sorted(slow.items(), key=lambda item: -item[1])[:5]


def test_a_file_of_settings_has_less_time(tmp_path: Path) -> None:
    """What Gunicorn's configuration file may cost is a fraction of an app's: counted in steps, not in seconds."""
    (tmp_path / "conf.py").write_text(HOSTILE["loops in loops"], encoding="utf-8")
    project = Project(tmp_path, ["conf.py"])
    machine = loading.interpreter(Context(project, Tree(project)))
    machine.run_file("conf.py", "__config__")
    assert machine.budget.steps <= loading.SETTINGS_STEPS + 1


@pytest.mark.parametrize("seed", range(25))
def test_never_raises_on_mutations(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    text = generate(seed)[0]["conf.py"]
    for _ in range(12):
        changed = _mutated(chance, text)
        started = time.process_time()
        run(tmp_path, changed)
        assert time.process_time() - started < 4


def _mutated(chance: random.Random, text: str) -> str:
    kind = chance.randrange(4)
    lines = text.split("\n")
    if kind == 0:
        return text[: chance.randrange(len(text))]
    if kind == 1:
        chance.shuffle(lines)
        return "\n".join(line.strip() for line in lines)
    if kind == 2:
        return "\n".join(line for line in lines if chance.random() < 0.8)
    words = ("None", "print", "os", "[]", "{}", "1", "'x'", "*a", "super()", "open", "lambda: 0", "str", "...", "b''")
    for _ in range(5):
        position = chance.randrange(len(text))
        text = text[:position] + chance.choice(words) + text[position + chance.randrange(6) :]
    return text


def test_a_file_that_cannot_be_parsed(tmp_path: Path) -> None:
    project = Project(tmp_path, ["conf.py"])
    (tmp_path / "conf.py").write_text("x = 1\nprint 'x'\n")
    module = Interpreter(Context(project, Tree(project))).run_file("conf.py", "conf")
    assert isinstance(module.opaque, Unknown)
    assert [str(problem.place.span) for problem in project.problems] == ["conf.py:2"]
