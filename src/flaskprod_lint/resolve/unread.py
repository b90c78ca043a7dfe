"""Files that say how the project is deployed and that could not be read: what they say is not judged."""

from __future__ import annotations

from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.deployments import standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Problem, Project

#: Formats whose files deploy; of YAML and JSON only those are read that look like a manifest.
_DEPLOYING = (
    "app-json apprunner azd captain compose copilot digitalocean dockerfile dockerrun ebextensions fly heroku-yml json "
    "kamal koyeb procfile quadlet railway render scalingo supervisord systemd yaml".split()
)

#: Formats of which most files only test, with what the others do.
_PIPELINES = ("github-workflow", "gitlab-ci")
_DEPLOYS = regex(
    r"(?i)deploy|\b(gcloud|heroku|flyctl|railway|kubectl|helm|kamal|az webapp|db upgrade|alembic upgrade|ssh)\b"
)


def of_project(project: Project, options: Options) -> tuple[Problem, ...]:
    """The problems with files that deploy for production, as far as reading the project met any."""
    met = {problem.place.path for problem in project.problems}
    if not met:
        return ()
    paths = {path for name in _DEPLOYING for path in project.of_format(name) if path in met}
    deploy = {path for path in paths if standing.of_path(path, options, "").is_production}
    deploy |= _pipelines(project, options, met)
    return tuple(problem for problem in project.problems if problem.place.path in deploy)


def _pipelines(project: Project, options: Options, met: set[str]) -> set[str]:
    """Those of the pipelines that deploy for production, as far as their words tell."""
    every = [path for name in _PIPELINES for path in project.of_format(name) if path in met]
    telling = [path for path in every if _DEPLOYS.search(project.glance(path))]
    if not telling:
        return set()
    from flaskprod_lint.resolve.deployments import pipelines

    return {path for path in telling if pipelines.standing_of(path, options).is_production}
