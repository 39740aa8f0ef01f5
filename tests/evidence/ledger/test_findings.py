"""Each finding of the review is shown now, and would not be in another protocol."""

from __future__ import annotations

import json

import pytest

from oomlab import replay
from oomlab.command import NOT_AS_EXPECTED, main
from oomlab.engine.ops.ghosts import SEEN
from oomlab.errors import InputError
from oomlab.evidence.ledger.findings import (
    FINDINGS,
    OFFLOADS,
    RFC,
    CannotBeShown,
    Finding,
    Measured,
    Witnessed,
    find_finding,
)
from oomlab.evidence.ledger.findings_report import review
from oomlab.limits import collect
from oomlab.remedies import REMEDIES
from tests.evidence.ledger.breaks import remedy

SHOWABLE = [f for f in FINDINGS.values() if not isinstance(f.evidence, CannotBeShown)]

STILL = {
    "offload": {*range(1, 26)} - {14, 19},
    "offload-sequence": {1, 2, 4, 5, 6, 7, 8, 9, 10, 15, 16, 17, 18, 20, 21, 22, 24, 25},
    "offload-repaired": {9, 10, 16, 18, 20, 21, 22, 24},
}
"""Which findings each of the three still has: what our repairs are worth."""


def name(finding: Finding) -> str:
    return finding.id


def test_none_is_missing() -> None:
    assert list(FINDINGS) == [f"R{number}" for number in range(1, 26)]
    assert [f.id for f in FINDINGS.values() if not f.is_defect] == ["R12", "R14"]


@pytest.mark.parametrize("finding", SHOWABLE, ids=name)
def test_it_is_shown_and_the_repairs_are_as_good_as_they_are_said_to_be(finding: Finding) -> None:
    (one,) = review([finding])
    assert one.problems == ()
    for offload in OFFLOADS:
        has_it = int(finding.id.removeprefix("R")) in STILL[offload]
        assert (one.shown[offload].answer == "has it") == has_it, offload


@pytest.mark.parametrize(
    "finding", [f for f in SHOWABLE if isinstance(f.evidence, Witnessed)], ids=name
)
def test_its_schedules_can_be_replayed_and_their_last_task_is_needed(finding: Finding) -> None:
    shown = finding.show()
    assert shown is not None
    assert isinstance(finding.evidence, Witnessed)
    assert {way.label for way in shown.ways} == set(finding.evidence.labels)
    for way in shown.ways:
        trace = replay(way.replay)
        assert trace.ended_at_us == way.steps
        assert way.label in trace.values_at(way.steps)[SEEN]
        without = way.replay.rpartition("," if way.switches else ":")[0]
        shorter = replay(without if way.switches else f"{without}:{way.steps - 1}")
        assert way.label not in shorter.values_at(shorter.ended_at_us)[SEEN]
        assert trace.remedy == RFC


def test_what_cannot_be_shown_is_a_limit_of_the_book() -> None:
    topics = {limit.topic: limit.kind for _, limit in collect()}
    cannot = [f for f in FINDINGS.values() if isinstance(f.evidence, CannotBeShown)]
    assert [f.id for f in cannot] == ["R19"]
    for finding in cannot:
        assert isinstance(finding.evidence, CannotBeShown)
        assert topics[finding.evidence.topic] == "cannot be shown"


@pytest.mark.parametrize(
    ("delivery", "noticing"),
    [
        ("mainline", [f"R{n}" for n in range(1, 26) if n not in (14, 19, 24)]),
        (
            "offload-repaired",
            ["R1", "R2", "R3", "R4", "R5", "R7", "R8", "R11", "R17", "R23", "R25"],
        ),
    ],
)
def test_another_protocol_does_not_show_them(
    broken: pytest.MonkeyPatch, delivery: str, noticing: list[str]
) -> None:
    """The RFC replaced by mainline, or by what repairs it."""
    remedy(RFC, delivery=REMEDIES[delivery].delivery)(broken)
    for id in noticing:
        shown = FINDINGS[id].show()
        assert shown is not None
        assert shown.answer != "has it", id


def test_a_cure_of_the_balloon_would_show_in_r24(broken: pytest.MonkeyPatch) -> None:
    remedy(RFC, fill_allocation="outside-lock")(broken)
    shown = FINDINGS["R24"].show()
    assert shown is not None
    assert shown.answer == "free of it"


def test_a_thread_that_is_asked_after_all_would_show_in_r14(broken: pytest.MonkeyPatch) -> None:
    broken.setattr("oomlab.evidence.ledger.findings.context.requests_after_disable", lambda _: 1)
    shown = FINDINGS["R14"].show()
    assert shown is not None
    assert shown.answer == "has it"


@pytest.mark.parametrize("finding", SHOWABLE, ids=name)
def test_its_figures_say_different_things(finding: Finding) -> None:
    if isinstance(finding.evidence, Measured):
        figures = finding.evidence.measure(RFC)
        assert len({figure.what for figure in figures}) == len(figures) > 0


def test_as_json_each_finding_has_its_keys(capsys: pytest.CaptureFixture[str]) -> None:
    for id in ("R2", "R9", "R19"):
        assert main(["findings", id, "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert set(said) == {"findings", "problems"}
        (found,) = said["findings"]
        assert set(found) >= {
            "id", "title", "what", "effect", "is_defect", "note", "shown_by", "offloads",
            "as_expected",
        }  # fmt: skip
        match found["shown_by"]:
            case "schedule":
                assert {"scenario", "parameters", "watch", "timeouts"} <= set(found)
            case "run":
                assert {"scenario", "parameters"} <= set(found)
            case "nothing":
                assert {"limit", "reason"} <= set(found)
        for shown in found["offloads"].values():
            assert set(shown) == {"answer", "schedules", "states", "figures"}


def test_the_string_that_is_printed_can_be_pasted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["findings", "R2"]) == 0
    (line,) = [x for x in capsys.readouterr().out.splitlines() if "oomlab replay" in x]
    assert main(["replay", line.split("'")[1]]) == 0
    assert "oomlab" not in capsys.readouterr().err


@pytest.mark.parametrize("id", ["R0", "R26", "r1", "1", "", "R"])
def test_an_unknown_id_is_refused_with_the_valid_ones(id: str) -> None:
    with pytest.raises(InputError, match=r"unknown finding .*; valid: R1, R2, .*, R25"):
        find_finding(id)


def test_the_command_fails_and_names_the_finding(
    broken: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    remedy(RFC, delivery=REMEDIES["mainline"].delivery)(broken)
    assert main(["findings", "R18"]) == NOT_AS_EXPECTED
    assert "R18 under offload: free of it, must be has it" in capsys.readouterr().out
