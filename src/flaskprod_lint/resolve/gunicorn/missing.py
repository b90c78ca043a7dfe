"""Whether a file or folder that a setting names is certainly not there when Gunicorn starts."""

from __future__ import annotations

import posixpath
import sys

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.context import Context


def is_missing(path: str, context: Context) -> bool:
    """Whether nothing stands at `path`. Only in a folder that the project fills is that certain."""
    absolute = posixpath.normpath(posixpath.join(context.cwd or "/", path))
    if absolute == "/" or context.tree.locate(absolute) is not None:
        return False
    return isinstance(context.tree.locate(posixpath.dirname(absolute)), str)


def is_no_module(name: str, context: Context) -> bool:
    """Whether a module that the project does not have is none of Python's or of a package either."""
    top = name.partition(".")[0]
    if isinstance(context.packages.complete, Unknown) or not context.packages.complete:
        return False
    return top not in sys.stdlib_module_names and context.packages.find(top) is None
