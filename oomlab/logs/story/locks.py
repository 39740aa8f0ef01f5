"""The locks and answers that tasks of the book's stories wait for, and what they are called here.

A stack shows the function that asks for a lock, not the lock; lockdep shows its class. Both lead to
one name, which is the model's where the model has the lock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from oomlab.logs.story.functions import FILESYSTEMS, bare_name

LockRole = Literal["oom_lock", "chain", "listener", "filesystem", "met", "other", "answer"]
"""What a lock is in the circle of the book: `listener`: one that a callback of the chain takes;
`met`: some lock that reclaim ran into; `answer`: no lock, but somebody's answer."""

MET = "a lock met in reclaim"
"""What a lock is called of which only that is known."""


@dataclass(frozen=True, slots=True)
class KnownLock:
    """A lock with a name. `askers`: functions that ask for it (and for no other). `ends`: how its
    class ends in lockdep's lists. `source`: the file in which it is taken."""

    name: str
    role: LockRole
    askers: tuple[str, ...]
    ends: tuple[str, ...]
    source: str


OBJECT_LOCK = "mm.lock of an object"
"""What the lock of any graphics object is called: a stack does not show which object it is."""

LOCKS = (
    KnownLock(
        "balloon_lock",
        "listener",
        ("fill_balloon", "leak_balloon"),
        ("balloon_lock",),
        "drivers/virtio/virtio_balloon.c",
    ),
    KnownLock(
        "oom_lock",
        "oom_lock",
        (
            "__alloc_pages_may_oom",
            "mem_cgroup_out_of_memory",
            "moom_callback",
            "oom_killer_disable",
            "pagefault_out_of_memory",
        ),
        ("oom_lock",),
        "mm/oom_kill.c, since 4.2",
    ),
    KnownLock(
        "oom_notifier_lock",
        "oom_lock",
        ("try_oom_notifier",),
        ("oom_notifier_lock",),
        "the book's remedy before-oom-lock",
    ),
    KnownLock(
        "oom_notify_list rwsem",
        "chain",
        ("register_oom_notifier", "unregister_oom_notifier"),
        ("oom_notify_list).rwsem", "oom_notify_list rwsem"),
        "mm/oom_kill.c, kernel/notifier.c",
    ),
    KnownLock(
        OBJECT_LOCK,
        "listener",
        (
            "__i915_gem_object_get_pages",
            "__i915_gem_object_put_pages",
            "i915_gem_object_get_pages",
            "i915_gem_object_put_pages",
            "i915_gem_shrink",
            "i915_gem_shrink_all",
        ),
        ("mm.lock",),
        "drivers/gpu/drm/i915",
    ),
    KnownLock(
        "struct_mutex",
        "listener",
        ("i915_gem_shrinker_lock", "i915_gem_shrinker_lock_uninterruptible"),
        ("struct_mutex",),
        "drivers/gpu/drm/i915, to 5.3",
    ),
    KnownLock(
        "cmm_lock",
        "listener",
        ("cmm_alloc_pages", "cmm_free_pages", "cmm_mem_going_offline", "cmm_oom_notify"),
        ("cmm_lock",),
        "arch/s390/mm/cmm.c, arch/powerpc/platforms/pseries/cmm.c",
    ),
)
_BY_ASKER = {asker: lock for lock in LOCKS for asker in lock.askers}

_LISTENERS = ("mm.lock of object",)
"""How locks of listeners begin that the model numbers."""


@dataclass(frozen=True, slots=True)
class AwaitedAnswer:
    """What somebody sleeps for who waits for no lock: the queue, who alone answers, what that one
    gives."""

    queue: str
    by: str
    gives: str


ANSWERS = {
    "virtio_balloon": AwaitedAnswer("acked", "host", "its buffer back"),
    "i915": AwaitedAnswer("GPU idle", "gpu", "the end of its work"),
    "fence": AwaitedAnswer("a fence", "gpu", "the end of its work"),
    "rcu": AwaitedAnswer("oom_callback_wq", "rcu", "the end of a grace period"),
}
"""By the driver that waits (tell_host, i915_gem_shrinker_lock_uninterruptible, rcu_oom_notify)."""


_VFS = ("i_mutex", "i_rwsem", "s_umount", "s_vfs_rename", "sb_internal", "sb_writers", "s_type")
"""Parts of the classes of locks of the kernel's filesystem layer (fs/super.c, fs/inode.c)."""

THREAD_ANSWERS = "oom_notifier_response_queue"
"""Where one sleeps who has asked the thread of the RFC to walk the chain."""


FREE = "free"
KILLS = "SIGKILL for "
TAKEN = frozenset({FREE, THREAD_ANSWERS, *(answer.queue for answer in ANSWERS.values())})
"""Names that something else has in the trace of a log: the pages that are free, a kill, a queue."""


def asked_by(function: str) -> KnownLock | None:
    """The lock for which a function is known to ask."""
    return _BY_ASKER.get(bare_name(function))


def of_class(name: str) -> str:
    """What the lock of a lockdep class is called here."""
    inner = name.removeprefix("(").removesuffix(")") if name.count("(") == 1 else name
    bare = inner.removeprefix("&")
    for lock in LOCKS:
        if any(bare.endswith(end) or name.endswith(end) for end in lock.ends):
            return lock.name
    if bare.startswith(_LISTENERS):
        return OBJECT_LOCK
    found = bare if ").rwsem" not in name else name
    return f"lock {found}" if found in TAKEN or found.startswith(KILLS) else found


def role_of(name: str) -> LockRole:
    """The role of a lock by the name that it has here."""
    if name == MET:
        return "met"
    for lock in LOCKS:
        if name == lock.name or any(name.endswith(end) for end in lock.ends):
            return lock.role
    if name.startswith(_LISTENERS):
        return "listener"
    words = set(re.split(r"[^a-z0-9]+", name))
    if "filesystem" in words or name.startswith("a lock of ") or words & {"fs", *FILESYSTEMS}:
        return "filesystem"
    return "filesystem" if any(part in name for part in _VFS) else "other"
