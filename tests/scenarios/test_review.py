"""The small machines of the review: each shows its finding, and not where it must not be."""

from __future__ import annotations

import pytest

from oomlab import Exploration, explore, run
from oomlab.analysis.outcome import kills, pages_returned
from oomlab.engine.explorer.properties import violated
from oomlab.kernel import oom_watch as see
from oomlab.scenarios import REVIEW, SCENARIOS


def test_no_name_belongs_to_a_hazard_and_to_a_finding() -> None:
    assert not set(REVIEW) & set(SCENARIOS)


def seen(
    scenario: str, remedy: str, given: dict[str, float] | None = None
) -> tuple[Exploration, set[str]]:
    found = explore(scenario, remedy, given)
    return found, set(violated(found.graph))


SHOWS = {
    "r3-zeroing-race": {see.LOST_CREDIT, see.ZEROING_UNDONE, see.PARTIAL_CREDIT},
    "r11-double-thread": {see.TWO_WALKS},
    "r12-thread-before-block": {see.THREAD_BEFORE_BLOCK, see.CHAIN_SKIPPED},
    "r13-registration-fails": {see.REGISTRATION_FAILS, see.CHAIN_SKIPPED},
    "r15-suspend-barrier": {
        see.WALK_AFTER_DISABLE,
        see.CALLBACK_AFTER_DISABLE,
        see.DEVICE_TOUCHED,
    },
    "r16-recursive-owner": {see.OWNER_WAITS},
}


@pytest.mark.parametrize("scenario", SHOWS)
def test_the_rfc_has_the_defect(scenario: str) -> None:
    found, labels = seen(scenario, "offload")
    assert found.graph.complete
    assert SHOWS[scenario] <= labels


@pytest.mark.parametrize("scenario", SHOWS)
def test_the_released_kernel_has_not(scenario: str) -> None:
    found, labels = seen(scenario, "mainline")
    assert found.graph.complete
    assert not labels


def test_two_threads_make_one_walk_answer_for_the_other() -> None:
    """The finer labels of the double thread; more states than the usual look at it has."""
    _, labels = seen("r11-double-thread", "offload", {"ghosts": 2})
    assert {see.TWO_WALKS, see.CALLBACK_TWICE, see.ANSWER_OF_ANOTHER_WALK} <= labels


def test_one_device_makes_one_thread() -> None:
    _, labels = seen("r11-double-thread", "offload", {"devices": 1})
    assert see.TWO_WALKS not in labels


@pytest.mark.parametrize("remedy", ["mainline", "offload"])
def test_sysrq_waits_for_oom_lock(remedy: str) -> None:
    _, labels = seen("r23-manual-kill", remedy)
    assert see.SYSRQ_WAITS in labels
    assert see.SYSRQ_KILLS_NOBODY not in labels


@pytest.mark.parametrize("remedy", ["mainline", "offload"])
def test_sysrq_kills_nobody_if_pages_are_credited(remedy: str) -> None:
    _, labels = seen("r23-manual-kill", remedy, {"answer_s": 8})
    assert see.SYSRQ_KILLS_NOBODY in labels
    _, labels = seen("r23-manual-kill", remedy, {"answer_s": 8, "kernel": 5.17})
    assert see.SYSRQ_KILLS_NOBODY not in labels


def test_the_rfc_costs_a_manual_kill_five_seconds_of_its_own() -> None:
    trace = run("r23-manual-kill", "offload")
    (kill,) = kills(trace)
    assert round(kill.at_us / 1_000_000) == 10  # five for the caller before, five for the key


def test_the_owner_of_struct_mutex_gets_nothing_from_the_thread() -> None:
    mainline, offload = (run("r16-recursive-owner", r) for r in ("mainline", "offload"))
    assert (kills(mainline), len(kills(offload))) == ((), 1)
    assert pages_returned(mainline) == 1024
    assert offload.ended_at_us > 5_000_000


def test_an_administrator_finds_nobody_to_kill_where_there_is_no_hog() -> None:
    assert run("r11-double-thread", "mainline", {"admin_kills_s": 0.001}).verdict == "completed"
