"""The views of the chapter on what was merged."""

from __future__ import annotations

import pytest

from oomlab.errors import InputError
from oomlab.evidence.history import event
from oomlab.evidence.releases import RELEASES, REPORTED
from oomlab.kernel.releases import KERNELS
from oomlab.remedies import REMEDIES
from oomlab.views.merged import HOOKS, at_release, pfn_array, tug_of_war


def test_the_array_as_merged_tells_the_host_of_page_0() -> None:
    small, whole = pfn_array("before", 4, 48), pfn_array("before", 64, 256)
    assert "48 entries, among them entry 0, which still says 0" in small.sentence
    assert "behind the end" not in small.sentence
    assert "among them 16 which still say 0" in whole.sentence
    assert "16 numbers are written behind the end" in whole.sentence
    repaired = pfn_array("after", 64, 256)
    assert repaired.sentence == (
        "The host reads 256 entries: all that were written, and nothing else."
    )


@pytest.mark.parametrize(
    ("page_kib", "units", "said"),
    [(64, 24, "whole pages of 16 units"), (6, 6, "multiple of 4 KiB"), (4, 300, "not 300")],
)
def test_an_array_that_makes_no_sense_is_refused(page_kib: int, units: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        pfn_array("before", page_kib, units)


def test_releases_are_made_of_what_exists() -> None:
    for release in RELEASES.values():
        assert release.kernel in KERNELS
        assert release.balloon is REMEDIES[release.remedy]
        assert release.events
        for key in release.events:
            event(key)
    assert set(REPORTED) == set(HOOKS.values())


def test_a_release_is_named_and_its_run_told() -> None:
    assert (
        "Linux 4.13, whose balloon allocates with"
        in at_release("h1-two-task-cycle", "4.13").sentence
    )
    assert "Locked up for good" in at_release("h1-two-task-cycle", "4.13").sentence
    assert "Everybody finishes" in at_release("h1-two-task-cycle", "4.15").sentence
    with pytest.raises(InputError, match=r"unknown release '4.14'; valid: 4.13, 4.15"):
        at_release("h1-two-task-cycle", "4.14")


def test_a_shrinker_gives_back_what_its_own_worker_takes() -> None:
    assert tug_of_war(0, 0).sentence == (
        "As a shrinker the balloon gains 384 pages while its worker takes 2,048; as an OOM notifier"
        " it gains 2,048 pages while its worker takes 2,048."
    )
    assert "the balloon gains 0 pages while its worker takes 2,048" in tug_of_war(0, 2).sentence
