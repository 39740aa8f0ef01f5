"""Results as CSV, Parquet and a DataFrame say the same as the JSON file."""

from __future__ import annotations

import csv
import sys
from io import StringIO
from pathlib import Path

import pytest

from oomlab.errors import InputError
from oomlab.evidence.sweep.bar import Bar
from oomlab.evidence.sweep.measure import Row
from oomlab.evidence.sweep.recompute import recompute
from oomlab.evidence.sweep.store import Results, load
from oomlab.evidence.sweep.tables import columns
from tests.evidence.sweep.workers import TINY, fails


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A sweep of which one run has failed."""
    out = tmp_path_factory.mktemp("tables") / "x.json"
    return load(recompute(TINY, out, jobs=1, measure_one=fails), TINY)


def test_a_data_frame_in_one_call(results: Results) -> None:
    from pandas import isna

    frame = results.frame()
    assert tuple(frame.columns) == columns(TINY)
    assert len(frame) == 8 == len(results.runs) + len(results.failures)
    first, told = results.runs[0].row, frame.iloc[0]
    for name in Row._fields:
        value = getattr(first, name)
        assert told[name] == value if value is not None else isna(told[name]), name
    failed = frame[frame.error.notna()]
    assert failed.error.tolist() == ["ZeroDivisionError: a page too few"]
    assert failed.host_us.tolist() == [2_000_000]
    assert failed.verdict.isna().all()
    assert frame[frame.part == "host"].timeout_s.isna().all()


def test_csv_and_parquet_hold_the_same_rows(results: Results, tmp_path: Path) -> None:
    import pandas

    text = recompute(TINY, tmp_path / "x.csv", jobs=1, measure_one=fails).read_text()
    header, *rows = csv.reader(StringIO(text))
    assert tuple(header) == columns(TINY)
    assert len(rows) == 8
    parquet = pandas.read_parquet(
        recompute(TINY, tmp_path / "x.parquet", jobs=1, measure_one=fails)
    )
    again = pandas.read_csv(StringIO(text))
    for name in columns(TINY):
        values = [None if pandas.isna(value) else value for value in parquet[name]]
        assert values == [None if pandas.isna(value) else value for value in again[name]], name
    assert sorted(map(str, parquet.ended_us.dropna().astype(int))) == sorted(
        str(run.row.ended_us) for run in results.runs
    )


def test_what_is_not_installed_is_one_line(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pandas", "pyarrow", "tqdm", "tqdm.auto", "distributed"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match=r"a DataFrame needs pandas.*oomlab\[tables\]"):
        results.frame()
    with pytest.raises(InputError, match=r"Parquet needs pyarrow.*oomlab\[tables\]"):
        recompute(TINY, tmp_path / "x.parquet", jobs=1)
    with pytest.raises(InputError, match=r"a bar needs tqdm.*oomlab\[tables\]"):
        Bar()
    with pytest.raises(InputError, match=r"--scheduler needs Dask.*oomlab\[dask\]"):
        recompute(TINY, tmp_path / "x.json", scheduler="local")


def test_a_bar_is_for_a_terminal_only(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar("tiny")
    bar(1, 2)
    bar(2, 2)
    assert capsys.readouterr() == ("", "")
