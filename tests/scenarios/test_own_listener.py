"""A listener with names that nobody knows is counted, told and drawn right."""

from __future__ import annotations

import pytest

from oomlab import explore, run
from oomlab.analysis import detector_log, first_cycle_us, wait_for_graph, waiting_sentence
from oomlab.analysis.chain_walk import Visit, first_invocation
from oomlab.analysis.outcome import oom_calls, pages_returned
from oomlab.engine.slots import Listener
from oomlab.engine.trace import Trace
from oomlab.engine.trace.narration import explain, story, tell
from oomlab.evidence.ledger.lab import walks_begun
from oomlab.figures import draw_timeline
from oomlab.figures.chain import draw_chain
from oomlab.figures.stage import draw_stage
from oomlab.figures.wait_for import draw_wait_for
from oomlab.scenarios import REVIEW
from oomlab.widgets.game_board import board
from oomlab.widgets.game_levels import Level
from tests.scenarios.own_listener import SCENARIO

CACHE = Listener("flash_cache", "drop_blocks", 7)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REVIEW, SCENARIO.name, SCENARIO)


def ran(**given: int) -> Trace:
    return run(SCENARIO.name, "mainline", given)


def test_what_it_gives_back_is_counted() -> None:
    trace = ran()
    assert trace.verdict == "completed"
    assert pages_returned(trace) == 256
    assert [call.progressed for call in oom_calls(trace)] == [True]


def test_its_own_semaphore_is_no_walk_of_the_chain() -> None:
    assert walks_begun(ran(rebuild=1)) == walks_begun(ran()) == 1


def test_the_walk_names_it() -> None:
    asked = first_invocation(ran())
    assert asked is not None
    assert asked.stops == (Visit(CACHE, ("cache index",), ("cache settled",), 0, 256, False),)
    assert asked.freed == 256
    assert "flash_cache (priority 7): takes cache index" in draw_chain(asked, "a reader").twin


def test_two_of_one_function_are_two_with_a_watch_and_without() -> None:
    for ghosts in (0, 2):
        asked = first_invocation(run("r3-zeroing-race", "mainline", {"ghosts": ghosts}))
        assert asked is not None
        assert [(s.listener.name, s.pages) for s in asked.stops] == [("quick", 1), ("slow", 1)]
        assert asked.freed == 2


def test_a_thread_that_walks_for_the_caller_leaves_it_the_sum() -> None:
    asked = first_invocation(run("five-listeners", "offload", {"listeners": 5}))
    assert asked is not None
    assert (asked.stops, asked.freed, asked.victim) == ((), 256, "")


def test_a_walk_that_its_lock_has_ended_for_itself_only_is_still_stuck() -> None:
    asked = first_invocation(ran(answers=0))
    assert asked is not None
    assert asked.stops == (Visit(CACHE, ("cache index",), ("cache settled",), 0, 0, True),)


def test_who_answers_it_is_known() -> None:
    trace = ran(answers=0)
    assert trace.verdict == "deadlock"
    (edge,) = wait_for_graph(trace, trace.ended_at_us).edges
    assert waiting_sentence(edge) == "eater waits for its blocks from flashd"
    assert "its blocks" in draw_wait_for(trace, trace.ended_at_us).svg
    assert "waits for its blocks from flashd" in draw_timeline(trace).twin


def test_its_worker_polls_and_is_told_of_as_such() -> None:
    spoken = {(m.detector, m.task) for m in detector_log(ran(answers=0, rebuild=1))}
    assert ("allocation stall", "indexer") in spoken
    assert not any(detector == "workqueue watchdog" for detector, _ in spoken)


def test_a_circle_through_its_lock_is_seen() -> None:
    found = explore(SCENARIO.name, "mainline", {"rebuild": 1})
    assert found.verdict.word == "lockup"
    trace = ran(rebuild=1)
    assert (first_cycle_us(trace) is None) == (trace.verdict == "completed")


def test_it_is_told_in_its_own_words() -> None:
    trace = ran()
    told = "\n".join(story(trace))
    assert "256 pages leave the flash cache (eater)" in told
    assert "eater waits on cache settled" in told
    assert "disk order is done, says flashd" in told
    by_op = {(e.op, e.on): explain(trace, e) for e in trace.events if tell(trace, e) is None}
    assert by_op["write", "disk order"] == "eater asks the disk (drop_blocks)"
    assert by_op["wait_for", "disk order"] == "flashd obeys (flash_disk)"
    assert by_op["up_read", "cache index"] == "eater is done with the index (drop_blocks)"
    assert by_op["down_read", "cache index"] == "eater takes cache index for reading (drop_blocks)"
    assert by_op["wake", "cache settled"] == (
        "flashd wakes whoever sleeps on cache settled (flash_disk)"
    )
    assert by_op["sleep_on", "cache settled"] == "eater wakes up (wait_event)"
    empty = ran(blocks=0)
    assert any(explain(empty, e).startswith("eater finds the cache empty") for e in empty.events)


def test_the_game_tells_its_moves_in_its_words() -> None:
    level = Level("own", "Own", SCENARIO.name, "mainline", "lockup", "Play.", "Played.")
    texts = board(level)["texts"]
    assert "pick up: disk order" in texts
    assert "sleeps until cache settled changes" in texts
    assert any(text.startswith("eater sees that 1 page leave the flash cache") for text in texts)


def test_a_moment_is_drawn_though_the_machine_has_none_of_the_usual_parameters() -> None:
    trace = ran()
    assert not {"hz", "managed_pages"} & trace.parameters.keys()
    assert trace.hz == 250
    assert "Pages: 319 free, 64 held by processes, 1 in hands and caches." in draw_stage(trace).twin
