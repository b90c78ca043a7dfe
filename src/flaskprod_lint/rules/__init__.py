"""The rules: one module per checklist item, one function per rule.

A rule is a pure function of a deployment (or of the whole project, see `project_rule`) that yields findings. A module
also has one function marked `@evidence`, which says what a deployment has to show for the item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from flaskprod_lint.finding import Evidence, Finding
from flaskprod_lint.model import Deployment

Rule = Callable[[Deployment], Iterator[Finding]]
EvidenceOf = Callable[[Deployment], Evidence]
F = TypeVar("F", bound=Callable[..., object])


def rule(rule_id: str) -> Callable[[Rule], Rule]:
    """Mark a function as the rule of that id in rules.yaml."""

    def mark(function: Rule) -> Rule:
        function.rule_id = rule_id  # type: ignore[attr-defined]
        return function

    return mark


def evidence(item: str) -> Callable[[EvidenceOf], EvidenceOf]:
    """Mark a function as what a deployment has to show for that checklist item."""

    def mark(function: EvidenceOf) -> EvidenceOf:
        function.evidence_item = item  # type: ignore[attr-defined]
        return function

    return mark
