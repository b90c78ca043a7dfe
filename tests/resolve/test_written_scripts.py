"""Scripts that the Dockerfile itself writes are followed, and point into the Dockerfile."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.discover import open_project
from flaskprod_lint.resolve import image
from projects import CLEAN, lint_files

_HEAD = """\
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY app.py ./
"""
_TAIL = '\nUSER nobody\nCMD ["/start.sh"]\n'
_RUN = "exec gunicorn --bind 0.0.0.0:$PORT --workers 1 app:app"
_ESCAPED = _RUN.replace("$", "\\$")

_WRITTEN = {
    "copy heredoc": (f"COPY --chmod=755 <<'EOF' /start.sh\n#!/bin/sh\n{_RUN}\nEOF", 9, 1),
    "run heredoc": (f"RUN cat > /start.sh <<EOF && chmod +x /start.sh\n#!/bin/sh\n{_ESCAPED}\nEOF", 9, 1),
    "mark before": (f"RUN cat <<'EOF' > /start.sh\n#!/bin/sh\n{_RUN}\nEOF\nRUN chmod 755 /start.sh", 9, 1),
    "echo": (f"RUN echo '#!/bin/sh\\nset -e\\n{_RUN}' > /start.sh && chmod +x /start.sh", 7, 30),
    "continued": (f"RUN echo '#!/bin/sh\\n\\\n{_RUN}\\n\\\n' > /start.sh && chmod +x /start.sh", 8, 1),
    "printf": (f"RUN printf '%s\\n' '#!/bin/sh' '{_RUN}' > /start.sh && chmod +x /start.sh", 7, 32),
    "appended": (
        f"RUN echo '#!/bin/sh' > /start.sh && \\\n    echo '{_RUN}' >> /start.sh && \\\n    chmod +x /start.sh",
        8,
        11,
    ),
}


@pytest.mark.parametrize("how", _WRITTEN)
def test_the_server_in_it_is_found(tmp_path: Path, how: str) -> None:
    written, line, column = _WRITTEN[how]
    report = lint_files(tmp_path, {**CLEAN, "Dockerfile": _HEAD + written + _TAIL})
    found = {finding.rule: finding.at for finding in report.findings}
    assert "command-not-runnable" not in found
    at = found["access-log-off"]
    assert (at.path, at.line, at.column) == ("Dockerfile", line, column)


def test_without_its_execute_bit_it_does_not_start(tmp_path: Path) -> None:
    written = f"COPY <<'EOF' /start.sh\n#!/bin/sh\n{_RUN}\nEOF"
    report = lint_files(tmp_path, {**CLEAN, "Dockerfile": _HEAD + written + _TAIL})
    found = next(finding for finding in report.findings if finding.rule == "command-not-runnable")
    assert "/start.sh has no execute bit" in found.message
    assert found.instead == "RUN chmod +x /start.sh"


@pytest.mark.parametrize(
    "written",
    [
        f"RUN cat > /start.sh <<EOF\n#!/bin/sh\nHOST=`hostname`\n{_ESCAPED}\nEOF",
        f"RUN echo '#!/bin/sh\\nif true; then\\n{_RUN}\\nfi' > /start.sh",
        "RUN generate > /start.sh",
    ],
    ids=["computed", "compound on one line", "made by a program"],
)
def test_what_is_not_plain_is_not_guessed(tmp_path: Path, written: str) -> None:
    report = lint_files(tmp_path, {**CLEAN, "Dockerfile": _HEAD + written + _TAIL})
    assert "access-log-off" not in {finding.rule for finding in report.findings}


def test_a_dollar_that_is_not_escaped_is_gone_when_the_script_runs(tmp_path: Path) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"FROM python:3.13-slim\nCOPY <<EOF /start.sh\n#!/bin/sh\n{_RUN}\nEOF\n")
    project = open_project(tmp_path)
    _, tree = image.build(project, "Dockerfile")
    found = tree.locate("/start.sh")
    assert isinstance(found, str)
    source = project.read(found)
    assert source is not None
    assert source.lines[source.first] == _RUN.replace("$PORT", "")
