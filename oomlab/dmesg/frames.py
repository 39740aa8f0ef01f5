"""The kernel's own names for the functions of a run, and the way by which each task came in.

A stack of a run has the names of the model's routines. Most are the kernel's; for what is ours (a
helper, the body of a task) one table says what a kernel shows in its place. The body of a task is
the `WayIn` by which such a task enters the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oomlab.dmesg.style import Since, Style
from oomlab.engine.trace.events import TaskInfo

_KTHREAD = (
    Since(4, 4, ("ret_from_fork", "kthread")),
    Since(6, 6, ("ret_from_fork_asm", "ret_from_fork", "kthread")),
)


def _syscall(name: str) -> tuple[Since, ...]:
    """Through a system call; 4.17 gave its function another name."""
    return (
        Since(4, 4, ("entry_SYSCALL_64_fastpath", f"SyS_{name}")),
        Since(4, 17, ("entry_SYSCALL_64_after_hwframe", "do_syscall_64", f"__x64_sys_{name}")),
    )


_FAULT = (
    Since(4, 4, ("page_fault", "do_page_fault", "__do_page_fault", "handle_mm_fault")),
    Since(5, 8, ("asm_exc_page_fault", "exc_page_fault", "do_user_addr_fault", "handle_mm_fault")),
)


@dataclass(frozen=True)
class WayIn:
    """How a task comes into the kernel: by `way`, outermost function first, and then through
    `frames`, down to what the routine calls. `outside`: it is no task of this kernel, but a device,
    a host or a person. `shown`: the kernel has a function of the routine's name. `work`: the worker
    runs this function.
    """

    way: tuple[Since, ...] = ()
    frames: tuple[str, ...] = ()
    outside: bool = False
    shown: bool = False
    work: str = ""

    @property
    def kernel_thread(self) -> bool:
        """Does it have no user side?"""
        return self.way is _KTHREAD


_WORKER = ("worker_thread", "process_one_work")
_OUTSIDE = WayIn(outside=True)
_TOUCHES = WayIn(_FAULT, ("__handle_mm_fault",))
_WRITE = _syscall("write")
_WRITES = WayIn(_WRITE, ("vfs_write", "generic_file_write_iter"))
_SLEEPS = WayIn(_syscall("nanosleep"), ("hrtimer_nanosleep", "do_nanosleep"))
_THREAD = WayIn(_KTHREAD, shown=True)
_IOCTL = WayIn(_syscall("ioctl"), ("drm_ioctl drm",))

ENTRIES: dict[str, WayIn] = {
    "allocate_with_struct_mutex": _IOCTL,
    "ask": _TOUCHES,
    "asker_thread": _THREAD,
    "ask_once": _TOUCHES,
    "change": _OUTSIDE,
    "client": _IOCTL,
    "cmm_mem_going_offline": WayIn(
        _WRITE,
        ("vfs_write", "state_store", "device_offline", "offline_pages", "notifier_call_chain"),
        shown=True,
    ),
    "die_slowly": WayIn(_syscall("exit_group"), ("do_group_exit", "do_exit", "mmput", "exit_mmap")),
    "driver_task": WayIn(_syscall("ioctl")),
    "fault_without_waiting": _TOUCHES,
    "filesystem_task": _WRITES,
    "give_back": _OUTSIDE,
    "gpu": _OUTSIDE,
    "growing_task": _TOUCHES,
    "hold": _WRITES,
    "hold_oom_lock": _SLEEPS,
    "holder_thread": _THREAD,
    "host": _OUTSIDE,
    "kill_by_hand": _OUTSIDE,
    "kswapd": WayIn(_KTHREAD, shown=True),
    "late_caller": WayIn(_KTHREAD, _WORKER),
    "load_module": WayIn(
        _syscall("finit_module"), ("load_module", "do_init_module", "do_one_initcall")
    ),
    "moom_callback": WayIn(_KTHREAD, _WORKER, shown=True, work="moom_callback"),
    "oom_reaper": WayIn(_KTHREAD, shown=True),
    "optional_task": _TOUCHES,
    "page_faulting_task": _TOUCHES,
    "pagefault_out_of_memory": WayIn((*_FAULT[:1], Since(5, 8, _FAULT[1].frames[:-1])), shown=True),
    "program": _TOUCHES,
    "rcu_gp_kthread": WayIn(_KTHREAD, shown=True),
    "register_oom_notifier": WayIn(_KTHREAD, (*_WORKER, "really_probe"), shown=True),
    "run": WayIn(_KTHREAD, ("oom_notifier_func",)),
    "run_when_made": WayIn(_KTHREAD, ("oom_notifier_func",)),
    "served_thread": _THREAD,
    "sleep_until_killed": _SLEEPS,
    "sleeping_process": _SLEEPS,
    "suspend": WayIn(_WRITE, ("vfs_write", "state_store", "pm_suspend")),
    "swapper": _OUTSIDE,
    "try_to_free_pages": _TOUCHES,
    "touching_process": _TOUCHES,
    "unregister_oom_notifier": WayIn(_syscall("delete_module"), shown=True),
    "update_balloon_size_func": WayIn(
        _KTHREAD, _WORKER, shown=True, work="update_balloon_size_func"
    ),
    "user_task": _TOUCHES,
}
"""By the outermost routine of a task."""

_UNKNOWN_WORKER = WayIn(_KTHREAD, _WORKER)
_UNKNOWN_THREAD = WayIn(_KTHREAD)
_UNKNOWN_TASK = WayIn(_syscall("ioctl"))


def entry_of(routine: str, task: TaskInfo) -> WayIn:
    """How a task with this outermost routine comes in; of one that is not listed, what is likely
    for a worker, a thread in the background, or a user's task."""
    usual = _UNKNOWN_TASK if task.foreground else _UNKNOWN_THREAD
    return ENTRIES.get(routine, _UNKNOWN_WORKER if task.is_worker else usual)


