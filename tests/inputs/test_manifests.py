"""Compose, supervisord, systemd and nginx files, odd and broken ones among them."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaskprod_lint.inputs import app_json, compose, compose_words, fly, heroku_yml, nginx, render, supervisord, systemd
from flaskprod_lint.inputs.interpolation import Reference, parts
from flaskprod_lint.source import Source

READERS = [
    (compose.read, "compose.yaml"),
    (fly.read, "fly.toml"),
    (render.read, "render.yaml"),
    (heroku_yml.read, "heroku.yml"),
    (app_json.read, "app.json"),
    (supervisord.read, "supervisord.conf"),
    (systemd.read, "shop.service"),
    (nginx.read, "nginx.conf"),
]
ODD = [
    "",
    "\n",
    "null\n",
    "[]\n",
    "services:\n",
    "services: []\n",
    "services:\n  web:\n",
    "services:\n  web: text\n  api: [1]\n  db: {image: [a], build: [b], command: {a: b}, ports: 80, environment: x}\n",
    "services: {web: {build: {context: [], args: 3}, volumes: {a: b}, env_file: {path: x}, extends: [], deploy: 4}}\n",
    "build: {docker: [web]}\nrun: web\nrelease: [a]\nsetup: {addons: {a: b}}\n",
    '{"env": [], "formation": {"web": 2}, "addons": "x", "scripts": []}',
    "services:\n  - type: web\n  - 3\n  - {type: web, envVars: {a: b}, image: x}\ndatabases: {a: b}\nenvVarGroups: 4\n",
    'app = 1\nbuild = "x"\nservices = 3\nenv = [1]\nprocesses = ["a"]\nmounts = 1\n',
    "[program:x]\n[program]\n[",
    "[Service]\nExecStart=\nEnvironment=\\\n",
    "server { { } } } listen; proxy_pass ;\n'",
]


@pytest.mark.parametrize(("reader", "path"), READERS)
@pytest.mark.parametrize("text", ODD)
def test_odd_files_do_no_harm(reader: object, path: str, text: str) -> None:
    reader(Source(path, text))  # type: ignore[operator]


@given(st.sampled_from(READERS), st.text(max_size=80))
def test_nothing_breaks_them(reader: tuple[object, str], text: str) -> None:
    reader[0](Source(reader[1], text))  # type: ignore[operator]


# Compose


def service(text: str) -> compose.Service:
    return compose.read(Source("compose.yaml", text)).services[0]


def test_environment_as_list_and_as_map() -> None:
    listed = service("services:\n  web:\n    environment: [A=1, B, 'C=x=y', D=]\n").environment
    assert [(one.name.value, one.value and one.value.value) for one in listed] == [
        ("A", "1"),
        ("B", None),
        ("C", "x=y"),
        ("D", ""),
    ]
    mapped = service("services:\n  web:\n    environment: {A: 1, B: , C: on}\n").environment
    assert [(one.name.value, one.value and one.value.value) for one in mapped] == [("A", "1"), ("B", None), ("C", "on")]


def test_services_of_the_oldest_format() -> None:
    facts = compose.read(Source("docker-compose.yml", "web:\n  build: .\n  links: [db]\ndb:\n  image: postgres\n"))
    assert [one.name.value for one in facts.services] == ["web", "db"]


def test_ports_in_both_forms() -> None:
    ports = service(
        "services:\n  web:\n    ports: [22:22, '127.0.0.1:80:8000/tcp', {target: 5000, published: 80}]\n"
    ).ports
    assert [one.text.value if one.text else one.target.value for one in ports] == [
        "22:22",
        "127.0.0.1:80:8000/tcp",
        "5000",
    ]


WORDS = st.text(st.sampled_from("ab -'\"$"), max_size=14)


@given(WORDS)
def test_words_of_a_command_are_shlexs_without_operators(text: str) -> None:
    try:
        expected = shlex.split(text, comments=False)
    except ValueError:
        return
    assert list(compose_words.split(text).words) == expected


@pytest.mark.parametrize(
    ("text", "words", "dropped"),
    [
        ("flask db upgrade && gunicorn app:app", ("flask", "db", "upgrade"), "&& gunicorn app:app"),
        ("bash -c 'a && b'", ("bash", "-c", "a && b"), ""),
        ("gunicorn app:app > log", ("gunicorn", "app:app"), "> log"),
        ("a; b", ("a",), "; b"),
        ('x "a;b" c\\ d', ("x", "a;b", "c d"), ""),
    ],
)
def test_compose_stops_at_a_shell_operator(text: str, words: tuple[str, ...], dropped: str) -> None:
    assert compose_words.split(text) == compose_words.Split(words, dropped)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", ["plain"]),
        ("$$HOME", ["$HOME"]),
        ("a${X}b", ["a", ("X", "", ""), "b"]),
        ("${X:-${Y-z}}", [("X", ":-", "${Y-z}")]),
        ("${X?message}", [("X", "?", "message")]),
        ("$X/$1", [("X", "", ""), "/$1"]),
        ("${", ["${"]),
        ("${X!}", ["${X!}"]),
        ("", []),
    ],
)
def test_interpolation(text: str, expected: list[object]) -> None:
    found = [(one.name, one.operator, one.rest) if isinstance(one, Reference) else one for one in parts(text)]
    assert found == expected


# supervisord


def test_supervisord_goes_on_over_lines_and_drops_comments() -> None:
    text = (
        "[program:web]\ncommand=gunicorn\n  app:app ; the server\nenvironment=A=\"1,2\",B='x',C=y\nnumprocs=2 ; two\n"
    )
    program = supervisord.read(Source("supervisord.conf", text)).programs[0]
    assert program.command.value == "gunicorn\napp:app"
    assert [(name.value, value.value) for name, value in program.environment] == [("A", "1,2"), ("B", "x"), ("C", "y")]
    assert program.processes.value == "2"


# systemd


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/bin/a  b", ("/bin/a", "b")),
        ("a 'b c' \"d e\"", ("a", "b c", "d e")),
        ("a b\\ c d\\se", ("a", "b\\ c", "d e")),
        ("a app:create_app\\(\\)", ("a", "app:create_app\\(\\)")),
        ("a ''", ("a", "")),
    ],
)
def test_words_of_systemd(text: str, words: tuple[str, ...]) -> None:
    assert systemd.split(text) == words


def test_an_empty_start_takes_back_the_ones_before() -> None:
    unit = systemd.read(
        Source("x.service", "[Service]\nExecStart=/bin/a\nExecStart=\nExecStart=-@/bin/b \\\n  # no\n  -c\n")
    )
    assert [one.value for one in unit.start] == ["-@/bin/b -c"]
    assert systemd.command(unit.start[0]).value == "/bin/b -c"
    assert systemd.command(unit.start[0]).span.column == 13


# nginx


def test_nginx_upstreams() -> None:
    text = """
upstream app { server web:8000 weight=1; server unix:/tmp/g.sock; }  # two
server {
  listen 80 default_server;
  location / { proxy_pass http://app; }
  location /a { proxy_pass http://127.0.0.1:5000/x; }
  location /b { uwsgi_pass unix:///tmp/u.sock; }
  location /c { set $up http://web:9000; proxy_pass $up; }
  location /d { proxy_pass https://api.example.com; }
}
"""
    facts = nginx.read(Source("nginx.conf", text))
    assert [(one.host, one.port, one.socket) for one in facts.upstreams] == [
        ("web", 8000, None),
        (None, None, "/tmp/g.sock"),
        ("127.0.0.1", 5000, None),
        (None, None, "/tmp/u.sock"),
        (None, None, None),
        ("api.example.com", 443, None),
    ]


def test_an_expo_app_json_is_not_herokus() -> None:
    assert not app_json.read(Source("app.json", '{"expo": {"name": "x"}}')).is_heroku
    assert not app_json.read(Source("app.json", '{"name": "x", "displayName": "X"}')).is_heroku
