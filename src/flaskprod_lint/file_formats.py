"""Which format a file's name promises: what discovery goes by, and the page of formats."""

from __future__ import annotations

import fnmatch
from functools import cache

#: Formats by the lower-case name.
BY_NAME = {
    "procfile": "procfile",
    "makefile": "makefile",
    "gnumakefile": "makefile",
    "package.json": "package-json",
    "pyproject.toml": "pyproject",
    "uv.lock": "uv-lock",
    "poetry.lock": "poetry-lock",
    "pdm.lock": "pdm-lock",
    "pylock.toml": "pylock",
    "pipfile": "pipfile",
    "pipfile.lock": "pipfile-lock",
    "setup.cfg": "setup-cfg",
    "environment.yml": "environment-yml",
    "environment.yaml": "environment-yml",
    "fly.toml": "fly",
    "render.yaml": "render",
    "render.yml": "render",
    "railway.toml": "railway",
    "railway.json": "railway",
    "nixpacks.toml": "railway",
    "railpack.json": "railway",
    "app.json": "app-json",
    "heroku.yml": "heroku-yml",
    "runtime.txt": "runtime-txt",
    ".python-version": "python-version",
    ".tool-versions": "tool-versions",
    "alembic.ini": "alembic-ini",
    ".gitlab-ci.yml": "gitlab-ci",
    ".flaskenv": "dotenv",
    ".env": "dotenv",
    ".dockerignore": "dockerignore",
    "dockerfile": "dockerfile",
    "containerfile": "dockerfile",
    "apprunner.yaml": "apprunner",
    "dockerrun.aws.json": "dockerrun",
    "azure.yaml": "azd",
    "azure.yml": "azd",
    ".deployment": "app-service",
    "oryx-manifest.toml": "app-service",
    "startup.txt": "app-service",
    "captain-definition": "captain",
    "koyeb.yaml": "koyeb",
    "koyeb.yml": "koyeb",
    "scalingo.json": "scalingo",
}

#: Formats by a pattern of the lower-case name; the first that fits counts.
BY_PATTERN = (
    ("*.dockerignore", "dockerignore"),
    ("dockerfile.*", "dockerfile"),
    ("dockerfile-*", "dockerfile"),
    ("dockerfile_*", "dockerfile"),
    ("*.dockerfile", "dockerfile"),
    ("containerfile.*", "dockerfile"),
    ("compose*.y*ml", "compose"),
    ("docker-compose*.y*ml", "compose"),
    ("docker_compose*.y*ml", "compose"),
    ("*.compose.y*ml", "compose"),
    ("procfile.*", "procfile"),
    ("*requirements*.txt", "requirements"),
    ("*requirements*.in", "requirements"),
    ("constraints*.txt", "requirements"),
    (".env.*", "dotenv"),
    (".env-*", "dotenv"),
    (".env_*", "dotenv"),
    ("*.env", "dotenv"),
    ("fly.*.toml", "fly"),
    ("*.service", "systemd"),
    ("*.sh", "shell"),
    ("*.bash", "shell"),
    ("supervisord*.conf", "supervisord"),
    ("supervisor*.conf", "supervisord"),
    ("supervisor*.ini", "supervisord"),
    ("supervisord*.ini", "supervisord"),
    ("nginx*.conf*", "nginx"),
    ("*nginx*.conf*", "nginx"),
    ("default.conf*", "nginx"),
    ("uwsgi*.ini", "uwsgi-ini"),
    ("*uwsgi*.ini", "uwsgi-ini"),
    ("*.mk", "makefile"),
    ("*.bicep", "bicep"),
    ("captain-definition*", "captain"),
    ("*.container", "quadlet"),
    ("*.yaml", "yaml"),
    ("*.yml", "yaml"),
    ("*.json", "json"),
)

#: Formats of which only the content says what a file is: a manifest of some platform, or nothing of interest.
OPEN_FORMATS = frozenset(("yaml", "json"))

#: Formats of *.conf files by the folder they stand in.
BY_FOLDER = {"nginx": "nginx", "supervisor": "supervisord", "supervisord": "supervisord"}

#: Formats by the end of the path, for names that mean something only in their folder.
BY_PATH = (
    (".ebextensions/*.config", "ebextensions"),
    ("copilot/*/manifest.y*ml", "copilot"),
    (".do/*.y*ml", "digitalocean"),
    ("config/deploy.y*ml", "kamal"),
    ("config/deploy.*.y*ml", "kamal"),
)

#: Formats that alone make a folder worth linting.
INPUT_FORMATS = (
    frozenset({"python", "gunicorn-config", *BY_NAME.values(), *(name for _, name in (*BY_PATTERN, *BY_PATH))})
    - OPEN_FORMATS
)


def format_of(path: str) -> str | None:
    """The format that a path's name promises, or None. Gunicorn's configuration files are also Python."""
    folder, _, name = path.rpartition("/")
    lower = name.lower()
    if lower.endswith(".py"):
        return "gunicorn-config" if "gunicorn" in lower else "python"
    found = next((name for end, name in BY_PATH if _fits(f"/{path}", f"*/{end}")), None)
    if found is None:
        found = BY_NAME.get(lower)
    if found is None and "requirements" in folder.rpartition("/")[2] and lower.endswith((".txt", ".in")):
        found = "requirements"
    if found is None and ".github/workflows" in folder and lower.endswith((".yml", ".yaml")):
        found = "github-workflow"
    if found is None and lower.endswith(".conf"):
        found = BY_FOLDER.get(folder.rpartition("/")[2])
    if found is None and not lower.endswith(".html"):  # `.env.html` is a page
        found = next((name for pattern, name in BY_PATTERN if _fits(lower, pattern)), None)
    return found


def _fits(name: str, pattern: str) -> bool:
    """As fnmatch says, which compiles an expression for each pattern; few names begin and end as one does."""
    head, tail = _ends(pattern)
    return name.startswith(head) and name.endswith(tail) and fnmatch.fnmatchcase(name, pattern)


@cache
def _ends(pattern: str) -> tuple[str, str]:
    """The text before the first star of a pattern and that after its last."""
    return pattern.partition("*")[0], pattern.rpartition("*")[2]
