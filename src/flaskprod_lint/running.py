"""What runs, in the words of the report: one line a process."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import RunningProcess
from flaskprod_lint.masking import mask_text
from flaskprod_lint.model import Deployment, Process, Server, Setting


def what_runs(deployments: list[Deployment]) -> list[RunningProcess]:
    """The processes of the production deployments, for the top of the report."""
    return [_process(deployment, process) for deployment in deployments for process in _production(deployment)]


def _production(deployment: Deployment) -> Iterator[Process]:
    return (process for process in deployment.processes if process.environment == "production")


def _process(deployment: Deployment, process: Process) -> RunningProcess:
    step = process.main_step
    command = step.text if step is not None else process.command.text
    trail = step.trail if step is not None and step.trail else process.trail
    summary = _server(process.server) if process.server else ""
    if deployment.assumed:
        summary = " · ".join(filter(None, (summary, "assumed: no file says how it is started")))
    return RunningProcess(deployment.name, process.name, mask_text(" ".join(command.split())), trail, summary)


def _server(server: Server) -> str:
    """One line: the addresses, the concurrency, the server and its version."""
    parts = [" and ".join(address.text for address in server.bind)]
    if server.is_gunicorn and server.workers:
        parts.append(_concurrency(server))
    name = {"gunicorn": "Gunicorn", "werkzeug": "Flask's development server"}.get(server.name, server.name)
    parts.append(f"{name} {server.version}" if server.version else name)
    return " · ".join(part for part in parts if part)


def _concurrency(server: Server) -> str:
    text = _amount(server.workers, "worker")
    worker_class = server.worker_class.value if server.worker_class and server.worker_class.known else ""
    if worker_class == "gthread":
        text += f" × {_amount(server.threads, 'thread')}"
    return f"{text} ({worker_class})" if worker_class else text


def _amount(setting: Setting | None, word: str) -> str:
    if setting is None or not setting.known:
        return f"{word}s not known"
    return f"{setting.value} {word}" if setting.value == 1 else f"{setting.value} {word}s"
