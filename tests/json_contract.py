"""A strict reader of our JSON, version 1: what it holds against the contract in docs is said with the path to it.

`python tests/json_contract.py PROJECT…` holds the real output for any project against it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from flaskprod_lint.finding import ITEMS

Check = Callable[[Any, str], Iterator[str]]


# Kinds


def of(*kinds: type) -> Check:
    """One of these types; true and false are no numbers."""

    def check(value: Any, at: str) -> Iterator[str]:
        if type(value) not in kinds:
            yield f"{at} is {value!r}"

    return check


def one_of(*words: object) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if value not in words:
            yield f"{at} is {value!r}, none of {words}"

    return check


def or_null(kind: Check) -> Check:
    return lambda value, at: iter(()) if value is None else kind(value, at)


def many(kind: Check) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{at} is no list"
            return
        for index, item in enumerate(value):
            yield from kind(item, f"{at}[{index}]")

    return check


def named(kind: Check) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{at} is no object"
            return
        for name, item in value.items():
            yield from kind(item, f"{at}.{name}")

    return check


def keys(more: dict[str, Check] | None = None, **kinds: Check) -> Check:
    """An object with at least these keys."""
    kinds |= more or {}

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{at} is no object"
            return
        for name, kind in kinds.items():
            if name not in value:
                yield f"{at} has no {name}"
            else:
                yield from kind(value[name], f"{at}.{name}")

    return check


def both(*checks: Check) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        for one in checks:
            yield from one(value, at)

    return check


text, number, switch = of(str), of(int), of(bool)


def said(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield f"{at} says nothing: {value!r}"


def count(value: Any, at: str) -> Iterator[str]:
    if type(value) is not int or value < 0:
        yield f"{at} is {value!r}"


# Places and values


def relative(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, str) or value.startswith(("/", "./")) or "\\" in value or "//" in value:
        yield f"{at} is no relative path: {value!r}"


def _ordered(place: Any, at: str) -> Iterator[str]:
    if not isinstance(place, dict):
        return
    if place["path"] is None:
        if any(place[name] is not None for name in ("line", "column", "end_line", "end_column")) or not place["note"]:
            yield f"{at} is nowhere, and says so badly: {place}"
        return
    start, end = (place["line"], place["column"]), (place["end_line"], place["end_column"])
    if None in (*start, *end) or min(*start, *end) < 1 or start > end:
        yield f"{at} is no span: {start}-{end}"


position = keys(line=number, column=number)
place = both(
    keys(
        path=or_null(relative),
        line=or_null(number),
        column=or_null(number),
        end_line=or_null(number),
        end_column=or_null(number),
        note=or_null(said),
    ),
    _ordered,
)


def in_a_file(value: Any, at: str) -> Iterator[str]:
    yield from place(value, at)
    if isinstance(value, dict) and value.get("path") is None:
        yield f"{at} is in no file"


def _consistent(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    if value["known"] == (value["unknown"] is not None) or (not value["known"] and value["value"] is not None):
        yield f"{at} is known and unknown at once: {value}"


value = both(
    keys(
        known=switch,
        value=of(str, int, float, bool, list, dict, type(None)),
        environment=many(keys(name=said, default=of(str, int, float, bool, list, dict, type(None)))),
        unknown=or_null(said),
        origin=or_null(place),
        overrides=many(keys(value=lambda _value, _at: iter(()), origin=or_null(place))),
    ),
    _consistent,
)

# `check`

finding = keys(
    {"because": many(place), "docs": said},
    rule=said,
    checklist=one_of(*ITEMS),
    severity=one_of("error", "warning", "note"),
    confidence=one_of("high", "medium", "low"),
    message=said,
    location=in_a_file,
    instead=or_null(said),
    fix=or_null(
        keys(
            safety=one_of("safe", "unsafe"),
            edits=many(keys(path=relative, start=position, end=position, text=text)),
        )
    ),
    fingerprint=said,
)
answer = keys(
    item=one_of(*ITEMS),
    title=said,
    verdict=one_of("pass", "fail", "unknown", "not-applicable"),
    evidence=many(place),
    reason=or_null(said),
)
suppression = keys(kind=one_of("inline", "config", "baseline"), reason=or_null(said), origin=place)


def _agrees(report: Any, at: str) -> Iterator[str]:
    if [item["item"] for item in report["checklist"]] != list(ITEMS):
        yield f"{at}.checklist is not the checklist"
    for name in ("error", "warning", "note"):
        if report["summary"][name] != sum(one["severity"] == name for one in report["findings"]):
            yield f"{at}.summary.{name} is another number than that of the findings"
    if report["summary"]["suppressed"] != len(report["suppressed"]):
        yield f"{at}.summary.suppressed is another number"
    verdicts = {item["item"]: item["verdict"] for item in report["checklist"]}
    failed = {one["checklist"] for one in report["findings"] if one["severity"] != "note"}
    for item, verdict in verdicts.items():
        if (verdict == "fail") != (item in failed):
            yield f"{at}.checklist says {verdict} of {item}, the findings do not"
    if report["ready"] != all(verdict in ("pass", "not-applicable") for verdict in verdicts.values()):
        yield f"{at}.ready is {report['ready']}: {verdicts}"
    for item in report["checklist"]:
        if item["verdict"] == "pass" and not item["evidence"]:
            yield f"{at}.checklist: {item['item']} passes without evidence"
        if item["verdict"] in ("unknown", "not-applicable") and not item["reason"]:
            yield f"{at}.checklist: {item['item']} is {item['verdict']} without a reason"
    prints = [one["fingerprint"] for one in report["findings"]]
    if len(prints) != len(set(prints)):
        yield f"{at}.findings have the same fingerprint twice"


report = both(
    keys(
        version=one_of(1),
        tool=keys(name=one_of("flaskprod-lint"), version=said),
        project=said,
        ready=switch,
        platform=keys(id=or_null(said), tier=or_null(said), origin=or_null(place)),
        checklist=many(answer),
        findings=many(finding),
        suppressed=many(both(finding, keys(suppression=suppression))),
        unknowns=many(keys(what=said, reason=said, location=or_null(place))),
        problems=many(keys(message=said, location=or_null(place))),
        summary=keys(error=count, warning=count, note=count, suppressed=count, files=count),
    ),
    _agrees,
)

# `show`

process = keys(
    name=said,
    kind=one_of("web", "worker", "release", "cron", "after"),
    once=switch,
    environment=one_of("production", "development"),
    why=said,
    command=keys(text=said, argv=or_null(many(text)), origin=place),
    before=many(keys(text=said, origin=place)),
    trail=many(place),
    instances=value,
    cpus=or_null(value),
    memory=or_null(value),
    concurrency=or_null(value),
    grace=or_null(value),
    router_timeout=or_null(value),
    health_path=or_null(value),
    server=or_null(
        keys(
            name=said,
            version=or_null(said),
            target=or_null(keys(text=said, origin=place, definition=or_null(place))),
            settings=named(value),
        )
    ),
)
route = keys(rule=said, methods=many(said), sure=switch, origin=or_null(place))
app = keys(
    name=said,
    factory=switch,
    definition=or_null(place),
    config=named(value),
    routes=many(route),
    routes_unknown=or_null(said),
)
engine = keys(
    definition=place,
    bind=or_null(said),
    pool_class=value,
    pool_size=value,
    max_overflow=value,
    pool_pre_ping=value,
    url=value,
)
row = keys(
    process=said,
    instances=or_null(number),
    workers=or_null(number),
    per_worker=or_null(of(int, float)),
    connections=or_null(number),
    text=said,
)
shown = keys(
    version=one_of(1),
    platform=or_null(keys(id=said, tier=or_null(said), tiers=many(value), origin=or_null(place))),
    processes=many(process),
    apps=many(app),
    engines=many(engine),
    budget=or_null(keys(limit=or_null(value), used=or_null(number), rows=many(row), unknown=or_null(said))),
)


def broken(command: str, printed: str) -> list[str]:
    """What is against the contract in what `check` or `show` printed."""
    read = json.loads(printed)
    kind = shown if command == "show" else report
    return [wrong for one in (read if isinstance(read, list) else [read]) for wrong in kind(one, command)]


def main(projects: list[str]) -> None:
    for project in projects:
        for command in ("check", "show"):
            line = [sys.executable, "-m", "flaskprod_lint", command, project, "--format", "json"]
            done = subprocess.run(line, capture_output=True, text=True, check=False)
            wrong = broken(command, done.stdout) if done.stdout else [done.stderr]
            print(f"{done.returncode} {command} {project}", *wrong[:8], sep="\n    ")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
