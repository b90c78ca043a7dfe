"""Labelled lines of many kinds of files: of packages, infrastructure, requests, services and data.

As in `labelled_lines`, nothing is anyone's: tokens and passwords are made by chance.
"""

from __future__ import annotations

import base64
import hashlib
import random
import string
import uuid
from collections.abc import Iterator
from typing import NamedTuple

from flaskprod_lint.tokens.form import TokenForm
from flaskprod_lint.tokens.scanning import _forms
from made_tokens import json_web_token, made, password, private_key

_ALNUM = string.ascii_letters + string.digits

#: What stands before the first line of a file.
HEADS = {
    "k8s/secret.yaml": ["apiVersion: v1", "kind: Secret", "metadata: {name: shop}", "data:"],
    "k8s/plain.yaml": ["apiVersion: v1", "kind: Secret", "metadata: {name: plain}", "stringData:"],
    "k8s/tls.yaml": ["apiVersion: v1", "kind: Secret", "metadata: {name: tls}", "data:"],
}


class Row(NamedTuple):
    """One line in a file; `secret` says whether a person would have to change what it holds."""

    path: str
    text: str
    secret: bool
    what: str


def rows(chance: random.Random) -> list[Row]:
    """All of them."""
    secrets = (_of_packages, _of_infrastructure, _of_requests, _of_services, _of_data, _of_code)
    others = (_no_packages, _no_infrastructure, _no_requests, _no_services, _no_data, _no_web, _no_code, _no_settings)
    found = [Row(path, text, True, what) for part in secrets for path, text, what in part(chance)]
    return found + [Row(path, text, False, what) for part in others for path, text, what in part(chance)]


_Lines = Iterator[tuple[str, str, str]]


def _token(chance: random.Random, name: str) -> str:
    return made(next(form for form in _forms() if form.name == name), chance)


def _hexadecimal(chance: random.Random, length: int) -> str:
    return "".join(chance.choice("0123456789abcdef") for _ in range(length))


def _base64(chance: random.Random, size: int) -> str:
    return base64.b64encode(chance.randbytes(size)).decode()


def _uuid(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128))


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


# Secrets


def _of_packages(chance: random.Random) -> _Lines:
    yield ".npmrc", f"//registry.npmjs.org/:_authToken={_token(chance, 'npm access token')}", "npm"
    yield ".npmrc", f"//npm.shop.dev/:_password={_encoded(password(chance))}", "a registry's password"
    yield ".npmrc", f"//old.shop.dev/:_auth={_encoded('ci:' + password(chance))}", "a registry's login"
    yield ".pypirc", f"password = {_token(chance, 'PyPI API token')}", "PyPI"
    yield ".pypirc", f"password: {password(chance)}", "an index of one's own"
    yield "ops/pip.conf", f"extra-index-url = https://ci:{password(chance)}@pypi.shop.dev/simple", "an index"
    yield "requirements/private.txt", f"--index-url https://ci:{password(chance)}@pypi.shop.dev/simple", "an index"
    yield "requirements/private.txt", _git_requirement(chance), "a repository"
    yield ".netrc", f"machine api.shop.dev login deploy password {password(chance)}", "netrc"
    yield ".netrc", f"  password {_token(chance, 'GitLab deploy token')}", "netrc"
    yield ".git-credentials", f"https://deploy:{_token(chance, 'GitHub OAuth token')}@github.com", "git"
    yield ".docker/config.json", f'"registry.shop.dev": {{"auth": "{_encoded("ci:" + password(chance))}"}},', "docker"
    yield ".gem/credentials", f":rubygems_api_key: {_token(chance, 'RubyGems API key')}", "RubyGems"


def _git_requirement(chance: random.Random) -> str:
    token = _token(chance, "GitHub personal access token")
    return f"shop-core @ git+https://{token}@github.com/shop/core.git@v2.1.0"


