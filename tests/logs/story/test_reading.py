"""From records to what a story needs: moments, names, masks, zones, pages."""

from __future__ import annotations

import pytest

from oomlab.gfp import flags
from oomlab.logs.incidents import HungTask, Incident, NotifierLine, OomReport
from oomlab.logs.parts import LogPlace, MemoryFigures, TaskName, Victim, ZoneFigures
from oomlab.logs.story.clock import boots, wall_us
from oomlab.logs.story.locks import of_class, role_of
from oomlab.logs.story.reading import readings_of
from oomlab.logs.story.reports import LogReading
from oomlab.logs.whole_log import Log

MINUTE = 60_000_000


def place(line: int, *, boot_us: int | None = None, wall: str | None = None) -> LogPlace:
    return LogPlace(line, line, boot_us, wall)


def hung(line: int, comm: str = "demo", pid: int = 5, **where: str | int | None) -> HungTask:
    return HungTask(place=place(line, **where), task=TaskName(comm, pid), seconds=120)  # type: ignore[arg-type]


def report(text: str, release: str, *, memory: MemoryFigures | None = None) -> OomReport:
    return OomReport(
        place=place(1, boot_us=MINUTE), task=TaskName("asks", 1), mask_text=text, order=0,
        release=release, path="allocator", memory=memory or MemoryFigures(),
        victims=(Victim(TaskName("dies", 2), 9),),
    )  # fmt: skip


def reading(*incidents: Incident) -> LogReading:
    (found,) = readings_of(Log("a log", incidents))
    return found


def test_a_mask_is_kept_in_the_model_s_numbers() -> None:
    (seen,) = reading(report("0xcc0(GFP_KERNEL)", "5.15.0")).ooms
    assert seen.mask == flags.GFP_KERNEL
    assert seen.may_kill
    (seen,) = reading(report("0xc40(GFP_NOFS)", "5.15.0")).ooms
    assert seen.mask == flags.GFP_NOFS
    assert not seen.may_kill


def zones(*names_and_sizes: tuple[str, int]) -> MemoryFigures:
    return MemoryFigures(
        tuple(
            ZoneFigures(0, name, free_kb=400, min_kb=40, low_kb=60, high_kb=80, managed_kb=size)
            for name, size in names_and_sizes
        )
    )


@pytest.mark.parametrize(
    ("mask", "sizes", "zone"),
    [
        ("0xcc0(GFP_KERNEL)", (("DMA", 16000), ("DMA32", 4000000), ("Normal", 9000000)), "Normal"),
        ("0xcc0(GFP_KERNEL)", (("DMA", 16000), ("DMA32", 4000000), ("Normal", 0)), "DMA32"),
        ("0xcc1(GFP_KERNEL|GFP_DMA)", (("DMA", 16000), ("Normal", 9000000)), "DMA"),
    ],
)
def test_the_zone_is_the_highest_that_the_request_may_use(
    mask: str, sizes: tuple[tuple[str, int], ...], zone: str
) -> None:
    (seen,) = reading(report(mask, "5.15.0", memory=zones(*sizes))).ooms
    assert seen.zone is not None
    assert (seen.zone.name, seen.zone.free, seen.zone.marks.min) == (zone, 100, 10)


def test_a_task_is_called_by_its_comm_unless_two_have_it() -> None:
    alone = reading(hung(1, "a", 5), hung(2, "b", 6))
    assert [one.task for one in alone.sightings] == ["a", "b"]
    twice = reading(hung(1, "a", 5), hung(2, "a", 6))
    assert [one.task for one in twice.sightings] == ["a:5", "a:6"]


@pytest.mark.parametrize(("unit", "freed", "pages"), [("pages", 700, 700), ("bytes", 40960, 10)])
def test_what_a_driver_gave_back_is_counted_in_pages(unit: str, freed: int, pages: int) -> None:
    line = NotifierLine(
        place=place(1), what="purge", driver="i915", text="Purging", freed=freed,
        unit=unit,  # type: ignore[arg-type]
    )  # fmt: skip
    assert [notice.number for notice in reading(line).notices] == [pages]


def test_without_a_time_since_the_boot_the_dates_are_used() -> None:
    found = reading(
        hung(1, wall="Nov 28 22:15:01"), hung(2, "b", 6, wall="Nov 28 22:16:01"), hung(3, "c", 7)
    )
    assert (found.times, found.began) == ("wall", "Nov 28 22:15:01")
    assert [one.at_us for one in found.sightings] == [0, MINUTE, MINUTE]


def test_without_any_time_the_lines_are_used_and_nothing_is_said_of_lengths() -> None:
    found = reading(hung(7), hung(30, "b", 6))
    assert found.times == "lines"
    assert [(one.at_us, one.since_us) for one in found.sightings] == [(7, None), (30, None)]


@pytest.mark.parametrize(
    "text",
    ["2026-11-28T22:15:01+00:00", "2026-11-28 22:15:01.250", "Sat Nov 28 22:15:01 2026",
     "Nov 28 22:15:01", "28/11/2026 22:15:01"],
)  # fmt: skip
def test_dates_are_read_in_the_forms_that_logs_have(text: str) -> None:
    assert wall_us(text) is not None


@pytest.mark.parametrize("text", ["", None, "no date", "31 Feb", "9" * 5000, "2026-13-01T00:00:00"])
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert wall_us(text) is None


def test_a_clock_that_goes_back_begins_another_boot() -> None:
    first, second = boots([hung(1, boot_us=90 * MINUTE), hung(2, boot_us=MINUTE)])
    assert [one.place.first for one in (*first.incidents, *second.incidents)] == [1, 2]
    (both,) = boots([hung(1, boot_us=MINUTE), hung(2, boot_us=MINUTE - 500)])
    assert len(both.incidents) == 2


@pytest.mark.parametrize(
    ("name", "called", "role"),
    [
        ("&vb->balloon_lock", "balloon_lock", "listener"),
        ("(oom_notify_list).rwsem", "oom_notify_list rwsem", "chain"),
        ("oom_lock", "oom_lock", "oom_lock"),
        ("mm.lock of object 3", "mm.lock of an object", "listener"),
        ("&xfs_nondir_ilock_class", "xfs_nondir_ilock_class", "filesystem"),
        ("&sb->s_type->i_mutex_key#10", "sb->s_type->i_mutex_key#10", "filesystem"),
        ("cmm_lock", "cmm_lock", "listener"),
        ("&dev->mutex", "dev->mutex", "other"),
        ("free", "lock free", "other"),
        ("SIGKILL for a", "lock SIGKILL for a", "other"),
    ],
)
def test_a_class_of_lockdep_has_a_name_and_a_role(name: str, called: str, role: str) -> None:
    assert of_class(name) == called
    assert role_of(called) == role
