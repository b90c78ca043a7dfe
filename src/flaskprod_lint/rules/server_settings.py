"""Rules of the item "server" about how Gunicorn and its kin are set up."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.model import Deployment, Setting
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
            instead="reload = False" if at.path.endswith(".py") else None,
        )


@rule("config-file-not-loaded")
def config_file_not_loaded(deployment: Deployment) -> Iterator[Finding]:
    """A file looks like Gunicorn's configuration, and nothing loads it."""
    for process, server in served(deployment):
        for stray in server.stray_config_files:
            if stray.span is None:
                continue
            loaded = f"loads {server.config_file.path}" if server.config_file is not None else "loads none"
            path = stray.span.path
            yield Finding(
                f"Gunicorn does not load {path}: the command names no file, and where it starts there is none that "
                "loads by itself"
                if server.config_file is None
                else f"Gunicorn does not load {path}: it {loaded}, and only one file counts",
                at=stray.span,
                because=trail(process, stray.span, server.config_file),
                confidence=Confidence.HIGH if server.step.sure else Confidence.MEDIUM,
                label="its settings do nothing",
                instead=f"gunicorn -c {path} {server.target.text}" if server.target is not None else None,
            )


def _is_on(setting: Setting) -> bool:
    return setting.value is True or (
        isinstance(setting.value, (str, int)) and str(setting.value) not in ("", "0", "False")
    )
