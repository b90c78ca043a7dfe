"""Secret values never show; everything else stays as written, at its column."""

from __future__ import annotations

import pytest

from flaskprod_lint.masking import is_value_of_a_secret, mask_line, mask_text

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "line",
    [
        f'SECRET_KEY = "{SECRET}"',
        f"app.config['SECRET_KEY'] = '{SECRET}'",
        f'app.secret_key = b"{SECRET}"',
        f'SECRET_KEY = os.environ.get("SECRET_KEY", "{SECRET}")',
        f'SECRET_KEY = os.environ.get("SECRET_KEY") or "{SECRET}"',
        f'app.config.update(SECRET_KEY="{SECRET}", DEBUG=True)',
        f"ENV SECRET_KEY={SECRET}",
        f"ENV SECRET_KEY {SECRET}",
        f"ARG API_TOKEN={SECRET}",
        f"      SECRET_KEY: {SECRET}",
        f"      - SECRET_KEY={SECRET}",
        f'  "SECRET_KEY": "{SECRET}",',
        f'SECRET_KEY="{SECRET}',
        f'URL = "postgresql://shop:{SECRET}@db/shop"',
        f"RUN export TOKEN={SECRET} && make",
        f"machine shop.dev login ci password {SECRET}",
        f"  password {SECRET}",
        f"machine shop.dev password {SECRET}",
        f"default password {SECRET}",
        f"machine a.dev login ci password {SECRET} machine b.dev   password {SECRET}",
        f"- {{name: SECRET_KEY, value: {SECRET}}}",
        f'{{"name": "API_TOKEN", "value": "{SECRET}"}},',
        f"- key: JWT_SECRET_KEY value: {SECRET}",
        f"Authorization: Basic {SECRET}",
        f"ENV FLASK_APP=shop SECRET_KEY={SECRET}",
    ],
)
def test_secret_lines_show_no_value(line: str) -> None:
    shown = mask_line(line, secret=True)
    assert SECRET not in shown
    assert len(shown) == len(line)


@pytest.mark.parametrize(
    "text",
    [
        f"gunicorn -e SECRET_KEY={SECRET} app:app",
        f"SQLALCHEMY_DATABASE_URI = postgresql://shop:{SECRET}@db/shop",
        f"redis://:{SECRET}@cache:6379/0",
        f"JWT_SECRET_KEY: {SECRET}",
        f'DB_PASSWORD="{SECRET}"',
    ],
)
def test_other_text_shows_no_value_either(text: str) -> None:
    assert SECRET not in mask_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "exec gunicorn --bind 0.0.0.0:$PORT --workers 3 app:app",
        'SECRET_KEY = os.environ["SECRET_KEY"]',
        "ENV PYTHONUNBUFFERED=1 PORT=8000",
        "SECRET_KEY: ${SECRET_KEY}",
        "fly.toml:12  internal_port = 8080",
        "keyfile = None",
        'CMD ["gunicorn", "--keep-alive", "5", "app:app"]',
        "PRIMARY_KEY == other",
        "limiter = Limiter(key_func=get_remote_address)",
        "--keyfile=/etc/ssl/shop.pem",
        "JWT_TOKEN_LOCATION = headers",
        "the password of the database",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize("line", ["FROM python:3.13-slim", "FROM ghcr.io/shop/base:2.1 AS base", "COPY . /app"])
def test_an_image_stays_readable_beside_a_secret(line: str) -> None:
    assert mask_line(line, secret=True) == line


def test_a_comparison_stays_readable_beside_a_secret() -> None:
    line = 'if os.getenv("DATABASE_URL") == None:'
    assert mask_line(line, secret=True).endswith(" == None:")


def test_harmless_variables_stay_readable_beside_a_secret() -> None:
    line = f"ENV FLASK_APP=shop.py PORT=8000 SECRET_KEY={SECRET}"
    assert mask_line(line, secret=True) == line.replace(SECRET, "*" * len(SECRET))


def test_folders_and_hosts_stay_readable_beside_a_secret() -> None:
    assert mask_line("- UPLOAD_FOLDER=/var/uploads", secret=True) == "- UPLOAD_FOLDER=/var/uploads"
    assert mask_line("MAIL_HOST: mail.shop.dev", secret=True) == "MAIL_HOST: mail.shop.dev"
    assert SECRET not in mask_line(f"- UPLOAD_FOLDER={SECRET}", secret=True)
    assert "shop" not in mask_line("POSTGRES_USER: shop", secret=True)


def test_a_password_of_letters_alone_is_no_word_about_one() -> None:
    assert mask_text("POSTGRES_PASSWORD: seagulls") == "POSTGRES_PASSWORD: ********"
    assert mask_text("SECRET_WORDS = 3") == "SECRET_WORDS = *"


def test_a_harmless_name_does_not_let_a_secret_through() -> None:
    assert "q7Zx9" not in mask_text("TOKEN_HEADER=q7Zx9Lp4Vn2Rt8Km")


def test_a_call_is_no_value() -> None:
    line = "app = Flask(__name__)"
    assert mask_line(line, secret=True) == line


def test_an_sqlite_address_holds_no_password() -> None:
    line = 'SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL") or "sqlite:///shop.db"'
    assert mask_line(line, secret=True) == line


def test_a_value_belongs_to_the_name_beside_it() -> None:
    assert is_value_of_a_secret(f"  value: {SECRET}", ["- name: SECRET_KEY"], "- name: PORT")
    assert is_value_of_a_secret(f'"Value": "{SECRET}"', ['"Name": "API_TOKEN",', "{"], "}")
    assert is_value_of_a_secret(f'"value": "{SECRET}"', ['"required": true,', '"SECRET_KEY": {'], "},")
    assert is_value_of_a_secret(f"- value: {SECRET}", ["- {name: PORT, value: 8000}"], "  name: DB_PASSWORD")
    assert not is_value_of_a_secret("  value: 8000", ["- name: PORT", "- {name: SECRET_KEY}"], "- name: API_TOKEN")
    assert not is_value_of_a_secret("- value: 8000", ["- name: SECRET_KEY"], "  name: PORT")
    assert not is_value_of_a_secret("  name: SECRET_KEY", ["- value: 3"], "")
    assert mask_line("- {name: PORT, value: 8000}", secret=False) == "- {name: PORT, value: 8000}"
