"""Which workloads of a bundle run the Flask app or its workers, and in which of their containers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from flaskprod_lint.inputs import kubernetes_pods
from flaskprod_lint.inputs.kubernetes_pods import Container, Workload
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments import images, planned
from flaskprod_lint.resolve.deployments.compose import choosing
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.kubernetes import app_images
from flaskprod_lint.resolve.deployments.kubernetes.app_images import Makings
from flaskprod_lint.resolve.deployments.kubernetes.bundles import Bundle
from flaskprod_lint.source import Project

_SHELL = regex(r"^(sleep|tail -f|/bin/(ba)?sh|bash|sh)( infinity| /dev/null)?$")
_APP = regex(r"(^|[-_])(flask|app|api|web|backend|server|python)([-_]|$)|flask")
_TESTS = regex(r"(^|\W)(pytest|py\.test|tox|locust)\b|-m unittest\b")


@dataclass
class Running:
    """A container that runs the app, with the workload it belongs to and the image, where the project builds it.

    `first` are the init containers of the same image, which run before it at each start of a pod.
    """

    workload: Workload
    container: Container
    built: Built | None
    first: tuple[Container, ...] = ()
    sure: bool = True

    @property
    def text(self) -> str:
        """The words of its own command."""
        return text_of(self.container)

    @property
    def says(self) -> str:
        """The words that tell what it is for: its own command, else its image's."""
        if self.text or self.built is None:
            return self.text
        image = self.built.image
        return " ".join(command.text for command in (image.entrypoint, image.cmd) if command is not None)


def text_of(container: Container) -> str:
    """The words of a container's own command."""
    return " ".join(word.value for words in (container.command, container.arguments) for word in words or ())


def find(project: Project, bundles: list[Bundle], makings: Makings) -> list[list[Running]]:
    """For each bundle the containers that run the app, in the order of its files."""
    known: dict[object, Built | None] = {}
    found = [list(_of_bundle(project, bundle, makings, known)) for bundle in bundles]
    sure = any(_is_known(one) for some in found for one in some)
    taken = {_image_name(one) for some in found for one in some if not _is_known(one)}
    return [_without_strangers(project, some, only=not sure and len(taken) == 1) for some in found]


def _of_bundle(
    project: Project, bundle: Bundle, makings: Makings, known: dict[object, Built | None]
) -> Iterator[Running]:
    for one in bundle.objects:
        workload = kubernetes_pods.workload(one)
        if workload is not None and "test" not in re.split(r"\W+", workload.hooks):
            yield from _of_workload(project, workload, makings, known)


def _is_known(one: Running) -> bool:
    """Whether a container runs the app for sure: by its image's name, or by its own command."""
    return one.built is None or one.sure or planned.runs_python(one.text)


def sign_of_development(running: list[Running]) -> str:
    """What says that a bundle is applied for development: a variable of Flask's; empty when nothing does."""
    for one in running:
        for variable in one.container.variables:
            value = variable.value.value.lower() if variable.value is not None else ""
            if value in choosing.DEVELOPMENT_VALUES.get(variable.name.value.upper(), ()):
                return f"`{one.workload.name.value}` sets {variable.name.value} to {value}"
    return ""


def _without_strangers(project: Project, found: list[Running], *, only: bool) -> list[Running]:
    """Without the images that are only taken for the project's own, but for one that looks like it.

    `only` says that the project has no other candidate for its image.
    """
    known = {_reference(one) for one in found if _is_known(one)}
    taken = [one for one in found if _reference(one) not in known]
    if any(one.sure and one.built is not None for one in found):
        return [one for one in found if one not in taken]
    likely = [one for one in taken if only or _is_likely(project, one)]
    filled_in = [one for one in taken if not app_images.short_name(_reference(one))]
    chosen = next((some for some in (likely, filled_in) if len({_image_name(one) for one in some}) == 1), [])
    kept = {_reference(one) for one in chosen}
    return [one for one in found if one not in taken or _reference(one) in kept]


def _reference(one: Running) -> str:
    return one.container.image.value if one.container.image is not None else ""


def _image_name(one: Running) -> str:
    return app_images.short_name(_reference(one)) or _reference(one)


def _is_likely(project: Project, one: Running) -> bool:
    """Whether an image, or what runs it, is called like an app or a module, or has a port that the image serves."""
    alone = len(one.workload.containers) == 1
    names = (_image_name(one), one.container.name.value, one.workload.name.value if alone else "")
    module = posixpath.join(one.built.context if one.built is not None else "", names[0].replace("-", "_"))
    if f"{module}.py" in project or f"{module}/__init__.py" in project:
        return True
    if any(_APP.search(name.lower()) for name in names):
        return True
    ports = {port.value for port, _ in one.container.ports}
    image = one.built.image if one.built is not None else None
    exposed = {str(setting.value) for setting in image.exposed} if image is not None else set()
    return bool(ports & exposed) or any(re.search(rf"\b{port}\b", one.says) for port in ports)


def _of_workload(
    project: Project, workload: Workload, makings: Makings, known: dict[object, Built | None]
) -> list[Running]:
    found = []
    for container in workload.containers:
        running = _container(project, workload, container, makings, known)
        if running is not None:
            found.append(running)
    return found


def _container(
    project: Project, workload: Workload, container: Container, makings: Makings, known: dict[object, Built | None]
) -> Running | None:
    """A container as what runs the app; None for one that runs something else."""
    reference = container.image.value if container.image is not None else ""
    text = text_of(container)
    if app_images.is_foreign(reference) or _SHELL.match(text.strip()) or _TESTS.search(text):
        return None
    names = (container.name.value.lower(), workload.name.value.lower())
    making = makings.find(reference, names, text)
    if making is None:
        return Running(workload, container, None) if planned.runs_python(text) and not makings.python else None
    key = (making.dockerfile, making.context, making.target)
    if key not in known:
        known[key] = images.build(project, making.dockerfile, context=making.context, target=making.target)
    built = known[key]
    if built is None or not _matters(project, built):
        return None
    first = tuple(one for one in workload.first if _same_image(one, container) and not one.stays)
    return Running(workload, container, built, first, making.sure)


def _matters(project: Project, built: Built) -> bool:
    """Whether an image holds the Flask app; in a project without Flask, any that has Python."""
    return images.mentions_flask(project, built.context) or not images.mentions_flask(project, "")


def _same_image(one: Container, other: Container) -> bool:
    return one.image is not None and other.image is not None and one.image.value == other.image.value
