from __future__ import annotations

import json
from pathlib import Path

import pytest

from oomlab.errors import InputError
from oomlab.evidence.sweep.grid import Point
from oomlab.evidence.sweep.measure import Row, measure
from oomlab.evidence.sweep.named import SWEEPS
from oomlab.evidence.sweep.pool import SweepError
from oomlab.evidence.sweep.recompute import (
    SAMPLE,
    TAKEN_UP,
    check,
    recompute,
    recompute_text,
    spread,
)
from oomlab.evidence.sweep.rows import Failure
from oomlab.evidence.sweep.store import load
from tests.evidence.sweep.workers import FATAL, TINY, another_model, fails, is_killed

POINT = "host: h5-host-never-answers under offload, host_us=2000000, seed 0"


def test_points_have_an_order_and_their_linked_settings() -> None:
    points = TINY.points()
    assert [(p.part, p.remedy, *p.axes.values(), p.seed) for p in points] == [
        ("host", "mainline", 100, 0),
        ("host", "mainline", 2_000_000, 0),
        ("host", "offload", 100, 0),
        ("host", "offload", 2_000_000, 0),
        ("limit", "offload", 1.0, 0),
        ("limit", "offload", 1.0, 1),
        ("limit", "offload", 2.0, 0),
        ("limit", "offload", 2.0, 1),
    ]
    assert points[-1].settings == {"oom_return_us": 1000, "timeout_s": 2.0, "give_back_s": 4.0}
    assert str(points[3]) == POINT


def test_one_process_and_two_write_the_same_file(tmp_path: Path) -> None:
    said: list[tuple[int, int]] = []
    one = recompute(
        TINY, tmp_path / "one.json", jobs=1, tell=lambda done, points: said.append((done, points))
    )
    two = recompute(TINY, tmp_path / "two.json", jobs=2)
    assert one.read_bytes() == two.read_bytes()
    assert said == [(done, 8) for done in range(1, 9)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.json", "two.json"]
    results = load(one, TINY)
    assert [run.row for run in results.runs] == [measure(point) for point in TINY.points()]
    assert list(check(results)) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_fails_is_a_row_with_its_error(tmp_path: Path, jobs: int) -> None:
    heard: list[Failure] = []
    out = recompute(TINY, tmp_path / "x.json", jobs=jobs, measure_one=fails, failed=heard.append)
    found = load(out, TINY)
    assert [point for point, _ in found.failures] == [TINY.points()[3]]
    assert [failure for _, failure in found.failures] == heard
    assert heard[0].error == "ZeroDivisionError: a page too few"
    assert [run.row for run in found.runs] == [
        measure(point) for number, point in enumerate(TINY.points()) if number != 3
    ]


def test_a_process_that_is_lost_names_its_points_and_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "tiny.json"
    lost = f"^a process was lost while it ran one of these: .*{POINT}"
    with pytest.raises(SweepError, match=lost) as broken:
        recompute(TINY, out, jobs=2, measure_one=is_killed)
    assert "\n" not in str(broken.value)
    assert "of 8 points are kept; go on with --resume" in str(broken.value)
    assert not out.exists()

    left = tmp_path / "tiny.json.partial"
    kept = [json.loads(line)[0] for line in left.read_text().splitlines()[2:]]
    assert kept and 3 not in kept
    with pytest.raises(InputError, match=r"tiny\.json\.partial is left of a sweep .* --resume"):
        recompute(TINY, out, jobs=1)

    left.write_text(left.read_text() + '[7, ["comp')  # it may have been cut off anywhere
    again: list[str] = []

    def noted(point: object) -> object:
        again.append(str(point))
        return measure(point)  # type: ignore[arg-type]

    recompute(TINY, out, jobs=1, resume=True, measure_one=noted)  # type: ignore[arg-type]
    assert set(again) >= {str(p) for n, p in enumerate(TINY.points()) if n not in kept}
    assert len(again) == 8 - len(kept) + min(len(kept), TAKEN_UP)
    whole = recompute(TINY, tmp_path / "whole.json", jobs=1)
    assert out.read_bytes() == whole.read_bytes()
    assert not left.exists()


def interrupted(out: Path) -> None:
    """A sweep that was stopped when it had some points."""

    def some(point: Point) -> Row:
        if point.axes == FATAL and point.remedy == "offload":
            raise KeyboardInterrupt
        return measure(point)

    with pytest.raises(KeyboardInterrupt):
        recompute(TINY, out, jobs=1, measure_one=some)


def test_a_leftover_of_another_model_is_not_resumed(tmp_path: Path) -> None:
    """Kept points that have other values now are not mixed with new ones."""
    out = tmp_path / "tiny.json"
    interrupted(out)
    left = tmp_path / "tiny.json.partial"
    before = left.read_bytes()
    with pytest.raises(InputError, match="belongs to another sweep or another model"):
        recompute(TINY, out, jobs=1, resume=True, measure_one=another_model)
    assert left.read_bytes() == before


def test_a_leftover_of_an_earlier_oomlab_is_resumed(tmp_path: Path) -> None:
    """It named the source text of the model that made it; its values are what counts."""
    out = tmp_path / "tiny.json"
    interrupted(out)
    left = tmp_path / "tiny.json.partial"
    left.write_text(left.read_text().replace('"columns"', '"model": "1f6206aff53cfde5", "columns"'))
    recompute(TINY, out, jobs=1, resume=True)
    assert list(check(load(out, TINY))) == []


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sample_has_points_of_every_part_and_remedy(name: str) -> None:
    points = SWEEPS[name].points()
    some = spread(dict(enumerate(points)), SAMPLE)
    assert len(some) == SAMPLE
    assert some == spread(dict(enumerate(points)), SAMPLE)
    assert {(p.part, p.remedy) for p in some.values()} == {(p.part, p.remedy) for p in points}


@pytest.mark.parametrize("jobs", [0, -1])
def test_there_must_be_a_process(jobs: int) -> None:
    with pytest.raises(InputError, match=f"the number of jobs cannot be {jobs}"):
        recompute_text(TINY, jobs=jobs)


def test_a_check_tells_how_far_it_is(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    stored = load(recompute(TINY, tmp_path / "x.json", jobs=1), TINY)
    assert not list(check(stored, 3, lambda done, points: heard.append((done, points))))
    assert heard == [(0, 3), (1, 3), (2, 3)]
