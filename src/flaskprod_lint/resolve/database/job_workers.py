"""How many processes and threads a job worker (Celery, RQ, Dramatiq, Huey) starts, from its command line."""

from __future__ import annotations

from collections.abc import Sequence

from flaskprod_lint.model import Setting, Step, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import is_number

_PROGRAMS = ("celery", "rq", "rqworker", "dramatiq", "huey_consumer", "huey_consumer.py")


@dataclass(frozen=True)
class Jobs:
    """The processes of a job worker and how many jobs each runs at once."""

    program: str
    workers: Setting
    concurrency: Setting


def of_step(step: Step) -> Jobs | None:
    """What a step starts; None when it is no job worker."""
    program, words = _program(step)
    reader = {"celery": _celery, "rq": _rq, "rqworker": _rq, "dramatiq": _dramatiq}.get(program)
    if reader is not None:
        return reader(words, step)
    return _huey(words, step) if program.startswith("huey_consumer") else None


def _program(step: Step) -> tuple[str, list[str | Unknown]]:
    """The job program and its arguments, also behind `python -m` and `flask`."""
    words = list(step.argv)
    program = step.program.lower()
    if program.startswith("python") and "-m" in words[:4]:
        at = words.index("-m")
        module = words[at + 1] if at + 1 < len(words) else ""
        return (module.split(".")[0] if isinstance(module, str) else ""), words[at + 2 :]
    if program == "flask" and "rq" in words:
        return "rq", words[words.index("rq") + 1 :]
    return program if program in _PROGRAMS else "", words[1:]


def _celery(words: Sequence[str | Unknown], step: Step) -> Jobs | None:
    if "worker" not in words and "multi" not in words:
        return None
    pool = _option(words, "-P", "--pool")
    autoscale = _option(words, "", "--autoscale")
    if isinstance(autoscale, str):
        number: object = _number(autoscale.partition(",")[0], step)
    else:
        given = _option(words, "-c", "--concurrency")
        number = _processors("Celery starts a child", step) if given is None else _number(given, step)
    if pool == "solo":
        return _jobs("celery", 1, 1, step)
    if pool in ("threads", "gevent", "eventlet"):
        return _jobs("celery", 1, number, step)
    return _jobs("celery", number, 1, step)


def _rq(words: Sequence[str | Unknown], step: Step) -> Jobs | None:
    if "worker-pool" in words:
        given = _option(words, "-n", "--num-workers")
        return _jobs("rq", 1 if given is None else _number(given, step), 1, step)
    starts = "worker" in words or step.program == "rqworker"
    return _jobs("rq", 1, 1, step) if starts else None


def _dramatiq(words: Sequence[str | Unknown], step: Step) -> Jobs | None:
    processes = _option(words, "-p", "--processes")
    threads = _option(words, "-t", "--threads")
    workers = _processors("Dramatiq starts a process", step) if processes is None else _number(processes, step)
    return _jobs("dramatiq", workers, 8 if threads is None else _number(threads, step), step)


def _huey(words: Sequence[str | Unknown], step: Step) -> Jobs | None:
    given = _option(words, "-w", "--workers")
    number = 1 if given is None else _number(given, step)
    if _option(words, "-k", "--worker-type") == "process":
        return _jobs("huey", number, 1, step)
    return _jobs("huey", 1, number, step)


def _jobs(program: str, workers: object, concurrency: object, step: Step) -> Jobs:
    return Jobs(program, Setting("workers", workers, step.origin), Setting("jobs", concurrency, step.origin))


def _processors(what: str, step: Step) -> Unknown:
    return Unknown(f"{what} for each processor of the host", step.origin.span, "host-cpus")


def _option(words: Sequence[str | Unknown], short: str, long: str) -> str | Unknown | None:
    """The value of the last such option: `-c 4`, `-c4`, `--concurrency 4`, `--concurrency=4`."""
    found: str | Unknown | None = None
    for index, word in enumerate(words):
        if not isinstance(word, str):
            continue
        if word in (short, long) and word and index + 1 < len(words):
            found = words[index + 1]
        elif word.startswith(long + "="):
            found = word.partition("=")[2]
        elif short and word.startswith(short) and len(word) > 2 and not word.startswith("--"):
            found = word[2:].removeprefix("=")
    return found


def _number(word: str | Unknown, step: Step) -> object:
    if isinstance(word, Unknown):
        return word
    return int(word) if is_number(word) else Unknown(f"{word} is only known at run time", step.origin.span)
