"""What a person silences: in comments of every kind of file, in the configuration, in a baseline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flaskprod_lint.cli import run
from flaskprod_lint.config import Config, ConfigError, load_config
from flaskprod_lint.finding import Report, Verdict
from flaskprod_lint.linting import lint
from projects import write
from test_git import call, commit

APP = 'from flask import Flask\n\napp = Flask(__name__)\napp.secret_key = "Kw7vQ2nTz9Lm4Xp"\n'
DOCKERFILE = """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install flask==3.1.1 gunicorn==23.0.0
CMD ["gunicorn", "--bind", "127.0.0.1:8000", "app:app"]
"""
RULES = ("secret-key-hardcoded", "bind-loopback")


def linted(
    folder: Path, app: str = APP, dockerfile: str = DOCKERFILE, toml: str = "", today: str = "2026-11-25"
) -> Report:
    write(folder, {"app.py": app, "Dockerfile": dockerfile})
    if toml:
        write(folder, {"flaskprod-lint.toml": toml})
    from dataclasses import replace

    report = lint(folder, replace(load_config(folder), select=RULES, today=today))
    assert not report.crashes
    return report


def rules(report: Report) -> list[str]:
    return sorted(finding.rule for finding in report.findings)


def suppressed(report: Report) -> list[tuple[str, str, str | None]]:
    return sorted((one.finding.rule, one.kind, one.reason) for one in report.suppressed)


def stale(report: Report) -> list[str]:
    return [one.message for one in report.stale]


def test_without_comments_both_are_found(tmp_path: Path) -> None:
    report = linted(tmp_path)
    assert (rules(report), report.suppressed, report.stale) == (sorted(RULES), [], [])


def test_comment_on_the_line_with_a_reason(tmp_path: Path) -> None:
    app = APP.replace('Xp"\n', 'Xp"  # flaskprod-lint: ignore[secret-key-hardcoded] a demo, keyed anew each night\n')
    report = linted(tmp_path, app)
    assert rules(report) == ["bind-loopback"]
    assert suppressed(report) == [("secret-key-hardcoded", "inline", "a demo, keyed anew each night")]
    assert report.suppressed[0].origin.span is not None
    assert report.suppressed[0].origin.span.line == 4


@pytest.mark.parametrize(
    "above",
    [
        "# flaskprod-lint: ignore[bind-loopback] nginx is beside it\n",
        "# flaskprod-lint:ignore[ bind-loopback , port-hardcoded ]\n# and what it is\n",
        "# why\n# flaskprod-lint: ignore[bind-loopback]\n\n",
    ],
)
def test_comment_above_the_line(tmp_path: Path, above: str) -> None:
    report = linted(tmp_path, dockerfile=DOCKERFILE.replace("CMD", above + "CMD"))
    assert rules(report) == ["secret-key-hardcoded"]


def test_comment_of_another_line_or_rule_does_nothing(tmp_path: Path) -> None:
    other = "# flaskprod-lint: ignore[bind-loopback]\nWORKDIR"
    report = linted(tmp_path, dockerfile=DOCKERFILE.replace("WORKDIR", other))
    assert rules(report) == sorted(RULES)
    assert stale(report) == ["nothing here needs this any more: bind-loopback"]


def test_comment_for_the_whole_file(tmp_path: Path) -> None:
    report = linted(tmp_path, dockerfile="# flaskprod-lint: ignore-file[bind-loopback] behind nginx\n" + DOCKERFILE)
    assert rules(report) == ["secret-key-hardcoded"]


@pytest.mark.parametrize(
    ("comment", "fault"),
    [
        ("ignore[bind-lopback]", "there is no rule bind-lopback"),
        ("ignore", "this names no rule: write ignore[rule]"),
        ("ignore[]", "this names no rule: write ignore[rule]"),
        ("disable[bind-loopback]", "disable is nothing that can be said here: write ignore[rule] or ignore-file[rule]"),
        ("ignore[bind-loopback] until=2026-11-24 soon", "this ended on 2026-11-24"),
        ("ignore[bind-loopback] until=tomorrow", "until=tomorrow is no day such as 2027-01-31"),
    ],
)
def test_comment_that_cannot_count_is_said(tmp_path: Path, comment: str, fault: str) -> None:
    report = linted(tmp_path, dockerfile=DOCKERFILE.replace("CMD", f"# flaskprod-lint: {comment}\nCMD"))
    assert "bind-loopback" in rules(report)
    assert stale(report) == [fault]


def test_last_day_counts(tmp_path: Path) -> None:
    comment = "# flaskprod-lint: ignore[bind-loopback] until=2026-11-25 moves to nginx\nCMD"
    report = linted(tmp_path, dockerfile=DOCKERFILE.replace("CMD", comment))
    assert suppressed(report) == [("bind-loopback", "inline", "moves to nginx")]


def test_text_in_a_string_and_in_documentation_is_no_comment(tmp_path: Path) -> None:
    app = f'HELP = """\n# flaskprod-lint: ignore-file[secret-key-hardcoded]\n"""\n{APP}'
    text = "Write `# flaskprod-lint: ignore[bind-loopback] why` or `<!-- flaskprod-lint: ignore[bind-loopback] -->`.\n"
    write(tmp_path, {"README.md": text})
    report = linted(tmp_path, app)
    assert (rules(report), stale(report)) == (sorted(RULES), [])


def test_reason_may_be_required(tmp_path: Path) -> None:
    app = APP.replace('Xp"\n', 'Xp"  # flaskprod-lint: ignore[secret-key-hardcoded]\n')
    report = linted(tmp_path, app, toml="require-reason = true\n")
    assert rules(report) == sorted(RULES)
    assert stale(report) == ["this gives no reason, and the configuration requires one"]


