"""Every seeded fault is noticed, and the unbroken model meets every expectation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants.expectations import EXPECTATIONS
from tests.mutants.fault import Fault
from tests.mutants.faults import FAULTS
from tests.mutants.seeding import UnnoticedError, notice


@pytest.mark.parametrize("name", EXPECTATIONS)
def test_the_unbroken_model_meets_every_expectation(name: str) -> None:
    EXPECTATIONS[name]()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_seeded_fault_is_noticed(fault: Fault, tmp_path: Path) -> None:
    assert notice(fault, tmp_path).startswith(fault.noticed_by)


def test_a_change_that_breaks_nothing_is_told_from_a_fault(tmp_path: Path) -> None:
    harmless = replace(FAULTS[0], after=FAULTS[0].before)
    with pytest.raises(UnnoticedError, match="nothing noticed"):
        notice(harmless, tmp_path)


def test_an_expectation_that_cannot_run_has_noticed_nothing(tmp_path: Path) -> None:
    senseless = replace(FAULTS[0], after="    raise RuntimeError\n" + FAULTS[0].before)
    with pytest.raises(UnnoticedError, match="for another reason"):
        notice(senseless, tmp_path)


def test_every_expectation_notices_something() -> None:
    assert {fault.noticed_by for fault in FAULTS} == set(EXPECTATIONS)


def test_no_two_faults_share_a_name() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
