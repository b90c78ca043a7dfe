"""Where the words of a command stand: in the file that has them, or in the values that they were made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects import APP, CLEAN, lint_files

PLAIN = {"app.py": APP, "requirements.txt": CLEAN["requirements.txt"]}
PROCFILE = "# of the shop\nrelease: true\nweb: gunicorn -w 3 app:app\n"
SPEC = "name: x\nservices:\n- name: web\n  environment_slug: python\n"


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"Procfile": PROCFILE}, "Procfile:3"),
        ({"Procfile": "web: bash start.sh\n", "start.sh": "#!/bin/bash\n\nexec gunicorn -w 3 app:app\n"}, "start.sh:3"),
        ({"Procfile": PROCFILE, ".do/app.yaml": SPEC}, "Procfile:3"),
        ({".do/app.yaml": f"{SPEC}  run_command: gunicorn -w 3 app:app\n"}, ".do/app.yaml:5"),
        (
            {
                "Procfile": PROCFILE,
                ".do/app.yaml": f'{SPEC}  envs: [{{key: GUNICORN_CMD_ARGS, value: "--access-logfile -"}}]\n',
            },
            ".do/app.yaml:5",
        ),
        (
            {"Procfile": PROCFILE, "app.json": '{\n "env": {\n  "GUNICORN_CMD_ARGS": "--access-logfile -"}}\n'},
            "app.json:3",
        ),
    ],
)
def test_the_access_log_is_proven_where_it_is_set(files: dict[str, str], place: str, tmp_path: Path) -> None:
    report = lint_files(tmp_path, {**PLAIN, **files})
    (answer,) = [one for one in report.checklist if one.item == "logs"]
    assert [str(one.span) for one in answer.evidence if "access log" in one.note] == [place]


def test_a_chart_sets_the_bind_where_its_value_stands(tmp_path: Path) -> None:
    template = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  template:\n    spec:\n"
        "      containers:\n      - name: web\n        image: acme/shop\n        ports: [{containerPort: 8000}]\n"
        '        args:\n        - "--workers={{ .Values.workers }}"\n        - "--bind=0.0.0.0:{{ .Values.port }}"\n'
        "        - app:app\n"
    )
    files = {
        "chart/Chart.yaml": "apiVersion: v2\nname: shop\n",
        "chart/values.yaml": "workers: 3\n\nport: 8000\n",
        "chart/templates/web.yaml": template,
        "Dockerfile": CLEAN["Dockerfile"].replace("CMD exec gunicorn", 'ENTRYPOINT ["gunicorn"]\n# '),
    }
    report = lint_files(tmp_path, {**PLAIN, **files})
    evidence = {one.item: [str(place.span) for place in one.evidence] for one in report.checklist}
    assert evidence["concurrency"] == ["chart/values.yaml:1"]
    assert evidence["binding"] == ["chart/values.yaml:3"]
