"""How much processor and memory an instance of a named size has, by what platforms.yaml says of its platform."""

from __future__ import annotations

from flaskprod_lint.model import Setting
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import platforms
from flaskprod_lint.source import Place, Span

_SLUG = regex(r"-(\d{1,9})vcpu-")


def of(platform: str, size: str, at: Span | None) -> tuple[Setting | None, Setting | None]:
    """The processors and the MiB of an instance of that size, each None where the facts do not have it.

    Processors that are a share of real ones are not sure.
    """
    node = platforms.facts(platform) if size else None
    sizes = node.at("instances", "sizes") if node is not None else None
    entry = next((one for one in (sizes.entries if sizes else ()) if one.key.value.lower() == size.lower()), None)
    if entry is None:
        return None, None
    cpu, memory = entry.value.string("cpu"), entry.value.string("ram_mb")
    slug = _SLUG.search(size)
    cores = float(cpu.value) if cpu is not None else float(slug[1]) if slug else None
    whole = entry.value.string("shared") is None
    mebibytes = float(memory.value) if memory is not None else None
    return _setting("cpus", cores, size, at, sure=whole), _setting("memory", mebibytes, size, at)


def _setting(name: str, value: float | None, size: str, at: Span | None, *, sure: bool = True) -> Setting | None:
    unit = "MiB" if name == "memory" else "processor" if value == 1 else "processors"
    if not value:
        return None
    return Setting(name, value, Place(at, f"an instance of size {size} has {value:.6g} {unit}"), sure=sure)
