from __future__ import annotations

import pytest

from oomlab.analysis import length_text, moment_text, time_text
from tests.analysis.handmade import Story


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "0"),
        (1, "1 µs"),
        (99, "99 µs"),
        (100, "0.1 ms"),
        (500, "0.5 ms"),
        (8_500, "8.5 ms"),
        (99_949, "99.9 ms"),
        (99_950, "100 ms"),
        (204_000, "204 ms"),
        (999_499, "999 ms"),
        (999_500, "1.0 s"),
        (5_000_000, "5.0 s"),
        (99_950_000, "100 s"),
        (120_000_000, "120 s"),
    ],
)
def test_times(us: int, text: str) -> None:
    assert time_text(us) == text


def test_a_negative_time_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        time_text(-1)


def test_a_replayed_schedule_has_steps() -> None:
    trace = Story([]).trace(3, engine="schedule")
    assert moment_text(trace, 7) == "step 7"
    assert length_text(trace, 1) == "1 step"
    assert length_text(trace, 2) == "2 steps"
    assert moment_text(Story([]).trace(3), 500) == "0.5 ms"
