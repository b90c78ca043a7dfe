"""Places, forms and problems of Dockerfiles: what the oracle does not say."""

from __future__ import annotations

import pytest

from flaskprod_lint.inputs.dockerfile import Dockerfile, read
from flaskprod_lint.source import Source, Span


def parse(text: str) -> Dockerfile:
    return read(Source("Dockerfile", text))


def test_every_word_has_its_place() -> None:
    facts = parse('FROM a\nRUN x\nCMD ["gunicorn", \\\n  "-b", "0.0.0.0:$PORT", \\\n  "ünï:app"]\n')
    argv = facts.instructions[2].argv
    assert argv is not None
    assert [(word.value, word.span.line, word.span.column, word.span.end_column) for word in argv] == [
        ("gunicorn", 3, 6, 16),
        ("-b", 4, 3, 7),
        ("0.0.0.0:$PORT", 4, 9, 24),
        ("ünï:app", 5, 3, 12),
    ]


def test_places_in_shell_form_survive_comments_and_blank_lines() -> None:
    facts = parse("FROM a\nRUN one && \\\n# two\n\n    three\n")
    run = facts.instructions[1]
    start = run.value.index("three")
    assert run.part(start, start + 5) == Span("Dockerfile", 5, 5, 5, 10)
    assert run.span == Span("Dockerfile", 2, 1, 5, 10)


def test_pairs_keep_their_quotes_and_places() -> None:
    facts = parse('FROM a\nENV A=1 \\\n    B="x y"\nENV OLD some text\nARG ONE TWO=2\n')
    pairs = [(pair.name, pair.value) for one in facts.instructions[1:] for pair in one.pairs]
    assert [(name.value, value.value if value else None) for name, value in pairs] == [
        ("A", "1"),
        ("B", '"x y"'),
        ("OLD", "some text"),
        ("ONE", None),
        ("TWO", "2"),
    ]
    assert pairs[1][0].span == Span("Dockerfile", 3, 5, 3, 6)
    assert pairs[1][1] is not None
    assert pairs[1][1].span == Span("Dockerfile", 3, 7, 3, 12)


def test_a_command_of_another_instruction_is_not_the_stages() -> None:
    facts = parse("FROM a\nHEALTHCHECK --interval=3s \\\n  CMD curl x\nONBUILD CMD python app.py\n")
    check, onbuild = facts.instructions[1:]
    assert check.keyword == "HEALTHCHECK" and check.inner is not None
    assert (check.inner.keyword, check.inner.value) == ("CMD", "curl x")
    assert onbuild.inner is not None and onbuild.inner.value == "python app.py"
    assert all(one.keyword != "CMD" for one in facts.stages[0].instructions)


def test_heredocs() -> None:
    facts = parse("FROM a\nCOPY <<A <<'B' /x/\nCMD one\nA\n$two\nB\nCMD real\n")
    copy, cmd = facts.instructions[1:]
    assert [(doc.name, doc.text, doc.expand, doc.span.line) for doc in copy.heredocs] == [
        ("A", "CMD one\n", True, 3),
        ("B", "$two\n", False, 5),
    ]
    assert (copy.span.line, copy.span.end_line) == (2, 6)
    assert cmd.value == "real"


def test_stages() -> None:
    facts = parse("ARG V=3\nFROM python:$V AS Build\nRUN a\nFROM build\nCMD b\n")
    assert [(one.reference.value, one.name, one.index) for one in facts.stages] == [
        ("python:$V", "build", 0),
        ("build", None, 1),
    ]
    assert [one.keyword for one in facts.stages[1].instructions] == ["CMD"]
    assert len(facts.arguments) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FROM a\nRUN <<EOF\nabc\n", "never ends"),
        ("FROM a\nCMD [1]\n", "strings only"),
        ('FROM a\nCMD ["x"] # comment\n', "through a shell"),
        ("FROM a\nENV A\n", "NAME=value"),
        ("RUN a\n", "no FROM"),
        ("", "no FROM"),
    ],
)
def test_what_docker_refuses_is_a_problem(text: str, words: str) -> None:
    facts = parse(text)
    assert any(words in problem.message for problem in facts.problems)


@pytest.mark.parametrize(
    ("value", "argv"),
    [
        ('["a", "b"]', ["a", "b"]),
        (' [ "a" ] ', ["a"]),
        ("['a']", None),
        ('["a",]', None),
        ('["a"] x', None),
        ("[]", []),
        ('["\\u00e4", "\\"" ]', ["ä", '"']),
        ("a b", None),
        ("[ -f x ] && y", None),
    ],
)
def test_exec_form(value: str, argv: list[str] | None) -> None:
    found = parse(f"FROM a\nCMD {value}\n").instructions[1].argv
    assert (None if found is None else [word.value for word in found]) == argv


@pytest.mark.parametrize(
    "text", ["\x0c", "FROM", "FROM\n", "ONBUILD", "HEALTHCHECK\n", "\\", "COPY", "{{ x }}", "FROM a\n<<"]
)
def test_odd_text_never_raises(text: str) -> None:
    parse(text)
