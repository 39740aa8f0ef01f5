"""An exploration can be shown in a few words, stored, and ended by the machine's memory."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from html import escape
from typing import Any

import pytest

from oomlab import explore, run
from oomlab.command.schedule_report import exploration_report, exploration_text
from oomlab.engine.explorer import Exploration, arrays, few, many
from oomlab.engine.explorer.counterexample import switches
from oomlab.engine.explorer.numbering import Numbering
from oomlab.errors import InputError
from oomlab.remedies import REMEDIES, Remedy, find_remedy
from oomlab.scenarios import SCENARIOS, Scenario, find_scenario

H1, H4 = "h1-two-task-cycle", "h4-i915-object-lock"
WAYS = (lambda value: pickle.loads(pickle.dumps(value)), copy.deepcopy, copy.copy)


@pytest.mark.parametrize("keep", WAYS)
@pytest.mark.parametrize(
    ("scenario", "remedy", "timeouts"),
    [(H1, "mainline", "any"), (H1, "offload", "idle"), (H4, "mainline", "any")],
)
def test_a_kept_exploration_is_the_same(
    keep: Any, scenario: str, remedy: str, timeouts: str
) -> None:
    found = explore(scenario, remedy, timeouts=timeouts, budget=3000)
    again: Exploration = keep(found)
    assert exploration_report(again, 1) == exploration_report(found, 1)
    assert again.graph.states == found.graph.states
    space, kept = found.graph.space, again.graph.space
    for state in found.graph.states[:: len(found.graph) // 50 + 1]:
        for task in range(len(space.masks)):
            assert kept.moves(state, task) == space.moves(state, task)
    for automaton, kept_one in zip(space.automata, kept.automata, strict=True):
        assert list(kept_one._numbers.values()) == list(automaton._numbers.values())


@pytest.mark.parametrize("keep", WAYS)
def test_what_else_a_user_holds_can_be_kept(keep: Any) -> None:
    trace = run(H1, "offload", {"fault_tasks": 1})
    for value in (trace, find_remedy("nowait-fill+trylock"), explore(H4).verdict):
        assert keep(value) == value
    for scenario in SCENARIOS.values():
        assert keep(scenario) == scenario
        assert keep(scenario).settle({}, "clock") == find_scenario(scenario.name).settle(
            {}, "clock"
        )


def test_a_notebook_shows_the_answer_and_escapes_it() -> None:
    found = explore(H1)
    html = found._repr_html_()
    assert len(html) < 2500
    assert "lockup" in html and f"{len(found.graph):,} states" in html and found.replay in html
    assert f"{switches(found.schedule)} context switches" in html
    assert "color" not in html and "<script" not in html
    shown = run(H1)._repr_html_()
    assert "deadlock" in shown and len(shown) < 2500
    assert "nobody can move" in found.verdict._repr_html_()


@pytest.mark.parametrize(
    "thing", [*SCENARIOS.values(), *REMEDIES.values()], ids=lambda one: one.name
)
def test_a_notebook_shows_what_there_is_to_choose(thing: Scenario | Remedy) -> None:
    html = thing._repr_html_()
    named = thing.parameters if isinstance(thing, Scenario) else ()
    rows = len(named) if isinstance(thing, Scenario) else len(thing.changes())
    assert escape(thing.summary) in html and html.count("<tr>") == 1 + rows
    assert all(escape(one.meaning) in html for one in named)
    assert " object at 0x" not in html


class OutOfMemory(Numbering):
    """A table for which the machine has no memory after some states."""

    def _make_room(self, count: int) -> None:
        if count > 700:
            raise MemoryError
        super()._make_room(count)


@pytest.mark.parametrize("timeouts", ["any", "idle"])
def test_the_end_of_memory_is_an_answer(monkeypatch: pytest.MonkeyPatch, timeouts: str) -> None:
    monkeypatch.setattr(many, "Numbering", OutOfMemory)
    monkeypatch.setattr(arrays, "wanted", bool)
    monkeypatch.setattr(few, "AT_ONCE", 8)
    found = explore("h2-three-task-poll", "allocate-outside", {"fault_tasks": 1}, timeouts=timeouts)
    assert found.graph.stopped_by == "memory"
    assert 1 < len(found.graph) <= 700
    assert found.verdict.word == "budget"
    assert "memory ran out" in "\n".join(exploration_text(found, 1))
    assert exploration_report(found, 1)["stopped_by"] == "memory"
    assert found.graph.expanded() <= len(found.graph) == len(found.graph.goal)
    assert max(found.graph.target, default=0) < len(found.graph)


def test_no_memory_to_judge_in_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(graph: object) -> None:
        raise MemoryError

    monkeypatch.setattr("oomlab.engine.explorer.judge", judge)
    with pytest.raises(InputError, match=r"memory ran out .* smaller budget"):
        explore(H4)


LIMITED = """
import resource, sys
import oomlab.command.explore, oomlab.engine.explorer.many, oomlab.engine.explorer.reach_arrays
with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (24 << 20),) * 2)
sys.exit(oomlab.command.main(["explore", "h1-two-task-cycle", "--remedy", "offload",
    "--set", "fault_tasks=3", "--set", "nofs_tasks=2"]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and RLIMIT_AS")
def test_an_address_space_limit_is_no_traceback() -> None:
    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert "memory ran out" in said
    assert done.returncode == (2 if done.stderr else 0)
