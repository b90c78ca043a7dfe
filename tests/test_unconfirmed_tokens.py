"""A form that nobody read in its provider's own words warns, and makes no error by itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.linting import lint
from flaskprod_lint.resolve import secrecy
from flaskprod_lint.tokens import Token, apart
from flaskprod_lint.tokens.form import TokenForm
from flaskprod_lint.tokens.scanning import _forms
from made_tokens import made
from test_labelled_lines import RULES

UNCONFIRMED = tuple(form for form in _forms() if not (form.confirmed or form.public or form.harmless))
#: The files of a project that runs in production, with a token wherever a value may stand.
PLACES = {
    "settings.py": 'FLAVOUR_{n} = "{token}"\n',
    "ops/notes.txt": "the one for {n} is {token}\n",
    ".env.production": "FLAVOUR_{n}={token}\n",
    "Dockerfile": "ENV FLAVOUR_{n}={token}\n",
    "compose.yaml": '      FLAVOUR_{n}: "{token}"\n',
}
HEADS = {
    "shop.py": "import os\nfrom flask import Flask\nimport settings\napp = Flask(__name__)\n"
    'app.secret_key = os.environ["SECRET_KEY"]\napp.config.from_object(settings)\n',
    "requirements.txt": "flask==3.1.1\ngunicorn==23.0.0\n",
    "compose.yaml": "services:\n  web:\n    build: .\n    environment:\n",
    "Dockerfile": 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop:app"]\n',
}


def findings(folder: Path, forms: tuple[TokenForm, ...], name: str = "FLAVOUR") -> list[Finding]:
    """What is said of a project that holds a token of each form at every place, in variables of that name."""
    chance = random.Random(11)
    tokens = [made(form, chance) for form in forms]
    for path in {**HEADS, **PLACES}:
        lines = (PLACES.get(path, "").format(n=n, token=token) for n, token in enumerate(tokens))
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text((HEADS.get(path, "") + "".join(lines)).replace("FLAVOUR", name), "utf-8")
    report = lint(folder, Config(select=RULES))
    assert not report.crashes
    return list(report.findings)


def test_there_are_some() -> None:
    assert len(UNCONFIRMED) > 10


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    return findings(tmp_path_factory.mktemp("unconfirmed"), UNCONFIRMED)


def test_none_is_an_error(said: list[Finding]) -> None:
    assert [one.message for one in said if one.level is Severity.ERROR or one.confidence is Confidence.HIGH] == []


@pytest.mark.parametrize("form", UNCONFIRMED, ids=lambda form: f"{form.name}-{form.prefix}")
def test_each_is_a_warning(form: TokenForm, said: list[Finding]) -> None:
    told = [one for one in said if f" {form.name} stands" in one.message]
    assert told
    assert {one.level for one in told} == {Severity.WARNING}
    assert all(one.message.startswith("What looks like a") and "If it is one" in one.message for one in told)


def test_where_its_variable_says_secret_it_is_an_error(tmp_path: Path) -> None:
    said = findings(tmp_path, UNCONFIRMED[:3], "API_TOKEN")
    assert {one.rule for one in said if one.level is Severity.ERROR} >= {"credential-hardcoded", "secret-in-image"}


def test_a_confirmed_one_is_an_error_under_any_name(tmp_path: Path) -> None:
    forms = tuple(form for form in _forms() if form.name == "Clojars deploy token")
    said = findings(tmp_path, forms)
    assert {one.rule for one in said if one.level is Severity.ERROR} >= {"credential-committed", "secret-in-image"}


def test_it_is_masked_all_the_same() -> None:
    chance = random.Random(5)
    assert all(secrecy.is_to_be_masked("FLAVOUR", made(form, chance)) for form in UNCONFIRMED)
    assert not secrecy.is_to_be_masked("FLAVOUR", "a value of thirty letters, plain")


def test_what_is_confirmed_counts_where_two_forms_fit() -> None:
    doubtful, sure = Token("one", 4, 60, confirmed=False), Token("other", 4, 60)
    assert apart([doubtful, sure]) == apart([sure, doubtful]) == [sure]