def _of_infrastructure(chance: random.Random) -> _Lines:
    yield "infra/main.tf", f'  master_password = "{password(chance)}"', "Terraform"
    yield "infra/main.tf", f'  api_token = "{_token(chance, "DigitalOcean access token")}"', "Terraform"
    yield "infra/main.tf", f'  default = "{_token(chance, "Cloudflare user token")}"', "Terraform"
    yield "infra/prod.tfvars", f'db_password = "{password(chance)}"', "variables of Terraform"
    yield "infra/prod.tfvars", f'auth_token  = "{password(chance, 32)}" # of the queue', "variables of Terraform"
    yield "infra/prod.tfvars", f'database_url = "postgres://shop:{password(chance)}@db.shop.dev/shop"', "Terraform"
    yield "ansible/group_vars/all.yml", f'deploy_token: "{_token(chance, "GitLab deploy token")}"', "Ansible"
    yield "ansible/group_vars/all.yml", f"queue: amqps://shop:{password(chance)}@mq.shop.dev/shop", "Ansible"
    yield "ansible/hosts.ini", f"web1 vault={_token(chance, 'Vault service token')}", "an inventory"
    yield "ansible/files/key.yml", _indented(private_key(chance)), "a key in a block of YAML"
    yield "k8s/secret.yaml", f"  DB_PASSWORD: {_encoded(password(chance))}", "base64 in a Secret"
    yield "k8s/secret.yaml", f"  STRIPE_SECRET_KEY: {_encoded(_token(chance, 'Stripe secret key'))}", "base64"
    yield "k8s/plain.yaml", f"  MAIL_PASSWORD: {password(chance)}", "a Secret's text"
    yield "k8s/plain.yaml", f"  API_TOKEN: {_token(chance, 'Slack bot token')}", "a Secret's text"
    yield "k8s/tls.yaml", f"  tls.key: {_encoded(private_key(chance, ''))}", "a key of TLS in a Secret"
    yield "ops/kubeconfig", f"    client-key-data: {_encoded(private_key(chance))}", "a key of Kubernetes"
    yield "ops/kubeconfig", f"    token: {json_web_token(chance, iss='kubernetes/serviceaccount')}", "a service account"
    yield ".github/workflows/deploy.yml", f"      FLY_TOKEN: {_token(chance, 'Fly.io access token')}", "CI"
    yield ".github/workflows/deploy.yml", f"      STRIPE_KEY: {_token(chance, 'Stripe secret key')}", "CI"
    yield "infra/Pulumi.prod.yaml", f"  shop:token: {_token(chance, 'Pulumi access token')}", "Pulumi"
    yield "infra/stack.json", f'"Value": "{_token(chance, "Sentry user token")}",', "CloudFormation"
    yield "infra/vm.tf", f'  custom_data = "export T={_token(chance, "Tailscale auth key")}"', "the start of a machine"


def _indented(key: str) -> str:
    return "\n".join(f"    {line}" for line in key.split("\n"))


def _of_requests(chance: random.Random) -> _Lines:
    yield "web/api.http", f"Authorization: Bearer {_token(chance, 'OpenAI project key')}", "a request"
    yield "web/api.http", f"Authorization: Basic {_encoded('admin:' + password(chance))}", "a request's login"
    yield "web/api.http", f"X-Api-Key: {_token(chance, 'Anthropic API key')}", "a request"
    yield "web/api.http", f"GET https://admin:{password(chance)}@shop.dev/admin", "a request's address"
    yield "web/shop.postman_collection.json", f'{{"key": "x", "value": "{json_web_token(chance)}"}},', "Postman"
    yield "web/shop.postman_collection.json", f'"value": "{_token(chance, "Postman API key")}",', "Postman"
    yield "web/bruno.bru", f"  token: {_token(chance, 'Linear API key')}", "Bruno"
    yield "ops/nginx/api.conf", f'proxy_set_header Authorization "Basic {_encoded("up:" + password(chance))}";', "nginx"
    yield "ops/nginx/api.conf", f'proxy_set_header X-Token "{_token(chance, "SendGrid API key")}";', "nginx"
    yield "ops/crontab", f"0 3 * * * curl -u x: -H 'A: Bearer {_token(chance, 'Slack user token')}' x", "a crontab"
    yield "ops/crontab", f"5 * * * * pg_dump postgres://shop:{password(chance)}@db.shop.dev/shop > /b", "a crontab"
    yield "ops/notify.sh", f"curl -d @- {_token(chance, 'Slack webhook')}", "a webhook"
    yield "ops/notify.sh", f"curl -d @- {_token(chance, 'Discord webhook')}", "a webhook"


