"""What Elastic Beanstalk runs while it deploys a version: container commands, and the hooks of .platform."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from flaskprod_lint.model import Command, Process
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import planned
from flaskprod_lint.resolve.deployments.beanstalk_options import EbOptions
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Place, Project, Span

#: The folders of hooks that run with the new version in place.
_HOOKS = ("predeploy", "postdeploy")
#: What a command names that may change a database; all others prepare the machine.
_MATTERS = regex(r"python|flask|alembic|migrat|upgrade|\.sh\b", re.IGNORECASE)
_MIGRATES = regex(r"\b(db|alembic|database)\b.*\b(upgrade|migrate)\b|create_all")
#: How a hook asks whether its instance is the leader.
_LEADER = regex(r"leader", re.IGNORECASE)


def add(found: Planned, project: Project, folder: str, settings: EbOptions, context: Context, options: Options) -> None:
    """Add what may migrate as release commands: `leader_only` ones run once, all others on every instance."""
    count = settings.most_instances
    instances = planned.instances(options, count, f"up to {count.value} instances" if count is not None else "")
    for one in settings.commands:
        if not _MATTERS.search(one.command.value) or one.command.value.startswith("echo "):
            continue
        command = planned.shell_command(one.command, f"command: {one.command.value}")
        process = Process(one.name.value, "release", command, trail=(command.origin,), once=one.leader_only)
        process.instances = process.instances if one.leader_only else instances
        found.add(process, context.at("/var/app/staging"))
    for path, leader in _hooks(project, folder):
        place = Place(Span(path, 1), "runs on every instance" if not leader else "runs on the leader")
        absolute = posixpath.join("/var/app/current", posixpath.relpath(path, folder or "."))
        command = Command(absolute, "exec", place, ("bash", absolute))
        process = Process(posixpath.basename(path), "release", command, trail=(place,), once=leader)
        process.instances = process.instances if leader else instances
        found.add(process, context)


def _hooks(project: Project, folder: str) -> Iterator[tuple[str, bool]]:
    """The hooks that name a migration, each with whether it asks for the leader."""
    for name in _HOOKS:
        for path in project.below(posixpath.join(folder, ".platform", "hooks", name)):
            source = project.read(path)
            if source is not None and _MIGRATES.search(source.text):
                yield path, bool(_LEADER.search(source.text))
