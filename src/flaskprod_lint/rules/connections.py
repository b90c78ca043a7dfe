"""The arithmetic of the connection budget in words, for the findings about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flaskprod_lint.model import Budget, BudgetRow, Setting, Unknown
from flaskprod_lint.source import Place


def known_sum(budget: Budget, number: str) -> int:
    """The sum of the rows that are known: what is surely reached, whatever the others add."""
    return sum(value for row in budget.rows if isinstance(value := getattr(row, number), int))


def is_unbounded(row: BudgetRow) -> bool:
    """Whether the pool itself has no limit."""
    return isinstance(row.max_overflow.value, int) and row.max_overflow.value < 0


def is_sure(row: BudgetRow) -> bool:
    """Whether every factor is what production has, not only what it has while a variable is unset."""
    settings = (row.instances, row.workers, row.concurrency, row.pool_size, row.max_overflow)
    reads = [read for setting in settings for read in setting.environment]
    return all(setting.sure for setting in settings) and all(read.is_set is not None for read in reads)


def per_worker(row: BudgetRow, number: str) -> int | Unknown:
    """The connections of one worker in one of the three numbers."""
    size, overflow, at_once = row.pool_size.value, row.max_overflow.value, row.concurrency.value
    for value in (size, overflow, at_once):
        if isinstance(value, Unknown):
            return value
    if not isinstance(size, int) or not isinstance(overflow, int) or not isinstance(at_once, int):
        return Unknown("a factor is no number")
    if number == "configured":
        return size
    if number == "ceiling":
        return at_once if overflow < 0 else size + overflow
    return at_once if overflow < 0 or at_once == 1 else min(at_once, size + overflow)


def total(rows: Sequence[BudgetRow], number: str, overlap: int = 1) -> str:
    """The sum of several rows; equal ones, such as those of binds, are told once."""
    texts = [arithmetic(row, number, overlap) for row in rows if getattr(row, number) != 0]
    counted = {text: texts.count(text) for text in texts}
    return " + ".join(text if count == 1 else f"{count} engines × {text}" for text, count in counted.items())


def arithmetic(row: BudgetRow, number: str, overlap: int = 1) -> str:
    """The product of a row as a person would write it: `2 instances × 4 workers × min(8 threads, 5 + 10)`."""
    if getattr(row, number) == 1:
        return f"1 for {row.process}"
    parts = [_count(row.workers, _worker(row)), _each(row, number)]
    if row.instances.value != 1:
        parts.insert(0, _count(row.instances, "instance"))
    if overlap > 1:
        parts.append(f"{overlap} (old and new release)")
    return " × ".join(parts)


def _worker(row: BudgetRow) -> str:
    return "worker" if row.concurrency.name != "jobs" else "job worker"


def _each(row: BudgetRow, number: str) -> str:
    size, overflow = _shown(row.pool_size), _shown(row.max_overflow)
    unit = row.concurrency.name
    if number == "configured":
        return f"pool_size {size}"
    if is_unbounded(row):
        return _count(row.concurrency, unit.removesuffix("s"))
    if number == "ceiling":
        return f"({size} + {overflow})"
    if row.concurrency.value == 1:
        return "1 connection"
    return f"min({_shown(row.concurrency)} {unit}, {size} + {overflow})"


def _count(setting: Setting, word: str) -> str:
    return f"1 {word}" if setting.value == 1 else f"{_shown(setting)} {word}s"


def _shown(setting: Setting) -> str:
    return "?" if isinstance(setting.value, Unknown) else str(setting.value)


def factors(row: BudgetRow) -> Iterator[Place]:
    """Every factor with what set it."""
    for setting in (row.instances, row.workers, row.concurrency, row.pool_size, row.max_overflow):
        note = f"{setting.name} {_shown(setting)}"
        said = setting.origin.note or ("default" if setting.is_default else "")
        yield Place(setting.span, f"{note} ({said})" if said and said != note else note)


def mend(row: BudgetRow, left: int, library: str) -> str | None:
    """Settings that keep a row within what is left for it: a smaller pool where that is enough, else fewer workers."""
    instances, workers = row.instances.value, row.workers.value
    if not isinstance(instances, int) or not isinstance(workers, int) or instances * workers < 1:
        return None
    each = left // (instances * workers)
    if each < 1:
        option = "--concurrency" if row.concurrency.name == "jobs" else "--workers"
        return f"{option} {left // instances}" if left >= instances else None
    at_once = row.concurrency.value
    size = min(each, at_once) if isinstance(at_once, int) else each
    if library == "Flask-SQLAlchemy":
        return f'SQLALCHEMY_ENGINE_OPTIONS = {{"pool_size": {size}, "max_overflow": 0, "pool_pre_ping": True}}'
    return (
        f"create_engine(url, pool_size={size}, max_overflow=0, pool_pre_ping=True)" if library == "SQLAlchemy" else None
    )
