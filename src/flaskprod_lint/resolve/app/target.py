"""The WSGI target that a server is given: the module it means, and whether the name in it is an app."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Sequence
from dataclasses import replace

from flaskprod_lint.model import Step, Target, Unknown
from flaskprod_lint.resolve.app import loading, target_text
from flaskprod_lint.resolve.app.flask_hooks import flask_instance
from flaskprod_lint.resolve.app.python_path import locate, search_path, self_install, site_packages
from flaskprod_lint.resolve.app.target_text import TargetText
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter.values import (
    Bound,
    Class,
    External,
    Function,
    Instance,
    Module,
    Object,
    Value,
)
from flaskprod_lint.source import Place

#: Parameters of a WSGI application that is a plain function.
_WSGI_NAMES = ({"environ", "env", "e", "environment"}, {"start_response", "start", "sr", "startresponse", "start_resp"})

#: Names that only a factory has.
_FACTORY_WORDS = ("create", "make", "build", "factory", "init", "get", "load", "new")


def find(
    text: str,
    step: Step,
    context: Context,
    *,
    origin: Place | None = None,
    chdir: str | None = None,
    python_path: Sequence[str] = (),
    default: str = "application",
    factory: bool = False,
) -> Target:
    """The target as written, with what was found of it.

    `chdir` and `python_path` are the server's own settings; `factory` says that the server calls what it finds, as
    `waitress-serve --call` does; `default` is the attribute that it looks for when none is named.
    """
    parsed = target_text.parse(text, default=default)
    target = Target(text, parsed.module, parsed.attribute, origin or step.origin, parsed.called or factory)
    if not parsed.module or "$" in text or "{{" in text:
        return replace(target, detail="the target is put together when the process starts")
    if parsed.module.startswith("."):
        return replace(target, state="module-missing", detail="a module that is loaded by its name starts with no dot")
    if parsed.fault:
        return replace(target, state="name-missing", detail=parsed.fault)
    located = _located(parsed, step, context, chdir, python_path)
    if not isinstance(located, str):
        return _without_module(target, located, step, context, chdir)
    loaded = loading.of_module(parsed.module, step, context, chdir=chdir, python_path=python_path)
    return _with_module(replace(target, file=located), parsed, loaded)


def _located(
    parsed: TargetText, step: Step, context: Context, chdir: str | None, python_path: Sequence[str]
) -> str | Unknown | None:
    place = loading.of_step(step, context)
    path = search_path(step, place, chdir=chdir, more=python_path)
    if "/" in parsed.module:
        return place.tree.locate(posixpath.join(place.cwd, chdir or "", parsed.module))
    found = locate(parsed.module, (*path.folders, *site_packages(place)), place.tree)
    return path.unknown if found is None else found


# The module is not there


def _without_module(target: Target, located: Unknown | None, step: Step, context: Context, chdir: str | None) -> Target:
    """A module that the sources do not have: missing, unless something else may bring it."""
    if isinstance(located, Unknown):
        return replace(target, detail=f"where {target.module} comes from is not known: {located.reason}")
    foreign = _foreign(target.module, context)
    if foreign:
        return replace(target, detail=foreign)
    folder = posixpath.normpath(posixpath.join(loading.of_step(step, context).cwd, chdir or ""))
    server = "uvicorn --app-dir" if "uvicorn" in step.argv else "gunicorn --chdir"
    return _missing(replace(target, state="module-missing"), folder, context, server)


def _missing(target: Target, folder: str, context: Context, server: str) -> Target:
    """The target with what is wrong with its module, and the right one where it can be told."""
    if target.module.endswith(".py"):
        path = posixpath.join(folder, target.module)
        if isinstance(context.tree.locate(path), str):
            right = f"{target.module[:-3]}:{target.attribute}"
            program = server.partition(" ")[0]
            return replace(target, detail=f"a module is written without .py: {right}", instead=f"{program} {right}")
    name = target.module.replace(".", "/")
    ends = (f"/{name}.py", f"/{name}/__init__.py")
    elsewhere = next((path for path in context.project.paths if ("/" + path).endswith(ends)), None)
    if elsewhere is None:
        return replace(target, detail=f"nothing in {folder} provides the module {target.module}")
    detail = f"{elsewhere} is there, but Python does not look for {target.module} where it stands (from {folder})"
    root = next((path for path in context.tree.paths_of(elsewhere) if path.startswith(folder + "/")), "")
    inside = root.removeprefix(folder + "/").removesuffix("/__init__.py").removesuffix(".py").removesuffix(name)
    instead = f"{server} {inside.strip('/')} {target.text}" if inside.strip("/") else ""
    return replace(target, detail=detail, instead=instead)


def _foreign(module: str, context: Context) -> str:
    """Why a module that is not in the sources may still be there: installed with a dependency, or hidden from us."""
    top = set(re.split("[-_]", module.partition(".")[0].lower()))
    for name, package in context.packages.packages.items():
        if top <= set(name.split("-")) or package.pin in ("vcs", "local"):
            return f"{module} may come from the package {name}"
    if isinstance(context.packages.complete, Unknown):
        return f"{module} may come from a package: {context.packages.complete.reason}"
    installed = self_install(context)
    if installed is not None:
        return f"{module} may come with the project's own installation"
    if not context.tree.mounts:
        return "which files are there in production is not known"
    image = context.image
    if image is not None and not image.plain_base:
        return f"{module} may come with the base image"
    return ""


# The module is there


def _with_module(target: Target, parsed: TargetText, loaded: loading.Loaded) -> Target:
    module = loaded.module
    if module is None:
        return replace(target, detail="the module cannot be read")
    value = lookup(parsed.attribute, module, loaded)
    if value is None:
        return _without_name(target, module)
    target = replace(target, definition=_definition(value, target))
    if isinstance(value.data, Unknown) and not value.alternatives:
        return replace(target, detail=f"what {target.attribute} is: {value.data.reason}")
    if target.called:
        return _called(target, value, parsed)
    return _uncalled(target, value)


def lookup(attribute: str, module: Module, loaded: loading.Loaded) -> Value | None:
    """The value of an attribute, dotted or not, of a module; None when it surely has none."""
    first, _, rest = attribute.partition(".")
    value = module.names.get(first)
    if value is None:
        if _may_have(module):
            return Value(Unknown(f"{first} may be defined in a way that cannot be read"))
        return None
    for name in rest.split(".") if rest else ():
        value = loaded.machine.attribute(value, name)
    return value


def _may_have(module: Module) -> bool:
    """Whether a module may have names that are not known."""
    return bool("__getattr__" in module.names or module.opaque or module.stars or module.failure or module.tree is None)


def _without_name(target: Target, module: Module) -> Target:
    apps = [name for name, value in module.names.items() if flask_instance(value) is not None]
    factories = [
        name
        for name, value in module.names.items()
        if isinstance(value.data, Function) and name.startswith(("create_app", "make_app"))
    ]
    hint = f"; the app in it is called {apps[0]}" if apps else f"; it has {factories[0]}()" if factories else ""
    if ":" not in target.text:
        hint = f", which is what is loaded when no name follows{hint}"
    right = apps[0] if apps else f"{factories[0]}()" if factories else ""
    instead = f'gunicorn "{target.module}:{right}"' if right else ""
    detail = f"{target.file} defines no {target.attribute}{hint}"
    return replace(target, state="name-missing", detail=detail, instead=instead)


def _definition(value: Value, target: Target) -> Place | None:
    apps = [one for one in value.alternatives if isinstance(one.data, (Instance, Object))]
    if isinstance(value.data, Unknown) and apps:  # The last one is what the code makes where no special case holds.
        return _definition(apps[-1], target)
    data = value.data
    span = getattr(data, "at", None) if isinstance(data, (Instance, Object)) else None
    span = span or value.at
    return Place(span, target.attribute) if span is not None else None


def _called(target: Target, value: Value, parsed: TargetText) -> Target:
    data = value.data
    if isinstance(data, Function):
        fault = _argument_fault(data, parsed)
        if fault:
            return replace(target, state="bad-arguments", detail=fault)
        return replace(target, state="found")
    if flask_instance(value) is not None and not isinstance(data, Class):
        return replace(target, state="not-a-factory", detail=f"{target.attribute} is the app itself: it is not called")
    if isinstance(data, (Class, Bound, External)):
        return replace(
            target,
            state="found" if isinstance(data, Class) else "unknown",
            detail="" if isinstance(data, Class) else f"what {target.attribute} makes is not known",
        )
    return replace(target, detail=f"what {target.attribute} is, is not known")


def _argument_fault(function: Function, parsed: TargetText) -> str:
    """What Python would say to the factory's arguments; "" when they fit, or when it cannot be known."""
    arguments = function.node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    if function.decorators:
        return ""
    given = {argument.arg for argument in positional[: len(parsed.args)]} | set(parsed.kwargs)
    required = positional[: len(positional) - len(arguments.defaults)]
    required += [
        one for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default is None
    ]
    missing = [argument.arg for argument in required if argument.arg not in given]
    if missing:
        return f"{function.name}() needs {' and '.join(missing)}"
    names = {argument.arg for argument in (*positional, *arguments.kwonlyargs)}
    extra = [name for name in parsed.kwargs if name not in names] if arguments.kwarg is None else []
    if extra or (len(parsed.args) > len(positional) and arguments.vararg is None):
        return f"{function.name}() takes no {' and '.join(extra) or 'such arguments'}"
    return ""


