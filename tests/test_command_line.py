"""What a script gets from its command line, held against what argparse gives it."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from test_servers import found, server_of

HEAD = """\
import argparse, os, sys
from app import app

parser = argparse.ArgumentParser()
"""

SCRIPTS = {
    "plain": ("'--host', default='127.0.0.1'", "'--port', type=int, default=5000"),
    "short": ("'-H', '--host', required=True", "'-p', '--port', type=int, default='80'"),
    "positional": ("'host', nargs='?', default='::1'", "'port', nargs='?', type=int"),
    "dest": ("'--bind', dest='host'", "'--at', dest='port', type=lambda s: int(s) + 1"),
}
TAIL = "args = parser.parse_args()\napp.run(host=args.host, port=args.port)\n"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("plain", ""),
        ("plain", "--host 0.0.0.0 --port 8000"),
        ("plain", "--host=0.0.0.0 --po 8000"),
        ("short", "-H 0.0.0.0 -p8000"),
        ("short", "--host 0.0.0.0"),
        ("positional", "0.0.0.0 8000"),
        ("positional", "0.0.0.0"),
        ("dest", "--bind 0.0.0.0 --at 8000"),
    ],
)
def test_argparse(tmp_path: Path, script: str, words: str) -> None:
    options = [f"parser.add_argument({option})\n" for option in SCRIPTS[script]]
    text = HEAD + "".join(options) + TAIL
    server = found(tmp_path, f"python serve.py {words}", serve__py=text)
    host, port = _really(text, words)
    assert [(one.host, one.port) for one in server.bind] == [(host or "127.0.0.1", port or 5000)]


def _really(text: str, words: str) -> tuple[str, int]:
    """What the script itself would pass to `app.run`."""
    passed: dict[str, object] = {}

    class App:
        def run(self, **kwargs: object) -> None:
            passed.update(kwargs)

    code = text.replace("from app import app\n", "").replace("parse_args()", f"parse_args({words.split()!r})")
    with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
        exec(compile(code, "serve.py", "exec"), {"app": App()})  # our own text, above
    return str(passed["host"] or ""), int(str(passed["port"] or 0))


def test_a_switch_picks_the_server(tmp_path: Path) -> None:
    text = (
        HEAD
        + "from waitress import serve\n"
        + "parser.add_argument('--debug', action='store_true')\nparser.add_argument('--port', default='8080')\n"
        + "args = parser.parse_args()\n"
        + "if args.debug:\n    app.run(debug=True)\n"
        + "else:\n    serve(app, listen='{}:{}'.format('0.0.0.0', args.port))\n"
    )
    assert found(tmp_path, "python serve.py", serve__py=text).name == "waitress"
    server = found(tmp_path, "python serve.py --port $PORT", serve__py=text)
    assert (server.name, server.bind[0].text, server.bind[0].from_port) == ("waitress", "0.0.0.0:$PORT", True)
    assert found(tmp_path, "python serve.py --debug", serve__py=text).name == "werkzeug"


def test_argv(tmp_path: Path) -> None:
    text = (
        "import sys\nfrom app import app\n"
        "if len(sys.argv) > 1 and sys.argv[1] == 'prod':\n    from waitress import serve\n    serve(app)\n"
        "else:\n    app.run()\n"
    )
    assert found(tmp_path, "python serve.py prod", serve__py=text).name == "waitress"
    assert found(tmp_path, "python serve.py", serve__py=text).name == "werkzeug"


@pytest.mark.parametrize(
    "options",
    [
        "parser.set_defaults(port=80)\n",
        "parser.add_subparsers()\n",
        "parser.add_argument('--port', nargs=10**9)\n",
        "parser.add_argument('--port', action=sys.modules['x'].Y)\n",
        "parser.add_argument(sys.modules['x'])\n",
        "parser.add_argument('--port', required=True)\n",
        "parser.add_argument('--port')\nparser.add_argument('--port')\n",
        "parser.add_argument('--port', nargs='nonsense')\n",
    ],
)
def test_what_is_not_known_stays_unknown(tmp_path: Path, options: str) -> None:
    text = HEAD + options + "args = parser.parse_args()\napp.run(port=args.port)\n"
    assert not isinstance(found(tmp_path, "python serve.py", serve__py=text).bind[0].port, int)


CLICK = """\
import click
from app import app

@click.group()
@click.pass_context
def cli(ctx):
    pass

@cli.command("start", context_settings={"ignore_unknown_options": True})
def start():
    from gunicorn.app.wsgiapp import WSGIApplication
    gunicorn = WSGIApplication()
    gunicorn.app_uri = "app:app"
    return gunicorn.run()

@cli.command()
@click.option("-p", "--port", default=8000)
@click.option("--host", default="127.0.0.1")
@click.option("--debug/--no-debug", default=False)
def serve_it(port, host, debug):
    if debug:
        app.run(host=host, port=port, debug=True)
    else:
        from waitress import serve
        serve(app, host=host, port=port)

@cli.command()
def clean():
    print("nothing is served")

def main():
    cli()

if __name__ == "__main__":
    main()
"""
PROJECT = '[project]\nname = "shop"\nversion = "1"\n[project.scripts]\nshop = "shop:main"\n'


@pytest.mark.parametrize(
    ("words", "name", "address"),
    [
        ("start -b 0.0.0.0:8000 -w 3", "gunicorn", "0.0.0.0:8000"),
        ("serve-it", "waitress", "127.0.0.1:8000"),
        ("serve-it --host 0.0.0.0 -p 80", "waitress", "0.0.0.0:80"),
        ("serve-it --host=0.0.0.0 --port=$PORT", "waitress", "0.0.0.0:$PORT"),
        ("serve-it --debug", "werkzeug", "127.0.0.1:8000"),
        ("serve-it --no-debug", "waitress", "127.0.0.1:8000"),
    ],
)
@pytest.mark.parametrize("program", ["python shop.py", "python -m shop", "shop"])
def test_commands_of_click(tmp_path: Path, program: str, words: str, name: str, address: str) -> None:
    server = found(tmp_path, f"{program} {words}", shop__py=CLICK, pyproject__toml=PROJECT)
    assert (server.name, [one.text for one in server.bind]) == (name, [address])
    if name == "gunicorn":
        assert server.target is not None
        assert (server.target.text, server.target.state) == ("app:app", "found")
        assert server.workers is not None
        assert server.workers.value == 3


def test_a_command_that_serves_nothing(tmp_path: Path) -> None:
    assert server_of(tmp_path, "python shop.py clean", shop__py=CLICK) is None
