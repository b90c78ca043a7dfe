"""Rules of the item "server" about how Gunicorn and its kin are set up."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.model import Deployment, Server, Setting
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.pointing import confidence_in, point, served, trail, unless


@rule("reload-on")
def reload_on(deployment: Deployment) -> Iterator[Finding]:
    """The server restarts its workers when a file changes."""
    for process, server in served(deployment):
        if server.reload is None or not _is_on(server.reload):
            continue
        at = point(deployment, process, server.reload)
        name = "Gunicorn" if server.is_gunicorn else server.name
        yield Finding(
            f"{name} watches the source files and reloads itself{unless(server.reload)}: that is for development",
            at=at,
            because=trail(process, at, server.reload),
            confidence=confidence_in(server.reload),
            label="for development only",
            instead="reload = False" if at.path.endswith(".py") else _without_reload(server.step.text),
        )


@rule("config-file-not-loaded")
def config_file_not_loaded(deployment: Deployment) -> Iterator[Finding]:
    """A file looks like Gunicorn's configuration, and nothing loads it."""
    for process, server in served(deployment):
        for stray in server.stray_config_files:
            if stray.span is None:
                continue
            path = stray.span.path
            yield Finding(
                f"Gunicorn does not load {path}: {_why_not(server, path)}",
                at=stray.span,
                because=trail(process, stray.span, server.config_file),
                confidence=Confidence.HIGH if server.step.sure else Confidence.MEDIUM,
                label="its settings do nothing",
                instead=f"--config {stray.note}",
            )


def _why_not(server: Server, path: str) -> str:
    if server.config_file is not None:
        return f"it loads {server.config_file.path}, and only one file counts"
    if path.endswith("/gunicorn.conf.py") and not server.settings["chdir"].is_default:
        return "it looks for gunicorn.conf.py where it starts, before --chdir"
    return "no -c names it, and only gunicorn.conf.py in the folder where it starts loads by itself"


def _without_reload(text: str) -> str | None:
    """The command without the switch, where it stands there."""
    clean = " ".join(text.replace("--reload", "").split())
    return clean if "--reload" in text and "[" not in text else None


def _is_on(setting: Setting) -> bool:
    return setting.value is True or (
        isinstance(setting.value, (str, int)) and str(setting.value) not in ("", "0", "False")
    )
