"""Gunicorn itself is asked what it makes of generated projects (`gunicorn --print-config`), and we must agree.

A few projects are asked about in each run of the tests. FLASKPROD_ORACLE=2000 asks about that many, and
FLASKPROD_GUNICORNS=FOLDER (with FOLDER/<version>/gunicorn, as scripts/gunicorn_settings.py installs them) asks those
versions too. --print-config loads the application, which here is a generated function that does nothing.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from flaskprod_lint.model import Package, Packages, Setting, Step, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.gunicorn.merge import Resolved, resolve
from flaskprod_lint.resolve.gunicorn.table import Known, settings_of
from flaskprod_lint.resolve.gunicorn.validators import Hook
from flaskprod_lint.resolve.step_words import Word
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project

RUN = "import sys; sys.argv[0] = 'gunicorn'; from gunicorn.app.wsgiapp import run; run()"
COUNT = int(os.environ.get("FLASKPROD_ORACLE", "40"))
FOLDER = os.environ.get("FLASKPROD_GUNICORNS")

#: What --print-config cannot be compared on: worked out by the machine that Gunicorn runs on.
MACHINE = {"user", "group", "control_socket"}

INTEGERS = ["0", "1", "2", "3", "4", "8", "16", "30", "120"]
ODD_INTEGERS = ["auto", "2.5", "", "-1", "0x10", " 7", "1_0", "08", "None", "99999", "True"]
TEXTS = ["-", "/dev/stdout", "/tmp/x.log", "info", "debug", " padded ", "a,b", "x=y"]
BINDS = ["0.0.0.0:8000", ":8000", "127.0.0.1", "unix:/tmp/x.sock", "[::]:9000", "localhost:5000", "8000", ":3,:4", ""]
WORDS = {
    "worker_class": ["sync", "gthread", "gevent", "uvicorn.workers.UvicornWorker", "nope"],
    "reload_engine": ["auto", "poll", "inotify", "fast"],
    "header_map": ["drop", "REFUSE", "dangerous", "keep"],
    "http_protocols": ["h1", "", "h9", "h1,h1"],
    "http2_cleartext": ["off", "upgrade", "BOTH", "maybe"],
    "asgi_loop": ["auto", "uvloop", "x"],
    "asgi_lifespan": ["on", "off", "x"],
    "http_parser": ["fast", "python", "x"],
    "proxy_protocol": ["off", "v1", "TRUE", "x"],
    "forwarded_allow_ips": ["*", "127.0.0.1", "10.0.0.0/8, ::1", "nginx", "192.168.1.1/24"],
    "proxy_allow_ips": ["*", "10.0.0.1"],
    "uwsgi_allow_ips": ["*", "10.0.0.1"],
    "bind": BINDS,
    "chdir": [".", "sub", "./sub"],
    "user": ["0", "1000"],
    "group": ["0", "1000"],
    "statsd_host": ["localhost:8125", "unix:9", "[::1]:7", "a:b"],
    "reload_extra_files": ["app.py"],
    "raw_env": ["A=1", "B"],
    "ssl_version": ["2"],
    "cert_reqs": ["0", "1", "x"],
    "umask": ["0", "022", "0o22", "9x"],
    "control_socket_mode": ["384", "0600"],
}
#: Flags that end the program, need files of their own, or change what is printed.
LEFT_OUT = {"config", "check_config", "print_config", "paste", "spew", "logconfig_dict", "wsgi_app"}


@dataclass
class Case:
    """One generated project and the way it is started."""

    argv: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


class Generator:
    """Projects out of a seed: mostly right, now and then nonsense."""

    def __init__(self, seed: int, version: str | None) -> None:
        self.random = random.Random(seed)
        self.known = {name: known for name, known in settings_of(version).items() if name not in LEFT_OUT}

    def case(self) -> Case:
        case = Case(files={"app.py": "def app(environ, start): pass\n", "sub/keep.txt": "", "lib.py": "WORKERS = 6\n"})
        case.argv = self.options(self.random.choice([0, 1, 2, 3, 4, 6]))
        self.environment(case)
        self.config_files(case)
        where = self.random.choice([0, len(case.argv)]) if self.random.random() < 0.9 else None
        if where is not None:
            case.argv.insert(where, "app:app")
            if self.random.random() < 0.03:
                case.argv.append("extra:app")
        if self.random.random() < 0.05:
            case.argv.append(self.random.choice(["--nope", "--port=80", "--work=3"]))
        return case

    def options(self, count: int) -> list[str]:
        flagged = [known for known in self.known.values() if known.flags]
        usual = [self.known[name] for name in ("workers", "threads", "bind", "timeout", "worker_class", "accesslog")]
        words: list[str] = []
        for _ in range(count):
            words += self.option(self.random.choice(usual if self.random.random() < 0.5 else flagged))
        return words

    def option(self, known: Known) -> list[str]:
        flag = self.random.choice(known.flags)
        if self.random.random() < 0.1 and flag.startswith("--"):
            flag = flag[: max(4, len(flag) - self.random.randrange(4))]
        if known.action not in ("store", "append"):
            return [flag]
        value = self.text(known)
        if flag.startswith("--"):
            return [f"{flag}={value}"] if self.random.random() < 0.4 else [flag, value]
        return self.random.choice([[flag, value], [flag + value], [f"{flag} {value}"], [f"{flag}={value}"]])

    def text(self, known: Known) -> str:
        if known.name in WORDS:
            return self.random.choice(WORDS[known.name])
        if known.validator.startswith(("pos_int", "http2")):
            return self.random.choice(INTEGERS if self.random.random() < 0.93 else ODD_INTEGERS)
        return self.random.choice(TEXTS)

    def environment(self, case: Case) -> None:
        chances = {
            "PORT": ["5000", "8080", ""],
            "WEB_CONCURRENCY": ["3", "4", "2", "5", "0", " 2 ", "6", self.random.choice(["", "auto", "0x3"])],
            "FORWARDED_ALLOW_IPS": ["*", "10.0.0.1", "10.0.0.0/8", "*", "nginx"],
            "WORKERS": ["5", "7"],
            "THREADS": ["2", "4"],
        }
        for name, values in chances.items():
            if self.random.random() < 0.25:
                case.environment[name] = self.random.choice(values)
        if self.random.random() < 0.3:
            words = self.options(self.random.choice([1, 2, 3]))
            case.environment["GUNICORN_CMD_ARGS"] = " ".join(_quoted(word) for word in words)
        elif self.random.random() < 0.02:
            case.environment["GUNICORN_CMD_ARGS"] = "--workers '3"

    def config_files(self, case: Case) -> None:
        draw = self.random.random()
        if draw < 0.35:
            case.files["gunicorn.conf.py"] = self.config()
        if draw < 0.15 or draw > 0.85:
            name = self.random.choice(["conf/gunicorn.py", "settings.py", "conf"])
            case.files[name if name != "conf" else "conf/plain"] = self.config()
            path = name if name != "conf" else "conf/plain"
            form = self.random.choice([path, "file:" + path, "./" + path])
            if path == "settings.py" and self.random.random() < 0.5:
                form = "python:settings"
            case.argv += ["-c", form] if self.random.random() < 0.7 else [f"--config={form}"]
        elif draw > 0.82:
            case.argv += ["-c", "nope.py"]

    def config(self) -> str:
        lines = ["import os", "import multiprocessing"]
        for _ in range(self.random.choice([1, 2, 3, 5, 8])):
            lines += self.assignment()
        return "\n".join(lines) + "\n"

    def assignment(self) -> list[str]:
        pick = self.random.random()
        if pick < 0.5:
            return [self.random.choice(FORMS if self.random.random() < 0.9 else BROKEN)]
        if pick < 0.9:
            known = self.random.choice(list(self.known.values()))
            return [f"{known.name} = {self.literal(known)}"] if not _is_hook(known) else self.hook(known)
        return [self.random.choice(["nonsense = 3", "WORKERS = 4", "preload = True", "_x = 1", "Workers = 9"])]

    def literal(self, known: Known) -> str:
        if self.random.random() < 0.03:
            return self.random.choice(["None", "3", "'x'", "2.5", "[]", "('a',)", "{}", "True", "b'x'", "open"])
        if known.action in ("store_true", "store_const") or known.validator == "bool":
            return self.random.choice(["True", "False", "'true'", "'False '", "None"])
        if known.validator == "list_string":
            return repr([self.text(known) for _ in range(self.random.randrange(3))])
        if known.validator.startswith(("pos_int", "http2")):
            return self.random.choice([*INTEGERS, "'4'", "'0x4'", "2 * 2 + 1", "True"])
        return repr(self.text(known))

    def hook(self, known: Known) -> list[str]:
        right = int(known.validator.partition(":")[2] or 4)
        arity = right if self.random.random() < 0.9 and right > 0 else self.random.choice([1, 2, 3, 4])
        names = ", ".join("abcd"[:arity])
        return [f"def {known.name}({names}):", "    pass"]


FORMS = [
    "workers = int(os.environ.get('WORKERS', 2))",
    "workers = int(os.getenv('WORKERS') or os.getenv('WEB_CONCURRENCY') or 3)",
    "threads = int(os.environ['THREADS']) if 'THREADS' in os.environ else 2",
    "bind = f\"0.0.0.0:{os.environ.get('PORT', '8000')}\"",
    "bind = '0.0.0.0:%s' % os.environ.get('PORT', 8000)",
    "bind = '{}:{}'.format('0.0.0.0', os.getenv('PORT', '5000'))",
    "bind = ['0.0.0.0:' + os.getenv('PORT', '8000'), '[::]:8001']",
    "bind = '127.0.0.1:5000'",
    "from lib import WORKERS as workers",
    "from lib import *",
    "import lib; workers = lib.WORKERS + 1",
    "workers = min(8, max(2, int(os.environ.get('WORKERS', '4'))))",
    "if os.environ.get('WORKERS'): workers = 9",
    "for _n, _v in os.environ.items():\n    if _n.startswith('GUNICORN_'): locals()[_n.split('_', 1)[1].lower()] = _v",
    "threads = {'a': 2, 'b': 4}['b']",
    "try:\n    threads = int(os.environ['THREADS'])\nexcept KeyError:\n    threads = 4",
    "loglevel = os.environ.get('LOG_LEVEL', 'info').lower()",
    "accesslog = '-'",
    "accesslog = errorlog = '-'",
    "worker_class = lambda: 'gthread'",
    "timeout = sum([10, 20]) + len('abc')",
    "keepalive = round(4.6)",
    "globals().update({'graceful_timeout': 25})",
    "max_requests, max_requests_jitter = 1000, 50",
    "def _count():\n    return int(os.environ.get('WORKERS', 3)) * 2\nworkers = _count()",
    "preload_app = os.environ.get('PRELOAD', 'true').lower() in ('1', 'true')",
    "if True:\n    backlog = 512\nelse:\n    backlog = 1024",
    "workers = next(_n for _n in (0, 3, 5) if _n)",
    "loglevel = ('debug', 'info')[bool(os.environ.get('PORT'))]",
    "bind = ','.join(['0.0.0.0:80'])",
    "proc_name = 'a-b'.replace('-', '_').upper()",
    "class _Settings:\n    workers = 7\n\nworkers = _Settings.workers",
    "timeout: int = 45",
    "workers: 2",
    "with open(__file__) as _f:\n    pass\nkeepalive = 7",
]

#: What Gunicorn stops at.
BROKEN = [
    "preload_app = 1",
    "raise SystemExit(3)",
    "workers = int(os.environ['MISSING'])",
    "workers = 'auto'",
    "(",
    "1/0",
]


def _is_hook(known: Known) -> bool:
    return known.validator.startswith("callable:") or known.validator == "post_request"


def _quoted(word: str) -> str:
    return f"'{word}'" if " " in word or not word else word


def ask_gunicorn(case: Case, folder: Path, gunicorn: Path | None) -> dict[str, str] | None:
    """The settings as Gunicorn prints them; None when it exits with an error."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **case.environment}
    environment["PYTHONPATH"] = str(gunicorn) if gunicorn else ""
    argv = [sys.executable, "-P" if sys.version_info >= (3, 11) else "-W", "-c", RUN]
    if sys.version_info < (3, 11):
        argv = [sys.executable, "-c", RUN]
    ran = subprocess.run(
        [*argv, "--print-config", *case.argv], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    if ran.returncode:
        return None
    pairs = (line.partition(" = ") for line in ran.stdout.splitlines())
    return {name.strip(): value for name, _, value in pairs}


def ask_us(case: Case, folder: Path, version: str | None) -> Resolved:
    project = Project(folder, case.files)
    tree = Tree(project)
    tree.mount(str(folder), "", Place(None))
    variables = {name: Setting(name, value) for name, value in case.environment.items()}
    packages = Packages({"gunicorn": Package("gunicorn", version, "exact", Place(None))})
    context = Context(project, tree, str(folder), variables, open_environment=False, packages=packages)
    words = [Word(text) for text in ("--print-config", *case.argv)]
    return resolve(words, Step(("gunicorn", *case.argv), "gunicorn", Place(None)), context)


def disagreements(case: Case, folder: Path, version: str | None, gunicorn: Path | None) -> tuple[list[str], int]:
    """Where we differ from Gunicorn, and how many settings we do not know."""
    for path, text in case.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    theirs, ours = ask_gunicorn(case, folder, gunicorn), ask_us(case, folder, version)
    if theirs is None:
        return ([] if ours.refusals else ["Gunicorn refuses, we do not"]), 0
    found = [f"we refuse ({place.note}), Gunicorn does not" for place in ours.refusals]
    unknown = 0
    for name, printed in theirs.items():
        setting = ours.settings.get(name)
        if setting is None:
            found.append(f"{name} is missing")
        elif isinstance(setting.value, Unknown):
            unknown += 1
        elif not _agrees(setting, printed):
            found.append(f"{name}: Gunicorn has {printed}, we have {setting.value!r}")
    return found, unknown


def _agrees(setting: Setting, printed: str) -> bool:
    if setting.name in MACHINE and setting.is_default:
        return True
    if setting.value is None and printed.startswith("<"):
        return True
    if isinstance(setting.value, Hook):
        return printed.endswith(f"{setting.value.name.rpartition('.')[2]}()>") or "lambda" in printed
    return str(setting.value) == printed


def _gunicorns() -> list[tuple[str, Path | None]]:
    from importlib.metadata import version

    found: list[tuple[str, Path | None]] = [(version("gunicorn"), None)]
    if FOLDER:
        found += [(path.name, path) for path in sorted(Path(FOLDER).iterdir()) if (path / "gunicorn").is_dir()]
    return found


@pytest.mark.parametrize(("version", "gunicorn"), _gunicorns(), ids=lambda value: str(value or "installed"))
def test_settings_agree_with_gunicorn(version: str, gunicorn: Path | None, tmp_path: Path) -> None:
    wrong = []
    asked = unknown = 0
    for seed in range(COUNT):
        case = Generator(seed, version).case()
        folder = tmp_path / str(seed)
        folder.mkdir()
        found, not_known = disagreements(case, folder, version, gunicorn)
        asked, unknown = asked + 1, unknown + not_known
        if found:
            wrong.append(f"seed {seed}: {case.argv} {case.environment}\n{_shown(case)}\n  " + "\n  ".join(found))
    assert not wrong, f"{len(wrong)} of {asked} projects:\n" + "\n\n".join(wrong[:20])
    assert unknown <= asked, f"{unknown} unknown settings in {asked} projects"


def _shown(case: Case) -> str:
    return "\n".join(f"  {path}: {text!r}" for path, text in case.files.items() if "conf" in path or "sett" in path)


def test_the_table_has_every_setting_of_the_installed_gunicorn() -> None:
    config = pytest.importorskip("gunicorn.config")
    from importlib.metadata import version

    names = {known.name for known in config.KNOWN_SETTINGS}
    missing = names - set(settings_of(version("gunicorn")))
    assert not missing, f"add this version to scripts/gunicorn_settings.py and run it: {sorted(missing)}"
