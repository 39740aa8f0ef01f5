"""The log of a run: what is said, when, about whom, and by which kernel."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from oomlab.analysis import kills
from oomlab.dmesg import dmesg_lines
from oomlab.dmesg.people import COMM_LENGTH, People
from oomlab.dmesg.requests import mask_text
from oomlab.dmesg.style import Style
from oomlab.errors import InputError
from oomlab.experiment import play, run
from oomlab.gfp import flags
from oomlab.gfp.printed import read_printed
from tests.analysis.handmade import Story
from tests.dmesg.runs import (
    BLOCKED_WRITER,
    EXPECTED,
    H1,
    H2,
    H5,
    H7,
    RELEASES,
    WRITTEN,
    log,
    matrix,
    ran,
    timed,
    written,
)

LINE = re.compile(r"\[ *\d+\.\d{6}\] [ -~]*")
HUNG = re.compile(r"INFO: task (.+):(\d+) blocked for more than (\d+) seconds\.")


def test_every_line_has_its_time_and_none_is_before_another() -> None:
    for trace in matrix():
        lines = [*dmesg_lines(trace, lockdep=True, sysrq=True)]
        assert all(LINE.fullmatch(line) for line in lines)
        stamps = [float(line[1 : line.index("]")]) for line in lines]
        assert all(one <= other for one, other in pairwise(stamps))


@pytest.mark.parametrize("release", RELEASES)
def test_the_same_run_gives_the_same_log(release: str) -> None:
    assert log(ran(H2), release, lockdep=True) == log(run(H2), release, lockdep=True)


@pytest.mark.parametrize("release", WRITTEN)
def test_whole_logs_are_as_they_were(release: str) -> None:
    kept = (EXPECTED / f"{release}.log").read_text(encoding="utf-8").splitlines()
    assert written(release).splitlines() == kept, (
        "if that is meant: .venv/bin/python -m tests.dmesg.runs, and look at the difference"
    )


@pytest.mark.parametrize("release", RELEASES)
def test_every_kill_is_reported_with_the_figures_of_the_moment(release: str) -> None:
    for trace in (ran(H2, "offload"), ran("h6-nap-under-lock", "nowait-fill")):
        lines = log(trace, release)
        invoked = [line for line in lines if "invoked oom-killer" in line]
        killed = [m for m in (re.search(r"Killed process (\d+) \((.+?)\) total-vm:(\d+)kB", line)
                              for line in lines) if m]  # fmt: skip
        assert [found[2] for found in killed] == [kill.victim for kill in kills(trace)]
        assert len(invoked) == len(killed)
        for kill, found in zip(kills(trace), killed, strict=True):
            before = trace.values_at(kill.at_us - 1)
            assert int(found[3]) == 4 * before[f"rss of {kill.victim}"]
            free = f"free:{4 * before['free']}kB"
            assert any(line.startswith("Node 0 Normal") and free in line for line in lines)


@pytest.mark.parametrize("release", RELEASES)
def test_a_mask_is_read_back_as_what_was_asked_for(release: str) -> None:
    (line,) = (each for each in log(ran(H2, "offload"), release) if "oom-killer" in each)
    read = read_printed(line, kernel=release)
    assert "GFP_HIGHUSER_MOVABLE" in str(read) or read.value
    found = re.search(r"gfp_mask=(0x[0-9a-f]+)", line)
    assert found is not None and read.value == int(found[1], 16)


FORMS = {
    "4.4": "gfp_mask=0x24200ca, order=0, oom_score_adj=0",
    "4.9": "gfp_mask=0x24200ca(GFP_HIGHUSER_MOVABLE), nodemask=0, order=0, oom_score_adj=0",
    "4.13": "gfp_mask=0x14200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null),  order=0, oom_score_adj=0",
    "5.4": "gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0",
    "5.17": "gfp_mask=0x1100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0",
}


@pytest.mark.parametrize("release", FORMS)
def test_the_first_line_of_a_report_has_the_form_of_its_release(release: str) -> None:
    lines = log(ran(H2, "offload"), release)
    assert f"hog invoked oom-killer: {FORMS[release]}" in lines


@pytest.mark.parametrize(("release", "told"), [("4.4", False), ("4.6", True)])
def test_the_reaper_speaks_since_there_is_one(release: str, told: bool) -> None:
    assert any(line.startswith("oom_reaper: ") for line in log(ran(H2, "offload"), release)) is told


def test_a_person_and_a_group_ask_as_they_do() -> None:
    by_hand = log(run("five-listeners", given={"sysrq": 1}))
    mask = "gfp_mask=0x14000c0(GFP_KERNEL), nodemask=(null),  order=-1, oom_score_adj=0"
    assert f"sysrq_f invoked oom-killer: {mask}" in by_hand
    contained = run("h6-nap-under-lock", given={"memcg_oom": 1})
    group = log(contained, "5.4")
    assert any("oom-kill:constraint=CONSTRAINT_MEMCG" in line for line in group)
    assert any(line.startswith("Memory cgroup out of memory: Killed process") for line in group)
    (began,) = (n for n, line in enumerate(group) if line.startswith("memcg_task invoked"))
    (killed,) = (n for n, line in enumerate(group) if line.startswith("Memory cgroup out of"))
    assert "Mem-Info:" not in group[began:killed]
    assert "Task in /group killed as a result of limit of /group" in log(contained, "4.13")


@pytest.mark.parametrize("timeout", [1, 10, 120, 600])
def test_khungtaskd_looks_once_a_period_and_needs_two_looks(timeout: int) -> None:
    said = [(at, HUNG.fullmatch(text)) for at, text in timed(ran(H1), hung_task_s=timeout)]
    at = sorted({at for at, found in said if found})
    first = max(1.0, timeout * 50 / 120)
    assert at == pytest.approx([first + timeout, first + 2 * timeout])
    assert {int(found[3]) for _, found in said if found} == {timeout}


def test_from_4_20_on_the_seconds_grow() -> None:
    found = [HUNG.fullmatch(line) for line in log(ran(H1), "5.4")]
    assert [int(each[3]) for each in found if each] == [120, 120, 240, 240]


def test_ten_warnings_are_all() -> None:
    trace = run(H2, given={"fault_tasks": 0, "nofs_tasks": 0})
    lines = log(trace, hung_task_s=1)
    assert sum(bool(HUNG.fullmatch(line)) for line in lines) <= 10


def test_a_detector_that_is_off_says_nothing() -> None:
    assert len(log(ran(H1), hung_task_s=0)) == 1


def test_where_all_sleep_the_workqueue_watchdog_is_silent_as_on_real_machines() -> None:
    assert not any("workqueue lockup" in line for line in log(ran(H1), "7.3", lockdep=True))


OWNER = "INFO: task balloon_worker:103 is blocked on a mutex likely owned by task fs_task:102."


@pytest.mark.parametrize(("release", "told"), [("6.12", False), ("6.15", True), ("7.3", True)])
def test_the_owner_of_a_mutex_is_named_since_6_15(release: str, told: bool) -> None:
    assert (OWNER in log(ran(H1), release)) is told


@pytest.mark.parametrize(("release", "told"), [("6.15", False), ("6.17", True)])
def test_the_owner_of_an_rwsem_is_named_since_6_17(release: str, told: bool) -> None:
    lines = log(ran(BLOCKED_WRITER), release)
    assert any("blocked on an rw-semaphore likely owned by" in line for line in lines) is told


@pytest.mark.parametrize(
    ("release", "form"),
    [
        ("4.4", None),
        (
            "4.9",
            r"fs_task: page allocation stalls for 10004ms, order:0, mode:0x2400040\(GFP_NOFS\)",
        ),
        ("4.13", r"fs_task: .* stalls for 10004ms, .*\(GFP_NOFS\), nodemask=\(null\)"),
        ("4.19", None),
        ("6.12", None),
        ("7.3", r"fs_task: page allocation stall for 10 secs: order:0, mode:0xc40\(GFP_NOFS\) .*"),
    ],
)
def test_a_stall_is_told_where_the_release_has_the_warning(release: str, form: str | None) -> None:
    stalls = [line for line in log(ran(H2), release) if "page allocation stall" in line]
    assert bool(stalls) is (form is not None)
    if form:
        assert re.fullmatch(form, stalls[0])


def test_in_7_3_one_stall_in_ten_seconds_is_told_whoever_it_is() -> None:
    trace = run(H2, given={"nofs_tasks": 3})
    at = [at for at, text in timed(trace, "7.3") if "page allocation stall for" in text]
    assert len(at) > 3 and all(later - one >= 9.999999 for one, later in pairwise(at))
    assert len([text for _, text in timed(trace, "4.13") if "stalls for" in text]) > len(at)


def test_who_spins_is_told_of_as_a_soft_lockup() -> None:
    (line,) = (each for each in log(ran(H7)) if "soft lockup" in each)
    assert re.fullmatch(r"watchdog: BUG: soft lockup - CPU#0 stuck for \d+s! \[hog:\d+\]", line)


def test_comms_are_short_and_no_two_are_alike() -> None:
    names = ("a task with a long name", "a task with a long neck", "short")
    story = Story(names)
    for name in names:
        story.tell(name, "write")
    people = People(story.trace(100))
    comms = [people.comm(name) for name in names]
    assert comms == ["a task with a l", "a task with a 2", "short"]
    assert all(len(comm) <= COMM_LENGTH for comm in comms)
    assert len({people.pid(name) for name in names}) == len(names)


SAID: dict[str, dict[str, str | None]] = {
    "oom_reaper: unable to reap process hog": {
        "4.4": None, "4.6": "oom_reaper: unable to reap pid:102 (hog)"},
    "Purging GPU memory, 7 pages freed": {
        "4.13": "Purging GPU memory, 7 pages freed, 0 pages still pinned.",
        "5.4": "Purging GPU memory, 7 pages freed, 0 pages still pinned, 0 pages left available."},
    "virtio_balloon: Out of puff! Can't get 3 pages": {
        "6.1": "virtio_balloon virtio0: Out of puff! Can't get 3 pages"},
    "Kernel panic - not syncing: Out of memory and no killable processes...": {
        "4.14": "Kernel panic - not syncing: Out of memory and no killable processes...",
        "4.19": "Kernel panic - not syncing: System is deadlocked on memory"},
    "Kernel panic - not syncing: out of memory. panic_on_oom is enabled": {
        "4.14": "Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled",
        "4.19": "Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled"},
    "OOM request ignored. No task eligible": {
        "4.13": "OOM request ignored. No task eligible"},
}  # fmt: skip
"""What a routine logs, and what a kernel of a release prints in its place."""


@pytest.mark.parametrize(
    ("logged", "release", "printed"),
    [(logged, release, line) for logged, by in SAID.items() for release, line in by.items()],
)
def test_what_a_routine_logs_is_printed_as_a_kernel_does(
    logged: str, release: str, printed: str | None
) -> None:
    story = Story(["task", "hog"])
    story.tell("task", "log", result=logged)
    story.tell("hog", "write")
    lines = log(story.trace(100), release)[1:]
    assert lines[:1] == ([] if printed is None else [printed])
    ends = "---[ end Kernel panic" in " ".join(lines)
    assert ends is logged.startswith("Kernel panic")
    story = Story(["task", "hog"])
    story.tell("hog", "write")
    story.tell("task", "log", result=logged)
    assert log(story.trace(100), release)[1:] == lines


def test_a_name_that_there_is_no_longer_is_told_by_its_flags() -> None:
    mask = flags.GFP_KERNEL | flags.RECLAIMABLE
    assert mask_text(mask, Style.of("4.13")) == "0x14000d0(GFP_TEMPORARY)"
    assert mask_text(mask, Style.of("5.4")) == "0xcd0(GFP_KERNEL|__GFP_RECLAIMABLE)"
    assert mask_text(flags.COLD, Style.of("5.4")) == "0x0()"


def test_a_host_is_no_task_of_the_guest() -> None:
    lines = log(ran(H5), lockdep=True, sysrq=True)
    assert not any(re.search(r"\bhost\b", line) for line in lines)


@pytest.mark.parametrize("release", ["2.6.32", "4.3"])
def test_what_is_too_old_is_refused(release: str) -> None:
    with pytest.raises(InputError, match=r"valid: 4\.4 and later"):
        dmesg_lines(ran(H1), release)


@pytest.mark.parametrize("release", ["", "new", 5, float("nan")])
def test_what_is_no_release_is_refused(release: object) -> None:
    with pytest.raises(InputError, match="no release of the kernel"):
        dmesg_lines(ran(H1), release)  # type: ignore[arg-type]


@pytest.mark.parametrize("timeout", [-1, 86401])
def test_a_wrong_timeout_is_refused(timeout: int) -> None:
    with pytest.raises(InputError, match=r"valid: 0 \(off\) to 86400"):
        dmesg_lines(ran(H1), hung_task_s=timeout)


def test_a_schedule_has_no_seconds() -> None:
    with pytest.raises(InputError, match="no seconds"):
        dmesg_lines(play(H1, "mainline", {}, ""))
