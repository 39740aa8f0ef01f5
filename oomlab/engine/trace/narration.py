"""The story of a run, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from oomlab.engine.ops import WORDS
from oomlab.engine.ops.ghosts import SEEN
from oomlab.engine.slots import Facts
from oomlab.engine.trace.events import Event, How, Trace, Waiting
from oomlab.engine.trace.misgivings import misgiving

Teller = Callable[[Event, Facts], str | None]


def moment(at_us: int) -> str:
    """A time since the start of the run, in the unit a person would choose."""
    if at_us < 1000:
        return f"{at_us} us"
    if at_us < 1_000_000:
        return f"{at_us / 1000:g} ms"
    return f"{at_us / 1_000_000:.6g} s"


def pages(count: int) -> str:
    """A number of pages in words."""
    return f"{count} page{'' if count == 1 else 's'}"


def story(trace: Trace) -> Iterator[str]:
    """The notable moments of a run, one sentence each, and how it ended."""
    timed = trace.timed
    width = max((len(moment(e.at_us)) for e in trace.events), default=0)
    for event in trace.events:
        sentence = tell(trace, event)
        if sentence is not None:
            when = moment(event.at_us).rjust(width) if timed else f"step {event.at_us}".rjust(8)
            yield f"{when}  {sentence}"
    for waiting in trace.waiting:
        yield f"At the end {tell_waiting(waiting, timed)}."
    yield f"Verdict: {trace.verdict}, {VERDICTS[trace.verdict]}."


def tell(trace: Trace, event: Event) -> str | None:
    """What an event of a run means, or None for one that is not worth a sentence."""
    facts = trace.facts(event.on)
    if event.condition == "done" and facts.says and (event.op != "move" or event.result):
        told = facts.said(event.op, _value(event), "told")
        if told:
            return _filled(told, trace, event)
    teller = _TELLERS.get((event.op, event.condition))
    return teller(event, facts) if teller else None


def _filled(words: str, trace: Trace, event: Event) -> str:
    """The words of a slot, with what they say of an event put in."""
    return words.format(
        task=event.task,
        function=event.function,
        pages=pages(event.result) if event.op == "move" else "",
        on=event.on,
        of=trace.facts(event.on).of,
        value=_now(trace, event) if "{value}" in words else "",
        but=misgiving(trace, event) if "{but}" in words else "",
    )


def _now(trace: Trace, event: Event) -> object:
    """What an event has read or written."""
    if event.op == "read":
        return event.result
    now = next((slot.initial for slot in trace.slots if slot.name == event.on), None)
    for each in trace.events:
        now = each.changes.get(event.on, now)
        if each is event:
            break
    return now


def _value(event: Event) -> object:
    """What an event has written, "same" if nothing has changed."""
    return event.changes.get(event.on, "same")


def tell_step(trace: Trace, step: int) -> str:
    """What one step of a replayed schedule did, whom it leaves waiting, and what mistake the watch
    notes there, if there is a watch."""
    events = [event for event in trace.events if event.at_us == step]
    done = [event for event in events if event.condition != "blocked"]
    blocked = [tell(trace, event) for event in events if event.condition == "blocked"]
    words = [explain(trace, done[0]), *blocked]
    noted = [f"here {label}" for label in _newly_seen(trace, step)]
    return "; ".join(filter(None, [*words, *noted])) + "."


def _newly_seen(trace: Trace, step: int) -> list[str]:
    """The labels that the watch notes in a step."""
    before: list[str] = []
    now: list[str] = []
    for event in trace.events:
        if event.at_us > step:
            break
        if SEEN in event.changes:
            now = event.changes[SEEN]
            before = now if event.at_us < step else before
    return [label for label in now if label not in before]


def explain(trace: Trace, event: Event) -> str:
    """What an event means, also for the small steps that a story leaves out."""
    told = tell(trace, event)
    if event.op == "note" and event.on == "gfp":
        told = f"{event.task} asks for a page, with the mask {event.result:#x}"
    if told is None:
        told = f"{event.task} {_small(trace, event)}"
    return f"{told} ({event.function})" if f"({event.function})" not in told else told


def _small(trace: Trace, event: Event) -> str:
    """A small step, in the words of its slot or else of the op."""
    facts = trace.facts(event.on)
    if event.condition == "blocked":
        return f"waits for {event.on}"
    said = facts.said(event.op, _value(event), "small")
    if said:
        return _filled(said, trace, event)
    if event.op == "poll":  # what an engine tells of many steps, and no op of its own
        return f"has looked {event.result} times more"
    return WORDS[event.op].does.format(event.on)


def tell_waiting(waiting: Waiting, timed: bool = True) -> str:
    """Who waits for what, who has it, and since when."""
    if waiting.how == "ready":
        return f"{waiting.task} could still move"
    how = HOW[waiting.how]
    holder = f", held by {waiting.held_by}" if waiting.held_by else ""
    since = moment(waiting.since_us) if timed else f"step {waiting.since_us}"
    return f"{waiting.task} {how} {waiting.waits_for}{holder}, since {since}"


HOW: Mapping[How, str] = {
    "blocks": "is blocked on",
    "spins": "spins on",
    "polls": "polls",
    "sleeps": "waits for",
}
"""What a task does that waits."""


VERDICTS = {
    "completed": "every task finished without a timeout and without a kill",
    "recovered": "every task finished, but only through a timeout or a kill",
    "deadlock": "nothing will ever happen again",
    "livelock": "tasks go on for ever and nothing comes of it",
    "panic": "the machine gave up",
    "time-limit": "the simulated time ran out",
    "stuck": "nobody can move",
    "repeats": "the schedule came back to a state it had left",
    "ended": "every task that has a job finished it",
    "open": "somebody can still move",
    "log-ends": "what came after it is not known",
}
"""Every verdict of a timed run, a replayed schedule or a log, in words."""


def _takes(event: Event, facts: Facts) -> str:
    return f"{event.task} takes {event.on} ({event.function})"


def _tries(event: Event, facts: Facts) -> str:
    if event.result:
        return f"{event.task} wins {event.on}"
    then = "gives up" if facts.gives_up else "will look again in a jiffy"
    return f"{event.task} tries {event.on} in vain and {then}"


def _tries_recursively(event: Event, facts: Facts) -> str:
    if event.result == "failed":
        return f"{event.task} tries {event.on} in vain and will look again in a jiffy"
    if event.result == "recursive":
        return f"{event.task} owns {event.on} already"
    return f"{event.task} wins {event.on}"


def _page(event: Event, facts: Facts) -> str | None:
    return f"{event.task} gets a page" if event.result else None


_TELLERS: dict[tuple[str, str], Teller] = {
    ("mutex_lock", "done"): _takes,
    ("mutex_lock", "blocked"): lambda e, _: f"{e.task} blocks on {e.on} ({e.function})",
    ("mutex_unlock", "done"): lambda e, _: f"{e.task} releases {e.on}",
    ("mutex_lock_killable", "done"): lambda e, _: _takes(e, _) if e.result else None,
    ("mutex_lock_killable", "blocked"): lambda e, _: f"{e.task} blocks on {e.on} ({e.function})",
    ("spin_lock", "done"): _takes,
    ("spin_lock", "blocked"): lambda e, _: f"{e.task} spins on {e.on} ({e.function})",
    ("spin_unlock", "done"): lambda e, _: f"{e.task} releases {e.on}",
    ("mutex_trylock_recursive", "done"): _tries_recursively,
    ("mutex_trylock", "done"): _tries,
    ("take_page", "done"): _page,
    ("sleep_on", "blocked"): lambda e, facts: (
        None if facts.role == "work" else f"{e.task} waits on {e.on}"
    ),
    ("sleep_on", "timeout"): lambda e, _: f"{e.task} has waited long enough on {e.on}",
    ("poll", "polling"): lambda e, _: (
        f"{e.task} goes on polling {e.on or 'its turn'}, once a jiffy"
    ),
    ("poll", "polled"): lambda e, _: (
        f"{e.task} has polled {e.on} {e.result} times more" if e.on else None
    ),
    ("log", "done"): lambda e, _: f"kernel log: {e.result}",
}
