"""What must hold of one kernel routine by itself, without an engine."""

from __future__ import annotations

from oomlab.engine.model import Layout
from oomlab.engine.ops import FREE, Routine, RwSemaphore, Slot, down_read, log, outcomes, put
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.memcontrol import mem_cgroup_oom_synchronize
from oomlab.kernel.notifier import NotifierBlock, add_freed, blocking_notifier_call_chain
from oomlab.kernel.oom_kill import out_of_memory
from oomlab.kernel.oom_reaper import oom_reap_task
from oomlab.kernel.page_alloc import alloc_page, alloc_pages, alloc_pages_may_oom
from oomlab.kernel.page_alloc_retry import should_reclaim_retry
from oomlab.kernel.process import MemCgroup, ProcessTraits
from oomlab.kernel.releases import KERNEL_4_14
from oomlab.kernel.sysrq import moom_callback
from oomlab.kernel.task import Task, TaskTraits
from oomlab.kernel.vmscan import try_to_free_pages
from oomlab.kernel.zone import (
    ALLOC_HARDER,
    ALLOC_HIGH,
    ALLOC_OOM,
    ALLOC_WMARK_MIN,
    Watermarks,
    ZoneDetails,
    watermark,
)
from oomlab.listeners.i915_gem_shrinker import I915, ObjectTraits
from oomlab.listeners.rcu_tree_plugin import RcuTreePlugin
from oomlab.listeners.s390_cmm import S390Cmm
from oomlab.listeners.virtio_balloon import fill_balloon, leak_balloon
from tests.kernel.solo import MARKS, Solo, machine, solo, spawn
from tests.listeners.test_virtio_balloon import Balloon

SOMEBODY = 99
"""A task outside the model that holds a lock."""


def a_request_that_may_fail_polls_while_oom_lock_is_held() -> None:
    """No test of what the request permits comes before the attempt to get oom_lock."""
    on = machine()
    task = spawn(on)
    routine = alloc_page(on, task, flags.GFP_KERNEL | flags.RETRY_MAYFAIL)
    assert solo(on, task, routine, given={on.oom_lock: SOMEBODY}).ending == "for ever"


def the_last_attempt_is_made_at_the_high_mark() -> None:
    """As many pages as the high mark says are not enough to call a kill off."""
    on = machine(MARKS.high)
    task = spawn(on, process=on.process("victim", 1))
    run = solo(on, task, alloc_pages_may_oom(on, task, flags.GFP_KERNEL, 0))
    assert "5 (OOM)" in run.steps


def marks_are_halved_and_quartered() -> None:
    """The marks of a zone whose min mark is 100 pages."""
    tried = (0, ALLOC_HARDER, ALLOC_HIGH, ALLOC_HIGH | ALLOC_HARDER, ALLOC_OOM)
    marks = [watermark(Watermarks(100, 125, 150), f) for f in tried]
    assert marks == [100, 75, 50, 38, 50]


def reclaim_is_tried_again_sixteen_times() -> None:
    """As long as there is hope; the seventeenth time the OOM killer is asked."""
    on = machine(reclaimable=100)
    task = spawn(on)
    again = [
        solo(
            on, task, should_reclaim_retry(on, task, flags.GFP_KERNEL, 0, ALLOC_WMARK_MIN, False, i)
        ).result
        for i in (1, 16, 17)
    ]
    assert again == [True, True, False]


