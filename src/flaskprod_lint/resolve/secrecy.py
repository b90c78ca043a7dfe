"""Whether a text is a secret. Values are judged here and never leave: a judgement keeps kind, length and weakness.

A secret that a person would guess (`dev`, `changeme`) is still one where it works: whoever chooses the key or the
password decides what it is. Where somebody else gives it out (an API key, a token), a placeholder cannot work.
"""

from __future__ import annotations

import re

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SECRET_WORDS = _set(
    "PASSWORD PASSWD PASSPHRASE PASSCODE PASS PWD PW SECRET SECRETS TOKEN CREDENTIAL CREDENTIALS PEPPER"
)
_RUN_TOGETHER = regex(
    r"(PASSWORD|PASSWD|APIKEY|APITOKEN|SECRETKEY|CLIENTSECRET|ACCESSTOKEN|AUTHTOKEN|PRIVATEKEY|ACCESSKEY)$"
)
_KEY_QUALIFIERS = _set(
    "API SECRET PRIVATE ACCESS ENCRYPTION ENCRYPT CRYPTO SIGNING SIGN FERNET AUTH MASTER SESSION JWT CSRF COOKIE APP "
    "ACCOUNT STORAGE SERVICE SUBSCRIPTION LICENSE OPENAI STRIPE SENDGRID MAILGUN HMAC AES SSH ADMIN DEPLOY"
)
#: Words at the end of a name that make it say something about a secret instead of holding it.
_ABOUT = _set(
    "FILE PATH DIR NAME ID IDS URL URI URLS ENDPOINT HOST HEADER HEADERS EXPIRE EXPIRES EXPIRY EXPIRATION TTL LIFETIME "
    "AGE LENGTH LEN MIN MAX ALGORITHM ALG LOCATION LOCATIONS TYPE FIELD LABEL HASH HASHED ENABLED DISABLED REQUIRED "
    "TIMEOUT PREFIX SUFFIX REGEX PATTERN POLICY COUNT LIMIT ENV VAR VARIABLE ARN VERSION HINT PROMPT MESSAGE ROUNDS "
    "SCHEME SCHEMES METHOD PROVIDER BACKEND MANAGER STORE STRATEGY ISSUER AUDIENCE SECONDS MINUTES HOURS DAYS DELTA "
    "CHECK VALIDATORS TEMPLATE SUBJECT ROUTE PLACEHOLDER KEYS FORMAT USERNAME USER EMAIL REGION MODE COLUMN "
    "ATTEMPTS RETRIES RESET CHANGE CONFIRM STRENGTH SIZE FINGERPRINT REF"
)
#: Words that make a name that of a message, a route or an error.
_TELLING = _set("FORGOT FORGOTTEN INVALID WRONG INCORRECT MISSING EXPIRED")
_PUBLIC_WORDS = frozenset({"PUBLIC", "PUBLISHABLE", "SITE", "PUB"})
_PUBLIC_PREFIXES = (
    "VITE_",
    "REACT_APP_",
    "NEXT_PUBLIC_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "GATSBY_",
    "VUE_APP_",
    "PUBLIC_",
)

#: Names whose text the project itself makes up: any text works as one.
_SIGNING = regex(
    r"(^|_)(SECRET_?KEY|SALT|JWT_?SECRET(_KEY)?|SECRET|SIGNING_KEY|CSRF_\w*KEY|SESSION_\w*(KEY|SECRET)|HMAC_KEY|COOKIE_SECRET|"
    r"APP_KEY|APP_SECRET)(_FALLBACKS)?$"
)
_GIVEN_OUT = regex(
    r"(^|_)(AWS|S3|GOOGLE|GITHUB|GITLAB|FACEBOOK|TWITTER|STRIPE|TWILIO|OAUTH\w*|CLIENT|RECAPTCHA|SLACK|DISCORD|TELEGRAM|"
    r"OPENAI|AZURE|PAYPAL|AUTH0|OKTA|SPOTIFY|CLOUDINARY|PUSHER|ACCESS|API|CONSUMER|MINIO|STORAGE|DROPBOX|WEBHOOK|KEYCLOAK)_"
)
_OWN_PASSWORD = regex(
    r"(^|_)(DB|DATABASE|POSTGRES\w*|PG|PGPASSWORD|MYSQL|MARIADB|MONGO\w*|REDIS|RABBITMQ|ADMIN|ROOT|SUPERUSER|SQL|DEFAULT|"
    r"AMQP|BROKER|PGADMIN|GRAFANA|FLOWER|BASIC|SA|NEO4J|INFLUXDB|ELASTIC\w*|APP|USER|FLASK)(_|$|PASS|PW)"
)

