"""What a log says of tasks that wait: circles, callbacks that do not return, locks, lockdep."""

from __future__ import annotations

from collections.abc import Iterator

from oomlab.logs.story.evidence import StackEvidence, evidence, in_the_chain
from oomlab.logs.story.findings import Material, finding
from oomlab.logs.story.in_chain import chain_walkers, owners, shown_by, waits_for_itself
from oomlab.logs.story.locks import role_of
from oomlab.logs.story.shapes import part_of
from oomlab.logs.story.standings import named
from oomlab.logs.story.story import LogFinding, Quote
from oomlab.logs.story.trace import model_stack


def circle(material: Material) -> Iterator[LogFinding]:
    """Tasks that wait for each other."""
    graph, waits = material.waits.graph, material.waits
    if not graph.cycle or waits_for_itself(graph):
        return
    around = " -> ".join([edge.waiter for edge in (*graph.cycle, graph.cycle[0])])
    chained = [*chain_walkers(material)]
    inferred = any(one.known == "inferred" for one in waits.edges if one.edge in graph.cycle)
    guess = " One part of it is inferred." if inferred else ""
    kind = "circle by polling" if any(e.kind == "poll" for e in graph.cycle) else "circle"
    of = {part_of(model_stack(one.seen.frames))[1] for one in chained}
    if "i915" in of:
        kind = "object's lock"
    elif "cmm" in of:
        kind = "cmm's lock"
    how = " inside the OOM notifier chain" if chained else ""
    quotes = [
        Quote(line, one.sentence)
        for one in waits.edges
        if one.edge in graph.cycle
        for line in one.lines[:1]
    ]
    # What is inferred is enough only for what the book has seen to happen.
    sure = chained or not inferred
    yield finding(
        kind,
        "deadlock" if sure else "lockup",
        f"Tasks wait for each other in a circle{how}: {around}. Nobody of them can go on.{guess}",
        quotes,
    )


def in_the_killer(material: Material) -> Iterator[LogFinding]:
    """Somebody is in out_of_memory and does not come back, and not in a callback."""
    for one in material.scene.standings:
        frame = next((f for f in one.seen.sure() if f.name == "out_of_memory"), None)
        hangs = one.seen.why in ("hung task", "blocked task", "lockup")
        if frame is not None and hangs and not in_the_chain(one.seen):
            yield finding(
                "behind oom_lock",
                "lockup",
                f"{one.seen.task} does not come back from the OOM killer. Meanwhile it has"
                " oom_lock, and nobody else can have a task killed.",
                shown_by(one),
            )


def behind_a_listener(material: Material) -> Iterator[LogFinding]:
    """Tasks outside the chain that wait for a lock which a callback of the chain takes."""
    closed = {edge.waiter for edge in material.waits.graph.cycle}
    told: set[str] = set()
    for one in material.scene.standings:
        wanted, task = one.want, one.seen.task
        if wanted is None or role_of(wanted.lock) != "listener" or task in closed | told:
            continue
        if not in_the_chain(one.seen):
            told.add(task)
            doubt = " (no frame of it is certain)" if wanted.known == _DOUBTED else ""
            yield finding(
                "circle",
                "lockup",
                f"{task} waits for {wanted.lock}{doubt}, which a listener of the OOM notifier"
                " chain takes: whoever comes to the OOM killer meanwhile waits as well.",
                shown_by(one),
            )


_DOUBTED = "a frame that may be stale"


def behind_oom_lock(material: Material) -> Iterator[LogFinding]:
    """Tasks that wait for, or poll, oom_lock without being part of a circle."""
    circle_tasks = {edge.waiter for edge in material.waits.graph.cycle}
    edges = [
        one
        for one in material.waits.edges
        if one.edge.what == "oom_lock" and one.edge.waiter not in circle_tasks
    ]
    if edges:
        names = ", ".join(dict.fromkeys(one.edge.waiter for one in edges))
        yield finding(
            "behind oom_lock",
            "lockup",
            f"Behind oom_lock: {names}; {edges[0].edge.holder} has it.",
            [Quote(line, one.sentence) for one in edges for line in one.lines[:1]],
        )


