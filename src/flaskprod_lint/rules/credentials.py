"""Rules about credentials that stand in the repository: in code that production loads, and in any other file."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import Credential, Deployment, HardcodedSecret, Process
from flaskprod_lint.records import dataclass
from flaskprod_lint.rules import rule
from flaskprod_lint.source import Place, Span

_SPELLED = ("RSA", "npm", "NVIDIA", "X ", "xAI")
_KINDS = {"password": "a password", "token": "a token", "key": "a key", "url": "an address with its password"}


@rule("credential-hardcoded")
def credential_hardcoded(deployment: Deployment) -> Iterator[Finding]:
    """A password, token or key stands in code that production loads."""
    for process, (secret, *others) in _hardcoded(deployment):
        step = process.main_step
        led = (step.trail if step is not None else ()) or process.trail
        known = (*led, *secret.trail, *(Place(other.at, f"{other.name} again") for other in others[:3]))
        harmless = Severity.NOTE if not secret.works else None
        yield Finding(
            _says(secret),
            at=secret.at,
            because=tuple(dict.fromkeys(known)),
            confidence=Confidence.MEDIUM if secret.weak or secret.variable else Confidence.HIGH,
            severity=Severity.WARNING if secret.kind == "url" and secret.weak else harmless,
            label="in every clone of the repository" if secret.works else "works for nobody",
            instead=_from_environment(secret),
        )


def _hardcoded(deployment: Deployment) -> Iterator[tuple[Process, list[HardcodedSecret]]]:
    """The secrets that no variable replaces: those of one name in a file together, each once."""
    found: dict[tuple[str, ...], tuple[Process, dict[Span, HardcodedSecret]]] = {}
    for process in deployment.processes:
        of_flask = {use.at for use in process.app.secrets} if process.app is not None else ()
        for secret in process.app.hardcoded if process.app is not None else ():
            if not (secret.variable and secret.variable_set) and secret.at not in of_flask:
                key = (secret.at.path, secret.name, str(secret.works), secret.variable)
                found.setdefault(key, (process, {}))[1].setdefault(secret.at, secret)
    yield from ((process, list(secrets.values())) for process, secrets in found.values())


def _says(secret: HardcodedSecret) -> str:
    what = _KINDS.get(secret.kind, "a credential")
    if not secret.works:
        when = f"without {secret.variable}" if secret.variable else f"with this {secret.name}"
        return f"The code goes on {when}, with a text that nobody gave out: what needs it fails when it is first used"
    where = "the code" if _is_code(secret) else secret.at.path
    guess = " that anyone would guess" if secret.weak else f" that stands in {where}"
    if secret.variable:
        return f"Without {secret.variable}, production uses {what}{guess}"
    return f"Production uses {what}{guess} ({secret.name}): everyone with the repository, now or later, can use it"


def _from_environment(secret: HardcodedSecret) -> str:
    """For a fallback and for a part of something the expression alone; else the assignment."""
    reading = f'os.environ["{_variable(secret)}"]'
    return reading if secret.variable or secret.bare else f"{_target(secret)} = {reading}"


def _target(secret: HardcodedSecret) -> str:
    """What is assigned to: for a setting of a data file, what the code sets once it is read."""
    if not _is_code(secret):
        return f'app.config["{secret.name}"]'
    return secret.name if secret.name.isidentifier() else f'config["{secret.name}"]'


def _is_code(secret: HardcodedSecret) -> bool:
    return secret.at.path.endswith((".py", ".cfg"))


def _variable(secret: HardcodedSecret) -> str:
    return secret.variable or "".join(letter if letter.isalnum() else "_" for letter in secret.name).upper()


@rule("credential-committed")
def credential_committed(deployment: Deployment) -> Iterator[Finding]:
    """A credential that is told by its form stands in a file that git has."""
    for credential in deployment.credentials:
        weight = _weight(credential)
        yield Finding(
            _committed(credential, weight),
            at=credential.at,
            because=tuple(Place(span, "and here") for span in credential.also[:3]),
            confidence=weight.confidence,
            severity=weight.severity,
            label=weight.label,
            instead=weight.instead or _revoke(credential),
            revision=credential.commit if credential.gone else "",
        )


@dataclass(frozen=True)
class _Weight:
    """How much a credential matters, and what to say of that."""

    severity: Severity | None
    confidence: Confidence
    says: str
    label: str
    instead: str | None = None


def _weight(credential: Credential) -> _Weight:
    if credential.public:
        says = "It is meant to be seen, as long as its provider limits what it may do"
        return _Weight(Severity.NOTE, Confidence.LOW, says, "public by design", "limit it where it was made")
    if credential.harmless:
        says = "It opens nothing that matters by itself"
        return _Weight(Severity.NOTE, Confidence.LOW, says, "harmless by itself", "take it out if nothing needs it")
    if credential.aside:
        return _aside(credential)
    if credential.weak or credential.own:
        return _Weight(Severity.WARNING, Confidence.MEDIUM, "Whoever reaches the host can use it", "in every clone")
    if not credential.confirmed:
        says = "If it is one, everyone with the repository, now or later, can use it"
        return _Weight(Severity.WARNING, Confidence.MEDIUM, says, "in every clone")
    says = "Everyone with the repository, now or later, can use it"
    return _Weight(None, Confidence.HIGH, says, "in every clone")


def _aside(credential: Credential) -> _Weight:
    """In tests, documentation and the like most are made up: one that its provider made is worth a warning.

    So is one that CI takes to another host; those for a service beside the tests are of nobody's interest.
    """
    if credential.aside == "CI" and not (credential.weak or credential.own):
        says = "CI works with it, so it is most likely a real one, and everyone with the repository can use it"
        return _Weight(Severity.WARNING, Confidence.MEDIUM, says, "in every clone")
    says = f"This is {credential.aside}; if it is a real one, everyone with the repository can use it"
    if credential.shown and credential.shown not in ("-----BEGIN", "eyJ"):
        return _Weight(Severity.WARNING, Confidence.MEDIUM, says, f"in {credential.aside}")
    return _Weight(
        Severity.NOTE, Confidence.LOW, says, f"in {credential.aside}", "if it is real: revoke it where it was made"
    )


def _revoke(credential: Credential) -> str:
    """What to do about one that works: Python code has a word for the environment, other files have their own."""
    if not credential.at.path.endswith(".py"):
        return "revoke it where it was made, and keep the new one out of the repository"
    variable = "DATABASE_URL" if "URL" in credential.name else "API_TOKEN"
    return f'revoke it where it was made, then read the new one from the environment:\nos.environ["{variable}"]'


def _committed(credential: Credential, weight: _Weight) -> str:
    places = {span.path for span in credential.also} - {credential.at.path}
    where = f"{credential.at.path} and {_count(len(places), 'other file')}" if places else credential.at.path
    many = f"{len(credential.also) + 1} times " if credential.also and not places else ""
    history = f", since commit {credential.commit}" if credential.commit else ""
    gone = " and no longer in the file of today, though git keeps it" if credential.gone else ""
    name = f"{_article(credential.name)} {credential.name}"
    what = name if credential.confirmed else f"What looks like {name[0].lower()}{name[1:]}"
    return f"{what} stands {many}in {where}{history}{gone}. {weight.says}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _article(name: str) -> str:
    """An A before what begins with the sound of a vowel, also where a name is spelled out."""
    return "An" if name.startswith(_SPELLED) or name[0] in "AEIOa" else "A"
