"""Railway: railway.toml or railway.json, with the Dockerfile or the builder's own reading of the project."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import procfile, railway
from flaskprod_lint.inputs.railway import Railway
from flaskprod_lint.model import Command, Conflict, Deployment, Platform, Process, Setting
from flaskprod_lint.resolve import image as images_of
from flaskprod_lint.resolve import packages, platforms
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import amounts, guesses, images, manifest_secrets, planned, standing
from flaskprod_lint.resolve.deployments import procfile as procfiles
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project, Span, is_number


def folders(project: Project) -> list[str]:
    """The folders that hold a file of Railway's."""
    found = (posixpath.dirname(path) for path in project.paths if path.rpartition("/")[2] in railway.NAMES)
    return list(dict.fromkeys(found))


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all folders with a file of Railway's and some Python."""
    for folder in folders(project):
        if not any(path.endswith(".py") for path in project.below(folder)):
            continue
        platform = platform_of(project, folder)
        place = standing.of_manifest(platform.origin.path, options, "Railway")
        planned = plan(project, folder, place, options, platform)
        if planned is not None:
            yield planned


def plan(project: Project, folder: str, place: Standing, options: Options, platform: Platform) -> Planned | None:
    """The deployment of a folder on Railway."""
    manifests = list(_manifests(project, folder))
    own = [one for one in manifests if one.is_manifest]
    built = _build(project, folder, own)
    commands = list(_commands(project, folder, manifests, built))
    name = manifests[0].path if manifests else posixpath.join(folder, "railway.toml")
    platform = _patience(platform, own)
    deployment = Deployment(
        f"{name} on Railway",
        Place(Span(name, 1), name),
        place.environment,
        place.why,
        sure=place.sure,
        platform=platform if built is None else replace(platform, injects={}),
        tiers=options.told_tiers,
        image=built.image if built is not None else None,
        packages=built.image.packages if built is not None else packages.of_buildpack(project, folder),
        python=built.image.python if built is not None else procfiles.python_of(project, folder),
        builds=tuple(_builds(project, folder, manifests)) if built is None else (),
        secrets=manifest_secrets.of_pairs(
            (pair for one in manifests for pair in one.variables), "[variables]", development=not place.is_production
        ),
    )
    uses = {one.path for one in manifests} | ({built.image.dockerfile} if built is not None else set())
    uses |= {posixpath.join(folder, "Procfile")} & set(project.paths)
    found = Planned(deployment, uses=frozenset(uses))
    context = _context(project, folder, deployment, built)
    if deployment.platform is not None:
        context = context.with_variables(planned.merged(planned.injected(deployment.platform), context.variables))
    if built is None:
        pairs = (pair for one in manifests for pair in one.variables)
        context = context.with_variables({name.value: planned.literal(name.value, value) for name, value in pairs})
    if not commands and built is None:
        guess = _guess(project, folder, deployment, manifests)
        commands = [guess] if guess is not None else []
    if commands:
        _add_web(found, commands, context, own, options)
    _add_release(project, folder, found, own, context)
    return found


def _manifests(project: Project, folder: str) -> Iterator[Railway]:
    for name in railway.NAMES:
        path = posixpath.join(folder, name)
        facts = project.facts(path, railway.read) if path in project else None
        if facts is None:
            continue
        if facts.problem is not None and facts.problem.place.span is not None:
            project.problem(facts.problem.message, facts.problem.place.span)
        yield facts


def _build(project: Project, folder: str, own: list[Railway]) -> Built | None:
    """The image, where a Dockerfile is named or stands there: it beats the builder that guesses."""
    named = next((one.dockerfile for one in own if one.dockerfile is not None), None)
    builder = next((one.builder for one in own if one.builder is not None), None)
    if named is None and builder is not None and builder.value.upper() == "NIXPACKS":
        return None
    path = posixpath.normpath(posixpath.join(folder, named.value.lstrip("/") if named is not None else "Dockerfile"))
    return images.build(project, path, context=folder) if path in project else None


def _commands(project: Project, folder: str, manifests: list[Railway], built: Built | None) -> Iterator[Command]:
    """All commands that start the web process, the one that runs first."""
    for one in manifests:
        if one.start is not None and (one.is_manifest or built is None):
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


