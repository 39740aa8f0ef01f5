"""What a kernel function in a stack says about the task: one list of names and their meanings.

A frame is read by its plain name: what compilers add (`.isra.0`, `.constprop.0`, `.part.0`,
`.cold`) and the dot before a function on 64-bit PowerPC are dropped first. Where a function had
another name in another release, all names have the same meaning; `releases` says which was when.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

StackPlace = Literal[
    "chain", "listener", "balloon", "host", "out_of_memory", "allocator", "reclaim", "nap", "event",
    "lock", "poll", "filesystem", "fault", "group", "sysrq", "reaper", "kswapd", "thread",
    "registration", "exit",
]  # fmt: skip
"""Where a function is, see PLACES."""

PLACES: dict[StackPlace, str] = {
    "chain": "in the OOM notifier chain",
    "listener": "in a listener of the chain",
    "balloon": "in the balloon's driver",
    "host": "waits for the host",
    "out_of_memory": "in the OOM killer",
    "allocator": "asks the allocator for memory",
    "reclaim": "in reclaim",
    "nap": "sleeps for a while",
    "event": "waits for an event",
    "lock": "waits for a lock",
    "poll": "spins on a lock",
    "filesystem": "in a filesystem",
    "fault": "in a page fault",
    "group": "asks for a memory cgroup",
    "sysrq": "a person asked by SysRq",
    "reaper": "is the OOM reaper",
    "kswapd": "is kswapd",
    "thread": "is the thread that walks the chain for others",
    "registration": "enters a listener into the chain, or takes it out",
    "exit": "is exiting",
}
"""Each place in words."""

LockWay = Literal["", "mutex", "read", "write", "spin"]
"""How a function asks for a lock."""


@dataclass(frozen=True)
class FrameMeaning:
    """What a function stands for. `of`: the driver or filesystem it belongs to. `way`: how it asks
    for a lock. `model`: the name of the routine here, if the model has it. `releases`: when it had
    this name, where that changed. `source`: what that rests on."""

    place: StackPlace
    source: str
    of: str = ""
    way: LockWay = ""
    model: str = ""
    releases: str = ""


_OOM = "mm/oom_kill.c"
_ALLOC = "mm/page_alloc.c"
_BALLOON = "drivers/virtio/virtio_balloon.c"
_SYMBOLS = "symbols of Ubuntu's kernels 4.4 to 6.8 (DepSurf)"
_STACKS = "stacks in public reports"


def _all(
    names: str,
    place: StackPlace,
    source: str,
    of: str = "",
    *,
    way: LockWay = "",
    model: str = "",
    releases: str = "",
) -> dict[str, FrameMeaning]:
    """The same meaning for several names."""
    return dict.fromkeys(names.split(), FrameMeaning(place, source, of, way, model, releases))


FUNCTIONS: dict[str, FrameMeaning] = {
    **_all("blocking_notifier_call_chain __blocking_notifier_call_chain notifier_call_chain",
           "chain", "kernel/notifier.c; it is the OOM chain below out_of_memory only",
                   model="blocking_notifier_call_chain"),
    **_all("virtballoon_oom_notify virtio_balloon_oom_notify",
           "listener", f"{_BALLOON}; {_SYMBOLS}", "virtio_balloon",
                   model="virtballoon_oom_notify",
                   releases="virtballoon_ to 4.18, none 4.19 to 5.6, virtio_balloon_ since 5.7"),
    **_all("i915_gem_shrinker_oom",
           "listener", "drivers/gpu/drm/i915 (i915_gem_shrinker.c)", "i915",
                   model="i915_gem_shrinker_oom", releases="since 3.16"),
    **_all("cmm_oom_notify",
           "listener", "arch/s390/mm/cmm.c, arch/powerpc/platforms/pseries/cmm.c", "cmm",
                   model="cmm_oom_notify"),
    **_all("rcu_oom_notify",
           "listener", "kernel/rcu/tree_plugin.h", "rcu", model="rcu_oom_notify",
                   releases="3.7 to 4.19"),
    **_all("fill_balloon", "balloon", f"{_BALLOON}; {_SYMBOLS}", "virtio_balloon",
                                   model="fill_balloon"),
    **_all("leak_balloon", "balloon", f"{_BALLOON}; {_SYMBOLS}", "virtio_balloon",
                                   model="leak_balloon"),
    **_all("update_balloon_size_func virtballoon_migratepage virtballoon_migrate_page "
           "virtio_balloon_shrinker_scan",
           "balloon", _BALLOON, "virtio_balloon",
                   releases="the shrinker 4.19 to 5.6, and since 5.8 for free-page hints only"),
    **_all("tell_host", "host", f"{_BALLOON}; {_SYMBOLS}: never inlined", "virtio_balloon",
                                model="tell_host"),
    **_all("i915_gem_shrinker_lock_uninterruptible i915_gem_wait_for_idle intel_gt_wait_for_idle",
           "host", "drivers/gpu/drm/i915", "i915"),
    **_all("virtballoon_free_page_report", "host", f"{_BALLOON}, without balloon_lock",
           "virtio_balloon", releases="since 5.7"),
    **_all("dma_fence_default_wait dma_fence_wait_timeout dma_resv_wait_timeout i915_request_wait "
           "i915_gem_object_wait",
           "host", "drivers/dma-buf; drivers/gpu/drm/i915; of any graphics driver", "fence"),
    **_all("_rcu_barrier rcu_gp_kthread", "host", "kernel/rcu", "rcu"),
    **_all("i915_gem_shrink i915_gem_shrink_all i915_gem_object_get_pages "
           "__i915_gem_object_get_pages i915_gem_object_put_pages __i915_gem_object_put_pages "
           "i915_gem_object_unbind i915_gem_object_get_pages_gtt",
           "listener", "drivers/gpu/drm/i915; in the chain below i915_gem_shrinker_oom",
                   "i915 object"),
    **_all("cmm_free_pages cmm_alloc_pages cmm_mem_going_offline cmm_thread",
           "listener", "arch/s390/mm/cmm.c, arch/powerpc/platforms/pseries/cmm.c",
                   "cmm pages"),
    **_all("try_oom_notifier", "out_of_memory", "the book's remedy before-oom-lock"),
    **_all("out_of_memory oom_kill_process", "out_of_memory", _OOM, model="out_of_memory"),
    **_all("pagefault_out_of_memory",
           "fault", _OOM, model="pagefault_out_of_memory",
                   releases="asks nobody since 5.16"),
    **_all("mem_cgroup_out_of_memory mem_cgroup_oom_synchronize mem_cgroup_oom try_charge "
           "try_charge_memcg mem_cgroup_charge __mem_cgroup_charge mem_cgroup_try_charge",
           "group", "mm/memcontrol.c", model="mem_cgroup_out_of_memory"),
    **_all("moom_callback", "sysrq", "drivers/tty/sysrq.c", model="moom_callback"),
    **_all("__alloc_pages_nodemask __alloc_pages_internal __alloc_pages __alloc_pages_noprof "
           "__alloc_frozen_pages_noprof",
           "allocator", f"{_ALLOC}; {_STACKS}", model="alloc_page",
                   releases="_nodemask 2.6.31 to 5.12, __alloc_pages to 6.9, _noprof since 6.10, "
                            "_frozen_ beside it since 6.14"),
    **_all("__alloc_pages_slowpath",
           "allocator", f"{_ALLOC}; inlined in some builds ({_STACKS}, 4.8)",
                   model="alloc_pages_slowpath"),
    **_all("__alloc_pages_may_oom",
           "allocator", f"{_ALLOC}; inlined in most builds ({_STACKS})",
                   model="alloc_pages_may_oom"),
    **_all("__alloc_pages_direct_reclaim", "reclaim", f"{_ALLOC}; mostly inlined",
                                                   model="alloc_pages_direct_reclaim"),
    **_all("try_to_free_pages try_to_free_mem_cgroup_pages",
           "reclaim", "mm/vmscan.c", model="try_to_free_pages"),
    **_all("do_try_to_free_pages shrink_zones shrink_zone shrink_node shrink_node_memcg "
           "shrink_node_memcgs shrink_lruvec shrink_one shrink_many shrink_inactive_list "
           "shrink_page_list shrink_folio_list evict_folios do_shrink_slab shrink_slab "
           "shrink_slab_memcg",
           "reclaim", "mm/vmscan.c, mm/shrinker.c",
                   releases="_zone to 4.7, _node since; folio since 5.18"),
    **_all("schedule_timeout schedule_timeout_uninterruptible schedule_timeout_killable msleep "
           "congestion_wait wait_iff_congested io_schedule_timeout reclaim_throttle "
           "wait_for_completion_timeout wait_for_completion_io_timeout "
           "wait_for_completion_killable_timeout wait_for_completion_interruptible_timeout",
           "nap", f"kernel/time; mm/backing-dev.c ({_STACKS}); mm/vmscan.c",
                   releases="congestion_wait to 5.15, reclaim_throttle since 5.16"),
    **_all("wait_for_completion wait_for_completion_io wait_for_completion_killable "
           "wait_for_completion_interruptible wait_for_completion_state wait_for_common "
           "__wait_for_common do_wait_for_common",
           "event", f"kernel/sched/completion.c ({_STACKS}); it sleeps in schedule_timeout with "
                    "MAX_SCHEDULE_TIMEOUT, as if there were a limit",
                   releases="__wait_for_common since 5.7"),
    **_all("mutex_lock mutex_lock_killable mutex_lock_interruptible mutex_lock_nested "
           "mutex_lock_killable_nested mutex_lock_io __mutex_lock __mutex_lock_slowpath "
           "__mutex_lock_killable_slowpath __mutex_lock_killable __mutex_lock_common "
           "__ww_mutex_lock ww_mutex_lock",
           "lock", "kernel/locking/mutex.c", way="mutex",
                   releases="__mutex_lock since 4.11"),
    **_all("down_read down_read_nested down_read_killable __down_read __down_read_common "
           "rwsem_down_read_failed call_rwsem_down_read_failed rwsem_down_read_slowpath",
           "lock", f"kernel/locking; {_SYMBOLS}", way="read",
                   releases="_failed to 5.2, _slowpath since 5.3"),
    **_all("down_write down_write_nested down_write_killable __down_write __down_write_common "
           "rwsem_down_write_failed call_rwsem_down_write_failed rwsem_down_write_slowpath "
           "rwsem_down_write_failed_killable",
           "lock", f"kernel/locking; {_SYMBOLS}", way="write",
                   releases="_failed to 5.2, _slowpath since 5.3"),
    **_all("percpu_down_write", "lock", "kernel/locking/percpu-rwsem.c", way="write"),
    **_all("__percpu_down_read percpu_rwsem_wait",
           "lock", "kernel/locking/percpu-rwsem.c", way="read"),
    **_all("_raw_spin_lock _raw_spin_lock_irq _raw_spin_lock_irqsave _raw_spin_lock_bh "
           "queued_spin_lock_slowpath native_queued_spin_lock_slowpath do_raw_spin_lock",
           "poll", "kernel/locking", way="spin"),
    **_all("page_fault do_page_fault __do_page_fault exc_page_fault asm_exc_page_fault "
           "do_user_addr_fault handle_mm_fault __handle_mm_fault async_page_fault "
           "do_async_page_fault trace_do_page_fault do_translation_fault do_mem_abort",
           "fault", "arch/*/mm/fault.c, mm/memory.c",
                   releases="exc_page_fault since 5.8"),
    **_all("oom_reaper oom_reap_task oom_reap_task_mm", "reaper", _OOM, releases="4.6+"),
    **_all("kswapd balance_pgdat", "kswapd", "mm/vmscan.c"),
    **_all("oom_notifier_func", "thread", "the RFC of the book"),
    **_all("unregister_oom_notifier register_oom_notifier", "registration", _OOM),
    **_all("blocking_notifier_chain_register blocking_notifier_chain_unregister "
           "__blocking_notifier_chain_register",
           "registration", "kernel/notifier.c; of any chain"),
    **_all("do_exit do_group_exit mmput exit_mm exit_mmap",
           "exit", "kernel/exit.c, mm/mmap.c"),
    **_all("vfs_write __vfs_write vfs_read __vfs_read vfs_fsync_range vfs_unlink vfs_rename "
           "vfs_create vfs_mkdir do_writepages writepages generic_file_write_iter "
           "generic_perform_write path_openat lookup_slow walk_component do_filp_open iterate_dir "
           "do_unlinkat filename_create super_cache_scan prune_icache_sb prune_dcache_sb "
           "dispose_list evict iput iget_locked wb_writeback __writeback_single_inode "
           "writeback_sb_inodes __sb_start_write sb_start_write",
           "filesystem", "fs/", "vfs"),
}  # fmt: skip
"""By plain name."""

FILESYSTEMS = {
    "ext2": "ext2", "ext4": "ext4", "jbd2": "ext4", "xfs": "xfs", "btrfs": "btrfs", "f2fs": "f2fs",
    "nfs": "nfs", "nfs3": "nfs", "nfs4": "nfs", "nfsd": "nfsd", "fuse": "fuse", "cifs": "cifs",
    "smb2": "cifs", "ceph": "ceph", "gfs2": "gfs2", "ocfs2": "ocfs2", "ovl": "overlayfs",
    "ubifs": "ubifs", "reiserfs": "reiserfs", "nilfs": "nilfs2", "erofs": "erofs", "fat": "fat",
    "ntfs": "ntfs", "ntfs3": "ntfs3", "zfs": "zfs", "zpl": "zfs", "bcachefs": "bcachefs",
    "bch2": "bcachefs", "jfs": "jfs", "squashfs": "squashfs", "v9fs": "9p", "afs": "afs",
}  # fmt: skip
"""By what the names of a filesystem's functions begin with, up to the first `_` (fs/*)."""

_ADDED = re.compile(r"\.(?:isra|constprop|part|cold|llvm)(?:\.[0-9]+)*")


_MODEL = {what.model: what for what in FUNCTIONS.values() if what.model}
"""The same by the names that the model has for them."""


def bare_name(function: str) -> str:
    """A function's name without what a compiler, or PowerPC, has added."""
    return _ADDED.sub("", function.lstrip("."))


@lru_cache(maxsize=4096)
def frame_meaning(function: str) -> FrameMeaning | None:
    """What a function of a stack stands for; None for one that says nothing here."""
    name = bare_name(function)
    found = FUNCTIONS.get(name) or _MODEL.get(name)
    if found is not None:
        return found
    if name.endswith("_oom_notify"):
        driver = name.removesuffix("_oom_notify")
        return FrameMeaning("listener", "a callback is called so by custom", driver)
    family = FILESYSTEMS.get(name.lstrip("_").partition("_")[0])
    return FrameMeaning("filesystem", "fs/", family) if family else None
