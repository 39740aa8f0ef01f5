from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oomlab.errors import InputError
from oomlab.evidence.sweep.grid import Sweep
from oomlab.evidence.sweep.measure import measure
from oomlab.evidence.sweep.recompute import check
from oomlab.evidence.sweep.store import Results, load, save
from tests.evidence.sweep.workers import TINY


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sweep") / "tiny.json"
    save(path, TINY, [measure(point) for point in TINY.points()])
    return path


def changed(whole: Path, change: Callable[[dict[str, Any]], object]) -> str:
    data = json.loads(whole.read_text())
    change(data)
    return json.dumps(data)


DAMAGE: dict[str, tuple[Callable[[Path], str], str]] = {
    "cut off": (lambda p: p.read_text()[:-40], "cannot be read or is damaged"),
    "empty": (lambda p: "", "cannot be read or is damaged"),
    "not ours": (lambda p: '{"rows": []}', "holds no results of a sweep"),
    "a list": (lambda p: "[1, 2]", "holds no results of a sweep"),
    "another name": (
        lambda p: changed(p, lambda d: d.update(name="other")),
        "holds results of another sweep than tiny",
    ),
    "other columns": (
        lambda p: changed(p, lambda d: d["columns"].reverse()),
        "holds results of another sweep than tiny",
    ),
    "another grid": (
        lambda p: changed(p, lambda d: d["parts"][0]["axes"].update(host_us=[1, 2])),
        "holds results of another sweep than tiny",
    ),
    "a row too few": (lambda p: changed(p, lambda d: d["rows"].pop()), "is not complete"),
    "a short row": (lambda p: changed(p, lambda d: d["rows"][0].pop()), "is not complete"),
    "deep": (lambda p: "[" * 100_000, "cannot be read or is damaged"),
    "a huge number": (lambda p: "9" * 5000, "cannot be read or is damaged"),
    "no rows": (lambda p: changed(p, lambda d: d.pop("rows")), "is not complete"),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    whole: Path, tmp_path: Path, how: str
) -> None:
    damage, message = DAMAGE[how]
    path = tmp_path / "tiny.json"
    path.write_text(damage(whole))
    with pytest.raises(InputError, match=f"^tiny.json {message}; make it with: oomlab sweep tiny$"):
        load(path, TINY)


def test_a_missing_file_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^there is no tiny\.json; make it with"):
        load(tmp_path / "tiny.json", TINY)
    (tmp_path / "tiny.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="damaged"):
        load(tmp_path / "tiny.json", TINY)


def test_a_write_that_fails_leaves_the_file_as_it_was(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = whole.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"tiny\.json cannot be written: no space"):
        save(whole, TINY, [])
    assert whole.read_bytes() == before


def test_selecting_runs(whole: Path) -> None:
    results = load(whole, TINY)
    (run,) = results.select("host", remedy="offload", host_us=100)
    assert (run.value("verdict"), run.value("kills"), run.value("seed")) == ("completed", 0, 0)
    assert len(results.select("limit")) == 4
    with pytest.raises(InputError, match="unknown part of the sweep 'hosts'; valid: host, limit"):
        results.select("hosts")


def test_a_check_sees_a_changed_number_and_says_what_to_do(whole: Path) -> None:
    good = load(whole, TINY)
    assert list(check(good)) == []
    first, *rest = good.runs
    wrong = type(first)(first.point, first.row._replace(kills=7))
    assert list(check(Results(TINY, (wrong, *rest)))) == [
        f"{first.point}: kills was 7 and is {first.row.kills}",
        "tiny: made by another model; make it again with: oomlab sweep tiny",
    ]


def test_a_file_of_an_earlier_oomlab_is_read(whole: Path, tmp_path: Path) -> None:
    """It named the source text of the model that made it, which nothing looks at any more."""
    path = tmp_path / "tiny.json"
    path.write_text(changed(whole, lambda d: d.update(model="1f6206aff53cfde5")))
    assert load(path, TINY) == load(whole, TINY)


def test_a_sweep_without_points_is_a_file_as_well(tmp_path: Path) -> None:
    empty = Sweep("none", "nothing", ())
    save(tmp_path / "none.json", empty, [])
    assert load(tmp_path / "none.json", empty).runs == ()
