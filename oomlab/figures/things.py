"""One face for one thing: colour and pattern of a lock are the same in every picture and in the
text. Nothing else may have the colour of a lock; a test looks for that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from oomlab.figures.style import LOCK_STYLES, lock_style
from oomlab.listings import LISTINGS

STYLES: Mapping[str, str] = {
    "oom_lock": "lock0",
    "balloon_lock": "lock1",
    "struct_mutex": "lock1",
    "pseries cmm_lock": "lock1",
    "fs_lock": "lock2",
    "fs_lock 2": "lock2",
    "mm.lock of object 0": "lock2",
    "driver_lock": "lock2",
    "oom_notify_list rwsem": "lock3",
    "oom_notifier_lock": "lock4",
    "oom_notifier_mutex": "lock4",
    "fs_reclaim": "lock5",
}
"""The style of each lock that the book tells of. Two share one only if no picture of a scenario as
it is declared shows both."""


def styles_of(names: Iterable[str]) -> dict[str, str]:
    """The style of each of the locks of one picture: that of the book or, for a lock of a reader's
    own model and for one whose style an earlier lock of the picture has, the next free one."""
    wanted = list(dict.fromkeys(names))
    found: dict[str, str] = {}
    for name in wanted:
        if name in STYLES and STYLES[name] not in found.values():
            found[name] = STYLES[name]
    free = [lock_style(i) for i in range(LOCK_STYLES) if lock_style(i) not in found.values()]
    rest = [name for name in wanted if name not in found]
    spare = free or [lock_style(i) for i in range(LOCK_STYLES)]
    found.update({name: spare[i % len(spare)] for i, name in enumerate(rest)})
    return found


TASKS = frozenset(
    (
        "fs_task",
        "hog",
        "fault_task",
        "nofs_task",
        "optional_task",
        "balloon_worker",
        "driver_task",
        "gpu_client",
        "offline",
        "sysrq_f",
        "oom_reaper",
        "oom_notifier",
        "kswapd",
        "host",
        "rcu",
        "gpu",
    )
)
"""The tasks of the book; one of several alike has a number behind its name."""


def face_of(name: str) -> str:
    """How `name`, standing alone as code in the text, is marked there: the style of a lock, "task"
    for a task, "code" for a routine that the stage shows line by line; "" for all else."""
    if name in STYLES:
        return STYLES[name]
    if name.rstrip("0123456789") in TASKS:
        return "task"
    return "code" if name.removesuffix("()") in LISTINGS else ""
