"""When a timer in jiffies fires: what the kernel's wheel promises, and what its source says."""

from __future__ import annotations

from random import Random

import pytest

from oomlab.engine.clock.wheel import WIDEST, fires_at, slot_width
from oomlab.engine.ops import Routine, sleep, write
from oomlab.engine.stage import Stage
from tests.engine.clock.compare import clocked


def drawn(times: int) -> list[tuple[int, int]]:
    """(now, jiffies): short and long timers alike, and those at the edges of the levels."""
    random = Random(0)
    edges = [63 * 8**level + more for level in range(9) for more in (0, 1, 2)]
    lengths = [random.randrange(1 << random.randrange(1, 31)) for _ in range(times)]
    return [(random.randrange(WIDEST), jiffies) for jiffies in (*edges, *lengths)]


def test_a_timer_is_never_early_and_late_by_one_slot_at_most() -> None:
    for now, jiffies in drawn(5000):
        late = fires_at(now, jiffies) - (now + jiffies)
        assert 1 <= late <= slot_width(jiffies), (now, jiffies)


def test_a_slot_is_one_jiffy_wide_or_an_eighth_of_what_uses_63_of_them() -> None:
    for _, jiffies in drawn(5000):
        width = slot_width(jiffies)
        assert width == 1 or 63 * width <= 8 * (jiffies - 1), jiffies
        assert jiffies <= 63 * width or width == WIDEST, jiffies


def test_a_longer_timer_set_at_the_same_time_never_fires_earlier() -> None:
    for now, jiffies in drawn(2000):
        assert fires_at(now, jiffies) <= fires_at(now, jiffies + 1), (now, jiffies)


def test_the_wheel_looks_the_same_from_every_slot() -> None:
    """What parking and the search for circles rest on."""
    for now, jiffies in drawn(2000):
        width = slot_width(jiffies)
        assert fires_at(now + width, jiffies) == fires_at(now, jiffies) + width


@pytest.mark.parametrize(
    ("jiffies", "width"),
    [(0, 1), (1, 1), (63, 1), (64, 8), (504, 8), (505, 64), (1250, 64), (4032, 64), (4033, 512)],
)
def test_the_levels_are_those_of_the_kernel(jiffies: int, width: int) -> None:
    assert slot_width(jiffies) == width


def test_five_seconds_at_250_hz_fire_on_a_multiple_of_64_jiffies() -> None:
    fired = [fires_at(now, 1250) - now for now in range(64)]
    assert sorted(fired) == [1250 + late for late in range(1, 65)]
    assert {fires_at(now, 1250) % 64 for now in range(64)} == {0}


def napper(jiffies: int, times: int) -> Stage:
    stage = Stage()
    word = stage.layout.word("word", 0)

    def body() -> Routine:
        for i in range(times):
            yield sleep(jiffies)
            yield write(word, i)

    stage.task(body)
    return stage


def written(stage: Stage, seed: int) -> list[int]:
    events = clocked(stage.model, seed, 60_000_000, park=True).recorder.events
    return [event.at_us for event in events if event.op == "write"]


def test_naps_of_a_jiffy_end_with_every_second_tick() -> None:
    assert written(napper(1, 3), 0) == [8000, 16000, 24000]


def test_five_seconds_after_five_seconds_are_20_slots() -> None:
    """Only the first is as late as it happens: the next begins where a slot does."""
    first, *later = written(napper(1250, 3), 0)
    assert 5_004_000 <= first <= 5_256_000
    assert later == [first + 20 * 64 * 4000, first + 40 * 64 * 4000]


def test_the_seed_says_where_in_a_slot_a_run_begins() -> None:
    firsts = [written(napper(1250, 1), seed)[0] for seed in range(200)]
    assert {at_us % 4000 for at_us in firsts} == {0}
    assert len(set(firsts)) == 32
    assert 5_100_000 < sum(firsts) / len(firsts) < 5_160_000
    assert written(napper(1250, 1), 7) == [firsts[7]]
