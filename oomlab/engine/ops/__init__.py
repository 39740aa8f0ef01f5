"""Every step a model task can take, and the one meaning of each.

A kernel routine is a generator that yields ops. An op names what is done (`kind`), to which slots
of the shared state, with which arguments. Its meaning is a pure function

    (shared state, number of the acting task, op)  ->  list of outcomes

An empty list means the task is *blocked*; several outcomes mean *a choice*. Both engines, the
clock and the explorer, interpret ops only through `outcomes`, so a routine means the same in both.

What is atomic in the kernel is one op. A read followed by a write is two ops.
"""

from oomlab.engine.ops.core import (
    MEANINGS,
    WORDS,
    Meaning,
    Op,
    Outcome,
    Routine,
    Slot,
    SlotKind,
    State,
    Words,
    meaning,
    outcomes,
    put,
)
from oomlab.engine.ops.ghosts import (
    GHOST_KINDS,
    ghost_add,
    ghost_promote,
    ghost_write,
    ghost_write_if_more,
    witness,
    witness_if,
    witness_if_all,
    witness_if_owner,
)
from oomlab.engine.ops.locks import (
    FREE,
    LOCKING_KINDS,
    RwSemaphore,
    announce_write,
    down_read,
    down_read_trylock,
    down_write,
    mutex_lock,
    mutex_trylock,
    mutex_unlock,
    up_read,
    up_write,
)
from oomlab.engine.ops.mutex_variants import (
    MUTEX_TRYLOCK_FAILED,
    MUTEX_TRYLOCK_RECURSIVE,
    MUTEX_TRYLOCK_SUCCESS,
    mutex_lock_killable,
    mutex_trylock_recursive,
)
from oomlab.engine.ops.pages import (
    ANY_AMOUNT,
    exceeds,
    holds_more,
    move,
    take_block,
    take_page,
)
from oomlab.engine.ops.passing import (
    LOCAL_KINDS,
    TIME_KINDS,
    choose,
    cost,
    io,
    log,
    note,
    sleep,
)
from oomlab.engine.ops.selection import (
    ABORT_SELECTION,
    NOTHING_TO_KILL,
    OOM_SCORE_ADJ_MIN,
    Candidate,
    SelectionRules,
    select_bad_process,
)
from oomlab.engine.ops.spinning import spin_lock, spin_unlock
from oomlab.engine.ops.waiting import (
    check_or_enqueue,
    check_pages_or_enqueue,
    sleep_on,
    sleep_on_killable,
    wait_for,
    wake,
)
from oomlab.engine.ops.words import (
    add,
    pop,
    push,
    read,
    swap,
    write,
)

__all__ = [
    "ABORT_SELECTION",
    "ANY_AMOUNT",
    "FREE",
    "GHOST_KINDS",
    "LOCAL_KINDS",
    "LOCKING_KINDS",
    "MEANINGS",
    "MUTEX_TRYLOCK_FAILED",
    "MUTEX_TRYLOCK_RECURSIVE",
    "MUTEX_TRYLOCK_SUCCESS",
    "NOTHING_TO_KILL",
    "OOM_SCORE_ADJ_MIN",
    "TIME_KINDS",
    "WORDS",
    "Candidate",
    "Meaning",
    "Op",
    "Outcome",
    "Routine",
    "RwSemaphore",
    "SelectionRules",
    "Slot",
    "SlotKind",
    "State",
    "Words",
    "add",
    "announce_write",
    "check_or_enqueue",
    "check_pages_or_enqueue",
    "choose",
    "cost",
    "down_read",
    "down_read_trylock",
    "down_write",
    "exceeds",
    "ghost_add",
    "ghost_promote",
    "ghost_write",
    "ghost_write_if_more",
    "holds_more",
    "io",
    "log",
    "meaning",
    "move",
    "mutex_lock",
    "mutex_lock_killable",
    "mutex_trylock",
    "mutex_trylock_recursive",
    "mutex_unlock",
    "note",
    "outcomes",
    "pop",
    "push",
    "put",
    "read",
    "select_bad_process",
    "sleep",
    "sleep_on",
    "sleep_on_killable",
    "spin_lock",
    "spin_unlock",
    "swap",
    "take_block",
    "take_page",
    "up_read",
    "up_write",
    "wait_for",
    "wake",
    "witness",
    "witness_if",
    "witness_if_all",
    "witness_if_owner",
    "write",
]
