"""Where results of a sweep may go, and what happens on the way there."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from oomlab.command import main
from oomlab.evidence import executors
from oomlab.evidence.sweep import recompute, store
from oomlab.evidence.sweep.grid import Point
from oomlab.evidence.sweep.measure import Row, measure
from oomlab.evidence.sweep.named import SWEEPS
from oomlab.evidence.sweep.partial import Partial
from oomlab.evidence.sweep.store import as_text, head
from tests.devices import device
from tests.evidence.sweep.workers import TINY

ROWS = [measure(point) for point in TINY.points()]
WHOLE = as_text(TINY, ROWS)
NOBODY = 65534


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder to work in, and a small sweep to make."""
    monkeypatch.setitem(SWEEPS, "tiny", TINY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sweep(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["sweep", "tiny", "--jobs", "1", *arguments])
    out, err = capsys.readouterr()
    assert err.count("\n") <= 1
    return status, out, err


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_users_file_is_replaced_only_by_force(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    (here / "notes").write_text("mine")
    (here / "link").symlink_to("notes")
    for name in ("notes", "link"):
        status, out, err = sweep(capsys, "--out", name)
        assert (status, out) == (2, "")
        assert "notes is there already and holds no results of tiny" in err
        assert "--force" in err
    assert files(here) == {"notes": b"mine", "link": b"mine"}
    assert sweep(capsys, "--out", "link", "--force")[0] == 0
    assert files(here) == {"notes": WHOLE.encode(), "link": WHOLE.encode()}
    assert (here / "link").is_symlink()


@pytest.mark.parametrize(
    ("content", "allowed"),
    [
        (WHOLE, True),
        (WHOLE.replace('"completed"', '"recovered"'), True),
        (WHOLE.replace('"tiny"', '"other"'), False),
        (WHOLE[:-20], False),
        ("", False),
        ("[1]", False),
        ("[" * 100_000, False),
        ("\x1b", False),
    ],
    ids=["current", "old model", "other sweep", "cut off", "empty", "a list", "deep", "binary"],
)
def test_results_of_the_same_sweep_are_made_anew(
    capsys: pytest.CaptureFixture[str], here: Path, content: str, allowed: bool
) -> None:
    (here / "x").write_text(content)
    assert sweep(capsys, "--out", "x")[0] == (0 if allowed else 2)
    assert files(here) == {"x": (WHOLE if allowed else content).encode()}


def test_what_is_no_regular_file_is_not_replaced_even_by_force(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    os.mkfifo(here / "fifo")
    (here / "folder").mkdir()
    device(here / "device")
    for name in ("fifo", "folder", "device", ".", "/"):
        for extra in ([], ["--force"], ["--check"]):
            status, out, _ = sweep(capsys, "--out", name, *extra)
            assert (status, out) == (2, "")
    assert sorted(path.name for path in here.iterdir()) == ["device", "fifo", "folder"]


def test_a_file_that_changed_its_kind_meanwhile_is_left_alone(
    capsys: pytest.CaptureFixture[str], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(point: Point) -> Row:
        (here / "x").write_text("somebody else's")
        return measure(point)

    monkeypatch.setattr(
        "oomlab.command.sweep.recompute",
        lambda *given, **options: recompute.recompute(*given, **options, measure_one=meanwhile),
    )
    status, _, err = sweep(capsys, "--out", "x")
    assert status == 2
    assert "8 of 8 points are kept; go on with --resume" in err
    assert (here / "x").read_text() == "somebody else's"
    (here / "x").unlink()
    monkeypatch.undo()
    monkeypatch.chdir(here)
    monkeypatch.setitem(SWEEPS, "tiny", TINY)
    assert sweep(capsys, "--out", "x", "--resume")[0] == 0
    assert files(here) == {"x": WHOLE.encode()}


def test_a_dash_is_standard_output(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    assert sweep(capsys, "--out", "-") == (0, WHOLE, "")
    assert not files(here)
    for extra in ("--resume", "--force", "--check"):
        assert sweep(capsys, "--out", "-", extra)[0] == 2


@pytest.mark.parametrize("jobs", ["0", "-1", "100000", "9" * 400])
def test_jobs_are_checked_before_anything_is_written(
    capsys: pytest.CaptureFixture[str], here: Path, jobs: str
) -> None:
    status, out, err = sweep(capsys, "--jobs", jobs, "--out", "x")
    most = executors.JOBS_A_CORE * executors.cores()
    assert (status, out) == (2, "")
    assert f"valid: a whole number from 1 to {most}" in err
    assert not list(here.iterdir())


def test_there_are_never_more_processes_than_points(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counted(Exception):
        pass

    def counted(jobs: int, **_options: object) -> None:
        raise Counted(jobs)

    monkeypatch.setattr(executors, "cores", lambda: 100)
    monkeypatch.setattr(executors, "ProcessPoolExecutor", counted)
    with pytest.raises(Counted, match=r"^8$"):
        recompute.recompute_text(TINY, jobs=300)


@pytest.mark.parametrize("name", ["", "notes/x", "x" * 300, "x" * 250, "new/", "loop"])
def test_what_the_system_refuses_is_one_line(
    capsys: pytest.CaptureFixture[str], here: Path, name: str
) -> None:
    (here / "notes").write_text("mine")
    (here / "loop").symlink_to("loop")
    status, out, err = sweep(capsys, "--out", name)
    assert (status, out) == (2, "")
    assert err.startswith("oomlab: ")
    assert sorted(path.name for path in here.iterdir()) == ["loop", "notes"]


def test_a_name_that_would_move_the_cursor_is_shown_escaped(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    name = "\x1b[31m\nred"
    (here / name).write_text("mine")
    for extra in ([], ["--check"]):
        _, _, err = sweep(capsys, "--out", name, *extra)
        assert r"\x1b[31m\nred" in err
        assert err.strip().isprintable()
    status, out, _ = sweep(capsys, "--out", name, "--force")
    assert status == 0
    assert out.strip().isprintable()


@contextmanager
def without_rights() -> Iterator[None]:
    """As a user who may do nothing here: root may everything, whatever the modes say."""
    if os.geteuid() != 0:
        mode = Path.cwd().stat().st_mode
        Path.cwd().chmod(0)
        yield
        Path.cwd().chmod(mode)
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("extra", [[], ["--check"], ["--force"]])
def test_without_permission_nothing_happens(
    capsys: pytest.CaptureFixture[str], here: Path, extra: list[str]
) -> None:
    (here / "x").write_text(WHOLE)
    (here / "x").chmod(0o600)
    with without_rights():
        status, out, err = sweep(capsys, "--out", str(here / "x"), *extra)
    assert (status, out) == (2, "")
    assert "Permission denied" in err or "write-protected" in err
    assert files(here) == {"x": WHOLE.encode()}


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """No file can become larger than that, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


PARTIAL = "".join(
    f"{line}\n"
    for line in (
        f"{1:<12}",
        json.dumps(head(TINY)),
        *(json.dumps([n, row]) for n, row in enumerate(ROWS)),
    )
)


def test_a_full_disk_loses_no_point_and_leaves_no_half_file(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    kept_at = {20: 0, len(PARTIAL) - 100: 6, len(PARTIAL): 8}
    for size, kept in kept_at.items():
        (here / "x.partial").unlink(missing_ok=True)
        with little_room(size):
            status, out, err = sweep(capsys, "--out", "x")
        assert (status, out) == (2, "")
        assert "cannot be written: " in err
        assert (f"({kept} of 8 points are kept; go on with --resume)" in err) == (kept > 0)
        assert list(files(here)) == (["x.partial"] if kept else [])
    assert sweep(capsys, "--out", "x", "--resume")[0] == 0
    assert files(here) == {"x": WHOLE.encode()}


DAMAGED = {
    "empty": "",
    "no text": "\udcff\udc80\udcfe\n" * 9,
    "a number only": f"{1:<12}\n",
    "a list": "[1]\n[2]\n",
    "a line that was cut off in the middle": PARTIAL.replace("]\n[1, ", "\n[1, "),
    "a short row": PARTIAL + "[1, [2]]\n",
    "no row": PARTIAL + "[1, 2]\n",
    "a point too far": PARTIAL.replace("\n[7, ", "\n[8, "),
    "deep": PARTIAL + "[" * 100_000 + "\n",
    "another sweep": PARTIAL.replace('"tiny"', '"other"'),
    "another model": PARTIAL.replace('"completed"', '"recovered"'),
}


@pytest.mark.parametrize("kind", DAMAGED)
@pytest.mark.parametrize("extra", [[], ["--resume"]])
def test_a_damaged_leftover_is_refused_and_left_as_it_is(
    capsys: pytest.CaptureFixture[str], here: Path, kind: str, extra: list[str]
) -> None:
    content = DAMAGED[kind].encode("utf-8", "surrogateescape")
    (here / "x.partial").write_bytes(content)
    status, out, err = sweep(capsys, "--out", "x", *extra)
    assert (status, out) == (2, "")
    assert "x.partial" in err and "delete it" in err
    assert files(here) == {"x.partial": content}


def test_a_leftover_that_is_no_file_is_refused(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    (here / "notes").write_text("mine")
    (here / "x.partial").symlink_to("notes")
    os.mkfifo(here / "y.partial")
    for name in ("x", "y"):
        assert sweep(capsys, "--out", name, "--resume")[0] == 2
    assert (here / "notes").read_text() == "mine"


def test_of_two_sweeps_into_one_file_the_second_is_refused(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    with Partial(here / "x", head(TINY), 8) as first:
        first.add(0, ROWS[0])
        for extra in ([], ["--resume"], ["--force"]):
            status, out, err = sweep(capsys, "--out", "x", *extra)
            assert (status, out) == (2, "")
            assert f"x (process {os.getpid()}); wait for it" in err
            assert "another oomlab sweep is writing" in err
        assert list(first.numbers()) == [0]
    assert sweep(capsys, "--out", "x", "--resume")[0] == 0
    assert files(here) == {"x": WHOLE.encode()}


def test_without_locks_a_second_sweep_is_told_to_look_first(
    capsys: pytest.CaptureFixture[str], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oomlab.evidence.sweep.partial.fcntl", None)
    with Partial(here / "x", head(TINY), 8) as first:
        first.add(0, ROWS[0])
        status, out, err = sweep(capsys, "--out", "x")
    assert (status, out) == (2, "")
    assert "x.partial is left of a sweep that was interrupted; go on with --resume" in err
    assert "first see that no sweep is writing it now: this system has no locks to tell" in err


@pytest.mark.parametrize("room", [20, len(PARTIAL) - 100])
def test_only_a_folder_with_something_in_it_stays(
    capsys: pytest.CaptureFixture[str], here: Path, room: int
) -> None:
    (here / "old").mkdir()
    for out in ("new/dir/x", "old/new/x"):
        with little_room(room):
            assert sweep(capsys, "--out", out)[0] == 2
    left = {path.relative_to(here).as_posix() for path in here.rglob("*")}
    points = {"new", "new/dir", "new/dir/x.partial", "old/new", "old/new/x.partial"}
    assert left == ({"old"} if room == 20 else {"old", *points})


def test_a_folder_that_cannot_be_made_leaves_none(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    status, out, err = sweep(capsys, "--out", f"new/{'a' * 300}/x")
    assert (status, out) == (2, "")
    assert "File name too long" in err
    assert not list(here.iterdir())


def test_an_interrupted_sweep_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(point: Point) -> Row:
        if point.part == "limit":
            raise KeyboardInterrupt
        return measure(point)

    with monkeypatch.context() as patched:
        patched.setattr(
            "oomlab.command.sweep.recompute",
            lambda *given, **options: recompute.recompute(*given, **options, measure_one=stops),
        )
        status, out, err = sweep(capsys, "--out", "it's x")
    assert (status, out) == (130, "")
    told, _, call = err.strip().partition("; go on with: oomlab ")
    assert told == "oomlab: interrupted; 4 of 8 points are kept"
    assert call == """sweep tiny --jobs=1 '--out=it'"'"'s x' --resume"""
    assert main(["sweep", "tiny", "--jobs=1", "--out=it's x", "--resume"]) == 0
    assert files(here) == {"it's x": WHOLE.encode()}


def test_a_sweep_that_is_stopped_at_once_leaves_nothing(here: Path) -> None:
    def stops(point: Point) -> Row:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recompute.recompute(TINY, here / "x", jobs=1, measure_one=stops)
    assert not list(here.iterdir())


def test_an_installed_package_is_not_written_to(
    capsys: pytest.CaptureFixture[str], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "RESULTS", here / "a" / "b" / "results")
    status, out, err = sweep(capsys)
    assert (status, out) == (2, "")
    assert "say with --out where results go" in err
    assert not list(here.iterdir())
