"""Rules about how Gunicorn looks after its workers: when it replaces them, and how it sees that they live."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.model import Deployment
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.pointing import confidence_in, point, served, trail, unless


@rule("max-requests-without-jitter")
def max_requests_without_jitter(deployment: Deployment) -> Iterator[Finding]:
    """All workers reach their last request at about the same time."""
    for process, server in served(deployment):
        most, jitter = server.settings.get("max_requests"), server.settings.get("max_requests_jitter")
        if most is None or jitter is None or jitter.value != 0 or not isinstance(most.value, int) or most.value <= 0:
            continue
        if server.workers is not None and server.workers.value == 1:
            continue
        at = point(deployment, process, most)
        tenth = max(most.value // 10, 1)
        yield Finding(
            f"Each worker is replaced after {most.value} requests, and all of them at about the same time"
            + unless(most, jitter),
            at=at,
            because=trail(process, at, jitter),
            confidence=confidence_in(most, jitter),
            label="no jitter",
            instead=f"max_requests_jitter = {tenth}" if at.path.endswith(".py") else f"--max-requests-jitter {tenth}",
        )


@rule("worker-heartbeat-on-disk")
def worker_heartbeat_on_disk(deployment: Deployment) -> Iterator[Finding]:
    """In a container, the files that show that workers live are on its disk."""
    image = deployment.image
    if image is None or deployment.assumed:
        return
    for process, server in served(deployment):
        folder = server.settings.get("worker_tmp_dir")
        if not server.is_gunicorn or folder is None or folder.value is not None or process.environment != "production":
            continue
        if "TMPDIR" in image.variables or "TMPDIR" in process.variables or process.memory_folders & _TEMPORARY:
            continue
        at = point(deployment, process, server.config_file)
        yield Finding(
            "The files by which Gunicorn sees that its workers live are on the container's disk: a slow disk looks "
            "like a hanging worker",
            at=at,
            because=trail(process, at, folder),
            confidence=Confidence.HIGH if confidence_in(folder) is Confidence.HIGH else Confidence.MEDIUM,
            label="worker_tmp_dir is not set",
            instead='worker_tmp_dir = "/dev/shm"' if at.path.endswith(".py") else "--worker-tmp-dir /dev/shm",
        )


#: Where temporary files go when nothing says otherwise.
_TEMPORARY = frozenset(("/tmp",))