def _of_services(chance: random.Random) -> _Lines:
    yield "java/application.properties", f"spring.datasource.password={password(chance)}", "Java"
    yield "java/application.properties", f"stripe.api-key = {_token(chance, 'Stripe restricted key')}", "Java"
    yield "java/application.properties", f"jwt.secret={password(chance, 40)}", "Java"
    yield "php/config.php", f"define('MAIL_KEY', '{_token(chance, 'Mailgun API key')}');", "PHP"
    yield "php/config.php", f"$dsn = 'mysql://shop:{password(chance)}@db.shop.dev/shop';", "PHP"
    yield "ops/shop.service", f"Environment=OPENAI={_token(chance, 'OpenAI project key')}", "systemd"
    yield "ops/worker.service", f"Environment=URL=redis://:{password(chance)}@cache.shop.dev:6379/0", "systemd"
    yield ".pgpass", f"db.shop.dev:5432:shop:shop:{password(chance)}", "PostgreSQL"
    yield ".my.cnf", f"password={password(chance)}", "MySQL"
    yield "ops/azure.json", f'"key": "{_token(chance, "Azure Cosmos DB key")}",', "Azure"
    yield "ops/azure.json", f'"search": "{_token(chance, "Azure AI Search key")}",', "Azure"
    yield "ops/azure.json", f'"openai": "{_token(chance, "Azure service key")}",', "Azure"
    yield "ops/rclone.conf", f"token = {_token(chance, 'Hugging Face token')}", "rclone"
    yield "ops/logs.toml", f'key = "{_token(chance, "Grafana service account token")}"', "Grafana"


def _of_data(chance: random.Random) -> _Lines:
    key = private_key(chance, "").replace("\n", "\\n")
    yield "ops/shop-prod-1a2b3c.json", f'  "private_key": "{key}\\n",', "a service account of Google"
    yield "data/dump.sql", _insert(_token(chance, "Telegram bot token")), "a dump"
    yield "data/dump.sql", _insert(_token(chance, "Shopify access token")), "a dump"
    yield "data/analysis.ipynb", f'    "client = Client(\\"{_token(chance, "Groq API key")}\\")\\n",', "a notebook"
    yield "data/analysis.ipynb", _frame(f"mysql://shop:{password(chance)}@db.shop.dev/shop"), "a notebook"
    yield "data/export.csv", f"7,mail,{_token(chance, 'Resend API key')},2026-01-01", "a table"
    yield "data/shop.log", f"INFO sent with {_token(chance, 'Brevo API key')}", "a log"


def _insert(token: str) -> str:
    return f"INSERT INTO settings VALUES (7, 'bot', '{token}');"


def _frame(url: str) -> str:
    return f'    "frame = read_sql(query, \\"{url}\\")\\n",'


