"""How the points of a sweep are put together into pieces of work."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, Future

import pytest

from oomlab.evidence.executors import HERE, Workplace
from oomlab.evidence.sweep import pool
from oomlab.evidence.sweep.grid import Part, Point, Points
from oomlab.evidence.sweep.measure import Row
from oomlab.evidence.sweep.pool import BATCH, MOST, Batch, compute, run_batch

ROW = Row("recovered", *[0] * 12)


def instant(_: Point) -> Row:
    return ROW


def points(settings: int, seeds: int) -> Points:
    axes = {"timeout_s": tuple(float(n + 1) for n in range(settings))}
    return Points([Part("p", "h1-two-task-cycle", ("offload",), axes, seeds=seeds)])


class Noting(Executor):
    """Does at once what it is given, and says that a point of it took `a_point_s`."""

    def __init__(self, a_point_s: float) -> None:
        self.a_point_s = a_point_s
        self.sizes: list[int] = []
        self.settings: list[int] = []

    def submit(self, work, batch: Batch, /):  # type: ignore[no-untyped-def, override]
        assert work is run_batch
        rows, _ = run_batch(batch)
        self.sizes.append(len(rows))
        self.settings.append(len({point.axes["timeout_s"] for point in batch.points}))
        done: Future[object] = Future()
        done.set_result((rows, len(rows) * self.a_point_s))
        return done


def given(a_point_s: float, settings: int, seeds: int) -> Noting:
    noting, some = Noting(a_point_s), points(settings, seeds)
    found = compute(enumerate(some), Workplace(noting, lambda: 1), instant)
    assert [number for number, _ in found] == list(range(len(some)))
    return noting


def test_slow_points_go_setting_by_setting() -> None:
    assert given(5.0, 3, 4).sizes == [4, 4, 4]
    assert given(5.0, 2, BATCH + 5).sizes == [BATCH, 5, BATCH, 5]


def test_quick_points_go_many_at_once_and_settings_are_not_torn() -> None:
    noting = given(pool.BATCH_S / 10, 40, 4)
    assert noting.sizes[0] == 4  # nothing is known yet
    assert set(noting.sizes[1:-1]) == {12} and set(noting.settings[1:-1]) == {3}


def test_a_batch_has_an_end_even_if_points_take_no_time() -> None:
    assert max(given(0.0, 2, 5 * MOST).sizes) == MOST


@pytest.mark.parametrize("seeds", [1, 30])
def test_here_each_point_is_told_at_once(seeds: int) -> None:
    told: list[int] = []

    def asked() -> Iterator[tuple[int, Point]]:
        for number, point in enumerate(points(2, seeds)):
            assert len(told) >= number - 1
            yield number, point

    for number, _ in compute(asked(), HERE, instant):
        told.append(number)
    assert len(told) == 2 * seeds
