"""What the callback itself does: how it asks for memory, and for whom it waits."""

from __future__ import annotations

from collections.abc import Iterator

from oomlab.analysis import lock_order_graph
from oomlab.analysis.lock_order import cycle_sentence
from oomlab.engine.ops import Slot
from oomlab.workbench.bench import Bench
from oomlab.workbench.line import MARK_OF, CheckLine, CheckMark, line_of
from oomlab.workbench.searches import Searches
from oomlab.workbench.tries import ALLOCATOR, ShownSchedule, Tried
from oomlab.workbench.words_run import may_wait

_WAITING = {
    "wait_event": "sleeps until it is woken",
    "wait_for": "sleeps until a variable has a value",
    "wait_event_timeout": "sleeps for a while at most",
    "sleep": "sleeps for a while",
    "io": "waits for a device for a while",
}
_WITHOUT_LIMIT = ("wait_event", "wait_for")


def _lines(bench: Bench) -> dict[int, str]:
    """The lines of the callback's text that the callback can come to, by number."""
    text = bench.callback.splitlines()
    reached = bench.routines_reached().values()
    return {n: text[n - 1].strip() for a, b in reached for n in range(a, b + 1)}


def asks(searches: Searches) -> CheckLine:
    """How it allocates, and whether that may wait."""
    usual = searches.tried()
    question = "Does the callback ask for memory, and may that wait?"
    lines = _lines(searches.bench)
    asked = sorted(
        (where[1], gfp)
        for where, gfp in searches.bench.used.masks
        if where[0] == "callback" and where[1] in lines
    )
    if not asked:
        return line_of("asks", question, "it asks for none", "good")
    waits = [line for line, gfp in asked if may_wait(gfp)]
    reasons = [
        f"line {line}, `{lines[line]}`: "
        + ("this may wait, reclaim, and ask the OOM killer" if may_wait(gfp) else "never waits")
        for line, gfp in asked
    ]
    schedule = usual.way_to(
        number
        for task in range(len(usual.graph.space.automata))
        for number in usual.states_where(task, usual.places_within(task, "callback", ALLOCATOR))
    )
    if not waits:
        return line_of("asks", question, "yes, but it never waits", "note", reasons, schedule)
    mark: CheckMark = "bad" if usual.word == "lockup" else "note"
    return line_of("asks", question, "yes, and it may wait", mark, reasons, schedule)


def locks(searches: Searches) -> CheckLine:
    """Which locks it waits for, and who holds them while asking for memory."""
    usual = searches.tried()
    question = "Which locks does it wait for, and who asks for memory while holding one?"
    lines = _lines(searches.bench)
    wanted = {
        name: where[1]
        for where, _, name in sorted(searches.bench.used.locks)
        if where[0] == "callback" and where[1] in lines
    }
    if not wanted:
        return line_of("locks", question, "it waits for no lock", "good")
    slots = {slot.name: slot for slot in usual.graph.space.model.layout.slots}
    reasons, ways = [], []
    for name, line in wanted.items():
        holders = list(_ask_with(searches, usual, slots[name]))
        who = " and ".join(task for task, _ in holders)
        reasons.append(
            f"line {line} waits for {name}, which {who} may hold while asking for memory"
            if holders
            else f"line {line} waits for {name}; nobody asks for memory while holding it"
        )
        ways += [way for _, way in holders]
    if not ways:
        return line_of("locks", question, ", ".join(wanted), "good", reasons)
    mark: CheckMark = "bad" if usual.word == "lockup" else "note"
    shortest = min(ways, key=lambda way: int(way["steps"]))
    return line_of("locks", question, ", ".join(wanted), mark, reasons, shortest)


def _ask_with(searches: Searches, usual: Tried, lock: Slot) -> Iterator[tuple[str, ShownSchedule]]:
    """Who asks for memory while holding a lock, and the way there."""
    mask = usual.graph.space.shared_mask
    for actor in usual.graph.space.model.actors:
        held = usual.holding(actor.index, lock)
        stands = usual.places_asking(actor.index, set(searches.bench.routines))
        way = usual.way_to(
            number
            for number in usual.states_where(actor.index, stands)
            if usual.graph.states[number] & mask in held
        )
        if way:
            yield actor.name, way


def endless_waits(searches: Searches) -> CheckLine:
    """For whom it waits without a limit."""
    question = "Does it wait for anybody without a limit?"
    lines = _lines(searches.bench)
    waits = sorted(
        (where[1], kind, name)
        for where, kind, name in searches.bench.used.waits
        if where[0] == "callback" and where[1] in lines
    )
    reasons = [
        f"line {line}: it {_WAITING[kind]}{f' ({name})' if name else ''}"
        for line, kind, name in waits
    ]
    endless = [name for _, kind, name in waits if kind in _WITHOUT_LIMIT]
    if not endless:
        return line_of("waits", question, "no", "good", reasons)
    silent = searches.tried(answers=0)
    if silent.word == "lockup":
        reasons.append("where no answer comes, nobody gets out any more")
    return line_of(
        "waits", question, f"yes: {', '.join(dict.fromkeys(endless))}", MARK_OF[silent.word],
        reasons, silent.lockup(),
    )  # fmt: skip


def lock_validator(searches: Searches) -> CheckLine:
    """What the kernel's lock validator would say to one run."""
    question = "Would the kernel's lock validator complain about what it sees?"
    graph = lock_order_graph([searches.usual_run()])
    cycles = [cycle_sentence(one) for one in graph.cycles()]
    if not cycles:
        return line_of("lockdep", question, "no; what it cannot see is asked below", "note")
    return line_of("lockdep", question, "yes, whether or not it can happen", "note", cycles)
