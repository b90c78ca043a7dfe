"""Which platform a workflow deploys to, told by its actions and its commands."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments.pipelines.steps import Action, Pipeline, Run
from flaskprod_lint.source import Place, Span

#: Actions by the start of their name.
_ACTIONS = (
    ("akhileshns/heroku-deploy", "heroku"),
    ("azure/webapps-deploy", "azure-appservice"),
    ("superfly/flyctl-actions", "fly"),
    ("digitalocean/app_action", "digitalocean"),
    ("dokku/github-action", "dokku"),
    ("koyeb-community/", "koyeb"),
    ("koyeb/action-", "koyeb"),
    ("johnbeynon/render-deploy-action", "render"),
    ("einaregilsson/beanstalk-deploy", "beanstalk"),
    ("bervproject/railway-deploy", "railway"),
    ("aws-actions/amazon-ecs-deploy-task-definition", "ecs"),
    ("google-github-actions/deploy-cloudrun", "cloud-run"),
    ("google-github-actions/deploy-appengine", "gae-standard"),
)
#: Commands by their first words.
_COMMANDS = (
    (("heroku", "container:release"), "heroku"),
    (("git", "push", "heroku"), "heroku"),
    (("git", "push", "dokku"), "dokku"),
    (("railway", "up"), "railway"),
    (("flyctl", "deploy"), "fly"),
    (("fly", "deploy"), "fly"),
    (("scalingo", "deploy"), "scalingo"),
    (("eb", "deploy"), "beanstalk"),
    (("az", "webapp", "up"), "azure-appservice"),
    (("az", "webapp", "deploy"), "azure-appservice"),
    (("doctl", "apps", "create-deployment"), "digitalocean"),
    (("gcloud", "run", "deploy"), "cloud-run"),
    (("gcloud", "app", "deploy"), "gae-standard"),
    (("kubectl", "apply"), "kubernetes"),
    (("helm", "upgrade"), "kubernetes"),
    (("kamal", "deploy"), "kamal"),
)


@dataclass(frozen=True)
class Named:
    """A step that deploys to a platform."""

    platform: str
    place: Place
    step: Run | Action


def of_pipeline(pipeline: Pipeline) -> Iterator[Named]:
    """The platforms that a pipeline deploys to, step by step."""
    for step in pipeline.steps:
        platform = None if step.tests else _of_action(step) if isinstance(step, Action) else _of_run(step)
        if platform is not None:
            at: Span = step.at
            yield Named(platform, Place(at, f"{pipeline.path.rpartition('/')[2]} deploys there"), step)


def _of_action(action: Action) -> str | None:
    name = action.name.lower()
    return next((platform for start, platform in _ACTIONS if name.startswith(start)), None)


def _of_run(run: Run) -> str | None:
    words = run.words[1:] if run.words[:1] == ("sudo",) else run.words
    return next((platform for start, platform in _COMMANDS if words[: len(start)] == start), None)
