"""What a log says of the OOM killer's work: kills, kills that did not come, storms, failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from oomlab.logs.story.early import kill_words
from oomlab.logs.story.findings import Material, finding, length
from oomlab.logs.story.reports import MOST_ORDER, NoticeKind, OomSeen, ZoneSeen
from oomlab.logs.story.story import LogFinding, Quote

STORM = 10
"""From so many reports on it is called a storm (our choice)."""
_COSTLY = 3
"""PAGE_ALLOC_COSTLY_ORDER: above it the allocator asks nobody to be killed (mm/page_alloc.c)."""


def no_kill(material: Material) -> Iterator[LogFinding]:
    """Somebody asked the OOM killer, and nobody was killed."""
    ooms = material.reading.ooms
    silent = [oom for oom in ooms if not oom.victim and not oom.nobody]
    later = [one for one in material.scene.standings if one.seen.why in ("stall", "hung task")]
    for oom in silent:
        after = any(other.victim and other.line > oom.line for other in ooms)
        waits = [one for one in later if one.last_us >= oom.at_us]
        if after:
            continue
        more = f" {waits[0].seen.task} still waits afterwards." if waits else ""
        yield finding(
            "no kill",
            "lockup" if waits else "notice",
            f"{oom.task} invoked the OOM killer, and no kill follows in this log.{more}",
            [Quote(oom.line, _asked(oom)), *(Quote(w.seen.line, w.seen.why) for w in waits[:2])],
        )
        return


def _asked(oom: OomSeen) -> str:
    mask = f", {oom.mask_text}, order {oom.order}" if oom.mask_text else ""
    return f"{oom.task} asked ({oom.path}{mask})"


def reaper(material: Material) -> Iterator[LogFinding]:
    """The memory of a victim could not be taken."""
    failed = [oom for oom in material.reading.ooms if oom.reaped is False]
    if failed:
        names = ", ".join(dict.fromkeys(oom.victim for oom in failed[:4]))
        yield finding(
            "reaper",
            "loss",
            f"The OOM reaper could not take the memory of {names}: it comes back only when that"
            " task exits.",
            [Quote(oom.victim_line, f"{oom.victim} killed, not reaped") for oom in failed],
        )


def storm(material: Material) -> Iterator[LogFinding]:
    """OOM after OOM."""
    found = material.storm
    if found is None or len(found.strokes) < STORM:
        return
    who = ", ".join(f"{name} ({count})" for name, count in found.victims[:3])
    early = found.count("next came first")
    too_early = f" {early} times the next report came before the memory was back." if early else ""
    groups = {stroke.group for stroke in found.strokes}
    where = f" All of them in {min(groups)}." if len(groups) == 1 and "" not in groups else ""
    us = found.length_us
    over = f"over {length(us, material.reading)}" if us else "at one moment"
    yield finding(
        "storm",
        "loss",
        f"{len(found.strokes)} reports {over}; killed most often: {who}.{too_early}{where}",
        [
            Quote(found.strokes[0].line, "the first report"),
            Quote(found.strokes[-1].line, "the last report"),
        ],
    )


def may_not_kill(material: Material) -> Iterator[LogFinding]:
    """A request that is not allowed to have anybody killed came to the killer all the same."""
    for oom in material.reading.ooms:
        if oom.may_kill is False:
            yield finding(
                "may not kill",
                "notice",
                f"The request of {oom.task} ({oom.mask_text}) may not have anybody killed:"
                f" {oom.why}.",
                [Quote(oom.line, _asked(oom))],
            )
            return


_NOTICES: tuple[tuple[NoticeKind, str, str, str], ...] = (
    ("panic", "panic", "lockup", "The machine gave up"),
    ("no victim", "panic", "lockup", "Nobody was left to kill"),
    (
        "listener's worker",
        "chain",
        "lockup",
        "A worker does not come back that may stand in the way of the OOM killer",
    ),
    ("processor", "stall", "lockup", "A processor does not get on"),
    ("workers", "stall", "notice", "Workers do not get on"),
    ("grace period", "stall", "notice", "A grace period of RCU does not end"),
    ("puff", "puff", "notice", "The balloon could not get the pages that the host wanted"),
    ("failure", "failure", "notice", "Requests for memory failed"),
    ("stall", "stall", "notice", "A request for memory took long"),
)


def notices(material: Material) -> Iterator[LogFinding]:
    """Records that are findings by themselves, one finding a kind."""
    for kind, chapter, severity, said in _NOTICES:
        mine = [notice for notice in material.reading.notices if notice.kind == kind]
        if not mine:
            continue
        times = f" ({len(mine)} times; this was the first)" if len(mine) > 1 else ""
        weight = "loss" if severity == "loss" else "lockup" if severity == "lockup" else "notice"
        yield finding(
            chapter,
            weight,  # type: ignore[arg-type]
            f"{said}{times}: {mine[0].text.removesuffix('.')}.",
            [Quote(notice.line, notice.text) for notice in mine],
        )


def ordinary(material: Material) -> Iterator[LogFinding]:
    """An OOM as it should be: asked, killed, done; or a log without any."""
    ooms = material.reading.ooms
    killed = [oom for oom in ooms if oom.victim]
    if not ooms:
        if not material.reading.sightings and not material.reading.notices:
            yield finding(
                "ordinary",
                "ordinary",
                "No report about memory that has run out is in this log, no failed request and no"
                " task that hangs.",
            )
        return
    if not killed:
        return
    groups = [oom for oom in killed if oom.group]
    if len(groups) == len(killed):
        yield finding(
            "group",
            "ordinary",
            _of_groups(groups),
            [Quote(oom.line, f"{oom.task} asked, {oom.victim} killed") for oom in groups],
        )
        return
    asked = [oom for oom in killed if oom.path != "kswapd"]
    if not asked:
        return
    more = f" {len(killed)} kills in all." if len(killed) > 1 else ""
    quotes = [Quote(oom.victim_line, kill_words(oom)) for oom in killed]
    yield finding("ordinary", "ordinary", _how(asked[0]) + more, quotes)


def by_kswapd(material: Material) -> Iterator[LogFinding]:
    """Kills that no request led to."""
    killed = [oom for oom in material.reading.ooms if oom.victim and oom.path == "kswapd"]
    if killed:
        more = f" {len(killed)} such kills in all." if len(killed) > 1 else ""
        yield finding(
            "kswapd",
            "notice",
            f"kswapd had {killed[0].victim} killed, and no request did: that needs min_ttl_ms of"
            " the multi-gen LRU, which has somebody killed rather than let memory thrash. kswapd"
            " does not run the slow path of a request: it tries oom_lock once, and walks the"
            f" chain.{more}",
            [Quote(oom.victim_line, kill_words(oom)) for oom in killed],
        )


def _how(oom: OomSeen) -> str:
    """Who asked, for what, where, and who was killed."""
    if oom.path == "SysRq":
        return f"A person had somebody killed by SysRq-f: {oom.victim}."
    whole = 0 < oom.order <= MOST_ORDER
    asked = f" for {1 << oom.order} pages in a row (order {oom.order}, " if whole else " ("
    how = f"An ordinary OOM: {oom.task} asked{asked}{oom.path}), {oom.victim} was killed."
    if oom.asker_dies:
        how += " No victim was looked for: oom_kill_allocating_task is set, the one who asks dies."
    if oom.where:
        how += f" It looked for memory {oom.where}: elsewhere there may be free memory."
    if oom.closed and oom.path == "allocator":
        zone = max(oom.closed, key=_free)
        how += f" {zone.free} pages are free in zone {zone.name}, which this request may not use."
    if oom.path == "page fault" and oom.spare and oom.ram and oom.spare * SPARE > oom.ram:
        how += (
            f" {oom.spare} pages were free: memory was not short, a handler of the fault said"
            " that it was (VM_FAULT_OOM)."
        )
    return how


def _free(zone: ZoneSeen) -> int:
    return zone.free


SPARE = 10
"""With more than one in so many pages free, a machine is not short of memory (our choice)."""


def _of_groups(ooms: list[OomSeen]) -> str:
    """Which groups were full, how often, and who died."""
    full = Counter(oom.group for oom in ooms)
    first = ooms[0]
    limit = f" (limit {first.limit_kb:,} kB)" if first.limit_kb is not None else ""
    if len(ooms) == 1:
        more = f" and {first.others} more of the group were" if first.others else " was"
        said = (
            f"Memory of a group ran out, {first.group}{limit}: {first.victim}{more} killed for it."
        )
    elif len(full) == 1:
        said = (
            f"Memory of a group ran out {len(ooms)} times, {first.group}{limit}: {first.victim} was"
            " the first that was killed for it."
        )
    else:
        most = ", ".join(f"{group} ({times})" for group, times in full.most_common(MOST_GROUPS))
        left = len(full) - MOST_GROUPS
        said = (
            f"Memory of {len(full)} groups ran out, {len(ooms)} times in all: {most}"
            + (f" and {left} more." if left > 0 else ".")
            + f" {first.victim} was the first that was killed for it."
        )
    return said + " The notifier chain is not asked there."


MOST_GROUPS = 4
"""Groups that a sentence names (our choice)."""
