"""What an OOM report says about the request: its mask, whether it may kill, and its zone."""

from __future__ import annotations

from oomlab.errors import InputError
from oomlab.gfp.killing import OomPath as KillPath
from oomlab.gfp.killing import may_kill_on
from oomlab.gfp.predicates import zone as highest_zone
from oomlab.gfp.printed import PrintedMask
from oomlab.gfp.tables import DEFAULT_VERSION, table
from oomlab.kernel.zone import PAGE_KIB, Watermarks
from oomlab.logs.incidents import OomReport
from oomlab.logs.parts import MemoryFigures, ZoneFigures
from oomlab.logs.story.reports import ZoneSeen

_ZONES = ("DMA", "DMA32", "Normal", "HighMem", "Movable", "Device")


def models(mask: PrintedMask) -> int:
    """The mask with the model's numbers, which are those of 4.13."""
    ours = table(DEFAULT_VERSION).bits
    return sum(ours.get(n, 0) for n, bit in mask.table.bits.items() if mask.value & bit)


_PATHS = {
    "allocator": KillPath.ALLOCATOR,
    "page fault": KillPath.PAGE_FAULT,
    "memory cgroup": KillPath.MEMCG,
    "SysRq": KillPath.SYSRQ,
    "kswapd": KillPath.KSWAPD,
}


def may_kill(one: OomReport, mask: PrintedMask | None) -> tuple[bool | None, str]:
    """May this request kill, and why; None where that cannot be said."""
    path = _PATHS.get(one.path)
    if mask is None or path is None:
        return None, ""
    try:
        answer = may_kill_on(path, mask.request(one.order or 0))
    except InputError:  # an order that no kernel has: the line is damaged
        return None, ""
    return answer.kills, answer.why


def zone_of(memory: MemoryFigures, mask: PrintedMask | None) -> ZoneSeen | None:
    """The zone that a request would have been served from first: the highest that it may use; of
    several nodes the one with least above its mark."""
    highest = "Normal" if mask is None else _highest(mask)
    usable = [
        zone
        for zone in memory.zones
        if zone.name in _ZONES[: _ZONES.index(highest) + 1] and zone.managed_kb != 0
    ]
    best = max((_ZONES.index(zone.name) for zone in usable), default=None)
    if best is None:
        return None
    return _seen(min((z for z in usable if _ZONES.index(z.name) == best), key=_above))


def closed_to(memory: MemoryFigures, mask: PrintedMask | None) -> tuple[ZoneSeen, ...]:
    """Zones with more free than their high mark that a request may not use: they lie above the
    highest that it may."""
    if mask is None:
        return ()
    above = _ZONES[_ZONES.index(_highest(mask)) + 1 :]
    mine = [zone for zone in memory.zones if zone.name in above and zone.free_kb > zone.high_kb]
    return tuple(seen for seen in map(_seen, mine) if seen is not None)


def _seen(zone: ZoneFigures) -> ZoneSeen | None:
    try:
        marks = Watermarks(*(kb // PAGE_KIB for kb in (zone.min_kb, zone.low_kb, zone.high_kb)))
    except InputError:  # a damaged line
        return None
    managed = (zone.managed_kb or 0) // PAGE_KIB
    return ZoneSeen(zone.name, zone.free_kb // PAGE_KIB, marks, managed)


def _highest(mask: PrintedMask) -> str:
    """The highest zone that a request with this mask may use, as zones are called in a log."""
    name = highest_zone(mask.request()).value.removeprefix("ZONE_")
    return next((zone for zone in _ZONES if zone.upper() == name), "Normal")


def _above(zone: ZoneFigures) -> int:
    return zone.free_kb - zone.min_kb
