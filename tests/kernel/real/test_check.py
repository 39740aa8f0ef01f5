"""What the call does around the guests: going on, what is broken, wrong words. Boots nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from oomlab.errors import InputError
from oomlab.evidence.real_kernel.cases import CASES, Case
from tests.kernel.real import __main__ as runner
from tests.kernel.real import check, results, tree
from tests.kernel.real.tree import Kernel

KERNEL, OTHER = Kernel("9.9.9-made-up", "9.9.9-1"), Kernel("9.8.0-made-up", "9.8.0-1")
CONTROL, NEVER = CASES["control"], CASES["never"]
Boot = Callable[[Path, str], str]


@pytest.fixture
def booted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Boot], list[str]]:
    """Takes what a guest of an image and a case prints; the cases that are booted from then on."""
    monkeypatch.setattr(results, "RUNS", tmp_path)
    for name in "need_tools", "make_tree":
        monkeypatch.setattr(check, name, lambda *_: None)
    monkeypatch.setattr(check, "find_kernels", lambda *_: [KERNEL, OTHER])
    monkeypatch.setattr(check, "get_kernel", lambda kernel, _: Path(kernel.release))
    monkeypatch.setattr(check, "make_initrd", lambda *_: tmp_path)

    def prints(guest: Boot) -> list[str]:
        names: list[str] = []

        def boot(
            image: Path, initrd: Path, case: Case, clock: str, console: Path, stop: Event
        ) -> str:
            names.append(f"{image} {case.name}")
            return guest(image, case.name)

        monkeypatch.setattr(check, "boot", boot)
        return names

    return prints


def _ended(image: Path, case: str) -> str:
    calls = "" if case == "never" else 1  # a line that was cut off
    return f'[    1.000000] check: {{"event":"end","calls":{calls},"served":1,"done":1}}'


def _asked(guests: int = 1, cases: tuple[Case, ...] = (CONTROL, NEVER)) -> list[str]:
    return check.check(["9.9"], list(cases), 2, "counted", guests, print)


def test_the_same_call_goes_on_and_what_broke_is_told_and_asked_again(
    booted: Callable[[Boot], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    both = [kernel.release for kernel in (KERNEL, OTHER)]
    for expected in (["control", "never", "control", "never"], ["never", "never"]):
        names = booted(_ended)
        broken = _asked()
        assert names == [f"{kernel} {case}" for case in expected for kernel in both]
        assert [line.split(":")[0] for line in broken] == [
            f"{kernel} never run {n}" for n in (1, 2) for kernel in both
        ]
        assert all("did not come to its end" in line for line in broken)
        assert all(line.endswith("the same call asks it again") for line in broken)
    assert "[5/8] 9.9.9-made-up control run 2: served" in capsys.readouterr().out


def test_several_guests_at_once_ask_the_same(booted: Callable[[Boot], list[str]]) -> None:
    names = booted(_ended)
    assert len(_asked(guests=3)) == 4
    assert len(names) == 8 and len(set(names)) == 4


def _no_qemu(image: Path, case: str) -> str:
    raise InputError("QEMU does not run: no such file")


@pytest.mark.parametrize(
    ("mute", "reason"),
    [
        (lambda *_: "", "broken: the guest printed nothing"),
        (
            lambda *_: "[ 1.000000] Kernel panic - not syncing: no disk",
            "broken: the kernel panicked (no disk)",
        ),
        (_no_qemu, "QEMU does not run: no such file"),
    ],
)
def test_a_kernel_that_does_not_come_up_is_asked_once_and_the_others_go_on(
    mute: Boot, reason: str, booted: Callable[[Boot], list[str]]
) -> None:
    names = booted(lambda *asked: (mute if asked[0].name == KERNEL.release else _ended)(*asked))
    broken = _asked(cases=(CONTROL,))
    assert names == [f"{kernel.release} control" for kernel in (KERNEL, OTHER, OTHER)]
    assert len(broken) == 1
    assert broken[0].startswith(f"{KERNEL.release} control run 1: {reason}; ")
    assert broken[0].endswith(
        f"no other case is asked of it: remove {tree.HOME / KERNEL.release} "
        "and make the same call again"
    )
    names = booted(_ended)
    assert _asked(cases=(CONTROL,)) == [] and len(names) == 2


def test_a_case_on_which_a_kernel_keeps_silent_does_not_keep_others_from_it(
    booted: Callable[[Boot], list[str]],
) -> None:
    names = booted(lambda image, case: "" if case == "never" else _ended(image, case))
    assert len(_asked()) == 4 and len(names) == 8


def test_after_ctrl_c_no_guest_goes_on(
    booted: Callable[[Boot], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    booted(_ended)
    ended: list[bool] = []

    def boot(image: Path, initrd: Path, case: Case, clock: str, console: Path, stop: Event) -> str:
        if case is CONTROL:
            raise KeyboardInterrupt
        ended.append(stop.wait(20))
        return ""

    monkeypatch.setattr(check, "boot", boot)
    with pytest.raises(KeyboardInterrupt):
        _asked(guests=4)
    assert ended and all(ended)
    assert list(results.RUNS.glob("*/*.json")) == []


def test_a_run_of_another_recipe_goes_when_it_is_asked_again(
    booted: Callable[[Boot], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    booted(_ended)
    _asked(cases=(CONTROL,))
    monkeypatch.setattr(results, "COMMAND_LINE", "other")
    booted(lambda *_: _ended(Path(), "never"))
    _asked(cases=(CONTROL,))
    assert list(results.RUNS.glob("*/*.json")) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--cases", "contrl"], "unknown case 'contrl'"),
        (["--clock", "sun"], "unknown clock 'sun'"),
        (["--runs", "0"], "RUNS must be a whole number from 1 on, not '0'"),
        (["--guests", "none"], "GUESTS must be a whole number from 1 on, not 'none'"),
        (["--runs", "many"], "RUNS must be a whole number from 1 on, not 'many'"),
    ],
)
def test_a_wrong_word_is_answered_in_one_line(
    words: list[str],
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["kernel-check", *words])
    assert runner.main() == 2
    said = capsys.readouterr().err
    assert said.startswith(f"kernel-check: {expected}")
    assert said.count("\n") == 1


def test_who_is_not_root_is_told_so_before_anything_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(runner, "HOME", tmp_path / "home")
    monkeypatch.setattr(runner, "check", lambda *_: [])  # a fault here must boot nothing
    monkeypatch.setattr("sys.argv", ["kernel-check"])
    assert runner.main() == 2
    assert capsys.readouterr().err.endswith("run it with sudo\n")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("place", ["/somewhere/full", None])
def test_a_full_disk_is_told_in_one_line_and_finished_runs_are_kept(
    place: str | None,
    booted: Callable[[Boot], list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    booted(_ended)
    words = ["kernel-check", "--cases", "control", "--runs", "1", "--guests", "1"]
    monkeypatch.setattr("sys.argv", words)
    monkeypatch.setattr(runner, "HOME", tmp_path)
    monkeypatch.setattr(runner, "need_root", lambda: None)
    keep = results.Run.keep

    def full(run: results.Run) -> None:
        if run.kernel == OTHER:
            raise OSError(errno.ENOSPC, "No space left on device", place)
        keep(run)

    monkeypatch.setattr(results.Run, "keep", full)
    assert runner.main() == 2
    assert capsys.readouterr().err == (
        f"kernel-check: {place or tmp_path} cannot be used: No space left on device; "
        "what is finished is kept, and the same call goes on\n"
    )
    assert len(list(results.RUNS.glob("*/*.json"))) == 1


@pytest.mark.parametrize("broken", ["image", "headers"])
def test_what_was_unpacked_by_half_is_unpacked_again(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "HOME", tmp_path)
    monkeypatch.setattr(tree, "TREE", tmp_path / "debian")
    monkeypatch.setattr(tree, "_needs", lambda _: [])
    monkeypatch.setattr(tree, "inside", lambda *_, **__: "")
    build = tmp_path / "debian/lib/modules" / KERNEL.release / "build"
    faults = [InputError("the disk is full")]
    unpacked: list[str] = []

    def unpack(packages: list[str], folder: Path) -> None:
        what = "headers" if folder == tree.TREE else "image"
        unpacked.append(what)
        made = build if what == "headers" else folder / "vmlinuz"
        made.parent.mkdir(parents=True, exist_ok=True)
        made.symlink_to("elsewhere")
        if what == broken and faults:
            raise faults.pop()

    monkeypatch.setattr(tree, "_unpack", unpack)
    with pytest.raises(InputError, match="full"):
        tree.get_kernel(KERNEL, print)
    tree.get_kernel(KERNEL, print)
    assert unpacked.count(broken) == 2 and len(unpacked) == 3
