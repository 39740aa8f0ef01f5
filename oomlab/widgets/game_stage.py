"""The stage of a level: a frame for every node of its board; the page only has to choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from oomlab.engine.explorer.schedules import schedule_trace
from oomlab.engine.ops import FREE, RwSemaphore
from oomlab.engine.trace import Event
from oomlab.experiment import Experiment
from oomlab.figures.stage import Frame, Pool, Program, Scene, Thing, stage_html
from oomlab.figures.stage.lines import program_of
from oomlab.figures.stage.scene import pools_of
from oomlab.listeners.listings import LISTINGS as OF_THE_LISTENERS
from oomlab.remedies.listings import LISTINGS as OF_THE_REMEDIES
from oomlab.widgets.game_moves import BoardMoves
from oomlab.widgets.game_words import Speaker

_DRIVERS = {listing.routine.__name__ for listing in (*OF_THE_LISTENERS, *OF_THE_REMEDIES)}
"""The routines of drivers and of the RFC that have a listing."""

_STATES = {"ready": "runs", "late": "waits", "blocked": "blocked", "done": "done"}
"""What the stage calls how a task stands; who is idle waits for an answer, or has nothing to do."""


@dataclass(frozen=True)
class GameStage:
    """What a level's stage shows: its scene, and a frame for every node."""

    scene: Scene
    frames: tuple[Frame, ...]

    def html(self, title: str, key: str) -> str:
        """The whole stage at the start, with lanes that are empty yet."""
        lanes = _lanes(self.scene.tasks, [state for state, _ in self.frames[0].states])
        return stage_html(self.scene, self.frames, 0, lanes, title, key)


def stage_of(
    experiment: Experiment, moves: BoardMoves, speaker: Speaker, movers: Sequence[int]
) -> GameStage:
    """The stage of the nodes of a board, with a lane for each of `movers`."""
    names = [moves.graph.space.model.task_name(task) for task in movers]
    things = _things(moves, speaker, movers)
    pools = _pools(experiment, moves)
    layout = moves.graph.space.model.layout
    index = {slot.name: slot.index for slot in layout.slots}
    scene = Scene(tuple(names), len(names), things, pools)
    frames = []
    for node in range(len(moves.states)):
        shared = moves.shared(node)
        states = tuple(_state(speaker, scene, node, task) for task in movers)
        holders = tuple(
            _holders(names, thing, shared[index[thing.name]], moves.graph.space.model.task_name)
            for thing in things
        )
        frames.append(
            Frame(
                x=0.0,
                when="",
                states=states,
                holders=holders,
                pages=tuple(
                    sum(_count(moves, node, index[name]) for name in pool.slots) for pool in pools
                ),
                programs=tuple(
                    _program(speaker, node, task, name)
                    for task, name in zip(movers, names, strict=True)
                ),
                mover=-1,
                circle=_circle(scene, states, holders),
                sentence="",
            )
        )
    circles = [frame.circle for frame in frames if frame.circle]
    return GameStage(replace(scene, circle=circles[0] if circles else ()), tuple(frames))


def _things(moves: BoardMoves, speaker: Speaker, movers: Sequence[int]) -> tuple[Thing, ...]:
    """The mutexes that anybody ever has, and what else is ever waited for: other locks, and queues
    that one task answers."""
    layout = moves.graph.space.model.layout
    mutexes = [slot for slot in layout.slots if slot.kind == "mutex"]
    waited: set[str] = set()
    for node in range(len(moves.states)):
        shared = moves.shared(node)
        waited.update(slot.name for slot in mutexes if shared[slot.index] != FREE)
        for task in movers:
            op = speaker.op(node, task)
            if op is not None and op.slots and speaker.status(node, task)[0] != "ready":
                waited.add(op.slots[0].name)
    found = []
    for slot in layout.slots:
        answered_by = layout.facts[slot.index].answered_by
        if slot.name in waited and slot.kind in ("mutex", "rwsem"):
            found.append(Thing(slot.name, "lock"))
        elif slot.name in waited and slot.kind == "queue" and answered_by:
            found.append(Thing(slot.name, "queue", answered_by))
    return tuple(found)


