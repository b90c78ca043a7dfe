"""Which Dockerfile of the project makes the image of a container, by what builds it and by its name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from flaskprod_lint.inputs import compose, yaml_tree
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments import images, planned, standing
from flaskprod_lint.resolve.deployments.compose import choosing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Project

#: Images of other people's programs, which never run the app.
_FOREIGN = regex(
    r"(^|/)(cloud-?sql-?proxy|gce-proxy|alloy-?db\S*|envoy|istio\S*|linkerd\S*|oauth2-proxy|bitnami|kubectl|curl\S*|aws-cli"
    r"|git-sync|vault-agent|fluent-bit|promtail|otel\S*|opentelemetry\S*|redis\S*|postgres\S*|mysql\S*|mongo\S*|nginx\S*"
    r"|ubuntu|debian|centos|\S*exporter|wait-?for\S*|k8s-wait-for|apache|jenkins|kong\S*|k8s|pgweb|p3x\S*|mailcatcher|sonarqube|argocd|cert-manager)([:@/]|$)"
)
#: What people add to the name of a part for the object that runs it.
_ENDINGS = regex(r"[-_.]?(deployment|deploy|dep|container|pod|app|service|svc|server)$")
#: Words for parts of a project that are not the Flask app.
_ELSEWHERE = frozenset("frontend fe ui client react vue angular web-ui webui webapp-ui nginx proxy node js".split())
_BUILD = regex(r"docker\s+(?:buildx\s+)?build\b((?:[^\n&;|]|\\\n)*)")
_TAG = regex(r"(?:^|\s)(?:-t|--tag)[\s=]+[\"']?([^\s\"']+)")
_FILE = regex(r"(?:^|\s)(?:-f|--file)[\s=]+[\"']?([^\s\"']+)")
_VARIABLE = regex(r"\$\{\{.*?\}\}|\$\{?\w+\}?|\{\{.*?\}\}|<[^>]*>")
_ACTION_FILE = regex(r"^\s*(?:file|dockerfile):\s*[\"']?(\S+?)[\"']?\s*$", re.MULTILINE)
_ACTION_FOLDER = regex(r"^\s*context:\s*[\"']?(\S+?)[\"']?\s*$", re.MULTILINE)
_ACTION_TAGS = regex(r"^(\s*)(?:tags|images?):[ \t]*(.*(?:\n\1[ \t]+\S.*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Making:
    """A Dockerfile with the folder and the stage that it is built from. `sure` is False for the only one there is."""

    dockerfile: str
    context: str | None = None
    target: str | None = None
    sure: bool = True


class Makings:
    """What makes the images of a project, asked by an image's reference and the names of what runs it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.python = [
            path
            for path in project.of_format("dockerfile")
            if images.runs_python(project, path) is not False and not standing.development_word(path)
        ]
        self.built = dict(_built(project))

    def find(self, reference: str, names: tuple[str, ...], command: str) -> Making | None:
        """The Dockerfile behind an image; `names` are those of its container and workload, `command` what it starts."""
        name = short_name(reference)
        if is_foreign(reference) or (not name and is_foreign(names[0])):
            return None
        known = self.built.get(name)
        if known is not None:
            return known if known.dockerfile in self.python else None
        named = self._by_name(name, names)
        if named is not None:
            return Making(named) if named in self.python else None
        if any(_words(one) & _ELSEWHERE for one in (name, *names)) and not planned.runs_python(command):
            return None
        if self._is_called_like_project(name):
            return Making("Dockerfile")
        return Making(self._only, sure=False) if self._only is not None else None

    def _by_name(self, image: str, names: tuple[str, ...]) -> str | None:
        """The Dockerfile whose folder or own name is that of the image, or exactly that of container or workload."""
        tests: list[tuple[str, Callable[[str, str], bool]]] = [(image, _alike)]
        tests += [(_ENDINGS.sub("", name), _same) for name in names]
        for name, test in tests:
            found = [path for path in self.project.of_format("dockerfile") if name and _is_called(path, name, test)]
            if len(found) == 1:
                return found[0]
        return None

    def _is_called_like_project(self, name: str) -> bool:
        """Whether an image has the name of the project's folder, and the Dockerfile there is one of Python."""
        root = _plain(self.project.root.resolve().name)
        plain = _plain(name)
        return "Dockerfile" in self.python and len(plain) > 3 and (plain in root or (len(root) > 3 and root in plain))

    @property
    def _only(self) -> str | None:
        """The only Dockerfile with Python in it: of several, the one that is called so and stands by the app."""
        likely = [path for path in self.python if images.runs_python(self.project, path)] or self.python
        if len(likely) > 1:
            likely = [
                path for path in likely if images.mentions_flask(self.project, images.context_at(self.project, path))
            ]
        if len(likely) > 1:
            likely = [path for path in likely if posixpath.basename(path).lower() in ("dockerfile", "containerfile")]
        if len(likely) > 1:
            likely = [path for path in likely if standing.of_path(path, Options(), "").is_production] or likely
        if len(likely) > 1:
            likely = [path for path in likely if standing.production_word(path)] or likely
        return likely[0] if len(likely) == 1 else None


def is_foreign(reference: str) -> bool:
    """Whether an image is a program of others: a database, a proxy, a tool."""
    lower = _VARIABLE.sub("x", reference).lower()
    return bool(choosing.is_foreign(lower) or _FOREIGN.search(lower))


