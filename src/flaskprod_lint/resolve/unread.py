"""Files that say how the project is deployed and that could not be read: what they say is not judged."""

from __future__ import annotations

from flaskprod_lint.resolve.deployments import standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Problem, Project

#: Formats whose files deploy; of YAML and JSON only those are read that look like a manifest.
_DEPLOYING = (
    "apprunner azd captain compose copilot digitalocean dockerfile dockerrun ebextensions fly heroku-yml json kamal "
    "koyeb procfile quadlet railway render supervisord systemd yaml".split()
)


def of_project(project: Project, options: Options) -> tuple[Problem, ...]:
    """The problems with files that deploy for production, as far as reading the project met any."""
    if not project.problems:
        return ()
    paths = frozenset(path for name in _DEPLOYING for path in project.of_format(name))
    return tuple(
        problem
        for problem in project.problems
        if problem.place.path in paths and standing.of_path(problem.place.path, options, "").is_production
    )
