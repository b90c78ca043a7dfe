"""From evidence and findings to the answer of each checklist item."""

from __future__ import annotations

from collections.abc import Sequence

from flaskprod_lint.finding import ChecklistItem, Evidence, Finding, Report, Severity, Verdict
from flaskprod_lint.source import Place


def answer(item: str, evidence: Sequence[Evidence], report: Report) -> ChecklistItem:
    """The answer to one item for all production deployments together: the worst of theirs.

    A warning or an error of the item fails it. What could not be known, or was never shown, is unknown: only proof
    passes, or a person who suppressed what speaks against it. `report` gives the findings and the crashes of this run.
    """
    against = [finding for finding in report.findings if finding.item == item and finding.level is not Severity.NOTE]
    accepted = [one for one in report.suppressed if one.finding.item == item and one.finding.level is not Severity.NOTE]
    proofs = _once(place for found in evidence for place in found.proofs)
    headline = next((found.headline for found in evidence if found.headline), "")
    if against:
        return _failed(item, against)
    unknown = [found.unknown for found in evidence if found.unknown]
    unknown += [f"flaskprod-lint failed in {crash.where}" for crash in report.crashes if crash.item == item]
    if unknown:
        return ChecklistItem(item, Verdict.UNKNOWN, headline, proofs, "; ".join(dict.fromkeys(unknown)))
    if accepted:
        places = _once(one.origin for one in accepted)
        return ChecklistItem(item, Verdict.PASS, f"accepted: {_count(len(accepted), 'finding')} suppressed", places)
    if not evidence:
        return ChecklistItem(item, Verdict.UNKNOWN, reason="nothing here says how the project is deployed")
    unproven = [found for found in evidence if not found.proofs and not found.not_applicable]
    if unproven:
        reason = unproven[0].headline or "nothing here shows it"
        return ChecklistItem(item, Verdict.UNKNOWN, headline, proofs, reason)
    if proofs:
        passing = next((found.headline for found in evidence if found.proofs and found.headline), headline)
        return ChecklistItem(item, Verdict.PASS, passing, proofs)
    reasons = dict.fromkeys(found.not_applicable for found in evidence if found.not_applicable)
    return ChecklistItem(item, Verdict.NOT_APPLICABLE, headline, (), "; ".join(filter(None, reasons)))


#: The items whose answer rests on how the web process is started.
_STARTED = frozenset(("server", "binding", "concurrency", "logs", "database", "migrations", "secrets", "debug"))


def unproven(item: str, found: Evidence, reason: str, more: str = "") -> Evidence:
    """The evidence where no file says how the web process is started, with the reason: it shows much, proves nothing.

    `more` is what is known all the same of what a person would start.
    """
    if item not in _STARTED:
        return found
    return Evidence(found.headline, found.proofs, unknown=f"{reason}; {more}" if more else reason)


def _failed(item: str, against: list[Finding]) -> ChecklistItem:
    worst = min(against, key=lambda finding: finding.sort_key)
    errors = sum(finding.level is Severity.ERROR for finding in against)
    counts = [_count(errors, "error"), _count(len(against) - errors, "warning")]
    places = _once(Place(finding.at, finding.rule) for finding in against)
    return ChecklistItem(item, Verdict.FAIL, worst.message, places, ", ".join(filter(None, counts)))


def _count(number: int, word: str) -> str:
    if not number:
        return ""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _once(places: object) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(places))  # type: ignore[call-overload]
