"""What happened in a run, as episodes: calls, requests, walks, kills, holds, waits for a lock.

An event is a moment; a question is about stretches ("how long did the slowest request take?"). Each
kind of stretch is read off the events in one place, once per trace, and is kept as long as the
trace is. Everything else that this room says about a run is a sum over them.

An episode that was under way when the run ended has an end of None. Two more words have one meaning
in the whole house, both in `outcome`: the *stall* of a run is its slowest request, its *downtime*
the time from an invocation of out_of_memory that gets nowhere to the next page for those who wait.
"""

from oomlab.analysis.episodes.function_calls import (
    Call,
    OomCall,
    Walk,
    calls,
    invocations,
    pages_credited,
    walks,
)
from oomlab.analysis.episodes.killing import Kill, kills
from oomlab.analysis.episodes.locks import (
    Held,
    HoldMode,
    LockWait,
    failed_try,
    holders,
    holders_at,
    holds,
    lock_waits,
    takes,
)
from oomlab.analysis.episodes.requests import (
    AllocationRequest,
    RequestEnd,
    allocation_requests,
    innermost,
)

__all__ = [
    "AllocationRequest",
    "Call",
    "Held",
    "HoldMode",
    "Kill",
    "LockWait",
    "OomCall",
    "RequestEnd",
    "Walk",
    "allocation_requests",
    "calls",
    "failed_try",
    "holders",
    "holders_at",
    "holds",
    "innermost",
    "invocations",
    "kills",
    "lock_waits",
    "pages_credited",
    "takes",
    "walks",
]