def _pools(experiment: Experiment, moves: BoardMoves) -> tuple[Pool, ...]:
    """The parts of the tank that hold a page at any node."""
    trace = schedule_trace(experiment.player(), "", "", {})
    most = {
        slot.name: max(_count(moves, node, slot.index) for node in range(len(moves.states)))
        for slot in moves.graph.space.model.layout.slots
        if slot.kind == "pool"
    }
    ever = Event(0, "", ("",), "move", "", "done", changes=most)
    return pools_of(replace(trace, events=(ever,)))


def _count(moves: BoardMoves, node: int, slot: int) -> int:
    pages = moves.shared(node)[slot]
    assert isinstance(pages, int)
    return pages


def _state(speaker: Speaker, scene: Scene, node: int, task: int) -> tuple[str, int]:
    status, _ = speaker.status(node, task)
    op = speaker.op(node, task)
    on = scene.thing(op.slots[0].name) if op is not None and op.slots else -1
    if status == "ready":
        return "runs", -1
    if status == "idle":
        return ("idle", -1) if on < 0 else ("waits", on)
    return _STATES[status], on


def _holders(names: list[str], thing: Thing, value: object, name: object) -> tuple[int, ...]:
    assert callable(name)
    if thing.kind == "queue":
        owners = [thing.answered_by]
    elif isinstance(value, RwSemaphore):
        owners = (
            [name(value.writer)] if name(value.writer) else [name(one) for one in value.readers]
        )
    else:
        owners = [name(value)]
    return tuple(names.index(owner) for owner in owners if owner in names)


def _program(speaker: Speaker, node: int, task: int, name: str) -> Program:
    """Where a task stands: at what it is about to do."""
    op = speaker.op(node, task)
    if op is None:
        return Program()
    on = op.slots[0].name if op.slots else ""
    stack = speaker.stack(node, task)
    # A driver's lines say more of who holds what than those of the allocator that it has called.
    inside = max(
        (i for i, function in enumerate(stack) if function in _DRIVERS), default=len(stack)
    )
    about = Event(0, name, stack[: inside + 2], op.kind, on, "blocked")
    return program_of(about, Program(), speaker.experiment.remedy.name)


def _circle(
    scene: Scene, states: tuple[tuple[str, int], ...], holders: tuple[tuple[int, ...], ...]
) -> tuple[str, ...]:
    """Tasks and things of a circle of waits, alternately; () if there is none."""
    for start in range(len(states)):
        found: list[str] = []
        task = start
        for _ in states:
            thing = states[task][1]
            if thing < 0 or not holders[thing]:
                break
            found += [scene.tasks[task], scene.things[thing].name]
            task = holders[thing][0]
            if task == start:
                return tuple(found)
    return ()


def _lanes(names: Sequence[str], states: Sequence[str]) -> str:
    """A hand and an empty lane for each task; that of one who has nothing to do is hidden."""
    rows = "".join(
        f'<div class="oom-m-lane" data-thing="{escape(name)}" data-task="{number}"'
        f"{' hidden' if states[number] == 'idle' else ''}>"
        f'<p class="oom-m-name"><button type="button" class="oom-g-hand" data-task="{number}">'
        f"<kbd>{number + 1}</kbd> <b>{escape(name)}</b>"
        '<span class="oom-g-next"></span></button></p>'
        '<div class="oom-m-bars"></div><div class="oom-g-rails"></div></div>'
        for number, name in enumerate(names)
    )
    return (
        f'<div class="oom-m-lanes"><div class="oom-m-signs"></div>{rows}'
        '<i class="oom-m-veil" style="left:0"></i><i class="oom-m-cursor" style="left:0"></i></div>'
        '<input type="range" class="oom-g-cursor" min="0" max="0" value="0"'
        ' aria-label="Moves made" disabled>'
    )
