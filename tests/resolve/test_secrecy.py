"""What counts as a secret, both ways: a false alarm is as bad as a leak that is missed."""

from __future__ import annotations

import pytest

from flaskprod_lint.resolve.secrecy import is_secret_name, is_signing_name, judge, mask_url, url_password

SECRET_NAMES = (
    "SECRET_KEY secret_key JWT_SECRET_KEY WTF_CSRF_SECRET_KEY SECURITY_PASSWORD_SALT SECRET_KEY_FALLBACKS DB_PASSWORD "
    "POSTGRES_PASSWORD PGPASSWORD MAIL_PASSWORD SMTP_PWD DB_PASS dbPassword STRIPE_API_KEY OPENAI_API_KEY "
    "GITHUB_TOKEN GOOGLE_CLIENT_SECRET AWS_SECRET_ACCESS_KEY FERNET_KEY ENCRYPTION_KEY AZURE_STORAGE_ACCOUNT_KEY "
    "RECAPTCHA_PRIVATE_KEY FLASK_SECRET_KEY redis-password PASSPHRASE"
).split()
OTHER_NAMES = (
    "PWD PRIMARY_KEY KEY SECRET_NAME SECRET_KEY_FILE POSTGRES_PASSWORD_FILE TOKEN_URL PASSWORD_FIELD_LABEL MAX_TOKENS "
    "JWT_ACCESS_TOKEN_EXPIRES AWS_ACCESS_KEY_ID GPG_KEY STRIPE_PUBLISHABLE_KEY VITE_API_KEY REACT_APP_API_KEY "
    "RECAPTCHA_SITE_KEY RECAPTCHA_PUBLIC_KEY GIT_SHA CACHE_KEY_PREFIX PASSWORD_HASH JWT_PUBLIC_KEY DATABASE_URL "
    "SECURITY_PASSWORD_HASH PASSWORD_MIN_LENGTH PORT KEYCLOAK_URL BYPASS COMPASS_DIR JWT_HEADER_TYPE TOKEN_TTL"
).split()


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_other_names(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize("name", ["SECRET_KEY", "JWT_SECRET_KEY", "SECURITY_PASSWORD_SALT", "APP_SECRET"])
def test_signing_names(name: str) -> None:
    assert is_signing_name(name)


@pytest.mark.parametrize("name", ["GOOGLE_CLIENT_SECRET", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "STRIPE_API_KEY"])
def test_other_people_choose_these(name: str) -> None:
    assert not is_signing_name(name)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("SECRET_KEY", "8f42a73054b1749f8f58848be5e6502c", "key"),
        ("SECRET_KEY", "b7-Xk!q2vZ9#pLm", "key"),
        ("POSTGRES_PASSWORD", "kT9$wq2LmX", "password"),
        ("MAIL_PASSWORD", "hunter2secret", "password"),
        ("MAIL_PASSWORD", "kT9wq2LmXa", "password"),
        ("MAIL_PASSWORD", "kT9wq2Lmdev", "password"),
        ("GITHUB_TOKEN", "ghp_" + "a1B2c3D4e5F6" * 3, "token"),
        ("WHATEVER", "sk_live_" + "9Rk2LmXq7TzWbNv4HcYd0sJe", "token"),
        ("WHATEVER", "-----BEGIN RSA PRIVATE KEY-----\nMIIE", "private-key"),
        ("DATABASE_URL", "postgresql://shop:k3nW0rd9x@db.internal/shop", "url"),
        ("SQLALCHEMY_DATABASE_URI", "mysql+pymysql://root:Zx81!spectrum@10.0.0.3/app", "url"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYq9T3vZ0aBc", "key"),
    ],
)
def test_secrets(name: str, text: str, kind: str) -> None:
    judged = judge(name, text)
    assert (judged.secret, judged.weak, judged.kind) == (True, False, kind)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SECRET_KEY", "dev"),
        ("SECRET_KEY", "change-me"),
        ("SECRET_KEY", "changeme-in-production"),
        ("SECRET_KEY", "your-secret-key-here"),
        ("SECRET_KEY", "this is a secret"),
        ("SECRET_KEY", "my_precious"),
        ("SECRET_KEY", "12345678"),
        ("JWT_SECRET", "super-secret"),
        ("POSTGRES_PASSWORD", "postgres"),
        ("POSTGRES_PASSWORD", "1234"),
        ("ADMIN_PASSWORD", "admin123"),
        ("REDIS_PASSWORD", "change_this_password"),
        ("DATABASE_URL", "postgresql://postgres:postgres@db:5432/shop"),
        ("PASSWORD", "password"),
        ("AMQP_PASSWORD", "rabbit_password"),
    ],
)
def test_placeholders_that_work_are_the_weakest_secrets(name: str, text: str) -> None:
    judged = judge(name, text)
    assert (judged.secret, judged.weak) == (True, True)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("SECRET_KEY", "", "empty"),
        ("GOOGLE_APPLICATION_CREDENTIALS", "shop-key.json", "path"),
        ("SECRET_KEY", "${SECRET_KEY}", "reference"),
        ("SECRET_KEY", "${SECRET_KEY:-dev}", "reference"),
        ("SECRET_KEY", "$SECRET_KEY", "reference"),
        ("SECRET_KEY", "{{ secret_key }}", "reference"),
        ("ADMIN_PASSWORD", "@{ADMIN_PASSWORD}", "reference"),
        ("SECRET_KEY", "<your secret key>", "reference"),
        ("SECRET_KEY", "%(ENV_SECRET_KEY)s", "reference"),
        ("API_KEY", "vault:secret/data/app#key", "reference"),
        ("DB_PASSWORD", "arn:aws:secretsmanager:eu-west-1:1:secret:x", "reference"),
        ("SECRET_KEY", "SECRET_KEY", "name"),
        ("DB_PASSWORD", "POSTGRES_PASSWORD", "name"),
        ("DB_PASSWORD", "/run/secrets/db_password", "path"),
        ("ADMIN_PASSWORD", "$2b$12$KIXQ4S1x9Zq8Y6E1w", "hash"),
        ("ADMIN_PASSWORD", "pbkdf2:sha256:260000$abc$def", "hash"),
        ("API_TOKEN", "true", "constant"),
        ("TOKEN", "3600", "number"),
        ("STRIPE_API_KEY", "your-api-key-here", "placeholder"),
        ("OPENAI_API_KEY", "sk-xxxxxxxx", "placeholder"),
        ("GOOGLE_CLIENT_SECRET", "changeme", "placeholder"),
        ("MAIL_PASSWORD", "your_password", "placeholder"),
        ("SMTP_PASSWORD", "ditt-app-passord", "placeholder"),
        ("JWT_PRIVATE_KEY", "-----BEGIN PUBLIC KEY-----", "public"),
        ("DATABASE_URL", "postgresql://user:password@localhost/db", "placeholder"),
        ("DATABASE_URL", "postgresql://user:${DB_PASSWORD}@db/shop", "reference"),
        ("DATABASE_URL", "sqlite:////data/app.db", "plain"),
        ("GIT_SHA", "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "plain"),
        ("PASSWORD_FIELD_LABEL", "Enter your password", "plain"),
        ("VITE_API_KEY", "AIzaSyD4k0aBcDeFgHiJkLmNoPqRsTuVwXyZ012", "plain"),
        ("STRIPE_PUBLISHABLE_KEY", "pk_live_abcdefghijklmnop", "plain"),
    ],
)
def test_no_secrets(name: str, text: str, kind: str) -> None:
    judged = judge(name, text)
    assert (judged.secret, judged.kind) == (False, kind)


