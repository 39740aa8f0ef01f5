"""The words of the pictures: labels on the bars, and the lines of the text twins."""

from __future__ import annotations

from collections.abc import Sequence

from oomlab.analysis import Held, Span, edge_kind, waiting_phrase

STATE_NAMES = {
    "runs": "runs",
    "blocked": "waits for a lock",
    "polls": "polls: tries, naps, tries again",
    "waits": "waits for an answer",
    "sleeps": "sleeps",
    "idle": "idle or done",
    "unknown": "not known",
}
"""What the legend says. `done` is drawn as `idle` is."""

STEPWISE_RUNS = "runs or could run"
"""What `runs` means in a replayed schedule, where only one task acts at a step."""


def bar_labels(span: Span, *, counted: bool) -> list[str]:
    """Texts for the bar of `span`, the longest first; `counted`: the number of polls is known."""
    if span.state == "polls":
        label = waiting_phrase(span.on, "poll")
        # What is looked at without trying a lock is not counted.
        counted = counted and span.polls > 0
        tries = [f"{label}, {_times(span.polls)}", f"{label}, {span.polls}×"] if counted else []
        return [*tries, label, "polls"]
    if span.state == "blocked":
        return [waiting_phrase(span.on, "lock"), span.on, "waits"]
    if span.state == "waits":
        who = span.answered_by
        short = [f"waits for {who}", who] if who else []
        return [waiting_phrase(span.on, "event", (who,), span.gives), *short, "waits"]
    if span.state in ("runs", "sleeps"):
        inside = [f"{span.state} in {span.function}", span.function] if span.function else []
        return [*inside, span.state]
    return []


def span_phrase(span: Span, held: Sequence[Held], *, stepwise: bool = False) -> str:
    """What a task does during `span`, without its name and times.

    `stepwise`: the span is from a replayed schedule.
    """
    where = f" (in {span.function})" if span.function else ""
    kind = edge_kind(span)
    if kind is not None:
        holders = (span.answered_by,) if span.answered_by else _holders(span, held)
        phrase = waiting_phrase(span.on, kind, holders, span.gives)
        times = f", {_times(span.polls)} in vain" if span.polls else ""
        return f"{phrase}{times}{where}"
    if span.state == "idle":
        return "has nothing to do" if span.function else "has not begun"
    if span.state == "done":
        return "is done"
    if span.state == "unknown":
        return "what it does is not known"
    return f"{STEPWISE_RUNS if stepwise and span.state == 'runs' else span.state}{where}"


def hold_phrase(held: Held) -> str:
    """How a lock is held: "is held by fs_task", "is held for reading by hog"."""
    verb = {"owns": "held", "reads": "held for reading", "writes": "held for writing"}[held.mode]
    return f"is {verb} by {held.task}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _holders(span: Span, held: Sequence[Held]) -> tuple[str, ...]:
    """Who had the lock of `span` while it lasted, in order, without repetition."""
    during = [
        each
        for each in held
        if each.lock == span.on
        and each.start_us < max(span.end_us, span.start_us + 1)
        and (each.end_us > span.start_us or each.to_the_end)
    ]
    return tuple(dict.fromkeys(each.task for each in during))
