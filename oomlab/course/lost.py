"""Is it certain, after a schedule, that somebody never gets to the end?"""

from __future__ import annotations

from oomlab.checked import checked
from oomlab.course.answer import Answer, refused
from oomlab.course.attempt import REMEDY, SCENARIO, GivenMachine, GivenSettings, attempt
from oomlab.course.objection import BUDGET
from oomlab.engine.explorer import explore_model
from oomlab.engine.explorer.player import Player
from oomlab.engine.explorer.schedules import read_schedule
from oomlab.errors import InputError


@checked
def check_no_way_out(
    schedule: object,
    scenario: GivenMachine = SCENARIO,
    remedy: str = REMEDY,
    settings: GivenSettings | None = None,
) -> Answer:
    """Does `schedule` lead to where, whatever happens next, not everybody with a job gets to the
    end? Tasks may still move there, round and round. If it does not, the answer is a way out.

    Half right is a schedule that can be played and leaves two tasks with a lock each.
    """
    try:
        tried = attempt(schedule, scenario, remedy, settings)
    except InputError as error:
        return refused(error)
    part = 0.5 if sum(bool(tried.held(task)) for task in tried.tasks) > 1 else 0.0
    if tried.stop:
        lines = (*tried.waits(), *tried.next_steps())
        return Answer(False, f"{tried.stop.why}.", lines, part)
    when = f"after step {tried.steps}"
    if tried.trace.verdict in ("panic", "ended"):
        return Answer(False, f"{when} there is nothing left to be done: everybody is through.")
    model = tried.experiment.model()
    found = explore_model(model, budget=BUDGET, reduced=False)
    space, state = found.graph.space, found.graph.states[0]
    for choice in read_schedule(Player(model), tried.possible):
        state += space.moves(state, choice.task)[choice.outcome][0]
    numbers = {each: number for number, each in enumerate(found.graph.states)}
    lines = (*tried.waits(), *tried.next_steps())
    if found.verdict.lockups[numbers[state]]:
        return Answer(True, f"{when} nobody gets out any more.", tried.waits())
    return Answer(False, f"{when} everybody can still get to the end.", lines, part)
