"""From what a guest is told to the settings of the scenario `witness`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from oomlab.errors import ModelError
from oomlab.kernel_release import KernelRelease

OFFLOAD_MS = 5000
"""The RFC's time limit, in milliseconds."""

PAGES_PER_MB = 256

RECLAIM_US = 3000
"""One fruitless round of reclaim in the guests, in microseconds: with it the model's tasks that
poll are stalled for about as much of the time as those of the stored runs (our choice)."""

EXIT_US_PER_MB = 400
"""From the kill until a victim's memory is free in the guests, at most, in microseconds for each
MB: what the control shows on 6.1 and 6.12 (our choice)."""

HUNG_S = 10
"""The guests' hung-task limit, in seconds, and how often the detector looks."""

VICTIM_MB = 64
"""A victim's size, unless the case says otherwise."""

OOM_RETURN_US = 16_000
"""The longest way from releasing oom_lock to the next try there, in microseconds (our choice): now
and then the first victim is gone by then, so that nobody else is killed."""

LIST_PAGES = 2048
"""Pages in the guests' per-CPU lists when the first OOM comes, where lists follow the load: more
than 512 come back there, and fewer than 4,096 (our choice)."""

SAME = frozenset(
    {"callback", "idle", "holder", "mask", "pages", "sleep_ms", "rounds", "served_pages", "victims"}
)
"""What is called alike."""

_Told = Mapping[str, int | str]


def _seconds(milliseconds: int | str) -> float:
    return int(milliseconds) / 1000


TRANSLATED: dict[str, Callable[[int | str], dict[str, int | float | str]]] = {
    "victim_mb": lambda mb: {"victim_pages": int(mb) * PAGES_PER_MB},
    "giveback_ms": lambda ms: {"give_back_s": _seconds(ms), "give_back_pages": RESERVE_PAGES},
    "offload_ms": lambda ms: {"timeout_s": _seconds(ms)},
    "kill_asking": lambda asking: {"oom_kill_allocating_task": int(asking)},
    "sysrq_s": lambda s: {"sysrq": 1, "rescue_s": float(s)},
    "memcg_s": lambda s: {"memcg_oom": 1, "rescue_s": float(s)},
    "fault_s": lambda s: {
        "bystanders": 1,
        "bystander_s": float(s),
        "bystander_touches": FAULT_PAGES,
    },
    "min_ttl_ms": lambda _: {"min_ttl": 1},
    "hog": lambda hog: {
        "bystanders": int(hog),
        "bystander_pages": HOG_PAGES,
        "bystander_touches": 0,
    },
    "watch_s": lambda _: {},
    "suspend_s": lambda s: {"suspend": 1, "rescue_s": float(s)},
}
"""What is called otherwise, or takes several settings. How long a guest is watched is none."""

BOOT: dict[str, dict[str, int | float | str]] = {
    "sysctl.vm.watermark_boost_factor=0": {},  # it begins without a boost
    "sysctl.vm.percpu_pagelist_high_fraction=1000": {"fixed_lists": 1},
    "no_console_suspend": {},
}
"""Words for the kernel's own command line, but for those that go on to a guest's program."""

FAULT_PAGES = 4096
"""What the process touches that comes later: 16 MB."""

HOG_PAGES = 49_152
"""What a process that takes all memory has in the end: more than any victim (our choice)."""

RESERVE_PAGES = 8192
"""What the module gives back if it is not told how much (its `reserve_pages`)."""


def settings_of(
    module: _Told, guest: Mapping[str, int], boot: tuple[str, ...], kernel: KernelRelease
) -> dict[str, int | float | str | KernelRelease]:
    """The settings of `witness` for the arguments of module, init and `kernel`.

    Raises ModelError for an argument that is not known here.
    """
    exit_us = EXIT_US_PER_MB * guest.get("victim_mb", VICTIM_MB)
    found: dict[str, int | float | str | KernelRelease] = {
        "hung_task_s": HUNG_S,
        "kernel": kernel,
        "reclaim_us": RECLAIM_US,
        "exit_us": exit_us,
        "reap_us": exit_us,
        "oom_return_us": OOM_RETURN_US,
        "list_pages": LIST_PAGES,
    }
    for name, value in {**guest, **module}.items():
        if name in SAME:
            found[name] = value
        elif name in TRANSLATED:
            found.update(TRANSLATED[name](value))
        else:
            raise ModelError(f"the scenario witness has nothing for {name}={value}")
    for word in boot:
        name, _, told = word.partition("=")
        if name in TRANSLATED:
            found.update(TRANSLATED[name](told))
            continue
        if word not in BOOT:
            raise ModelError(f"the scenario witness has nothing for {word}")
        found.update(BOOT[word])
    return found
