"""The parts of the check that boot nothing: cases, memory disk, guest's end, what is kept."""

from __future__ import annotations

import json
import lzma
import os
import re
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from oomlab.errors import InputError
from oomlab.evidence.real_kernel.cases import CASES, Case
from oomlab.evidence.real_kernel.play import WATCH_S, case_experiment
from oomlab.evidence.real_kernel.translation import (
    HUNG_S,
    PAGES_PER_MB,
    RESERVE_PAGES,
    SAME,
    VICTIM_MB,
)
from oomlab.scenarios.witness import WITNESS
from tests.kernel.real import guest, results, tree
from tests.kernel.real.build import GUEST, archive, fingerprint, sources
from tests.kernel.real.results import Run, kept, recipe
from tests.kernel.real.tree import Kernel

KERNEL = Kernel("9.9.9-made-up", "9.9.9-1")
MODULE = (GUEST / "oomcheck.c").read_text(encoding="utf-8")
INIT = (GUEST / "init.c").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_a_case_says_what_module_init_and_model_understand(case: Case) -> None:
    assert set(case.module) <= set(re.findall(r"module_param\((\w+),", MODULE))
    assert set(case.guest) <= set(re.findall(r'\{ "(\w+)", \d+ \}', INIT))
    assert all(re.fullmatch(r"[\w=]+", word) for word in case.arguments())
    if case.ahead:
        program = (GUEST / case.ahead / f"{case.ahead}.c").read_text(encoding="utf-8")
        asked = re.findall(r'setting\("(\w+)"\)', program)
        assert asked and set(asked) <= {word.split("=")[0] for word in case.boot}
    if not case.unplayed:
        assert case_experiment(case.name, "7.3").scenario is WITNESS


def test_module_and_init_begin_as_the_scenario_does() -> None:
    """What a case does not say is the same for both."""
    usual = WITNESS.settle({}, "clock")
    declared = r'^static (?:char \*|unsigned int |bool )(\w+)(?: = "?(\w+)"?)?;'
    told = dict(re.findall(declared, MODULE, re.MULTILINE))
    assert len(SAME & set(told)) >= 7
    for name in SAME & set(told) - {"sleep_ms"}:  # only read where the callback sleeps
        assert str(usual[name]) == (told[name] or "0"), name
    assert int(told["reserve_pages"]) == RESERVE_PAGES
    init = {name: int(value) for name, value in re.findall(r'\{ "(\w+)", (\d+) \}', INIT)}
    assert (init["watch_s"], init["hung_s"], init["victim_mb"]) == (WATCH_S, HUNG_S, VICTIM_MB)
    assert (init["victims"], init["victim_mb"] * PAGES_PER_MB) == (
        usual["victims"],
        usual["victim_pages"],
    )


def test_the_guest_is_under_the_licence_of_the_kernel() -> None:
    for source in (path for path in GUEST.rglob("*") if path.is_file()):
        assert "SPDX-License-Identifier: GPL-2.0-only" in source.read_text().splitlines()[0]


