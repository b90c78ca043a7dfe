"""The words in which each platform takes a step that runs once for each release."""

from __future__ import annotations

from flaskprod_lint.model import Deployment, Packages
from flaskprod_lint.rules.adding import adding

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
    command = command or upgrade_command(deployment)
    if platform is None:
        form = "docker run --rm IMAGE {0}" if image else None
    else:
        form = _INSTEAD.get(platform.id, "{0}  # once for each release, before the new version starts")
    if deployment.origin.path.endswith(".json"):
        form = _IN_JSON.get(platform.id, form) if platform is not None else form
    if not form or not command:
        return None
    if "'" in command:
        form = form.replace("'{0}'", '"{0}"')
    return "\n".join(filter(None, (form.format(command), _needed(deployment, command))))


def upgrade_command(deployment: Deployment) -> str:
    """What brings the database up to date with the project's own tool; empty where it has none."""
    if deployment.migrations is not None:
        return deployment.migrations.upgrade
    return "flask db upgrade" if _packages(deployment).find("flask-migrate") is not None else ""


def _needed(deployment: Deployment, command: str) -> str:
    """How the tool gets there that the command is of, where it is missing."""
    tool = "alembic" if "alembic " in command else "flask-migrate" if " db upgrade" in command else ""
    return adding(_packages(deployment), tool) if tool and command == upgrade_command(deployment) else ""


def _packages(deployment: Deployment) -> Packages:
    """What is installed where the app runs."""
    return next((process.packages for process in deployment.web_processes), deployment.packages)
