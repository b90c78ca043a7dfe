"""The whole program: what earlier tools got wrong, and what happens when a part of ours fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flaskprod_lint import linting as program
from flaskprod_lint.config import Config
from flaskprod_lint.finding import Finding, Verdict
from flaskprod_lint.model import Deployment
from flaskprod_lint.rules import binding
from projects import APP, CLEAN, DOCKERFILE, lint_files, rules_of, write


def test_a_clean_project_is_clean(tmp_path: Path) -> None:
    report = lint_files(tmp_path, CLEAN)
    assert rules_of(report) == []
    assert not report.crashes
    assert not report.problems


@pytest.mark.parametrize("ancestor", ["build", "dist", "env", "venv"])
def test_an_ancestor_of_that_name_hides_nothing(tmp_path: Path, ancestor: str) -> None:
    files = {"app.py": APP + '\napp.secret_key = "dev"\n', "Procfile": "web: gunicorn app:app\n"}
    report = lint_files(tmp_path / ancestor / "shop", files)
    assert "secret-key-hardcoded" in rules_of(report)
    assert not report.ready


def test_waitress_in_a_script_is_no_dev_server(tmp_path: Path) -> None:
    app = (
        APP
        + '\nif __name__ == "__main__":\n    from waitress import serve\n\n    serve(app, host="0.0.0.0", port=8000)\n'
    )
    dockerfile = DOCKERFILE.replace(DOCKERFILE.splitlines()[-1], 'CMD ["python", "app.py"]')
    files = CLEAN | {"app.py": app, "Dockerfile": dockerfile, "requirements.txt": "flask==3.1.0\nwaitress==3.0.2\n"}
    assert "dev-server" not in rules_of(lint_files(tmp_path, files))


def test_debug_of_a_development_override_is_no_finding(tmp_path: Path) -> None:
    base = "services:\n  web:\n    build: .\n    ports: ['8000:8000']\n"
    override = "services:\n  web:\n    environment:\n      FLASK_DEBUG: '1'\n    command: flask run --debug\n"
    files = CLEAN | {"docker-compose.yml": base, "docker-compose.override.yml": override}
    found = rules_of(lint_files(tmp_path, files))
    assert "debug-on" not in found
    assert "dev-server" not in found


@pytest.mark.parametrize("rule", ["/.env", ".env", "*.env", "**/.env"])
def test_every_way_to_ignore_a_dotenv_file(tmp_path: Path, rule: str) -> None:
    files = CLEAN | {".env": "SECRET_KEY=6f1d02b7c8d94e\n", ".gitignore": f"{rule}\n"}
    assert "env-file-committed" not in rules_of(lint_files(tmp_path, files))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fly.toml", 'app = "shop"\n[http_service]\ninternal_port = 5000\n[env]\nFLASK_DEBUG = "1"\n'),
        (
            "render.yaml",
            "services:\n  - type: web\n    name: shop\n    runtime: docker\n    envVars:\n"
            "      - key: FLASK_DEBUG\n        value: '1'\n",
        ),
    ],
)
def test_platform_manifests_are_read(tmp_path: Path, name: str, text: str) -> None:
    assert "debug-on" in rules_of(lint_files(tmp_path, CLEAN | {name: text}))


@pytest.mark.parametrize(
    "line",
    [
        'app.config["SECRET_KEY"] = "change-me"',
        'app.secret_key = "dev"',
        'app.config.update(SECRET_KEY="your-secret-key")',
        'app.config.from_mapping(SECRET_KEY="secret")',
        'app.config |= {"SECRET_KEY": "x9d8s7f6s5"}',
    ],
)
def test_every_way_to_write_the_key(tmp_path: Path, line: str) -> None:
    report = lint_files(tmp_path, CLEAN | {"app.py": f"{APP}\n{line}\n"})
    assert rules_of(report) == ["secret-key-hardcoded"]
    assert report.findings[0].at.line == 5


def test_a_user_of_the_builder_stage_does_not_count(tmp_path: Path) -> None:
    dockerfile = "FROM python:3.13-slim AS builder\nUSER nobody\n" + DOCKERFILE.replace("USER nobody\n", "")
    assert rules_of(lint_files(tmp_path, CLEAN | {"Dockerfile": dockerfile})) == ["runs-as-root"]


def test_one_cause_is_one_finding(tmp_path: Path) -> None:
    app = APP + '\nif __name__ == "__main__":\n    app.run(debug=True)\n'
    dockerfile = DOCKERFILE.replace(DOCKERFILE.splitlines()[-1], "CMD python app.py")
    found = rules_of(lint_files(tmp_path, CLEAN | {"app.py": app, "Dockerfile": dockerfile}))
    assert found.count("dev-server") == 1
    assert not {"single-worker", "stop-signal-lost", "access-log-off"} & set(found)


def test_a_server_whose_app_is_not_known_proves_nothing(tmp_path: Path) -> None:
    dockerfile = DOCKERFILE.replace(DOCKERFILE.splitlines()[-1], "CMD exec gunicorn -c /etc/gunicorn/conf.py")
    report = lint_files(tmp_path, CLEAN | {"Dockerfile": dockerfile})
    server = next(answer for answer in report.checklist if answer.item == "server")
    assert server.verdict is Verdict.UNKNOWN
    assert "which app Gunicorn loads: /etc/gunicorn/conf.py" in (server.reason or "")


def test_a_rule_that_fails_is_named_and_the_rest_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(deployment: Deployment) -> Iterator[Finding]:
        raise KeyError("hunter2")

    broken.rule_id = "bind-loopback"  # type: ignore[attr-defined]
    monkeypatch.setattr(binding, "bind_loopback", broken)
    report = lint_files(tmp_path, CLEAN | {"app.py": APP + '\napp.secret_key = "dev"\n'})
    assert [crash.where for crash in report.crashes] == ["rule bind-loopback"]
    assert "hunter2" not in report.crashes[0].error
    assert rules_of(report) == ["secret-key-hardcoded"]
    assert not report.ready
    assert {answer.item: answer.verdict for answer in report.checklist}["binding"] is Verdict.UNKNOWN


def test_a_stage_that_fails_leaves_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flaskprod_lint.resolve.database import budget

    def broken(*arguments: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(budget, "of_deployment", broken)
    report = lint_files(tmp_path, CLEAN)
    assert [crash.where for crash in report.crashes] == ["Dockerfile: connection budget"]
    assert {answer.item: answer.verdict for answer in report.checklist}["server"] is Verdict.PASS
    assert not report.ready


def test_nothing_to_lint(tmp_path: Path) -> None:
    write(tmp_path, {"notes.txt": "hello\n"})
    with pytest.raises(program.NothingToLint, match="nothing to lint"):
        program.lint(tmp_path, Config())


def test_an_option_is_worded_as_elements_of_an_exec_form(tmp_path: Path) -> None:
    command = 'CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--workers", "2", "app:app"]'
    text = CLEAN["Dockerfile"].rpartition("CMD ")[0] + f"EXPOSE 8000\n{command}\n"
    found = [
        one for one in lint_files(tmp_path, {**CLEAN, "Dockerfile": text}).findings if one.rule == "access-log-off"
    ]
    assert [one.instead for one in found] == ['"--access-logfile", "-"']
