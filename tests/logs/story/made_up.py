"""Made-up sightings and reports, as the records of a log would give them."""

from __future__ import annotations

from collections.abc import Sequence

from oomlab.kernel.zone import Watermarks
from oomlab.kernel_release import KernelRelease
from oomlab.logs.incidents import ReportPath
from oomlab.logs.story.reports import LogReading, Notice, OomSeen, ZoneSeen
from oomlab.logs.story.seen import ListedLock, Owner, Sighting, StackFrame, Why

SECOND = 1_000_000
MUTEX = "__schedule schedule schedule_preempt_disabled __mutex_lock.isra.0 mutex_lock "
ALLOC = "__alloc_pages_slowpath __alloc_pages_nodemask "
CHAIN = "notifier_call_chain blocking_notifier_call_chain out_of_memory "
WRITES = "ext4_da_write_begin generic_perform_write ext4_file_write_iter vfs_write ksys_write"
FAULT = "alloc_pages_vma handle_mm_fault __do_page_fault page_fault"
NAP = "__schedule schedule schedule_timeout schedule_timeout_uninterruptible "
WORKER = "update_balloon_size_func process_one_work worker_thread kthread ret_from_fork"
INFLATES = (
    MUTEX + "do_try_to_free_pages try_to_free_pages " + ALLOC + "balloon_page_enqueue fill_balloon "
    + WORKER
)  # fmt: skip
DEFLATES = MUTEX + "leak_balloon virtballoon_oom_notify " + CHAIN + ALLOC


def frames(stack: str, first_line: int) -> tuple[StackFrame, ...]:
    """A stack, innermost first; `?name` is a frame that is not certain."""
    return tuple(
        StackFrame(name.lstrip("?"), first_line + number, not name.startswith("?"))
        for number, name in enumerate(stack.split())
    )


def seen(
    task: str,
    stack: str,
    line: int = 10,
    *,
    at_s: float = 243,
    why: Why = "hung task",
    owner: str = "",
    listed: Sequence[str] | None = None,
) -> Sighting:
    """A task in a record of the log; one that hangs has done so for 120 seconds."""
    at_us = round(at_s * SECOND)
    return Sighting(
        task,
        at_us,
        line,
        why,
        frames(stack, line + 1),
        at_us - 120 * SECOND if why == "hung task" else None,
        None if listed is None else tuple(ListedLock(n, "f", line + 40) for n in listed),
        Owner(owner, "owns", line + 30) if owner else None,
    )


def oom(
    line: int,
    at_s: float,
    *,
    task: str = "tar:400",
    victim: str = "leaky:500",
    path: ReportPath = "allocator",
    mask: int | None = 0xCC0,
    group: str = "",
    reaped_s: float | None = None,
    reaped: bool | None = None,
    zone: ZoneSeen | None = None,
    ram: int | None = None,
    may_kill: bool | None = None,
    stack: str = "dump_header oom_kill_process out_of_memory " + ALLOC + FAULT,
) -> OomSeen:
    """An OOM report with its kill, if there is a victim."""
    at_us = round(at_s * SECOND)
    sighting = Sighting(task, at_us, line, "OOM report", frames(stack, line + 2))
    text = "" if mask is None else f"{mask:#x}(GFP_KERNEL)"
    return OomSeen(
        task, at_us, line, path, mask, text, 0, group, victim, line + 30, 4000, reaped,
        None if reaped_s is None else round(reaped_s * SECOND), zone, ram, sighting,
        may_kill=may_kill, why="it lacks __GFP_FS",
    )  # fmt: skip


def zone(free: int, low: int = 100) -> ZoneSeen:
    """A zone with so many free pages; its marks are `low`, a quarter more, a half more."""
    return ZoneSeen("Normal", free, Watermarks(low, low + low // 4, low + low // 2), 65536)


def reading(
    *sightings: Sighting,
    ooms: Sequence[OomSeen] = (),
    notices: Sequence[Notice] = (),
    release: str | None = "4.13",
    ended_s: float = 400,
) -> LogReading:
    """A log in which this was seen."""
    return LogReading(
        KernelRelease.meant(release), release or "", "boot", "", round(ended_s * SECOND),
        sightings, tuple(ooms), tuple(notices),
    )  # fmt: skip