def test_configuration_silences_paths(tmp_path: Path) -> None:
    toml = """
[[suppress]]
rule = "bind-loopback"
path = "Docker*"
reason = "nginx is in the same pod"
until = "2027-01-31"
"""
    report = linted(tmp_path, toml=toml)
    assert suppressed(report) == [("bind-loopback", "config", "nginx is in the same pod")]
    assert rules(linted(tmp_path, toml=toml, today="2027-02-01")) == sorted(RULES)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('suppress = "x"', "must be tables"),
        ('[[suppress]]\nrule = "bind-loopback"', "needs a rule and a path"),
        ('[[suppress]]\nrule = "bind-lopback"\npath = "x"', "did you mean 'bind-loopback'"),
        ('[[suppress]]\nrule = "bind-loopback"\npath = "x"\nsince = "y"', "unknown key 'since'"),
    ],
)
def test_wrong_configuration_is_said(tmp_path: Path, toml: str, said: str) -> None:
    (tmp_path / "flaskprod-lint.toml").write_text(toml, "utf-8")
    with pytest.raises(ConfigError, match=said):
        load_config(tmp_path)


def test_unused_is_not_said_of_rules_that_were_not_asked(tmp_path: Path) -> None:
    report = linted(tmp_path, dockerfile="# flaskprod-lint: ignore-file[runs-as-root] one day\n" + DOCKERFILE)
    assert stale(report) == []


def test_no_suppressions_shows_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    linted(tmp_path, dockerfile="# flaskprod-lint: ignore-file[bind-loopback] behind nginx\n" + DOCKERFILE)
    run(["--format", "json", "--select", "binding", str(tmp_path)])
    assert json.loads(capsys.readouterr().out)["summary"]["suppressed"] == 1
    run(["--format", "json", "--select", "binding", "--no-suppressions", str(tmp_path)])
    found = json.loads(capsys.readouterr().out)
    assert [finding["rule"] for finding in found["findings"]] == ["bind-loopback"]


def test_what_is_accepted_passes_and_is_still_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = linted(tmp_path, "# flaskprod-lint: ignore-file[secret-key-hardcoded] a demo\n" + APP)
    (secrets,) = (answer for answer in report.checklist if answer.item == "secrets")
    assert (secrets.verdict, secrets.headline) == (Verdict.PASS, "accepted: 1 finding suppressed")
    assert secrets.evidence
    run([str(tmp_path)])
    assert "1 suppressed" in capsys.readouterr().out


# The baseline


def test_baseline_hides_what_is_old_and_shows_what_is_new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    linted(tmp_path)
    assert run(["baseline", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert ".flaskprod-baseline.json" in said and "commit it" in said
    assert linted(tmp_path).findings == []
    moved = linted(tmp_path, f"import os\n\n{APP}app.config['JWT_SECRET_KEY'] = 'Zt5rW8kQ1mVx'\n")
    assert [(finding.rule, finding.at.line) for finding in moved.findings] == [("secret-key-hardcoded", 7)]
    assert {one.kind for one in moved.suppressed} == {"baseline"}


def test_baseline_says_what_is_gone(tmp_path: Path) -> None:
    linted(tmp_path)
    run(["baseline", str(tmp_path)])
    report = linted(tmp_path, dockerfile=DOCKERFILE.replace("127.0.0.1", "0.0.0.0"))
    assert stale(report) == ["gone: bind-loopback in Dockerfile"]


def test_baseline_counts_equal_lines(tmp_path: Path) -> None:
    from dataclasses import replace

    line = "db = connect('postgresql://shop:Zt5rW8kQ1mVx@db.shop.dev/shop')\n"
    write(tmp_path, {"app.py": APP, "dump.sh": line})
    config = Config(select=("credential-committed",))
    run(["baseline", str(tmp_path)])
    write(tmp_path, {"dump.sh": line + line.replace("Zt5r", "Qx7p")})
    assert [finding.at.line for finding in lint(tmp_path, replace(config)).findings] == [2]


def test_baseline_follows_a_rename(tmp_path: Path) -> None:
    call(tmp_path, "init", "-q", "-b", "main")
    linted(tmp_path)
    commit(tmp_path, "start")
    run(["baseline", str(tmp_path)])
    call(tmp_path, "mv", "app.py", "shop.py")
    dockerfile = DOCKERFILE.replace("app:app", "shop:app")
    (tmp_path / "Dockerfile").write_text(dockerfile, "utf-8")
    report = lint(tmp_path, Config(select=("secret-key-hardcoded",)))
    assert (report.findings, len(report.suppressed)) == ([], 1)


def test_baseline_holds_no_secret(tmp_path: Path) -> None:
    linted(tmp_path)
    run(["baseline", str(tmp_path)])
    assert "Kw7vQ2nTz9Lm4Xp" not in (tmp_path / ".flaskprod-baseline.json").read_text("utf-8")


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 2, "findings": []}', '{"version": 1}'])
def test_broken_baseline_is_said(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"app.py": APP, ".flaskprod-baseline.json": text})
    assert run([str(tmp_path)]) == 2
    assert "`flaskprod-lint baseline` writes it anew" in capsys.readouterr().err
    assert run(["baseline", str(tmp_path)]) == 0


def test_baseline_that_is_named_must_be_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"app.py": APP, "flaskprod-lint.toml": 'baseline = "old.json"\n'})
    assert run([str(tmp_path)]) == 2
    assert "there is no such baseline" in capsys.readouterr().err
