from __future__ import annotations

from itertools import pairwise

from oomlab.figures.scale import FOR_EVER_AT_LEAST, TimeScale


def test_a_millisecond_and_five_seconds_can_both_be_read() -> None:
    scale = TimeScale([0, 1_000, 5_001_000, 5_002_000], 0, 456)
    first, wait, last = (scale.x(b) - scale.x(a) for a, b in scale.gaps())
    assert first > 40
    assert abs(last - first) < 0.001
    assert first < wait < 8 * first


def test_every_beat_of_five_seconds_is_equally_wide() -> None:
    beats = [n * 5_000_000 for n in range(25)]
    widths = [b - a for a, b in pairwise(map(TimeScale(beats, 0, 480).x, beats))]
    assert max(widths) - min(widths) < 0.001


def test_time_never_runs_backwards() -> None:
    scale = TimeScale([0, 500, 9_000_000, 9_000_001], 12, 468)
    xs = [scale.x(t) for t in (0, 1, 499, 500, 501, 8_999_999, 9_000_000, 9_000_001)]
    assert xs == sorted(xs)
    assert xs[0] == 12
    assert abs(xs[-1] - 468) < 0.001
    assert scale.x(-5) == 12
    assert scale.x(10**9) == scale.end


def test_there_is_room_for_what_lasts_for_ever() -> None:
    for moments in ([0], [0, 500], list(range(0, 10_000_000, 100_000))):
        scale = TimeScale(moments, 12, 468, goes_on=True)
        assert 468 - scale.end >= FOR_EVER_AT_LEAST - 0.001


def test_steps_are_equally_wide() -> None:
    scale = TimeScale([0, 1, 4], 0, 100, equal=True)
    assert (scale.x(1), scale.x(2), scale.x(4)) == (25, 50, 100)


def test_ticks_name_the_ends_and_then_the_longest_quiet_stretch() -> None:
    scale = TimeScale([0, 500, 5_000_000, 5_000_400], 0, 456)
    assert scale.ticks() == [0, 5_000_400, 500, 5_000_000]
