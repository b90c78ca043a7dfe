"""Lines that hold a credential, and lines that only look so: a project of them, each with what it is.

Nothing here is anyone's: the tokens are made from the forms that their providers document, the passwords by chance.
"""

from __future__ import annotations

import base64
import hashlib
import random
import string
import uuid
from dataclasses import dataclass
from pathlib import Path

import labelled_files
from flaskprod_lint.tokens.scanning import _forms
from made_tokens import json_web_token, made, password, private_key

_ALNUM = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Line:
    """One line in a file of its own kind; `secret` says whether a person would have to change what it holds."""

    path: str
    text: str
    secret: bool
    what: str


def lines() -> list[Line]:
    """All of them, always the same."""
    chance = random.Random(20)
    found = [*_tokens(chance), *_addresses(chance), *_keys(chance), *_named(chance)]
    found += [*_references(), *_made_up(chance), *_hashes(chance), *_public(chance), *_plain(chance)]
    return [*found, *(Line(*row) for row in labelled_files.rows(chance))]


def write(folder: Path) -> dict[tuple[str, int], Line]:
    """The project with all lines in it, and which stands where."""
    files: dict[str, list[str]] = {}
    where: dict[tuple[str, int], Line] = {}
    for line in lines():
        rows = files.setdefault(line.path, list(_HEADS.get(line.path, ())))
        where[line.path, len(rows) + 1] = line
        rows.extend(line.text.split("\n"))
    files["shop.py"] = _SHOP
    files["Dockerfile"] = [*_DOCKERFILE, *files.get("Dockerfile", ()), _START]
    moved = {(path, number + len(_DOCKERFILE)): line for (path, number), line in where.items() if path == "Dockerfile"}
    where = {key: line for key, line in where.items() if key[0] != "Dockerfile"} | moved
    for path, rows in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("\n".join(rows) + "\n", "utf-8")
    return where


_SHOP = [
    "import os",
    "from flask import Flask",
    "import settings",
    "app = Flask(__name__)",
    'app.secret_key = os.environ["SECRET_KEY"]',
]
_DOCKERFILE = ["FROM python:3.12-slim", "WORKDIR /app", "COPY . .", "RUN pip install flask==3.1.1 gunicorn==23.0.0"]
_START = 'CMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop:app"]'
_HEADS = {
    "settings.py": ["import os"],
    "compose.yaml": ["services:", "  web:", "    build: .", "    environment:"],
    ".env": ["# variables"],
    **labelled_files.HEADS,
}

# Secrets

_SETTINGS = (
    ("settings.py", 'VALUE_{n} = "{token}"'),
    ("ops/deploy.sh", "export VALUE_{n}={token}"),
    ("ops/values.yaml", "value{n}: {token}"),
    ("web/config.json", '{{"value{n}": "{token}"}},'),
    ("web/app.js", 'const value{n} = "{token}";'),
    ("ops/notes.txt", "the one for {n} is {token}"),
)


def _tokens(chance: random.Random) -> list[Line]:
    forms = [form for form in _forms() if not form.public and not form.harmless]
    found = []
    for number, form in enumerate(form for form in forms if "AWS" not in form.name):
        path, text = _SETTINGS[number % len(_SETTINGS)]
        found.append(Line(path, text.format(n=number, token=made(form, chance)), True, form.name))
    return found


def _addresses(chance: random.Random) -> list[Line]:
    schemes = ("postgresql", "mysql", "mongodb+srv", "redis", "amqps", "https", "smtp", "postgresql+psycopg")
    found = []
    for number, scheme in enumerate(schemes):
        url = f"{scheme}://shop:{password(chance)}@db{number}.shop-{number}.dev/shop"
        found.append(Line("ops/backup.sh", f"dump {url} > {number}.sql", True, f"{scheme} password"))
        found.append(Line("ops/urls.yaml", f"url{number}: {url}", True, f"{scheme} password"))
    return found


