"""Programs that start another program with the rest of their words: env, tini, gosu, `poetry run` and their kin."""

from __future__ import annotations

import posixpath
import re

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.commands.state import Argument


@dataclass(frozen=True)
class Wrapper:
    """How a wrapper reads its words: options that take a value, words before the command, the mode of starting.

    `mode` is exec (it becomes the command), forward (it passes signals on), group (to all descendants) or opaque.
    `after` are words that must come first, such as `run`; `until` is a mark that the command comes after.
    """

    mode: str = "exec"
    options: frozenset[str] = frozenset()
    skip: int = 0
    after: tuple[str, ...] = ()
    until: str = ""


@dataclass(frozen=True)
class Wrapped:
    """The command inside a wrapper. `text` is set where it is handed to a shell as one text."""

    arguments: tuple[Argument, ...]
    mode: str
    assignments: tuple[tuple[str, Argument], ...] = ()
    text: Argument | None = None
    cwd: str = ""


def _options(words: str) -> frozenset[str]:
    return frozenset(words.split())


_UV = "-p --python --with --with-editable --with-requirements --extra --group --only-group --no-group --env-file "
_UV += "--directory --project --package -C --index --index-url --extra-index-url --cache-dir --config-file"

_WRAPPERS: dict[str, Wrapper] = {
    "tini": Wrapper("forward", _options("-p -e")),
    "tini-static": Wrapper("forward", _options("-p -e")),
    "docker-init": Wrapper("forward", _options("-p -e")),
    "dumb-init": Wrapper("forward", _options("-r --rewrite")),
    "catatonit": Wrapper("forward"),
    "my_init": Wrapper("opaque", until="--"),
    "pid1": Wrapper("forward"),
    "gosu": Wrapper(skip=1),
    "su-exec": Wrapper(skip=1),
    "s6-setuidgid": Wrapper(skip=1),
    "setuser": Wrapper(skip=1),
    "with-contenv": Wrapper(),
    "setpriv": Wrapper(options=_options("--reuid --regid --groups --inh-caps --ambient-caps --bounding-set")),
    "chpst": Wrapper(options=_options("-u -U -e -n -m -d -o -p -f -c -r -t -b")),
    "nohup": Wrapper(),
    "nice": Wrapper(options=_options("-n --adjustment")),
    "ionice": Wrapper(options=_options("-c -n -p")),
    "chrt": Wrapper(options=_options("-T -P -D"), skip=1),
    "taskset": Wrapper(skip=1),
    "numactl": Wrapper(),
    "stdbuf": Wrapper(options=_options("-i -o -e")),
    "setsid": Wrapper(),
    "catchsegv": Wrapper("opaque"),
    "time": Wrapper("opaque", _options("-f -o")),
    "timeout": Wrapper("forward", _options("-s --signal -k --kill-after"), skip=1),
    "sudo": Wrapper("forward", _options("-u --user -g --group -h -p -C -r -t -D")),
    "doas": Wrapper("exec", _options("-u -C")),
    "runuser": Wrapper("forward", _options("-u --user -g --group -G")),
    "unbuffer": Wrapper("opaque"),
    "flock": Wrapper("opaque", _options("-w -E --timeout"), skip=1),
    "xvfb-run": Wrapper("opaque", _options("-n -s -e -f -w -p --server-num --server-args")),
    "wait-for-it": Wrapper(options=_options("-h -p -t --host --port --timeout"), until="--"),
    "wait-for": Wrapper(options=_options("-t"), until="--"),
    "wait_for_it": Wrapper(until="--"),
    "dockerize": Wrapper(
        "forward", _options("-wait -timeout -template -stdout -stderr -wait-retry-interval -wait-http-header")
    ),
    "newrelic-admin": Wrapper(after=("run-program",)),
    "ddtrace-run": Wrapper(),
    "opentelemetry-instrument": Wrapper(
        options=_options("--traces_exporter --metrics_exporter --logs_exporter --service_name --exporter_otlp_endpoint")
    ),
    "sentry-run": Wrapper(),
    "doppler": Wrapper("forward", _options("-p --project -c --config -t --token"), after=("run",)),
    "infisical": Wrapper("forward", _options("--env --path --projectId --token"), after=("run",), until="--"),
    "op": Wrapper("forward", after=("run",), until="--"),
    "chamber": Wrapper("exec", after=("exec",), until="--"),
    "berglas": Wrapper("forward", after=("exec",), until="--"),
    "aws-vault": Wrapper("exec", after=("exec",), until="--"),
    "vault-env": Wrapper(),
    "dotenv": Wrapper("opaque", _options("-f --file -q --quote -e --export"), after=("run",)),
    "start-pgbouncer": Wrapper("forward"),
    "start-pgbouncer-stunnel": Wrapper("forward"),
    "start-nginx": Wrapper("opaque"),
    "start-nginx-solo": Wrapper("opaque"),
    "poetry": Wrapper("exec", _options("-C --directory -P --project"), after=("run",)),
    "pipenv": Wrapper("exec", after=("run",)),
    "uv": Wrapper("forward", _options(_UV), after=("run",)),
    "pdm": Wrapper("forward", _options("-p --project -s --site-packages"), after=("run",)),
    "rye": Wrapper("exec", after=("run",)),
    "pixi": Wrapper("forward", _options("-e --environment --manifest-path"), after=("run",)),
    "hatch": Wrapper("opaque", _options("-e --env -p --project"), after=("run",)),
    "conda": Wrapper("opaque", _options("-n --name -p --prefix --cwd"), after=("run",)),
    "mamba": Wrapper("opaque", _options("-n --name -p --prefix --cwd"), after=("run",)),
    "micromamba": Wrapper("exec", _options("-n --name -p --prefix --cwd -a --attach"), after=("run",)),
    "watchmedo": Wrapper(
        "opaque", _options("-d --directory -p --pattern --patterns"), after=("auto-restart",), until="--"
    ),
    "authbind": Wrapper(),
    "scl": Wrapper("opaque", until="--"),
    "strace": Wrapper("opaque", _options("-o -e -p")),
}
#: Wrappers that set variables for what they start, out of a store or a file that is not in the project.
BRING_VARIABLES = frozenset("doppler infisical op chamber berglas aws-vault vault-env dotenv".split())
_ASSIGNMENT = regex(r"[A-Za-z_]\w*=")


