"""A sign of life on stderr for a run that takes more than a second."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

PATIENCE = 1.0
TICK = 0.25


@contextmanager
def progress(what: Callable[[], str], *, wanted: bool) -> Iterator[None]:
    """Say on stderr what is being done, after a second, if that is a terminal. The line is gone at the end.

    `what` is asked again and again, so that it can say how far it is.
    """
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    finished = threading.Event()
    thread = threading.Thread(target=_show, args=(what, finished), daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()


def _show(what: Callable[[], str], finished: threading.Event) -> None:
    started = monotonic()
    if finished.wait(PATIENCE):
        return
    while True:
        sys.stderr.write(f"\r\x1b[K{what()} ({monotonic() - started:.0f} s)")
        sys.stderr.flush()
        if finished.wait(TICK):
            break
    sys.stderr.write("\r\x1b[K")
    sys.stderr.flush()
