"""The program in one function: discover, resolve, ask the rules, and make the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import field, replace
from datetime import date
from importlib import import_module
from pathlib import Path

from flaskprod_lint import baseline, discover, file_formats, joining, resolve, suppress
from flaskprod_lint.catalogue import RULES
from flaskprod_lint.checklist import answer, unproven
from flaskprod_lint.config import Config, ConfigError
from flaskprod_lint.finding import ITEMS, Confidence, Crash, Evidence, Finding, Report, UnknownFact
from flaskprod_lint.fingerprints import is_about_a_secret, stamped
from flaskprod_lint.masking import is_value_of_a_secret, mask_finding, mask_line
from flaskprod_lint.model import Deployment, Process, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import tiers
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.rules import EvidenceOf, Rule
from flaskprod_lint.rules.pointing import in_the_words_of
from flaskprod_lint.running import budgets, compare, what_runs
from flaskprod_lint.source import Place, Project, Span

#: Called with how many versions of files were looked at, and how many there are.
OnStep = Callable[[int, int], None]
#: More settings that are unknown for one reason are told in one line.
_FEW = 4
#: Inputs that say nothing of a Python project where they stand alone.
_OF_ANY_PROJECT = frozenset(("shell", "makefile", "package-json"))


class NothingToLint(Exception):
    """The directory holds no file that says anything about a Python project."""


@dataclass
class Examined:
    """A project as it will run: what `show` prints and what the rules are asked about."""

    project: Project
    deployments: list[Deployment]
    crashes: list[Crash] = field(default_factory=list)

    @property
    def production(self) -> list[Deployment]:
        return [deployment for deployment in self.deployments if deployment.is_production]


def examine(root: Path, config: Config) -> Examined:
    """Resolve the project at `root` without asking any rule.

    Raises NothingToLint for a directory without a single input, ConfigError for a tier that its platforms lack.
    """
    with _opened(root, config) as project:
        return _examined(project, config)


@contextmanager
def _opened(root: Path, config: Config) -> Iterator[Project]:
    """The project as its files are, or as git's index has them."""
    if not config.staged:
        yield discover.open_project(root)
        return
    with discover.staged_project(root) as project:
        if project is None:
            raise ConfigError(f"--staged asks git what is staged, and {root} is in no repository of git")
        yield project


def _examined(project: Project, config: Config) -> Examined:
    if not any(project.of_format(name) for name in file_formats.INPUT_FORMATS - _OF_ANY_PROJECT):
        raise NothingToLint(f"nothing to lint in {project.root}: no Python file, Dockerfile, Procfile or other input")
    crashes: list[Crash] = []

    def on_crash(stage: str, error: Exception) -> None:
        crashes.append(Crash(stage, _describe(error)))

    examined = Examined(project, resolve.resolve(project, options_of(config), on_crash), crashes)
    _check_tiers(config.tiers, examined.deployments)
    return examined


def _check_tiers(names: Iterable[str], deployments: Iterable[Deployment]) -> None:
    """A tier that no platform of the project has would change nothing, unseen. Where none is known, none is judged."""
    platforms = {deployment.platform.id: deployment.platform for deployment in deployments if deployment.platform}
    listed = [platform for platform in platforms.values() if tiers.names(platform)]
    for name in names:
        if listed and not any(tiers.is_known(name, platform) for platform in platforms.values()):
            raise ConfigError(tiers.complaint(name, listed[0]))


def lint(root: Path, config: Config | None = None, *, on_step: OnStep | None = None) -> Report:
    """The report on the project at `root`.

    Raises NothingToLint for a directory without a single input. A rule or stage of ours that fails is in
    `Report.crashes`; everything else is still reported. `on_step` is called with how many versions of files were
    looked at, of how many, where the configuration asks for the history.
    """
    config = config or Config()
    with _opened(root, config) as project:
        examined = _examined(project, config)
        if config.history:
            _add_history(examined, on_step or (lambda *_: None))
        return _reported(examined, config)


def _add_history(examined: Examined, on_step: OnStep) -> None:
    """Add the credentials of the history: those of today learn their commit, those that are gone come back."""
    from flaskprod_lint.resolve import history

    project = examined.project
    if not history.is_there(project.root):
        raise ConfigError(f"--history asks git for all commits, and {project.root} is in no repository that it reads")
    try:
        past = history.find(project.root, on_step, lambda gap: project.problem(gap, Span(".git", 1)), project.glance)
    except OSError as error:
        raise ConfigError(f"--history asks git for all commits, and git cannot be started: {error.strerror}") from None
    kept = [one for one in past if not one.gone]
    commits = {(one.at.path, one.name): one.commit for one in kept}
    at_lines = {(one.at, one.name): one.commit for one in kept}
    for deployment in examined.deployments:
        today = (
            replace(one, commit=at_lines.get((one.at, one.name), commits.get((one.at.path, one.name), "")))
            for one in deployment.credentials
        )
        deployment.credentials = (*today, *(one for one in past if one.gone))


