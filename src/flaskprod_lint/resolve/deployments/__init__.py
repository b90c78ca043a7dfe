"""All the ways in which a project reaches production, each with its processes, before any command is followed.

What reads one kind of file is imported where there is one: a project has a few kinds out of thirty.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.model import Platform
from flaskprod_lint.resolve import platforms
from flaskprod_lint.resolve.deployments import manifests, proxies, standing, unreadable
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.settling import settle
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Place, Project, Span

__all__ = ["Planned", "find"]

#: Files whose presence says that another platform than Heroku reads a Procfile beside them.
_PROCFILE_READERS = (
    ("scalingo.json", "scalingo"),
    (".do/app.yaml", "digitalocean"),
    (".do/deploy.template.yaml", "digitalocean"),
    (".buildpacks", "dokku"),
    ("DOKKU_SCALE", "dokku"),
)

#: Platforms that read a Procfile, of those that a workflow may deploy to without a manifest.
_PROCFILE_PLATFORMS = ("heroku", "digitalocean", "dokku", "scalingo")


#: Why a Procfile is taken for Heroku's.
_ASSUMED = "a Procfile is Heroku's; nothing here names another platform"
#: Platforms that start containers or units, and never read a Procfile.
_READ_NO_PROCFILE = frozenset(
    ("docker-compose", "podman-quadlet", "kubernetes", "systemd", "supervisord", "ecs", "kamal", "caprover")
)


def find(project: Project, options: Options) -> list[Planned]:
    """The deployments of a project, those for development among them.

    A Dockerfile that a manifest for production builds is judged there and not again as an image by itself.
    """
    chosen = platforms.get(options.platform, origin=Place(None, "--platform")) if options.platform else None
    found = list(manifests.find(project, options))
    unreadable.note(project)
    found += list(_procfiles(project, options, chosen, found))
    others = any(one.deployment.is_production for one in found)
    found += _composed(project, options, others=others)
    found += _hosts(project, options)
    found += _images(project, options, found, chosen)
    found = _narrowed(settle(found), chosen)
    if not any(one.deployment.is_production for one in found):
        found.append(_nothing(project, options, chosen, development=bool(found)))
    for one in found:
        for process in one.deployment.processes:
            proxies.apply(project, process, one.contexts[process.name])
    _hand_over_secrets(found)
    return found


def _hand_over_secrets(found: list[Planned]) -> None:
    """Let a deployment for production carry the secrets of those for development: they are in the same repository."""
    first = next((one.deployment for one in found if one.deployment.is_production), None)
    if first is not None:
        known = {secret.at for one in found if one.deployment.is_production for secret in one.deployment.secrets}
        more = {secret.at: secret for one in found for secret in one.deployment.secrets if secret.at not in known}
        first.secrets = (*first.secrets, *more.values())


# Compose


def _composed(project: Project, options: Options, *, others: bool) -> list[Planned]:
    if not project.of_format("compose"):
        return []
    from flaskprod_lint.resolve.deployments.compose import planning

    return planning.plan(project, options, others=others)


# Hosts


def _hosts(project: Project, options: Options) -> Iterator[Planned]:
    """Units of systemd, and supervisord where no image brings it."""
    for path in (*project.of_format("systemd"), *_that_hold(project, ("shell",), "[Unit]")):
        place = standing.of_path(path, options, "systemd starts it on a host")
        from flaskprod_lint.resolve.deployments import hosts

        yield from _one(hosts.plan_unit(project, path, place, options))
    if project.of_format("dockerfile"):
        return
    for path in (*project.of_format("supervisord"), *_that_hold(project, ("gunicorn-config",), "[program:")):
        place = standing.of_path(path, options, "supervisord starts it on a host")
        from flaskprod_lint.resolve.deployments import hosts

        yield from _one(hosts.plan_supervisord(project, path, place, options))


def _that_hold(project: Project, formats: tuple[str, ...], header: str) -> list[str]:
    """Files that are called something else and are units or programs by what they hold."""
    paths = [path for name in formats for path in project.of_format(name)]
    paths += [path for path in project.paths if path.endswith("gunicorn.conf")]
    sources = ((path, project.read(path)) for path in paths)
    return [path for path, source in sources if source is not None and source.text.lstrip().startswith(header)]


def _one(planned: Planned | None) -> list[Planned]:
    return [planned] if planned is not None else []


def _used(found: list[Planned]) -> frozenset[str]:
    """The files that deployments for production account for."""
    return frozenset(path for one in found if one.deployment.is_production for path in one.uses)


def _narrowed(found: list[Planned], chosen: Platform | None) -> list[Planned]:
    """Only what runs on the platform that the user named, if any does."""
    if chosen is None:
        return found
    return [one for one in found if one.deployment.platform is not None and one.deployment.platform.id == chosen.id]


# Procfiles


def _procfiles(project: Project, options: Options, chosen: Platform | None, known: list[Planned]) -> Iterator[Planned]:
    """The deployments by Procfiles alone: without those that the platform of a manifest reads beside it."""
    if not project.of_format("procfile") or (chosen is not None and chosen.id in _READ_NO_PROCFILE):
        return
    from flaskprod_lint.resolve.deployments import dokku, procfile, railway

    read = {path: one.deployment.platform for one in known for path in one.uses}
    for path in project.of_format("procfile"):
        if chosen is None and posixpath.dirname(path) in railway.folders(project):
            continue
        platform = _reader_of(project, posixpath.dirname(path), chosen)
        reader = read.get(path)
        if reader is not None and (chosen is None or reader.id == platform.id):
            continue
        place = standing.of_path(path, options, f"a Procfile is what {platform.name} starts")
        if chosen is None and platform.origin.note == _ASSUMED:
            platform, place = _beside_others(platform, place, known)
        if path.rpartition("/")[2] != "Procfile" and not options.production:
            place = Standing("development", "only a file named Procfile is read")
        by_image = platform.id == "dokku" and dokku.builds_image(project, posixpath.dirname(path))
        planned = (dokku if by_image else procfile).plan(project, path, platform, place, options)
        if planned is not None:
            yield planned


def _reader_of(project: Project, folder: str, chosen: Platform | None) -> Platform:
    """The platform that reads the Procfile of a folder, with what says so."""
    if chosen is not None:
        return chosen
    for name, platform_id in _PROCFILE_READERS:
        path = posixpath.join(folder, name)
        if path in project:
            return _platform(platform_id, Place(Span(path, 1), f"{name} stands beside the Procfile"))
    from flaskprod_lint.resolve.deployments import procfile

    app = procfile.read_app_json(project, folder)
    if app is not None and (app.dokku_predeploy or app.dokku_postdeploy or app.health_path):
        return _platform("dokku", Place(Span(app.path, 1), "what only Dokku reads stands in its app.json"))
    for name in ("app.json", "heroku.yml"):
        path = posixpath.join(folder, name)
        if path in project:
            return _platform("heroku", Place(Span(path, 1), f"{name} is Heroku's"))
    path = posixpath.join(folder, ".gcloudignore")
    if path in project and posixpath.join(folder, "app.yaml") not in project:
        return _platform("cloud-run", Place(Span(path, 1), ".gcloudignore stands beside the Procfile"))
    from flaskprod_lint.resolve.deployments import pipelines

    named = pipelines.only_platform(project, _PROCFILE_PLATFORMS)
    if named is not None:
        return _platform(named.platform, named.place)
    return _platform("heroku", Place(Span(posixpath.join(folder, "Procfile"), 1), _ASSUMED))


def _beside_others(platform: Platform, place: Standing, known: list[Planned]) -> tuple[Platform, Standing]:
    """Heroku, which is only assumed, and with less certainty where the manifest of another platform starts an app."""
    for one in known:
        other = one.deployment.platform
        if other is None or other.id in _READ_NO_PROCFILE or not one.deployment.is_production:
            continue
        if any(one.deployment.web_processes):
            note = f"a Procfile is Heroku's, but {one.deployment.origin.path} is for {other.name}"
            return replace(platform, origin=replace(platform.origin, note=note)), replace(place, sure=False)
    return platform, place


def _platform(platform_id: str, origin: Place) -> Platform:
    return platforms.get(platform_id, origin=origin) or Platform(platform_id, platform_id, origin)


# Images


def _images(project: Project, options: Options, found: list[Planned], chosen: Platform | None) -> list[Planned]:
    """Images that no manifest for production builds; one that starts nothing only where nothing else does."""
    used = _used(found)
    candidates = [path for path in project.of_format("dockerfile") if path not in used]
    if not candidates:
        return []
    from flaskprod_lint.resolve.deployments import bare_image

    platform = replace(chosen, injects={}) if chosen is not None else None
    targets = {one.deployment.image.dockerfile: one.deployment.image.stage for one in found if one.deployment.image}
    made: list[Planned] = []
    matter = _that_matter(project, candidates, only=not any(one.deployment.is_production for one in found))
    for path in sorted(matter, key=lambda path: path.rpartition("/")[2] != "Dockerfile" or "/" in path):
        usual = [one for one in made if one.deployment.name == "Dockerfile"]
        place = _twin_for_production(project, path, [*found, *usual], options)
        place = place or _standing_of_image(project, path, options)
        made += _one(bare_image.plan(project, path, place, options, platform, target=targets.get(path)))
    starts = any(any(one.deployment.web_processes) and one.deployment.is_production for one in (*found, *made))
    return [one for one in made if one.deployment.processes or not starts]


def _that_matter(project: Project, candidates: list[str], *, only: bool) -> list[str]:
    """The Dockerfiles whose image can run the Flask app, or may."""
    from flaskprod_lint.resolve.deployments import images

    runs = {path: images.runs_python(project, path) for path in candidates}
    likely = [path for path in candidates if runs[path]]
    own = [path for path in candidates if not _is_for_another(project, path, runs[path])]
    kept = likely or [path for path in own if runs[path] is None]
    if len(kept) > 1 or not only:
        with_flask = [path for path in kept if images.mentions_flask(project, images.context_at(project, path))]
        kept = with_flask or (kept if only else [])
    return kept


def _is_for_another(project: Project, path: str, runs_python: bool | None) -> bool:
    """Whether a Dockerfile is for another part of the project than the one with Flask, or for no Flask app at all."""
    from flaskprod_lint.resolve.deployments import images

    has_flask = images.mentions_flask(project, "")
    if runs_python is False and not has_flask:
        return True
    folder = posixpath.dirname(path) if runs_python is False else images.context_at(project, path)
    return bool(folder) and has_flask and not images.mentions_flask(project, folder)


def _standing_of_image(project: Project, path: str, options: Options) -> Standing:
    found = standing.of_path(path, options, "`docker build` makes this image, and nothing says it is for development")
    if not found.is_production or standing.production_word(path) or standing.told_by_user(path, options):
        return found
    from flaskprod_lint.resolve.deployments import images

    folder = posixpath.dirname(path)
    for other in project.of_format("dockerfile"):
        beside = other != path and posixpath.dirname(other) == folder
        if beside and standing.production_word(other) and images.runs_python(project, other) is not False:
            return Standing("development", f"{other} beside it is the one for production", sure=False)
    return found


def _twin_for_production(project: Project, path: str, found: list[Planned], options: Options) -> Standing | None:
    """What says that only development builds a Dockerfile, where production builds the same folder by another one."""
    users = [one.deployment for one in found if path in one.uses]
    if not users or standing.production_word(path) or standing.told_by_user(path, options):
        return None
    from flaskprod_lint.resolve.deployments import images

    folder = images.context_at(project, path)
    for one in found:
        image = one.deployment.image
        if not one.deployment.is_production or image is None or not any(one.deployment.web_processes):
            continue
        if image.dockerfile != path and images.context_at(project, image.dockerfile) == folder:
            why = f"only {users[0].name} builds it, and production runs the image of {image.dockerfile}"
            return Standing("development", why)
    return None


# Nothing


def _nothing(project: Project, options: Options, chosen: Platform | None, *, development: bool) -> Planned:
    """What stands for a project that no file deploys: the platform's guess if it makes one, else a person's."""
    from flaskprod_lint.resolve.deployments import assumed, guesses

    guessed = guesses.plan(project, chosen, options) if chosen is not None else None
    return guessed if guessed is not None else assumed.plan(project, options, chosen, development=development)
