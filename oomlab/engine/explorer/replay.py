"""Schedules as strings that can be pasted, and what playing them shows.

A string looks like `h1-two-task-cycle/mainline/fault_tasks=0/fs_task:9,balloon_worker:5`: scenario,
remedy, parameters that differ from the small scope, and who moves how often in a row. `fs_task@1`
is one step that takes the second of several outcomes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby

from oomlab.engine.explorer.counterexample import Choice, Schedule
from oomlab.engine.explorer.player import ImpossibleStep, Player
from oomlab.engine.model import Model
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.remedies import find_remedy
from oomlab.scenarios import find_scenario
from oomlab.scenarios.parameters import Value

_RUN = re.compile(r"([A-Za-z_]\w*)(?::([1-9]\d{0,5})|@(\d{1,3}))?")
FORM = "SCENARIO/REMEDY/[name=value,...]/task:times,task@outcome,..."


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


def read_schedule(player: Player, text: str) -> Schedule:
    """The schedule that `text` describes. Raises InputError saying which part is not understood."""
    found: list[Choice] = []
    names = {as_word(actor.name): actor.name for actor in player.model.actors}
    for part in filter(None, text.split(",")):
        match = _RUN.fullmatch(part.strip())
        if match is None:
            raise InputError(f"{part!r} is not a step; valid: task, task:times or task@outcome")
        task = player.task_number(names.get(match[1], match[1]))
        found += [Choice(task, int(match[3] or 0))] * int(match[2] or 1)
    return tuple(found)


def write_replay(
    scenario: str, remedy: str, settings: Mapping[str, Value], model: Model, schedule: Schedule
) -> str:
    """The whole string for `oomlab replay`."""
    usual = find_scenario(scenario).settle({}, "explorer")
    special = ",".join(f"{k}={v}" for k, v in settings.items() if v != usual[k])
    return f"{scenario}/{remedy}/{special}/{write_schedule(model, schedule)}"


def replay(text: str) -> Trace:
    """Play a replay string. The trace's `at_us` are step numbers, its verdict is `stuck` (nobody
    can move), `repeats` (the last state was there before), `ended` or `open`.

    Raises InputError for a string that is not understood and ImpossibleStep for a step that cannot
    be made.
    """
    parts = text.split("/")
    if len(parts) != 4:
        raise InputError(f"a replay string has the form {FORM}")
    given = dict(_setting(part) for part in filter(None, parts[2].split(",")))
    return play(parts[0], parts[1], given, parts[3])


def play(
    scenario: str,
    remedy: str,
    given: Mapping[str, object],
    schedule: str,
    *,
    steps: int | None = None,
) -> Trace:
    """Play a schedule given as text, or its first `steps` steps, from the scenario's small scope.

    Raises as `replay` does.
    """
    player, settings = _player(scenario, remedy, given)
    seen = {player.fingerprint()}
    repeats = False
    for choice in read_schedule(player, schedule)[:steps]:
        player.step(choice)
        here = player.fingerprint()
        repeats = here in seen
        seen.add(here)
    return _trace(player, scenario, remedy, settings, _ending(player, repeats))


def follow(
    scenario: str, remedy: str, given: Mapping[str, object], schedule: str
) -> tuple[Trace, str]:
    """Play a schedule as far as it can be followed, e.g. one that was made for another remedy.

    Result: the trace so far, and why it could not be followed any further ("" if it could to the
    end). Raises InputError for a schedule that is not understood.
    """
    player, settings = _player(scenario, remedy, given)
    why = ""
    for choice in read_schedule(player, schedule):
        try:
            player.step(choice)
        except ImpossibleStep as problem:
            why = str(problem)
            break
    return _trace(player, scenario, remedy, settings, _ending(player, False)), why


def _player(
    scenario: str, remedy: str, given: Mapping[str, object]
) -> tuple[Player, dict[str, Value]]:
    found = find_scenario(scenario)
    settings = found.settle(given, "explorer")
    return Player(found.build(settings, find_remedy(remedy))), settings


def _trace(
    player: Player, scenario: str, remedy: str, settings: dict[str, Value], ending: str
) -> Trace:
    return Trace(
        scenario,
        remedy,
        settings,
        0,
        "schedule",
        player.model.hz,
        player.recorder.tasks(),
        player.recorder.slots(),
        tuple(player.recorder.events),
        ending,
        player.steps,
        player.waiting(),
    )


def _ending(player: Player, repeats: bool) -> str:
    if player.ended:
        return "panic" if player.panicked else "ended"
    if not player.ready():
        return "stuck"
    return "repeats" if repeats else "open"


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"{text!r} is not a parameter; valid: name=value")
    return name, value
