"""Sweeps on the workers of a Dask scheduler: the same bytes as from one process. One cluster of two
processes serves all of these tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from oomlab.errors import InputError
from oomlab.evidence.executors import AHEAD, Workplace, each, opened
from oomlab.evidence.sweep.recompute import recompute
from tests.evidence.sweep.workers import MARK, TINY, dies_once, fails

pytestmark = [pytest.mark.xdist_group("dask"), pytest.mark.flaky(reruns=1)]
"""Dask gives up, with an AssertionError, when a busy machine has not begun its thread after ten
seconds. So such a test is asked once more, as those in browsers are."""


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers, each a process of its own."""
    import distributed

    os.environ[MARK] = str(tmp_path_factory.mktemp("dask") / "killed")
    try:
        dask: Any = distributed  # without types of its own
        with dask.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0"
        ) as cluster:
            yield cluster.scheduler_address
    finally:
        del os.environ[MARK]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What one process writes."""
    return recompute(TINY, tmp_path_factory.mktemp("one") / "x.json", jobs=1).read_bytes()


def test_two_workers_of_which_one_is_killed_write_what_one_process_writes(
    scheduler: str, whole: bytes, tmp_path: Path
) -> None:
    out = recompute(TINY, tmp_path / "x.json", scheduler=scheduler, measure_one=dies_once)
    assert Path(os.environ[MARK]).exists()
    assert out.read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_a_sweep_that_was_killed_is_finished_by_dask(
    scheduler: str, whole: bytes, tmp_path: Path
) -> None:
    stop_at = 3

    def stops(done: int, points: int) -> None:
        if done == stop_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recompute(TINY, tmp_path / "x.json", jobs=1, tell=stops)
    out = recompute(TINY, tmp_path / "x.json", scheduler=scheduler, resume=True)
    assert out.read_bytes() == whole


def test_a_run_that_fails_is_the_same_row_there(scheduler: str, tmp_path: Path) -> None:
    here = recompute(TINY, tmp_path / "here.json", jobs=1, measure_one=fails)
    there = recompute(TINY, tmp_path / "there.json", scheduler=scheduler, measure_one=fails)
    assert here.read_bytes() == there.read_bytes()
    assert b"ZeroDivisionError: a page too few" in here.read_bytes()


def once_more(number: int) -> int:
    """Equal arguments, and yet another call each time."""
    return os.getpid() * 0 + number


def test_equal_calls_are_all_made_and_few_are_under_way(scheduler: str) -> None:
    asked: list[int] = []

    def tasks() -> Iterator[tuple[int, int]]:
        for key in range(60):
            asked.append(key)
            yield key, 7

    with opened(scheduler=scheduler) as place:
        most = 2 * AHEAD  # a worker that an earlier test has killed may not be back yet
        for done, (_, found) in enumerate(each(once_more, tasks(), place)):
            assert found == 7
            assert len(asked) <= done + 1 + most
    assert len(asked) == done + 1 == 60


def test_what_was_sent_is_not_kept() -> None:
    """Of 100,000 points all would lie in memory, in the logs of messages."""
    with opened(1, "local") as place:
        assert list(each(once_more, [(0, 1)], place)) == [(0, 1)]
        client = place.executor._client  # type: ignore[union-attr]
        sends = [client.scheduler_comm, *client.cluster.scheduler.stream_comms.values()]
        assert len(sends) > 1
        assert all(send.recent_message_log.maxlen <= 10 for send in sends)


def test_any_executor_will_do(whole: bytes, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as threads:
        out = recompute(TINY, tmp_path / "x.json", executor=threads)
    assert out.read_bytes() == whole
    with ThreadPoolExecutor(1) as threads:
        found = dict(each(once_more, [(0, 1), (1, 2)], Workplace(threads, lambda: 1)))
    assert found == {0: 1, 1: 2}


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere", "ftp://x"])
def test_a_scheduler_that_is_not_there_is_one_line(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oomlab.evidence.executors.PATIENCE_S", 1)
    with pytest.raises(InputError, match="no Dask scheduler answers at") as refused:
        recompute(TINY, tmp_path / "x.json", scheduler=address)
    assert "\n" not in str(refused.value)
    assert not list(tmp_path.iterdir())