def _of_code(chance: random.Random) -> _Lines:
    """In code that production loads, under no name of its own or under one of Flask's extensions."""
    random_text = password(chance, 32)
    yield "settings.py", f'HEADERS = {{"Authorization": "Bearer {random_text}"}}', "a header"
    yield "settings.py", f'STORE = "host=db.shop.dev user=shop password={password(chance)} dbname=shop"', "libpq"
    yield "settings.py", f'ODBC = "Driver={{ODBC}};Server=db.shop.dev;UID=shop;PWD={password(chance)}"', "ODBC"
    yield "settings.py", f'WEATHER = "https://api.weather.dev/today?appid={_hexadecimal(chance, 32)}"', "an address"
    yield "settings.py", f'OAUTH = {{"google": {{"id": "shop", "secret": "{password(chance, 24)}"}}}}', "a client"
    yield "settings.py", f'API_KEYS = ["{password(chance, 24)}"]', "a list of keys"
    yield "settings.py", f'SECURITY_TOTP_SECRETS = {{"1": "{password(chance, 24)}"}}', "Flask-Security"
    yield "settings.py", f'JWT_SECRET = "{password(chance)}"', "PyJWT"
    yield "settings.py", f'MAIL_PASSWORD_4 = "{_app_password(chance)}"', "a password of Google for a program"
    yield "settings.py", f'RATELIMIT_STORAGE_URI = "redis://:{password(chance)}@cache.shop.dev/1"', "Flask-Limiter"
    yield "settings.py", f'CELERY = {{"broker_url": "amqps://shop:{password(chance)}@mq.shop.dev/"}}', "Celery"
    yield "settings.py", f'SECURITY_HASHING_PEPPER = "{password(chance, 24)}"', "a pepper"
    yield "settings.py", f"def enter(username, password): return {_log_in(password(chance))}", "a log-in"


def _app_password(chance: random.Random) -> str:
    return " ".join("".join(chance.choice(string.ascii_lowercase) for _ in range(4)) for _ in range(4))


def _log_in(text: str) -> str:
    return f'username == "admin" and password == "{text}"'


# What looks like one


def _no_packages(chance: random.Random) -> _Lines:
    sha512 = _base64(chance, 64)
    yield ".npmrc", "//registry.npmjs.org/:_authToken=${NPM_TOKEN}", "a variable"
    yield ".npmrc", "//npm.shop.dev/:_password=${NPM_PASSWORD}", "a variable"
    yield ".npmrc", "registry=https://registry.npmjs.org/", "an address"
    yield ".npmrc", "always-auth=true", "a switch"
    yield ".pypirc", "username = __token__", "a name"
    yield ".pypirc", "password = %(pypi_password)s", "a variable"
    yield ".netrc", "machine api.shop.dev login deploy password $API_PASSWORD", "a variable"
    yield ".netrc", "machine demo.shop.dev login demo password changeme", "a placeholder"
    yield ".docker/config.json", '"credsStore": "osxkeychain",', "a key ring"
    yield ".docker/config.json", '"registry.shop.dev": {"auth": ""},', "empty"
    yield "web/go.mod.sum", f"github.com/shop/core v1.2.3 h1:{sha512[:43]}=", "a hash of Go"
    yield "web/page.html", f'<script src="app.js" integrity="sha384-{sha512[:64]}"></script>', "a hash of a script"
    yield "web/flake.nix", f'  hash = "sha256-{sha512[:43]}=";', "a hash of Nix"
    yield "requirements/private.txt", "shop-core @ git+https://${GITHUB_TOKEN}@github.com/shop/core.git", "a variable"
    yield "requirements/private.txt", f"shop @ git+https://github.com/shop/shop@{_hexadecimal(chance, 40)}", "a commit"