def test_a_judgement_keeps_no_text() -> None:
    assert "hunter2" not in repr(judge("MAIL_PASSWORD", "hunter2secret"))


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("postgresql://u:p4ss@h:5432/db", "postgresql://u:***@h:5432/db"),
        ("redis://:p4ss@h:6379/0", "redis://:***@h:6379/0"),
        ("redis://:a/b@c@h:6379/0", "redis://:***@h:6379/0"),
        ("postgresql://h/db", "postgresql://h/db"),
        ("sqlite:///a.db", "sqlite:///a.db"),
        ("http://h:80/a", "http://h:80/a"),
    ],
)
def test_masked_urls(url: str, masked: str) -> None:
    assert mask_url(url) == masked


def test_passwords_in_urls() -> None:
    assert url_password("postgresql://h/db") is None
    assert url_password("postgresql://u@h/db") is None
    found = url_password("postgresql://shop:shop@db/shop")
    assert found is not None and found.weak


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("encrypted:BEXb2m8Tq1Zw7Kx4Vp9Rj3Hn6Lc5Yd0Fg", "reference"),
        ("AQICAHhX8pPd5khxE3pyIgKpaUnArl63XykWZeiNNCiia3anXn9k3k", "reference"),
        ("gAAAAABSulEETldq8b8Vw2zbJYAxyL1aCcTlN99mhWp708DwGw5", "reference"),
        ("keyring:shop/user1", "reference"),
        ("bao:secret/shop#password1", "reference"),
        ("aws:secretsmanager:prod/db1", "reference"),
        ("__DB_PASSWORD_1__", "reference"),
        ("%DBPASSWORD1%", "reference"),
        ("`cat /run/secrets/db1`", "reference"),
        ("{SSHA}qP3xVn8Kw2Zt6Yb1Hc9Lm4Rd7Tj5", "hash"),
        ("$6$aB3dE5gH$qP3xVn8Kw2Zt6Yb1Hc9Lm4Rd7Tj5", "hash"),
        ("$apr1$aB3dE5gH$qP3xVn8Kw2Zt6Yb1Hc9Lm4", "hash"),
        ("sha256$aB3dE5gH$8f42a73054b1749f8f58848be5e6502c", "hash"),
    ],
)
def test_what_is_encrypted_or_hashed_is_none(text: str, kind: str) -> None:
    judged = judge("DB_PASSWORD", text)
    assert (judged.secret, judged.kind) == (False, kind)


def test_a_key_of_google_is_shown_only_where_its_name_says_so() -> None:
    key = "AI" + "zaSyB4m9Tq2Xw7Kz1Vp5Rj8Hn3Lc6Yd0FgEuQ"
    assert [judge(name, key).kind for name in ("GOOGLE_MAPS_API_KEY", "FIREBASE_API_KEY")] == ["public", "public"]
    assert [judge(name, key).secret for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY")] == [True, True]


def test_a_publishable_key_is_none_whatever_its_name() -> None:
    assert judge("PAYMENT_API_KEY", "phc" + "_Kw7vQ2nTz9Lm4XpRj8Hn3Lc6Yd0FgEuQr3Bs5Vt1Za9C").kind == "public"


def test_a_password_of_google_for_a_program() -> None:
    judged = judge("MAIL_PASSWORD", "kfqz wvmt hjrx bnpd")
    assert (judged.secret, judged.weak, judged.kind) == (True, False, "password")
    assert not judge("LABEL", "kfqz wvmt hjrx bnpd").secret


def test_a_message_about_a_password_is_none() -> None:
    assert not is_secret_name("FORGOT_PASSWORD")
    assert not is_secret_name("INVALID_TOKEN")
    assert is_secret_name("SECURITY_HASHING_PEPPER")