def _uncalled(target: Target, value: Value) -> Target:
    data = value.data
    if flask_instance(value) is not None:
        return replace(target, state="found")
    if isinstance(data, Function):
        return _function(target, data)
    if isinstance(data, (Instance, Object, Class, External, Bound)) or value.alternatives:
        return replace(target, state="found")
    if data is None or isinstance(data, (str, bytes, int, float, list, dict, tuple, set)):
        kind = "None" if data is None else f"a {type(data).__name__}"
        if value.sure:
            return replace(
                target, state="name-missing", detail=f"{target.attribute} in {target.file} is {kind}, no application"
            )
        return replace(target, detail=f"{target.attribute} is {kind} under a condition that is not known")
    return replace(target, state="found")


def _function(target: Target, function: Function) -> Target:
    """A function that is not called is an application itself, or a factory that somebody forgot to call."""
    if isinstance(function.node, ast.AsyncFunctionDef) or function.decorators:
        return replace(target, state="unknown", detail=f"{target.attribute} is a function that something else wraps")
    positional = [*function.node.args.posonlyargs, *function.node.args.args]
    names = [argument.arg.lower().lstrip("_") for argument in positional]
    looks_wsgi = len(names) == 2 and any(name in known for name, known in zip(names, _WSGI_NAMES, strict=True))
    if looks_wsgi or function.node.args.vararg is not None:
        return replace(target, state="found")
    named = any(word in target.attribute.lower() for word in _FACTORY_WORDS)
    if len(names) == 2 and not named:
        return replace(target, detail=f"whether {target.attribute} is an application or makes one is not known")
    return replace(
        target, state="not-called", detail=f"{target.attribute} is a function that makes the app, and is not called"
    )