def a_victim_gets_half_of_the_min_mark_since_4_14() -> None:
    """With half of the min mark free and no more, a victim gets no page."""
    on = machine(MARKS.min // 2, kernel=KERNEL_4_14)
    process = on.process("victim", 1)
    task = spawn(on, process=process)
    given: dict[Slot, object] = {process.sigkill: 1, process.memdie: 1, process.mm: "victim"}
    assert solo(on, task, alloc_page(on, task, flags.GFP_KERNEL), given=given).result is False


def a_costly_request_fails_before_it_asks_anybody() -> None:
    """A block of order 4 is worth one round of reclaim and compaction, no more."""
    on = machine(details=ZoneDetails(largest_order=0))
    task = spawn(on, process=on.process("asks", 1))
    run = solo(on, task, alloc_pages(on, task, flags.GFP_KERNEL, 4))
    assert run.result is False
    assert "18" not in run.steps


def reclaim_without_fs_takes_no_filesystem_lock() -> None:
    """A GFP_NOFS request may be made by whoever holds that lock."""
    on = machine()
    fs_lock = on.layout.mutex("fs_lock")
    task = spawn(on, traits=TaskTraits(reclaim_meets=(fs_lock,)))
    run = solo(on, task, try_to_free_pages(on, task, flags.GFP_NOFS), given={fs_lock: SOMEBODY})
    assert run.ending == "returned"


def asked(on: Machine) -> list[str]:
    """Add a listener; the list is told when it is called."""
    calls: list[str] = []

    def callback(current: Task, freed: Slot) -> Routine:
        calls.append(current.name)
        yield log("asked")

    on.oom_notify_list.register(NotifierBlock("listener", callback))
    return calls


def killed(run: Solo) -> list[str]:
    """Who was sent SIGKILL."""
    named = [op.slots[0].name for op, _ in run.ops if op.kind == "write"]
    return [name for name in named if name.startswith("SIGKILL")]


def a_memory_cgroup_asks_no_listener() -> None:
    """It only kills inside the group."""
    on = machine()
    memcg = MemCgroup.declare(on.layout, "group")
    task = spawn(on, process=on.process("member", 5, ProcessTraits(memcg=memcg)))
    calls = asked(on)
    run = solo(on, task, mem_cgroup_oom_synchronize(on, task, memcg))
    assert killed(run) == ["SIGKILL for member"]
    assert not calls


def a_request_without_fs_kills_nobody() -> None:
    """It asks the listeners all the same."""
    on = machine()
    task = spawn(on, process=on.process("writer", 5))
    calls = asked(on)
    run = solo(on, task, out_of_memory(on, task, flags.GFP_NOFS))
    assert run.result is True
    assert calls
    assert not killed(run)


def there_is_one_victim_at_a_time() -> None:
    """While an earlier victim has its memory, nobody else is chosen."""
    on = machine()
    first, second = on.process("first", 50), on.process("second", 60)
    task = spawn(on, process=second)
    given: dict[Slot, object] = {first.sigkill: 1, first.memdie: 1, first.mm: "victim"}
    run = solo(on, task, out_of_memory(on, task, flags.GFP_KERNEL), given=given)
    assert run.result is True
    assert not killed(run)


def the_reaper_gives_up_after_ten_attempts() -> None:
    """Then the killer may look elsewhere."""
    on = machine()
    victim = on.process("victim", 70, mmap_sem=True)
    assert victim.mmap_sem is not None
    task = spawn(on, "oom_reaper")
    given: dict[Slot, object] = {
        victim.mmap_sem: RwSemaphore((), SOMEBODY),
        victim.mm: "victim",
    }
    run = solo(on, task, oom_reap_task(on, victim), given=given)
    assert run.kinds().count("down_read_trylock") == 10
    assert run.state[victim.mm.index] == "skip"


def sysrq_waits_for_oom_lock() -> None:
    """And so it waits for ever where a callback is stuck."""
    on = machine()
    task = spawn(on, "sysrq")
    run = solo(on, task, moom_callback(on, task), given={on.oom_lock: SOMEBODY})
    assert run.ending == "blocked"


def every_listener_is_asked_the_most_important_first() -> None:
    """Whatever the earlier ones gave; afterwards nobody is left in the chain."""
    on = machine()

    def listener(name: str, priority: int) -> NotifierBlock:
        def callback(current: Task, freed: Slot) -> Routine:
            yield log(name)
            yield from add_freed(freed, 5)

        return NotifierBlock(name, callback, priority)

    for name, priority in (("first of 0", 0), ("the one of 80", 80), ("second of 0", 0)):
        on.oom_notify_list.register(listener(name, priority))
    task = spawn(on)
    run = solo(on, task, blocking_notifier_call_chain(on.oom_notify_list, task, task.freed))
    assert run.said() == ["the one of 80", "first of 0", "second of 0"]
    assert run.state[task.freed.index] == 15
    assert run.state[on.oom_notify_list.rwsem.index] == RwSemaphore()


def a_batch_has_256_pages_at_most() -> None:
    """The array has room for as many."""
    balloon = Balloon(pages=999)
    assert balloon.do(leak_balloon(balloon.vb, balloon.task, 999)).result == 256
    balloon = Balloon(pages=0)
    assert balloon.do(fill_balloon(balloon.vb, balloon.task, 999)).result == 256
    assert [told["balloon"] for told in balloon.told_while] == [256]


def pages_come_back_after_the_host_has_been_told() -> None:
    """While the host is told, they are neither in the balloon nor free."""
    balloon = Balloon(pages=5, free=0)
    balloon.do(leak_balloon(balloon.vb, balloon.task, 5))
    told = {"free": 0, "balloon": 0, "leaving": 5, "lock": balloon.task.index}
    assert balloon.told_while == [told]


def the_s390_callback_stops_the_taking() -> None:
    """Otherwise its thread would take the pages again."""
    on = machine()
    cmm = S390Cmm.init(on, pages=5, target=3)
    task = spawn(on)
    run = solo(on, task, cmm.cmm_oom_notify(task, task.freed))
    assert run.state[cmm.target.index] == 0


def the_rcu_callback_waits_for_its_last_round() -> None:
    """Its heads are posted once at a time."""
    on = machine()
    rcu = RcuTreePlugin.register(on)
    task = spawn(on)
    routine = rcu.rcu_oom_notify(task, task.freed)
    assert solo(on, task, routine, given={rcu.oom_callback_count: 1}).ending == "blocked"


def the_graphics_callback_lets_go_of_struct_mutex() -> None:
    """It had it from nobody, so it gives it back."""
    on = machine()
    i915 = I915.init(on)
    i915.add_object(40, ObjectTraits())
    task = spawn(on)
    run = solo(on, task, i915.i915_gem_shrinker_oom(task, task.freed))
    assert run.state[task.freed.index] == 40
    assert run.state[i915.struct_mutex.index] == FREE


def a_queued_writer_holds_up_later_readers() -> None:
    """This is how a stuck walk and a registration together stop a second walk."""
    layout = Layout()
    rwsem = layout.rwsem("rwsem")
    queued = put(layout.initial, rwsem, RwSemaphore((1,), FREE, (2,)))
    assert not outcomes(queued, 3, down_read(rwsem))
