"""Sections and options against Python's own ConfigParser, with which supervisord reads its files."""

from __future__ import annotations

import configparser

import pytest

from flaskprod_lint.inputs import ini
from flaskprod_lint.source import Source

TEXTS = [
    "[a]\nx=1\ny: 2\nz = a = b\n",
    "[a] ; [b]\nx=1 ; one\ny=it's # two\nz=a;b#c\n",
    "[a] trailing\n[b]]\nx=1\n",
    "[program:web]\n  command=run\n  user=www\n    --more\n\n    --still\n# no\n  ; no\n  last=1\n",
    "[a]\nUPPER Name = x\nempty=\nempty2=  ; nothing\nx=1\nx=2\n",
    "# c\n\n[a]\nlist=\n  one\n  two ; not\nafter=x\n[a]\nmore=1\n",
    "[a]\n[no:end\nx=1\n",
    "[a]\nkey\t=\ttab\n\tgoes on\n",
]
BROKEN = ["[a]\nx\n", "x=1\n[a]\n", "[a]\n=x\n", "[]\n[a]\n", "[a]\n[broken\n"]


def theirs(text: str, inline: tuple[str, ...]) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(inline_comment_prefixes=inline, strict=False)
    parser.read_string(text)
    return {name: {key: _lines(value) for key, value in parser.items(name)} for name in parser.sections()}


def ours(found: ini.Ini) -> dict[str, dict[str, str]]:
    merged: dict[str, dict[str, str]] = {}
    for section in found.sections:
        values = merged.setdefault(section.name.value, {})
        values.update({key.value: _lines(value.value) for key, value in section.entries})
    return merged


def _lines(value: str) -> str:
    return "\n".join(line for line in value.split("\n") if line)


@pytest.mark.parametrize("text", TEXTS)
def test_supervisord_reads_what_python_reads(text: str) -> None:
    expected = theirs(text, (";", "#"))
    for values in expected.values():
        for key in [key for key in values if key.startswith("[")]:
            del values[key]  # A header that does not end is a problem to us.
    assert ours(ini.read_supervisord(Source("supervisord.conf", text))) == expected


@pytest.mark.parametrize("text", [text for text in TEXTS if "[no:end" not in text])
def test_other_files_have_no_comments_after_values(text: str) -> None:
    assert ours(ini.read_python(Source("setup.cfg", text))) == theirs(text, ())


@pytest.mark.parametrize("text", BROKEN)
def test_what_python_refuses_is_a_problem(text: str) -> None:
    with pytest.raises(configparser.Error):
        theirs(text, (";", "#"))
    assert ini.read_supervisord(Source("supervisord.conf", text)).problems


def test_places() -> None:
    found = ini.read_python(
        Source("setup.cfg", "[options]\ninstall_requires =\n    flask; python_version > '3'\n    x\n")
    )
    ((key, value),) = found.sections[0].entries
    assert (str(key.span), key.span.column) == ("setup.cfg:2", 1)
    assert value.value == "flask; python_version > '3'\nx"
    assert (value.span.line, value.span.end_line, value.span.end_column) == (2, 4, 6)
