"""The five that register an OOM notifier in Linux 4.13, as a reviewer would list them.

What a callback takes, waits for and asks for is not only said here: a run shows it, and the tests
hold the two against each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.registry import Registry

Safety = Literal["safe", "conditional", "unsafe"]
"""`safe`: it cannot lead back into the allocator. `conditional`: not by itself, but with something
else that the driver does. `unsafe`: it can."""


@dataclass(frozen=True)
class Demonstration:
    """A timed run of the released kernel that shows something: a scenario, settings, its verdict,
    and in words what that means."""

    scenario: str
    settings: dict[str, int]
    verdict: str
    shows: str


@brief
@dataclass(frozen=True)
class Registrant:
    """One listener.

    `callback`: the function that the chain calls. `config`: the build option. `locks`: what the
    callback takes. `waits`: what it may sleep on or spin for beside these. `direct`: how it asks
    for memory that may block, empty if it never does. `indirect`: which of its locks is held by
    somebody who asks for memory, empty if none. `unit`: what it counts as freed.
    """

    name: str
    source: str
    callback: str
    config: str
    priority: int
    locks: tuple[str, ...]
    waits: str
    direct: str
    indirect: str
    unit: str
    safety: Safety
    why: str
    evidence: tuple[Demonstration, ...] = field(default=())

    @property
    def endless(self) -> bool:
        """May it wait without a limit of its own?"""
        return "without a limit" in self.waits


REGISTRANTS: Registry[str, Registrant] = Registry(
    "listener",
    (
        Registrant(
            "virtio_balloon",
            "drivers/virtio/virtio_balloon.c",
            "virtballoon_oom_notify",
            "CONFIG_VIRTIO_BALLOON",
            80,
            ("balloon_lock",),
            "the host's answer, without a limit",
            "on virtio-ccw: the size is written with GFP_DMA and GFP_KERNEL",
            "balloon_lock is held across every allocation of an inflation",
            "balloon pages of 4 KiB, whatever the size of a page is",
            "unsafe",
            "two roads lead back into the allocator, and the host may never answer",
            (
                Demonstration(
                    "five-listeners", {"listeners": 5}, "completed", "by itself it works"
                ),
                Demonstration(
                    "h1-two-task-cycle", {}, "deadlock", "its lock is held by an allocator"
                ),
                Demonstration("h3b-ccw-config-write", {}, "livelock", "it allocates, on s390"),
                Demonstration("h5-host-never-answers", {}, "deadlock", "it waits for the host"),
            ),
        ),
        Registrant(
            "rcu",
            "kernel/rcu/tree_plugin.h",
            "rcu_oom_notify",
            "CONFIG_RCU_FAST_NO_HZ",
            0,
            (),
            "the RCU callbacks of the OOM event before, without a limit",
            "",
            "",
            "nothing: it frees no page itself",
            "safe",
            "it asks for no memory and takes no lock; but its wait has no limit, and it must not "
            "run twice at once",
            (
                Demonstration(
                    "five-listeners", {"listeners": 1}, "recovered", "the first never waits"
                ),
                Demonstration("h5-rcu-previous-round", {}, "deadlock", "a reader never leaves"),
                Demonstration(
                    "h5-rcu-previous-round", {"reader_stays": 0}, "recovered", "all readers leave"
                ),
            ),
        ),
        Registrant(
            "pseries_cmm",
            "arch/powerpc/platforms/pseries/cmm.c",
            "cmm_oom_notify",
            "CONFIG_CMM (pseries)",
            0,
            ("pseries cmm_lock",),
            "nothing",
            "",
            "while memory is taken offline, its spinlock is held across an allocation",
            "pages of the kernel's size",
            "conditional",
            "a spinlock, no sleep, no allocation; but another routine of the driver allocates with "
            "that spinlock held",
            (
                Demonstration(
                    "five-listeners", {"listeners": 2}, "completed", "by itself it works"
                ),
                Demonstration("h7-pseries-hotplug", {}, "deadlock", "memory is taken offline"),
                Demonstration("h7-pseries-hotplug", {"hot_remove": 0}, "completed", "it is not"),
            ),
        ),
        Registrant(
            "s390_cmm",
            "arch/s390/mm/cmm.c",
            "cmm_oom_notify",
            "CONFIG_CMM (s390)",
            0,
            ("s390 cmm_lock",),
            "nothing",
            "",
            "",
            "pages of the kernel's size",
            "safe",
            "a spinlock that is never held across anything",
            (Demonstration("five-listeners", {"listeners": 3}, "completed", "it works"),),
        ),
        Registrant(
            "i915",
            "drivers/gpu/drm/i915/i915_gem_shrinker.c",
            "i915_gem_shrinker_oom",
            "CONFIG_DRM_I915",
            0,
            ("struct_mutex", "mm.lock of object 0"),
            "the GPU, without a limit; struct_mutex, for 5 s",
            "the array of an object's fences, and a bitmap on old chipsets, with GFP_KERNEL",
            "an object's mm.lock is held across GFP_KERNEL allocations",
            "pages of the graphics objects that it drops",
            "unsafe",
            "it allocates, it takes a mutex that allocators hold, and it waits for the GPU",
            (
                Demonstration(
                    "five-listeners", {"listeners": 4}, "completed", "by itself it works"
                ),
                Demonstration("h3c-i915-fence-array", {}, "livelock", "it allocates an array"),
                Demonstration("h3d-i915-bit17", {}, "livelock", "it allocates a bitmap"),
                Demonstration(
                    "h4-i915-object-lock", {}, "deadlock", "its lock is held by an allocator"
                ),
                Demonstration("h5-gpu-never-idles", {}, "deadlock", "it waits for the GPU"),
            ),
        ),
    ),
)
"""By the name under which each is in the model's chain, in the order in which a walk that had all
five would call them."""


def find_registrant(name: str) -> Registrant:
    """The listener called `name`. Raises InputError naming all five."""
    return REGISTRANTS.find(name)


def summary_markdown() -> str:
    """The five in a table: what can go wrong with each, in yes and no, and the judgement."""
    rows = [
        "| Listener | Judgement | Waits without a limit | Asks for memory | Its lock is held by "
        "one who asks | Priority |",
        "|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {r.name} | **{r.safety}** | {_yes(r.endless)} | {_yes(bool(r.direct))} "
        f"| {_yes(bool(r.indirect))} | {r.priority} |"
        for r in REGISTRANTS.values()
    ]
    return "\n".join(rows)


@checked(leave="name")
def entry_markdown(name: str) -> str:
    """One listener in full: where it is, and the runs that show what is said of it. Raises
    InputError for an unknown name."""
    r = find_registrant(name)
    lines = [
        f"- **Where**: `{r.callback}` in `{r.source}`, built with `{r.config}`; priority "
        f"{r.priority}",
        f"- **Locks**: {_locks(r)}",
        f"- **Waits for**: {r.waits}",
        f"- **Asks for memory itself**: {r.direct or 'never'}",
        f"- **Takes a lock that one who asks for memory may hold**: {r.indirect or 'none'}",
        f"- **Counts as freed**: {r.unit}",
        f"- **Judgement**: **{r.safety}**: {r.why}",
        "",
        "| Run | Verdict | What it shows |",
        "|---|---|---|",
    ]
    lines += [f"| {_run(e)} | {e.verdict} | {e.shows} |" for e in r.evidence]
    return "\n".join(lines)


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _locks(registrant: Registrant) -> str:
    return ", ".join(f"`{lock}`" for lock in registrant.locks) or "none"


def _run(evidence: Demonstration) -> str:
    given = ", ".join(f"`{name}={value}`" for name, value in evidence.settings.items())
    return f"`{evidence.scenario}`" + (f" with {given}" if given else "")
