"""Where a Flask app stands in production: its root and instance folders, and the files that its config names."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.app.flask_config import FlaskConfig

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter


def root_path(config: FlaskConfig, machine: Interpreter, *, instance: bool = False) -> str | None:
    """The absolute folder of the app's module, or its instance folder; None when the file is not known."""
    given = config.instance.kwargs.get("instance_path" if instance else "root_path")
    if given is not None and isinstance(given.data, str):
        return given.data
    file = _file_of(config, machine)
    if file is None:
        return None
    folder = posixpath.dirname(file)
    if not instance:
        return folder
    is_package = posixpath.basename(file) == "__init__.py"
    return posixpath.join(_above_packages(folder, machine) if is_package else folder, "instance")


def _above_packages(folder: str, machine: Interpreter) -> str:
    """The folder that holds the outermost package of a folder: an app's instance folder stands there."""
    while isinstance(machine.context.tree.locate(posixpath.join(folder, "__init__.py")), str) and folder != "/":
        folder = posixpath.dirname(folder)
    return folder


def _file_of(config: FlaskConfig, machine: Interpreter) -> str | None:
    """The absolute path of the file that the app's import name means."""
    given = config.instance.args[0] if config.instance.args else config.instance.kwargs.get("import_name")
    name = given.data if given is not None else None
    span = config.instance.at
    if not isinstance(name, str) or span is None:
        return None
    path = span.path
    if name != "__main__":
        module = machine.modules.get(name)
        path = module.path if module is not None else path
    places = machine.context.tree.paths_of(path)
    return places[0] if places else None


def project_file(config: FlaskConfig, name: str, machine: Interpreter) -> str | Unknown | None:
    """The project file that a name given to the config means: below the root, or the instance folder if so asked."""
    relative = config.instance.kwargs.get("instance_relative_config")
    instance = relative is not None and bool(relative.data)
    folder = root_path(config, machine, instance=instance)
    if folder is None and not name.startswith("/"):
        return Unknown("the folder of the app is not known", config.instance.at)
    found = machine.context.tree.locate(posixpath.join(folder or "/", name))
    if isinstance(found, str) and found not in machine.context.project:
        return None
    return found