def test_the_memory_disk_can_be_read_back() -> None:
    files = {"dev": (0o040755, b"", (0, 0)), "a/b": (0o100644, b"hello", (0, 0))}
    data, found, at = archive(files), {}, 0
    while at < len(data):
        assert data[at : at + 6] == b"070701"
        fields = [int(data[at + 6 + 8 * n : at + 14 + 8 * n], 16) for n in range(13)]
        name = data[at + 110 : at + 110 + fields[11] - 1].decode()
        at += -(-(110 + fields[11]) // 4) * 4
        found[name] = (fields[1], data[at : at + fields[6]])
        at += -(-fields[6] // 4) * 4
    assert found == {"dev": (0o040755, b""), "a/b": (0o100644, b"hello"), "TRAILER!!!": (0, b"")}


def _qemu(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "qemu-system-x86_64"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_a_silent_guest_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _qemu(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 1000", monkeypatch)
    monkeypatch.setattr(guest, "SILENT_S", 0.5)
    assert (
        guest.boot(Path("k"), Path("i"), CASES["control"], "host", tmp_path / "console", Event())
        == ""
    )
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_whoever_stops_the_check_ends_its_guests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _qemu(tmp_path, "exec sleep 1000", monkeypatch)
    stop = Event()
    stop.set()
    assert guest.boot(Path("k"), Path("i"), CASES["control"], "host", tmp_path / "c", stop) == ""


MONITOR = """
import json, socket, sys, time
words = " ".join(sys.argv)
monitor = socket.socket(fileno=int(words.split("fd=")[1].split()[0]))
actual = 512 << 20
def tell(**said):
    monitor.sendall(json.dumps(said).encode() + b"\\r\\n")
tell(QMP={"version": {}, "capabilities": []})
while asked := monitor.recv(4096):  # one question at a time, and no line ends
    asked = json.loads(asked)
    answer = {"actual": actual} if asked["execute"] == "query-balloon" else {}
    tell(**{"return": answer}, id=asked.get("id"))
    if asked["execute"] == "balloon":
        actual = asked["arguments"]["value"] + (40 << 12)
        with open(words.split("file:")[1].split()[0], "w") as console:
            console.write("hello\\n")
        tell(event="SHUTDOWN", data={}, timestamp={"seconds": 1, "microseconds": 0})
time.sleep(1000)
"""
"""A machine whose guest has taken 40 pages back and turned itself off."""


def test_a_balloon_is_inflated_through_qemu_and_asked_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "monitor.py").write_text(MONITOR)
    _qemu(tmp_path, f'exec {sys.executable} {tmp_path}/monitor.py "$@"', monkeypatch)
    case, console = CASES["balloon"], tmp_path / "console"
    text = guest.boot(Path("k"), Path("i"), case, "counted", console, Event())
    left = (512 - case.keep_mb) * 256 - 40
    assert text.splitlines() == ["hello", f'check: {{"event": "balloon", "value": {left}}}']


def test_a_qemu_that_does_not_run_is_told_of_a_balloon_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _qemu(tmp_path, "echo no such device >&2; exit 1", monkeypatch)
    with pytest.raises(InputError, match=r"^QEMU does not run: no such device$"):
        guest.boot(Path("k"), Path("i"), CASES["balloon"], "host", tmp_path / "c", Event())


def test_what_goes_ahead_of_init_is_in_the_recipe_of_its_cases_only() -> None:
    own = {path.parent.name for path in sources("balloon")} - {GUEST.name}
    assert own == {"balloon"} and all(path.parent == GUEST for path in sources())
    assert len({fingerprint(), fingerprint("balloon"), fingerprint("suspend")}) == 3
    case = CASES["balloon"]
    for other in replace(case, devices=()), replace(case, keep_mb=1), replace(case, modules=()):
        assert recipe(other, "counted") != recipe(case, "counted")


def test_modules_come_after_what_they_need_and_without_what_is_built_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "HOME", tmp_path)
    folder = tmp_path / KERNEL.release
    folder.mkdir()
    (folder / "modules.builtin").write_text("kernel/ring-base.ko\n")
    for name, needs in ("top", "low_one,ring_base"), ("low-one", ""):
        text = f"\0name=x\0depends={needs}\0".encode()
        (folder / f"{name}.ko.xz").write_bytes(lzma.compress(text))
    loaded = tree.get_modules(KERNEL, ("ring_base", "top"), print)
    assert [data.split(b"=")[-1] for data in loaded] == [b"\0", b"low_one,ring_base\0"]
    with pytest.raises(InputError, match=r"^no module other in .* remove .* and try again$"):
        tree.get_modules(KERNEL, ("other",), print)


def test_what_a_compiler_says_comes_before_what_make_says() -> None:
    script = "echo 'a.c:1: error: one' >&2; echo 'make: two' >&2; exit 2"
    with pytest.raises(InputError, match=r"^made badly: a.c:1: error: one; .* goes on$"):
        tree._run("sh", "-c", script, failed="made badly")


def test_what_a_guest_printed_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _qemu(tmp_path, f"echo hello > {tmp_path}/console", monkeypatch)
    assert (
        guest.boot(Path("k"), Path("i"), CASES["control"], "host", tmp_path / "console", Event())
        == "hello\n"
    )


def test_a_qemu_that_does_not_run_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _qemu(tmp_path, "echo no such file >&2; exit 1", monkeypatch)
    with pytest.raises(InputError, match=r"^QEMU does not run: no such file$"):
        guest.boot(Path("k"), Path("i"), CASES["control"], "host", tmp_path / "console", Event())


def test_a_run_is_kept_until_its_recipe_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(results, "STORED", tmp_path / "data" / "stored.json")
    (tmp_path / "runs" / KERNEL.release).mkdir(parents=True)
    case = CASES["control"]
    end = '[    1.000000] check: {"event":"end","calls":0,"served":0,"done":0}'
    run = Run.read(end, KERNEL, case, "counted", 2)
    assert not kept(KERNEL, case, "counted", 2)
    run.keep()
    results.path_of(KERNEL, case, "counted", 2).with_suffix(".log").write_text(end)
    assert kept(KERNEL, case, "counted", 2) and not kept(KERNEL, case, "counted", 1)
    assert results.store() == 1
    stored = json.loads(results.STORED.read_text())
    assert stored["runs"] == [run.record()]
    assert "not called" in run.told() and not run.broken
    monkeypatch.setattr(results, "COMMAND_LINE", "other")
    assert not kept(KERNEL, case, "counted", 2)
    assert results.store() == 0


VERSIONS = ["9.12.1-1~bpo13+1", "9.12.0-1", "9.1.192-2"]


@pytest.fixture
def debian_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive that has the kernels above, each as the release 9.9."""

    def inside(*command: str, failed: str) -> str:
        if "madison" in command:
            return "\n".join(f"{tree.META} | {version} | made up" for version in VERSIONS)
        return "  Depends: linux-image-9.9-cloud-amd64\n" if "depends" in command else ""

    (tmp_path / "etc").mkdir()
    monkeypatch.setattr(tree, "TREE", tmp_path)
    monkeypatch.setattr(tree, "inside", inside)


@pytest.mark.usefixtures("debian_archive")
@pytest.mark.parametrize(
    ("wanted", "expected"), [("9.12", VERSIONS[0]), ("9.1", VERSIONS[2]), ("9.12.0", VERSIONS[1])]
)
def test_the_newest_kernel_of_a_series_is_taken(wanted: str, expected: str) -> None:
    assert tree.find_kernels([wanted], print) == [Kernel("9.9-cloud-amd64", expected)]


@pytest.mark.usefixtures("debian_archive")
def test_an_archive_that_is_not_reached_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "inside", lambda *_, failed: "")
    with pytest.raises(InputError, match=r"^the archive's lists have no .* can be reached"):
        tree.find_kernels(["9.12"], print)


@pytest.mark.usefixtures("debian_archive")
@pytest.mark.parametrize("wanted", ["9.13", "9.12.", "", "x"])
def test_a_kernel_that_is_not_there_is_refused_with_those_that_are(wanted: str) -> None:
    with pytest.raises(InputError, match=rf"^no kernel {wanted!r} in .*; valid: 9\.1, 9\.12$"):
        tree.find_kernels([wanted], print)
