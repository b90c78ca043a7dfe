"""Secrets that stand in the files that deploy the project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import Deployment, SecretLiteral, Setting
from flaskprod_lint.rules import rule
from flaskprod_lint.source import Place, Span

_MOUNTED = "# and in the Dockerfile: RUN --mount=type=secret,id={0},env={0} …"
#: Where a platform keeps a secret apart from its manifest, by the key that holds it there.
_KEPT_APART = {
    "env_variables": "includes:\n  - secrets.yaml  # with {0} in it, and in .gitignore",
    "--set-env-vars": "--set-secrets={0}={0}:latest",
    "containers[].env": "- name: {0}\n  valueFrom:\n    secretKeyRef:\n      name: {0}\n      key: latest",
    "containerDefinitions": '"secrets": [{{"name": "{0}", "valueFrom": "arn:aws:secretsmanager:…"}}]',
    "run.env": "secrets:\n  - name: {0}\n    value-from: arn:aws:secretsmanager:…",
    "variables": "secrets:\n  {0}: /copilot/…/secrets/{0}",
    "option_settings": "eb setenv {0}=…",
    "containers": "- name: {0}\n  secretRef: …",
    "envs": "- key: {0}\n  type: SECRET",
    "applications": "{0}: (({0}))",
    "env.clear": "env:\n  secret:\n    - {0}",
    "services.env": '- key: {0}\n  value: "{{{{ secret.{0} }}}}"',
    "Container.Environment": "Secret={0},type=env",
    "container env": "- name: {0}\n  valueFrom:\n    secretKeyRef: {{name: app-secrets, key: {0}}}",
    "Secret": "kubectl create secret generic app-secrets --from-literal={0}=…",
    "args": f"secrets:\n  - {{0}}  {_MOUNTED}",
    "args list": f"secrets:\n  - {{0}}  {_MOUNTED}",
    # https://fly.io/docs/apps/build-secrets/ and https://kamal-deploy.org/docs/configuration/builders/
    "[build.args]": f"fly deploy --build-secret {{0}}=…  {_MOUNTED}",
    "builder.args": f"builder:\n  secrets:\n    - {{0}}  {_MOUNTED}",
    "ConfigMap": "kubectl create secret generic app-secrets --from-literal={0}=…",
}


@rule("secret-in-manifest")
def secret_in_manifest(deployment: Deployment) -> Iterator[Finding]:
    """A compose file, blueprint or unit gives a variable a secret value in its text."""
    for secret, *again in _together(deployment.secrets):
        yield Finding(
            _message(secret),
            at=secret.at,
            because=tuple(Place(other.at, f"{other.name} again") for other in again[:3]),
            severity=_severity(secret),
            confidence=Confidence.LOW if secret.development else Confidence.HIGH,
            instead=_instead(secret),
            label="known to everyone who can read the repository" if not secret.development else "in the repository",
        )
    yield from _by_another_name(deployment)


def _together(secrets: Iterable[SecretLiteral]) -> Iterable[list[SecretLiteral]]:
    """The secrets with the same to say of them: those of one name in one file, which several services get."""
    found: dict[tuple[str, str], dict[Span, SecretLiteral]] = {}
    for secret in secrets:
        found.setdefault((secret.at.path, _message(secret)), {}).setdefault(secret.at, secret)
    return [list(places.values()) for places in found.values()]


def _by_another_name(deployment: Deployment) -> Iterator[Finding]:
    """Variables that do not sound like a secret, and that the app takes one from."""
    told = {secret.at for secret in deployment.secrets}
    for process in deployment.processes:
        for use in process.app.secrets if process.app is not None else ():
            setting = process.variables.get(use.variable or "")
            if setting is None or setting.span is None or setting.span in told or not _is_literal(setting):
                continue
            told.add(setting.span)
            yield Finding(
                f"{setting.span.path} gives {use.variable} its value, and the app takes {use.name} from it",
                at=setting.span,
                because=(Place(use.at, f"{use.name} is read from {use.variable}"),),
                label="known to everyone who can read the repository",
                instead=_kept_out(deployment, use.variable or "", setting.span.path),
            )


#: The same by the platform, for a variable of which only the app's code says that it is a secret.
_BY_PLATFORM = {
    "digitalocean": "envs",
    "cloud-foundry": "applications",
    "kamal": "env.clear",
    "koyeb": "services.env",
    "kubernetes": "container env",
    "podman-quadlet": "Container.Environment",
}


def _kept_out(deployment: Deployment, name: str, path: str) -> str | None:
    """The variable without its value, in the words of its platform's file."""
    how = _BY_PLATFORM.get(deployment.platform.id) if deployment.platform is not None else None
    if how is not None:
        return _KEPT_APART[how].format(name)
    return f"{name}: ${{{name}:?set {name}}}" if path.endswith((".yml", ".yaml")) else None


def _is_literal(setting: Setting) -> bool:
    """Whether a manifest writes the value down, rather than a Dockerfile, a dotenv file or the platform."""
    if not isinstance(setting.value, str) or not setting.value or setting.environment or setting.span is None:
        return False
    return setting.span.path.endswith((".yml", ".yaml", ".toml", ".json", ".service"))


def _severity(secret: SecretLiteral) -> Severity | None:
    """The password of a database that only this file's services reach opens nothing to others by itself."""
    if secret.development:
        return Severity.NOTE
    return Severity.WARNING if secret.own_database else None


def _message(secret: SecretLiteral) -> str:
    path = secret.at.path
    what = "an address with a password in it" if secret.kind == "url" else "its value"
    if secret.development:
        return f"{path} gives {secret.name} {what}, for development as it seems"
    if secret.own_database:
        return f"{path} holds the password of a database or queue that it starts, in {secret.name}"
    if secret.how.startswith("default"):
        return f"{path} lets {secret.name} fall back to a text in the file: where it is not set, nobody notices"
    if secret.weak:
        return f"{path} sets {secret.name} to a text that anyone would guess, and production runs with it"
    return f"{path} gives {secret.name} {what}: it is in every clone and in the history"


def _instead(secret: SecretLiteral) -> str | None:
    """The variable without its value, in the words of the file."""
    name, path = secret.name, secret.at.path.rpartition("/")[2]
    if secret.how in ("environment", "default") and path.endswith((".yml", ".yaml")):
        return f"{name}: ${{{name}:?set {name}}}"
    if secret.how in ("environment list", "default list"):
        return f"- {name}=${{{name}:?set {name}}}"
    if secret.how == "envVars":
        return f"- key: {name}\n  sync: false"
    if secret.how == "env":
        return f'"{name}": {{"generator": "secret"}}' if secret.kind == "key" else f'"{name}": {{"required": true}}'
    if secret.how == "setup.config":
        return f"heroku config:set {name}=…"
    if secret.how == "[env]":
        return f"fly secrets set {name}=…"
    if secret.how == "Environment=":
        return "EnvironmentFile=/etc/shop/environment"
    if secret.how in _KEPT_APART:
        return _KEPT_APART[secret.how].format(name)
    return None
