"""The steps of the allocator's slow path, by number: what a request meets, in the kernel's order.

The numbers are ours; the routines in `page_alloc` and the outcomes in `gfp.outcomes` use them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from oomlab.engine.ops import Routine, note

if TYPE_CHECKING:
    from oomlab.kernel.machine import Machine


class SlowPathStep(NamedTuple):
    """`number` (a string, as 4c is one), the kernel `function` of 4.13 that it is in, a `title` of
    a few words and one `sentence` about it."""

    number: str
    function: str
    title: str
    sentence: str


_SLOW = "__alloc_pages_slowpath"
_OOM = "__alloc_pages_may_oom"

FAST_PATH = "fast"

STEPS: tuple[SlowPathStep, ...] = (
    SlowPathStep(
        FAST_PATH,
        "__alloc_pages_nodemask",
        "attempt at the low mark",
        "Most requests end here, with a page; whatever follows is the slow path.",
    ),
    SlowPathStep(
        "0",
        _SLOW,
        "is the request sane?",
        "An order of 11 or more fails at once, and a request that may sleep loses __GFP_ATOMIC.",
    ),
    SlowPathStep(
        "1", _SLOW, "counters to zero", "Rounds of reclaim and of compaction are counted from here."
    ),
    SlowPathStep(
        "2",
        "gfp_to_alloc_flags",
        "which mark?",
        "The min mark; __GFP_HIGH halves it, and __GFP_ATOMIC or a realtime task takes a quarter "
        "off the rest.",
    ),
    SlowPathStep(
        "3",
        _SLOW,
        "is there a zone?",
        "A request that fits no zone fails; here each fits one.",
    ),
    SlowPathStep(
        "4",
        "wake_all_kswapds",
        "wake kswapd",
        "The kernel thread that reclaims in the background is woken if the mask permits it.",
    ),
    SlowPathStep(
        "5",
        "get_page_from_freelist",
        "attempt at that mark",
        "The first attempt below the low mark.",
    ),
    SlowPathStep(
        "6",
        "__alloc_pages_direct_compact",
        "compaction first",
        "For a costly or unmovable block, moving pages together may be cheaper than reclaim.",
    ),
    SlowPathStep("7", "wake_all_kswapds", "retry: wake kswapd", "Every later round begins here."),
    SlowPathStep(
        "8",
        "gfp_pfmemalloc_allowed",
        "reserves?",
        "__GFP_MEMALLOC, a PF_MEMALLOC task and an OOM victim may go below the min mark.",
    ),
    SlowPathStep(
        "9",
        _SLOW,
        "start from the local node",
        "Who has reserves or ignores cpusets looks at every zone again; here there is one node.",
    ),
    SlowPathStep("10", "get_page_from_freelist", "attempt", "Each round's first attempt."),
    SlowPathStep(
        "11",
        _SLOW,
        "may it sleep?",
        "Without __GFP_DIRECT_RECLAIM the request fails here: it never reclaims and never sees "
        "oom_lock.",
    ),
    SlowPathStep(
        "12",
        "warn_alloc",
        "stall report",
        "Every 10 seconds the kernel logs that the allocation stalls.",
    ),
    SlowPathStep(
        "13",
        _SLOW,
        "is it reclaiming already?",
        "A PF_MEMALLOC task that got nothing from the reserves fails; it must not reclaim again.",
    ),
    SlowPathStep(
        "14",
        "__alloc_pages_direct_reclaim",
        "direct reclaim, attempt",
        "The task frees pages itself, and may wait there for locks, disks and other reclaimers.",
    ),
    SlowPathStep(
        "15",
        "__alloc_pages_direct_compact",
        "compaction, attempt",
        "Only for blocks of more than one page.",
    ),
    SlowPathStep(
        "16",
        _SLOW,
        "may it retry?",
        "With __GFP_NORETRY one round was all; the request fails before it ever looks at oom_lock.",
    ),
    SlowPathStep(
        "17",
        _SLOW,
        "is it costly?",
        "A block of order 4 or more fails here, unless __GFP_RETRY_MAYFAIL asks to go on.",
    ),
    SlowPathStep(
        "18",
        "should_reclaim_retry",
        "is reclaim worth another round?",
        "Yes while everything reclaimable together would lift the zone above the min mark, for at "
        "most 16 rounds without progress.",
    ),
    SlowPathStep(
        "19",
        "should_compact_retry",
        "is compaction worth another round?",
        "Never for a single page.",
    ),
    SlowPathStep(
        "20",
        _OOM,
        "try oom_lock",
        "Whoever does not get oom_lock sleeps one tick and starts a new round, whatever the "
        "request says about failing.",
    ),
    SlowPathStep(
        "3 (OOM)",
        _OOM,
        "last attempt at the high mark",
        "Somebody else's kill may have helped in the meantime.",
    ),
    SlowPathStep("4a", _OOM, "is it dumping core?", "A task that dumps core does not kill."),
    SlowPathStep("4b", _OOM, "is it costly?", "Nobody is killed for a block of order 4 or more."),
    SlowPathStep(
        "4c", _OOM, "may it fail?", "A __GFP_RETRY_MAYFAIL request fails rather than kill."
    ),
    SlowPathStep("4d", _OOM, "is it for a low zone?", "Nobody is killed for ZONE_DMA."),
    SlowPathStep("4e", _OOM, "is storage suspended?", "While the system goes to sleep, no kill."),
    SlowPathStep(
        "4f", _OOM, "is it for one node?", "Nobody is killed for a __GFP_THISNODE request."
    ),
    SlowPathStep(
        "5 (OOM)",
        "out_of_memory",
        "notifiers, then the killer",
        "Listeners may give memory back; failing that, a request with __GFP_FS has a process "
        "killed.",
    ),
    SlowPathStep(
        "21",
        _SLOW,
        "is it an OOM victim?",
        "A dying task that got nothing from the reserves fails.",
    ),
    SlowPathStep(
        "22",
        _SLOW,
        "was there progress?",
        "A kill, freed pages or a lock held by somebody else all count as progress: new round.",
    ),
    SlowPathStep(
        "23",
        _SLOW,
        "no page",
        "__GFP_NOFAIL starts a new round; every other request fails, with a line in the log unless "
        "__GFP_NOWARN forbids it.",
    ),
)
"""In the order in which a request meets them."""

STEP: dict[str, SlowPathStep] = {step.number: step for step in STEPS}


def step(machine: Machine, number: str) -> Routine:
    """Note in the trace that a request comes to this step, on machines that want to know."""
    if machine.switches.tells_steps:
        yield note("step", number)


def steps_markdown() -> str:
    """All steps as a Markdown list: number, title, sentence and the kernel's function."""
    return "\n".join(
        f"- **{s.number}: {s.title}** {_code(s.sentence)} (`{s.function}`)" for s in STEPS
    )


def _code(sentence: str) -> str:
    return _NAME.sub(r"`\g<0>`", sentence)


_NAME = re.compile(r"\b_*[A-Za-z]+_[A-Za-z_]+\b")
