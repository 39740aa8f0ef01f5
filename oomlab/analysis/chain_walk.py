"""One invocation of out_of_memory, and what each listener did in it; read from the events alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from oomlab.analysis.episodes import invocations, pages_credited, takes
from oomlab.analysis.episodes.function_calls import ALLOCATOR, CHAIN_WALK, Call, reported
from oomlab.analysis.episodes.killing import victim_of
from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.engine.ops import GHOST_KINDS
from oomlab.engine.slots import Listener
from oomlab.engine.trace.events import Event, Trace

_WAITING = frozenset({"sleep_on", "wait_for", "sleep", "io"})


@brief
@dataclass(frozen=True)
class Visit:
    """A listener in the walk: the `locks` it took, what it `waited_for` (queues, devices, time),
    how often it asked for memory (`requests`), the `pages` it gave back, and whether it was still
    at it when the run ended."""

    listener: Listener
    locks: tuple[str, ...]
    waited_for: tuple[str, ...]
    requests: int
    pages: int
    stuck: bool


@brief
@dataclass(frozen=True)
class OomInvocation:
    """The first invocation of out_of_memory in a run.

    `task` asked, with mask `gfp` (None if not from within an allocation: a page fault, a person, a
    group). `waited`: would it have waited for oom_lock, or did it only try? `memcg`: was it for a
    group? `stops` are the listeners
    in the order in which they were called; `freed` is the sum that decides. `victim`: who was
    killed, empty for nobody.
    """

    task: str
    gfp: int | None
    waited: bool
    memcg: bool
    stops: tuple[Visit, ...]
    freed: int
    victim: str


@checked
def first_invocation(trace: Trace) -> OomInvocation | None:
    """The first one of the run, up to its return; None if nobody asked."""
    call = next(iter(invocations(trace)), None)
    if call is None:
        return None
    (begin, first), events = call.steps[0], list(call.events)
    before = [event for event in trace.events[:begin] if event.task == call.task]
    got = next(e for e in reversed(before) if e.on == "oom_lock" and e.op.startswith("mutex"))
    killed = filter(None, (victim_of(trace, event) for event in events))
    return OomInvocation(
        call.task,
        _mask(first, before),
        got.op == "mutex_lock",
        "mem_cgroup_out_of_memory" in first.stack,
        _stops(trace, call),
        next(reversed(pages_credited(trace, call)), 0),
        next(killed, ""),
    )


def _mask(first: Event, before: list[Event]) -> int | None:
    if ALLOCATOR not in first.stack:
        return None
    notes = [e.result for e in before if e.op == "note" and e.on == "gfp"]
    return int(notes[-1]) if notes else None


def _stops(trace: Trace, call: Call) -> tuple[Visit, ...]:
    """The listeners' own parts of the walk, in the order in which the chain has them."""
    chain = next((s.facts.calls for s in trace.slots if s.facts.role == "chain"), ())
    parts: list[_Part] = []
    ahead = chain
    for number, event in call.steps:
        if CHAIN_WALK not in event.stack[:-1] or event.op in GHOST_KINDS:
            continue
        callback = event.stack[event.stack.index(CHAIN_WALK) + 1]
        last = parts[-1] if parts else None
        if last is None or last.listener.callback != callback or last.over(ahead):
            found = next((each for each in ahead if each.callback == callback), None)
            if found is not None:
                ahead = ahead[ahead.index(found) + 1 :]
            last = _Part(found or Listener(callback, callback))
            parts.append(last)
        last.events.append(event)
        last.adds = last.adds or _adds(trace, event)
        last.pages += reported(trace).get(number, 0)
    back = any(e.op == "up_read" and trace.facts(e.on).role == "chain" for e in call.events)
    return tuple(part.stop(stuck=part is parts[-1] and not back) for part in parts)


@dataclass
class _Part:
    """What one listener did; `adds`: it has added to the sum."""

    listener: Listener
    events: list[Event] = field(default_factory=list)
    adds: bool = False
    pages: int = 0

    def over(self, ahead: tuple[Listener, ...]) -> bool:
        """Is this somebody else's, of the same function? Who has added to the sum is done, if there
        is a next one of that name."""
        another = any(each.callback == self.listener.callback for each in ahead)
        return self.adds and another

    def stop(self, *, stuck: bool) -> Visit:
        """The same as it is told to others."""
        locks = (event.on for event in self.events if takes(event))
        waits = (
            e for e in self.events if e.op in _WAITING and e.condition in ("blocked", "sleeps")
        )
        return Visit(
            self.listener,
            tuple(dict.fromkeys(locks)),
            tuple(dict.fromkeys(e.on or "time to pass" for e in waits)),
            sum(e.op == "note" and e.on == "gfp" for e in self.events),
            self.pages,
            stuck,
        )


def _adds(trace: Trace, event: Event) -> bool:
    """Is something added to the sum here, if only 0?"""
    return trace.facts(event.on).role == "freed" and event.op in ("write", "swap", "add")
