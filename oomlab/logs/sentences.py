"""Each record in a reader's words: one sentence, and lines that add to it.

Texts of the log stand in them as they are: whoever prints them shows control characters, whoever
puts them into a page escapes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from oomlab.analysis.units import time_text
from oomlab.gfp.printed import PrintedMask
from oomlab.logs import incidents as log
from oomlab.logs.parts import CallFrame, NotifierSeen, Victim
from oomlab.logs.story.request import may_kill

MOST_SHOWN = 6
"""Functions, locks and victims that a line names (our choice)."""

_SEEN_BY = {
    "line": "its own line says so",
    "sure frame": "its function is in the stack",
    "? frame": "its function was in the stack before, so it may have run",
}


def counted(number: int, thing: str) -> str:
    """A number with its noun: 1 lock, 2 locks."""
    return f"{number} {thing}" if number == 1 else f"{number:,} {thing}s"


def when(one: log.Incident) -> str:
    """Where it stands: "line 12, 300.5 s after the start"."""
    place = one.place
    if place.boot_us is not None:
        return f"line {place.first}, {place.boot_us / 1_000_000:.3f} s after the start"
    return f"line {place.first}" + (f", {place.wall}" if place.wall else "")


def sentence(one: log.Incident) -> str:
    """What happened, in one sentence without its full stop."""
    for kind, teller in _SENTENCES:
        if isinstance(one, kind):
            return teller(one)
    return one.kind


def additions(one: log.Incident) -> Iterator[str]:
    """What else the record says, a line each."""
    if isinstance(one, log.OomReport):
        yield from _of_oom(one)
    elif isinstance(one, log.AboutRequest):
        yield from _of_mask(one)
    elif isinstance(one, log.HungTask) and one.blocked_on is not None:
        blocked = one.blocked_on
        owner = f"likely owned by {blocked.owner}" if blocked.owner else "the owner is not found"
        yield f"waits for a {blocked.kind}, {owner}"
    elif isinstance(one, log.HeldLocks):
        yield "locks: " + _some([f"{lock.name} (asked in {lock.function})" for lock in one.locks])
    elif isinstance(one, log.WorkqueueStall):
        if one.in_flight:
            yield "at work: " + _some(list(one.in_flight))
        if one.pending:
            yield "waiting behind it: " + _some(list(one.pending))
    elif isinstance(one, log.LockdepReport):
        if one.wanted:
            yield f"wants {one.wanted.name}, in {one.wanted.function}"
        yield "has " + _some([lock.name for lock in one.held])
        yield "chain: " + " <- ".join(step.name for step in one.steps[:MOST_SHOWN])
    if one.frames and not isinstance(one, log.OomReport):
        yield "stack: " + _frames(one.frames)


def _of_oom(one: log.OomReport) -> Iterator[str]:
    yield from _of_mask(one)
    kills, why = may_kill(one, one.mask)
    if kills is not None:
        yield f"may such a request kill? {'yes' if kills else 'no'}: {why}"
    for seen in one.notifiers:
        yield _notifier(seen)
    if one.bound_to:
        yield f"where it looked: {one.where}"
    usage, limit = one.memory.group_usage_kb, one.memory.group_limit_kb
    if limit is not None:
        yield f"the group: {usage or 0:,} kB used, limit {limit:,} kB"
    if one.asker_dies:
        yield "no victim was looked for: oom_kill_allocating_task is set"
    if one.whole_group:
        yield "the whole group dies: memory.oom.group is set"
    for victim in one.victims[:MOST_SHOWN]:
        yield _victim(victim)
    if len(one.victims) > MOST_SHOWN:
        yield f"and {len(one.victims) - MOST_SHOWN} more victims"
    if not one.victims:
        yield "nobody could be killed" if one.nobody else "the log shows no victim"
    for zone in one.memory.zones[:MOST_SHOWN]:
        boost = f" (boost {zone.boost_kb:,} kB)" if zone.boost_kb else ""
        yield (
            f"zone {zone.name} of node {zone.node}: {zone.free_kb:,} kB free, min "
            f"{zone.min_kb:,} kB{boost}"
        )


def _of_mask(one: log.AboutRequest) -> Iterator[str]:
    mask = one.mask
    if mask is not None:
        yield f"mask: {mask} on Linux {_fits(mask)}"
        if mask.disagreement:
            yield f"but: {mask.disagreement}"


def _fits(mask: PrintedMask) -> str:
    """The releases with such masks; the log's own before them, if it stands outside of them."""
    kernel = mask.kernel
    if kernel is None or kernel.era is not mask.era or kernel.release in mask.era:
        return mask.spans
    return f"{kernel.version}, numbered as {mask.spans}"


