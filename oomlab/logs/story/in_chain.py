"""What a log says of tasks inside the notifier chain: requests there, and what they wait for."""

from __future__ import annotations

from collections.abc import Iterator

from oomlab.analysis import WaitForGraph
from oomlab.logs.story.evidence import evidence, in_the_chain
from oomlab.logs.story.findings import Material, finding, length
from oomlab.logs.story.standing import TaskStanding
from oomlab.logs.story.story import LogFinding, Quote
from oomlab.logs.story.wants import asks_in_the_chain


def waits_for_itself(graph: WaitForGraph) -> bool:
    """Is the circle a request inside a callback, which wants the lock that its own task has?"""
    return len(graph.cycle) == 1 and graph.cycle[0].kind == "poll"


def request_inside(material: Material) -> Iterator[LogFinding]:
    """Somebody asks for memory inside a callback of the chain, and has oom_lock meanwhile."""
    told: set[str] = set()
    for one in material.scene.standings:
        task, frames = one.seen.task, [*one.seen.sure()]
        asks = asks_in_the_chain(frames)
        if asks is None or task in told:
            continue
        told.add(task)
        quotes = [Quote(asks.line, f"{task} asks for memory inside the callback: {asks.name}")]
        quotes += [q for q in shown_by(one) if q.line != asks.line]
        out = next((o for o in material.reading.ooms if o.task == task and o.line > one.seen.line),
                   None)  # fmt: skip
        said = f"{task} asks for memory inside a listener's callback, inside the OOM killer (H3)."
        if out is None:
            said += " It has oom_lock itself, so nobody is killed for this request or any other."
            yield finding("request inside", "lockup", said, quotes)
            continue
        after = length(max(out.at_us - one.from_us, 0), material.reading)
        then = f", and {out.victim} was killed" if out.victim else ""
        said += (
            f" Meanwhile nobody could be killed. It came out by itself: {after} after it had begun"
            f" to wait its call went on{then}."
        )
        yield finding("request inside", "notice", said, [*quotes, Quote(out.line, "its report")])


def chain_walkers(material: Material) -> Iterator[TaskStanding]:
    """Who walks the notifier chain, for certain."""
    return (one for one in material.scene.standings if in_the_chain(one.seen))


def stuck_in_the_chain(material: Material) -> Iterator[LogFinding]:
    """Somebody stands in a callback, and no circle is seen: it waits for an answer, or for a lock,
    of which the log may say who has it, and what that one does."""
    if material.waits.graph.cycle and not waits_for_itself(material.waits.graph):
        return
    told: set[str] = set()
    for one in chain_walkers(material):
        inside = asks_in_the_chain([*one.seen.sure()])
        if not one.seen.asleep or inside is not None or one.seen.task in told:
            continue
        told.add(one.seen.task)
        wanted, quotes = one.want, shown_by(one)
        if wanted is None:
            event = " for an event, maybe for ever" if [*one.seen.waiting()] else ""
            kind, what = "chain", f"waits in a listener's callback{event}"
        elif wanted.answer is not None:
            kind = {"host": "answer", "gpu": "gpu", "rcu": "rcu"}[wanted.answer.by]
            what = (
                f"waits in a listener's callback for {wanted.answer.gives}, from {wanted.answer.by}"
            )
        else:
            kind, what = "circle", f"waits in a listener's callback for {wanted.lock}"
            for owner in owners(material, one.seen.task):
                what += f", which {owner} has; {_does(material, owner)}"
                quotes += _quotes_of(material, owner)
        yield finding(
            kind,
            "lockup",
            f"{one.seen.task} {what}. Until it comes back it has oom_lock, and nobody else can"
            " have a task killed.",
            quotes,
        )


def owners(material: Material, task: str) -> list[str]:
    """Who has what a task waits for, as far as the log says it: one, or nobody."""
    edges = [edge for edge in material.waits.graph.edges if edge.waiter == task]
    return [edge.holder for edge in edges[:1] if edge.kind == "lock"]


def _last_of(material: Material, task: str) -> TaskStanding | None:
    mine = (one for one in reversed(material.scene.standings) if one.seen.task == task)
    return next((one for one in mine if one.seen.frames), None)


def _does(material: Material, task: str) -> str:
    """What somebody does who has a lock that others wait for."""
    one = _last_of(material, task)
    if one is None:
        return f"where {task} is, the log does not show"
    if one.want is not None:
        return f"{task} waits for {one.want.lock}"
    place = next((e for e in evidence(one.seen) if e.sure), None)
    if place is not None and place.place == "event":
        return f"{task} waits for an event, maybe for ever, and the log does not say for whose"
    return place.sentence if place is not None else f"what {task} does, its stack does not say"


def _quotes_of(material: Material, task: str) -> list[Quote]:
    one = _last_of(material, task)
    return [] if one is None else shown_by(one)[:2]


def shown_by(one: TaskStanding) -> list[Quote]:
    """What a stack is evidence for, and the record it stands in."""
    quotes = [Quote(piece.line, piece.sentence) for piece in evidence(one.seen)]
    return quotes or [Quote(one.seen.line, f"{one.seen.task}: {one.seen.why}")]
