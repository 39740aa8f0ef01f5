"""Findings about the words that caller and thread exchange: R1 to R4 and R8."""

from __future__ import annotations

from oomlab.evidence.ledger.findings.finding import Finding, Witnessed
from oomlab.evidence.ledger.lab import H1, H5_HOST, H5_RCU, SLOW_HOST
from oomlab.kernel.oom_watch import (
    ASKS_AFTER_KILL,
    LOST_CREDIT,
    PARTIAL_CREDIT,
    PENDING_AT_ENTRY,
    RELEASED_UNSERVED,
    STALE_CREDIT,
    ZEROING_UNDONE,
)

FINDINGS = (
    Finding(
        "R1",
        "A request stays pending",
        "A callback is stuck and the caller has waited long enough. The flag stays set, and the "
        "next caller sets it again, wakes nobody, and waits the whole limit as well.",
        "Every decision to kill costs 5 s for as long as the callback is stuck. Nobody remembers "
        "that it is.",
        Witnessed((PENDING_AT_ENTRY,), H1, timeouts="idle"),
        ("has it", "has it", "free of it"),
    ),
    Finding(
        "R2",
        "Stale credit",
        "The thread finishes after its caller has left and leaves its count behind. A later "
        "request finds it, and takes it for its own.",
        "Whoever asks next is told that pages were freed just now, perhaps hours after they were. "
        "The kill that was needed comes a round later.",
        Witnessed((STALE_CREDIT,), H5_HOST, SLOW_HOST),
        ("has it", "has it", "free of it"),
        "Numbered requests only make it rarer: numbers wrap, here at 4, and a walk that is very "
        "late is taken for the request that has its number by then.",
    ),
    Finding(
        "R3",
        "The count is zeroed while it is added to",
        "The caller reads the count and sets it to zero; a listener reads it, adds, and stores. "
        "Nothing keeps the two apart. Or the caller takes the sum of a walk that is not over.",
        "Pages are lost from the count, which is a needless kill; or a count that was taken comes "
        "back, which is stale credit.",
        Witnessed((LOST_CREDIT, ZEROING_UNDONE, PARTIAL_CREDIT), "r3-zeroing-race", {"ghosts": 2}),
        ("has it", "free of it", "free of it"),
        "Both repairs count on the thread's own stack, and hand the sum over when it is whole.",
    ),
    Finding(
        "R4",
        "A request is swallowed",
        "A second request comes while the thread still walks for the first. When that walk is "
        "over, the second is called answered, though no walk was begun for it.",
        "The answer is about memory as it was before the request was made.",
        Witnessed((RELEASED_UNSERVED,), H5_HOST, SLOW_HOST),
        ("has it", "has it", "free of it"),
        "This is how the first repair failed: it checks whether somebody has asked meanwhile, and "
        "then clears the flag. Who asks between the two is cleared with it.",
    ),
    Finding(
        "R8",
        "Waiting although a victim was chosen",
        "A victim has been chosen and would soon give its memory back. Callers that come meanwhile "
        "ask the stuck thread all the same, each for the whole limit.",
        "One decision in 5 s at most, while the one that matters has been made.",
        Witnessed((ASKS_AFTER_KILL,), H5_RCU, timeouts="idle"),
        ("has it", "has it", "free of it"),
    ),
)
