"""What the code of an app uses, and what only looks as if it did: each on a view of a few lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.model import ProxyTrust, Unknown
from test_loaded_app import app_of, context_of

HEAD = (
    "import requests\n"
    "from urllib.parse import urlparse, urljoin\n"
    "from flask import Flask, current_app, flash, redirect, request, session, url_for\n"
    "from flask_login import login_user\n"
    "app = Flask(__name__)\n"
)
VIEW = HEAD + "@app.route('/')\ndef view():\n    "


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("session['a'] = 1", {"session"}),
        ("session['a'] += 1", {"session"}),
        ("session.permanent = True", {"session"}),
        ("session.update(a=1)", {"session"}),
        ("session.get('a')", set()),
        ("session.pop('a', None)", set()),
        ("del session['a']", set()),
        ("session = requests.Session()\n    session['a'] = 1", set()),
        ("flash('done')", {"flash"}),
        ("login_user(None)", {"login"}),
        ("url_for('view', _external=True)", {"external-url"}),
        ("url_for('view')", set()),
        ("url_for('view', _external=False)", set()),
        ("url_for('view', _external=True, _scheme='https')", set()),
        ("url_for('view', _external=True).replace('http://', 'https://')", set()),
        ("print(url_for('view', _external=True))", set()),
        ("request.host_url + 'shop'", {"external-url"}),
        ("urlparse(urljoin(request.host_url, 'x')).netloc", set()),
        ("redirect(request.url)", set()),
        ("request.url.startswith('http://')", {"scheme"}),
        ("request.scheme", {"scheme"}),
        ("app.logger.info(request.remote_addr)", set()),
        ("request.remote_addr", {"client-address"}),
        ("request.headers.get('X-Forwarded-For', request.remote_addr)", set()),
    ],
)
def test_uses_of_a_view(text: str, kinds: set[str], tmp_path: Path) -> None:
    app = app_of(context_of(tmp_path, {"app.py": VIEW + text + "\n"}))
    assert {use.kind for use in app.uses} == kinds


@pytest.mark.parametrize(
    ("text", "is_live"),
    [
        ("def f():\n    flash('x')\n", False),
        ("def f():\n    flash('x')\napp.add_url_rule('/', view_func=f)\n", True),
        ("def f():\n    flash('x')\ndef g():\n    f()\n", False),
        ("def f():\n    flash('x')\n@app.before_request\ndef g():\n    f()\n", True),
        ("@app.cli.command()\ndef f():\n    flash('x')\n", False),
        ("class V:\n    def get(self):\n        flash('x')\n", False),
        ("class V:\n    def get(self):\n        flash('x')\napp.add_url_rule('/', view_func=V.as_view('v'))\n", True),
        ("if __name__ == '__main__':\n    flash('x')\n", False),
    ],
)
def test_code_that_nothing_calls_counts_for_nothing(text: str, is_live: bool, tmp_path: Path) -> None:
    app = app_of(context_of(tmp_path, {"app.py": HEAD + text}))
    assert [use.kind for use in app.uses] == (["flash"] if is_live else [])


def test_views_within_the_factory(tmp_path: Path) -> None:
    made = "def make():\n    app = Flask(__name__)\n    @app.route('/')\n    def view():\n        flash('x')\n"
    text = HEAD.replace("app = Flask(__name__)\n", "") + made + "    return app\n"
    app = app_of(context_of(tmp_path, {"app.py": text}), "app:make()")
    assert [(use.kind, use.at.span.line) for use in app.uses if use.at.span] == [("flash", 9)]


def trust_of(folder: Path, text: str) -> list[ProxyTrust]:
    return list(app_of(context_of(folder, {"app.py": HEAD + text})).proxy_trust)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("ProxyFix(app.wsgi_app)", (1, 1, 0)),
        ("ProxyFix(app.wsgi_app, 2)", (2, 1, 0)),
        ("ProxyFix(app.wsgi_app, x_for=1, x_proto=0, x_host=1)", (1, 0, 1)),
    ],
)
def test_numbers_of_proxy_fix(text: str, numbers: tuple[int, int, int], tmp_path: Path) -> None:
    (fix,) = trust_of(tmp_path, f"from werkzeug.middleware.proxy_fix import ProxyFix\napp.wsgi_app = {text}\n")
    assert (fix.by, fix.x_for, fix.x_proto, fix.x_host) == ("ProxyFix", *numbers)


def test_old_proxy_fix_believes_the_host_too(tmp_path: Path) -> None:
    (fix,) = trust_of(tmp_path, "from werkzeug.contrib.fixers import ProxyFix\napp.wsgi_app = ProxyFix(app.wsgi_app)\n")
    assert (fix.x_for, fix.x_proto, fix.x_host) == (1, 1, 1)


def test_what_another_library_believes_is_unknown(tmp_path: Path) -> None:
    (fix,) = trust_of(tmp_path, "from wsgi_tools import ReverseProxied\napp.wsgi_app = ReverseProxied(app.wsgi_app)\n")
    assert fix.by == "own" and isinstance(fix.x_for, Unknown)
