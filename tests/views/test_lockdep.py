"""What the chapter about lockdep shows: a warning or its absence, a log, a table."""

from __future__ import annotations

import pytest

from oomlab.analysis.lock_learning import ANNOTATIONS
from oomlab.errors import InputError
from oomlab.views import lockdep

H1, H2, H3, H5 = (
    "h1-two-task-cycle",
    "h2-three-task-poll",
    "h3b-ccw-config-write",
    "h5-host-never-answers",
)


@pytest.mark.parametrize("kernel", ANNOTATIONS)
def test_the_two_task_form_is_warned_of_and_the_rfc_hides_it(kernel: str) -> None:
    warned = lockdep.order(H1, "mainline", kernel).sentence
    assert warned.startswith("Lockdep warns, after 2 runs that ended well: ")
    hidden = lockdep.order(H1, "offload", kernel).sentence
    assert "fs_task waits for an answer from oom_notifier: a wait for an answer is no" in hidden
    assert "Not even the run that hangs" in hidden


def test_the_reasons_for_silence() -> None:
    assert "fs_task polls oom_lock, held by hog: a" in lockdep.order(H2, "mainline").sentence
    assert "hog polls oom_lock, held by hog" in lockdep.order(H3, "mainline").sentence
    assert "hog waits for its buffer back from host" in lockdep.order(H5, "mainline").sentence
    assert "nothing to warn of" in lockdep.order(H1, "allocate-outside").sentence


def test_runs_that_went_well_did() -> None:
    for scenario in (H1, H2, H3, H5):
        runs = lockdep.runs_that_went_well(scenario, "mainline")
        assert runs
        assert {trace.verdict for trace in runs} <= {"completed", "recovered"}


def test_a_shrinker_is_found_out_by_one_good_run_unless_by_the_rule_of_4_14() -> None:
    for kernel, warns in (("4.13", True), ("4.14", False), ("4.18", True)):
        assert ("warns" in lockdep.as_shrinker("under-lock", kernel).sentence) == warns
        assert "warns" not in lockdep.as_shrinker("outside-lock", kernel).sentence


def test_a_log_says_how_long_it_is_silent_and_who_is_hung() -> None:
    said = lockdep.log(H1, "mainline", 2).sentence
    assert "Silence for 10 s, then the first line: allocation stall." in said
    assert said.endswith("from 170 s on: balloon_worker, fs_task.")
    assert lockdep.log(H3, "mainline", 2).sentence.endswith("Nobody is named as hung.")
    assert lockdep.log(H1, "allocate-outside").sentence.endswith("The log stays empty.")
    assert "from 239 s on" in lockdep.log(H1, "mainline", 0, 119).sentence


def test_the_table() -> None:
    table = lockdep.who_sees_what({H1: "first", H3: "third"}, "mainline", 1)
    assert table.splitlines() == [
        "| Who looks | first | third |",
        "| --- | --- | --- |",
        "| lockdep | **yes** | – |",
        "| allocation stall | 10 | 10 |",
        "| workqueue watchdog | – | – |",
        "| soft lockup | – | – |",
        "| hung task | 170 | – |",
    ]


def test_names_that_do_not_exist() -> None:
    with pytest.raises(InputError, match=r"4\.13"):
        lockdep.order(H1, "mainline", "4.12")
    with pytest.raises(InputError, match="outside-lock"):
        lockdep.as_shrinker("beside", "4.13")
