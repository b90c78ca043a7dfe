"""What the `flask` command itself puts into the environment: the .env and .flaskenv that it finds from its folder up.

It does so where python-dotenv is installed, before it loads the app. Gunicorn and its kin do nothing of the kind.
https://flask.palletsprojects.com/en/stable/cli/#environment-variables-from-dotenv
"""

from __future__ import annotations

import posixpath

from flaskprod_lint.inputs import dotenv
from flaskprod_lint.model import Setting, Step
from flaskprod_lint.resolve.app import dotenv_hooks
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.source import Place

#: The stronger file first; what is set already beats both.
_FILES = (".env", ".flaskenv")
_OFF = ("", "0", "false", "no")


def with_dotenv(step: Step, context: Context) -> Context:
    """The context in which a step of the `flask` command loads its app; any other step's is left as it is."""
    words = [word if isinstance(word, str) else "" for word in step.argv[:3]]
    by_module = words[:1] != [] and posixpath.basename(words[0]).startswith("python") and words[1:3] == ["-m", "flask"]
    if not by_module and posixpath.basename(words[0] if words else "") != "flask":
        return context
    if context.packages.find("python-dotenv") is None or _is_told_not_to(context):
        return context
    found: dict[str, Setting] = {}
    for name in reversed(_FILES):
        path = dotenv_hooks.upwards(name, context.cwd, context)
        for key, value in (context.project.facts(path[1], dotenv.read) or ()) if path is not None else ():
            note = f"{key.value} in {name}, which the flask command loads"
            found[key.value] = Setting(key.value, value.value, Place(value.span, note))
    return context.with_variables({**found, **context.variables}) if found else context


def _is_told_not_to(context: Context) -> bool:
    setting = context.variables.get("FLASK_SKIP_DOTENV")
    return setting is not None and str(setting.value).lower() not in _OFF
