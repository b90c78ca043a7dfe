"""What matters of an image once it runs: who its processes are, and whether its health check can be run."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.model import Command, Deployment, Image, Setting
from flaskprod_lint.patterns import regex
from flaskprod_lint.rules import rule
from flaskprod_lint.source import Place

_ROOT = ("root", "0")
_PRIVILEGE_DROP = regex(
    r"\b(gosu|su-exec|setpriv|setuidgid|chpst|runuser|s6-setuidgid)\b|\bsu\s+(-\s|-\w|\w+\s+-c)|\bsudo\s+-u"
)
_PYTHON_CHECK = '["CMD", "python", "-c", "import urllib.request as r; r.urlopen(\'{address}\')"]'
_ADDRESS = regex(r"https?://[\w.:/-]+")
_PROBE = "httpGet:\n  path: /health\n  port: 8000"
_TOOL = regex(r"(?:^|[\s;&|(\"'/])(curl|wget)(?=\s)")


@rule("runs-as-root")
def runs_as_root(deployment: Deployment) -> Iterator[Finding]:
    """The processes run as root in the container."""
    image = deployment.image
    if image is None or image.user.value not in _ROOT or (deployment.platform and deployment.platform.chooses_user):
        return
    drops = _drops_privileges(deployment)
    if drops:
        return
    if image.user.is_default:
        at, message = image.origin.span, "No USER in the stage that ships, so the app runs as root"
    elif image.user.origin.path == image.dockerfile:
        at, message = image.user.span, "The stage that ships switches to root and stays there, so the app runs as root"
    else:
        at, message = image.user.span, "This runs the container as root, whatever the image says"
    if at is not None:
        in_manifest = not image.user.is_default and image.user.origin.path != image.dockerfile
        sure = Confidence.HIGH if drops is False else Confidence.MEDIUM
        yield Finding(
            message,
            at=at,
            label="runs as root",
            because=_users_elsewhere(image),
            confidence=sure,
            instead=_other_user(image.user) if in_manifest else None,
        )


def _other_user(user: Setting) -> str:
    """A user in the words of the manifest that names root."""
    return "runAsUser: 1000" if user.origin.note.startswith("runAsUser") else 'user: "1000:1000"'


def _users_elsewhere(image: Image) -> tuple[Place, ...]:
    """The base image, when it stands elsewhere than the stage: neither of them sets a user."""
    base, stage = image.base.span, image.origin.span
    apart = base is not None and stage is not None and base.line != stage.line
    return (image.base.origin,) if image.user.is_default and apart else ()


def _drops_privileges(deployment: Deployment) -> bool | None:
    """Whether what starts the server changes to another user by itself; None when that cannot be read."""
    unknown = False
    for process in deployment.processes:
        texts = [process.command.text, *(step.text for step in process.steps)]
        texts += [place.note for step in process.steps for place in step.trail]
        if any(_PRIVILEGE_DROP.search(text) for text in texts):
            return True
        if process.main_step is not None and process.main_step.user not in ("", *_ROOT):
            return True
        user = process.server.settings.get("user") if process.server else None
        unknown = unknown or (user is not None and not user.known)
        if user is not None and user.known and not user.is_default:
            return True
    return None if unknown else False


@rule("health-check-tool-missing")
def health_check_tool_missing(deployment: Deployment) -> Iterator[Finding]:
    """A health check that calls a program which the image does not have."""
    image = deployment.image
    if image is None or image.health_check is None or image.health_check.origin.span is None:
        return
    check = image.health_check
    text = " ".join(check.argv) if check.argv is not None else check.text
    called = set(_TOOL.findall(f"{text} "))
    if called and not called & image.fetched_tools:
        names = " and ".join(sorted(called))
        yield Finding(
            f"The health check calls {names}, and the image has no {names}: it fails every time, and the container "
            "counts as unhealthy although it serves",
            at=image.health_check.origin.span,
            because=(image.base.origin,),
            label=f"{names}: not found",
            instead=_other_check(check) if check.origin.path != image.dockerfile else None,
        )


def _other_check(check: Command) -> str:
    """A health check that needs no other program, in the words of the manifest."""
    if "Probe" in check.origin.note:
        return _PROBE
    asked = _ADDRESS.search(" ".join(check.argv) if check.argv is not None else check.text)
    return f"test: {_PYTHON_CHECK.format(address=asked.group() if asked else 'http://127.0.0.1:8000/health')}"
