"""The platforms for people: a table of all, and the page of one with its sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from flaskprod_lint.model import Fact, Platform, PlatformFacts
from flaskprod_lint.outputs.json_places import VERSION, Json, text_of
from flaskprod_lint.outputs.page import Page, Segment, cells, crop

#: What each part of a platform is called on its page.
PARTS = {
    "port": "port",
    "front": "proxy",
    "proxy_on_same_host": "proxy on the same host",
    "injects": "sets",
    "web_concurrency": "WEB_CONCURRENCY",
    "stop": "stop",
    "user_chosen_by_platform": "chooses the user",
    "router": "router",
    "health": "health check",
    "release": "release step",
    "procfile": "Procfile",
    "deploys_overlap": "old and new release side by side",
    "instances": "instances",
    "concurrency_default": "requests at once",
    "database": "database",
    "logs": "logs",
    "disk": "disk",
    "precedence": "what starts, first wins",
}
#: Last parts of keys that are units.
_UNITS = {"seconds": "s", "ram_mb": "MiB", "cpu": "cores", "connections": "connections"}
#: Switches in words, where "not X" would be none.
_SWITCHES = {
    "port.injected": ("PORT is set", "PORT is not set"),
    "front.https": ("takes HTTPS and passes HTTP on", "passes on what comes"),
    "web_concurrency.injected": ("set", "not set"),
    "stop.image_decides": ("the image may name another signal", "the image's own signal does not count"),
    "stop.to_every_process": ("every process gets the signal", "the first process gets the signal"),
    "release.supported": ("there is one", "there is none"),
    "release.procfile": ("runs the release line of a Procfile", "does not run the release line of a Procfile"),
    "procfile.beside_dockerfile": ("starts its processes beside a Dockerfile", "starts nothing beside a Dockerfile"),
    "procfile.release_beside_dockerfile": ("its release line runs there", "its release line does not run there"),
    "database.automatic": ("DATABASE_URL is set without being asked", "DATABASE_URL is not set by itself"),
    "disk.ephemeral": ("lost with the instance", "kept"),
}
#: The columns of the table; those that a narrow page leaves out first stand first in `_SPARE`.
_COLUMNS = ("platform", "name", "PORT", "stop", "router", "idle", "overlap", "plans")
_SPARE = ("name", "plans", "idle", "overlap")
_LEGEND = {
    "PORT": "what is set, or in (brackets) the port that is expected",
    "stop": "the signal and the seconds to SIGKILL, 15+120 where no new requests come for the first 15",
    "router": "the seconds it waits for an answer",
    "idle": "the seconds it keeps an idle connection to the app",
    "overlap": "whether a deploy runs the old and the new release side by side",
    "plans": "database plans whose limit is known",
    "?": "rests on no source that was read",
}


def write_platforms(known: Sequence[PlatformFacts], page: Page) -> None:
    """One line for each platform: its id and the facts that verdicts rest on most."""
    rows = [_row(one) for one in known]
    widths = {name: max(cells(name), *(cells(row[name]) for row in rows)) for name in _COLUMNS}
    shown = list(_COLUMNS)
    for name in _SPARE:
        if 2 + sum(widths[one] + 2 for one in shown) > page.width:
            shown.remove(name)
    page.spread([("Platforms", "heading")], [(f"{len(known)} known", "quiet")])
    page.blank()
    page.add(("  ", ""), *((f"{name:{widths[name] + 2}}", "quiet") for name in shown))
    for row in rows:
        page.add(("  ", ""), *(_cell(name, row[name], widths[name] + 2) for name in shown))
    page.blank()
    for name, meaning in _LEGEND.items():
        if name in (*shown, "?"):
            page.paragraph(page.encodable(meaning), "quiet", first=[("  ", ""), (f"{name:8}  ", "quiet")])
    page.blank()
    names = (f"{' or '.join(one.aliases)} for {one.platform.id}" for one in known if one.aliases)
    page.paragraph(page.encodable(", ".join(names)), "quiet", first=[("  other names  ", "quiet")])
    page.blank()
    page.add(("  flaskprod-lint platforms heroku", ""), (" names the sources", "quiet"))


def _cell(name: str, text: str, width: int) -> Segment:
    """A cell of the table: the id stands out, and what has no source is told apart."""
    style = "strong" if name == "platform" else "unsure" if text.endswith("?") else ""
    return text + " " * (width - cells(text)), style


def _row(known: PlatformFacts) -> dict[str, str]:
    platform = known.platform
    overlap = (
        "yes" if platform.overlaps else "no" if any(fact.key == "deploys_overlap" for fact in known.facts) else "-"
    )
    return {
        "platform": platform.id,
        "name": platform.name,
        "PORT": _marked(_port(platform), platform, "port.injected"),
        "stop": _marked(_stop(platform), platform, "stop.grace_seconds", "stop.signal"),
        "router": _marked(_seconds(platform.router_timeout), platform, "router.timeout_seconds"),
        "idle": _marked(_seconds(platform.idle_seconds), platform, "router.idle_seconds"),
        "overlap": _marked(overlap, platform, "deploys_overlap"),
        "plans": str(len(platform.limits) or ""),
    }


def _marked(text: str, platform: Platform, *keys: str) -> str:
    """The text, with a question mark where one of the facts has no source."""
    return text if text == "-" or all(platform.confirms(key) for key in keys) else f"{text}?"


def _port(platform: Platform) -> str:
    default = str(platform.port_default or "")
    if platform.port_injected:
        return default or "set"
    return f"({default})" if default else "-"


def _stop(platform: Platform) -> str:
    drained = f"{platform.drain_seconds:g}+" if platform.drain_seconds else ""
    grace = f" {drained}{platform.grace_seconds:g}" if platform.grace_seconds is not None else ""
    return f"{platform.stop_signal or '-'}{grace}"


def _seconds(value: float | None) -> str:
    return f"{value:g}" if value is not None else "-"


# One platform


def write_platform(known: PlatformFacts, page: Page) -> None:
    """All facts about one platform, by what they are about, each part with where it comes from."""
    also = f"also {', '.join(known.aliases)}" if known.aliases else ""
    right: list[Segment] = [(page.encodable(f"{known.platform.id}{f' · {also}' if also else ''}"), "quiet")]
    page.spread([(page.clean(known.platform.name), "title")], right)
    for group, facts in groupby(known.facts, key=lambda fact: fact.group):
        _part(PARTS.get(group, group), list(facts), page)
    _listed("read from", known.manifests, page)
    _listed("worth knowing", known.notes, page)


def _part(title: str, facts: Sequence[Fact], page: Page) -> None:
    page.blank()
    page.add((f"  {title}", "heading"))
    for confirmed in (True, False):
        said = [_said(fact) for fact in facts if fact.confirmed is confirmed and not _is_row(fact)]
        first: list[Segment] = [("    ", "")] if confirmed else [("    ", ""), ("not confirmed  ", "unsure")]
        if said:
            page.paragraph(page.clean(" · ".join(said)), first=first)
    for name, rows in groupby((fact for fact in facts if _is_row(fact)), key=_row_name):
        _table_row(name, list(rows), page)
    for source in dict.fromkeys(fact.source for fact in facts if fact.source and fact.confirmed):
        page.paragraph(page.clean(source), "place", first=[("    ", ""), ("from  ", "quiet")])


def _is_row(fact: Fact) -> bool:
    """Whether a fact is about one size of instance or one plan of a database, of which there are many."""
    return fact.key.startswith(("instances.sizes.", "database.limits."))


def _row_name(fact: Fact) -> str:
    """The size or plan: what stands between the name of the table and the last word of the key."""
    table = "instances.sizes." if fact.key.startswith("instances.sizes.") else "database.limits."
    return fact.key[len(table) :].rpartition(".")[0]


def _table_row(name: str, facts: Sequence[Fact], page: Page) -> None:
    said = ", ".join(_said_of_row(fact) for fact in facts)
    first: list[Segment] = [("    ", ""), (f"{page.clean(crop(name, 30, page.glyphs.more)):<30}  ", "")]
    confirmed = all(fact.confirmed for fact in facts)
    page.paragraph(page.clean(said if confirmed else f"{said} ?"), "" if confirmed else "unsure", first=first)


def _said_of_row(fact: Fact) -> str:
    last = fact.key.rpartition(".")[2]
    if fact.value is True:
        return last
    unit = _UNITS.get(last, "") if fact.value != 1 else _UNITS.get(last, "").removesuffix("s")
    return f"{fact.value} {unit}" if last in _UNITS else f"{last.replace('_', ' ')} {fact.value}"


def _said(fact: Fact) -> str:
    """A fact in a few words: "grace 30 s", "injected", "not injected"."""
    words = fact.name.rpartition(".")[2] if fact.group != "injects" else fact.name.partition(".")[2]
    name, _, unit = words.rpartition("_") if words.endswith("_seconds") else (words, "", "")
    name = name if fact.group in ("injects", "web_concurrency") else name.replace("_", " ")
    if isinstance(fact.value, bool):
        if fact.key in _SWITCHES:
            return _SWITCHES[fact.key][0 if fact.value else 1]
        return f"{'' if fact.value else 'not '}{name}" if name else "yes" if fact.value else "no"
    text = ", ".join(fact.value) if isinstance(fact.value, list) else str(fact.value)
    if fact.group == "injects":
        return f"{name}={text}"
    if name == "note":
        return text
    return " ".join(filter(None, (name, text, "s" if unit else "")))


def _listed(title: str, texts: Sequence[str], page: Page) -> None:
    if not texts:
        return
    page.blank()
    page.add((f"  {title}", "heading"))
    for text in texts:
        page.paragraph(page.clean(text), first=[("    ", "")])


# JSON


def platforms_json(known: Iterable[PlatformFacts], version: str) -> str:
    """Platforms with all their facts."""
    tool = {"name": "flaskprod-lint", "version": version}
    return text_of({"version": VERSION, "tool": tool, "platforms": [_platform(one) for one in known]})


def _platform(one: PlatformFacts) -> Json:
    return {
        "id": one.platform.id,
        "name": one.platform.name,
        "aliases": list(one.aliases),
        "manifests": list(one.manifests),
        "notes": list(one.notes),
        "facts": [
            {"key": fact.key, "value": fact.value, "confirmed": fact.confirmed, "source": fact.source}
            for fact in one.facts
        ],
    }
