"""Schedules as text that can be pasted, and what playing them on a model shows.

A schedule reads like `fs_task:9,balloon_worker:5`: who moves, how often in a row. `fs_task@1` is
one step that takes the second of several outcomes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby

from oomlab.engine.explorer.counterexample import Schedule, ScheduledMove
from oomlab.engine.explorer.player import ImpossibleStep, Player
from oomlab.engine.model import Model
from oomlab.engine.routines import call_stack
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError, shown

_RUN = re.compile(r"([A-Za-z_]\w*)(?::([1-9]\d{0,17})|@(\d{1,3}))?")

MOST_STEPS = 100_000
"""A longer schedule is not played: the shortest way to any lockup takes far fewer (our choice)."""


def as_word(name: str) -> str:
    """A task's name as it stands in a schedule: `modprobe_driver` for "modprobe driver"."""
    return re.sub(r"\W", "_", name)


def write_schedule(model: Model, schedule: Schedule) -> str:
    """A schedule as text, e.g. `fs_task:9,balloon_worker:5`."""
    parts = []
    for choice, group in groupby(schedule):
        name, times = as_word(model.task_name(choice.task)), len(list(group))
        if choice.outcome:
            parts += [f"{name}@{choice.outcome}"] * times
        else:
            parts.append(name if times == 1 else f"{name}:{times}")
    return ",".join(parts)


def read_schedule(player: Player, text: str, most: int = MOST_STEPS) -> Schedule:
    """The schedule that `text` describes. Raises InputError saying which part is not understood, or
    that it has more than `most` steps, before it makes room for any of them."""
    found: list[ScheduledMove] = []
    steps = 0
    if text.count(",") >= most:
        raise InputError(f"the schedule has more than {most} steps, which are not played")
    names = {as_word(actor.name): actor.name for actor in player.model.actors}
    for part in filter(None, text.split(",")):
        match = _RUN.fullmatch(part.strip())
        if match is None:
            raise InputError(
                f"{shown(part)} is not a step; valid: task, task:times or task@outcome"
            )
        task = player.task_number(names.get(match[1], match[1]))
        times = int(match[2] or 1)
        steps += times
        if steps > most:
            raise InputError(f"the schedule has more than {most} steps, which are not played")
        found += [ScheduledMove(task, int(match[3] or 0))] * times
    return tuple(found)


def play_through(player: Player, schedule: Schedule) -> bool:
    """Let `player` make every step. Was its last state there before?

    Raises ImpossibleStep for a step that cannot be made.
    """
    seen = {player.fingerprint()}
    repeats = False
    for choice in schedule:
        player.step(choice)
        here = player.fingerprint()
        repeats = here in seen
        seen.add(here)
    return repeats


def play_as_far_as_possible(player: Player, schedule: Schedule) -> str:
    """Let `player` make the steps up to the first that it cannot make; why it cannot, "" if it made
    them all."""
    for choice in schedule:
        try:
            player.step(choice)
        except ImpossibleStep as problem:
            return str(problem)
    return ""


def call_chains(player: Player) -> dict[str, tuple[str, ...]]:
    """The functions on the stack of every task, outermost first; none of one that has finished."""
    return {
        actor.name: call_stack(player.routines[actor.index])
        if player.pending[actor.index] is not None
        else ()
        for actor in player.model.actors
    }


def schedule_trace(
    player: Player,
    scenario: str,
    remedy: str,
    settings: Mapping[str, float | str],
    *,
    repeats: bool = False,
) -> Trace:
    """What `player` did so far; the other arguments say what was played.

    The trace's `at_us` are step numbers, its verdict is `stuck` (nobody can move), `repeats` (the
    last state was there before), `ended`, `panic` or `open`.
    """
    return Trace(
        scenario,
        remedy,
        dict(settings),
        0,
        "schedule",
        player.model.hz,
        player.recorder.tasks(),
        player.recorder.slots(),
        tuple(player.recorder.events),
        _ending(player, repeats),
        player.steps,
        player.waiting(),
    )


def _ending(player: Player, repeats: bool) -> str:
    if player.ended:
        return "panic" if player.panicked else "ended"
    if not player.ready():
        return "stuck"
    return "repeats" if repeats else "open"
