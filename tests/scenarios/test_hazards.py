"""The hazards one by one: who waits for what, and what takes the hazard away."""

from __future__ import annotations

import pytest

from oomlab import explore, run
from oomlab.analysis.outcome import (
    failed_allocations,
    kills,
    longest_request_us,
    pages_returned,
)
from oomlab.engine.trace.events import Trace

SECOND_US = 1_000_000


def waiting(trace: Trace) -> dict[str, tuple[str, str, str]]:
    return {w.task: (w.how, w.waits_for, w.held_by) for w in trace.waiting}


@pytest.mark.parametrize(
    ("scenario", "given", "harmless"),
    [
        ("h3a-virtqueue-add", {"total_sg": 2}, {"total_sg": 1}),
        ("h3b-ccw-config-write", {}, {"ccw": 0}),
        ("h3c-i915-fence-array", {}, {"shared_fences": 0}),
        ("h3d-i915-bit17", {}, {"swizzled": 0}),
    ],
)
def test_h3_polls_the_lock_that_it_holds(
    scenario: str, given: dict[str, int], harmless: dict[str, int]
) -> None:
    trace = run(scenario, given=given)
    assert trace.verdict == "livelock"
    assert waiting(trace) == {"hog": ("polls", "oom_lock", "hog")}
    found = explore(scenario, given=given)
    assert (found.verdict.livelock, found.verdict.blocked) == (True, False)
    assert run(scenario, given=harmless).verdict == "completed"


def test_h3a_does_not_depend_on_the_number_of_entries_but_on_there_being_two() -> None:
    for total_sg in (2, 3, 128):
        assert run("h3a-virtqueue-add", given={"total_sg": total_sg}).verdict == "livelock"


def test_h3a_falls_back_silently_when_the_request_may_fail() -> None:
    trace = run("h3a-virtqueue-add", "nowait-tell", {"total_sg": 2})
    assert trace.verdict == "completed"
    assert failed_allocations(trace) == 1
    assert pages_returned(trace) == 256


def test_h3b_strikes_although_pages_have_just_come_back_and_with_an_empty_balloon_too() -> None:
    trace = run("h3b-ccw-config-write")
    assert pages_returned(trace) == 256
    assert trace.verdict == "livelock"
    assert run("h3b-ccw-config-write", given={"balloon_pages": 0}).verdict == "livelock"
    assert run("h3b-ccw-config-write", given={"dma_pages": 1}).verdict == "completed"


def test_h3b_fails_at_once_when_nobody_holds_oom_lock() -> None:
    """To hold the lock turns a request that may fail into an endless one."""
    trace = run("h3b-ccw-config-write", "before-oom-lock")
    assert trace.verdict == "completed"
    assert failed_allocations(trace) == 1


def test_h4_is_a_circle_of_a_lock_and_a_poll() -> None:
    trace = run("h4-i915-object-lock")
    assert waiting(trace) == {
        "hog": ("blocks", "mm.lock of object 0", "gpu_client"),
        "gpu_client": ("polls", "oom_lock", "hog"),
    }


def test_h5_waits_for_nobody_in_the_guest() -> None:
    for scenario, queue in (("h5-host-never-answers", "acked"), ("h5-gpu-never-idles", "GPU idle")):
        trace = run(scenario)
        assert trace.verdict == "deadlock"
        assert waiting(trace) == {"hog": ("blocks", queue, "")}
        assert trace.values_at(trace.ended_at_us)["oom_lock"] == "hog"


def test_h5_ends_when_the_other_side_does_answer_however_late() -> None:
    host = run("h5-host-never-answers", given={"host_answers": 1, "host_us": 90 * SECOND_US})
    gpu = run("h5-gpu-never-idles", given={"gpu_us": 90 * SECOND_US})
    for trace in (host, gpu):
        assert trace.verdict == "completed"
        assert (longest_request_us(trace) or 0) >= 89 * SECOND_US


def test_h5_rcu_waits_only_from_the_second_event_on() -> None:
    trace = run("h5-rcu-previous-round")
    (stuck,) = [w for w in trace.waiting if w.waits_for == "oom_callback_wq"]
    walks = [e for e in trace.events if e.op == "down_read"]
    assert len(walks) == 2
    assert stuck.task == walks[1].task == "hog"


def test_h6_has_no_circle_and_is_worse_the_longer_the_inflater_goes_on() -> None:
    ends, longest = [], []
    for rounds in (2, 5, 10, 20):
        trace = run("h6-nap-under-lock", given={"rounds": rounds})
        assert trace.verdict == "completed"
        assert kills(trace) == ()
        ends.append(trace.ended_at_us)
        longest.append(longest_request_us(trace) or 0)
    assert ends == sorted(ends) and ends[-1] > 2 * ends[1]
    assert max(longest) > 0.4 * SECOND_US  # two naps of 0.2 s


