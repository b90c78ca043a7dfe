"""Generates projects that start Gunicorn: configuration files, environments, commands in shell, exec and script form.

Most are right, some hold nonsense. Each decides all by itself: nothing but its files and its environment is read.
"""

from __future__ import annotations

import json
import random
import shlex
from dataclasses import dataclass, field

from flaskprod_lint.resolve.gunicorn.table import Known, settings_of
from generated_python import Generator as Python

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
    "chdir": [".", "sub", "./sub", "nowhere"],
    "user": ["0", "1000"],
    "group": ["0", "1000"],
    "statsd_host": ["localhost:8125", "unix:9", "[::1]:7", "a:b", "unix:///tmp/s"],
    "reload_extra_files": ["app.py", "nofile.py"],
    "raw_env": ["A=1", "B"],
    "ssl_version": ["2", "TLSv1_2"],
    "cert_reqs": ["0", "1", "x"],
    "umask": ["0", "022", "0o22", "9x"],
    "control_socket_mode": ["384", "0600"],
}
#: Flags that end the program, need files of their own, or change what is printed.
LEFT_OUT = {"config", "check_config", "print_config", "paste", "spew", "logconfig_dict", "wsgi_app"}
_PLACEHOLDER = "@@"


@dataclass
class Case:
    """One generated project and the way it is started: `form` is "exec", "shell", "script" or "bash"."""

    argv: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    form: str = "exec"
    command: str = ""

    def shown(self) -> str:
        files = (f"  {path}: {text!r}" for path, text in self.files.items() if path not in ("app.py", "sub/keep.txt"))
        start = json.dumps(self.argv) if self.form == "exec" else f"{self.form}: {self.command!r}"
        return f"{start} {self.environment}\n" + "\n".join(files)


