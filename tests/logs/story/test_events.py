"""Tasks that wait for an event, and what they hold up meanwhile."""

from __future__ import annotations

import pytest

from oomlab.logs.read import read_log
from oomlab.logs.sentences import additions
from oomlab.logs.story import Story
from oomlab.logs.story.evidence import evidence
from oomlab.logs.story.seen import Why
from oomlab.logs.story.telling import story_of
from tests.logs.story.made_up import ALLOC, CHAIN, FAULT, MUTEX, WORKER, reading, seen

SLEEPS = "__schedule schedule schedule_timeout "
COMPLETION = SLEEPS + "__wait_for_common demo_holder kthread ret_from_fork"
IN_CHAIN = MUTEX + "demo_callback " + CHAIN + ALLOC + FAULT

WAITS: dict[str, tuple[str, Why, str]] = {
    "a completion": (COMPLETION, "blocked task", "event"),
    "a completion by name": (SLEEPS + "wait_for_common wait_for_completion x", "owner", "event"),
    "a completion with a limit": (
        SLEEPS + "__wait_for_common wait_for_completion_timeout demo_thread", "blocked task", "nap",
    ),
    "a nap": (SLEEPS + "msleep demo_thread", "blocked task", "nap"),
    "a nap that the detector of hung tasks names": (SLEEPS + "demo_thread", "hung task", "event"),
}  # fmt: skip


@pytest.mark.parametrize("case", WAITS)
def test_what_one_sleeps_for_who_is_in_schedule_timeout(case: str) -> None:
    stack, why, place = WAITS[case]
    found = [one.place for one in evidence(seen("a:1", stack, why=why))]
    assert [one for one in found if one in ("nap", "event")] == [place]


def test_the_function_that_waits_is_named_and_not_the_one_that_sleeps() -> None:
    (piece,) = evidence(seen("a:1", COMPLETION))
    assert piece.sentence == "a:1 waits for an event: __wait_for_common"


def kinds(story: Story) -> list[str]:
    return [one.kind for one in story.findings]


def test_a_finding_leads_from_the_owner_to_the_oom_killer() -> None:
    story = story_of(
        reading(seen("owner:1", COMPLETION, 10), seen("asker:2", IN_CHAIN, 60, owner="owner:1"))
    )
    first = story.findings[0]
    assert first.severity == "lockup"
    assert "which owner:1 has; owner:1 waits for an event, maybe for ever" in first.sentence
    assert any("owner:1 waits for an event" in quote.shows for quote in first.quotes)
    assert "stall" not in kinds(story), "the owner hangs, and the OOM killer waits for it"


def test_what_else_the_owner_may_do_is_told() -> None:
    for stack, said in (
        (MUTEX + "leak_balloon " + WORKER, "owner:1 waits for balloon_lock"),
        ("", "where owner:1 is, the log does not show"),
        ("demo_holder kthread", "what owner:1 does, its stack does not say"),
        ("shrink_node try_to_free_pages demo_holder", "owner:1 is in reclaim"),
    ):
        owner = [seen("owner:1", stack, 10)] if stack else []
        story = story_of(reading(*owner, seen("asker:2", IN_CHAIN, 60, owner="owner:1")))
        assert any(said in one.sentence for one in story.findings), said


@pytest.mark.parametrize("owner", ["owner:1", ""])
def test_half_a_circle_has_a_nearest_scenario(owner: str) -> None:
    """The edge from the chain to the lock is there, whether or not the kernel names who has it."""
    log = reading(seen("owner:1", COMPLETION, 10), seen("asker:2", IN_CHAIN, 60, owner=owner))
    story = story_of(log)
    assert story.match is not None, story.no_match
    assert story.match.experiment.scenario.name == "h1-two-task-cycle"
    assert not story.match.same_circle


def test_an_event_awaited_in_the_chain_is_like_an_answer_that_never_comes() -> None:
    stack = SLEEPS + "__wait_for_common demo_callback " + CHAIN + ALLOC + FAULT
    story = story_of(reading(seen("asker:2", stack, 60)))
    assert story.findings[0].severity == "lockup"
    assert "callback for an event, maybe for ever" in story.findings[0].sentence
    assert story.match is not None, story.no_match
    assert story.match.experiment.scenario.name.startswith("h5-")
    assert any("asker:2 waits for an event" in text for text in story.match.agrees)


def test_a_person_with_sysrq_beside_half_a_circle_is_the_scenario_of_that() -> None:
    """An edge that agrees in all counts more than two that agree by half."""
    sysrq = MUTEX + "moom_callback process_one_work worker_thread kthread"
    story = story_of(
        reading(
            seen("owner:1", COMPLETION, 10),
            seen("asker:2", IN_CHAIN, 60, owner="owner:1"),
            seen("kworker:3", sysrq, 110, owner="asker:2"),
        )
    )
    assert story.match is not None
    assert story.match.experiment.scenario.name == "r23-manual-kill"


def test_who_may_have_the_lock_is_told_where_nobody_is_named() -> None:
    story = story_of(reading(seen("owner:1", COMPLETION, 10), seen("asker:2", IN_CHAIN, 60)))
    (beside,) = (one for one in story.findings if one.severity == "notice")
    assert "owner:1: it may have the lock asked for in demo_callback" in beside.sentence
    assert "stall" not in kinds(story)


def test_a_lock_that_is_asked_for_outside_the_chain_is_no_listeners() -> None:
    story = story_of(
        reading(
            seen("owner:1", COMPLETION, 10),
            seen("a:2", MUTEX + "demo_ioctl do_vfs_ioctl", 60, owner="owner:1"),
        )
    )
    assert story.match is None


def test_a_short_stack_leaves_out_what_the_unwinder_only_guesses() -> None:
    log = (
        "[ 30.0] INFO: task demo:7 blocked for more than 10 seconds.\n"
        "[ 30.0] task:demo state:D stack:0 pid:7 tgid:7 ppid:2 flags:0x4000\n"
        "[ 30.0] Call Trace:\n"
        "[ 30.0]  __schedule+0x1/0x2\n[ 30.0]  ? stale_guess+0x1/0x2\n[ 30.0]  demo+0x1/0x2\n"
    )
    (hung,) = read_log(log.encode()).incidents
    assert [*additions(hung)] == ["stack: __schedule, demo"]
    (doubted,) = read_log(
        log.replace("  __", "  ? __").replace("  demo+", "  ? demo+").encode()
    ).incidents
    assert [*additions(doubted)] == ["stack: ? __schedule, ? stale_guess, ? demo"]
