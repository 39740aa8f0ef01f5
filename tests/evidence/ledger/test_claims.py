"""Each word of the ledger is supported now, and would not be in a broken model."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from oomlab.command import NOT_AS_EXPECTED, main
from oomlab.errors import InputError
from oomlab.evidence.ledger.claims import CLAIMS, WORDS, find_claim
from oomlab.evidence.ledger.claims.claim import TSIRKIN
from oomlab.evidence.ledger.claims_report import claims_data, judge_claims
from oomlab.remedies import REMEDIES, Delivery
from oomlab.scenarios import GROUPS
from tests.evidence.ledger import breaks
from tests.evidence.ledger.breaks import Break, remedy

LEDGER = {
    "confirmed": {1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 18, 21, 22, 24, 25},
    "qualified": {8, 10, 15, 16, 19, 20, 23, 28, 29},
    "refuted": {26},
    "opinion": {12, 27, 30},
    "moot": {13, 17},
}


def test_there_are_thirty_and_their_words_are_those_of_the_ledger() -> None:
    assert list(CLAIMS) == list(range(1, 31))
    words = {w: {n for n, claim in CLAIMS.items() if claim.word == w} for w in WORDS}
    assert words == LEDGER


def test_who_said_what_when() -> None:
    assert [n for n, claim in CLAIMS.items() if claim.who == TSIRKIN] == [12, 13, 29, 30]
    dates = [claim.when for claim in CLAIMS.values()]
    assert dates == sorted(dates)
    assert (dates[0].isoformat(), dates[-1].isoformat()) == ("2017-09-11", "2017-10-02")


@pytest.mark.parametrize("number", CLAIMS)
def test_the_figures_support_the_word(number: int) -> None:
    claim = CLAIMS[number]
    figures = claim.measure()
    assert len({figure.what for figure in figures}) == len(figures) > 0
    for figure in figures:
        assert figure.holds, f"{figure.what}: {figure.text}, must be {figure.condition.words}"
    assert set(claim.scenarios) <= {name for group in GROUPS.values() for name in group}
    assert set(claim.remedies) <= set(REMEDIES)


BREAKS: dict[str, tuple[Break, set[int]]] = {
    "the balloon allocates outside its lock": (
        remedy("mainline", fill_allocation="outside-lock"),
        {1, 3, 5, 7, 8, 11, 20, 22},
    ),
    "leaking only tries the lock": (remedy("mainline", leak_lock="trylock"), {1, 2, 7, 8, 20}),
    "the patch changes nothing": (
        remedy("offload", delivery=Delivery),
        {16, 17, 26, 27, 28, 29, 30},
    ),
    "the patch's limit is a second": (remedy("offload", timeout_s=1.0), {16, 17, 29, 30}),
    "the merged fix changes nothing": (
        remedy("allocate-outside", fill_allocation="under-lock"),
        {11, 12},
    ),
    "the fill request may not block": (breaks.the_fill_request_may_not_block, {1, 5, 20, 22}),
    "the call sites ask for nothing": (breaks.the_call_sites_ask_for_nothing, {3, 4}),
    "every request fails": (breaks.every_request_fails, {5, 6, 19}),
    "no flag is ever void": (breaks.no_flag_is_ever_void, {14}),
    "requests of callbacks never wait": (
        breaks.requests_of_callbacks_never_wait,
        {1, 9, 10, 11, 12, 24, 25},
    ),
    "one entry is allocated for as well": (
        breaks.one_entry_is_allocated_for_as_well,
        {10, 11, 13, 15},
    ),
    "nobody can register": (breaks.nobody_can_register, {1, 18, 21, 23, 24}),
    "the pseries callback gives nothing": (breaks.the_pseries_callback_gives_nothing, {23}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_in_a_broken_model_words_lose_their_figures(name: str, broken: pytest.MonkeyPatch) -> None:
    break_it, noticing = BREAKS[name]
    break_it(broken)
    claims = [CLAIMS[number] for number in sorted(noticing)]
    blind = [one.claim.number for one in judge_claims(claims) if one.supported]
    assert not blind


def test_each_claim_notices_one_of_the_breaks() -> None:
    noticing = set().union(*(numbers for _, numbers in BREAKS.values()))
    assert noticing == set(CLAIMS)


def test_as_json_each_claim_has_its_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {"claims", "unsupported"}
    assert said["unsupported"] == []
    assert [claim["number"] for claim in said["claims"]] == list(CLAIMS)
    for claim in said["claims"]:
        assert set(claim) == {
            "number", "who", "date", "claim", "verdict", "because", "chapter", "scenarios",
            "remedies", "figures", "supported",
        }  # fmt: skip
        for figure in claim["figures"]:
            assert set(figure) == {"what", "value", "unit", "must_be", "holds"}


def test_one_claim_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "29"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("29. Michael S. Tsirkin, 2017-10-02: ")
    assert "QUALIFIED" in lines[1]
    assert lines[-1] == "1 claim: 1 qualified"


@pytest.mark.parametrize("number", ["0", "31", "-1", "1.0", "R1", "", "²"])
def test_an_unknown_number_is_refused_with_the_valid_ones(number: str) -> None:
    with pytest.raises(InputError, match=r"unknown claim .*; valid: 1, 2, 3, .*, 30"):
        find_claim(number)


def test_the_command_fails_and_names_the_claim(
    broken: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    remedy("offload", timeout_s=7.0)(broken)
    assert main(["claims", "29"]) == NOT_AS_EXPECTED
    said = capsys.readouterr().out
    line = r"Claim 29 is no longer qualified: first kill, three tasks is 7\.\d+ s, must be"
    assert re.search(line, said)


def test_data_says_which_claims_have_lost_a_figure(broken: pytest.MonkeyPatch) -> None:
    remedy("offload", timeout_s=7.0)(broken)
    data = claims_data(judge_claims([CLAIMS[4], CLAIMS[29]]))
    assert data["unsupported"] == [29]
    assert [claim["supported"] for claim in data["claims"]] == [True, False]


def test_links_lead_to_chapters() -> None:
    """Those that exist; the others are checked when they come."""
    known = {
        "running-out", "gfp-masks", "chain", "report", "second-report", "nowait", "offload",
        "five-seconds", "review", "scheduler", "lockdep", "merged", "listeners",
    }  # fmt: skip
    assert {claim.chapter for claim in CLAIMS.values()} <= known
    assert (Path(__file__).parents[3] / "book" / "report.md").exists()
