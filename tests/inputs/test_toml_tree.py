"""TOML as trees: tomli's values, and places that the text confirms."""

from __future__ import annotations

import tomli
from hypothesis import given
from hypothesis import strategies as st

from flaskprod_lint.inputs import toml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.source import Source

TEXT = '''\
app = "x" # c
single = 'SIGINT'
"quoted key" = 1
dotted.key.deep = true
dotted.other = "y"
when = 1979-05-27 07:32:00
text = """first
"second" """

[env]
  PORT = "8080"

[[services]]
internal_port = 8080
  [[services.ports]]
  port = 80
  handlers = ["http", "tls"]
  [[services.ports]]
  port = 443

[[services]]
internal_port = 9
inline = { type = "requests", limits = { soft = 1, "hard" = [2, 3] } }
array = [
  "a", # x
  [1, 2],
  { k = 1 },
]
'''


def plain(node: Node) -> object:
    if node.is_mapping:
        return {entry.key.value: plain(entry.value) for entry in node.entries}
    return [plain(item) for item in node.items] if node.is_sequence else node.text


def texts(value: object) -> object:
    if isinstance(value, dict):
        return {key: texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [texts(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_values_are_tomlis() -> None:
    root = toml_tree.read(Source("x.toml", TEXT)).root
    assert plain(root) == texts(tomli.loads(TEXT))


def test_every_scalar_stands_where_it_says() -> None:
    source = Source("x.toml", TEXT)
    root = toml_tree.read(source).root
    scalars = [node for node in root.walk() if node.is_scalar]
    for node in scalars:
        start = source.offset(node.span.line, node.span.column)
        end = source.offset(node.span.end_line, node.span.end_column)
        assert texts(tomli.loads(f"v = {source.text[start:end]}")["v"]) == node.text
    assert len(scalars) == 22


def test_keys_stand_where_they_say() -> None:
    root = toml_tree.read(Source("x.toml", TEXT)).root
    assert str(root.entry("env").key.span) == "x.toml:10"
    assert (root.at("dotted", "key").entry("deep").key.span.line, root.entry("quoted key").key.span.column) == (4, 1)
    second = root.get("services").items[1]
    assert [entry.key.span.line for entry in second.entries] == [22, 23, 24]


@given(st.text(max_size=80))
def test_nothing_breaks_it(text: str) -> None:
    documents = toml_tree.read(Source("x.toml", text))
    assert (documents.root is None) == (documents.problem is not None)


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z_-]{1,8}", fullmatch=True),
        st.integers() | st.booleans() | st.lists(st.integers(), max_size=3) | st.just("a b = [c] # d"),
        max_size=6,
    )
)
def test_generated_tables(table: dict[str, object]) -> None:
    lines = "".join(
        f"{key} = {str(value).lower() if value is not None and not isinstance(value, str) else repr(value)}\n"
        for key, value in table.items()
    )
    text = f"[a.b]\n{lines}"
    source = Source("x.toml", text)
    root = toml_tree.read(source).root
    assert plain(root) == texts(tomli.loads(text))
    for number, entry in enumerate(root.at("a", "b").entries, 2):
        assert entry.value.span.line == number


def test_broken_toml_has_a_place() -> None:
    problem = toml_tree.read(Source("fly.toml", 'app = "x"\n[env\n')).problem
    assert problem is not None and str(problem.place.span) == "fly.toml:2"
    assert problem.message.startswith("this TOML is broken")
