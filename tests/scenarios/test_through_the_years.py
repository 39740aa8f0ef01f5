"""The same scenarios on machines of other releases: what changes, and what it rests on."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar

import pytest

from oomlab import explore, run
from oomlab.analysis import detector_log, kills
from oomlab.dmesg import dmesg_lines
from oomlab.errors import InputError
from oomlab.experiment import Experiment
from oomlab.kernel.percpu_lists import batch_size
from oomlab.scenarios.release import traits_for

H1, H2, H3A = "h1-two-task-cycle", "h2-three-task-poll", "h3a-virtqueue-add"
RCU = "h5-rcu-previous-round"
OLDER, TUNED = ("4.13", "4.14", "4.19", "5.17", "6.1"), ("6.12", "7.3")


class TestPagesThatComeBackByThemselves:
    """book/data/real-kernel.json: the cases lock-third, kernel-1, kernel-512, kernel-4096 and those
    with fixed lists and without a boost."""

    @pytest.mark.parametrize("kernel", OLDER)
    def test_the_form_with_three_tasks_lasts_for_ever(self, kernel: str) -> None:
        assert run(H2, "mainline", {"kernel": kernel}).verdict == "deadlock"

    @pytest.mark.parametrize("kernel", TUNED)
    def test_where_lists_follow_the_load_it_ends_after_seconds(self, kernel: str) -> None:
        trace = run(H2, "mainline", {"kernel": kernel})
        assert trace.verdict == "completed"
        assert 1_000_000 < trace.ended_at_us < 20_000_000

    @pytest.mark.parametrize("kernel", TUNED)
    @pytest.mark.parametrize("without", [{"fixed_lists": 1}, {"list_pages": 0}])
    def test_without_them_it_does_not(self, kernel: str, without: dict[str, int]) -> None:
        assert run(H2, "mainline", {"kernel": kernel, **without}).verdict == "deadlock"

    @pytest.mark.parametrize("kernel", TUNED)
    def test_the_form_with_two_tasks_wants_no_page(self, kernel: str) -> None:
        trace = run(H1, "mainline", {"kernel": kernel})
        assert trace.verdict == "deadlock"
        came = [e.at_us for e in trace.events if e.task == "vmstat" and e.op == "move"]
        assert len(came) > 3 and came[0] > 4_000_000
        assert all(1_000_000 <= later - sooner < 1_100_000 for sooner, later in pairwise(came))

    def test_an_asking_callback_frees_itself_as_well(self) -> None:
        given = {"total_sg": 2}
        assert run(H3A, "mainline", {**given, "kernel": "6.1"}).verdict == "livelock"
        trace = run(H3A, "mainline", {**given, "kernel": "6.12"})
        assert trace.verdict == "completed" and trace.ended_at_us > 1_000_000

    def test_what_stays_in_a_list_is_its_least(self) -> None:
        trace = run(H1, "mainline", {"kernel": "7.3", "list_pages": 1024})
        left = trace.values_at(trace.ended_at_us)["per-CPU lists"]
        assert left == 320  # the low mark of 64 MiB: 256 + 64

    @pytest.mark.parametrize(
        ("managed", "batch"), [(1024, 1), (16_384, 3), (115_000, 31), (1 << 20, 63)]
    )
    def test_batches_are_the_kernels(self, managed: int, batch: int) -> None:
        assert batch_size(managed) == batch

    def test_a_boost_ends_when_kswapd_has_made_a_pass(self) -> None:
        given = {"boost_pages": 64, "kernel": "6.1"}
        assert run(H2, "mainline", given).verdict == "completed"
        assert run(H2, "mainline", {**given, "kernel": "4.19"}).verdict == "deadlock"

    def test_pages_above_the_mark_are_a_setting(self) -> None:
        assert run(H2, "mainline", {"spare_pages": 8}).verdict == "completed"

    def test_the_explorer_lets_the_list_decay_at_any_moment(self) -> None:
        given = {"total_sg": 2, "kernel": "6.12"}
        assert explore(H3A, "mainline", {**given, "fixed_lists": 1}).verdict.word == "lockup"
        assert explore(H3A, "mainline", given).verdict.word == "exhausted-clean"


class TestTheReaper:
    """Its lock went with 4.19, its delay came with 5.18."""

    GIVEN: ClassVar = {"earlier_victim": 1, "rescue_s": 0.0}

    @pytest.mark.parametrize(("kernel", "seconds"), [("5.17", 0), ("6.1", 2), ("7.3", 2)])
    def test_it_waits_two_seconds_before_it_looks(self, kernel: str, seconds: int) -> None:
        trace = run(H1, "mainline", {**self.GIVEN, "kernel": kernel})
        looked = [e.at_us for e in trace.events if e.op == "down_read_trylock"]
        assert looked[0] // 1_000_000 == seconds

    def test_each_trait_can_be_had_on_its_own(self) -> None:
        def looked(**given: Any) -> int:
            trace = run(H1, "mainline", {**self.GIVEN, **given})
            return next((e.at_us for e in trace.events if e.op == "down_read_trylock"), -1)

        assert 0 <= looked() < 1_000_000
        assert looked(reaper_waits=1) == -1  # behind oom_lock for ever
        assert looked(reaper_lock=0, reaper_waits=1) // 1_000_000 == 2
        assert looked(kernel="6.1", reaper_lock=1) == -1
        assert 0 <= looked(kernel="6.1", reaper_waits=0) < 1_000_000

    def test_the_nap_can_be_had_on_its_own(self) -> None:
        given = Experiment.of(H1, given={"kernel": "6.1"}).settings
        assert not traits_for(given).killer_naps_under_oom_lock
        assert traits_for({**given, "killer_naps": 1}).killer_naps_under_oom_lock

    def test_what_is_none_of_the_three_is_refused(self) -> None:
        with pytest.raises(InputError, match="reaper_waits cannot be -1; valid: 0, 1, 2"):
            run(H1, "mainline", {"reaper_waits": -1})


def test_rcu_left_the_chain_with_4_20() -> None:
    assert run(RCU, "mainline", {"kernel": "4.19"}).verdict == "deadlock"
    assert run(RCU, "mainline", {"kernel": "6.1"}).verdict == "recovered"


def test_the_ring_of_7_3_never_allocates() -> None:
    given = {"total_sg": 2, "fixed_lists": 1}
    assert run(H3A, "mainline", {**given, "kernel": "6.12"}).verdict == "livelock"
    assert run(H3A, "mainline", {**given, "kernel": "7.3"}).verdict == "completed"


class TestKswapdAsks:
    """lru_gen/min_ttl_ms."""

    def test_a_listener_runs_on_its_stack(self) -> None:
        trace = run("five-listeners", "mainline", {"kernel": "6.1", "min_ttl": 1})
        mine = [e for e in trace.events if e.task == "kswapd" and "out_of_memory" in e.stack]
        assert any("virtballoon_oom_notify" in event.stack for event in mine)
        assert all("lru_gen_age_node" in event.stack for event in mine)

    def test_it_may_have_somebody_killed_and_there_are_many_walks_for_a_kill(self) -> None:
        given = {"min_ttl": 1, "listener_pages": 0, "balloon_pages": 0}
        known = {p.name for p in Experiment.of("five-listeners").scenario.parameters}
        given = {name: value for name, value in given.items() if name in known}
        trace = run("five-listeners", "mainline", {**given, "kernel": "7.3"})
        assert [kill.victim for kill in kills(trace)] == ["hog"]

    def test_a_request_of_its_listener_has_every_reserve_and_never_asks_again(self) -> None:
        given = {"total_sg": 2, "fixed_lists": 1, "min_ttl": 1, "kernel": "6.12"}
        assert run(H3A, "mainline", given).verdict in ("completed", "recovered")

    @pytest.mark.parametrize(("kernel", "asks"), [("5.17", False), ("6.1", True)])
    def test_it_does_so_since_6_1(self, kernel: str, asks: bool) -> None:
        trace = run("five-listeners", "mainline", {"kernel": kernel, "min_ttl": 1})
        assert any(e.task == "kswapd" and e.on == "oom_lock" for e in trace.events) == asks


@pytest.mark.parametrize(("kernel", "named"), [("4.13", True), ("5.17", False), ("7.3", False)])
def test_a_group_that_waits_for_oom_lock_is_reported_as_hung_until_5_1(
    kernel: str, named: bool
) -> None:
    trace = run(H1, "mainline", {"memcg_oom": 1, "kernel": kernel})
    assert any(w.task == "memcg_task" for w in trace.waiting)
    hung = {m.task for m in detector_log(trace, 300) if m.detector == "hung task"}
    assert ("memcg_task" in hung) == named


class TestTheLog:
    """What --dmesg prints is that of the release."""

    @pytest.mark.parametrize(
        ("kernel", "seconds"),
        [("4.13", [10, 20, 30]), ("4.19", []), ("6.12", []), ("7.3", [10, 20, 30])],
    )
    def test_stall_warnings(self, kernel: str, seconds: list[int]) -> None:
        trace = run(H2, "mainline", {"fixed_lists": 1, "kernel": kernel})
        stalls = [m.second for m in detector_log(trace, 35) if m.detector == "allocation stall"]
        assert stalls == seconds

    def test_of_many_who_poll_one_is_named_in_ten_seconds_on_7_3(self) -> None:
        def stalls(kernel: str) -> list[tuple[str, int]]:
            given = {"fixed_lists": 1, "kernel": kernel, "fault_tasks": 3}
            lines = detector_log(run(H2, "mainline", given), 35)
            return [(m.task, m.at_us) for m in lines if m.detector == "allocation stall"]

        today = stalls("7.3")
        assert len(stalls("4.13")) > 3 * len(today) > 0
        assert all(b - a > 10_000_000 for (_, a), (_, b) in pairwise(today))

    @pytest.mark.parametrize(("kernel", "names"), [("6.12", False), ("7.3", True)])
    def test_the_owner_of_the_mutex(self, kernel: str, names: bool) -> None:
        trace = run(H1, "mainline", {"kernel": kernel})
        lines = [*dmesg_lines(trace, hung_task_s=10)]
        assert any("blocked for more than" in line for line in lines)
        assert any("is blocked on a mutex likely owned by" in line for line in lines) == names
