"""Kills that need not have been: memory was there, or somebody had waited for a listener."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from oomlab.logs.story.findings import Material, finding, length
from oomlab.logs.story.reports import Notice, OomSeen, ZoneSeen
from oomlab.logs.story.standings import named
from oomlab.logs.story.story import LogFinding, Quote
from oomlab.remedies.notifier_thread import RFC_TIMEOUT_S


def needless(material: Material) -> Iterator[LogFinding]:
    """Somebody was killed although memory had come back, or was there: all of them, counted."""
    purged = [n for n in material.reading.notices if n.kind == "purge" and n.number > 0]
    given: list[tuple[OomSeen, Notice]] = []
    spared: list[tuple[OomSeen, ZoneSeen]] = []
    for oom in material.reading.ooms:
        if not oom.victim or oom.group:
            continue
        before = [notice for notice in purged if notice.line < oom.line]
        close = [n for n in before if oom.at_us - n.at_us <= 1_000_000]
        if close:
            given.append((oom, close[-1]))
        elif had_spare(oom) and oom.zone is not None:
            spared.append((oom, oom.zone))
    if given:
        oom, notice = given[0]
        yield finding(
            "asked too early",
            "loss",
            f"{oom.victim} was killed although a listener had just given {notice.number} pages"
            f" back.{_more([one for one, _ in given[1:]])}",
            [
                q
                for o, n in given
                for q in (Quote(n.line, n.text), Quote(o.victim_line, kill_words(o)))
            ],
        )
    if spared:
        oom, zone = spared[0]
        yield finding(
            "asked too early",
            "loss",
            f"{oom.victim} was killed while {zone.free} pages of zone {zone.name} were free,"
            f" more than its high mark, {zone.marks.high}: memory had come back meanwhile, or"
            f" this request could not use that zone.{_more([one for one, _ in spared[1:]])}",
            [
                Quote(o.victim_line, f"{kill_words(o)}, with {z.free} pages of zone {z.name} free")
                for o, z in spared
            ],
        )


def had_spare(oom: OomSeen) -> bool:
    """Was there more free than the high mark of the zone that this request is for? Then it need
    not have had anybody killed."""
    zone = oom.zone
    if zone is None or oom.order or oom.path != "allocator" or not _main(zone, oom.ram):
        return False
    return zone.free > zone.marks.high


def _more(others: Sequence[OomSeen]) -> str:
    if not others:
        return ""
    verb = "was" if len(others) == 1 else "were"
    return f" So {verb} {len(others)} more: {named([one.victim for one in others])}."


def kill_words(oom: OomSeen) -> str:
    """A kill in a quote."""
    return f"{oom.victim} killed for {oom.task}"


LIMIT_US = round(RFC_TIMEOUT_S * 1_000_000)
"""So long does a caller of the killer wait for the thread of the RFC that walks the chain."""
_LATE_US = 500_000
"""What a kill may come later than the limit (our choice)."""


def waiting_limit(material: Material) -> Iterator[LogFinding]:
    """Kills that follow one another about as fast as a caller with a waiting limit gives up, though
    memory was free by then: that looks like a listener that somebody waited for."""
    if material.reading.times == "lines":
        return
    killed = [oom for oom in material.reading.ooms if oom.victim and not oom.group]
    pairs = [
        (one, other)
        for one, other in pairwise(killed)
        if LIMIT_US <= other.at_us - one.at_us <= LIMIT_US + _LATE_US and had_spare(other)
    ]
    if not pairs:
        return
    one, other = pairs[0]
    times = f" ({len(pairs)} times in this log)" if len(pairs) > 1 else ""
    gap = length(other.at_us - one.at_us, material.reading)
    yield finding(
        "waiting limit",
        "notice",
        f"{other.victim} was killed {gap} after {one.victim}, and memory had been free by then"
        f"{times}: it looks as if {other.task} had waited for a listener up to a limit of"
        f" {RFC_TIMEOUT_S:g} seconds, and had somebody killed then without asking"
        " again whether there is memory. That is a suspicion.",
        [
            Quote(oom.victim_line, kill_words(oom))
            for oom in dict.fromkeys(oom for pair in pairs for oom in pair)
        ],
    )


def _main(zone: ZoneSeen, ram: int | None) -> bool:
    """Is most of the machine's memory in it? Small zones keep pages back for whoever needs them."""
    return zone.name != "DMA" and (not ram or zone.managed * 2 >= ram)