class Generator:
    """Projects out of a seed: mostly right, now and then nonsense."""

    def __init__(self, seed: int, version: str | None) -> None:
        self.random = random.Random(seed)
        self.python = Python(seed)
        self.known = {name: known for name, known in settings_of(version).items() if name not in LEFT_OUT}

    def case(self) -> Case:
        case = Case(files={"app.py": "def app(environ, start): pass\n", "sub/keep.txt": "", "lib.py": LIBRARY})
        case.files["pack/__init__.py"] = "from .inner import THREADS\n"
        case.files["pack/inner.py"] = "import os\nTHREADS = int(os.environ.get('THREADS') or 6)\n"
        case.argv = self.options(self.random.choice([0, 1, 2, 3, 4, 6]))
        self.environment(case)
        self.config_files(case)
        self.target(case)
        if self.random.random() < 0.05:
            case.argv.append(self.random.choice(["--nope", "--port=80", "--work=3"]))
        self.start(case)
        return case

    def target(self, case: Case) -> None:
        """The application: first or last, in the file, or nowhere."""
        draw = self.random.random()
        if draw < 0.9:
            case.argv.insert(self.random.choice([0, len(case.argv)]), self.random.choice(["app:app", "app:app", "app"]))
            if self.random.random() < 0.03:
                case.argv.append("extra:app")
        elif draw < 0.95 and "gunicorn.conf.py" in case.files:
            case.files["gunicorn.conf.py"] += "wsgi_app = 'app:app'\n"
        # Gunicorn takes "app" for app:application, which has to be there to be printed.
        case.files["app.py"] += "application = app\n"

    # How it is started

    def start(self, case: Case) -> None:
        program = self.random.choice([["gunicorn"], ["gunicorn"], ["gunicorn"], ["python", "-m", "gunicorn"]])
        case.argv = [*program, *case.argv]
        case.form = self.random.choice(["exec", "exec", "shell", "shell", "script", "script", "bash"])
        if case.form == "exec":
            return
        line = self.line(case)
        if case.form == "shell":
            case.command = line
            return
        case.files["start.sh"] = self.script(case, line)
        more = self.random.choice(["", "", " web", " web 3"])
        case.command = self.random.choice(["sh start.sh", "sh ./start.sh"]) + more
        if case.form == "bash":
            case.command = case.command.replace("sh ", "bash ", 1)

    def line(self, case: Case) -> str:
        """The words as a person would write them for a shell, some of them by variables."""
        words = [self.written(word, case) for word in case.argv]
        if self.random.random() < 0.15:
            words.insert(len(words) - 1, self.random.choice(["${EXTRA-}", "$UNSET", '${OPTS:-"--backlog=99"}']))
        lead = self.random.choice(
            ["", "", "exec ", "exec ", "WEB_CONCURRENCY=6 ", "GUNICORN_CMD_ARGS='-t 77' ", "env THREADS=9 "]
        )
        tail = self.random.choice(["", "", "", " 2>&1", " || exit 1"]) if not lead.startswith("exec") else ""
        before = self.random.choice(["", "", "", "true && ", "cd . && ", "export THREADS=3; ", "false || "])
        return before + lead + " ".join(words) + tail

    def written(self, word: str, case: Case) -> str:
        draw = self.random.random()
        name, equals, value = word.partition("=")
        if draw < 0.12 and equals and name.startswith("--"):
            return f"{name}={self.variable(value, case)}"
        if draw < 0.12 and word and not word.startswith("-"):
            return self.variable(word, case)
        quoted = shlex.quote(word)
        return f'"{word}"' if draw > 0.85 and quoted == word else quoted

    def variable(self, value: str, case: Case) -> str:
        """A value by way of a variable: set, or the default of one that is not."""
        name = f"V{len(case.environment)}"
        if self.random.random() < 0.5 or any(mark in value for mark in "'\"}\\ "):
            case.environment[name] = value
            return self.random.choice(
                [f'"${name}"', f'"${{{name}}}"', f'"${{{name}:-other}}"' if value else f'"${name}"']
            )
        return f'"${{{name}_UNSET:-{value}}}"'

    def script(self, case: Case, line: str) -> str:
        shebang = "#!/bin/bash\nset -euo pipefail\n" if case.form == "bash" else "#!/bin/sh\nset -e\n"
        line = line.replace("$UNSET", "${UNSET-}")
        around = [
            "{line}",
            "{line}",
            'if [ "${{1:-web}}" = web ]; then\n  {line}\nelse\n  exec gunicorn -w 9 app:app\nfi',
            'case "${{1-}}" in\n  other) exec gunicorn --threads 9 app:app ;;\n  *) {line} ;;\nesac',
            "serve() {{\n  {line}\n}}\nserve",
            'OPTIONS="--workers ${{WORKERS:-3}}"\nOPTIONS="$OPTIONS --backlog 11"\nexec gunicorn $OPTIONS app:app',
            'set -- --workers "${{2:-2}}" app:app\nexec gunicorn "$@"',
            "WORKERS=$((2 * 2 + 1))\nexport WORKERS\n{line}",
            ': "${{WORKERS:=4}}"\nif [ -n "${{THREADS-}}" ]; then set -- --threads "$THREADS"; else set --; fi\n'
            'exec gunicorn -w "$WORKERS" "$@" app:app',
        ]
        if case.form == "bash":
            around += [
                'ARGS=(--workers "${{WORKERS:-3}}")\nARGS+=(--bind ":7000")\nexec gunicorn "${{ARGS[@]}}" app:app',
                "if [[ ${{THREADS:-1}} -gt 2 ]]; then exec gunicorn -t 5 app:app; fi\n{line}",
            ]
        return shebang + self.random.choice(around).format(line=line) + "\n"

    # Options

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
            words = WORDS[known.name]
            return self.random.choice(words if self.random.random() < 0.3 else words[: max(1, len(words) // 2)])
        if known.validator.startswith(("pos_int", "http2")):
            return self.random.choice(INTEGERS if self.random.random() < 0.97 else ODD_INTEGERS)
        return self.random.choice(TEXTS)

    # The environment

    def environment(self, case: Case) -> None:
        chances = {
            "PORT": ["5000", "8080", ""],
            "WEB_CONCURRENCY": ["3", "4", "2", "5", "0", " 2 ", "6", self.random.choice(["", "auto", "0x3"])],
            "FORWARDED_ALLOW_IPS": ["*", "10.0.0.1", "10.0.0.0/8", "*", "nginx"],
            "SENDFILE": ["1", "no", "yes"],
            "WORKERS": ["5", "7"],
            "THREADS": ["2", "4"],
            "LEVEL": ["warning", "DEBUG"],
        }
        for name, values in chances.items():
            if self.random.random() < 0.25:
                case.environment[name] = self.random.choice(values)
        if self.random.random() < 0.3:
            words = self.options(self.random.choice([1, 2, 3]))
            case.environment["GUNICORN_CMD_ARGS"] = " ".join(_quoted(word) for word in words)
        elif self.random.random() < 0.02:
            case.environment["GUNICORN_CMD_ARGS"] = "--workers '3"

    # Configuration files

    def config_files(self, case: Case) -> None:
        draw = self.random.random()
        if draw < 0.35:
            case.files["gunicorn.conf.py"] = self.config()
        if draw < 0.15 or draw > 0.85:
            path = self.random.choice(["conf/gunicorn.py", "settings.py", "conf/plain", "pack/conf.py"])
            case.files[path] = self.config()
            form = self.random.choice([path, "file:" + path, "./" + path])
            if path in ("settings.py", "pack/conf.py") and self.random.random() < 0.5:
                form = "python:" + path.removesuffix(".py").replace("/", ".")
            self.load(case, form)
        elif draw > 0.84:
            self.load(case, "nope.py")
        elif draw > 0.83:
            self.load(case, "python:nope")

    def load(self, case: Case, form: str) -> None:
        draw = self.random.random()
        if draw < 0.15 and "GUNICORN_CMD_ARGS" not in case.environment:
            case.environment["GUNICORN_CMD_ARGS"] = f"-c {form}"
        else:
            case.argv += ["-c", form] if draw < 0.7 else [f"--config={form}"]

    def config(self) -> str:
        lines = ["import os", "import multiprocessing"]
        for _ in range(self.random.choice([1, 2, 3, 5, 8])):
            lines += self.assignment()
        return "\n".join(lines) + "\n"

    def assignment(self) -> list[str]:
        pick = self.random.random()
        if pick < 0.4:
            return [self.random.choice(FORMS if self.random.random() < 0.94 else BROKEN)]
        if pick < 0.65:
            return self.computed()
        if pick < 0.92:
            known = self.random.choice(list(self.known.values()))
            return [f"{known.name} = {self.literal(known)}"] if not _is_hook(known) else self.hook(known)
        return [self.random.choice(["nonsense = 3", "WORKERS = 4", "preload = True", "_x = 1", "Workers = 9"])]

    def computed(self) -> list[str]:
        """A setting out of generated Python: any statements, then a value made of what they leave."""
        python = Python(self.random.randrange(1 << 30))
        lines = python.module(self.random.randint(1, 4), first=True, prefix="g").splitlines()
        if any(line.lstrip().startswith("match ") for line in lines):
            return ["timeout = 61"]
        name = self.random.choice(["workers", "threads", "timeout", "backlog"])
        value = f"{name} = abs({python.expression('int')}) % 50"
        if self.random.random() < 0.4:
            value = f"proc_name = {python.expression('str')}"
        elif self.random.random() < 0.2:
            value = f"preload_app = {python.expression('bool')} is True"
        return [*lines, value]

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


LIBRARY = "WORKERS = 6\n\n\ndef count(each=2):\n    return WORKERS * each\n"

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
    "import lib as _lib\nbacklog = _lib.count(each=4)",
    "from pack import THREADS as threads",
    "import pack.inner\nthreads = pack.inner.THREADS",
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
    "from os import environ\nworkers = int(environ.get('WORKERS') or 4)",
    "from os import environ as _env, getenv as _get\nthreads = int(_get('THREADS', _env.get('WORKERS', '3')))",
    "import os as _os\nloglevel = _os.environ.get('LEVEL', 'warning').lower()",
    "threads = int(os.environ.setdefault('THREADS', '5'))",
    "loglevel = os.environ.get(key='LEVEL', default='error')",
    "_d = dict(os.environ)\ntimeout = int(_d.get('TIMEOUT', 33))",
    "workers = (2 * 3) + 1 if not os.getenv('WORKERS') else int(os.environ['WORKERS'])",
    "timeout = int(float('12.9')) + abs(-3)",
    "_parts = 'a:7:b'.split(':')\nbacklog = int(_parts[1])",
    "raw_env = ['A=%s' % _x for _x in ('1', '2')]",
    "raw_env = [f'{_k}={_v}' for _k, _v in {'A': 1, 'B': 2}.items()]",
    "for _number in range(1, 4):\n    max_requests = _number * 100",
    "_options = {}\n_options['timeout'] = 91\n_options.update(keepalive=9)\nglobals().update(_options)",
    "locals().update(threads=6)",
    "globals()['timeout'] = 66",
    "vars()['workers'] = 6",
    "_total = 0\nwhile _total < 5:\n    _total += 2\nworkers = _total",
    "def worker_class():\n    return 'sync'",
    "def _make(name, *rest, **more):\n    return f'{name}-{len(rest)}-{sorted(more)}'\nproc_name = _make('n', 1, b=2)",
    "try:\n    import lib.nothing\nexcept ImportError:\n    timeout = 52",
    "threads = len([_x for _x in 'abc' if _x != 'b'])",
    "if (_value := os.environ.get('WORKERS')) is not None:\n    workers = int(_value)",
    "access_log_format = '%(h)s' ' %(l)s'",
    "umask = 0o022",
    "limit_request_line = 1 << 12",
    "secure_scheme_headers = {'X-FORWARDED-PROTO': 'https'}",
    "forwarded_allow_ips = ','.join(['10.0.0.1', '10.0.0.2'])",
    "del os\nimport os",
    "threads = 3; del threads",
    "workers = multiprocessing.cpu_count() and 4",
    "import json as _json\ntimeout = _json.loads('{\"a\": 44}')['a']",
    "import sys as _sys\nbacklog = 100 if _sys.version_info >= (3, 6) else 200",
    "from pathlib import Path as _Path\npidfile = str(_Path('/run') / 'g.pid')",
    "tmp_upload_dir = os.path.join('/tmp', 'up')",
    "import datetime as _datetime\ngraceful_timeout = int(_datetime.timedelta(minutes=1).total_seconds())",
]

#: What Gunicorn stops at.
BROKEN = [
    "preload_app = 1",
    "raise SystemExit(3)",
    "workers = int(os.environ['MISSING'])",
    "workers = 'auto'",
    "(",
    "1/0",
    "workers = None",
    "threads = 2.5",
    "bind = 8000",
    "from lib import NOTHING",
    "workers = undefined_name",
    "timeout = -1",
    "accesslog = True",
    "worker_class = 3",
    "def pre_fork(a):\n    pass",
    "on_starting = 'x'",
    "logger_class = 5",
    "assert False",
    "raise RuntimeError('no')",
    "import sys; sys.exit(2)",
    "    indented = 1",
]


def _is_hook(known: Known) -> bool:
    return known.validator.startswith("callable:") or known.validator == "post_request"


def _quoted(word: str) -> str:
    return f"'{word}'" if " " in word or not word else word
