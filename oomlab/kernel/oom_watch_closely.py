"""Ghosts that only a close watch has: what the review of the RFC found besides.

Each of these does nothing unless a watch is there and watches closely.
"""

from __future__ import annotations

from oomlab.engine.ops import (
    FREE,
    Routine,
    Slot,
    ghost_add,
    ghost_write,
    ghost_write_if_more,
    swap,
    witness,
    witness_if,
    witness_if_all,
    witness_if_owner,
    write,
)
from oomlab.kernel import oom_watch as see
from oomlab.kernel.oom_watch import OomWatch
from oomlab.kernel.task import Task
from oomlab.kernel.zone import Zone


def ghost_walk(watch: OomWatch | None, walks: int) -> Routine:
    """A walk of the chain begins (1) or is over (-1), whoever walks."""
    if watch is not None and watch.walks is not None:
        yield ghost_add(watch.walks, walks)


def ghost_callback(watch: OomWatch | None) -> Routine:
    """A callback is about to run."""
    if watch is not None and watch.suspended is not None:
        yield witness_if(watch.seen, see.CALLBACK_AFTER_DISABLE, watch.suspended, 0, equal=False)


def ghost_touches_device(watch: OomWatch | None) -> Routine:
    """A callback writes to its device."""
    if watch is not None and watch.suspended is not None:
        yield witness_if(watch.seen, see.DEVICE_TOUCHED, watch.suspended, 2)


def ghost_answers(watch: OomWatch | None) -> Routine:
    """A thread has cleared the flag for which callers wait."""
    if watch is not None and watch.walks is not None:
        yield witness_if(watch.seen, see.ANSWER_OF_ANOTHER_WALK, watch.walks, 0, equal=False)


def zero_credit(watch: OomWatch | None, credit: Slot, taken: int) -> Routine:
    """Set the credit to zero after `taken` pages were read from it: one plain write, at which a
    close watch looks at what is lost."""
    if watch is None or not watch.closely:
        yield write(credit, 0)
        return
    found = yield swap(credit, 0)
    if found != taken:
        yield witness(watch.seen, see.LOST_CREDIT)


def ghost_sum(watch: OomWatch, undisturbed: bool) -> Routine:
    """A listener has added its pages to the sum it had read before."""
    if not undisturbed:
        yield witness(watch.seen, see.ZEROING_UNDONE)


def ghost_registers(watch: OomWatch | None, how_far: str) -> Routine:
    """A registration: the thread is being "making", is "made", or all is over ("none")."""
    if watch is not None and watch.registering is not None:
        yield ghost_write(watch.registering, how_far)


def ghost_registration_fails(watch: OomWatch | None) -> Routine:
    """A listener was refused."""
    if watch is not None and watch.closely:
        yield witness(watch.seen, see.REGISTRATION_FAILS)


def ghost_skips(watch: OomWatch | None) -> Routine:
    """out_of_memory finds no thread and leaves the chain alone."""
    if watch is not None and watch.registering is not None:
        yield witness_if(watch.seen, see.CHAIN_SKIPPED, watch.registering, "making")


def ghost_suspends(watch: OomWatch | None, how_far: int) -> Routine:
    """oom_killer_disable returns with success (1), the devices are suspended (2)."""
    if watch is None or watch.suspended is None or watch.walks is None:
        return
    yield ghost_write(watch.suspended, how_far)
    yield witness_if(watch.seen, see.WALK_AFTER_DISABLE, watch.walks, 0, equal=False)


def ghost_inside(watch: OomWatch | None, tasks: int) -> Routine:
    """A task enters a certain callback (1) or leaves it (-1)."""
    if watch is None or watch.inside is None:
        return
    if tasks > 0:
        yield witness_if(watch.seen, see.CALLBACK_TWICE, watch.inside, 0, equal=False)
    yield ghost_add(watch.inside, tasks)


def ghost_gives_up(watch: OomWatch | None, lock: Slot) -> Routine:
    """A callback gives up on `lock`: does its owner wait for the very walk that calls it?"""
    if watch is not None and watch.closely:
        requests = tuple(watch.requests.items())
        yield witness_if_owner(watch.seen, see.OWNER_WAITS, lock, requests, "walking")


def ghost_time_is_up(watch: OomWatch | None, current: Task, zone: Zone) -> Routine:
    """`current` has waited long enough for the chain. Would it get a page if it looked for one?"""
    if watch is not None and watch.closely:
        request = watch.requests[current.index]
        yield ghost_write_if_more(request, "needless", zone.free, zone.marks.high)


def ghost_looks(watch: OomWatch | None, current: Task) -> Routine:
    """`current` has just looked for a free page, with oom_lock held."""
    if watch is not None and watch.closely:
        yield ghost_write(watch.requests[current.index], "none")


def ghost_kills(watch: OomWatch | None, current: Task, mms: tuple[Slot, ...]) -> Routine:
    """`current` has chosen somebody to kill: without a look, and though somebody has died already?
    `mms`: the memory of all processes."""
    if watch is None or not watch.closely:
        return
    request = watch.requests[current.index]
    for i in range(len(mms)):
        dead = (mms[i], "gone")
        yield witness_if(watch.seen, see.KILLS_WITHOUT_A_LOOK, request, "needless", also=dead)


def ghost_sysrq(watch: OomWatch | None, oom_lock: Slot) -> Routine:
    """SysRq-f is about to ask for oom_lock."""
    if watch is not None and watch.closely:
        yield witness_if(watch.seen, see.SYSRQ_WAITS, oom_lock, FREE, equal=False)


def ghost_sysrq_done(watch: OomWatch | None, sigkills: tuple[Slot, ...]) -> Routine:
    """SysRq-f is done: has anybody been killed by now, by whomever?"""
    if watch is not None and watch.closely:
        yield witness_if_all(watch.seen, see.SYSRQ_KILLS_NOBODY, sigkills, 0)