def _keys(chance: random.Random) -> list[Line]:
    found = [
        Line(f"ops/{kind.strip().lower() or 'pkcs'}.pem", private_key(chance, kind), True, f"{kind}private key")
        for kind in ("RSA ", "EC ", "OPENSSH ", "DSA ", "")
    ]
    for number in range(6):
        found.append(Line("ops/jwt.txt", json_web_token(chance, scope=f"shop-{number}"), True, "JSON Web Token"))
    for number in range(4):
        key = "".join(chance.choice(string.ascii_uppercase + "234567") for _ in range(16))
        secret = "A1" + "".join(chance.choice(_ALNUM + "/+") for _ in range(38))
        found.append(Line(f"ops/aws{number}.cfg", f"id = AKIA{key} secret = {secret}", True, "AWS key pair"))
    return found


def _named(chance: random.Random) -> list[Line]:
    names = (
        "MAIL_PASSWORD",
        "STRIPE_API_KEY",
        "SENTRY_AUTH_TOKEN",
        "ADMIN_PASSWORD",
        "TWILIO_AUTH_TOKEN",
        "DB_PASSWORD",
    )
    found = []
    for name in names:
        found += [
            Line("settings.py", f'{name} = "{password(chance)}"', True, name),
            Line(
                "settings.py", f'{name}_2 = os.environ.get("{name}_2", "{password(chance)}")', True, f"{name} fallback"
            ),
            Line("settings.py", f'OLD_{name} = os.getenv("OLD_{name}") or "{password(chance)}"', True, f"{name} or"),
            Line("settings.py", f'MORE_{name} = {{"{name}": "{password(chance)}"}}', True, f"{name} in a dict"),
            Line("compose.yaml", f"      {name}: {password(chance)}", True, f"{name} in compose"),
            Line(".env", f"{name}={password(chance)}", True, f"{name} in .env"),
            Line("Dockerfile", f"ENV {name}={password(chance)}", True, f"{name} in the image"),
        ]
    return found


# What looks like one


def _references() -> list[Line]:
    names = ("MAIL_PASSWORD", "STRIPE_API_KEY", "SENTRY_AUTH_TOKEN", "GITHUB_TOKEN")
    found = []
    for name in names:
        found += [
            Line("settings.py", f'READ_{name} = os.environ["{name}"]', False, "read from the environment"),
            Line("settings.py", f'GOT_{name} = os.environ.get("{name}", "")', False, "empty fallback"),
            Line("settings.py", f'{name}_FILE = "/run/secrets/{name.lower()}"', False, "a path"),
            Line("settings.py", f'{name}_HEADER = "X-{name.title()}"', False, "the name of a header"),
            Line("settings.py", f'{name}_URL = "https://vault.shop.dev/v1/{name.lower()}"', False, "an address"),
            Line("compose.yaml", f"      READ_{name}: ${{{name}}}", False, "a variable of compose"),
            Line("compose.yaml", f"      ASK_{name}: ${{{name}:?set it}}", False, "a variable of compose"),
            Line("compose.yaml", f"      {name}_FILE: /run/secrets/{name.lower()}", False, "a file of secrets"),
            Line(".env", f"EMPTY_{name}=", False, "empty"),
            Line("ops/values.yaml", f"{name.lower()}: {{{{ .Values.{name.lower()} }}}}", False, "a template"),
            Line("ops/values.yaml", f"{name.lower()}_ref: vault:secret/data/shop#{name.lower()}", False, "a vault"),
            Line("ops/deploy.sh", f'export {name}="$(pass show shop/{name.lower()})"', False, "a command"),
            Line("ops/values.yaml", f"{name.lower()}_op: op://shop/{name.lower()}/password", False, "1Password"),
            Line("ops/ci.yml", f"{name}: ${{{{ secrets.{name} }}}}", False, "a secret of CI"),
        ]
    return found