def _no_infrastructure(chance: random.Random) -> _Lines:
    vault = "\n".join(["$ANSIBLE_VAULT;1.1;AES256", *(f"          {_hexadecimal(chance, 80)}" for _ in range(3))])
    certificate = f"-----BEGIN CERTIFICATE-----\n{_base64(chance, 300)}\n-----END"
    yield "infra/main.tf", "  password = var.db_password", "a variable"
    yield "infra/main.tf", '  db_password = "${var.db_password}"', "a variable"
    yield "infra/main.tf", "  secret = random_password.db.result", "made when it is applied"
    yield "infra/main.tf", '  secret_name = "shop/prod/db-1"', "the name of a secret"
    yield (
        "infra/main.tf",
        f'  kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/{_uuid(chance)}"',
        "a key's id",
    )
    yield "infra/main.tf", '  key_name = "deploy-2026"', "a name"
    yield "infra/main.tf", '  instance_password_policy = "Upper1lower1digit1"', "a policy"
    yield "infra/main.tf", f'  image = "shop@sha256:{_hexadecimal(chance, 64)}"', "a digest"
    yield "infra/prod.tfvars", 'db_password = ""', "empty"
    yield "infra/prod.tfvars", 'api_token = "vault:secret/data/shop#token"', "a vault"
    yield "ansible/group_vars/all.yml", "db_password: !vault |\n          " + vault, "encrypted by Ansible"
    yield "ansible/group_vars/all.yml", "api_token: \"{{ lookup('env', 'API_TOKEN') }}\"", "a look-up"
    yield (
        "ansible/group_vars/all.yml",
        "db_pass: \"{{ lookup('hashi_vault', 'secret=shop/db:password') }}\"",
        "a look-up",
    )
    yield ".github/workflows/deploy.yml", f"      - uses: actions/checkout@{_hexadecimal(chance, 40)}", "a commit"
    yield ".github/workflows/deploy.yml", "      id-token: write", "a permission"
    yield ".github/workflows/deploy.yml", "      API_TOKEN: ${{ secrets.API_TOKEN }}", "a secret of CI"
    yield ".github/workflows/deploy.yml", "      DB_PASSWORD: postgres", "the database of a test run"
    yield "k8s/secret.yaml", "  EMPTY_PASSWORD: ''", "empty"
    yield "k8s/sealed.yaml", f"    password: AgB{_base64(chance, 200)}", "a sealed secret"
    yield "k8s/external.yaml", "      remoteRef: {key: shop/prod, property: db_password}", "a reference"
    yield "k8s/deployment.txt", "valueFrom: {secretKeyRef: {name: shop, key: db_password}}", "a reference"
    yield "ops/kubeconfig", f"    certificate-authority-data: {_encoded(certificate)}", "a certificate"
    yield (
        "infra/Pulumi.prod.yaml",
        f"    secure: v1:{_base64(chance, 12)}:{_base64(chance, 40)}",
        "encrypted by Pulumi",
    )
    yield (
        "infra/Pulumi.prod.yaml",
        f"encryptionsalt: v1:{_base64(chance, 8)}:v1:{_base64(chance, 40)}",
        "a salt",
    )
    yield (
        "infra/stack.json",
        '"MasterUserPassword": "{{resolve:secretsmanager:shop/db:SecretString:password}}",',
        "a look-up",
    )
    yield "infra/stack.json", '"Password": {"Ref": "DatabasePassword"},', "a parameter"


def _no_requests(chance: random.Random) -> _Lines:
    old = json_web_token(chance, exp=1_600_000_000)
    yield "web/api.http", "Authorization: Bearer {{token}}", "a variable"
    yield "web/api.http", "Authorization: Basic {{user}} {{password}}", "a variable"
    yield "web/api.http", f"Authorization: Basic {_encoded('user:password')}", "documentation"
    yield "web/api.http", f"Cookie: session={old}", "a token that has expired"
    yield "web/api.http", f"ETag: {_hexadecimal(chance, 32)}", "a checksum"
    yield "web/api.http", f"X-Request-Id: {_uuid(chance)}", "an id"
    yield "web/shop.postman_collection.json", f'"_postman_id": "{_uuid(chance)}",', "an id"
    yield "web/shop.postman_collection.json", '"value": "{{apiKey}}",', "a variable"
    yield (
        "web/shop.postman_collection.json",
        '{"key": "password", "value": "{{password}}", "type": "string"},',
        "a variable",
    )
    yield "ops/nginx/api.conf", "ssl_certificate_key /etc/letsencrypt/live/shop.dev/privkey.pem;", "a path"
    yield "ops/nginx/api.conf", "proxy_set_header Authorization $http_authorization;", "a variable"
    yield "ops/nginx/api.conf", "auth_basic_user_file /etc/nginx/.htpasswd;", "a path"
    yield (
        "ops/nginx/api.conf",
        f"add_header Content-Security-Policy \"script-src 'sha256-{_base64(chance, 32)}'\";",
        "a hash",
    )
    yield (
        "ops/crontab",
        '0 4 * * * . /etc/shop.env; curl -H "Authorization: Bearer $TOKEN" https://shop.dev',
        "a variable",
    )
    yield "ops/notify.sh", 'curl -d @- "$SLACK_WEBHOOK_URL"', "a variable"
    yield (
        "ops/notify.sh",
        "curl https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        "Slack's example",
    )


