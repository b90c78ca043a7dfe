"""The words in which each platform takes a step that runs once for each release."""

from __future__ import annotations

from flaskprod_lint.model import Deployment

#: By the id of the platform; {0} is the command.
_INSTEAD = {
    "heroku": "release: {0}",
    "dokku": "release: {0}",
    "scalingo": "postdeploy: {0}",
    "fly": '[deploy]\nrelease_command = "{0}"',
    "render": "preDeployCommand: {0}",
    "railway": '[deploy]\npreDeployCommand = ["{0}"]',
    "docker-compose": "migrate:\n  command: {0}",
    "systemd": "ExecStartPre={0}",
    "kubernetes": "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\nspec:\n  template:\n    spec:\n"
    "      restartPolicy: Never\n      containers:\n        - name: migrate\n          image: IMAGE\n"
    '          command: [sh, -c, "{0}"]',
    "digitalocean": "jobs:\n  - name: migrate\n    kind: PRE_DEPLOY\n    run_command: {0}",
    "kamal": '# .kamal/hooks/pre-deploy\nkamal app exec --version="$KAMAL_VERSION" "{0}"',
    "cloud-foundry": 'cf run-task APP --command "{0}"',
    "beanstalk": "container_commands:\n  01_migrate:\n    command: source /var/app/venv/*/bin/activate && {0}\n"
    "    leader_only: true",
    "ecs": "aws ecs run-task --cluster CLUSTER --task-definition MIGRATE  # a task whose command is: {0}",
    "apprunner": "{0}  # in the pipeline, before the service is deployed",
    "azure-appservice": "{0}  # in the pipeline, before the app is deployed",
    "azure-containerapps": "az containerapp job start --name migrate  # a job whose command is: {0}",
    "cloud-run": "gcloud run jobs deploy migrate --image IMAGE --command sh --args=-c,'{0}' --execute-now --wait",
    "gae-standard": "{0}  # in the pipeline, before `gcloud app deploy`",
    "gae-flex": "{0}  # in the pipeline, before `gcloud app deploy`",
}
#: The same in a manifest of JSON. Braces are doubled for format().
_IN_JSON = {"railway": '"deploy": {{"preDeployCommand": ["{0}"]}}'}


def release_step(deployment: Deployment, command: str = "") -> str | None:
    """Where the platform wants its release step, with the command; None leaves it to the rule's own words."""
    platform, image = deployment.platform, deployment.image
    if platform is None:
        form = "docker run --rm IMAGE {0}" if image else None
    else:
        form = _INSTEAD.get(platform.id, "{0}  # once for each release, before the new version starts")
    if deployment.origin.path.endswith(".json"):
        form = _IN_JSON.get(platform.id, form) if platform is not None else form
    return form.format(command or upgrade_command(deployment)) if form else None


def upgrade_command(deployment: Deployment) -> str:
    """What brings the database up to date with the project's own tool."""
    of_alembic = deployment.migrations is not None and deployment.migrations.tool == "alembic"
    return "alembic upgrade head" if of_alembic else "flask db upgrade"