def _made_up(chance: random.Random) -> list[Line]:
    found = [
        Line("ops/notes.txt", f"GITHUB_TOKEN=ghp_{'x' * 36}", False, "crossed out"),
        Line("ops/notes.txt", "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", False, "Amazon's example"),
        Line(
            "ops/notes.txt",
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            False,
            "Amazon's example",
        ),
        Line("ops/notes.txt", "STRIPE=sk_live_yourSecretKeyGoesHere1234", False, "a placeholder"),
        Line(
            "ops/notes.txt",
            "SENDGRID=SG.xxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            False,
            "crossed out",
        ),
        Line("ops/notes.txt", "SLACK=xoxb-your-token-here", False, "a placeholder"),
        Line("ops/notes.txt", "OPENAI_API_KEY=sk-your-key-here", False, "a placeholder"),
        Line("ops/notes.txt", "url: postgresql://user:password@localhost:5432/shop", False, "documentation"),
        Line("ops/notes.txt", "url: mysql://root:secret@127.0.0.1/shop", False, "this machine"),
        Line("ops/notes.txt", "url: https://user:pass@example.com/path", False, "documentation"),
        Line("ops/notes.txt", "url: redis://:<password>@redis.shop.dev:6379/0", False, "a placeholder"),
        Line("ops/notes.txt", "url: postgresql://shop:${PASSWORD}@db.shop.dev/shop", False, "a variable"),
        Line("ops/notes.txt", "url: amqp://guest:guest@rabbitmq:5672/", False, "the default of its own host"),
        Line(
            "ops/notes.txt",
            "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
            False,
            "documentation",
        ),
    ]
    for number in range(20):
        token = "ghp_" + "".join(chance.choice(_ALNUM) for _ in range(36))
        found.append(Line("ops/notes.txt", f"sample {number}: {token}", False, "a wrong checksum"))
    words = ("changeme", "your-token-here", "replace_me", "xxxxxxxx", "<your key>", "TODO", "...", "dummy-token")
    for number, word in enumerate(words):
        found.append(Line("settings.py", f'EXTRA{number}_API_TOKEN = "{word}"', False, "a placeholder"))
    return found


def _hashes(chance: random.Random) -> list[Line]:
    found = []
    for number in range(12):
        seed = str(chance.random()).encode()
        sha = hashlib.sha256(seed).hexdigest()
        sha512 = base64.b64encode(hashlib.sha512(seed).digest()).decode()
        commit = hashlib.sha1(seed).hexdigest()
        found += [
            Line("ops/hashes.txt", f"requests==2.32.{number} --hash=sha256:{sha}", False, "a hash of pip"),
            Line("web/config.json", f'{{"integrity": "sha512-{sha512}"}},', False, "a hash of npm"),
            Line("ops/values.yaml", f"image{number}: shop@sha256:{sha}", False, "a digest"),
            Line("ops/notes.txt", f"since commit {commit}", False, "a commit"),
            Line("settings.py", f'ETAG_{number} = "{hashlib.md5(seed).hexdigest()}"', False, "a checksum"),
            Line("web/config.json", f'{{"id": "{uuid.UUID(int=chance.getrandbits(128))}"}},', False, "an id"),
        ]
    hashed = "".join(chance.choice(_ALNUM + "./") for _ in range(53))
    found.append(Line("settings.py", f'ADMIN_PASSWORD_HASH = "$2b$12${hashed}"', False, "a hash of bcrypt"))
    found.append(Line("settings.py", f'USER_PASSWORD = "$2b$12${hashed}"', False, "a hash of bcrypt"))
    return found


def _public(chance: random.Random) -> list[Line]:
    letters = "".join(chance.choice(_ALNUM) for _ in range(24))
    host = "".join(chance.choice("0123456789abcdef") for _ in range(32))
    rsa = base64.b64encode(chance.randbytes(270)).decode()
    return [
        Line("web/app.js", f'const stripe = Stripe("pk_live_{letters}");', False, "a publishable key"),
        Line("web/app.js", f'init({{dsn: "https://{host}@o4507.ingest.sentry.io/4507"}});', False, "a DSN of Sentry"),
        Line("web/app.js", f'const anon = "{json_web_token(chance, role="anon")}";', False, "a key for visitors"),
        Line("ops/keys.pub", f"ssh-rsa AAAAB3NzaC1yc2E{rsa} shop@shop.dev", False, "a public key"),
        Line(
            "ops/keys.pub",
            f"-----BEGIN PUBLIC KEY-----\n{rsa[:64]}\n{rsa[64:128]}\n-----END PUBLIC KEY-----",
            False,
            "a public key",
        ),
        Line(
            "ops/keys.pub",
            f"-----BEGIN CERTIFICATE-----\n{rsa[:64]}\n{rsa[64:128]}\n-----END CERTIFICATE-----",
            False,
            "a certificate",
        ),
        Line(
            "ops/sops.yaml",
            f"password: ENC[AES256_GCM,data:{rsa[:40]},iv:{rsa[40:84]},tag:{rsa[84:108]},type:str]",
            False,
            "encrypted by SOPS",
        ),
        Line("ops/sealed.yaml", f"  token: AgB{rsa[:200]}", False, "a sealed secret"),
        Line(
            "ops/sops.yaml",
            f"recipient: age1{''.join(chance.choice('qpzry9x8gf2tvdw0s3jn54khce6mua7l') for _ in range(58))}",
            False,
            "a public key of age",
        ),
    ]


