"""Opening pictures of the chapters about the patch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from oomlab.analysis import Held, Span, kills, task_spans, time_text
from oomlab.analysis.episodes import holds
from oomlab.engine.trace import Trace
from oomlab.evidence import FINDINGS
from oomlab.experiment import run
from oomlab.figures.strips import Band, Strip, draw_strips
from oomlab.figures.things import STYLES
from oomlab.kernel.oom_watch import OOM_NOTIFIER
from oomlab.views.heroes.opening import CHAIN, Hero
from oomlab.views.lockdep import runs_that_went_well

ASKER, THREAD, OTHER = "runs", "waits", "polls"
"""Whose step it is, in the picture of schedules."""

ASKERS = frozenset({"fs_task", "hog", "user", "sysrq"})
"""The tasks that ask the thread, in those schedules."""

TOLD = ("R1", "R2", "R4", "R11", "R15")
"""Findings whose schedules are shown: those that the chapter tells, and R11."""


def handover() -> Hero:
    """A request and its answer when nothing is in the way: what the RFC's tasks and words do. The
    steps stand side by side, however long each takes."""
    trace = run("h3a-virtqueue-add", "offload")
    events = list(enumerate(trace.events))
    first = next(n for n, event in events if event.task == "hog")
    last = max(n for n, event in events if event.changes)

    def at(number: int) -> float:
        return (number - first) / (last - first)

    def number(op: str, on: str, after: int = 0) -> int:
        return next(n for n, e in events if n > after and (e.op, e.on) == (op, on))

    def word(begin: int, end: int, value: str) -> tuple[Band, ...]:
        return (Band(at(begin), at(end), "polls", value),)

    flag, counter = f"{OOM_NOTIFIER}_requested", f"{OOM_NOTIFIER}_freed"
    locked, unlocked = number("mutex_trylock", "oom_lock"), number("mutex_unlock", "oom_lock")
    asked, sleeps = number("write", flag), number("sleep_on", f"{OOM_NOTIFIER}_response_queue")
    walks, counted = number("down_read", CHAIN), number("write", counter)
    answered, taken = number("write", flag, asked), number("write", counter, counted)
    pages = trace.events[counted].changes[counter]
    asker = (
        Band(0, at(sleeps), "runs", "asks"),
        Band(at(sleeps), at(answered + 1), "waits", "sleeps"),
        Band(at(answered + 1), 1, "runs"),
    )
    held = (Band(at(locked), at(unlocked), STYLES["oom_lock"], "held by the asker"),)
    strips = (
        Strip("who needs a page", asker, thing="hog"),
        Strip("the flag", word(asked, answered, "please"), thing=flag),
        Strip("the thread", (Band(at(walks), at(answered), "runs", "walks"),), thing=OOM_NOTIFIER),
        Strip("the counter", word(counted, taken, f"{pages}"), thing=counter),
        Strip("oom_lock", held, thing="oom_lock"),
    )
    says = (
        "Somebody needs a page, takes oom_lock, sets the flag and sleeps.",
        f"The thread walks the chain and counts {pages} pages.",
        "It clears the flag. The sleeper wakes, takes the number, sets the counter to 0, and"
        " releases oom_lock.",
    )
    figure = draw_strips(strips, "One request and its answer", says)
    took = time_text(trace.ended_at_us)
    return Hero(figure, f"One request under the patch, when all goes well. It takes {took}.")


def one_limit() -> Hero:
    """One call of out_of_memory whose callback is stuck."""
    trace = run("h2-three-task-poll", "offload")
    (killed,) = kills(trace)
    at = killed.at_us / trace.ended_at_us
    strips = (
        Strip(
            "an ordinary task",
            _life(trace, "hog", "waits", "waits for the thread"),
            thing="hog",
            crosses=(at,),
        ),
        Strip(
            "the thread",
            _life(trace, OOM_NOTIFIER, "blocked", "stuck in a callback"),
            thing=OOM_NOTIFIER,
        ),
    )
    after = time_text(killed.at_us)
    says = (
        "An ordinary task asks the thread, which is stuck in a callback.",
        f"After {after} a process is killed, and all go on.",
    )
    figure = draw_strips(strips, "One limit", says, ((0, "0"), (at, after)))
    return Hero(
        figure,
        "The RFC with a callback that is stuck. The limit runs out, a process is killed (the"
        " cross), and all go on.",
    )


def _life(trace: Trace, task: str, state: str, text: str) -> tuple[Band, ...]:
    """What a task does, as bands; the longest is the one in `state`, which gets the text."""
    spans = [s for s in task_spans(trace) if s.task == task and s.state not in ("idle", "done")]
    longest = max(spans, key=_length)
    end_us = trace.ended_at_us
    return tuple(
        Band(
            s.start_us / end_us,
            s.end_us / end_us,
            s.state,
            text if s is longest and s.state == state else "",
        )
        for s in spans
    )


def _length(span: Span) -> int:
    return span.end_us - span.start_us


def shortest() -> Hero:
    """The shortest schedules after which the RFC is wrong: who moves, and for how many steps."""
    ways = sorted((FINDINGS[name].show().ways[-1] for name in TOLD), key=lambda way: way.steps)
    longest = max(way.steps for way in ways)
    third = 1 / 3
    strips = [
        Strip(
            "whose steps",
            (
                Band(0, third, ASKER, "asker"),
                Band(third, 2 * third, THREAD, "thread"),
                Band(2 * third, 1, OTHER, "others"),
            ),
        ),
        Strip("five ways to break the patch"),
    ]
    says = []
    for way in ways:
        turns = list(_turns(way.replay.rsplit("/", 1)[1]))
        strips.append(Strip("", tuple(_beads(turns, longest)), crosses=(way.steps / longest,)))
        says.append(f"{way.steps} steps: {', '.join(f'{who} {n}' for who, n in turns)}.")
    ends = ((0, "0"), (1, f"{longest} steps"))
    figure = draw_strips(strips, "Five ways to break the patch", says, ends)
    return Hero(
        figure,
        "Each row is an order of steps that ends in a mistake (the cross). All orders were tried:"
        " none that leads there is shorter.",
    )


def _turns(schedule: str) -> Iterator[tuple[str, int]]:
    """Who moves how often, one after the other."""
    for turn in schedule.split(","):
        task, _, steps = turn.partition(":")
        yield task, int(steps or 1)


def _beads(turns: Sequence[tuple[str, int]], longest: int) -> Iterator[Band]:
    made = 0
    for style, same in groupby(turns, lambda turn: _style_of(turn[0])):
        steps = sum(n for _, n in same)
        yield Band(made / longest, (made + steps) / longest, style)
        made += steps


def _style_of(task: str) -> str:
    if task.startswith(OOM_NOTIFIER):
        return THREAD
    return ASKER if task in ASKERS else OTHER


def two_good_runs() -> Hero:
    """Which locks are held while which others are taken, in two runs that ended well."""
    first, second = runs_that_went_well("h1-two-task-cycle", "mainline")
    strips = [Strip("one run: fs_task"), *_nested(first, "fs_task")]
    strips += [Strip("another: balloon_worker"), *_nested(second, "balloon_worker")]
    says = (
        "In one run fs_task has fs_lock, and takes oom_lock, the chain's lock and balloon_lock.",
        "In another balloon_worker has balloon_lock, and takes fs_lock for a moment.",
    )
    figure = draw_strips(strips, "Two runs in which nobody is stuck", says)
    return Hero(
        figure,
        "Two runs of the same machine, and in neither is anybody stuck. A bar is a lock that is"
        " held, from left to right.",
    )


def _nested(trace: Trace, task: str) -> list[Strip]:
    """The first lock that a task has while it takes others, with these, event by event."""
    mine = [h for found in holds(trace).values() for h in found if h.task == task]
    mine.sort(key=_first)
    first, last = next(h.numbers for h in mine if any(_within(i, h) for i in mine))
    inside = [h for h in mine if first <= h.numbers[0] and h.numbers[1] <= last]

    def bar(held: Held) -> Band:
        begin, end = ((n - first) / (last - first) for n in held.numbers)
        return Band(begin, end, STYLES[held.lock])

    names = {CHAIN: "the chain's lock"}
    return [Strip(names.get(h.lock, h.lock), (bar(h),), thing=h.lock) for h in inside]


def _within(inner: Held, outer: Held) -> bool:
    return outer.numbers[0] < inner.numbers[0] and inner.numbers[1] <= outer.numbers[1]


def _first(held: Held) -> int:
    return held.numbers[0]
