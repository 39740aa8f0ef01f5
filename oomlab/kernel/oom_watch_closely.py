"""What a close watch looks at besides: what the review of the RFC found.

All of it is code of the kernel that has its place in it whatever the remedy is; what belongs to one
protocol or one listener is said there.
"""

from __future__ import annotations

from collections.abc import Iterator

from oomlab.engine.observers import Moment
from oomlab.engine.ops import (
    ABORT_SELECTION,
    FREE,
    NOTHING_TO_KILL,
    Op,
    ghost_add,
    ghost_write,
    witness_if,
    witness_if_all,
)
from oomlab.kernel import oom_watch as see
from oomlab.kernel.oom_watch import OomWatch

_CHAIN = "blocking_notifier_call_chain"


def look_closely(watch: OomWatch) -> None:
    """Have `watch`, which must be a close one, look at the chain, at suspends, at kills."""
    observer, machine, seen = watch.observer, watch.machine, watch.seen
    chain, oom_lock = machine.oom_notify_list, machine.oom_lock
    suspended, walks = watch.suspended, watch.walks
    assert suspended is not None and walks is not None

    def locked(moment: Moment) -> Iterator[Op]:
        if chain.members is None:
            yield ghost_add(walks, 1)
        else:  # the walk has begun once it has looked who is there
            moment.kept["has locked the chain"] = True

    def looked(moment: Moment) -> Iterator[Op]:
        if moment.kept.pop("has locked the chain", False):
            yield ghost_add(walks, 1)

    def callback(moment: Moment) -> Iterator[Op]:
        yield witness_if(seen, see.CALLBACK_AFTER_DISABLE, suspended, 0, equal=False)

    def walk_ends(moment: Moment) -> Iterator[Op]:
        yield ghost_add(walks, -1)

    def touches_device(moment: Moment) -> Iterator[Op]:
        yield witness_if(seen, see.DEVICE_TOUCHED, suspended, 2)

    def suspends(how_far: int) -> Iterator[Op]:
        yield ghost_write(suspended, how_far)
        yield witness_if(seen, see.WALK_AFTER_DISABLE, walks, 0, equal=False)

    def disabled(moment: Moment) -> Iterator[Op]:
        # It fails where it does not get oom_lock, and where it has switched the killer on again.
        if moment.op is not None and moment.op.kind not in ("mutex_lock_killable", "write"):
            yield from suspends(1)

    def looks_for_a_page(moment: Moment) -> Iterator[Op]:
        yield ghost_write(watch.requests[moment.task], "none")

    def kills(moment: Moment) -> Iterator[Op]:
        """Somebody is chosen: without a look, and though somebody has died already?"""
        if moment.result in (ABORT_SELECTION, NOTHING_TO_KILL):
            return
        request = watch.requests[moment.task]
        for process in machine.processes:
            dead = (process.mm, "gone")
            yield witness_if(seen, see.KILLS_WITHOUT_A_LOOK, request, "needless", also=dead)

    def manual_kill(moment: Moment) -> Iterator[Op]:
        yield witness_if(seen, see.SYSRQ_WAITS, oom_lock, FREE, equal=False)

    def manual_kill_done(moment: Moment) -> Iterator[Op]:
        """Has anybody been killed by now, by whomever?"""
        sigkills = tuple(process.sigkill for process in machine.processes)
        yield witness_if_all(seen, see.SYSRQ_KILLS_NOBODY, sigkills, 0)

    observer.does("down_read", chain.rwsem, _CHAIN, locked)
    observer.does("read", None, _CHAIN, looked)
    observer.enters(f"{_CHAIN} > *", callback)
    observer.reaches("up_read", chain.rwsem, _CHAIN, walk_ends)
    observer.does("write", None, "update_balloon_size", touches_device)
    observer.leaves("virtballoon_freeze", lambda moment: suspends(2))
    observer.does("take_page", None, "alloc_pages_may_oom", looks_for_a_page)
    observer.does("take_block", None, "alloc_pages_may_oom", looks_for_a_page)
    observer.does("select_bad_process", None, "out_of_memory", kills)
    observer.reaches("mutex_lock", oom_lock, "moom_callback", manual_kill)
    observer.leaves("moom_callback > out_of_memory", manual_kill_done)
    observer.leaves("oom_killer_disable", disabled)