#: Names and words that begin as tokens do whose length or letters their providers do not give.
_BEGINNINGS = (
    "see hvs.collect_all_the_open_orders_of_a_day in the module",
    "class: glpat-navigation-of-the-front-page-open",
    "grid = vcp_partition_boundaries_of_the_compute_grid",
    "rows = vca_columns_of_the_orders_table_by_region",
    "key = cfk_name_of_the_configuration_file_of_the_shop_and_its_kin",
    "bkps_of_the_shop_taken_every_night_and_kept_for_a_month",
    "id: pa-navigation-of-the-front-page-of-the-shop-now",
    "lsv2_pt_of_the_orders",
    "API-REFERENCE-OF-THE-SHOP",
    "fo1_of_the_first_order_in_the_list_of_today",
    "docs/sk-admin-pages-of-the-shop.md",
    "topic: atlasv1.orders.created",
    "chart: shop-v1.0-4f2a9c",
    "github_pat_of_the_bot_that_opens_pull_requests_for_updates_of_the_shop",
)


def _plain(chance: random.Random) -> list[Line]:
    found = [
        Line("settings.py", 'TOKEN_TYPE = "bearer"', False, "a word"),
        Line("settings.py", 'ID_TOKEN = "id_token"', False, "a name"),
        Line("settings.py", 'PASSWORD_FIELD = "password"', False, "a name"),
        Line("settings.py", 'LABELS = {"password": "Your password", "token": "Your code"}', False, "labels"),
        Line("settings.py", 'PASSWORD_RESET_ROUTE = "/account/password/reset"', False, "a route"),
        Line("settings.py", 'API_KEY_NAME = "x-api-key"', False, "the name of a header"),
        Line("settings.py", "TOKEN_LIFETIME_SECONDS = 3600", False, "a number"),
        Line("settings.py", 'CACHE_KEY = "shop:front:page"', False, "a key of a cache"),
        Line("settings.py", 'PRIMARY_KEY = "id"', False, "a column"),
        Line("settings.py", 'SORT_KEY = "created_at"', False, "a column"),
        Line("settings.py", 'PASSWORD_PATTERN = r"^(?=.*[A-Z])(?=.*[0-9]).{8,}$"', False, "a pattern"),
        Line("settings.py", 'PASSWORD_HASHER = "pbkdf2_sha256"', False, "an algorithm"),
        Line("settings.py", 'SECRET_NAME = "shop/prod/database"', False, "the name of a secret"),
        Line("settings.py", 'TOKEN_ENDPOINT = "https://auth.shop.dev/oauth2/token"', False, "an address"),
        Line(
            "settings.py",
            'ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"',
            False,
            "an alphabet",
        ),
        Line("settings.py", 'KEYBOARD_SHORTCUT_KEY = "ctrl+shift+k"', False, "a key of the keyboard"),
        Line("compose.yaml", '      TOKEN_TTL: "3600"', False, "a number"),
        Line("compose.yaml", "      PASSWORD_MIN_LENGTH: 12", False, "a number"),
        Line("Dockerfile", "ENV PYTHONHASHSEED=random PIP_NO_CACHE_DIR=1", False, "switches"),
    ]
    found += [Line("ops/notes.txt", words, False, "the beginning of a token") for words in _BEGINNINGS]
    for number in range(14):
        blob = base64.b64encode(chance.randbytes(90)).decode()
        found.append(Line("web/app.js", f'const icon{number} = "data:image/png;base64,{blob}";', False, "an image"))
        name = "_".join("".join(chance.choice(string.ascii_lowercase) for _ in range(7)) for _ in range(4))
        found.append(Line("ops/notes.txt", f"see the function {name} and md-{name.replace('_', '-')}", False, "a name"))
    return found
