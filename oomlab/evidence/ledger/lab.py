"""Where the figures come from: runs and explorations, each made once, and what is read off them."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from oomlab import experiment
from oomlab.analysis.episodes import (
    allocation_requests,
    calls,
    holders_at,
    kills,
    lock_waits,
    walks,
)
from oomlab.analysis.episodes.function_calls import CHAIN_WALK, DIRECT_RECLAIM
from oomlab.analysis.outcome import longest_request_us, oom_calls
from oomlab.checked import checked
from oomlab.engine.explorer.counterexample import Schedule
from oomlab.engine.explorer.properties import schedule_to, violated
from oomlab.engine.ops import LOCKING_KINDS
from oomlab.engine.trace.events import Trace
from oomlab.experiment import Exploration
from oomlab.kernel.oom_watch import NEVER, OOM_NOTIFIER
from oomlab.scenarios.parameters import Value

H1 = "h1-two-task-cycle"
H2 = "h2-three-task-poll"
H3A = "h3a-virtqueue-add"
H3B = "h3b-ccw-config-write"
H3C = "h3c-i915-fence-array"
H3D = "h3d-i915-bit17"
H4 = "h4-i915-object-lock"
H5_GPU = "h5-gpu-never-idles"
H5_HOST = "h5-host-never-answers"
H5_RCU = "h5-rcu-previous-round"
H6 = "h6-nap-under-lock"
H7 = "h7-pseries-hotplug"

SLOW_HOST = {"host_answers": 1, "oom_caller": 0}
"""For H5_HOST: the host answers, but may take longer than the limit; the caller may not kill, and
asks again."""

PRESSURE = "inflate-under-pressure"

CROWDED: dict[str, Value] = {"load_tasks": 8, "cache_pages": 1024}
"""For PRESSURE: other tasks need more memory than there is."""

BUDGET = 130_000
"""States after which an exploration for the ledger stops."""


@checked
def timed(scenario: str, remedy: str = "mainline", **given: Value) -> Trace:
    """One run by the clock, made once."""
    return _timed(scenario, remedy, tuple(sorted(given.items())))


@cache
def _timed(scenario: str, remedy: str, given: tuple[tuple[str, Value], ...]) -> Trace:
    return experiment.run(scenario, remedy, dict(given))


def explored(
    scenario: str,
    remedy: str = "mainline",
    timeouts: str = "any",
    budget: int = BUDGET,
    **given: Value,
) -> Exploration:
    """One exploration with ghosts watching, made once; `ghosts=2` for a close watch."""
    return _explored(scenario, remedy, timeouts, budget, tuple(sorted(given.items())))


@cache
def _explored(
    scenario: str, remedy: str, timeouts: str, budget: int, given: tuple[tuple[str, Value], ...]
) -> Exploration:
    settings = {"ghosts": 1, **dict(given)}
    return experiment.explore(scenario, remedy, settings, timeouts=timeouts, budget=budget)


def forget() -> None:
    """Drop all runs and explorations: for those who change the model under our feet."""
    _timed.cache_clear()
    _explored.cache_clear()


def way_to(found: Exploration, label: str) -> Schedule | None:
    """The shortest schedule that violates the property `label` (fewest moves, then fewest context
    switches); None if no such state is known."""
    try:
        return schedule_to(found.graph, label, "moves")
    except ValueError:
        return None


def seen(found: Exploration) -> tuple[str, ...]:
    """Everything the watch has seen in an exploration."""
    return tuple(name for name in violated(found.graph) if name in NEVER)


def first_kill_s(trace: Trace) -> float | str:
    """When somebody is killed first, in simulated seconds; "never" if nobody is."""
    found = kills(trace)
    return found[0].at_us / 1_000_000 if found else "never"


def waits(trace: Trace, task: str) -> str:
    """What a task waits for at the end of a run, and who has it; "nothing" if it is done."""
    for waiting in trace.waiting:
        if waiting.task == task:
            holder = f", held by {waiting.held_by}" if waiting.held_by else ""
            return f"{waiting.waits_for}{holder}"
    return "nothing"


def masks_in_callback(trace: Trace) -> tuple[int, ...]:
    """The masks of the requests for memory that callbacks made, in order."""
    return tuple(r.gfp for r in allocation_requests(trace) if CHAIN_WALK in r.stack)


def sleeps_in_callback(trace: Trace) -> tuple[str, ...]:
    """What was slept on while the notifier chain was walked, in order."""
    walking = (event for call in calls(trace, CHAIN_WALK) for event in call.events)
    return tuple(event.on for event in walking if event.condition == "blocked")


def balloon_functions(trace: Trace, lock: str) -> str:
    """The functions of the balloon driver that asked for a lock, in order of their names."""
    names = {
        next((name for name in reversed(e.stack) if name.endswith("_balloon")), e.function)
        for e in trace.events
        if e.on == lock and e.op in LOCKING_KINDS
    }
    return ", ".join(sorted(names)) or "nobody"


def first_wait(trace: Trace, lock: str) -> tuple[str, str, str]:
    """Of the first time that somebody had to wait for a lock: the function that asked for it, who
    had it, and who had oom_lock; "nobody" where there is no answer."""
    wait = next((wait for wait in lock_waits(trace) if wait.lock == lock), None)
    if wait is None:
        return "nobody", "nobody", "nobody"
    had, had_oom_lock = (_held_by(trace, name, wait.number) for name in (lock, "oom_lock"))
    return wait.stack[-1], had, had_oom_lock


def _held_by(trace: Trace, lock: str, number: int) -> str:
    return ", ".join(holders_at(trace, lock, number)) or "nobody"


def holders_while_allocating(trace: Trace, task: str, lock: str) -> str:
    """Who had a lock whenever a task looked for a page."""
    looked = (n for n, e in enumerate(trace.events) if (e.task, e.op) == (task, "take_page"))
    return ", ".join(sorted({_held_by(trace, lock, n) for n in looked})) or "it never asks"


def oom_callers(trace: Trace) -> str:
    """The tasks that called out_of_memory, in the order of their first calls."""
    return ", ".join(dict.fromkeys(call.task for call in oom_calls(trace))) or "nobody"


def first_timeout_s(trace: Trace) -> float | str:
    """When a time limit ran out first, in simulated seconds; "never" if none did."""
    return next(iter(timeouts_s(trace)), "never")


@checked
def timeouts_s(trace: Trace) -> tuple[float, ...]:
    """When time limits ran out, in simulated seconds."""
    return tuple(e.at_us / 1_000_000 for e in trace.events if e.condition == "timeout")


def rounds_of_reclaim(trace: Trace, task: str) -> int:
    """How many rounds of direct reclaim a task began, finished or not."""
    return sum(call.task == task for call in calls(trace, DIRECT_RECLAIM))


def allocating(trace: Trace) -> tuple[str, ...]:
    """The tasks that asked for a page at least once."""
    return tuple(dict.fromkeys(request.task for request in allocation_requests(trace)))


def starved(trace: Trace, at_least_s: float) -> tuple[str, ...]:
    """The tasks that waited at least that long, in simulated seconds, for one page, in the order
    in which they had it or were refused."""
    over = [r for r in allocation_requests(trace) if r.end != "under way" and not r.within]
    late = [r for r in over if r.ended_us - r.began_us >= at_least_s * 1_000_000]
    return tuple(dict.fromkeys(r.task for r in sorted(late, key=lambda r: r.ended_us)))


def timeouts_before_kill(trace: Trace) -> int:
    """How many time limits ran out until somebody was killed, or until the end."""
    found = kills(trace)
    until_us = found[0].at_us if found else trace.ended_at_us
    return sum(e.condition == "timeout" and e.at_us <= until_us for e in trace.events)


def hand_overs(trace: Trace) -> int:
    """How often the work passed between an OOM caller and the thread that runs the chain."""
    sides: list[bool] = []
    for event in trace.events:
        in_thread = event.task == OOM_NOTIFIER
        if "alloc_pages_may_oom" in event.stack or (in_thread and sides):
            sides.append(in_thread)
    return sum(one != other for one, other in pairwise(sides))


def walks_begun(trace: Trace) -> int:
    """How many walks of the chain began."""
    return len(walks(trace))


def log_lines(trace: Trace, about: str) -> int:
    """How many lines of the kernel's log contain a word."""
    return sum(e.op == "log" and about in str(e.result) for e in trace.events)


