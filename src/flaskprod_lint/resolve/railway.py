"""Railway: railway.toml or railway.json, with the Dockerfile or the builder's own reading of the project."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flaskprod_lint.inputs import procfile, toml_tree, yaml_tree
from flaskprod_lint.inputs.nodes import Documents, Node
from flaskprod_lint.model import Command, Conflict, Deployment, Platform, Process, Setting
from flaskprod_lint.resolve import image as images_of
from flaskprod_lint.resolve import images, packages, planned, platforms
from flaskprod_lint.resolve import procfile as procfiles
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.images import Built
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.planned import Planned
from flaskprod_lint.resolve.standing import Standing
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project, Span

FILES = ("railway.toml", "railway.json", "nixpacks.toml", "railpack.json")


@dataclass(frozen=True, slots=True)
class _Manifest:
    """One of Railway's files, with the start command that it gives."""

    path: str
    root: Node
    start: Located[str] | None


def folders(project: Project) -> list[str]:
    """The folders that hold a file of Railway's."""
    found = (posixpath.dirname(path) for path in project.paths if path.rpartition("/")[2] in FILES)
    return list(dict.fromkeys(found))


def plan(project: Project, folder: str, standing: Standing, options: Options, platform: Platform) -> Planned | None:
    """The deployment of a folder on Railway."""
    manifests = list(_manifests(project, folder))
    own = [one for one in manifests if one.path.rpartition("/")[2].startswith("railway.")]
    built = _build(project, folder, own)
    commands = list(_commands(project, folder, manifests, built))
    name = manifests[0].path if manifests else posixpath.join(folder, "railway.toml")
    platform = _patience(platform, own)
    deployment = Deployment(
        f"{name} on Railway",
        Place(Span(name, 1), name),
        standing.environment,
        standing.why,
        sure=standing.sure,
        platform=platform if built is None else replace(platform, injects={}),
        tiers=options.tiers,
        image=built.image if built is not None else None,
        packages=built.image.packages if built is not None else packages.of_buildpack(project, folder),
        python=built.image.python if built is not None else procfiles.python_of(project, folder),
    )
    uses = {one.path for one in manifests} | ({built.image.dockerfile} if built is not None else set())
    uses |= {posixpath.join(folder, "Procfile")} & set(project.paths)
    found = Planned(deployment, uses=frozenset(uses))
    context = _context(project, folder, deployment, built)
    if deployment.platform is not None:
        context = context.with_variables(planned.merged(planned.injected(deployment.platform), context.variables))
    if commands:
        _add_web(found, commands, context, own, options)
    _add_release(project, folder, found, own, context)
    return found


def _manifests(project: Project, folder: str) -> Iterator[_Manifest]:
    keys = {"nixpacks.toml": ("start", "cmd")}
    for name in FILES:
        path = posixpath.join(folder, name)
        source = project.read(path) if path in project else None
        if source is None:
            continue
        documents: Documents = toml_tree.read(source) if path.endswith(".toml") else yaml_tree.read(source)
        if documents.problem is not None and documents.problem.place.span is not None:
            project.problem(documents.problem.message, documents.problem.place.span)
        if documents.root is not None:
            yield _Manifest(path, documents.root, documents.root.string(*keys.get(name, ("deploy", "startCommand"))))


def _build(project: Project, folder: str, own: list[_Manifest]) -> Built | None:
    """The image, where a Dockerfile is named or stands there: it beats the builder that guesses."""
    named = next((text for text in (one.root.string("build", "dockerfilePath") for one in own) if text), None)
    builder = next((text for text in (one.root.string("build", "builder") for one in own) if text), None)
    if named is None and builder is not None and builder.value.upper() == "NIXPACKS":
        return None
    path = posixpath.normpath(posixpath.join(folder, named.value.lstrip("/") if named is not None else "Dockerfile"))
    return images.build(project, path, context=folder) if path in project else None


