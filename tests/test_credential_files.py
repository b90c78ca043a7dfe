"""Passwords in the files that are made for them."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.linting import lint
from flaskprod_lint.resolve import committed, credential_files, secrecy
from projects import write

VALUE = "k7Qm2Zx9Lp4R"
PAIR = base64.b64encode(f"ci:{VALUE}".encode()).decode()


def named(path: str, text: str) -> list[str]:
    return [text[token.start : token.end] for token in credential_files.find(text, path)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".netrc", "machine shop.dev login ci password {}"),
        ("home/_netrc", "machine shop.dev\n  login ci\n  password {}\n"),
        (".npmrc", "//npm.shop.dev/:_password={}"),
        (".npmrc", '//npm.shop.dev/:_auth="{}"'),
        (".npmrc", "//npm.shop.dev/:_authToken={}"),
        ("Dockerfile", 'RUN echo "machine shop.dev login ci password {}" > ~/.netrc'),
        ("Dockerfile", 'CMD ["sh", "-c", "API_TOKEN={} exec gunicorn shop:app"]'),
        ("ops/shop.dockerfile", "ENTRYPOINT API_TOKEN={} gunicorn shop:app\n"),
        (".pypirc", "[shop]\nusername = ci\npassword = {}\n"),
        (".pgpass", "db.shop.dev:5432:*:shop:{}"),
        ("ops/my.cnf", '[client]\npassword="{}"\n'),
        ("main.tf", '  master_password = "{}" # of the database\n'),
        ("prod.tfvars", 'api_token="{}"'),
        ("a/application.properties", "spring.datasource.password={}\n"),
        ("start.sh", "#!/bin/sh\nexport SECRET_KEY={}\nexec gunicorn app:app\n"),
        ("start.sh", 'API_TOKEN="{}" celery -A shop worker\n'),
        ("Procfile", "web: SENTRY_TOKEN={} gunicorn app:app\n"),
        ("task.json", '{{"containerDefinitions": [{{"environment": [{{"name": "API_TOKEN", "value": "{}"}}]}}]}}'),
        ("k8s/s.yaml", "kind: Secret\nmetadata: {{name: s}}\nstringData:\n  DB_PASSWORD: {}\n"),
        ("k8s/s.yaml", "kind: ConfigMap\ndata: {{}}\n---\nkind: Secret\nstringData:\n  API_TOKEN: '{}'\n"),
    ],
)
def test_password_is_found(path: str, text: str) -> None:
    assert named(path, text.format(VALUE)) == [VALUE]
    assert named("notes.txt", text.format(VALUE)) == []


@pytest.mark.parametrize("text", ["Authorization: Basic {}", '"Basic {}"', "-H 'Authorization: Basic {}'"])
def test_login_in_a_header_is_found(text: str) -> None:
    assert named("any.txt", text.format(PAIR)) == [PAIR]


def test_login_of_docker_and_a_value_in_base64_are_found() -> None:
    assert named(".docker/config.json", f'{{"auths": {{"r.dev": {{"auth": "{PAIR}"}}}}}}') == [PAIR]
    value = base64.b64encode(VALUE.encode()).decode()
    assert named("s.yml", f"kind: Secret\ndata:\n  DB_PASSWORD: {value}\n") == [value]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".netrc", "machine shop.dev login ci password $PASSWORD"),
        (".netrc", "machine shop.dev login ci password changeme"),
        (".npmrc", "//npm.shop.dev/:_password=${NPM_PASSWORD}"),
        ("ci/check.sh", 'SECRET_KEY="key-of-the-checks-with-64-letters-for-tokens-01" flask spec'),
        ("main.tf", 'password = "${var.password}"'),
        ("main.tf", 'secret_name = "shop/prod/db-1"'),
        ("main.tf", "password = var.password"),
        ("main.tf", 'name = "k7Qm2Zx9Lp4R"'),
        ("a.properties", "mail.password=ENC(k7Qm2Zx9Lp4R)"),
        ("a.properties", "mail.password={cipher}k7Qm2Zx9Lp4R"),
        ("a.properties", "token.expiry=3600"),
        ("s.yaml", "kind: Secret\nstringData:\n  DB_PASSWORD: {{ .Values.password }}\n"),
        ("s.yaml", "kind: SealedSecret\nspec:\n  encryptedData:\n    DB_PASSWORD: AgBk7Qm2Zx9Lp4R\n"),
        ("start.sh", 'export API_TOKEN="$(cat /run/secrets/k7Qm2Zx9Lp4R)"'),
        ("start.sh", "export API_TOKEN=${API_TOKEN:-k7Qm2Zx9Lp4R}"),
        ("start.sh", 'test "$TOKEN" = k7Qm2Zx9Lp4R; NEXT_PUBLIC_API_KEY=k7Qm2Zx9Lp4R; PASSWORD_HASH=k7Qm2Zx9Lp4R'),
        ("any.txt", "Authorization: Basic " + base64.b64encode(b"user:password").decode()),
        ("any.txt", "Basic configurations are described below"),
        ("grants.py", "    Authorization: Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW\n"),
    ],
)
def test_what_only_looks_like_one_is_not(path: str, text: str) -> None:
    assert named(path, text) == []


def test_what_is_encrypted_is_a_reference() -> None:
    assert secrecy.judge("MAIL_PASSWORD", "ENC[AES256_GCM,data:k7Qm2Zx9]").kind == "reference"
    assert secrecy.judge("APP_INSIGHTS_KEY", "00000000-0000-0000-0000-000000000000").kind != "key"


def test_no_file_that_is_a_place_is_passed_over() -> None:
    names = "a .netrc .npmrc .yarnrc .yarnrc.yml .pypirc .pgpass pgpass.conf my.cnf main.tf run.sh"
    for end in credential_files._NO_PLACES:
        for name in names.split():
            assert not any(place.files.search(name + end) for place in credential_files._PLACES), name + end


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("vendor/github.com/lib/pq/url.go", "a library"),
        ("web/node_modules/a/index.js", "a library"),
        ("vendor/views.py", ""),
        ("shop/vendor/models.py", ""),
        ("third_party/openssl/key.c", "a library"),
        ("vendor-local/lib/python/OpenSSL/test/test_crypto.py", "a test"),
        (".ci/compose.yaml", "CI"),
        ("azure-pipelines.yml", "CI"),
        ("shop/ci/build.py", ""),
    ],
)
def test_what_a_file_is_for(path: str, what: str) -> None:
    assert committed.what_for(path) == what


def test_what_is_too_large_to_be_looked_at_is_said(tmp_path: Path) -> None:
    """A dump of a database may hold anything; a picture holds nothing."""
    write(tmp_path, {"app.py": "from flask import Flask\napp = Flask(__name__)\n"})
    (tmp_path / "dump.sql").write_bytes(b"insert into shop values (1);\n" * 200_000)
    (tmp_path / "sound.raw").write_bytes(b"\0\1\2\3" * 1_500_000)
    (tmp_path / "photo.png").write_bytes(b"12345678" * 700_000)
    (tmp_path / "link.sql").symlink_to("/etc/passwd")
    report = lint(tmp_path, Config(select=("credential-committed",)))
    said = [str(problem.place.span) for problem in report.problems if "credentials" in problem.message]
    assert said == ["dump.sql:1"]