def longest_sleep_s(trace: Trace, task: str) -> float:
    """The longest time, in simulated seconds, in which nothing at all was heard of a task that had
    not finished."""
    moments = [e.at_us for e in trace.events if e.task == task]
    if any(w.task == task for w in trace.waiting):
        moments.append(trace.ended_at_us)
    return max((b - a for a, b in pairwise(moments)), default=0) / 1_000_000


def slowest_ms(trace: Trace) -> float | str:
    """How long the slowest request for a page took, in milliseconds; "for ever" if it never
    ended."""
    longest = longest_request_us(trace)
    return "for ever" if longest is None else longest / 1000


def requests_after_disable(trace: Trace) -> int:
    """How many walks of the chain were asked for once the OOM killer had been switched off."""
    off_us = next(
        (e.at_us for e in trace.events if e.on == "oom_killer_disabled" and e.changes), None
    )
    asked = (
        e
        for e in trace.events
        if e.op == "wake" and (on := trace.facts(e.on)).role == "work" and on.protocol
    )
    return sum(off_us is not None and e.at_us > off_us for e in asked)


def wait_for_lock_s(trace: Trace, task: str, lock: str) -> float | str:
    """How long a task had to wait for a lock at its first blocked try, in simulated seconds;
    "for ever" if it never got it."""
    wait = next((w for w in lock_waits(trace) if (w.task, w.lock) == (task, lock)), None)
    if wait is None:
        return 0.0
    return "for ever" if wait.ended_us is None else wait.length_us(wait.ended_us) / 1_000_000
