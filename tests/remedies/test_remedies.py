"""The named points, and how they combine."""

from __future__ import annotations

import re
from typing import Any

import pytest

from oomlab import run
from oomlab.engine.clock.wheel import slot_width
from oomlab.errors import InputError
from oomlab.remedies import REMEDIES, find_remedy

NAMES = [
    "mainline",
    "nowait-tell",
    "nowait-fill",
    "nowait-both",
    "trylock",
    "allocate-outside",
    "before-oom-lock",
    "shrinker",
    "offload",
    "offload-sequence",
    "offload-repaired",
]


def test_all_points_that_the_thread_names_are_there() -> None:
    """Readers write these names; a remedy that is added needs no line here."""
    gone = set(NAMES) - set(REMEDIES)
    assert not gone, f"{gone}: renaming a remedy breaks chapters, replay strings and sweeps"


def test_no_two_names_mean_the_same() -> None:
    changes = [str(sorted(remedy.changes().items())) for remedy in REMEDIES.values()]
    assert len(set(changes)) == len(changes)
    assert REMEDIES["mainline"].changes() == {}


def test_what_two_remedies_change_is_changed_by_both_together() -> None:
    both = find_remedy("nowait-tell+nowait-fill")
    assert both.changes() == REMEDIES["nowait-both"].changes()
    assert both.name == "nowait-tell+nowait-fill"
    offloaded = find_remedy("offload+trylock")
    assert (offloaded.delivery.name, offloaded.balloon.leak_lock) == ("offload", "trylock")
    assert find_remedy("mainline+trylock").changes() == REMEDIES["trylock"].changes()


def test_names_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(InputError, match="two values of delivery: offload and before-oom-lock"):
        find_remedy("offload+before-oom-lock")


@pytest.mark.parametrize("name", ["", "mainlin", "trylock+", "+", "trylock+nowait"])
def test_an_unknown_name_is_refused_with_the_valid_ones(name: str) -> None:
    with pytest.raises(InputError, match=r"unknown remedy .*; valid: mainline, nowait-tell"):
        find_remedy(name)


def test_a_combination_can_be_run() -> None:
    """Who neither blocks in filling nor waits in leaking meets nobody."""
    assert run("h1-two-task-cycle", "nowait-fill+trylock").verdict == "completed"


@pytest.mark.parametrize("remedy", ["offload", "offload-sequence", "offload-repaired"])
@pytest.mark.parametrize("timeout_s", [0.5, 3.0])
def test_every_offload_takes_any_timeout(remedy: str, timeout_s: float) -> None:
    trace = run("h5-host-never-answers", remedy, {"timeout_s": timeout_s})
    (kill,) = [e for e in trace.events if e.on.startswith("SIGKILL for") and e.op == "write"]
    late_us = slot_width(round(timeout_s * 250)) * 4_000
    assert 0 <= kill.at_us - timeout_s * 1_000_000 < late_us + 10_000


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"fil_gfp": "nowait"}, "unknown knob of a remedy 'fil_gfp'; valid: name, summary, "),
        ({"fil_gfp": "nowait"}, "did you mean fill_gfp?"),
        ({"fill_gfp": "no-wait"}, "fill_gfp of BalloonPolicy must be 'blocking', 'nowait', not"),
        ({"delivery": "offload"}, "delivery of Remedy must be a class, Delivery or one made of it"),
        ({"delivery": int}, "delivery of Remedy must be a class, Delivery or one made of it, not"),
        ({"timeout_s": "5 s"}, "timeout_s of Remedy must be a number or None, not '5 s'"),
        ({"timeout_s": 0}, "timeout_s of Remedy must be above 0, not 0"),
        ({"verdicts": {}}, "verdicts of Remedy must be a tuple"),
        ({"summary": None}, "summary of Remedy must be a text"),
    ],
)
def test_a_choice_that_there_is_not_is_refused_where_it_is_declared(
    change: dict[str, Any], says: str
) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        find_remedy("mainline").but(**change)


def test_two_values_of_a_number_are_named_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    sooner = find_remedy("offload").but(name="sooner", timeout_s=1.0)
    monkeypatch.setitem(REMEDIES, "sooner", sooner)
    with pytest.raises(InputError, match=r"two values of timeout_s: 5\.0 and 1\.0"):
        find_remedy("offload+sooner")