def _always(*frames: str) -> tuple[Since, ...]:
    return (Since(4, 4, frames),)


NOTHING = _always()

_SLOW_PATH = (
    Since(4, 4, ("__alloc_pages_slowpath",)),
    Since(5, 0, ("__alloc_pages_slowpath.constprop.0",)),
)
_ALLOCATOR = (
    Since(4, 4, ("__alloc_pages_nodemask",)),
    Since(5, 13, ("__alloc_pages",)),
    Since(6, 10, ("__alloc_pages_noprof",)),
    Since(6, 14, ("__alloc_frozen_pages_noprof",)),
)

SHOWN_AS: dict[str, tuple[Since, ...]] = {
    "_tell_suspend": NOTHING,
    "add_freed": NOTHING,
    "alloc_page": _ALLOCATOR,
    "alloc_pages_direct_reclaim": NOTHING,  # inlined
    "alloc_pages_may_oom": _always("__alloc_pages_may_oom"),
    "alloc_pages_slowpath": _SLOW_PATH,
    "allocate_then_lock": NOTHING,
    "ask_for_pages": NOTHING,
    "balloon_page_alloc": (
        Since(4, 4, ("balloon_page_enqueue",)),
        Since(4, 15, ("balloon_page_alloc",)),
    ),
    "blocking_notifier_call_chain": (
        Since(4, 4, ("blocking_notifier_call_chain", "__blocking_notifier_call_chain")),
        Since(5, 10, ("blocking_notifier_call_chain",)),
    ),
    "die_if_killed": _always("exit_to_usermode_loop"),
    "fatal_signal_pending": NOTHING,
    "is_off": NOTHING,
    "isolate_lru_pages": _always("shrink_node", "shrink_inactive_list"),
    "kmalloc": _always("__kmalloc"),
    "kthread_run": _always("kthread_create_on_node"),
    "lock_then_allocate": NOTHING,
    "notify_in_context": NOTHING,
    "out_of_puff": _always("msleep"),
    "quiesce": NOTHING,
    "register": NOTHING,
    "request_and_wait": NOTHING,
    "run": NOTHING,
    "should_reclaim_retry": NOTHING,  # inlined
    "take_pages": NOTHING,
    "try_to_free_pages": _always("try_to_free_pages", "do_try_to_free_pages"),
    "virtballoon_oom_notify": (
        Since(4, 4, ("virtballoon_oom_notify",)),
        Since(5, 7, ("virtio_balloon_oom_notify",)),
    ),
    "wait_event": NOTHING,
    "wait_event_timeout": NOTHING,
    "would_do": NOTHING,
}
"""What a kernel shows, outermost first, for a routine that is ours or has another name there."""

_MODULES = {
    "virtio_balloon": (
        "fill_balloon", "leak_balloon", "tell_host", "update_balloon_size",
        "update_balloon_size_func", "virtballoon_freeze", "virtballoon_oom_notify",
        "virtio_balloon_oom_notify", "virtio_balloon_shrinker_scan",
    ),
    "i915": (
        "i915_gem_object_get_pages", "i915_gem_object_put_pages", "i915_gem_object_unbind",
        "i915_gem_shrink_all", "i915_gem_shrinker_lock_uninterruptible", "i915_gem_shrinker_oom",
    ),
    "oomcheck": ("asker_thread", "holder_thread", "notify", "run_callback", "served_thread"),
    "cmm": ("cmm_free_pages", "cmm_mem_going_offline", "cmm_oom_notify"),
}  # fmt: skip
_MODULE_OF = {function: module for module, own in _MODULES.items() for function in own}


def kernel_frames(stack: Sequence[str], task: TaskInfo, style: Style) -> Iterator[str]:
    """A stack of a run as this release would have it, outermost function first."""
    entry = entry_of(stack[0], task)
    if entry.way:
        yield from style.chosen(entry.way)
    yield from entry.frames
    for depth, routine in enumerate(stack):
        if depth == 0 and not entry.shown and routine not in SHOWN_AS:
            continue
        for frame in style.chosen(SHOWN_AS.get(routine, _always(routine))):
            module = _MODULE_OF.get(frame)
            yield f"{frame} {module}" if module else frame
