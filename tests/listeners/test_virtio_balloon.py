"""The balloon driver, step by step."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import pytest

from oomlab.engine.ops import FREE, Op, Routine, Slot, State, put
from oomlab.kernel.machine import Machine
from oomlab.kernel.task import Task
from oomlab.listeners.balloon_policy import BalloonPolicy, FillAllocation
from oomlab.listeners.virtio_balloon import (
    VirtioBalloon,
    fill_balloon,
    leak_balloon,
    update_balloon_size_func,
)
from tests.kernel.solo import MARKS, Solo, machine, solo, spawn

PLENTY = 1000


class Balloon:
    """A balloon, its worker, and a host that answers at once."""

    def __init__(
        self,
        *,
        pages: int = 300,
        free: int = PLENTY,
        batch: int = 256,
        fill: FillAllocation = "under-lock",
    ) -> None:
        self.machine: Machine = machine(free)
        policy = BalloonPolicy(fill_allocation=fill)
        self.vb = VirtioBalloon.probe(self.machine, pages=pages, batch=batch, policy=policy)
        self.task: Task = spawn(self.machine, "worker", is_worker=True)
        self.told_while: list[dict[str, Hashable]] = []

    def _host(self, op: Op, state: State) -> State:
        if op.kind == "write" and op.slots[0] is self.vb.doorbell and op.args == (1,):
            self.told_while.append(self.values(state))
            return put(state, self.vb.doorbell, 2)
        return state

    def values(self, state: State) -> dict[str, Hashable]:
        slots = {"free": self.machine.zone.free, "balloon": self.vb.pages}
        slots |= {"leaving": self.vb.leaving, "lock": self.vb.balloon_lock}
        return {name: state[slot.index] for name, slot in slots.items()}

    def do(self, routine: Routine, given: dict[Slot, Hashable] | None = None) -> Solo:
        return solo(self.machine, self.task, routine, meanwhile=self._host, given=given)


def test_leaking_gives_one_batch_back_after_the_host_has_been_told() -> None:
    balloon = Balloon()
    run = balloon.do(leak_balloon(balloon.vb, balloon.task, 256))
    assert run.result == 256
    after = {"free": PLENTY + 256, "balloon": 44, "leaving": 0, "lock": FREE}
    assert balloon.values(run.state) == after
    # The host is told with the lock held, and before the pages reach the allocator.
    told = {"free": PLENTY, "balloon": 44, "leaving": 256, "lock": 0}
    assert balloon.told_while == [told]


@pytest.mark.parametrize(("asked", "pages", "given"), [(10, 300, 10), (999, 999, 256), (256, 3, 3)])
def test_leaking_is_capped_by_batch_and_by_what_is_there(
    asked: int, pages: int, given: int
) -> None:
    balloon = Balloon(pages=pages)
    assert balloon.do(leak_balloon(balloon.vb, balloon.task, asked)).result == given


def test_an_empty_balloon_takes_the_lock_but_does_not_bother_the_host() -> None:
    balloon = Balloon(pages=0)
    run = balloon.do(leak_balloon(balloon.vb, balloon.task, 256))
    assert run.kinds() == ["mutex_lock", "move", "mutex_unlock"]


@pytest.mark.parametrize("fill", ["under-lock", "outside-lock"])
def test_filling_lends_what_is_asked_for(fill: FillAllocation) -> None:
    balloon = Balloon(pages=0, fill=fill)
    run = balloon.do(fill_balloon(balloon.vb, balloon.task, 20))
    assert run.result == 20
    assert balloon.values(run.state) == {
        "free": PLENTY - 20, "balloon": 20, "leaving": 0, "lock": FREE,
    }  # fmt: skip
    assert [told["lock"] for told in balloon.told_while] == [0]


@pytest.mark.parametrize("fill", ["under-lock", "outside-lock"])
def test_filling_is_capped_by_the_batch(fill: FillAllocation) -> None:
    balloon = Balloon(pages=0, batch=8, fill=fill)
    assert balloon.do(fill_balloon(balloon.vb, balloon.task, 20)).result == 8


def held(balloon: Balloon, run: Solo, kind: str) -> set[bool]:
    """Was balloon_lock held at each op of this kind?"""
    state, locked = False, set()
    for op, _ in run.ops:
        if op.slots[:1] == (balloon.vb.balloon_lock,):
            state = op.kind == "mutex_lock"
        if op.kind == kind:
            locked.add(state)
    return locked


@pytest.mark.parametrize(("fill", "locked"), [("under-lock", True), ("outside-lock", False)])
def test_where_the_allocations_and_the_nap_happen(fill: FillAllocation, locked: bool) -> None:
    balloon = Balloon(pages=0, free=MARKS.low + 4, fill=fill)
    run = balloon.do(fill_balloon(balloon.vb, balloon.task, 20))
    assert held(balloon, run, "take_page") == {locked}
    assert held(balloon, run, "cost") == {locked}
    assert held(balloon, run, "sleep") == {locked}


@pytest.mark.parametrize("fill", ["under-lock", "outside-lock"])
def test_out_of_puff(fill: FillAllocation) -> None:
    """What was got before the failure is lent all the same."""
    balloon = Balloon(pages=0, free=MARKS.min + 6, fill=fill)
    run = balloon.do(fill_balloon(balloon.vb, balloon.task, 20))
    assert run.result == 6
    assert run.said()[-1] == "virtio_balloon: Out of puff! Can't get 14 pages"
    (nap,) = [op for op, _ in run.ops if op.kind == "sleep"]
    assert nap.args == (51,)  # 200 ms at 250 Hz, and the jiffy that msleep adds
    assert balloon.values(run.state)["lock"] == FREE
    assert balloon.values(run.state)["balloon"] == 6


@pytest.mark.parametrize("fill", ["under-lock", "outside-lock"])
def test_a_fill_without_a_page_does_not_bother_the_host(fill: FillAllocation) -> None:
    balloon = Balloon(pages=0, free=MARKS.min, fill=fill)
    assert balloon.do(fill_balloon(balloon.vb, balloon.task, 20)).result == 0
    assert balloon.told_while == []


def test_the_worker_lends_batch_by_batch_up_to_its_target() -> None:
    balloon = Balloon(pages=0, batch=8)
    run = balloon.do(update_balloon_size_func(balloon.vb, balloon.task, 20, 100))
    assert balloon.values(run.state)["balloon"] == 20
    assert len(balloon.told_while) == 3


def test_the_worker_gives_up_after_its_rounds() -> None:
    balloon = Balloon(pages=0, batch=8)
    run = balloon.do(update_balloon_size_func(balloon.vb, balloon.task, 20, 2))
    assert balloon.values(run.state)["balloon"] == 16
    assert run.kinds().count("io") == 1  # it is queued again between two rounds, not after the last


def test_a_batch_is_256_pages() -> None:
    """VIRTIO_BALLOON_ARRAY_PFNS_MAX, for filling as for what the callback gives back."""
    vb = VirtioBalloon.probe(machine(), pages=300)
    assert (vb.batch, vb.oom_pages) == (256, 256)


def test_the_callback_deflates_one_batch_and_credits_it() -> None:
    balloon = Balloon(batch=100)
    (listener,) = balloon.machine.oom_notify_list.blocks
    assert listener.priority == 80
    freed = balloon.task.freed
    run = balloon.do(listener.callback(balloon.task, freed), given={freed: 5})
    assert run.state[freed.index] == 105
    assert balloon.values(run.state)["balloon"] == 200


def test_the_callback_waits_for_a_worker_that_has_the_lock() -> None:
    balloon = Balloon()
    (listener,) = balloon.machine.oom_notify_list.blocks
    run = balloon.do(
        listener.callback(balloon.task, balloon.task.freed), given={balloon.vb.balloon_lock: 99}
    )
    assert run.ending == "blocked"
    assert run.ops[-1][0].slots == (balloon.vb.balloon_lock,)


def test_without_an_answer_of_the_host_both_ways_wait_for_ever_with_the_lock_held() -> None:
    routines: tuple[Callable[[Balloon], Routine], ...] = (
        lambda b: leak_balloon(b.vb, b.task, 5),
        lambda b: fill_balloon(b.vb, b.task, 5),
    )
    for routine in routines:
        balloon = Balloon()
        run = solo(balloon.machine, balloon.task, routine(balloon))
        assert run.ending == "blocked"
        assert run.ops[-1][0].slots == (balloon.vb.acked,)
        assert run.state[balloon.vb.balloon_lock.index] == balloon.task.index