def unwrap(arguments: tuple[Argument, ...]) -> Wrapped | None:
    """The command that a wrapper starts; None for what is none, or starts nothing."""
    name = posixpath.basename(arguments[0].text).removesuffix(".sh").removesuffix(".py")
    if name == "env":
        return _env(arguments[1:])
    if name in ("su", "runuser") and (found := _su(arguments)):
        return found
    if name == "busybox" and len(arguments) > 1:
        return Wrapped(arguments[1:], "exec")
    wrapper = _WRAPPERS.get(name)
    if wrapper is None:
        return None
    rest = _after(arguments[1:], wrapper)
    if rest is None:
        return None
    rest, cwd = _skip_options(rest, wrapper, name)
    rest = rest[wrapper.skip :]
    if rest and rest[0].text == "--":
        rest = rest[1:]
    assignments = []
    while rest and name in ("sudo", "chpst") and _ASSIGNMENT.match(rest[0].text):
        assignments.append(_assignment(rest[0]))
        rest = rest[1:]
    return Wrapped(rest, wrapper.mode, tuple(assignments), cwd=cwd) if rest else None


def _after(arguments: tuple[Argument, ...], wrapper: Wrapper) -> tuple[Argument, ...] | None:
    """The words after the subcommand or the mark that must come first; None when it is missing."""
    texts = [argument.text for argument in arguments]
    if wrapper.after:
        place = 0
        while place < len(texts) and texts[place].startswith("-"):
            place += 2 if texts[place] in wrapper.options else 1
        if tuple(texts[place : place + 1]) != wrapper.after:
            return None
        arguments, texts = arguments[place + 1 :], texts[place + 1 :]
    if wrapper.until:
        if wrapper.until not in texts:
            return None
        return arguments[texts.index(wrapper.until) + 1 :]
    return arguments


def _skip_options(arguments: tuple[Argument, ...], wrapper: Wrapper, name: str) -> tuple[tuple[Argument, ...], str]:
    place, cwd = 0, ""
    while place < len(arguments):
        text = arguments[place].text
        if text == "--" or not text.startswith("-") or len(text) < 2:
            break
        takes = text in wrapper.options
        if takes and text in ("--directory", "-C", "--cwd") and place + 1 < len(arguments):
            cwd = arguments[place + 1].text
        if name == "uv" and text in ("-m", "--module", "-s", "--script"):
            # `uv run -m gunicorn` is `python -m gunicorn`.
            python = Argument("python", "python", at=arguments[place].at)
            rest = arguments[place:] if text in ("-m", "--module") else arguments[place + 1 :]
            return (python, *rest), cwd
        place += 2 if takes else 1
    return arguments[place:], cwd


def _env(arguments: tuple[Argument, ...]) -> Wrapped | None:
    rest, assignments, cwd = list(arguments), [], ""
    while rest:
        text = rest[0].text
        if text in ("-u", "--unset", "-C", "--chdir"):
            cwd = rest[1].text if text in ("-C", "--chdir") and len(rest) > 1 else cwd
            rest = rest[2:]
        elif _ASSIGNMENT.match(text):
            assignments.append(_assignment(rest.pop(0)))
        elif text.startswith("-"):
            rest = rest[1:]
        else:
            break
    return Wrapped(tuple(rest), "exec", tuple(assignments), cwd=cwd) if rest else None


def _assignment(argument: Argument) -> tuple[str, Argument]:
    name, _, value = argument.text.partition("=")
    return name, Argument(value, argument.raw.partition("=")[2], argument.reads, argument.at)


def _su(arguments: tuple[Argument, ...]) -> Wrapped | None:
    """`su user -c "text"`: the user's shell runs the text."""
    texts = [argument.text for argument in arguments]
    for place, text in enumerate(texts[:-1]):
        if text in ("-c", "--command") or re.fullmatch(r"-[lmp]*c", text):
            return Wrapped((), "forward", text=arguments[place + 1])
        if text.startswith("--command="):
            return Wrapped((), "forward", text=Argument(text[10:], arguments[place].raw[10:], arguments[place].reads))
    if texts[-1].startswith("--command="):
        last = arguments[-1]
        return Wrapped((), "forward", text=Argument(texts[-1][10:], last.raw[10:], last.reads))
    return None
