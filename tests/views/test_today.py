"""The hazards of the book on a kernel of today, beside an older one."""

from __future__ import annotations

import pytest

from oomlab.errors import InputError
from oomlab.kernel.releases import traits_of
from oomlab.scenarios import SCENARIOS
from oomlab.views import today

H1, H5 = "h1-two-task-cycle", "h5-host-never-answers"


def test_a_hazard_is_played_with_the_balloon_of_its_release() -> None:
    assert today.HAZARDS.keys() <= SCENARIOS.keys()
    for kernel in ("4.13", "4.19", "7.3"):
        trace = today.at(H1, kernel)
        assert trace.remedy == traits_of(kernel).balloon
        assert str(trace.parameters["kernel"]) == kernel


def test_what_locks_up_runs_off_the_edge_and_is_counted() -> None:
    made = today.hazards("4.13")
    then, now = (len(today.hazards_that_hang(kernel)) for kernel in ("4.13", today.TODAY))
    assert made.sentence == (
        f"Of 6 hazards {then} lock Linux 4.13 up, and {now} lock {today.TODAY} up."
    )
    lines = made.twin.splitlines()
    assert sum("4.13, the model, 1 run: locked up." in line for line in lines) == then
    assert sum("7.3, the model, 1 run: locked up." in line for line in lines) == now
    assert H1 in today.hazards_that_hang("4.13") - today.hazards_that_hang("7.3")
    assert H5 in today.hazards_that_hang("7.3")


def test_one_hazard_on_one_release() -> None:
    assert today.hazard(H1, "4.13").sentence.startswith("Linux 4.13. Locked up for good")
    assert today.hazard(H1, "7.3").sentence.startswith("Linux 7.3. Everybody finishes")


def test_a_release_that_is_not_modelled_is_refused() -> None:
    with pytest.raises(InputError, match="kernel version"):
        today.hazards("5.10")
    with pytest.raises(InputError, match="scenario"):
        today.hazard("h9", "7.3")
