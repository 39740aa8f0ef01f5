"""Whole reports of the releases from 2.6.31 to 7.3, made up in their forms: who, how, and what
came of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from oomlab.logs import incidents as kinds
from oomlab.logs.read import read_log

SAMPLES = Path(__file__).parent / "samples"


class Report(NamedTuple):
    """What an OOM report says."""

    sample: str
    invoker: str
    path: str
    order: int
    mask: str
    victims: tuple[str, ...]
    rss_kb: int | None
    reaped: bool | None
    release: str
    group: str = ""
    rows: int = 0
    min_kb: int | None = None


REPORTS = (
    Report("2.6.32-pagefault", "mill1:4101", "page fault", 0, "0x0()", ("oar:3995",), None, None,
           "2.6.32-5-amd64", min_kb=84),
    Report("2.6.35-allocator", "tar:777", "allocator", 0,
           "0x201da(GFP_HIGHUSER_MOVABLE|__GFP_COLD)",
           ("crate:640",), 60120, None, "2.6.31-14-generic", min_kb=3660),
    Report("3.10-el7-memcg", "kiln:20111", "memory cgroup", 0, "0xd0(GFP_KERNEL)", ("kiln:20111",),
           260048, None, "3.10.0-1160.el7.x86_64", "/docker/77", 2),
    Report("4.4-i915", "weaver:2222", "allocator", 0, "0x24280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO)",
           ("weaver:2222",), 1200000, None, "4.4.0-21-generic", rows=1, min_kb=44700),
    Report("4.9-lockup", "CPU 0/KVM:901", "allocator", 0,
           "0x24280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO)", ("big (one) here:850",), 320000, True,
           "4.9.0-3-amd64", rows=1, min_kb=100),
    Report("4.13-deadlock", "loom:1500", "allocator", 0, "0x14200ca(GFP_HIGHUSER_MOVABLE)",
           ("hog:1499",), 280004, False, "4.13.0", rows=1, min_kb=44500),
    Report("4.18-el8-global", "runc:[2:INIT]:31000", "allocator", 2, "0x6000c0(GFP_KERNEL)",
           ("press:20001",), 2800000, True, "4.18.0-240.el8.x86_64", rows=2, min_kb=41000),
    Report("5.4-sysrq", "kworker/1:2:88", "SysRq", -1, "0xcc0(GFP_KERNEL)", ("<b>bold</b>:4444",),
           60, None, "5.4.0-26-generic", min_kb=41000),
    Report("5.15-memcg-group", "in:imjournal:30001", "memory cgroup", 0, "0xcc0(GFP_KERNEL)",
           ("in:imjournal:30001", "child:30002"), 80000, True, "5.15.0-91-generic", "/pen", 2),
    Report("6.1-kswapd", "kswapd0:41", "kswapd", 0, "0xcc0(GFP_KERNEL)", ("idle64:300",), 66048,
           None, "6.1.0-13-amd64", min_kb=6500),
    Report("7.1-panic", "systemd:1", "allocator", 0,
           "0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO|__GFP_COMP)", (), None, None, "7.1.2",
           min_kb=1600),
)  # fmt: skip


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.sample)
def test_an_oom_report_is_read_whole(report: Report) -> None:
    (found,) = read_log(SAMPLES / f"{report.sample}.log").ooms
    assert str(found.task) == report.invoker
    assert found.path == report.path
    assert (found.order, str(found.mask)) == (report.order, report.mask)
    assert tuple(str(victim.task) for victim in found.victims) == report.victims
    assert found.release == report.release
    assert (found.memcg, found.rows) == (report.group, report.rows)
    zones = found.memory.zones
    assert (zones[0].min_kb if zones else None) == report.min_kb
    if found.victim:
        reaped = found.victim.reaped
        assert found.victim.rss_kb == report.rss_kb
        assert (reaped.done if reaped else None) == report.reaped
    assert found.nobody == (not report.victims)


def of_kind(sample: str, kind: type[kinds.Incident]) -> list[kinds.Incident]:
    return [one for one in read_log(SAMPLES / f"{sample}.log").incidents if isinstance(one, kind)]


def test_every_line_of_a_sample_is_used_or_counted() -> None:
    for path in sorted(SAMPLES.glob("*.log")):
        counts = read_log(path).counts
        lines = path.read_bytes().count(b"\n")
        assert counts.read == lines and counts.used + counts.other == lines
        assert counts.other <= 10, f"{path.name}: {counts.sample}"


def test_what_the_purge_of_i915_freed_is_evidence_for_the_chain() -> None:
    log = read_log(SAMPLES / "4.4-i915.log")
    purge = log.incidents[0]
    assert isinstance(purge, kinds.NotifierLine)
    assert (purge.freed, purge.pinned, purge.left, purge.unit) == (488, 150208, 42, "pages")
    (seen,) = log.ooms[0].notifiers
    assert (seen.driver, seen.by, seen.line) == ("i915", "line", 1)


def test_a_question_mark_is_weaker_evidence_than_a_frame() -> None:
    text = (SAMPLES / "4.4-i915.log").read_text(encoding="utf-8").partition("page lists.\n")[2]
    for mark, by in (("? i915", "? frame"), ("i915", "sure frame")):
        (seen,) = read_log(text.replace("? i915", mark).encode()).ooms[0].notifiers
        assert (seen.driver, seen.by) == ("i915", by)


def test_a_hung_task_says_what_it_waits_for() -> None:
    rakes, worker = of_kind("6.12-rwsem", kinds.HungTask)
    assert isinstance(rakes, kinds.HungTask) and isinstance(worker, kinds.HungTask)
    assert rakes.blocked_on is not None and worker.blocked_on is not None
    assert str(rakes.blocked_on.owner) == "hoe 2:7002"
    assert (rakes.blocked_on.kind, rakes.blocked_on.mode, rakes.blocked_on.wants) == (
        "rw-semaphore",
        "reader",
        "writer",
    )
    assert worker.blocked_on.owner is None
    assert (rakes.state, rakes.seconds, rakes.release) == ("D", 122, "6.17.0-rc1")
    (owner,) = of_kind("6.12-rwsem", kinds.TaskShown)
    assert isinstance(owner, kinds.TaskShown)
    assert (str(owner.task), owner.reason, str(owner.waiter)) == (
        "hoe 2:7002",
        "owner",
        "rakes:7001",
    )
    assert [frame.function for frame in owner.frames] == ["__schedule", "msleep"]


def test_a_line_that_a_mail_wrapped_is_joined() -> None:
    (hung,) = of_kind("6.15-mutex", kinds.HungTask)
    assert isinstance(hung, kinds.HungTask) and hung.blocked_on is not None
    assert (str(hung.task), str(hung.blocked_on.owner)) == ("lathe:5:8100", "plane:8101")
    assert hung.frames[-1].module == "virtio_balloon"


def test_a_hung_worker_says_what_it_works_at() -> None:
    (hung,) = of_kind("4.9-lockup", kinds.HungTask)
    assert isinstance(hung, kinds.HungTask)
    assert hung.workqueue == "events_freezable update_balloon_size_func"
    assert not any(frame.sure for frame in hung.frames)


def test_both_generations_of_the_stall_warning() -> None:
    (old,) = of_kind("4.9-lockup", kinds.AllocationStall)
    (new,) = of_kind("7.3-stall", kinds.AllocationStall)
    assert isinstance(old, kinds.AllocationStall) and isinstance(new, kinds.AllocationStall)
    assert (str(old.task), old.for_us) == ("cooper:702", 11_009_000)
    assert (str(new.task), new.for_us, new.cpuset) == ("bash:400", 10_000_000, "/")
    assert new.memory.zones[0].boost_kb == 9000


def test_a_wait_for_the_disk_is_a_hang_too() -> None:
    waits = of_kind("7.3-stall", kinds.HungTask)
    assert [str(one.task) for one in waits if isinstance(one, kinds.HungTask)] == ["X:501", "A:500"]


def test_held_locks_in_the_old_form() -> None:
    found = [one for one in of_kind("4.13-deadlock", kinds.HeldLocks)]
    locks = {
        str(one.task): [(lock.name, lock.function) for lock in one.locks]
        for one in found
        if isinstance(one, kinds.HeldLocks)
    }
    assert locks["kworker/0:1:33"][1] == ("&vb->balloon_lock", "fill_balloon")
    assert [name for name, _ in locks["loom:1500"]] == [
        "oom_lock",
        "(oom_notify_list).rwsem",
        "&vb->balloon_lock",
    ]


def test_a_report_of_lockdep() -> None:
    (found,) = of_kind("6.12-lockdep", kinds.LockdepReport)
    assert isinstance(found, kinds.LockdepReport) and found.wanted is not None
    assert found.title == "possible circular locking dependency detected"
    assert (str(found.task), found.wanted.name) == ("kworker/0:2:60", "&vb->balloon_lock")
    assert [lock.name for lock in found.held] == ["oom_lock", "(oom_notify_list).rwsem"]
    assert [(step.number, step.name, len(step.frames)) for step in found.steps] == [
        (1, "(oom_notify_list).rwsem", 3),
        (0, "&vb->balloon_lock", 2),
    ]
    assert found.release == "6.12.0-rc7"


def test_requests_that_failed() -> None:
    found = of_kind("6.8-failures", kinds.AllocationFailure)
    said = [
        (one.what, one.task.comm, one.order, one.mask_text)
        for one in found
        if isinstance(one, kinds.AllocationFailure)
    ]
    assert said == [
        ("page allocation", "smelt", 4, "0x40dc0(GFP_KERNEL|__GFP_COMP|__GFP_ZERO)"),
        ("vmalloc", "glaze", 0, "0xcc2(GFP_KERNEL|__GFP_HIGHMEM)"),
        ("SLUB", "", None, "0x820(GFP_ATOMIC)"),
        ("unexpected mask", "warp", None, "0x2 (__GFP_HIGHMEM)"),
    ]
    first, vmalloc, slub, unexpected = found
    assert isinstance(first, kinds.AllocationFailure)
    assert (first.cpuset, first.mems_allowed) == ("user@1000.service", "0,4")
    assert first.memory.count("active_file") == 7
    assert isinstance(vmalloc, kinds.AllocationFailure) and vmalloc.bytes == 1 << 30
    assert isinstance(slub, kinds.AllocationFailure) and slub.cache == "kiln_cache(12:pen)"
    assert isinstance(unexpected, kinds.AllocationFailure)
    assert unexpected.fixed_text == "0x2cc0 (GFP_KERNEL|__GFP_NOWARN)"
    (owner,) = of_kind("6.8-failures", kinds.PageOwner)
    assert isinstance(owner, kinds.PageOwner) and str(owner.task) == "dyer:6010"


def test_a_panic_for_want_of_a_victim() -> None:
    (panic,) = of_kind("7.1-panic", kinds.Panic)
    assert isinstance(panic, kinds.Panic)
    assert panic.deadlocked and panic.text == "System is deadlocked on memory"


def test_what_other_detectors_and_drivers_say() -> None:
    found = read_log(SAMPLES / "detectors.log").incidents
    assert [one.kind for one in found] == [
        "workqueue-stall",
        "rcu-stall",
        "task",
        "lockup",
        *["notifier-line"] * 5,
    ]
    workers, rcu, _, lockup, puff, partial, *purges = found
    assert isinstance(workers, kinds.WorkqueueStall)
    assert (workers.seconds, workers.in_flight) == (47, ("33:update_balloon_size_func",))
    assert isinstance(rcu, kinds.RcuStall) and rcu.tasks[0].pid == 1500
    assert isinstance(lockup, kinds.Lockup) and str(lockup.task) == "a:b/c d:1501"
    assert (lockup.cpu, lockup.seconds, lockup.frames[0].function) == (1, 26, "mutex_spin_on_owner")
    assert isinstance(puff, kinds.NotifierLine) and puff.wanted == 1
    assert isinstance(partial, kinds.NotifierLine) and partial.driver == "hv_balloon"
    said = [(one.what, one.unit) for one in purges if isinstance(one, kinds.NotifierLine)]
    assert said == [("purge", "pages"), ("purge", "bytes"), ("purge failed", "")]


def test_reports_as_mails_and_old_kernels_break_them() -> None:
    log = read_log(SAMPLES / "mailed.log")
    dray, cart, wain = log.ooms
    assert (str(dray.task), dray.path, dray.memcg) == ("dray", "memory cgroup", "/barn")
    assert dray.victim is not None and dray.victim.reaped is not None
    assert (str(dray.victim.task), dray.victim.score) == ("dray:3876", 88)
    assert (str(cart.task), cart.path, cart.order) == ("cart:20049", "allocator", 0)
    assert (cart.nodemask, str(cart.mask)) == ("0", "0x24280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO)")
    assert [(one.driver, one.by) for one in cart.notifiers] == [("virtio_balloon", "? frame")]
    assert [frame.sure for frame in cart.frames] == [True, False, False, True]
    assert (str(wain.task), wain.path, wain.cpuset) == ("wain:16719", "page fault", "/")
    (stall,) = (one for one in log.incidents if isinstance(one, kinds.AllocationStall))
    assert (stall.task.comm, stall.for_us) == ("trow", 10_009_000)
    assert stall.mask_text == "0x14200ca(GFP_HIGHUSER_MOVABLE)"
    assert len(log.incidents) == 4, "a mail's subject is no record"


def test_a_report_with_places_in_the_source() -> None:
    log = read_log(SAMPLES / "6.17-syzbot.log")
    hung, owner, _, held = log.incidents
    assert isinstance(hung, kinds.HungTask) and isinstance(held, kinds.HeldLocks)
    assert [frame.function for frame in hung.frames][-2:] == ["quarry_lock", "quarry_ioctl"]
    assert isinstance(owner, kinds.TaskShown) and owner.state == "R"
    assert [(lock.name, lock.function) for lock in held.locks] == [
        ("&mm->mmap_lock", "vm_mmap_pgoff"),
        ("quarry_mutex", "quarry_ioctl"),
    ]
    assert hung.release == "6.17-rc1"


def test_a_victim_that_is_reaped_late_is_told_from_one_in_time() -> None:
    text = (SAMPLES / "4.9-lockup.log").read_text(encoding="utf-8")
    reaper = next(line for line in text.splitlines() if "oom_reaper" in line) + "\n"
    again = text.partition("[  131.")[0].replace(reaper, "")
    for log, before in ((again + reaper + again, True), (again + again + reaper, None)):
        first, second = read_log(log.encode()).ooms
        assert first.victim is not None and second.victim is not None
        reaped = first.victim.reaped
        assert (reaped.before_next if reaped else None) == before


def test_a_kill_without_its_report_is_a_record_of_its_own() -> None:
    text = (
        "[    1.000000] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,"
        "mems_allowed=0,oom_memcg=/a,b,task_memcg=/a,b/c,task=x,pid=7,y,pid=12,uid=3\n"
        "[    1.000001] Memory cgroup out of memory: Killed process 12 (x,pid=7,y) "
        "total-vm:1kB, anon-rss:2kB, file-rss:3kB, shmem-rss:4kB, UID:3 pgtables:5kB "
        "oom_score_adj:-6\n"
        "[    1.000002] oom_reaper: reaped process 12 (x,pid=7,y), now anon-rss:0kB\n"
    )
    (kill,) = read_log(text.encode()).incidents
    assert isinstance(kill, kinds.OrphanKill) and kill.victim.reaped is not None
    assert (str(kill.victim.task), kill.memcg) == ("x,pid=7,y:12", "/a,b")
    assert (kill.victim.rss_kb, kill.victim.uid, kill.victim.adj) == (9, 3, -6)


@pytest.mark.parametrize(
    ("comm", "line"),
    [
        ("npm start", "npm start invoked oom-killer: gfp_mask=0xcc0, order=0, oom_score_adj=0"),
        ("x invoked oom-k", "x invoked oom-k invoked oom-killer: gfp_mask=0x0, order=0, oom_adj=0"),
        ("a: b", "a: b: page allocation failure. order:0, mode:0x20"),
        ("init", "init: init invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0"),
    ],
)
def test_a_comm_may_look_like_anything(comm: str, line: str) -> None:
    (found,) = read_log(f"[    1.000000] {line}\n".encode()).incidents
    assert isinstance(found, kinds.AboutRequest) and found.task.comm == comm


def test_what_another_program_says_is_no_record() -> None:
    line = (
        "Sep  3 10:44:41 box watcher[7]: a invoked oom-killer: gfp_mask=0x0, order=0, oom_adj=0\n"
    )
    assert not read_log(line.encode()).incidents


def test_a_victim_that_is_reaped_after_the_next_call_says_so() -> None:
    text = (SAMPLES / "4.9-lockup.log").read_text(encoding="utf-8").partition("[  131.")[0]
    *report, reaper = text.splitlines(keepends=True)
    once = "".join(report)
    first, second = read_log((once + once.replace("850", "860") + reaper).encode()).ooms
    assert first.victim is not None and first.victim.reaped is not None
    assert not first.victim.reaped.before_next
    assert second.victim is not None and second.victim.reaped is None


TITLE = "x invoked oom-killer: gfp_mask={mask}, order={order}, oom_score_adj=0\n"


@pytest.mark.parametrize(
    ("mask", "order", "frames", "path"),
    [
        ("0xcc0", "-1", "", "SysRq"),
        ("0xd0", "0", " out_of_memory+0x1/0x2\n moom_callback+0x1/0x2\n", "SysRq"),
        ("0x0", "0", "", "page fault"),
        ("0xd0", "0", " ? mem_cgroup_out_of_memory+0x1/0x2\n", "memory cgroup"),
        ("0xd0", "0", " ? mem_cgroup_oom+0x1/0x2\n __alloc_pages+0x1/0x2\n", "allocator"),
        ("0x0", "0", " pagefault_out_of_memory+0x1/0x2\n", "page fault"),
        ("0xcc0", "0", "", "unknown"),
    ],
)
def test_the_path_follows_from_what_there_is(mask: str, order: str, frames: str, path: str) -> None:
    (oom,) = read_log((TITLE.format(mask=mask, order=order) + frames).encode()).ooms
    assert oom.path == path


def test_a_semaphore_has_a_last_holder_and_no_owner() -> None:
    text = (
        "INFO: task a:1 blocked for more than 120 seconds.\n"
        "INFO: task a:1 blocked on a semaphore likely last held by task b c:2\n"
    )
    (hung,) = read_log(text.encode()).incidents
    assert isinstance(hung, kinds.HungTask) and hung.blocked_on is not None
    assert (hung.blocked_on.mode, str(hung.blocked_on.owner)) == ("last holder", "b c:2")


def test_a_listing_in_the_old_form() -> None:
    text = (
        "[   10.000000] sysrq: SysRq : Show Blocked State\n"
        "[   10.000001]   task                        PC stack   pid father\n"
        "[   10.000002] sawyer pit      D ffff88003fc13240     0  1234      2 0x00000000\n"
        "[   10.000003]  ffff88003a000000 0000000000000046\n"
        "[   10.000004] Call Trace:\n"
        "[   10.000005]  [<ffffffff81700000>] mutex_lock+0x1/0x2\n"
        "[   10.000006] plane           D12345  1235      2 0x00000080\n"
        "[   10.000007] Call Trace:\n"
        "[   10.000008]  [<ffffffff81700000>] down_read+0x1/0x2\n"
    )
    shown = read_log(text.encode()).incidents
    said = [
        (str(one.task), one.state, [frame.function for frame in one.frames])
        for one in shown
        if isinstance(one, kinds.TaskShown)
    ]
    assert said == [
        ("sawyer pit:1234", "D", ["mutex_lock"]),
        ("plane:1235", "D", ["down_read"]),
    ]


def test_a_summary_without_cpusets_and_lines_that_were_wrapped() -> None:
    text = (
        "Jul 22 10:42:39 box kernel: mower invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), "
        "order=0, oom_score_adj=0\n"
        "Jul 22 10:42:40 box kernel:\n"
        "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),global_oom,task_memcg=/,task=scythe,"
        "pid=3035,uid=10\n"
        "Jul 22 10:42:40 box kernel: Out of memory: Killed process 3035\n"
        "(scythe) total-vm:1056800kB, anon-rss:8kB, file-rss:4kB,\n"
        "shmem-rss:0kB\n"
    )
    (oom,) = read_log(text.encode()).ooms
    assert (oom.path, oom.nodemask, oom.cpuset) == ("allocator", "(null)", "")
    assert [(str(one.task), one.rss_kb) for one in oom.victims] == [("scythe:3035", 12)]
    old = (
        "Nov 14 15:23:48 box kernel: [337631.991218] Out of memory: Kill\n"
        "process 19961 (rake) score 17 or sacrifice child\n"
        "Nov 14 15:23:48 box kernel: [337631.991237] Killed process 31357\n"
        "(hoe) total-vm:5400kB, anon-rss:252kB, file-rss:4kB, shmem-rss:0kB\n"
    )
    (kill,) = read_log(old.encode()).incidents
    assert isinstance(kill, kinds.OrphanKill)
    assert (str(kill.victim.task), kill.victim.score) == ("hoe:31357", 17)