def _is_nixpacks(manifests: list[Railway]) -> bool:
    """Whether Nixpacks builds the app, as only a manifest that says so makes it."""
    builder = next((one.builder for one in manifests if one.builder is not None), None)
    return builder is not None and builder.value.upper() == "NIXPACKS"


def _builds(project: Project, folder: str, manifests: list[Railway]) -> Iterator[Located[str]]:
    """What Nixpacks runs while it builds: the phases of its file, and the Procfile's release line."""
    for one in manifests:
        yield from one.phases
    path = posixpath.join(folder, "Procfile")
    lines = project.facts(path, procfile.read) if path in project and _is_nixpacks(manifests) else None
    release = lines.find("release") if lines is not None else None
    if release is not None:
        yield release.command


def _guess(project: Project, folder: str, deployment: Deployment, manifests: list[Railway]) -> Command | None:
    """What the builder starts where no file says what to start."""
    name = "Nixpacks" if _is_nixpacks(manifests) else "Railpack"
    guess = guesses.nixpacks if name == "Nixpacks" else guesses.railpack
    found = guess(project, deployment.packages, folder)
    if found is None:
        return None
    text, path = found
    return Command(text, "shell", Place(Span(path, 1), f"no file says what to start, and {name} starts `{text}`"))


def _add_web(found: Planned, commands: list[Command], context: Context, own: list[Railway], options: Options) -> None:
    platform = found.deployment.platform
    assert platform is not None
    winner = commands[0]
    variables = planned.merged(planned.injected_port(platform), context.variables)
    process = Process("web", "web", winner, trail=(winner.origin,), instances=_replicas(own, options), port_set=True)
    process.grace = next((amounts.seconds(one.draining, "drainingSeconds") for one in own if one.draining), None)
    process.health_path = next(
        (amounts.path(one.health_path, "healthcheckPath") for one in own if one.health_path), None
    )
    found.add(process, context.with_variables(variables))
    conflicts = []
    for loser in commands[1:]:
        if planned.starts_differently(winner, loser) and winner.origin.path != loser.origin.path:
            reason = f"Railway starts what {winner.origin.path} says"
            conflicts.append(Conflict(winner, loser, reason))
    found.deployment.conflicts = tuple(conflicts)


def _replicas(own: list[Railway], options: Options) -> Setting:
    count = next((one.replicas for one in own if one.replicas is not None), None)
    return planned.instances(options, count, f"numReplicas = {count.value}" if count is not None else "")


def _add_release(project: Project, folder: str, found: Planned, own: list[Railway], context: Context) -> None:
    path = posixpath.join(folder, "Procfile")
    lines = project.facts(path, procfile.read) if path in project else None
    release = lines.find("release") if lines is not None else None
    for one in own:
        if one.pre_deploy:
            text = Located(" && ".join(text.value for text in one.pre_deploy), one.pre_deploy[0].span)
            command = planned.shell_command(text, f"preDeployCommand: {text.value}")
            found.add(Process("release", "release", command, trail=(command.origin,)), context)
            return
    if release is not None and release.command not in found.deployment.builds:
        reason = "Railway does not run the `release:` line of a Procfile; it runs `preDeployCommand`"
        found.deployment.unused_release = Place(release.line.span, reason)


def _patience(platform: Platform, own: list[Railway]) -> Platform:
    for one in own:
        if one.draining is not None and is_number(one.draining.value):
            return replace(platform, grace_seconds=float(one.draining.value))
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
    path = next(posixpath.join(folder, name) for name in railway.NAMES if posixpath.join(folder, name) in project)
    origin = Place(Span(path, 1), f"{path.rpartition('/')[2]} is Railway's{_until(path)}")
    return platforms.get("railway", origin=origin) or Platform("railway", "Railway", origin)


def _until(path: str) -> str:
    """How long Railway still reads its own manifests; a builder's file is read on."""
    node = platforms.facts("railway") if path.rpartition("/")[2].startswith("railway.") else None
    last = node.string("manifest", "until") if node is not None else None
    return f", read until {last.value}" if last is not None else ""
