"""Runs Python sources in the mind only: bounded, without ever executing or importing anything of the project."""

from flaskprod_lint.resolve.interpreter.hooks import Hooks
from flaskprod_lint.resolve.interpreter.limits import Limits
from flaskprod_lint.resolve.interpreter.machine import Interpreter

__all__ = ["Hooks", "Interpreter", "Limits"]
