"""Requests as read from a trace: which steps, which end."""

from __future__ import annotations

import inspect
import re

from oomlab import run
from oomlab.analysis.episodes import AllocationRequest, allocation_requests
from oomlab.engine.chooser import Chooser
from oomlab.engine.clock import traced as traced_run
from oomlab.engine.clock.engine import Clock
from oomlab.engine.explorer.search import search
from oomlab.engine.explorer.space import Space
from oomlab.engine.ops import Routine, mutex_lock, mutex_unlock, sleep
from oomlab.engine.trace.events import Trace
from oomlab.gfp import flags
from oomlab.kernel import page_alloc
from oomlab.kernel.machine import Machine
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.slow_path import FAST_PATH, STEP, STEPS
from oomlab.kernel.task import Task
from tests.kernel.solo import MARKS, machine


def asking(
    gfps: tuple[int, ...], free: int = MARKS.min, held_jiffies: int = 0, *, tells: bool = True
) -> Machine:
    """A task that makes these requests, while another has oom_lock for some ticks."""
    on = machine(free, tells_steps=tells)

    def holder(task: Task) -> Routine:
        yield mutex_lock(on.oom_lock)
        yield sleep(held_jiffies)
        yield mutex_unlock(on.oom_lock)

    def asks(task: Task) -> Routine:
        for i in range(len(gfps)):
            yield from alloc_page(on, task, gfps[i])

    if held_jiffies:
        on.spawn("holder", "has oom_lock for a while", holder)
    on.spawn("user", "asks", asks, process=on.process("user", 1), starts_at_us=100)
    return on


def traced(on: Machine) -> Trace:
    clock = Clock(on.model(), Chooser(0, {}), 1_000_000)
    return traced_run(clock, "", "mainline", {"hz": 250}, 0)


def path(steps: str) -> list[str]:
    return steps.split()


def test_each_request_has_its_steps_and_its_end() -> None:
    asked = (flags.GFP_NOWAIT, flags.GFP_ATOMIC, flags.GFP_KERNEL | flags.NORETRY)
    first, second, third = allocation_requests(traced(asking(asked)))
    assert [r.gfp for r in (first, second, third)] == list(asked)
    assert [r.end for r in (first, second, third)] == ["failed", "page", "failed"]
    assert first.steps == path("fast 0 1 2 3 4 5 7 8 9 10 11 23")
    assert second.steps == path("fast 0 1 2 3 4 5")
    assert third.steps[-2:] == ["16", "23"]
    assert third.ended_us - third.began_us == 500  # one round of reclaim


def test_a_request_on_the_fast_path_has_one_step() -> None:
    (request,) = allocation_requests(traced(asking((flags.GFP_KERNEL,), MARKS.low + 1)))
    assert request == AllocationRequest("user", 100, flags.GFP_KERNEL, [FAST_PATH], "page", 100)


def test_a_request_that_polls_at_the_end_is_under_way() -> None:
    on = asking((flags.GFP_KERNEL | flags.RETRY_MAYFAIL,), held_jiffies=10**6)
    (request,) = allocation_requests(traced(on))
    assert request.end == "under way"
    assert "20" in request.steps
    assert "4c" not in request.steps


def test_it_fails_as_soon_as_the_lock_is_free() -> None:
    on = asking((flags.GFP_KERNEL | flags.RETRY_MAYFAIL,), held_jiffies=10)
    (request,) = allocation_requests(traced(on))
    assert request.end == "failed"
    assert request.steps[-5:] == ["3 (OOM)", "4c", "21", "22", "23"]


def test_a_request_within_a_request_is_one_of_its_own() -> None:
    """The control block that a ccw device needs is asked for inside out_of_memory."""
    requests = allocation_requests(run("h3b-ccw-config-write", "mainline", {"limit_s": 1}))
    under_way = [r for r in requests if r.end == "under way"]
    assert [r.gfp & flags.DMA for r in under_way] == [0, flags.DMA]
    assert under_way[0].task == under_way[1].task


def test_the_steps_of_the_code_are_those_of_the_registry() -> None:
    source = inspect.getsource(page_alloc)
    told = set(re.findall(r'step\(machine, "([^"]+)"\)', source)) | {FAST_PATH}
    told |= set(re.findall(r'return "(4[a-f])"', source))
    assert told == set(STEP)
    assert len(STEP) == len(STEPS)
    numbers = [int(step.number) for step in STEPS if step.number.isdigit()]
    assert numbers == list(range(24))


def test_telling_steps_costs_no_states() -> None:
    asked = (flags.GFP_KERNEL | flags.RETRY_MAYFAIL, flags.GFP_NOFS)
    counts = []
    for tells in (False, True):
        on = asking(asked, held_jiffies=3, tells=tells)
        counts.append(len(search(Space(on.model()), "any", 10_000).states))
    assert counts[0] == counts[1] > 10
