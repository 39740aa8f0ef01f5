"""Everything oomlab can say yes or no to about a GFP mask, in the order of the allocator's path."""

from __future__ import annotations

from collections.abc import Callable

from oomlab.gfp.predicates import (
    Request,
    invokes_notifiers,
    may_block,
    may_enter_fs,
    may_fail_early,
    may_kill,
    may_start_io,
    may_take_oom_lock,
    may_use_reserves,
    must_not_fail,
    task_may_use_reserves,
    wakes_kswapd,
)
from oomlab.gfp.request_outcome import fails_when_oom_lock_free, fails_when_oom_lock_held

Predicate = Callable[[Request], bool]

QUESTIONS: tuple[tuple[Predicate, str], ...] = (
    (wakes_kswapd, "Does it wake kswapd?"),
    (may_use_reserves, "May it dig below the min watermark?"),
    (task_may_use_reserves, "Are the reserves open to an OOM victim or a PF_MEMALLOC task?"),
    (may_block, "May the task sleep and reclaim?"),
    (may_start_io, "May its own reclaim start I/O?"),
    (may_enter_fs, "May its own reclaim enter a filesystem, and wait for its locks?"),
    (may_fail_early, "Does it give up before it ever looks at oom_lock?"),
    (may_take_oom_lock, "May it take oom_lock, or poll it?"),
    (invokes_notifiers, "May it run the OOM notifiers?"),
    (may_kill, "May it kill?"),
    (must_not_fail, "Is it forbidden to fail?"),
    (
        fails_when_oom_lock_free,
        "Does it fail while oom_lock is free, if its reserves give nothing?",
    ),
    (fails_when_oom_lock_held, "Does it fail while somebody holds oom_lock, if they give nothing?"),
)
"""Each predicate with the question it answers."""


def answers(request: Request) -> dict[str, bool]:
    """All answers for `request`, by the name of the predicate."""
    return {predicate.__name__: predicate(request) for predicate, _ in QUESTIONS}