def _no_services(chance: random.Random) -> _Lines:
    yield "java/application.properties", "spring.datasource.password=${DB_PASSWORD}", "a variable"
    yield (
        "java/application.properties",
        f"mail.password=ENC({_base64(chance, 24)})",
        "encrypted by Jasypt",
    )
    yield "java/application.properties", "security.token.expiry-seconds=3600", "a number"
    yield "java/application.properties", "password.encoder=bcrypt10", "an algorithm"
    yield "java/application.properties", "api.key.header=X-API-Key", "the name of a header"
    yield "php/config.php", "define('DB_PASSWORD', getenv('DB_PASSWORD'));", "read from the environment"
    yield "php/config.php", "define('AUTH_KEY', 'put your unique phrase here');", "a placeholder"
    yield "ops/shop.service", "EnvironmentFile=/etc/shop/environment", "a path"
    yield "ops/shop.service", "LoadCredential=token:/etc/shop/token", "a path"
    yield "ops/shop.service", "Environment=TOKEN_FILE=%d/token", "a path"
    yield ".pgpass", "localhost:5432:*:postgres:postgres", "a password of this machine"
    yield ".my.cnf", "user=shop", "a name"
    yield "ops/redis.conf", "# requirepass foobared", "a comment"
    yield "ops/azure.json", f'"tenantId": "{_uuid(chance)}",', "an id"


def _no_data(chance: random.Random) -> _Lines:
    hashed = "".join(chance.choice(_ALNUM + "./") for _ in range(53))
    yield "ops/shop-prod-1a2b3c.json", f'  "private_key_id": "{_hexadecimal(chance, 40)}",', "the id of a key"
    yield "ops/shop-prod-1a2b3c.json", '  "client_email": "shop@shop-prod.iam.gserviceaccount.com",', "an address"
    yield "ops/shop-prod-1a2b3c.json", '  "token_uri": "https://oauth2.googleapis.com/token",', "an address"
    yield "data/dump.sql", f"INSERT INTO users VALUES (1, 'ann', '$2b$12${hashed}');", "a hash of bcrypt"
    yield (
        "data/dump.sql",
        f"INSERT INTO users VALUES (2, 'bob', 'pbkdf2:sha256:600000$aB3dE5gH${_hexadecimal(chance, 64)}');",
        "a hash of Werkzeug",
    )
    yield "data/dump.sql", f"INSERT INTO files VALUES (3, '{_hexadecimal(chance, 64)}');", "a checksum"
    yield "data/dump.sql", f"INSERT INTO carts VALUES ('{_uuid(chance)}', 4);", "an id"
    yield "data/dump.sql", "ALTER ROLE shop WITH PASSWORD :'db_password';", "a variable"
    yield (
        "data/analysis.ipynb",
        f'    "image/png": "iVBORw0KGgo{_base64(chance, 240)}\\n",',
        "an image",
    )
    yield "data/analysis.ipynb", '    "token = getpass(\\"Token: \\")\\n",', "a question"
    yield "data/analysis.ipynb", f'   "id": "{_hexadecimal(chance, 8)}",', "an id"
    yield (
        "data/.htpasswd",
        f"admin:$apr1$aB3dE5gH${''.join(chance.choice(_ALNUM) for _ in range(22))}",
        "a hash of Apache",
    )
    yield "data/export.csv", f"8,cart,{_uuid(chance)},2026-01-01", "an id"
    yield "data/shop.log", f"INFO trace_id={_hexadecimal(chance, 32)} span_id={_hexadecimal(chance, 16)}", "a trace"