def is_of_another_part(*names: str) -> bool:
    """Whether an image, or what runs it, is called like a part of a project that is not the Flask app."""
    return any(_words(name.partition("@")[0].rpartition("/")[2].partition(":")[0]) & _ELSEWHERE for name in names)


def short_name(reference: str) -> str:
    """The last part of an image's name, without its tag; empty where that is filled in by something else."""
    last = reference.partition("@")[0].rpartition("/")[2]
    last = _VARIABLE.sub("", last.partition(":")[0]).lower()
    return last.strip("-_.")


def _is_called(path: str, name: str, test: Callable[[str, str], bool]) -> bool:
    folder, own = posixpath.split(path)
    tail = re.sub(r"^(dockerfile|containerfile)[._-]?|[._-]?dockerfile$", "", own.lower())
    if tail and not standing.production_word(tail):
        return test(tail, name)
    return bool(folder) and test(posixpath.basename(folder).lower(), name)


def _alike(first: str, second: str) -> bool:
    """Whether one name is the other, or its last or first word."""
    if _same(first, second):
        return True
    words = re.split(r"[^a-z0-9]+", second)
    return first in (words[-1], words[0]) or second == re.split(r"[^a-z0-9]+", first)[-1]


def _same(first: str, second: str) -> bool:
    return _plain(first) == _plain(second)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _words(name: str) -> set[str]:
    lower = name.lower()
    return {lower, *re.split(r"[^a-z0-9]+", lower)}


# What builds images


def _built(project: Project) -> Iterator[tuple[str, Making]]:
    """Names of images with what makes them, the surest last."""
    for path in (*project.of_format("shell"), *project.of_format("makefile"), *_pipelines(project)):
        source = project.read(path)
        text = source.text if source is not None else ""
        yield from _of_commands(project, text)
        if "build-push-action" in text:
            yield from _of_action(project, text)
    yield from _of_skaffold(project)
    yield from _of_compose(project)


def _pipelines(project: Project) -> list[str]:
    named = ("Jenkinsfile", ".travis.yml", "cloudbuild.yaml", "azure-pipelines.yml", "bitbucket-pipelines.yml")
    others = [path for path in project.paths if posixpath.basename(path) in named]
    return [*project.of_format("github-workflow"), *project.of_format("gitlab-ci"), *others]


def _of_commands(project: Project, text: str) -> Iterator[tuple[str, Making]]:
    """`docker build -t NAME -f FILE FOLDER` wherever it stands."""
    for match in _BUILD.finditer(text.replace("\\\n", " ")):
        words = match[1].split("#")[0].split()
        file = _FILE.search(match[1])
        folder = words[-1].strip("\"'") if words and not words[-1].startswith("-") else "."
        making = _making(project, file[1] if file else None, folder)
        for tag in _TAG.findall(match[1]):
            if making is not None and short_name(tag):
                yield short_name(tag), making


def _of_action(project: Project, text: str) -> Iterator[tuple[str, Making]]:
    """The steps with docker/build-push-action of a workflow."""
    for step in text.split("build-push-action")[1:]:
        step = step.split("\n      - ")[0]
        file, folder = _ACTION_FILE.search(step), _ACTION_FOLDER.search(step)
        making = _making(project, file[1] if file else None, folder[1] if folder else ".")
        for tags in _ACTION_TAGS.finditer(step):
            for tag in re.split(r"[\s,]+", tags[2].replace("|", " ")):
                if making is not None and "/" in tag and re.fullmatch(r"\w[\w.-]*", short_name(tag)):
                    yield short_name(tag), making


def _making(project: Project, file: str | None, folder: str) -> Making | None:
    context = posixpath.normpath(folder) if not folder.startswith(("/", "$", "-", "http")) else "."
    context = "" if context == "." else context
    if file is None:
        path = posixpath.join(context, "Dockerfile")
    else:
        path = posixpath.normpath(file)
    return Making(path, context) if path in project and (not context or project.is_folder(context)) else None


def _of_skaffold(project: Project) -> Iterator[tuple[str, Making]]:
    for path in project.paths:
        if posixpath.basename(path) not in ("skaffold.yaml", "skaffold.yml"):
            continue
        documents = project.facts(path, yaml_tree.read)
        for root in documents.roots if documents is not None else ():
            artifacts = root.at("build", "artifacts")
            for item in artifacts.items if artifacts is not None else ():
                name, folder = item.string("image"), item.string("context")
                file, target = item.string("docker", "dockerfile"), item.string("docker", "target")
                context = posixpath.normpath(
                    posixpath.join(posixpath.dirname(path), folder.value if folder is not None else ".")
                )
                context = "" if context == "." else context
                dockerfile = posixpath.join(context, file.value if file is not None else "Dockerfile")
                if name is not None and dockerfile in project:
                    making = Making(dockerfile, context, target.value if target is not None else None)
                    yield short_name(name.value), making


def _of_compose(project: Project) -> Iterator[tuple[str, Making]]:
    """The services of compose files that have both a name for their image and a build."""
    for path in project.of_format("compose"):
        facts = project.facts(path, compose.read)
        for service in facts.services if facts is not None else ():
            build, name = service.build, service.image
            if build is None or name is None or not short_name(name.value):
                continue
            folder = posixpath.join(posixpath.dirname(path), build.context.value if build.context is not None else ".")
            context = posixpath.normpath(folder)
            context = "" if context == "." else context
            file = build.dockerfile.value if build.dockerfile is not None else "Dockerfile"
            dockerfile = posixpath.normpath(posixpath.join(context, file))
            if dockerfile in project:
                yield short_name(name.value), Making(dockerfile, context)