def _notifier(seen: NotifierSeen) -> str:
    who = (
        "the chain of OOM notifiers" if seen.driver == "?" else f"the OOM notifier of {seen.driver}"
    )
    return f"{who}: {_SEEN_BY[seen.by]} (line {seen.line})"


def _victim(victim: Victim) -> str:
    text = f"killed: {victim.task}"
    if victim.rss_kb is not None:
        text += f", {victim.rss_kb:,} kB resident"
    if victim.score is not None:
        text += f", score {victim.score}"
    reaped = victim.reaped
    if reaped is None:
        return f"{text}; nothing says that it was reaped"
    how = "reaped" if reaped.done else "the reaper was unable to reap it"
    late = "" if reaped.before_next else " after the next call of the OOM killer"
    return f"{text}; {how}{late} (line {reaped.line})"


def _some(texts: list[str]) -> str:
    more = f" and {len(texts) - MOST_SHOWN} more" if len(texts) > MOST_SHOWN else ""
    return (", ".join(texts[:MOST_SHOWN]) or "none that the log names") + more


def _frames(frames: tuple[CallFrame, ...]) -> str:
    """The functions that the unwinder is sure of; where it is of none, its guesses."""
    sure = [frame.function for frame in frames if frame.sure]
    return _some(sure or [f"? {frame.function}" for frame in frames])


def _oom(one: log.OomReport) -> str:
    where = {
        "allocator": "as a request of the page allocator",
        "page fault": "at the end of a page fault",
        "memory cgroup": f"for the memory cgroup {one.memcg or 'that was full'}",
        "SysRq": "because a person asked by SysRq-f",
        "kswapd": "as kswapd, for min_ttl_ms",
        "unknown": "on a way that the log does not show",
    }[one.path]
    order = f", order {one.order}" if one.order is not None and one.order >= 0 else ""
    return f"OOM: {one.task} called the OOM killer {where}{order}"


def _failure(one: log.AllocationFailure) -> str:
    who = str(one.task) if one.task.comm else f"the cache {one.cache}" if one.cache else "somebody"
    if one.what == "unexpected mask":
        return f"{who} asked with a mask that may not be there"
    size = f", {one.bytes:,} bytes" if one.bytes is not None else ""
    order = f", order {one.order}" if one.order is not None else ""
    return f"failure ({one.what}): {who} got nothing{order}{size}"


def _lockup(one: log.Lockup) -> str:
    how = "takes no interrupts" if one.hard else f"has not scheduled for {one.seconds} s"
    return f"lockup: processor {one.cpu} {how}" + (f", running {one.task}" if one.task else "")


def _shown(one: log.TaskShown) -> str:
    waits = f", for which {one.waiter} waits" if one.waiter else ""
    return f"task {one.task} in state {one.state or '?'}{waits}"


_SENTENCES: tuple[tuple[type[log.Incident], Callable[[Any], str]], ...] = (
    (log.OomReport, _oom),
    (log.AllocationStall, lambda one: f"stall: {one.task} has waited {time_text(one.for_us)}"),
    (log.AllocationFailure, _failure),
    (log.HungTask, lambda one: f"hung: {one.task} has not run for {one.seconds} s"),
    (log.TaskShown, _shown),
    (log.HeldLocks, lambda one: f"{one.task} holds or waits for {counted(one.number, 'lock')}"),
    (log.LockdepReport, lambda one: f"lockdep: {one.title}"),
    (log.WorkqueueStall, lambda one: f"workers stuck for {one.seconds} s ({one.pool})"),
    (log.RcuStall, lambda one: f"a grace period of {one.flavour or 'RCU'} does not end"),
    (log.Lockup, _lockup),
    (log.NotifierLine, lambda one: f"{one.driver} says: {one.text.removesuffix('.')}"),
    (log.PageOwner, lambda one: f"a page was allocated by {one.task}, order {one.order}"),
    (log.Panic, lambda one: f"panic: {one.text}"),
    (log.OrphanKill, lambda one: f"{_victim(one.victim)}; its report is not in the log"),
)
