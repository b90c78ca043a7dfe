"""How many copies of a process run, in words: instances that stand in a file, or that an autoscaler may start."""

from __future__ import annotations

from flaskprod_lint.model import Process

#: What the note of a number says that is only the most an autoscaler starts.
_MOST = ("up to ", "maxReplicas")


def several(process: Process) -> str:
    """ "3 instances" or "up to 10 instances"; empty where one runs, or it is not known how many."""
    count = process.instances.value
    if not isinstance(count, int) or isinstance(count, bool) or count < 2:
        return ""
    return f"{at_most(process)}{count} instances"


def at_most(process: Process) -> str:
    """ "up to " before a number that rests on the most that an autoscaler starts; empty otherwise."""
    return "up to " if any(word in process.instances.origin.note for word in _MOST) else ""
