"""What steers a terminal, a browser, a table or a CI service, as the values and names of a project.

Each stands wherever a report may repeat it; no format lets it through as more than text.
"""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import pytest

from flaskprod_lint.config import FORMATS
from projects import APP, write

#: Texts that mean something to whoever shows a report.
EVIL = {
    "terminal": "\x1b[31mred\x1b]0;title\x07\x9b2J\x7f",
    "direction": "a\u202eb\u2066c\u200ed",
    "lines": "a\r::error::x\u2028::warning::y\x85::set-output name=a::b\x0b\x0c",
    "workflow": "::error file=app.py::x%0A::stop-commands::y",
    "azure": "##[error]x ##vso[task.setvariable variable=a]b",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>&lt;",
    "xml": "]]></failure><x/><![CDATA[",
    "markdown": "[a](javascript:alert(1)) ![b](http://x/y) | `c` | **d** <!-- e --> @team #1 https://evil.example",
    "fence": "```\n</details>\n# heading\n",
    "template": "{{ 7*7 }} ${{ secrets.A }} %s {0} {said.__class__}",
}


def project(folder: Path, evil: str) -> Path:
    """A faulty project that has the text in its values, where each format of its files allows that."""
    quoted, one_line = json.dumps(evil), re.sub(r"[\r\n\x0b\x0c\x85\u2028]", " ", evil)
    return write(
        folder,
        {
            "app.py": APP
            + f"app.config['SECRET_KEY'] = {evil!r}\napp.config[{evil!r}] = 1\n"
            + f"@app.route({'/' + evil!r})\ndef a():\n    print({evil!r})\n"
            + f"if __name__ == '__main__':\n    app.run(debug=True, host={evil!r})\n",
            "Procfile": f"web: gunicorn --bind 127.0.0.1:80 --name '{one_line}' 'app:{one_line}'\n",
            "Dockerfile": f"FROM python:latest AS {one_line}\nENV A={quoted}\nLABEL {quoted}={quoted}\n"
            f"USER {one_line}\nEXPOSE {one_line}\nCOPY {one_line} /x\nCMD {json.dumps(['flask', 'run', evil])}\n",
            "compose.yaml": f"services:\n  {quoted}:\n    build: .\n    command: {json.dumps('flask run ' + evil)}\n"
            f"    environment: {{{quoted}: {quoted}, SECRET_KEY: {quoted}}}\n"
            f"    image: {quoted}\n    ports: [{quoted}]\n",
            "k8s/web.yaml": f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {quoted}}}\nspec:\n  template:\n"
            f"    spec:\n      containers:\n      - name: {quoted}\n        image: {quoted}\n"
            f"        command: [flask, run, {quoted}]\n        resources: {{limits: {{memory: {quoted}}}}}\n",
            "requirements.txt": f"flask\n{one_line}\ngunicorn=={one_line}\n",
            "gunicorn.conf.py": f"bind = {evil!r}\nworkers = {evil!r}\nworker_class = {evil!r}\n",
            "fly.toml": f"app = {quoted}\nkill_signal = {quoted}\n[env]\nA = {quoted}\n[processes]\nweb = {quoted}\n"
            if not re.search(r"[\x7f\x80-\x9f]", evil)
            else "app = 'a'\n",
            "flaskprod-lint.toml": "fail-on = 'never'\n[[suppress]]\nrule = 'debug-on'\npath = 'app.py'\n"
            f"reason = {json.dumps(evil)}\n".replace("\x7f", ""),
        },
    )


def printed(folder: Path, capfd: pytest.CaptureFixture[str], *words: str) -> str:
    from flaskprod_lint.cli import run

    assert run([*words]) in (0, 1), words
    out, err = capfd.readouterr()
    assert "defect" not in err
    return out


@pytest.mark.parametrize("name", EVIL)
def test_no_format_lets_it_through(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path / "shop", EVIL[name])
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    summary, outputs = tmp_path / "summary", tmp_path / "outputs"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
    for form in FORMATS:
        out = printed(folder, capfd, "check", str(folder), "--format", form, "--verbose")
        _is_plain(out)
        CHECKS.get(form, _has_no_commands)(out)
    for form in ("text", "json"):
        out = printed(folder, capfd, "show", str(folder), "--format", form, "--all")
        _is_plain(out)
        CHECKS.get(form, _has_no_commands)(out)
    _is_markdown(summary.read_text("utf-8"))
    keys = {line.partition("=")[0] for line in outputs.read_text("utf-8").splitlines()}
    assert keys == {"ready", "errors", "warnings", "notes"}


def _is_plain(out: str) -> None:
    """Nothing that a terminal acts on, that ends a line unasked or that turns the direction of reading."""
    odd = [char for char in out if char != "\n" and not (char.isprintable() or char in "\t\u200b")]
    assert odd == []


def _has_no_commands(out: str) -> None:
    assert not [line for line in out.split("\n") if re.match(r"\s*(::|##\[|##vso)", line)]


def _is_github(out: str) -> None:
    commands = [line for line in out.split("\n") if line.lstrip().startswith("::")]
    assert commands and all(re.match(r"::(error|warning|notice) file=[^:]*,title=", line) for line in commands)
    assert all("flaskprod-lint" in line.split("::")[1] for line in commands)


class _Tags(HTMLParser):
    """The tags of a page, the attributes that run something, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.running: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.running += [name for name, _ in attributes if name.startswith("on")]
        self.running += [value for _, value in attributes if value and value.lower().startswith("javascript:")]


def _is_html(out: str) -> None:
    page = _Tags()
    page.feed(out)
    assert not page.tags & {"script", "img", "iframe", "object", "embed", "svg", "x"} and page.running == []


def _is_xml(out: str) -> None:
    tags = {element.tag for element in ElementTree.fromstring(out).iter()}
    junit = {"testsuites", "testsuite", "testcase", "skipped", "failure", "system-out", "error"}
    assert tags <= junit | {"checkstyle", "file"}


def _is_badge(out: str) -> None:
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(out).iter()}
    assert tags == {"svg", "title", "clipPath", "rect", "g", "text"}


def _is_markdown(out: str) -> None:
    """Outside of code, every sign that makes a link, a tag, a table or a mention stands behind a backslash."""
    fenced = re.sub(r"^( *)(`{3,})\n.*?\n\1\2$", "", out, flags=re.S | re.M)
    plain = re.sub(r"\\.", "", re.sub(r"(?<!\\)(`+)(?!`).+?(?<!`)\1(?!`)", "", fenced))
    assert not re.search(r"[<\[@]|\]\(", plain), plain
    rows = [line for line in plain.split("\n") if line.startswith("|")]
    assert all(line.count("|") in (4,) for line in rows)
    assert [line for line in plain.split("\n") if line.startswith("#")] == [
        line for line in plain.split("\n") if line.startswith("## flaskprod-lint")
    ]


def _is_json(out: str) -> None:
    json.loads(out)
    assert out.isascii() or "\u2028" not in out


def _is_sarif(out: str) -> None:
    """A viewer makes links of `[text](where)` in a message, unless its first sign stands behind a backslash."""
    texts = re.findall(r'"text": "((?:[^"\\]|\\.)*)"', out)
    assert texts and not any(re.search(r"(?<!\\)\[[^\]]*\]\(", json.loads(f'"{text}"')) for text in texts)


CHECKS = {
    "github": _is_github,
    "html": _is_html,
    "junit": _is_xml,
    "checkstyle": _is_xml,
    "badge": _is_badge,
    "markdown": _is_markdown,
    "json": _is_json,
    "gitlab": _is_json,
    "sarif": _is_sarif,
}
