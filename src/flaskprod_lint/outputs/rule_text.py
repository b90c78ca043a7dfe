"""The rules for people: the list of all, and the page of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flaskprod_lint.finding import ITEMS, RuleInfo
from flaskprod_lint.outputs.json_places import Json, text_of
from flaskprod_lint.outputs.page import Page


def write_rules(rules: Iterable[RuleInfo], page: Page) -> None:
    """Every rule by checklist item: its id, how bad it is, what is wrong."""
    rules = list(rules)
    width = max(len(rule.id) for rule in rules)
    for item in ITEMS:
        of_item = [rule for rule in rules if rule.item == item]
        if not of_item:
            continue
        page.blank()
        page.spread([(item, "heading")], [(page.encodable(ITEMS[item]), "quiet")])
        for rule in of_item:
            severity = f"{rule.severity.value:7}  "
            first = [("  ", ""), (f"{rule.id:{width}}  ", ""), (severity, f"mark-{rule.severity.value}")]
            page.paragraph(page.clean(rule.title), first=first)


def write_rule(rule: RuleInfo, page: Page) -> None:
    """All that is known about one rule."""
    severity = (rule.severity.value, rule.severity.value)
    page.spread([(rule.id, "title")], [severity, (f" {page.glyphs.dot} {rule.item}", "quiet")])
    page.blank()
    page.paragraph(page.clean(f"{rule.title}."), "strong", first=[("  ", "")])
    page.blank()
    page.paragraph(page.clean(rule.why), first=[("  ", "")])
    page.blank()
    label = "instead"
    for line in rule.instead.splitlines():
        page.add((f"  {label:9}", "quiet"), (page.clean(line), "instead"))
        label = ""
    page.blank()
    label = "more"
    for address in rule.references:
        page.add((f"  {label:9}", "quiet"), (address, "place"))
        label = ""
    page.blank()
    page.add((f"  {'off':9}", "quiet"), (f"flaskprod-lint --ignore {rule.id}", ""))


def rules_json(rules: Sequence[RuleInfo]) -> str:
    """The catalogue as a JSON list."""
    return text_of([_rule(rule) for rule in rules])


def _rule(rule: RuleInfo) -> Json:
    return {
        "id": rule.id,
        "checklist": rule.item,
        "severity": rule.severity.value,
        "title": rule.title,
        "why": rule.why,
        "instead": rule.instead,
        "references": list(rule.references),
    }
