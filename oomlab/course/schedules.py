"""Does a schedule lock the machine up, who begins, and how often does it change tasks?"""

from __future__ import annotations

from oomlab.analysis import wait_for_graph
from oomlab.checked import checked
from oomlab.course.answer import Answer, refused
from oomlab.course.attempt import REMEDY, SCENARIO, Attempt, GivenMachine, GivenSettings, attempt
from oomlab.errors import InputError


@checked
def check_lockup(
    schedule: object,
    scenario: GivenMachine = SCENARIO,
    remedy: str = REMEDY,
    settings: GivenSettings | None = None,
) -> Answer:
    """Does `schedule` end in a state in which nobody can move?

    If not, the answer is the first impossible step, or who can still move and what that task would
    do. A state that tasks only go round in without ever getting out does not count. It is half
    right if two tasks hold a lock each when it stops.
    """
    try:
        tried = attempt(schedule, scenario, remedy, settings)
    except InputError as error:
        return refused(error)
    part = 0.5 if sum(bool(tried.held(task)) for task in tried.tasks) > 1 else 0.0
    if tried.stop:
        return Answer(False, f"{tried.stop.why}.", (*tried.waits(), *tried.next_steps()), part)
    when = f"after step {tried.steps}"
    if tried.trace.verdict == "panic":
        return Answer(False, f"{when} the machine has panicked; that is an end, not a lockup.")
    if tried.trace.verdict == "ended":
        return Answer(False, f"{when} every task that has a job has finished it.")
    if tried.ready:
        names = " and ".join(tried.ready)
        lines = (*tried.next_steps(), *tried.waits())
        return Answer(
            False, f"{when} the machine is not stuck: {names} can still move.", lines, part
        )
    return Answer(True, f"{when} nobody can move. {_circle(tried)}", tried.waits())


@checked
def check_first(
    schedule: object,
    task: str,
    scenario: GivenMachine = SCENARIO,
    remedy: str = REMEDY,
    settings: GivenSettings | None = None,
) -> Answer:
    """Does `task` make the first step of `schedule`, and can it?"""
    try:
        trace = attempt(schedule, scenario, remedy, settings).trace
    except InputError as error:
        return refused(error)
    first = next((event.task for event in trace.events if event.at_us == 1), "nobody")
    if first == task:
        return Answer(True, f"{task} makes the first step.")
    return Answer(False, f"{first} makes the first step; let it be {task}.")


@checked
def check_switches(
    schedule: object,
    at_most: int,
    scenario: GivenMachine = SCENARIO,
    remedy: str = REMEDY,
    settings: GivenSettings | None = None,
) -> Answer:
    """Does `schedule` change from one task to another at most `at_most` times?

    Whether its steps are possible is not asked here.
    """
    try:
        count = attempt(schedule, scenario, remedy, settings).switches
    except InputError as error:
        return refused(error)
    said = f"the schedule has {_switches(count)}"
    if count <= at_most:
        return Answer(True, f"{said}.")
    return Answer(False, f"{said}; it can be done with {at_most}.")


def _circle(tried: Attempt) -> str:
    cycle = wait_for_graph(tried.trace, tried.steps).cycle
    if not cycle:
        return "The waits do not form a circle."
    links = " -> ".join(f"{edge.waiter} -> {edge.what}" for edge in cycle)
    return f"The waits form a circle: {links} -> {cycle[0].waiter}."


def _switches(count: int) -> str:
    return "1 context switch" if count == 1 else f"{count} context switches"


@checked
def check_playable(
    schedule: object,
    steps: int,
    movers: tuple[str, ...] = (),
    scenario: GivenMachine = SCENARIO,
    remedy: str = REMEDY,
    settings: GivenSettings | None = None,
) -> Answer:
    """Can every step of `schedule` be made, are there `steps` of them, and does each of `movers`
    make one? Half right is one that can be played."""
    try:
        tried = attempt(schedule, scenario, remedy, settings)
    except InputError as error:
        return refused(error)
    if tried.stop:
        return Answer(False, f"{tried.stop.why}.", (*tried.waits(), *tried.next_steps()))
    if tried.steps != steps:
        return Answer(False, f"it has {tried.steps} steps, not {steps}.", part=0.5)
    moved = {event.task for event in tried.trace.events if event.condition == "done"}
    idle = [task for task in movers if task not in moved]
    if idle:
        return Answer(False, f"{idle[0]} makes no step in it.", part=0.5)
    return Answer(True, f"all {steps} steps can be made.")
