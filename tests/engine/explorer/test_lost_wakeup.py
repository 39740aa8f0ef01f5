"""A wake-up that never comes, hidden by a timeout: which rule shows it, and which does not.

A machine without any contention, so that every request to the RFC's thread is answered at once: one
task that needs memory, a balloon that gives it back, and nobody else.
"""

from __future__ import annotations

import pytest

from oomlab.engine.chooser import Chooser
from oomlab.engine.clock.engine import Clock
from oomlab.engine.explorer.graph import Graph, Timeouts
from oomlab.engine.model import Model
from oomlab.engine.ops import Routine, write
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import blocking_notifier_call_chain
from oomlab.kernel.task import Task
from oomlab.kernel.wait import wait_event
from oomlab.remedies import REMEDIES
from oomlab.remedies.offload import OomNotifierThread
from oomlab.scenarios import SCENARIOS
from oomlab.scenarios.cast import add_balloon, add_hog
from oomlab.scenarios.machines import boot
from tests.engine.explorer.words import explored


def forgets_to_wake(self: OomNotifierThread, machine: Machine, current: Task) -> Routine:
    """The RFC's thread, but for its last line."""
    while True:
        yield from wait_event(self.request_queue, self.requested, 1)
        yield from blocking_notifier_call_chain(machine.oom_notify_list, current, self.freed_total)
        yield write(self.requested, 0)


def build() -> Model:
    scenario = SCENARIOS["h2-three-task-poll"]
    settings = {**scenario.settle({}, "explorer"), "touches": 1}
    machine = boot(settings, REMEDIES["offload"])
    add_hog(machine, settings)
    add_balloon(machine, settings, REMEDIES["offload"])
    return machine.model()


@pytest.fixture(params=[True, False], ids=["wakes", "forgets to wake"])
def wakes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if not request.param:
        monkeypatch.setattr(OomNotifierThread, "run", forgets_to_wake)
    return bool(request.param)


def timeouts_taken(graph: Graph) -> int:
    """How many moves of the graph are timeouts running out."""
    taken = 0
    for i in range(len(graph)):
        there = set(graph.moves(i))
        number = {graph.states[after]: after for _, after in there}
        for task in range(len(graph.space.masks)):
            for delta, timeout in graph.space.moves(graph.states[i], task):
                after = number.get(graph.states[i] + delta)
                taken += timeout and (task, after) in there
    return taken


def test_the_clock_shows_it_in_seconds(wakes: bool) -> None:
    clock = Clock(build(), Chooser(0, {}), 60_000_000)
    clock.run()
    assert clock.all_done
    events = clock.recorder.events
    asked = next(e for e in events if e.on == "oom_notifier_requested")
    got = next(e for e in events if e.op == "take_page" and e.result)
    if wakes:
        assert got.at_us - asked.at_us < 1_000
    else:
        assert 5_000_000 < got.at_us - asked.at_us < 5_260_000


@pytest.mark.parametrize("rule", ["any", "idle"])
def test_only_the_idle_rule_tells_a_late_answer_from_none(rule: Timeouts, wakes: bool) -> None:
    """With timeouts at any moment one is always possible, needed or not."""
    graph = explored(build(), rule)
    assert graph.complete
    assert bool(timeouts_taken(graph)) == (rule == "any" or not wakes)
