"""What must hold of the model, each in a form that a separate process can check.

`python -m tests.mutants.expectations NAME` checks one against whichever oomlab comes first on the
path, and fails with an assertion if it does not hold.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FunctionType

from oomlab import explore, run
from oomlab.analysis.outcome import kills
from oomlab.engine.chooser import Chooser
from oomlab.engine.clock import ending
from oomlab.engine.clock.engine import Clock
from oomlab.remedies import find_remedy
from oomlab.scenarios import find_scenario
from tests.mutants import alone

H1 = "h1-two-task-cycle"
H2 = "h2-three-task-poll"


def h1_deadlocks_under_mainline() -> None:
    """Two tasks, two locks: a caller that may not kill runs the callback all the same."""
    assert run(H1).verdict == "deadlock"
    assert {w.waits_for for w in run(H1).waiting} == {"balloon_lock", "fs_lock"}


def h1_ends_when_the_balloon_allocates_outside() -> None:
    """The merged fix leaves nobody waiting and kills nobody."""
    trace = run(H1, "allocate-outside")
    assert trace.verdict == "completed"
    assert not trace.waiting


def h1_is_clean_in_every_order_when_the_balloon_allocates_outside() -> None:
    """The explorer sees every schedule, not only the clock's."""
    assert explore(H1, "allocate-outside").verdict.word == "exhausted-clean"


def h2_needs_no_kill_when_the_balloon_allocates_outside() -> None:
    """Pages that a listener gives back are credited, nobody is killed, and no lock is left held."""
    trace = run(H2, "allocate-outside")
    assert trace.verdict == "completed"
    values = trace.values_at(trace.ended_at_us)
    assert not [s.name for s in trace.slots if s.kind == "mutex" and values[s.name]]


def a_request_that_does_not_retry_fails_and_lets_go() -> None:
    """Without the filesystem's lock the worker's round ends; after its nap everybody goes on."""
    trace = run(H1, "mainline", {"reclaim_meets_fs": 0})
    assert trace.verdict == "completed"
    assert 200_000 <= trace.ended_at_us <= 210_000


def a_request_that_does_not_retry_never_has_oom_lock() -> None:
    """__GFP_NORETRY gives up before the OOM killer is asked."""
    for scenario in (H1, H2):
        for remedy in ("mainline", "offload", "allocate-outside"):
            trace = run(scenario, remedy, {"reclaim_meets_fs": 0, "rounds": 3})
            assert not any(
                e.task == "balloon_worker" and e.op == "mutex_trylock" for e in trace.events
            )


def an_offloaded_chain_without_contention_is_quick() -> None:
    """The thread's answer ends the wait: the time limit plays no part."""
    scenario = find_scenario(H2)
    settings = scenario.settle({}, "clock")
    remedy = find_remedy("offload+allocate-outside")
    clock = Clock(scenario.build(settings, remedy), Chooser(0, settings), 60_000_000)
    clock.run()
    assert ending.verdict(clock) == "completed"
    assert clock.timeouts == 0


def the_first_kill_under_the_offload_comes_after_two_rounds() -> None:
    """Five seconds for the caller that may not kill, five more for the one that may: 1,250 ticks
    and up to 64 more, and 20 slots of 64 ticks."""
    trace = run(H1, "offload", {"fault_tasks": 1})
    assert trace.verdict == "recovered"
    first, second = (e.at_us for e in trace.events if e.condition == "timeout")
    assert 5_000_000 < first <= 5_256_000 and second - first == 5_120_000
    assert [e.at_us - second for e in kills(trace)] == [1_000]


def a_victim_is_signalled_before_it_gets_the_reserves() -> None:
    """SIGKILL first, so that user code cannot eat the reserves."""
    writes = [e.on for e in run(H2, "offload").events if e.changes and "hog" in e.on]
    assert writes.index("SIGKILL for hog") < writes.index("TIF_MEMDIE of hog")


def the_reaper_waits_for_the_killers_nap() -> None:
    """The reaper needs oom_lock, which the killer holds until the second tick."""
    events = run(H1, "offload", {"fault_tasks": 1}).events
    (blocked,) = [e for e in events if e.task == "oom_reaper" and e.condition == "blocked"
                  and e.on == "oom_lock"]  # fmt: skip
    (taken,) = [e for e in events if e.task == "oom_reaper" and e.op == "mutex_lock"
                and e.condition == "done"]  # fmt: skip
    assert taken.at_us - blocked.at_us == 7_000  # a tick came with the report's beginning


def pollers_try_with_every_second_tick() -> None:
    """Every 8 ms from 0.5 ms on, until the first limit is over, the poller tries in vain."""
    events = run(H1, "offload", {"fault_tasks": 1}).events
    tries = sum(
        (e.op == "mutex_trylock" and not e.result) + (e.result if e.condition == "polled" else 0)
        for e in events
        if e.task == "fault_task0"
    )
    (limit, *_) = (e.at_us for e in events if e.condition == "timeout")
    assert tries == limit // 8_000


def lent_pages_are_in_the_balloon() -> None:
    """Inflating moves pages into the balloon and nowhere else."""
    given = {"give_back_pages": 2000, "give_back_s": 0.0, "reclaim_meets_fs": 0}
    trace = run(H2, "allocate-outside", {**given, "balloon_pages": 0, "rounds": 2})
    assert trace.verdict == "completed"
    assert trace.values_at(trace.ended_at_us)["balloon"] > 0


def an_offloaded_answer_is_credited_once() -> None:
    """What the listeners gave spares everybody, and nothing of it is left for a later request."""
    trace = run(H2, "allocate-outside+offload")
    assert trace.verdict == "completed"
    assert not kills(trace)
    assert trace.values_at(trace.ended_at_us)["oom_notifier_freed"] == 0


def a_victim_that_is_gone_is_no_victim_any_more() -> None:
    """Its name stands in nobody's way."""
    trace = run(H2, "offload")
    assert trace.verdict == "recovered"
    assert trace.values_at(trace.ended_at_us)["TIF_MEMDIE of hog"] == 0


def the_trylock_patch_lets_somebody_be_killed() -> None:
    """The callback finds the lock taken and gives up; the kill goes ahead."""
    trace = run(H2, "trylock")
    assert trace.verdict == "recovered"
    assert len(kills(trace)) == 1


def the_fence_array_keeps_its_task_polling() -> None:
    """Nothing is free for the first attempt, so the second one asks the OOM killer again."""
    assert run("h3c-i915-fence-array").verdict == "livelock"


def _checks(module: dict[str, object]) -> dict[str, Callable[[], None]]:
    """The functions without parameters that a module defines, public ones only."""
    return {
        name: thing
        for name, thing in module.items()
        if isinstance(thing, FunctionType)
        and thing.__module__ == module["__name__"]
        and not name.startswith("_")
        and not thing.__code__.co_argcount
    }


EXPECTATIONS = {**_checks(globals()), **_checks(vars(alone))}

if __name__ == "__main__":
    EXPECTATIONS[sys.argv[1]]()
