"""The model above real kernels: which runs stand in a picture, and what the sentence says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from oomlab.errors import InputError
from oomlab.evidence.real_kernel import compare
from oomlab.evidence.real_kernel.cases import CASES
from oomlab.evidence.real_kernel.facts import RunFacts
from oomlab.evidence.real_kernel.stored import kernel_runs, releases
from oomlab.views import real_kernel

STUCK = RunFacts(
    "7.3", "lock-invoker", 1, "counted", "locked up", hung={"check_a": "", "check_x": "check_a"}
)


@pytest.fixture(autouse=True)
def few_seeds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One run of the model a cell is enough here."""
    monkeypatch.setattr(real_kernel, "SEEDS", 1)
    real_kernel._compared.cache_clear()
    yield
    real_kernel._compared.cache_clear()


def test_every_case_that_was_asked_is_in_one_group_that_has_words() -> None:
    groups = real_kernel.cases_by_group()
    listed = [name for names in groups.values() for name in names]
    assert sorted(listed) == sorted({run.case for run in kernel_runs()})
    assert set(groups) == set(real_kernel.case_groups())


@pytest.mark.parametrize(
    ("case", "group"),
    [
        ("control", "sleeps"),
        ("never", "sleeps"),
        ("lock-third-give-back", "locks"),
        ("mayfail-512", "waits"),
        ("atomic-4096", "no-wait"),
        ("sysrq-f", "outside"),
        ("kill-allocating-task", "outside"),
        ("min-ttl", "outside"),
        ("offload-sleep-1", "offload-sleeps"),
        ("three-rounds", "offload-sleeps"),
        ("offload-noretry-1", "offload-no-wait"),
    ],
)
def test_the_group_follows_from_what_the_guest_is_told(case: str, group: str) -> None:
    assert real_kernel.group_of(CASES[case]) == group
    assert real_kernel.group_of(replace(CASES[case], name="renamed")) == group


def test_a_run_of_a_kernel_becomes_a_lane() -> None:
    run = next(r for r in kernel_runs() if r.case == "offload-lock-invoker" and r.kills == 2)
    lane = real_kernel.bar_of(run)
    assert lane.waits_s == (run.stall_ms[0] / 1000,)
    assert (len(lane.kills_s), lane.calls, lane.locked_up) == (2, run.calls, False)
    stuck = real_kernel.bar_of(STUCK)
    assert (stuck.locked_up, stuck.waits_s, stuck.reports_s) == (True, (), (10.0,))


def test_all_stored_runs_of_a_case_are_in_its_picture_and_the_kernels_are_told_together() -> None:
    made = real_kernel.case("lock-invoker")
    for release in releases():
        runs = [r for r in kernel_runs() if (r.case, r.release) == ("lock-invoker", release)]
        said = f"{release}, the kernel, {len(runs)} run{'s' * (len(runs) > 1)}: locked up"
        assert said in made.twin
    assert made.sentence == (
        f"Linux {', '.join(releases())}: locked up. The model ends as the kernel did in "
        f"{len(releases())} of {len(releases())} cells."
    )


def test_one_release_of_a_group() -> None:
    made = real_kernel.cases("sleeps", "6.12")
    assert "6.12, the model" in made.twin and "7.3" not in made.twin
    names = real_kernel.cases_by_group()["sleeps"]
    assert made.sentence.endswith(f"in {len(names)} of {len(names)} cells.")
    with pytest.raises(InputError, match="valid: "):
        real_kernel.cases("sleeps", "4.13")
    with pytest.raises(InputError, match="group"):
        real_kernel.cases("slept")
    with pytest.raises(InputError, match="case"):
        real_kernel.case("lock")


def test_a_cell_in_which_the_model_ends_otherwise_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    served = replace(STUCK, outcome="served", stall_ms=(5.0,), release="7.3")
    monkeypatch.setattr(compare, "play_case", lambda *_: served)
    made = real_kernel.case("lock-invoker", "7.3")
    assert made.sentence.endswith("in 0 of 1 cells, not in lock-invoker on 7.3.")
    assert real_kernel._short("lock-invoker", "7.3") == "locked up (model: 5 ms, 0 kills)"


def test_pressure_is_that_of_the_runs() -> None:
    still, polled = real_kernel.pressure("lock-invoker"), real_kernel.pressure("lock-third-large")
    assert "for 0 % of the time" in still.sentence
    assert "for 0 %" not in polled.sentence and " % of the time" in polled.sentence
    over = real_kernel.pressure("control")
    assert over.sentence == "It was over before anybody looked."
    assert "7.3, the kernel, not asked." in over.twin


def test_what_a_release_told_while_it_hung(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = (
        replace(STUCK, pressure=0.004),
        replace(STUCK, number=2, pressure=0.0, stall_lines=("sh",)),
        replace(STUCK, case="never", release="6.1", pressure=0.5),
    )
    monkeypatch.setattr(real_kernel, "kernel_runs", lambda: runs)
    table = real_kernel.told_table({"lock-invoker": "all sleep", "never": "one polls"}, "7.3")
    assert table.splitlines() == [
        "| What it tells | all sleep | one polls |",
        "| --- | --- | --- |",
        "| all stalled on memory | 0 % | – |",
        "| reported as hung | A, X | nobody |",
        "| named as the owner | A | nobody |",
        "| stall warning about | sh | nobody |",
    ]


def test_the_table_has_a_row_a_case_and_a_column_a_release(monkeypatch: pytest.MonkeyPatch) -> None:
    short = ("control", "kernel-512-no-boost")
    without = [run for run in kernel_runs() if (run.case, run.release) != (short[1], "6.1")]
    monkeypatch.setattr(real_kernel, "kernel_runs", lambda: without)
    monkeypatch.setattr(real_kernel, "cases_by_group", lambda: {"some": short})
    rows = real_kernel.cells_table(["some"]).splitlines()
    assert rows[0] == f"| Case | {' | '.join(releases())} |"
    assert [row.split(" | ")[0] for row in rows[2:]] == [f"| {name}" for name in short]
    assert rows[3].split(" | ")[1] == "–"
    assert "1 kill" in rows[2]
