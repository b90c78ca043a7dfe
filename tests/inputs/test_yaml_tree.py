"""YAML and JSON as trees with places, held against PyYAML's and Python's own readings."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Documents, Node
from flaskprod_lint.source import Source

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12).filter(
    lambda text: not set(text) & set("{}%<\ue000\ufeff\x85\u2028\u2029")
)
VALUES = st.recursive(
    TEXTS | st.integers(-99, 99).map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def read(text: str, path: str = "x.yml") -> Documents:
    return yaml_tree.read(Source(path, text))


def plain(node: Node) -> object:
    if node.is_mapping:
        return {entry.key.value: plain(entry.value) for entry in node.entries}
    return [plain(item) for item in node.items] if node.is_sequence else node.text


def root(text: str) -> Node:
    found = read(text).root
    assert found is not None
    return found


@given(VALUES, st.booleans())
def test_reads_what_pyyaml_reads(value: object, flow: bool) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    documents = read(text)
    assert documents.problem is None
    assert [plain(one) for one in documents.roots] == list(yaml.load_all(text, Loader=yaml.BaseLoader))


@given(VALUES)
def test_reads_what_json_reads(value: object) -> None:
    text = json.dumps({"value": value}, indent="\t", ensure_ascii=False)
    documents = read(text, "x.json")
    assert documents.problem is None, text
    assert [plain(one) for one in documents.roots] == [{"value": value}]


@given(st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), st.integers(0, 9999).map(str), min_size=1))
def test_places_are_where_the_text_is(value: dict[str, str]) -> None:
    source = Source("x.yml", yaml.safe_dump({"outer": value}))
    outer = root(source.text).get("outer")
    assert outer is not None
    for entry in outer.entries:
        for text, span in ((entry.key.value, entry.key.span), (entry.value.text, entry.value.span)):
            written = source.line(span.line)[span.column - 1 : span.end_column - 1]
            assert written.strip("'") == text


@given(st.text(max_size=60))
def test_nothing_breaks_it(text: str) -> None:
    read(text)
    read(text, "x.json")


def test_yaml_keeps_what_stands_there() -> None:
    node = root("on: 22:22\nyes: 0o17\nnothing:\nquoted: 'null'\n")
    assert plain(node) == {"on": "22:22", "yes": "0o17", "nothing": "", "quoted": "null"}
    assert node.get("nothing").is_null and not node.get("quoted").is_null


def test_merge_keys_own_entries_win() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  <<: [*a, *b]\n  x: 9\n"
    assert plain(root(text).get("c")) == {"y": "2", "z": "4", "x": "9"}


def test_place_of_a_merged_value_is_where_it_is_written() -> None:
    node = root("a: &a\n  key: value\nb:\n  <<: *a\n")
    assert str(node.at("b", "key").span) == "x.yml:2"


def test_several_documents_and_unknown_tags() -> None:
    documents = read("a: !Ref b\n---\n- !reset null\n- !!python/object:os.system x\n")
    assert [plain(one) for one in documents.roots] == [{"a": "b"}, ["null", "x"]]
    assert documents.roots[1].items[0].tag == "!reset"


def test_aliases_are_shared_and_a_bomb_does_no_harm() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    node = root("\n".join(lines))
    assert len(list(node.walk())) == 19


def test_a_circle_and_a_missing_anchor_end() -> None:
    assert plain(root("a: &a [*a]\n")) == {"a": ["*a"]}
    assert read("a: *nothing\n").root is None or read("a: *nothing\n").problem is None


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 5_000, '{"a":' * 5_000])
def test_deep_nesting_is_a_problem(text: str) -> None:
    assert read(text).problem is not None


@pytest.mark.parametrize(
    ("text", "line", "column"), [("a: [1\nb: 2\n", 2, 2), ("a: b: c\n", 1, 5), ("\tx: 1\n", 1, 1), ("a: 'x\n", 2, 1)]
)
def test_broken_yaml_has_a_place(text: str, line: int, column: int) -> None:
    problem = read(text).problem
    assert problem is not None and problem.place.span is not None
    assert (problem.place.span.line, problem.place.span.column) == (line, column)


def test_templates_are_unknown_and_not_broken() -> None:
    text = (
        "image: {{ .Values.image }}\n{{- if .Values.port }}\nport: {{ .Values.port }}\n{{- end }}\n"
        'name: "{{ a }}-{{ b }}"\nsecret: ${{ secrets.KEY }}\n{% for x in y %}\n{{ x }}: <%= z %>\n{% endfor %}\n'
    )
    documents = read(text)
    assert documents.problem is None and documents.template
    node = documents.root
    assert plain(node)["image"] == "{{ .Values.image }}"
    assert plain(node)["name"] == "{{ a }}-{{ b }}"
    assert plain(node)["secret"] == "${{ secrets.KEY }}"
    assert node.get("port").template and str(node.get("port").span) == "x.yml:3"


def test_json_with_odd_escapes() -> None:
    node = read('{"emoji": "\\ud83d\\ude00", "slash": "a\\/b", "tab":\t1}', "x.json").root
    assert plain(node) == {"emoji": "??", "slash": "a/b", "tab": "1"}


def test_block_scalars_end_with_their_text() -> None:
    node = root("run: |\n  first\n  second\n\nlast: 1\n")
    assert node.get("run").text == "first\nsecond\n"
    assert (node.get("run").span.line, node.get("run").span.end_line) == (1, 3)
