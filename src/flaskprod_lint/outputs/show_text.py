"""What `show` prints: each deployment with its processes, and each value with what set it and what that beat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flaskprod_lint.finding import Compared
from flaskprod_lint.masking import mask_text
from flaskprod_lint.model import App, Deployment, Engine, Process, Server, Setting, Unknown
from flaskprod_lint.outputs.budget_text import write_budget
from flaskprod_lint.outputs.page import Page, Segment, cells, width_of
from flaskprod_lint.outputs.side_by_side import write_compared
from flaskprod_lint.outputs.values import apps_once, origin, variables, words, words_for
from flaskprod_lint.source import Place

#: The settings that are shown even when nobody set them, in the order in which people ask.
ASKED = ("bind", "workers", "threads", "worker_class", "timeout", "graceful_timeout", "accesslog", "errorlog")
#: What Gunicorn makes out of other settings.
DERIVED = frozenset({"default_proc_name"})
NAMES = {"gunicorn": "Gunicorn", "werkzeug": "Flask's development server", "unknown": "a server that is not known here"}
INDENT = "  "
#: What would change a setting that several places set.
PRECEDENCE = (
    "the command line wins over GUNICORN_CMD_ARGS, that over the configuration file, that over PORT and WEB_CONCURRENCY"
)


def write_show(
    deployments: Sequence[Deployment], page: Page, *, everything: bool = False, compared: Sequence[Compared] = ()
) -> None:
    """Lay the deployments out. `everything` shows the settings that nobody set, too; `compared` stands at the end."""
    for deployment in deployments:
        page.blank()
        _heading(deployment, page)
        for process in deployment.processes:
            page.blank()
            _process(process, page, everything=everything)
        for app in apps_once([deployment]):
            page.blank()
            _app(app, page, everything=everything)
        if deployment.budget is not None:
            page.blank()
            write_budget(deployment.budget, page)
    write_compared(compared, page)
    if not deployments:
        page.add(("Nothing here says how the project is deployed.", ""))


def _heading(deployment: Deployment, page: Page) -> None:
    name = page.clean(deployment.name)
    kind = deployment.environment
    dashes = page.width - cells(name) - cells(kind) - 2
    page.add((f"{name} ", "heading"), (page.glyphs.dash * max(dashes, 2), "quiet"), (f" {kind}", "quiet"))
    if deployment.why:
        page.paragraph(page.clean(deployment.why), "quiet", first=[(INDENT, "")])
    for tier in deployment.tiers:
        page.paragraph(page.clean(f"tier: {words(tier)}, {origin(tier.origin)}"), "quiet", first=[(INDENT, "")])
    image = deployment.image
    if image is not None:
        base = words(image.base)
        text = f"{image.dockerfile}, stage {image.stage}, from {base}, as {words(image.user)}"
        page.paragraph(page.clean(f"image: {text}"), "quiet", first=[(INDENT, "")])


# Processes


def _process(process: Process, page: Page, *, everything: bool) -> None:
    step = process.main_step
    command = step.text if step is not None else process.command.text
    note = "" if process.environment == "production" else f" ({process.environment}: {process.why})"
    first: list[Segment] = [(f"{process.name}  ", "strong")]
    page.paragraph(page.clean(mask_text(" ".join(command.split()))), "strong", first=[(INDENT, ""), *first])
    start = " " * (width_of(first) + len(INDENT))
    if note:
        page.paragraph(page.clean(note.strip()), "quiet", first=[(start, "")])
    if _when(process):
        page.paragraph(_when(process), "quiet", first=[(start, "")])
    for one in process.before:
        page.paragraph(page.clean(f"before it, at each start: {origin(one.origin)}"), "quiet", first=[(start, "")])
    trail = step.trail if step is not None and step.trail else process.trail
    for number, place in enumerate(trail):
        arrow = page.glyphs.arrow if number else " "
        page.paragraph(page.clean(origin(place)), "quiet", first=[(f"{start}{arrow} ", "quiet")])
    for unknown in process.unknowns:
        page.paragraph(page.clean(f"not known here: {unknown.reason}"), "unsure", first=[(start, "")])
    if process.server is not None:
        page.blank()
        _server(process.server, page, everything=everything)
    around = list(_around(process))
    if around:
        page.blank()
        page.add((f"{INDENT}{INDENT}", ""), ("the platform gives it", "quiet"))
        _settings(around, page)


def _when(process: Process) -> str:
    """When what is no server runs, and how often; nothing for what runs all the time."""
    if process.kind == "release":
        return "at each release, before the new version" if process.once else "at each release, on every instance"
    return {"after": "at each release, once the new version answers", "cron": "at its times"}.get(process.kind, "")


def _around(process: Process) -> Iterator[Setting]:
    """What the platform gives an instance, with its units."""
    instances = process.instances if not process.instances.is_default else None
    found = (
        ("instances", instances, ""),
        ("cores", process.cpus, ""),
        ("memory", process.memory, " MiB"),
        ("requests at once", process.concurrency, ""),
        ("time to stop", process.grace, " s"),
        ("time to answer", process.router_timeout, " s"),
        ("health check", process.health_path, ""),
    )
    for name, setting, unit in found:
        value = setting.value if setting is not None else None
        if setting is not None and isinstance(value, (int, float)):
            yield replace(setting, name=name, value=f"{value:g}{unit}")
        elif setting is not None:
            yield replace(setting, name=name)


def _server(server: Server, page: Page, *, everything: bool) -> None:
    name = NAMES.get(server.name, server.name)
    target = f" serves {server.target.text}" if server.target else ""
    version = f" {server.version}" if server.version else ""
    definition = server.target.definition if server.target else None
    place = f"  {definition.span}" if definition and definition.span else ""
    page.add((f"{INDENT}{INDENT}", ""), (page.clean(f"{name}{version}{target}"), ""), (page.clean(place), "place"))
    for refusal in (*server.refusals, *server.boot_refusals):
        where = f"{refusal.span}  " if refusal.span else ""
        page.paragraph(
            page.clean(f"{where}does not start: {refusal.note}"), "unsure", first=[(f"{INDENT}{INDENT}", "")]
        )
    shown, left_out = _chosen(server, everything)
    _settings(shown, page)
    if server.is_gunicorn and any(setting.overrides for setting in shown):
        page.paragraph(PRECEDENCE, "quiet", first=[(f"{INDENT}{INDENT}", "")])
    if left_out:
        text = f"{left_out} more at their defaults: `flaskprod-lint show --all`"
        page.add((f"{INDENT}{INDENT}", ""), (text, "quiet"))


def _chosen(server: Server, everything: bool) -> tuple[list[Setting], int]:
    """The settings to show, the ones people ask for first, and how many are left out."""
    settings = {**server.settings, **_effective(server)}
    names = [name for name in ASKED if name in settings]
    rest = sorted(set(settings) - set(names))
    names += [name for name in rest if everything or not (settings[name].is_default or name in DERIVED)]
    return [settings[name] for name in names], len(settings) - len(names)


def _effective(server: Server) -> dict[str, Setting]:
    """What Gunicorn makes of its settings: threads turn the sync worker into gthread."""
    found = server.worker_class
    raw = server.settings.get("worker_class")
    if found is None or raw is None or not found.known or found.value == raw.value:
        return {}
    return {"worker_class": replace(found, name="worker_class", origin=Place(None, "because of threads"))}


# Settings in columns


def _settings(settings: Sequence[Setting], page: Page) -> None:
    """Name, value, and the place that set it; below, what it beat."""
    if not settings:
        return
    names = min(max(cells(setting.name) for setting in settings), 28)
    cap = max(8, min(24, page.width - names - 42))
    lengths = [cells(page.clean(words(setting))) for setting in settings]
    values = max([length for length in lengths if length <= cap], default=0)
    for setting in settings:
        _setting(setting, page, names, values)


def _setting(setting: Setting, page: Page, names: int, values: int) -> None:
    first: list[Segment] = [(f"{INDENT}{INDENT}{page.clean(setting.name):{names}}  ", "")]
    value = page.clean(words(setting))
    style = "unsure" if not setting.known else "quiet" if setting.is_default else "strong"
    where = page.clean(", ".join(filter(None, (origin(setting.origin), variables(setting)))))
    column = width_of(first) + values + 2
    if cells(value) <= values:
        first += [(value, style), (" " * (values - cells(value) + 2), "")]
        page.paragraph(where, "quiet" if setting.is_default else "place", first=first, indent=column)
    else:
        column = width_of(first)
        page.paragraph(value, style, first=first)
        if where:
            page.paragraph(where, "place", first=[(" " * column, "")])
    for override in setting.overrides:
        beaten = f"over {words_for(setting.name, override.value)} {page.glyphs.dot} {origin(override.origin)}"
        page.paragraph(page.clean(beaten), "quiet", first=[(" " * column, "")])


# Apps and engines


def _app(app: App, page: Page, *, everything: bool) -> None:
    kind = "made by a factory" if app.factory else ""
    first: list[Segment] = [(f"{INDENT}app  ", "strong"), (page.clean(app.name), "strong"), ("  ", "")]
    page.add(*first, (page.clean(origin(Place(app.definition.span))), "place"), (f"  {kind}" if kind else "", "quiet"))
    settings = [app.config[name] for name in sorted(app.config)]
    shown = [setting for setting in settings if everything or not setting.is_default]
    shared = _shared(shown)
    _settings([setting for setting in shown if not any(setting in group for group in shared)], page)
    for group in shared:
        _group(group, page)
    _routes(app, page, everything=everything)
    for unknown in dict.fromkeys(app.unknowns):
        _unknown(unknown, page)
    for engine in app.engines:
        page.blank()
        _engine(engine, page)


def _routes(app: App, page: Page, *, everything: bool) -> None:
    """How many paths the app answers, and whether there may be more; each of them only when all is asked for."""
    count = len(app.routes)
    if not count:
        return
    more = f"; there may be more: {app.routes_unknown.reason}" if app.routes_unknown is not None else ""
    text = page.clean(f"{count} route{'s' if count > 1 else ''}{more}")
    page.paragraph(text, "unsure" if more else "", first=[(f"{INDENT}{INDENT}", "")])
    for route in app.routes if everything else ():
        methods = ", ".join(route.methods) or "any method"
        first: list[Segment] = [(f"{INDENT}{INDENT}{INDENT}", ""), (page.clean(f"{route.rule}  {methods}  "), "")]
        page.paragraph(page.clean(origin(Place(route.at.span))), "place", first=first)


def _shared(settings: Sequence[Setting]) -> list[list[Setting]]:
    """The settings that are not known for one and the same reason, where that would be said more than twice."""
    groups: dict[tuple[str, str], list[Setting]] = {}
    for setting in settings:
        if isinstance(setting.value, Unknown):
            groups.setdefault((setting.value.reason, origin(setting.origin)), []).append(setting)
    return [group for group in groups.values() if len(group) > 2]


def _group(group: Sequence[Setting], page: Page) -> None:
    """Settings of one fate: their names, then why, once."""
    indent: list[Segment] = [(f"{INDENT}{INDENT}", "")]
    page.paragraph(page.clean(", ".join(setting.name for setting in group)), first=indent)
    page.paragraph(page.clean(words(group[0])), "unsure", first=[(f"{INDENT}{INDENT}{INDENT}", "")])
    where = page.clean(origin(group[0].origin))
    if where:
        page.paragraph(where, "place", first=[(f"{INDENT}{INDENT}{INDENT}", "")])


def _unknown(unknown: Unknown, page: Page) -> None:
    where = f"{unknown.at}  " if unknown.at else ""
    text = page.clean(f"{where}not known here: {unknown.reason}")
    page.paragraph(text, "unsure", first=[(f"{INDENT}{INDENT}", "")])


def _engine(engine: Engine, page: Page) -> None:
    bind = f" (bind {engine.bind})" if engine.bind else ""
    version = f" {engine.library_version}" if engine.library_version else ""
    head = page.clean(f"engine{bind}")
    where = page.clean(origin(Place(engine.definition.span)))
    page.add((INDENT, ""), (head, "strong"), ("  ", ""), (where, "place"), (f"  {engine.library}{version}", "quiet"))
    found = [engine.url, engine.pool_class, engine.pool_size, engine.max_overflow, engine.pool_pre_ping]
    if engine.pool_recycle is not None and not engine.pool_recycle.is_default:
        found.append(engine.pool_recycle)
    _settings([setting for setting in found if setting is not None], page)
