""".dockerignore as Docker reads it. The cases are those of moby/patternmatcher and of its documentation."""

from __future__ import annotations

import pytest

from flaskprod_lint.inputs.dockerignore import read
from flaskprod_lint.source import Source


@pytest.mark.parametrize(
    ("patterns", "path", "excluded"),
    [
        (".env", ".env", True),
        (".env", "sub/.env", False),
        ("**/.env", "sub/.env", True),
        ("**/.env", ".env", True),
        ("**/.env", "a/b/c/.env", True),
        ("*.pem", "a.pem", True),
        ("*.pem", "a/b.pem", False),
        ("*/temp*", "a/temporary.txt", True),
        ("*/temp*", "a/b/temporary.txt", False),
        ("*/*/temp*", "a/b/temporary.txt", True),
        ("temp?", "tempa", True),
        ("temp?", "temp", False),
        ("node_modules", "node_modules/a/b.js", True),
        ("node_modules/", "node_modules/a/b.js", True),
        ("/node_modules", "node_modules/a", True),
        ("./node_modules", "node_modules/a", True),
        ("a/../.env", ".env", True),
        ("*\n!app", "app/x.py", False),
        ("*\n!app/", "app/x.py", False),
        ("*\n!app", "other.py", True),
        ("*.md\n!README.md", "README.md", False),
        ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
        ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", False),
        ("docs\n!docs/keep.txt", "docs/keep.txt", False),
        ("docs\n!docs/keep.txt", "docs/other.txt", True),
        ("# .env", ".env", False),
        ("  # .env\n", "# .env", True),
        ("  .env  ", ".env", True),
        ("! .env", ".env", False),
        ("**", "a/b", True),
        ("dir/**", "dir/a/b", True),
        ("dir/**", "other", False),
        ("**/*.pyc", "a/b.pyc", True),
        ("**/*.pyc", "b.pyc", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "a/b", True),
        ("**foo", "barfoo", True),
        ("[a-c]*", "bx", True),
        ("[^a]*", "ax", False),
        ("a\\*b", "a*b", True),
        ("a\\*b", "axb", False),
        ("a.b", "axb", False),
        ("a+(b)", "a+(b)", True),
        (".", "anything", False),
        (".git", ".git/HEAD", True),
        (".git*", ".gitignore", True),
        (".*", ".git/HEAD", True),
    ],
)
def test_matching(patterns: str, path: str, excluded: bool) -> None:
    assert (read(Source(".dockerignore", patterns)).excluded_by(path) is not None) is excluded


def test_the_deciding_line_is_told() -> None:
    found = read(Source(".dockerignore", "a\n\n*.py\n")).excluded_by("x.py")
    assert found is not None
    assert (found.value, found.span.line) == ("*.py", 3)


@pytest.mark.parametrize("pattern", ["[", "[a", "!", "a[]"])
def test_a_broken_pattern_is_a_problem(pattern: str) -> None:
    facts = read(Source(".dockerignore", pattern + "\n.env\n"))
    assert facts.problems
    assert facts.excluded_by(".env") is not None