def _no_web(chance: random.Random) -> _Lines:
    for form in (form for form in _forms() if form.public):
        yield "web/keys.js", _public(form, chance), f"public: {form.name}"
    yield "web/keys.js", f'  recaptcha: "6L{"".join(chance.choice(_ALNUM) for _ in range(38))}",', "a site key"
    yield (
        "web/keys.js",
        f'  client: "{chance.randint(10**11, 10**12)}-{_hexadecimal(chance, 32)}.apps.googleusercontent.com",',
        "a client's id",
    )
    yield "web/keys.js", f'  vapid: "B{base64.urlsafe_b64encode(chance.randbytes(64)).decode()[:86]}",', "a public key"
    yield (
        "web/keys.js",
        f'  analytics: "G-{"".join(chance.choice(string.ascii_uppercase) for _ in range(10))}",',
        "an id",
    )
    yield "web/main.js", f'import "./chunk.{_hexadecimal(chance, 20)}.js";', "a chunk"
    yield "web/main.js", f'const hash = "{hashlib.sha1(chance.randbytes(9)).hexdigest()}";', "a checksum"
    yield "web/main.js", f'const colors = ["#{_hexadecimal(chance, 6)}", "#{_hexadecimal(chance, 6)}"];', "colours"
    yield "web/page.html", '<input type="password" name="password" placeholder="Password123">', "a field"
    yield "web/page.html", '<meta name="csrf-token" content="{{ csrf_token() }}">', "a template"
    yield "web/messages.po", 'msgstr "Your password must have 8 letters"', "a sentence"


def _no_code(chance: random.Random) -> _Lines:
    hashed = "".join(chance.choice(_ALNUM + "./") for _ in range(53))
    yield "settings.py", 'KEYRING_PASSWORD = keyring.get_password("shop-prod", "admin-1")', "a key ring"
    yield "settings.py", 'FILE_TOKEN = Path("/run/secrets/token").read_text()', "a file of secrets"
    yield "settings.py", 'SSM_PASSWORD = "ssm:/prod/db/password1"', "a look-up"
    yield "settings.py", 'ARN_SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-x1"', "a name"
    yield "settings.py", 'GCP_SECRET = "projects/123456/secrets/db-password/versions/latest"', "a name"
    yield "settings.py", f'SOPS_PASSWORD = "ENC[AES256_GCM,data:{_base64(chance, 12)},type:str]"', "encrypted by SOPS"
    yield "settings.py", f'KMS_PASSWORD = "AQICAHh{_base64(chance, 90)}"', "encrypted by AWS"
    yield "settings.py", f'FERNET_PASSWORD = "gAAAAAB{_base64(chance, 75)}"', "encrypted by Fernet"
    yield "settings.py", f'SCRYPT_PASSWORD = "scrypt:32768:8:1$aB3dE5gH${_hexadecimal(chance, 128)}"', "a hash"
    yield "settings.py", f'LDAP_PASSWORD = "{{SSHA}}{_base64(chance, 24)}"', "a hash of LDAP"
    yield "settings.py", f'CRYPT_PASSWORD = "$6$aB3dE5gH${hashed}"', "a hash of crypt"
    yield "settings.py", f'API_KEY_ID = "{_uuid(chance)}"', "an id"
    yield "settings.py", f'GOOGLE_MAPS_API_KEY = "{_token(chance, "Google API key")}"', "a key for browsers"
    yield "settings.py", f'STRIPE_KEY = "{_token(chance, "Stripe publishable key")}"', "a publishable key"
    yield "settings.py", 'JWT_HEADER_TYPE = "Bearer"', "a word"
    yield "settings.py", 'SECURITY_PASSWORD_HASH = "argon2"', "an algorithm"
    yield "settings.py", 'PASSWORD_RESET_SALT = "password-reset-salt-1"', "what is signed"
    yield "settings.py", 'EXAMPLE = {"Authorization": "Bearer YOUR_ACCESS_TOKEN_1"}', "a placeholder"
    yield "settings.py", 'WEAK_PASSWORDS = ["123456", "password1", "qwerty123"]', "passwords that are not allowed"
    yield "settings.py", 'TOKEN_NAMES = {"refresh": "refresh_token_v2"}', "names"
    yield "settings.py", 'LOCAL = "host=localhost user=postgres password=postgres dbname=shop"', "this machine"
    yield "settings.py", 'FORGOT_PASSWORD = "forgot-password-v2"', "a route"
    yield "settings.py", 'def is_kept(password): return password == "********"', "crossed out"