def _reported(examined: Examined, config: Config) -> Report:
    project = examined.project
    report = Report(project.root.resolve().name, project.root, crashes=examined.crashes, files=len(project.paths))
    asked = list(rules_to_ask(config))
    found = [finding for function in asked for finding in _ask(function, examined.production, report.crashes)]
    report.findings = [mask_finding(finding) for finding in _finished(found, project)]
    names = [function.rule_id for function in asked]  # type: ignore[attr-defined]
    if config.suppressions:
        _silence(report, project, config, names)
    if config.known:  # A baseline keeps each place by itself, and so does whoever silences one of them.
        report.findings = joining.of_one_app(report.findings, examined.production)
    _fill(report, examined)
    return report


def _silence(report: Report, project: Project, config: Config, asked: list[str]) -> None:
    """Take out of the findings what a person silenced, and what the baseline knows."""
    applied = suppress.apply(
        report.findings,
        project,
        config.suppress,
        known=RULES.__contains__,
        asked=asked.__contains__,
        today=config.today or date.today().isoformat(),
        require_reason=config.require_reason,
    )
    report.findings, report.suppressed, report.stale = applied.findings, applied.suppressed, applied.stale
    known = _baseline(project, config) if config.known else None
    if known is not None:
        report.findings, old, gone = baseline.apply(report.findings, known, project, asked)
        report.suppressed += old
        report.stale += gone


def _baseline(project: Project, config: Config) -> baseline.Baseline | None:
    try:
        return baseline.load(project.root, config.baseline or baseline.NAME, required=bool(config.baseline))
    except baseline.BaselineError as error:
        raise ConfigError(str(error)) from None


def options_of(config: Config) -> Options:
    """The part of a configuration that decides what runs."""
    return Options(
        platform=config.platform,
        tiers=config.tiers,
        db_connections=config.db_connections,
        instances=config.instances,
        production=config.production,
        development=config.development,
        today=config.today,
    )


def rules_to_ask(config: Config) -> Iterator[Rule]:
    """The rule functions that the configuration selects and does not ignore, by checklist item."""
    for function in marked("rule_id"):
        name = function.rule_id  # type: ignore[attr-defined]
        names = {name, RULES[name].item}
        if (not config.select or names & set(config.select)) and not names & set(config.ignore):
            yield function


def marked(mark: str) -> Iterator[Callable[[Deployment], Iterator[Finding]]]:
    """The functions of the rule modules that carry a mark (`rule_id` or `evidence_item`), in the order of the file."""
    for item in ITEMS:
        module = import_module(f"flaskprod_lint.rules.{item}")
        yield from (function for function in vars(module).values() if hasattr(function, mark))


def _ask(function: Rule, deployments: Iterable[Deployment], crashes: list[Crash]) -> Iterator[Finding]:
    name: str = function.rule_id  # type: ignore[attr-defined]
    info = RULES[name]
    for deployment in deployments:
        try:
            for finding in _as_sure_as_it_is(function, deployment):
                yield replace(
                    finding,
                    rule=name,
                    item=info.item,
                    severity=finding.severity or info.severity,
                    instead=in_the_words_of(deployment, finding.at, finding.instead or info.instead) or None,
                    deployments=(deployment.name,),
                )
        except Exception as error:
            crashes.append(Crash(f"rule {name}", _describe(error), info.item))
            return


def _as_sure_as_it_is(function: Rule, deployment: Deployment) -> Iterator[Finding]:
    """What a rule finds, with no more than medium confidence where it is not sure that this runs in production.

    What would be found whatever runs, such as a committed dotenv file, does not rest on an assumed start.
    """
    sure: set[object] = set()
    if deployment.assumed:
        anyway = replace(deployment, processes=[], budget=None, migrations=None)
        sure = {finding.at for finding in function(anyway)}
    for finding in function(deployment):
        if deployment.assumed and finding.at not in sure:
            yield _saying_so(finding, deployment).lowered(Confidence.MEDIUM)
        else:
            yield finding if deployment.sure else finding.lowered(Confidence.MEDIUM)


def _saying_so(finding: Finding, deployment: Deployment) -> Finding:
    """The finding with the assumption that it rests on before its other reasons."""
    assumption = next((process.trail[0] for process in deployment.web_processes if process.trail), None)
    if assumption is None:
        return finding
    others = (place for place in finding.because if place.span != assumption.span)
    return replace(finding, because=(assumption, *others))


def _describe(error: Exception) -> str:
    """What a defect of ours was, with the line of our code, and nothing of the project's text."""
    from traceback import extract_tb

    frame = extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno} ({frame.name})"


def _finished(found: Iterable[Finding], project: Project) -> list[Finding]:
    """Each finding once, with the deployments it holds for, in order, with its fingerprint."""
    joined = joining.at_one_place(found)
    return list(stamped(sorted(joined, key=lambda finding: finding.sort_key), project))