_PRIVATE_KEY = regex(r"-----BEGIN [A-Z ]*PRIVATE KEY")
_PUBLIC_TEXT = regex(
    r"-----BEGIN (?:[A-Z ]*PUBLIC KEY|CERTIFICATE)|ssh-(?:rsa|ed25519|dss) |ecdsa-sha2-|pk_(?:live|test)_"
)
#: `@{ADMIN_PASSWORD}`, which whoever deploys it replaces.
_FILLED_IN = regex(r"@\{[A-Za-z_]\w*\}")
_HASHED = regex(
    r"\$(?:2[abxy]|1|5|6|y|apr1|argon2\w*|pbkdf2\w*|scrypt)\$|(?:pbkdf2|scrypt|argon2|bcrypt|sha\d+|md5)[:_$]\S+[:$]|"
    r"\{(?:S?SHA\d*|S?MD5|CRYPT|ARGON2|PBKDF2\S*)\}\S"
)
#: Encrypted values among them: of SOPS and Jasypt, of Spring, of dotenvx, of AWS KMS, and of Fernet.
_REFERENCE = regex(
    r"\$\{|\$\(|\$[A-Za-z_]\w*$|\{\{|\{%|<[^<>]*>$|%\(\w+\)s|%[A-Z_0-9]+%$|__[A-Z_0-9]+__$|`|#\{|\{[A-Za-z_][\w.]*\}$|@@?\w+@@?$|"
    r"(?:vault|arn|ssm|op|sm|aws-sm|secretref|secret|env|file|ref\+\w+|awssm|gcpsm|akv)://?|(?:vault|bao|keyring|keychain|aws|gcp):[A-Za-z]|alias/|arn:aws|secretref:|"
    r"ENC[\[(]|\{cipher\}|encrypted:|AQ[IE][CD]AH|gAAAAA|projects/[^/]+/secrets/|@Microsoft\.KeyVault"
)
_CONSTANT = regex(r"true|false|yes|no|on|off|none|null|nil|undefined|enabled|disabled", re.IGNORECASE)
_NUMBER = regex(r"[+-]?\d+(?:\.\d+)?")
#: A file in the folder where the program starts: GOOGLE_APPLICATION_CREDENTIALS=key.json.
_KEY_FILE = regex(r"[\w.-]+\.(?:json|pem|key|p12|pfx|crt|cer)")
_PATH = regex(r"(?:/|\./|\.\./|~/|[A-Za-z]:[\\/])(?:[\w.@-]{1,40}[\\/])*[\w.@-]{1,40}")
_NAME = regex(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_PLACEHOLDER = regex(
    r"(?<![A-Za-z0-9])(?:your|my|the|this|din|ditt|dein|ihr|tu|votre|seu|sua|put|insert|enter|add|paste|some|replace|change|set|fill|use|generate|override|"
    r"update|please|dev|develop|development|temp|temporary|fake|only|here|sample|todo|fixme|tbd)(?![A-Za-z0-9])|"
    r"passw(?:or)?d|change.?(?:me|this|it)|replace.?(?:me|this|with)|place.?holder|x{4,}|\*{2,}|\.{3}|dummy|example|redacted|goes.?here|"
    r"not.?(?:so.?|a.?)?(?:very.?)?(?:real|secret|set|used)|insecure|unsafe|in.?production|secret.?key|super.?secret|"
    r"top.?secret|build.?(?:time|only)|un.?used|collect.?static",
    re.IGNORECASE,
)
#: Google's password for a program: sixteen letters in four groups (https://support.google.com/accounts/answer/185833).
_APP_PASSWORD = regex(r"[a-z]{4}(?: [a-z]{4}){3}")
#: Uses of a Google key that browsers and phones show to everyone. Other keys look the same, those of Gemini too.
_SHOWN_BY_GOOGLE = _set("MAPS MAP FIREBASE PLACES GEOCODING BROWSER WEB ANDROID IOS")
_GOOGLE_KEY = "AIza"
_GUESSABLE = _set(
    "dev develop development test testing tests secret secrets secretkey mysecret supersecret topsecret s3cr3t "
    "password passw0rd pass passwd pwd admin administrator root toor user guest default changeme letmein welcome "
    "qwerty abc abc123 admin123 password1 password123 secret123 test123 postgres mysql mariadb redis rabbitmq "
    "mongo mongodb db database "
    "flask app key token apikey none local localhost docker example demo hello foo bar baz foobar random string "
    "secret-key secret_key dev-secret hard-to-guess-string"
)
_URL = regex(r"(?P<head>[A-Za-z][\w+.-]*://)(?P<user>[^\s:/@?#]*):(?P<password>[^\s/?#]*)@(?P<host>[^\s/:?#@]*)")
#: Rather too much than too little: a password with a slash or an @ in it is masked whole.
_MASKED = regex(r"([A-Za-z][\w+.-]*://[^\s:@/]*:)[^\s\"']*@")


@dataclass(frozen=True)
class Judgement:
    """What a text is, without the text.

    `kind` is "password", "key", "token", "url" or "private-key" for a secret; else what it is instead: "reference",
    "placeholder", "public", "hash", "constant", "number", "path", "name", "empty" or "plain".
    """

    secret: bool
    weak: bool = False
    kind: str = "plain"
    length: int = 0


def is_secret_name(name: str) -> bool:
    """Whether a variable or setting of that name holds a secret, rather than says something about one."""
    words = words_of(name)
    if not words or _is_public_name(name, words) or words[-1] in _ABOUT or words == ["PWD"] or _TELLING & set(words):
        return False
    last = words[-1]
    if last == "SALT" or last == "FALLBACKS":
        return len(words) > 1 and bool({"SECRET", "SECURITY", "PASSWORD", "KEY"} & set(words))
    if last == "KEY":
        return bool(_KEY_QUALIFIERS & set(words[:-1]))
    return last in _SECRET_WORDS or bool(_RUN_TOGETHER.search("".join(words))) or _numbered(words)


def is_signing_name(name: str) -> bool:
    """Whether the project itself makes up what stands in such a variable, so that any text works: SECRET_KEY, salts."""
    upper = "_".join(words_of(name))
    return bool(_SIGNING.search(upper)) and not _GIVEN_OUT.search(upper)


def judge(name: str, text: str) -> Judgement:
    """Whether the text of a variable or setting of that name is a secret, and how weak a one."""
    value = text.strip()
    length = len(value)
    if not value:
        return Judgement(False, kind="empty")
    if not _is_public_name(name, words_of(name)):
        found = _by_its_looks(name, value)
        if found is not None:
            return found
    if not is_secret_name(name):
        return Judgement(False, kind="plain", length=length)
    harmless = _harmless(name, value)
    if harmless:
        return Judgement(False, kind=harmless, length=length)
    return Judgement(True, _is_weak(value), _kind(name), length)


def is_to_be_masked(name: str, text: str) -> bool:
    """Whether a text may be shown to nobody: a secret, or what only looks like a token of a provider."""
    if judge(name, text).secret:
        return True
    if len(text) < 20:
        return False
    from flaskprod_lint import tokens

    found = tokens.whole(text.strip())
    return found is not None and not found.public


def is_password_name(name: str) -> bool:
    """Whether a variable, field or setting of that name holds a password."""
    return is_secret_name(name) and _kind(name) == "password"


def is_app_password(text: str) -> bool:
    """Whether a text is a password that Google makes for a program."""
    return _APP_PASSWORD.fullmatch(text) is not None


def looks_random(text: str) -> bool:
    """Whether a text is none that a person would write as a word, a name or a sentence: letters mixed with others."""
    if len(text) < 8 or " " in text:
        return False
    kinds = (str.islower, str.isupper, str.isdigit)
    mixed = sum(any(is_kind(letter) for letter in text) for is_kind in kinds)
    return mixed >= 2 and any(letter.isdigit() or not letter.isalnum() for letter in text)


def url_password(url: str) -> Judgement | None:
    """The password in a URL, judged; None when there is none. A reference in its place is no secret."""
    found = _URL.search(url)
    if found is None or not found["password"]:
        return None
    password = found["password"]
    if _REFERENCE.search(password) or "{" in password or password.startswith("%"):
        return Judgement(False, kind="reference", length=len(password))
    weak = _is_weak(password) or password == found["user"]
    return Judgement(True, weak, "url", len(password))


def mask_url(url: str) -> str:
    """The URL with its password replaced by "***"."""
    return _MASKED.sub(r"\1***@", url)


def _by_its_looks(name: str, value: str) -> Judgement | None:
    """What the text says by itself, whatever the variable is called."""
    if _PRIVATE_KEY.search(value):
        return Judgement(True, False, "private-key", len(value))
    if _PUBLIC_TEXT.match(value):
        return Judgement(False, kind="public", length=len(value))
    if "://" in value:
        return _url(value)
    return _token(name, value) if len(value) >= 20 else None


def _token(name: str, value: str) -> Judgement | None:
    """A provider's token, by its form. A key of Google is shown to everyone only where its name says for what.

    A form that nobody has confirmed says too little where the name does not say secret: `credential-committed` warns
    of it.
    """
    from flaskprod_lint import tokens

    found = tokens.whole(value)
    if found is None or not (found.confirmed or is_secret_name(name)):
        return None
    if not found.public:
        return Judgement(True, False, "token", len(value))
    if found.shown == _GOOGLE_KEY and not _SHOWN_BY_GOOGLE & set(words_of(name)):
        return None
    return Judgement(False, kind="public", length=len(value))


def _url(value: str) -> Judgement | None:
    found = url_password(value)
    if found is None:
        return Judgement(False, kind="plain", length=len(value)) if re.match(r"[a-z][\w+.-]*://", value) else None
    host = _URL.search(value)
    nowhere = host is not None and re.search(r"^(localhost|127\.|0\.0\.0\.0|host$|hostname)|example\.", host["host"])
    default = host is not None and host["user"] == host["password"] == "guest"  # RabbitMQ's own, which is no secret.
    if found.secret and found.weak and (nowhere or default):
        return Judgement(False, kind="placeholder", length=found.length)
    return found


def _harmless(name: str, value: str) -> str | None:
    """Why the text of a secret's variable is no secret, in one word; None when it is one."""
    if _REFERENCE.match(value) or _FILLED_IN.fullmatch(value) or "${" in value or "{{" in value:
        return "reference"
    if _HASHED.match(value):
        return "hash"
    if is_app_password(value) and _kind(name) == "password":
        return None
    if _CONSTANT.fullmatch(value):
        return "constant"
    if _NUMBER.fullmatch(value) and not _is_chosen(name):
        return "number"
    if _PATH.fullmatch(value) or _KEY_FILE.fullmatch(value):
        return "path"
    if _NAME.fullmatch(value) or value == name:
        return "name"
    if not _is_chosen(name) and len(value) > 8 and len(set(value) - set("-_. ")) < 3:
        return "placeholder"
    if not _is_chosen(name) and (_PLACEHOLDER.search(value) or value.lower() in _GUESSABLE or value.count(" ") > 1):
        return "placeholder"
    if value.count(" ") > 2 and _kind(name) == "password":
        return "plain"
    return None


def _is_chosen(name: str) -> bool:
    """Whether the project's own people choose the text: their keys, and the passwords of their own services."""
    upper = "_".join(words_of(name))
    if is_signing_name(name):
        return True
    return _kind(name) == "password" and bool(_OWN_PASSWORD.search(upper) or len(words_of(name)) == 1)


def _is_weak(value: str) -> bool:
    lower = value.lower()
    return (
        len(value) < 8
        or lower in _GUESSABLE
        or bool(_PLACEHOLDER.search(value))
        or len(set(value)) < 4
        or value.isdigit()
    )


def _kind(name: str) -> str:
    words = set(words_of(name))
    if words & {"PASSWORD", "PASSWD", "PASS", "PWD", "PW", "PASSPHRASE", "PASSCODE", "PGPASSWORD"}:
        return "key" if "SALT" in words else "password"
    return "token" if "TOKEN" in words else "key"


def _numbered(words: list[str]) -> bool:
    """Whether the words are a secret's name with a number after it: API_TOKEN_2."""
    return len(words) > 1 and words[-1].isdigit() and is_secret_name("_".join(words[:-1]))


def _is_public_name(name: str, words: list[str]) -> bool:
    return name.upper().startswith(_PUBLIC_PREFIXES) or bool(_PUBLIC_WORDS & set(words))


def words_of(name: str) -> list[str]:
    """The words of NAME_LIKE_THIS, name-like-this, name.like.this or nameLikeThis, in capitals."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return [word for word in re.split(r"[^A-Za-z0-9]+", spaced.upper()) if word]
