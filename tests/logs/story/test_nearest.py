"""The scenario with the same graph, played with what the log says."""

from __future__ import annotations

import shlex

import pytest

from oomlab.experiment import run
from oomlab.logs.story import Match
from oomlab.logs.story.reports import LogReading
from oomlab.logs.story.telling import story_of
from tests.logs.story.made_up import (
    ALLOC,
    CHAIN,
    DEFLATES,
    FAULT,
    INFLATES,
    MUTEX,
    NAP,
    WRITES,
    oom,
    reading,
    seen,
)
from tests.logs.story.test_findings import CLIENT, HOST, HUNG_GUEST, OBJECT

POLLS = NAP + ALLOC + WRITES
NEAR = {
    "h1-two-task-cycle": HUNG_GUEST,
    "h2-three-task-poll": reading(
        seen("kworker/1:2:77", INFLATES, 10),
        seen("hog:91", DEFLATES + FAULT, 60),
        seen("writer:90", POLLS, 110, why="blocked task"),
    ),
    "h4-i915-object-lock": reading(
        seen("hog:91", OBJECT + CHAIN + ALLOC + FAULT, 10),
        seen("client:92", CLIENT, 60, why="blocked task"),
    ),
    "h5-host-never-answers": reading(seen("hog:91", HOST + CHAIN + ALLOC + FAULT)),
}


def match_of(log: LogReading) -> Match:
    match = story_of(log).match
    assert match is not None
    return match


@pytest.mark.parametrize("scenario", NEAR)
def test_the_scenario_with_the_same_graph_is_found(scenario: str) -> None:
    match = match_of(NEAR[scenario])
    assert match.experiment.scenario.name == scenario
    assert not match.misses
    assert match.verdict in ("deadlock", "livelock")


@pytest.mark.parametrize("scenario", NEAR)
def test_its_command_plays_it(scenario: str) -> None:
    match = match_of(NEAR[scenario])
    words = shlex.split(match.command)
    assert words[:3] == ["oomlab", "run", scenario]
    given = dict(word.split("=") for word in words[3:] if "=" in word)
    assert run(scenario, "mainline", given).verdict == match.verdict


def test_it_is_played_with_the_machine_of_the_log() -> None:
    log = reading(*HUNG_GUEST.sightings, ooms=[oom(5, 100, ram=32768)], release="4.14")
    given = {name: str(value) for name, value in match_of(log).settings.items()}
    assert given == {"kernel": "4.14", "managed_pages": "32768", "hog_pages": "4000"}


def test_what_the_model_cannot_take_is_left_out() -> None:
    log = reading(*HUNG_GUEST.sightings, ooms=[oom(5, 100, ram=1000)])
    assert "managed_pages" not in match_of(log).settings


def test_a_later_balloon_is_tried_as_well() -> None:
    log = reading(*HUNG_GUEST.sightings, release="5.15")
    match = story_of(log).match
    assert match is None or "with the balloon of Linux 5.8" in match.note


def test_what_is_missing_is_said() -> None:
    match = match_of(reading(HUNG_GUEST.sightings[1]))
    assert any("only in the model" in text for text in match.misses)


def test_nothing_near_is_said_honestly() -> None:
    assert story_of(reading(ooms=[oom(5, 100)])).match is None
    assert "nobody is seen to wait" in story_of(reading(ooms=[oom(5, 100)])).no_match
    other = story_of(reading(seen("a:1", MUTEX + "usb_reset_device", owner="b:2")))
    assert other.match is None
    assert "no scenario" in other.no_match


def test_who_only_waits_beside_the_circle_changes_no_scenario() -> None:
    beside = [
        seen(f"fault{n}:{n}", "dump_stack warn_alloc " + ALLOC + FAULT, 200 + n, why="stall")
        for n in range(3)
    ]
    match = match_of(reading(*HUNG_GUEST.sightings, *beside))
    assert match.experiment.scenario.name == "h1-two-task-cycle"
    assert match.same_circle
    assert match.settings["fault_tasks"] == 3
    assert not [text for text in match.misses if text.startswith("only in the log")]


def test_a_graphics_card_that_hangs_is_none_of_the_book_s_hazards() -> None:
    stack = "schedule schedule_timeout dma_fence_default_wait drm_ioctl do_vfs_ioctl"
    story = story_of(reading(seen("draws:7", stack)))
    assert story.match is None
    assert not story.waits.edges
