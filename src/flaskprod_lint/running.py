"""What runs, in the words of the report: one line a process, and the deployments side by side."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import BudgetTable, Compared, RunningProcess
from flaskprod_lint.masking import mask_text
from flaskprod_lint.model import Budget, Deployment, Process, Server, Setting


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


# Side by side


def compare(deployments: list[Deployment]) -> list[Compared]:
    """The web processes of all deployments beside each other; none where only one deployment has any."""
    rows = [
        _compared(deployment, process)
        for deployment in deployments
        for process in deployment.web_processes
        if process.environment == "production"
    ]
    return rows if len({row.deployment for row in rows}) > 1 else []


def _compared(deployment: Deployment, process: Process) -> Compared:
    server = process.server
    return Compared(
        deployment.name,
        process.name,
        listens=" and ".join(address.text for address in server.bind) if server is not None else "",
        serves=_concurrency(server) if server is not None and server.workers is not None else "",
        instances=_value(process.instances),
        size=", ".join(filter(None, (_value(process.cpus, "core"), _value(process.memory, " MiB")))),
        connections=_connections(deployment.budget),
    )


def _value(setting: Setting | None, unit: str = "") -> str:
    if setting is None:
        return ""
    if not isinstance(setting.value, (int, float)):
        return "?"
    number = f"{setting.value:g}"
    if unit.startswith(" "):
        return f"{number}{unit}"
    return f"{number} {unit if number == '1' else unit + 's'}" if unit else number


def _connections(budget: Budget | None) -> str:
    if budget is None:
        return ""
    used = str(budget.reachable) if isinstance(budget.reachable, int) else "?"
    limit = budget.limit.value if budget.limit is not None else None
    return f"{used} of {limit}" if isinstance(limit, int) else used


# Connection budgets


def budgets(deployments: list[Deployment]) -> list[BudgetTable]:
    """The connection budgets of the deployments that have one, as tables."""
    pairs = ((deployment.name, deployment.budget) for deployment in deployments)
    return [_table(name, budget) for name, budget in pairs if budget is not None and budget.rows]


def _table(name: str, budget: Budget) -> BudgetTable:
    reachable = budget.reachable if isinstance(budget.reachable, int) else None
    limit = budget.limit.value if budget.limit is not None and isinstance(budget.limit.value, int) else None
    return BudgetTable(name, tuple(row.cells for row in budget.rows), reachable, limit)
