"""The model is held to the stored runs of real kernels: what differs has a row that says why, and
no row outlives its difference."""

from __future__ import annotations

import fnmatch
import json
import re
from collections import Counter
from dataclasses import replace

import pytest

from oomlab.command import main
from oomlab.errors import InputError
from oomlab.evidence.real_kernel import compare, disagreements
from oomlab.evidence.real_kernel.cases import CASES
from oomlab.evidence.real_kernel.compare import compare_kernel, kernel_cells, needless_rows
from oomlab.evidence.real_kernel.disagreements import (
    ASPECTS,
    DISAGREEMENTS,
    Disagreement,
    causes_of,
)
from oomlab.evidence.real_kernel.facts import RunFacts
from oomlab.evidence.real_kernel.play import case_experiment, model_facts, play_case
from oomlab.evidence.real_kernel.stored import kernel_runs, releases
from oomlab.experiment import Experiment
from oomlab.kernel_release import KernelRelease
from oomlab.registry import Registry
from oomlab.scenarios.witness import WITNESS

CELLS = kernel_cells()
pytestmark = pytest.mark.xdist_group("real-kernel")  # each run of the model is made once


@pytest.mark.parametrize(("case", "release"), CELLS)
def test_what_differs_is_explained(case: str, release: str) -> None:
    found = compare_kernel(case, release)
    assert not found.unexplained, (
        f"{case} on {release}: correct the model, or say why in disagreements.py: "
        + "; ".join(found.unexplained)
    )


def test_what_is_explained_differs() -> None:
    needless = needless_rows([compare_kernel(*cell) for cell in CELLS])
    assert not needless, f"{needless}: nothing of what these rows explain differs any more"


def test_nine_cells_in_ten_end_alike_on_three_releases() -> None:
    assert len(releases()) >= 3
    assert len(CELLS) >= 40
    alike = [compare_kernel(*cell).aspect("outcome").equal for cell in CELLS]
    assert sum(alike) >= 0.9 * len(CELLS)


def test_a_row_is_about_cells_that_there_are() -> None:
    for row in DISAGREEMENTS.values():
        assert row.cause.endswith("."), row.name
        for release, cases in row.shows.items():
            asked = [case for case, asked_on in CELLS if asked_on == release]
            for pattern, aspects in cases.items():
                assert fnmatch.filter(asked, pattern), f"{row.name}: no {pattern} on {release}"
                assert set(aspects) <= set(ASPECTS)


def _run(case: str = "control", outcome: str = "served", **facts: object) -> RunFacts:
    return RunFacts("6.1", case, 1, "counted", outcome, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("aspect", "kernel", "model", "equal"),
    [
        ("outcome", [_run()], [_run(), _run()], True),
        ("outcome", [_run()], [_run(), _run(outcome="locked up"), _run()], True),
        ("outcome", [_run()], [_run(), *[_run(outcome="locked up")] * 2], False),
        ("outcome", [_run(), _run(), _run(outcome="called")], [_run()], False),
        ("stall", [_run(stall_ms=(5000,))], [_run(stall_ms=(5900,))], True),
        ("stall", [_run(stall_ms=(5000,))], [_run(stall_ms=(6300,))], False),
        ("stall", [_run(stall_ms=(20,))], [_run(stall_ms=(31,))], True),
        ("stall", [_run(stall_ms=(20,))], [_run(stall_ms=(34,))], False),
        ("stall", [_run(stall_ms=(500,))], [_run(stall_ms=(9,)), _run(stall_ms=(9000,))], True),
        ("stall", [_run(stall_ms=(500,))] * 3, [_run(stall_ms=(9,))] + [_run(stall_ms=(900,))] * 3,
         False),
        ("stall", [_run()], [_run(stall_ms=(9,))], None),
        ("kills", [_run(kills=2)], [_run(kills=1), _run(kills=2)], True),
        ("kills", [_run(kills=3)], [_run(kills=1), _run(kills=2)], False),
        ("kills", [_run(kills=2)] * 3, [_run(kills=1)] * 3 + [_run(kills=2)], False),
        ("pages", [_run(callback_pages=(415,))], [_run(callback_pages=(422, 3))], True),
        ("pages", [_run(callback_pages=(32,))], [_run(callback_pages=(422,))], False),
        ("pages", [_run()], [_run(callback_pages=(422,))], None),
        ("hung", [_run(hung={"a": "b"})], [_run(hung={"a": "b"})], True),
        ("hung", [_run(hung={"a": "b"})], [_run(hung={"a": ""})], False),
        ("hung", [_run(hung={"a": ""})], [_run()], False),
        ("stall lines", [_run(stall_lines=("x",))], [_run()], False),
        ("stall lines", [_run(stall_lines=("x",)), _run()], [_run()], True),
        ("pressure", [_run(pressure=0.0)], [_run(pressure=0.009)], True),
        ("pressure", [_run(pressure=0.0)], [_run(pressure=0.02)], False),
        ("pressure", [_run(pressure=0.0), _run(pressure=0.1)], [_run(pressure=0.0)], True),
        ("pressure", [_run(pressure=0.02), _run(pressure=0.1)], [_run(pressure=0.0)], False),
        ("pressure", [_run(pressure=0.3)], [_run(pressure=0.4)], True),
        ("pressure", [_run(pressure=0.3)], [_run(pressure=0.7)], False),
        ("pressure", [_run(pressure=0.3)], [_run()], None),
    ],
)  # fmt: skip
def test_what_counts_as_equal(
    aspect: str, kernel: list[RunFacts], model: list[RunFacts], equal: bool | None
) -> None:
    found = {one.name: one.equal for one in compare._aspects(kernel, model)}
    assert found.get(aspect) is equal  # type: ignore[call-overload]