def changing_the_chain(material: Material) -> Iterator[LogFinding]:
    """A driver cannot enter or leave the chain because somebody walks it."""
    for one in material.waits.edges:
        if one.edge.what == "oom_notify_list rwsem":
            yield finding(
                "removal",
                "lockup",
                f"{one.edge.waiter} cannot change the chain, because {one.edge.holder} walks it.",
                [Quote(line, one.sentence) for line in one.lines],
            )


def lockdep(material: Material) -> Iterator[LogFinding]:
    """A circle that lockdep has seen coming."""
    for notice in material.reading.notices:
        if notice.kind != "lockdep":
            continue
        ours = [n for n in notice.names if any(word in n for word in _OF_THE_BOOK)]
        classes = ", ".join(dict.fromkeys(notice.names))
        who = f" {notice.task} was the one who asked." if notice.task else ""
        if ours:
            yield finding(
                "lockdep",
                "lockup" if len(set(ours)) > 1 else "notice",
                f"Lockdep warns of a circle of locks that the OOM path takes: {classes}. It has"
                f" seen the orders, not the deadlock.{who}",
                [Quote(notice.line, notice.text)],
            )
        elif classes:
            yield finding(
                "lockdep",
                "notice",
                f"Lockdep warns of a circle of locks: {classes}. None of them belongs to the OOM"
                f" path.{who}",
                [Quote(notice.line, notice.text)],
            )


_OF_THE_BOOK = ("oom_lock", "oom_notify_list", "fs_reclaim", "balloon_lock", "cmm_lock")


def places(material: Material) -> Iterator[LogFinding]:
    """What frames with a `?` say of the chain: that it was walked."""
    was: list[StackEvidence] = []
    seen = [one.seen for one in material.scene.standings]
    seen += [oom.sighting for oom in material.reading.ooms]
    for sighting in seen:
        was += [e for e in evidence(sighting) if not e.sure and e.place in ("chain", "listener")]
    if was:
        drivers = ", ".join(dict.fromkeys(e.of for e in was if e.of)) or "its listeners"
        yield finding(
            "chain",
            "notice",
            f"The notifier chain was walked before: {drivers} left traces on the stack. That does"
            " not say that anybody is in it now.",
            [Quote(e.line, e.sentence) for e in was],
        )


def hangs(material: Material) -> Iterator[LogFinding]:
    """Tasks that hang for another reason than the book's."""
    told = {who for edge in material.waits.graph.edges for who in (edge.waiter, edge.holder)}
    others = [
        one
        for one in material.scene.standings
        if one.seen.why in ("hung task", "blocked task", "lockup")
        and one.seen.task not in told
        and not in_the_chain(one.seen)
        and not one.seen.inside("out_of_memory")
        and not (one.want is not None and role_of(one.want.lock) == "listener")
    ]
    if not others:
        return
    tasks = [*dict.fromkeys(one.seen.task for one in others)]
    names = named(tasks)
    quotes = [quote for one in others for quote in shown_by(one)[:2]]
    for asks in chain_walkers(material):  # somebody must have what is waited for in the chain
        if asks.want is None or asks.want.kind != "lock" or owners(material, asks.seen.task):
            continue
        which = "it" if len(tasks) == 1 else "one of them"
        yield finding(
            "circle",
            "notice",
            f"Beside it hangs {names}: {which} may have {asks.want.lock}, for which"
            f" {asks.seen.task} waits in the chain. The log does not say who has it.",
            quotes,
        )
        return
    yield finding(
        "stall",
        "notice",
        f"Tasks hang, and nothing in their stacks leads to the OOM killer: {names}.",
        quotes,
    )
