"""The scene and the frames of a trace: its moments, as far as they are worth stopping at."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.analysis import (
    WaitForGraph,
    moment_text,
    span_at,
    task_spans,
    wait_for_graph,
)
from oomlab.analysis.milestones import (
    cut_after,
    schedule_milestones,
    timed_milestones,
    told_events,
)
from oomlab.engine.trace.events import Event, Trace
from oomlab.engine.trace.narration import explain, tell_step
from oomlab.figures.axis import ever_after
from oomlab.figures.lanes import Cast, choose_lanes
from oomlab.figures.scale import TimeScale
from oomlab.figures.stage.frames import Frame, Program, holders_of, states_of
from oomlab.figures.stage.lines import program_of
from oomlab.figures.stage.scene import Scene, scene_of
from oomlab.figures.time_marks import marks

MOST_FRAMES = 60
"""A timed run with more told moments than this keeps those that matter most (our choice)."""


@dataclass(frozen=True)
class Played:
    """All that is drawn of a trace. `scale` maps its moments to places on the axis; `frames` are in
    order, the first one is the start, each at one of `moments`, as the trace counts them;
    `decided`: from where on the axis, in per cent, nobody gets out any more, None if they do;
    `parted`: where on it the run parts from another, None if it is not held against one."""

    trace: Trace
    cast: Cast
    scale: TimeScale
    scene: Scene
    frames: tuple[Frame, ...]
    moments: tuple[int, ...]
    decided: float | None
    parted: float | None = None


def played_of(
    trace: Trace, decided_at: int | None = None, scale: TimeScale | None = None
) -> Played:
    """What is drawn of a trace. `decided_at`: the moment from which on only a lockup can be
    reached, if the explorer knows it; else, of a run that ends in one, that at which the last
    circle closed for good. `scale`: a time axis that it shares with another run."""
    cast = choose_lanes(trace)
    alone = scale is None or bool(ever_after(trace))
    scale = scale or scale_of(trace)
    cuts = _cuts(trace)
    graphs = [wait_for_graph(cut, cut.ended_at_us) for _, cut, _ in cuts]
    names = [lane.task.name for lane in cast.lanes]
    scene = scene_of(trace, names, graphs, cast.locks)
    frames = tuple(
        _frame(trace, scene, _place(scale, number, cuts, alone), cut, graph, event, stop)
        for number, ((event, cut, stop), graph) in enumerate(zip(cuts, graphs, strict=True))
    )
    if decided_at is None:
        stuck = trace.verdict in ("deadlock", "stuck")  # an open schedule may go on
        decided = _closed(scale, cuts, graphs) if stuck else None
    else:
        decided = scale.x(decided_at) * 100 / scale.right
    moments = tuple(0 if event is None else cut.ended_at_us for event, cut, _ in cuts)
    return Played(trace, cast, scale, scene, frames, moments, decided)


def _cuts(trace: Trace) -> list[tuple[Event | None, Trace, bool]]:
    """Per frame the event that makes it (None: the start), the trace up to it, and whether it
    matters."""
    if trace.engine == "schedule":
        last: dict[int, int] = {}
        for number, event in enumerate(trace.events):
            last[event.at_us] = number
        stones = schedule_milestones(trace)
        found: list[tuple[Event | None, Trace, bool]] = []
        if 0 in last:
            found.append((None, cut_after(trace, last[0]), True))
        for step in range(1, trace.ended_at_us + 1):
            event = next(e for e in trace.events if e.at_us == step)
            found.append((event, cut_after(trace, last[step]), stones[step - 1].matters))
        return found
    told = told_events(trace)
    turns = [stone.matters for stone in timed_milestones(trace)]
    if len(told) > MOST_FRAMES:
        kept = [i for i, turn in enumerate(turns) if turn]
        kept = (kept if len(kept) <= MOST_FRAMES else kept[: MOST_FRAMES - 1]) or [0]
        kept = sorted({*kept, len(told) - 1})
        told, turns = tuple(told[i] for i in kept), [turns[i] for i in kept]
    before = max(told[0] - 1, 0) if told else 0
    start: list[tuple[Event | None, Trace, bool]] = [(None, cut_after(trace, before), True)]
    return start + [
        (trace.events[number], cut_after(trace, number), turn)
        for number, turn in zip(told, turns, strict=True)
    ]


def _frame(
    trace: Trace,
    scene: Scene,
    x: float,
    cut: Trace,
    graph: WaitForGraph,
    event: Event | None,
    stop: bool,
) -> Frame:
    at_us = cut.ended_at_us
    spans = task_spans(cut)
    now = {name: span_at(spans, name, at_us) for name in scene.tasks}
    values = cut.values_at(at_us)
    stands: dict[str, Event] = {}
    programs: dict[str, Program] = {}
    for one in cut.events:
        if one.task in scene.tasks[: scene.lanes]:
            programs[one.task] = program_of(one, programs.get(one.task, Program()), trace.remedy)
            stands[one.task] = one
    done = {name for name in scene.tasks if now[name].state == "done"}
    circle = tuple(name for edge in graph.cycle for name in (edge.waiter, edge.what))
    if event is None:
        sentence, mover = "Nobody has moved yet.", -1
    else:
        mover = scene.tasks.index(event.task) if event.task in scene.tasks else -1
        said = tell_step(trace, at_us) if not trace.timed else f"{explain(trace, event)}."
        sentence = said[:1].upper() + said[1:] if event.task not in said[:40] else said
    return Frame(
        x=x,
        when=moment_text(trace, 0 if event is None else at_us),
        states=states_of(scene, now, graph),
        holders=holders_of(scene, values),
        pages=tuple(sum(int(values[slot]) for slot in pool.slots) for pool in scene.pools),
        programs=tuple(
            Program() if name in done else programs.get(name, Program())
            for name in scene.tasks[: scene.lanes]
        ),
        mover=mover,
        circle=circle,
        sentence=sentence,
        stop=stop,
    )


def _place(
    scale: TimeScale, number: int, cuts: list[tuple[Event | None, Trace, bool]], alone: bool
) -> float:
    """Where the cursor stands, in per cent. A step lasts until the next: the cursor is in it. The
    last moment is the end of the axis, unless the axis goes on for another run."""
    if alone and number == len(cuts) - 1:
        return 100.0
    event, cut, _ = cuts[number]
    at_us = 0 if event is None else cut.ended_at_us
    x = scale.x(at_us)
    if event is not None and cut.engine == "schedule":
        x = (x + scale.x(at_us + 1)) / 2
    return x * 100 / scale.right


def _closed(
    scale: TimeScale,
    cuts: list[tuple[Event | None, Trace, bool]],
    graphs: list[WaitForGraph],
) -> float | None:
    """Where on the axis the circle closes that is closed at every moment to the end."""
    found = None
    for (_, cut, _), graph in reversed(list(zip(cuts, graphs, strict=True))):
        if not graph.cycle:
            break
        found = scale.x(cut.ended_at_us) * 100 / scale.right
    return found


def scale_of(*traces: Trace) -> TimeScale:
    """The axis on which these runs are drawn."""
    goes_on = any(map(ever_after, traces))
    moments = set().union(*map(_moments, traces))
    return TimeScale(moments, 0.0, 400.0, goes_on=goes_on, equal=not traces[0].timed)


def _moments(trace: Trace) -> set[int]:
    """When something happens that is drawn."""
    moments = {0} | {mark.at_us for mark in marks(trace)}
    for lane in choose_lanes(trace).lanes:
        moments.update(span.start_us for span in lane.spans)
        moments.update(span.end_us for span in lane.spans if span.end_us < trace.ended_at_us)
        for _, held in lane.holds:
            moments.update(one.start_us for one in held)
            moments.update(one.end_us for one in held if one.end_us < trace.ended_at_us)
    if not ever_after(trace) or trace.verdict == "livelock":
        moments.add(trace.ended_at_us)
    return moments