def test_h6_is_a_page_a_second_and_less_where_the_worker_is_always_the_first_to_run() -> None:
    """What the callback gives back, the next batch has again before the caller looks."""
    longest = [
        longest_request_us(run("h6-nap-under-lock", given={"rounds": rounds, "wake_us": 0})) or 0
        for rounds in (2, 5, 10, 20)
    ]
    assert longest == sorted(longest)
    assert longest[2] > 0.9 * SECOND_US


@pytest.mark.parametrize("remedy", ["allocate-outside", "nowait-fill", "nowait-both"])
def test_h6_is_gone_when_nobody_naps_with_the_lock_held(remedy: str) -> None:
    longest = longest_request_us(run("h6-nap-under-lock", remedy))
    assert longest is not None
    assert longest < 10_000


def test_h6_trylock_does_not_wait_but_kills_although_pages_are_there() -> None:
    trace = run("h6-nap-under-lock", "trylock")
    assert len(kills(trace)) == 1
    assert trace.values_at(kills(trace)[0].at_us)["balloon"] > 4000


def test_h7_spins_and_the_lock_holder_sleeps() -> None:
    trace = run("h7-pseries-hotplug")
    assert waiting(trace) == {
        "hog": ("spins", "pseries cmm_lock", "offline"),
        "offline": ("blocks", "driver_lock", "driver_task"),
        "driver_task": ("polls", "oom_lock", "hog"),
    }


def test_h7_needs_memory_to_be_taken_offline() -> None:
    assert run("h7-pseries-hotplug", given={"hot_remove": 0}).verdict == "completed"


def test_free_memory_helps_where_somebody_polls_and_not_where_all_sleep() -> None:
    """In H1 and H5 nobody asks any more; in the others the poller gets a page and goes on."""
    outside = {"give_back_pages": 512, "give_back_s": 2.0}
    helped = {
        scenario: run(scenario, given={**outside, **given}).verdict in ("completed", "recovered")
        for scenario, given in (
            ("h1-two-task-cycle", {}),
            ("h2-three-task-poll", {}),
            ("h3a-virtqueue-add", {"total_sg": 2}),
            ("h3c-i915-fence-array", {}),
            ("h3d-i915-bit17", {}),
            ("h4-i915-object-lock", {}),
            ("h5-host-never-answers", {}),
            ("h5-gpu-never-idles", {}),
            ("h7-pseries-hotplug", {}),
        )
    }
    assert [name.split("-")[0] for name, better in helped.items() if not better] == [
        "h1", "h5", "h5",
    ]  # fmt: skip


def test_h4_kills_in_the_end_although_memory_has_come_back() -> None:
    """The callback returns with nothing, and out_of_memory does not look at memory again."""
    trace = run("h4-i915-object-lock", given={"give_back_pages": 512, "give_back_s": 2.0})
    (kill,) = kills(trace)
    assert trace.values_at(kill.at_us)["free"] > 600


def test_free_memory_of_another_zone_does_not_help_h3b() -> None:
    given = {"give_back_pages": 512}
    assert run("h3b-ccw-config-write", given=given).verdict == "livelock"


def test_a_caller_that_may_not_kill_is_beaten_every_five_seconds_for_ever() -> None:
    for scenario in ("h5-host-never-answers", "h5-gpu-never-idles"):
        trace = run(scenario, "offload", {"oom_caller": 0})
        assert trace.verdict == "livelock"
        late = [e.at_us for e in trace.events if e.condition == "timeout"]
        assert [round(at_us / SECOND_US) for at_us in late[:2]] == [5, 10]
        assert kills(trace) == ()


def test_without_deflate_on_oom_the_callback_gives_nothing_and_somebody_is_killed() -> None:
    trace = run("h3a-virtqueue-add", given={"deflate_on_oom": 0})
    assert (len(kills(trace)), pages_returned(trace)) == (1, 0)


@pytest.mark.parametrize(("wanted", "given_back"), [(0, 0), (7, 7), (256, 256), (9999, 256)])
def test_a_callback_gives_what_it_wants_up_to_a_batch(wanted: int, given_back: int) -> None:
    trace = run("h3a-virtqueue-add", given={"callback_pages": wanted})
    assert pages_returned(trace) == given_back


def test_since_4_19_the_reaper_does_not_wait_for_the_killers_nap() -> None:
    def delay_us(kernel: float) -> int:
        # Killer and victim must be two: the nap of one who has killed himself is over at once.
        # The victim takes its time, nobody else does.
        given = {"kernel": kernel, "fault_tasks": 1, "exit_us": 10**6, "reap_us": 1, "print_us": 0}
        trace = run("h1-two-task-cycle", "offload", given)
        (kill,) = kills(trace)
        reaped = next(e for e in trace.events if "oom_reaper: reaped" in str(e.result))
        return reaped.at_us - kill.at_us

    assert delay_us(4.13) == delay_us(4.14) == 8001  # to the second tick, with oom_lock held
    assert delay_us(4.19) == 1