def _commands(project: Project, folder: str, manifests: list[_Manifest], built: Built | None) -> Iterator[Command]:
    """All commands that start the web process, the one that runs first."""
    for one in manifests:
        is_own = one.path.rpartition("/")[2].startswith("railway.")
        if one.start is not None and (is_own or built is None):
            note = f"start command: {one.start.value}"
            if built is None:
                yield planned.shell_command(one.start, note)
            else:
                joined = images_of.command_of(built.image, cmd=planned.exec_command(one.start, note=note))
                if joined is not None:
                    yield joined
    if built is not None:
        image = images_of.command_of(built.image)
        if image is not None and not any(one.start is not None for one in manifests):
            yield image
        return
    path = posixpath.join(folder, "Procfile")
    lines = project.facts(path, procfile.read) if path in project else None
    web = lines.find("web") if lines is not None else None
    if web is not None:
        yield planned.shell_command(web.command, f"web: {web.command.value}")


def _add_web(found: Planned, commands: list[Command], context: Context, own: list[_Manifest], options: Options) -> None:
    platform = found.deployment.platform
    assert platform is not None
    winner = commands[0]
    variables = planned.merged(planned.injected_port(platform), context.variables)
    process = Process("web", "web", winner, trail=(winner.origin,), instances=_replicas(own, options), port_set=True)
    found.add(process, context.with_variables(variables))
    conflicts = []
    for loser in commands[1:]:
        if planned.starts_differently(winner, loser) and winner.origin.path != loser.origin.path:
            reason = f"Railway starts what {winner.origin.path} says"
            conflicts.append(Conflict(winner, loser, reason))
    found.deployment.conflicts = tuple(conflicts)


def _replicas(own: list[_Manifest], options: Options) -> Setting:
    for one in own:
        regions = one.root.at("deploy", "multiRegionConfig")
        counts = [one.root.string("deploy", "numReplicas")]
        counts += [region.value.string("numReplicas") for region in (regions.entries if regions else ())]
        count = next((count for count in counts if count is not None), None)
        if count is not None:
            return planned.instances(options, count, f"numReplicas = {count.value}")
    return planned.instances(options)


def _add_release(project: Project, folder: str, found: Planned, own: list[_Manifest], context: Context) -> None:
    path = posixpath.join(folder, "Procfile")
    lines = project.facts(path, procfile.read) if path in project else None
    release = lines.find("release") if lines is not None else None
    for one in own:
        node = one.root.at("deploy", "preDeployCommand")
        texts = node.strings() if node is not None else ()
        if texts:
            text = Located(" && ".join(text.value for text in texts), texts[0].span)
            command = planned.shell_command(text, f"preDeployCommand: {text.value}")
            found.add(Process("release", "release", command, trail=(command.origin,)), context)
            return
    if release is not None:
        reason = "Railway does not run the `release:` line of a Procfile; it runs `preDeployCommand`"
        found.deployment.unused_release = Place(release.line.span, reason)


def _patience(platform: Platform, own: list[_Manifest]) -> Platform:
    for one in own:
        text = one.root.string("deploy", "drainingSeconds")
        if text is not None and text.value.isdigit():
            return replace(platform, grace_seconds=float(text.value))
    return platform


def _context(project: Project, folder: str, deployment: Deployment, built: Built | None) -> Context:
    if built is not None:
        base = images.context_for(built, project)
        return replace(base, open_environment=True, platform=deployment.platform)
    tree = Tree(project)
    tree.mount("/app", folder, Place(None, "Railway's builder puts the project at /app"))
    return Context(project, tree, cwd="/app", shell="bash", packages=deployment.packages, platform=deployment.platform)


def platform_of(project: Project, folder: str) -> Platform:
    """Railway, with the file that says so."""
    path = next(posixpath.join(folder, name) for name in FILES if posixpath.join(folder, name) in project)
    origin = Place(Span(path, 1), f"{path.rpartition('/')[2]} is Railway's")
    return platforms.get("railway", origin=origin) or Platform("railway", "Railway", origin)