def _fill(report: Report, examined: Examined) -> None:
    evidence = _evidence(examined.production, report.crashes)
    report.checklist = [answer(item, evidence[item], report) for item in ITEMS]
    report.problems = list(examined.project.problems)
    report.deployments = [deployment.name for deployment in examined.production]
    report.what_runs = what_runs(examined.production)
    report.compared = compare(examined.production)
    report.budgets = budgets(examined.production)
    report.unknowns = list(_unknowns(examined.production))
    for deployment in examined.production:
        if deployment.platform is not None and report.platform is None:
            report.platform, report.platform_origin = deployment.platform.id, deployment.platform.origin
            report.tier = deployment.tier_names or None
    _excerpt(report, examined.project)


def _evidence(deployments: list[Deployment], crashes: list[Crash]) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = {item: [] for item in ITEMS}
    started = any(True for deployment in deployments for _ in deployment.web_processes)
    for function in marked("evidence_item"):
        of: EvidenceOf = function  # type: ignore[assignment]
        item: str = function.evidence_item  # type: ignore[attr-defined]
        for deployment in deployments:
            try:
                found[item].append(_proven(item, of(deployment), deployment, started=started))
            except Exception as error:
                crashes.append(Crash(f"evidence of {item}", _describe(error), item))
    return found


def _proven(item: str, found: Evidence, deployment: Deployment, *, started: bool) -> Evidence:
    """The evidence of a deployment, unless no file says how the web process is started: nothing is proven then."""
    if (started and not deployment.assumed) or (found.not_applicable and _has_none(item, deployment)):
        return found
    if deployment.assumed:
        return unproven(item, found, deployment.assumed, _known_all_the_same(item, found, deployment))
    if not found.not_applicable:
        return found
    unknown = next((unknown.reason for _, unknown in deployment.unknowns), "nothing here starts a web process")
    return unproven(item, found, deployment.web_missing.note if deployment.web_missing else unknown)


def _has_none(item: str, deployment: Deployment) -> bool:
    """Whether there is nothing to answer whatever is started: no migrations, and no database at all."""
    return item == "migrations" or (item == "database" and not any(app.engines for app in deployment.apps))


def _known_all_the_same(item: str, found: Evidence, deployment: Deployment) -> str:
    """What an assumed start shows: of the app by itself, only what rests on the app."""
    process = next(iter(deployment.web_processes), None)
    if process is None:
        about = ("server", "secrets", "debug")
        return next(
            (unknown.reason for what, unknown in deployment.unknowns if what == "the app" and item in about), ""
        )
    if item == "server":
        return process.as_script
    shown = found.unknown or found.headline
    if not shown or (process.server is None and item in ("binding", "concurrency", "logs")):
        return ""
    return f"assuming `{process.assumed.text if process.assumed else process.command.text}`: {shown}"


def _unknowns(deployments: list[Deployment]) -> Iterator[UnknownFact]:
    once: set[tuple[str, str, str]] = set()
    for deployment in deployments:
        for what, unknown in _unknowns_of(deployment):
            fact = UnknownFact(what, unknown.reason, Place(unknown.at))
            key = (what, unknown.reason, str(fact.place))
            if key not in once:
                once.add(key)
                yield fact


def _unknowns_of(deployment: Deployment) -> Iterator[tuple[str, Unknown]]:
    yield from deployment.unknowns
    for process in deployment.processes:
        for unknown in process.unknowns:
            yield f"command of {process.name}", unknown
        yield from _unknown_settings(process)
        for unknown in process.app.unknowns if process.app else ():
            yield f"app of {process.name}", unknown


def _unknown_settings(process: Process) -> Iterator[tuple[str, Unknown]]:
    """The server's settings that are not known: those of one reason in one line when they are many."""
    server = process.server
    by_reason: dict[Unknown, list[str]] = {}
    for name, setting in sorted(server.settings.items() if server is not None else ()):
        if isinstance(setting.value, Unknown):
            by_reason.setdefault(setting.value, []).append(name)
    for unknown, names in by_reason.items():
        said = names if len(names) <= _FEW else [f"settings ({len(names)} of them)"]
        for name in said:
            yield f"{server.name if server is not None else ''} {name}", unknown


def _excerpt(report: Report, project: Project) -> None:
    """Keep the lines that the report shows: a finding's and the one before it, with secrets masked."""
    for finding in report.findings:
        source = project.read(finding.at.path) if not finding.revision else None
        if source is None:
            continue
        lines = report.excerpts.setdefault(finding.at.path, {})
        last = min(finding.at.end_line, finding.at.line + 2)
        for number in range(max(1, finding.at.line - 1), last + 1):
            before = (source.line(number - 1), source.line(number - 2))
            of_a_secret = is_value_of_a_secret(source.line(number), before, source.line(number + 1))
            secret = is_about_a_secret(finding) or of_a_secret
            if secret or number not in lines:  # What one finding masks, no other uncovers.
                lines[number] = mask_line(source.line(number), secret=secret)
