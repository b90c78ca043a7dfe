"""What manifests say besides commands and ports, and what it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.config import load_config
from flaskprod_lint.linting import examine
from flaskprod_lint.model import Deployment
from projects import APP, CLEAN, write

PLAIN = {"app.py": APP, "requirements.txt": CLEAN["requirements.txt"]}
SETUP = "from app import app\n\nif __name__ == '__main__':\n    print(app.name)\n"


def deployed(folder: Path, files: dict[str, str]) -> Deployment:
    (one,) = examine(write(folder, files), load_config(folder)).production
    return one


@pytest.mark.parametrize(
    ("condition", "kind"), [("service_completed_successfully", "release"), ("service_started", "worker")]
)
def test_what_others_wait_for_until_it_ended_runs_at_each_release(condition: str, kind: str, tmp_path: Path) -> None:
    text = (
        "services:\n  setup: {build: ., command: python setup_db.py}\n  web:\n    build: .\n    ports: ['80:8000']\n"
        f"    depends_on: {{setup: {{condition: {condition}}}}}\n"
    )
    one = deployed(tmp_path, {**CLEAN, "setup_db.py": SETUP, "compose.yaml": text})
    assert {process.name: process.kind for process in one.processes}["setup"] == kind


def test_a_pod_publishes_the_ports_of_its_containers(tmp_path: Path) -> None:
    files = {
        "shop.container": "[Container]\nImage=shop.build\nPod=shop.pod\nPublishPort=1:1\n",
        "shop.build": "[Build]\nImageTag=localhost/shop\nSetWorkingDirectory=unit\nFile=Dockerfile\n",
        "shop.pod": "[Pod]\nPublishPort=80:9000\n",
    }
    (process,) = deployed(tmp_path, {**CLEAN, **files}).processes
    assert process.port_expected is not None
    assert (process.port_expected.value, str(process.port_expected.span)) == (9000, "shop.pod:2")


@pytest.mark.parametrize("key", ["imageName", "templateId"])
def test_caprover_starts_what_no_file_here_builds(key: str, tmp_path: Path) -> None:
    text = f'{{"schemaVersion": 2, "{key}": "acme/shop"}}'
    one = deployed(tmp_path, {**PLAIN, "captain-definition": text})
    assert one.platform is not None and one.platform.id == "caprover"
    assert one.assumed and [process.assumed.text for process in one.processes if process.assumed] == ["app:app"]