def test_a_difference_without_a_row_and_a_row_without_a_difference_are_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    false = Disagreement("made-up", "It is made up.", {"6.1": {"control": ("kills",)}})
    monkeypatch.setattr(disagreements, "DISAGREEMENTS", Registry("disagreement", (false,)))
    assert needless_rows([compare_kernel("control", "6.1")]) == ("made-up",)
    assert needless_rows([compare_kernel("never", "6.1")]) == ()
    assert main(["compare-kernel", "--case", "control", "--kernel", "6.1"]) == 1
    assert "PROBLEM: the row 'made-up' is no longer needed" in capsys.readouterr().out
    monkeypatch.setattr(compare, "play_case", lambda case, release, seed: _run(case, kills=7))
    assert main(["compare-kernel", "--case", "never", "--kernel", "6.1", "--json"]) == 1
    (cell,) = json.loads(capsys.readouterr().out)["cells"]
    assert {a["name"]: a["answer"] for a in cell["aspects"]}["kills"] == "differs"


def test_the_command_tells_each_cell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare-kernel", "--case", "lock-invoker"]) == 0
    text = capsys.readouterr().out
    assert [line.split()[:3] for line in text.splitlines()[1:4]] == [
        ["lock-invoker", release, "equal"] for release in releases()
    ]
    assert text.endswith("3 cells. Equal in outcome: 3. Equal in all: 3; explained: 0;"
                         " not explained: 0.\n")  # fmt: skip
    assert main(["compare-kernel", "--kernel", "7.3.4", "--case", "lock-invoker", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["answers"], data["outcomes"]) == ({"equal": 1}, {"equal": 1})
    assert [run["outcome"] for run in data["cells"][0]["model_runs"]] == ["locked up"] * len(
        compare.FIRST_SEEDS
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--case", "lock-invokr"], "unknown case 'lock-invokr'; valid: control, .*did you mean"),
        (["--kernel", "4.19"], r"unknown kernel version '4\.19'; valid: 6\.1, 6\.12, 7\.3"),
        (["--kernel", "new"], r"'new' is no release of the kernel"),
    ],
)
def test_what_was_not_asked_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str
) -> None:
    assert main(["compare-kernel", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert re.search(expected, err)


def test_a_release_between_is_played_as_the_one_before() -> None:
    assert str(case_experiment("control", "7.2").settings["kernel"]) == "6.12"
    with pytest.raises(InputError, match="unknown kernel version"):
        case_experiment("control", "4.4")


def test_a_case_that_is_not_played_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CASES, "control", replace(CASES["control"], unplayed="too short"))
    with pytest.raises(InputError, match="the model does not play control: too short"):
        case_experiment("control", "6.1")
    with pytest.raises(InputError, match="does not play control"):
        kernel_cells("control")


def test_the_second_kill_and_the_silent_pressure_come_out_of_the_model() -> None:
    """Not of a note: nothing looks at free memory between the wait and the choice of a victim, and
    nobody who sleeps in a callback counts as stalled."""
    twice = [play_case("offload-lock-invoker", "7.3", seed) for seed in range(4)]
    assert Counter(run.kills for run in twice)[2] >= 2
    assert max(run.stall_ms[0] for run in twice) > 10_000
    asleep = play_case("lock-invoker", "7.3")
    assert asleep.pressure is not None and asleep.pressure < 0.001
    assert asleep.hung == {"check_a": "", "check_x": "check_a"}
    polling = play_case("lock-third-large", "6.1")
    assert polling.pressure is not None and polling.pressure > 0.2


def test_every_stored_run_belongs_to_a_case() -> None:
    assert {run.case for run in kernel_runs()} <= set(CASES)
    assert causes_of("no such case", "6.1", "kills") == ()


def test_a_machine_that_panics_has_not_locked_up() -> None:
    case = replace(CASES["control"], guest={"victims": 1}, module={"rounds": 2})
    settings = case.settings(KernelRelease.of("6.1"))
    trace = Experiment.of(WITNESS, case.remedy, settings).run()
    played = model_facts(trace, case, "6.1", 0)
    assert (played.outcome, played.kills, len(played.stall_ms)) == ("panicked", 1, 1)
