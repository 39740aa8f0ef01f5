"""Nothing looks at free memory between the offload's wait and the choice of a victim (R25).

Who asks again before the first victim is gone waits a second time, and has somebody else killed.
"""

from __future__ import annotations

import pytest

from oomlab.analysis import kills
from oomlab.engine.clock import run_model
from oomlab.engine.model import Layout, Model
from oomlab.engine.ops import Routine, Slot, wait_for
from oomlab.engine.trace.events import Trace
from oomlab.gfp import flags
from oomlab.kernel.exit import do_exit
from oomlab.kernel.machine import Machine
from oomlab.kernel.machine_settings import Costs
from oomlab.kernel.notifier import NotifierBlock
from oomlab.kernel.oom_notify import Terms
from oomlab.kernel.oom_reaper import add_oom_reaper
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.releases import traits_of
from oomlab.kernel.task import Process, Task
from oomlab.kernel.zone import Zone, watermarks_for
from oomlab.remedies import find_remedy

MEASURED = Costs(exit_us=29_000, reap_us=29_000)
"""What 64 MB took in the emulated machine of book/data/real-kernel.json, in 6.1 and 6.12."""


def built(kernel: str, costs: Costs) -> Model:
    """A kernel thread that asks for a page, two processes that sleep, and a listener that never
    returns."""
    layout, marks = Layout(), watermarks_for(16384)
    delivery = find_remedy("offload").delivery.declare(layout, Terms(5.0))
    zone = Zone.declare(layout, marks.min, 0, marks)
    on = Machine.boot(layout, zone, delivery, costs=costs, traits=traits_of(kernel))
    never = layout.word("never", 0)

    def stuck(current: Task, freed: Slot) -> Routine:
        yield wait_for(never, 1)

    on.oom_notify_list.register(NotifierBlock("stuck", stuck))
    add_oom_reaper(on)
    on.delivery.start(on)
    on.spawn("asker", "asks for a page", lambda task: alloc_page(on, task, flags.GFP_KERNEL))

    def add(name: str, pages: int) -> None:
        process = on.process(name, pages)
        on.spawn(name, "sleeps", lambda _: victim(on, process), process=process, serves=True)

    add("first", 4096)
    add("second", 2048)
    return on.model()


def victim(on: Machine, process: Process) -> Routine:
    """Sleep, and die when told to."""
    yield wait_for(process.sigkill, 1)
    yield from do_exit(on, process)


def killed_at(trace: Trace) -> list[tuple[str, float]]:
    return [(kill.victim, kill.at_us / 1e6) for kill in kills(trace)]


@pytest.mark.parametrize("seed", range(3))
def test_without_the_nap_the_second_caller_comes_before_the_first_victim_is_gone(seed: int) -> None:
    (first, at), (second, again) = killed_at(run_model(built("6.1", MEASURED), seed))
    assert (first, second) == ("first", "second")
    assert 5.0 < at < 5.27 and 5.1 < again - at < 5.16, "20 slots of 64 jiffies, and the report"


def test_at_the_second_kill_the_first_victims_memory_is_free() -> None:
    trace = run_model(built("6.1", MEASURED))
    again = kills(trace)[1]
    assert trace.values_at(again.at_us)["free"] > 4096


@pytest.mark.parametrize("seed", range(3))
def test_with_the_nap_a_victim_that_is_quick_is_gone_before_anybody_asks_again(seed: int) -> None:
    (only,) = killed_at(run_model(built("4.13", Costs()), seed))
    assert only[0] == "first"


def test_whether_there_is_a_second_kill_is_chance_where_the_times_are_near_each_other() -> None:
    """About half of the real runs had a second one."""
    near = Costs(exit_us=29_000, reap_us=29_000, reclaim_us=16_000)
    numbers = [len(killed_at(run_model(built("6.1", near), seed))) for seed in range(20)]
    assert set(numbers) == {1, 2}


def test_the_reaper_needs_time_as_well() -> None:
    quick = Costs(exit_us=10**7, reap_us=1)
    assert len(killed_at(run_model(built("4.19", quick)))) == 1
    slow = Costs(exit_us=10**7, reap_us=8_000)
    assert len(killed_at(run_model(built("4.19", slow)))) == 2