def _no_settings(chance: random.Random) -> _Lines:
    yield ".env", f'ENCRYPTED_PASSWORD="encrypted:B{_base64(chance, 100)}"', "encrypted by dotenvx"
    yield ".env", "VAULT_PASSWORD=vault:secret/data/shop#password", "a vault"
    yield ".env", "OTHER_PASSWORD=${MAIL_PASSWORD}", "a variable"
    yield ".env", f"SENTRY_DSN=https://{_hexadecimal(chance, 32)}@o12345.ingest.sentry.io/4507", "a DSN of Sentry"
    yield ".env", f"TENANT_ID={_uuid(chance)}", "an id"
    yield "compose.yaml", f"      SENTRY_DSN: https://{_hexadecimal(chance, 32)}@o12345.ingest.sentry.io/4507", "a DSN"
    yield "compose.yaml", f"      STRIPE_PUBLISHABLE_KEY: {_token(chance, 'Stripe publishable key')}", "publishable"
    yield "compose.yaml", "      SSM_PASSWORD: ssm:/prod/db/password1", "a look-up"
    yield "Dockerfile", f"ENV TENANT_ID={_uuid(chance)}", "an id"
    yield "Dockerfile", "ENV API_TOKEN_FILE=/run/secrets/token", "a path"
    yield "Dockerfile", "RUN --mount=type=secret,id=token TOKEN=$(cat /run/secrets/token) make", "a secret of the build"
    yield "ops/app.ini", "password = %(DB_PASSWORD)s", "a variable"
    yield "ops/app.ini", "token = env:API_TOKEN", "a variable"
    yield "ops/app.toml", 'token = "${TOKEN}"', "a variable"
    yield "ops/app.toml", f'hash = "sha256:{_hexadecimal(chance, 64)}"', "a digest"
    yield "ops/app.json", '"password": "${DB_PASSWORD}",', "a variable"
    yield "ops/app.json", f'"enc": "ENC({_base64(chance, 24)})",', "encrypted by Jasypt"
    yield "README.md", "Set `STRIPE_SECRET_KEY=sk_live_...` and `SECRET_KEY=change-me`.", "documentation"
    yield "README.md", 'curl -H "Authorization: Bearer <token>" https://api.shop.dev', "documentation"
    yield "ops/deploy.sh", "export DB_PASSWORD=$(aws ssm get-parameter --name /prod/db --with-decryption)", "a look-up"
    yield "ops/deploy.sh", "PASSWORD=${PASSWORD:-$(openssl rand -hex 32)}", "made when it runs"


def _public(form: TokenForm, chance: random.Random) -> str:
    return f'  key: "{made(form, chance)}",'
