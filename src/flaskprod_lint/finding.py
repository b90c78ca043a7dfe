"""What we say: findings, their severity and confidence, the checklist, and the report that holds them."""

from __future__ import annotations

from dataclasses import field, replace
from enum import Enum
from pathlib import Path
from typing import Any

from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, Problem, Span

ITEMS: dict[str, str] = {
    "server": "Gunicorn, not the Flask dev server",
    "binding": "Bind 0.0.0.0:$PORT",
    "concurrency": "Workers and threads tuned to the tier",
    "logs": "Logs to stdout",
    "database": "DATABASE_URL injected, pool under the connection limit",
    "migrations": "Migrations as a release step",
    "secrets": "SECRET_KEY and secrets in environment variables",
    "debug": "Debug off",
    "image": "Slim, reproducible image",
}


class Severity(str, Enum):
    """How bad a finding is if it is true."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Confidence(str, Enum):
    """How sure a finding is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return list(Confidence).index(self)


@dataclass(frozen=True)
class Edit:
    """Replace the text of a span."""

    span: Span
    text: str


@dataclass(frozen=True)
class Fix:
    """Edits with a promise: a safe fix keeps what the project means, an unsafe one may not."""

    edits: tuple[Edit, ...]
    safe: bool


@dataclass(frozen=True)
class Finding:
    """One thing wrong, at the place that the user can change.

    A rule gives `message`, `at` and what else it knows; severity and `instead` come from the catalogue where the
    rule leaves them None; rule, checklist item and deployments are filled in by the runner.
    `label` is the few words under the caret in the report: what happens in production. `revision` is the commit whose
    text it points at, where that is none of today's files.
    """

    message: str
    at: Span
    because: tuple[Place, ...] = ()
    confidence: Confidence = Confidence.HIGH
    severity: Severity | None = None
    instead: str | None = None
    label: str = ""
    fix: Fix | None = None
    rule: str = ""
    item: str = ""
    deployments: tuple[str, ...] = ()
    fingerprint: str = ""
    revision: str = ""

    @property
    def level(self) -> Severity:
        """The severity, once the runner has filled it in."""
        return self.severity or Severity.WARNING

    @property
    def sort_key(self) -> tuple[Any, ...]:
        return (list(ITEMS).index(self.item), self.level.rank, self.confidence.rank, self.at, self.rule, self.message)

    def lowered(self, confidence: Confidence) -> Finding:
        """The same finding, no surer than `confidence`."""
        return self if self.confidence.rank >= confidence.rank else replace(self, confidence=confidence)


class Verdict(str, Enum):
    """The answer to one checklist item."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True)
class Evidence:
    """What one deployment has to show for one checklist item, before its findings are counted.

    `proofs` are the places that show it is met, each with a note that says what it shows; `unknown` says what could
    not be known; `not_applicable` says why the question does not arise. `headline` is the one-line answer.
    """

    headline: str = ""
    proofs: tuple[Place, ...] = ()
    unknown: str | None = None
    not_applicable: str | None = None


@dataclass(frozen=True)
class ChecklistItem:
    """One line of the checklist, answered for all production deployments together."""

    item: str
    verdict: Verdict
    headline: str = ""
    evidence: tuple[Place, ...] = ()
    reason: str | None = None

    @property
    def title(self) -> str:
        return ITEMS[self.item]


@dataclass(frozen=True)
class RuleInfo:
    """A rule as rules.yaml describes it."""

    id: str
    item: str
    severity: Severity
    title: str
    why: str
    instead: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suppressed:
    """A finding that a person silenced, with where and why. `kind` is inline, config or baseline."""

    finding: Finding
    kind: str
    reason: str | None
    origin: Place


@dataclass(frozen=True)
class Stale:
    """A suppression, or a line of the baseline, that silences nothing, with why and where it stands."""

    message: str
    origin: Place


@dataclass(frozen=True)
class UnknownFact:
    """Something that decides a verdict and that only run time knows."""

    what: str
    reason: str
    place: Place


@dataclass(frozen=True)
class Crash:
    """A defect of ours: a rule or a stage that raised. The rest of the report stands.

    `item` is the checklist item whose answer is incomplete for it, empty where a stage before the rules failed.
    """

    where: str
    error: str
    item: str = ""


#: The columns of a connection budget.
BUDGET_HEADS = ("process", "instances", "workers", "engine", "at once", "configured")


@dataclass(frozen=True)
class BudgetTable:
    """The connection budget of a deployment as a page has it: `rows` under BUDGET_HEADS, and what they come to."""

    deployment: str
    rows: tuple[tuple[str, ...], ...]
    reachable: int | None
    limit: int | None


@dataclass
class Report:
    """Everything one run has to say.

    `root` is the folder that was linted. `prefix` is what stands before its paths for who looks from the top of the
    repository: "" or "services/api/".
    """

    project: str
    root: Path = Path()
    prefix: str = ""
    checklist: list[ChecklistItem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    suppressed: list[Suppressed] = field(default_factory=list)
    stale: list[Stale] = field(default_factory=list)
    unknowns: list[UnknownFact] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    crashes: list[Crash] = field(default_factory=list)
    platform: str | None = None
    tier: str | None = None
    platform_origin: Place | None = None
    what_runs: list[RunningProcess] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    budgets: list[BudgetTable] = field(default_factory=list)
    deployments: list[str] = field(default_factory=list)
    files: int = 0
    excerpts: dict[str, dict[int, str]] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Every checklist item passes or does not apply, and nothing of ours broke while asking."""
        settled = (Verdict.PASS, Verdict.NOT_APPLICABLE)
        return not self.crashes and all(answer.verdict in settled for answer in self.checklist)

    def count(self, severity: Severity) -> int:
        return sum(finding.level is severity for finding in self.findings)


@dataclass(frozen=True)
class RunningProcess:
    """One process of "what runs", in the words of the report: the command, its trail, one line about its server."""

    deployment: str
    name: str
    command: str
    trail: tuple[Place, ...] = ()
    summary: str = ""


@dataclass(frozen=True)
class Compared:
    """A web process as it is compared with those of the other deployments, in the words of a table.

    `serves` are its workers and threads, `instances` how many run, `size` the cores and memory of one, `connections`
    those that are in use at once, and the limit. A text is empty where the files say nothing, "?" where it is unknown.
    """

    deployment: str
    process: str
    listens: str = ""
    serves: str = ""
    instances: str = ""
    size: str = ""
    connections: str = ""
