"""The pages of the rules show real projects: what they print is what the fixtures hold."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint.catalogue import RULES

sys.path.insert(0, str(ROOT / "scripts"))
import rule_pages
from generate import read_rules

DESCRIBED = read_rules()
BLOCK = re.compile(r"^(`{3,})(\S*)[^\n]*\n(.*?)^\1$", re.S | re.M)


def blocks(rule: str) -> list[tuple[str, str]]:
    """The blocks of code on a rule's page, each with its language."""
    text = (ROOT / "docs" / "rules" / f"{rule}.md").read_text("utf-8")
    return [(language, code) for _, language, code in BLOCK.findall(text)]


@pytest.mark.parametrize("rule", RULES)
def test_page_shows_a_project_and_its_output(rule: str) -> None:
    example = rule_pages.example_of(rule, DESCRIBED[rule].get("example", ("bad", "good")))
    shown = blocks(rule)
    assert max(code.count("\n") for _, code in shown) <= rule_pages.FILE
    output = next(code for language, code in shown if language == "text" and f" {rule} (" in code)
    assert (example.bad / "expected.txt").read_text("utf-8").startswith(output.removesuffix("  …\n"))
    path = re.search(r"\) (.+?):\d+:\d+$", output.splitlines()[0])
    assert path
    lines = (example.bad / path[1]).read_text("utf-8")
    assert any(code in lines + "\n" for _, code in shown[1:])


@pytest.mark.parametrize("rule", RULES)
def test_what_is_called_mended_is_the_good_project(rule: str, tmp_path: Path) -> None:
    """The diff of a page, given to git, makes of the bad project's files those of the good one."""
    example = rule_pages.example_of(rule, DESCRIBED[rule].get("example", ("bad", "good")))
    change = next((code for language, code in blocks(rule) if language == "diff"), None)
    if change is None:
        assert example.good is None or not rule_pages.diff(example)
        return
    assert example.good is not None
    names = re.findall(r"^\+\+\+ b/(.+)$", change, re.M)
    for name in names:
        if (example.bad / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text((example.bad / name).read_text("utf-8").rstrip("\n") + "\n")
    subprocess.run(["git", "apply", "--unsafe-paths", "-"], input=change, text=True, cwd=tmp_path, check=True)
    for name in names:
        assert (tmp_path / name).read_text("utf-8").rstrip("\n") == (example.good / name).read_text("utf-8").rstrip(
            "\n"
        )


def test_rule_without_an_example_is_said() -> None:
    with pytest.raises(SystemExit, match=r"port-mismatch needs another `example`: .*bad-none"):
        rule_pages.example_of("port-mismatch", ["bad-none"])


def test_long_files_are_cut_around_the_finding(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("".join(f"line = {number}\n" for number in range(1, 101)))
    output = ["error x (high) app.py:50:1", "  It is wrong", "  because  app.py:52  line = 52"]
    text = "\n".join(line for part in rule_pages._example(rule_pages.Example(tmp_path, None, output)) for line in part)
    assert '`app.py`, from line 43\n```python linenums="43" hl_lines="8 10"\nline = 43\n' in text
    assert "line = 57\n```" in text
