"""gcloud on the command line: what it deploys to Cloud Run, with which flags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from flaskprod_lint.inputs.cloud_run import CloudRunService, Pairs
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments import planned
from flaskprod_lint.resolve.deployments.pipelines import steps
from flaskprod_lint.resolve.deployments.pipelines.steps import Action, Run
from flaskprod_lint.source import Located, Project, Span

#: Flags without a value, of those that people use; any other takes the next word.
_SWITCHES = frozenset(
    "allow-unauthenticated no-allow-unauthenticated quiet q async no-async wait execute-now no-traffic traffic-latest "
    "use-http2 no-use-http2 cpu-boost no-cpu-boost cpu-throttling no-cpu-throttling session-affinity "
    "no-session-affinity to-latest promote no-promote clear-env-vars clear-secrets clear-cloudsql-instances "
    "clear-vpc-connector clear-labels no-cache stop-previous-version no-stop-previous-version "
    "suppress-logs no-user-output-enabled no-source deploy-health-check no-deploy-health-check "
    "default-url no-default-url iap no-iap gpu-zonal-redundancy no-gpu-zonal-redundancy "
    "automatic-updates no-automatic-updates".split()
)
_DEPLOYS = (("run", "deploy"), ("run", "services", "update"))
_JOBS = (("run", "jobs", "deploy"), ("run", "jobs", "create"), ("run", "jobs", "update"))


@dataclass
class Flags:
    """The words of a command after its verb: flags by name, and the rest in order."""

    run: Run
    named: dict[str, list[str]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def last(self, *names: str) -> str | None:
        """The value of the last flag of these names that is given."""
        return next((self.named[name][-1] for name in names if self.named.get(name)), None)

    def __contains__(self, name: str) -> bool:
        return name in self.named


def verb_of(run: Run) -> tuple[str, ...]:
    """The words that say what gcloud is to do, without flags and `beta`; empty for another program."""
    words = run.words[1:] if run.words[:1] in (("exec",), ("sudo",), ("time",)) else run.words
    return tuple(_read(run, words[1:]).others) if words[:1] == ("gcloud",) else ()


def flags_of(run: Run, verb: tuple[str, ...]) -> Flags:
    """The flags of a command after its verb, read as gcloud reads them."""
    start = run.words.index("gcloud") + 1
    found = _read(run, run.words[start:])
    found.others = found.others[len(verb) :]
    return found


def _read(run: Run, words: tuple[str, ...]) -> Flags:
    found = Flags(run)
    rest = iter([word for word in words if word not in ("beta", "alpha", "preview")])
    for word in rest:
        if not word.startswith("-"):
            found.others.append(word)
            continue
        name, equals, value = word.lstrip("-").partition("=")
        if not equals and name not in _SWITCHES:
            value = next(rest, "")
        found.named.setdefault(name, []).append(value)
    return found


def deploys(project: Project, run: Run) -> CloudRunService | None:
    """The service or job of Cloud Run that a command creates or changes; None for another command."""
    verb = verb_of(run)
    for known in (*_DEPLOYS, *_JOBS):
        if verb[: len(known)] == known:
            flags = flags_of(run, known)
            name = flags.others[0] if flags.others else ""
            return service(project, flags, name or "service", is_job=known in _JOBS)
    return None


def executes(run: Run) -> str | None:
    """The name of the job that a command runs at once."""
    verb = verb_of(run)
    if verb[:3] == ("run", "jobs", "execute") and len(verb) > 3:
        return verb[3]
    if verb[:2] == ("run", "jobs") and len(verb) > 3 and "--execute-now" in run.words:
        return verb[3]
    return None


def service(project: Project, flags: Flags, name: str, *, is_job: bool) -> CloudRunService:
    """What the flags say of a service or a job."""

    def located(*names: str) -> Located[str] | None:
        value = flags.last(*names)
        if value is None:
            return None
        return Located(value, steps.place_of(project, flags.run, f"--{next(each for each in names if each in flags)}"))

    environment = tuple(_pairs(project, flags, ("set-env-vars", "update-env-vars")))
    return CloudRunService(
        name,
        flags.run.at,
        is_job,
        image=located("image"),
        source=located("source"),
        command=_list(project, flags, "command"),
        arguments=_list(project, flags, "args"),
        environment=environment,
        secrets=tuple(key for key, _ in _pairs(project, flags, ("set-secrets", "update-secrets"))),
        port=located("port"),
        cpus=located("cpu"),
        memory=located("memory"),
        timeout=located("timeout", "task-timeout"),
        concurrency=located("concurrency"),
        most=located("max-instances", "max"),
        entrypoint=_entrypoint(project, flags),
    )


def _list(project: Project, flags: Flags, name: str) -> tuple[Located[str], ...]:
    value = flags.last(name)
    if not value:
        return ()
    at = steps.place_of(project, flags.run, f"--{name}")
    return tuple(Located(word, at) for word in split_list(value))


def _pairs(project: Project, flags: Flags, names: tuple[str, ...]) -> Iterator[tuple[Located[str], Located[str]]]:
    for name in names:
        for text in flags.named.get(name, ()):
            at = steps.place_of(project, flags.run, f"--{name}")
            yield from _split_pairs(split_list(text), at)


def _split_pairs(texts: list[str], at: Span) -> Iterator[tuple[Located[str], Located[str]]]:
    """`NAME=value` of a list, all at one place."""
    for text in texts:
        key, equals, value = text.partition("=")
        if equals and key.strip():
            yield Located(key.strip(), at), Located(value.strip(), at)


def _entrypoint(project: Project, flags: Flags) -> Located[str] | None:
    """GOOGLE_ENTRYPOINT among the variables of the build."""
    pairs = _pairs(project, flags, ("set-build-env-vars", "update-build-env-vars"))
    return next((value for key, value in pairs if key.value == "GOOGLE_ENTRYPOINT"), None)


def split_list(text: str) -> list[str]:
    """A list of gcloud: parted at commas, or at another character that `^:^` at its start names."""
    if text.startswith("^") and text.count("^") > 1:
        separator, _, rest = text[1:].partition("^")
        return [item for item in rest.split(separator) if item] if separator else [rest]
    return [item for item in text.split(",") if item]


# The action


def of_action(project: Project, action: Action) -> CloudRunService | None:
    """What google-github-actions/deploy-cloudrun deploys; None for another action, and where a file says it all."""
    if action.name != "google-github-actions/deploy-cloudrun" or action.step.input("metadata") is not None:
        return None
    given = action.step.input
    name, text = given("service", "job"), given("flags")
    words = planned.split(text.value) if text is not None else ()
    at = text.span if text is not None else action.at
    flags = flags_of(Run(("gcloud", *words), at, at), ())
    found = service(project, flags, name.value if name is not None else "service", is_job=given("job") is not None)
    return CloudRunService(
        found.name,
        action.at,
        found.is_job,
        image=given("image"),
        source=given("source"),
        command=found.command,
        arguments=found.arguments,
        environment=(*found.environment, *_action_pairs(given("env_vars"))),
        secrets=(*found.secrets, *(key for key, _ in _action_pairs(given("secrets")))),
        port=found.port,
        cpus=found.cpus,
        memory=found.memory,
        timeout=given("timeout") or found.timeout,
        concurrency=found.concurrency,
        most=found.most,
        entrypoint=found.entrypoint,
    )


def _action_pairs(text: Located[str] | None) -> Pairs:
    """`env_vars` of the action: pairs, one on a line or parted at commas."""
    if text is None:
        return ()
    items = [item for line in text.value.splitlines() for item in line.split(",") if not line.startswith("#")]
    return tuple(_split_pairs(items, text.span))
