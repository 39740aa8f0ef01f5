"""A schedule as a student can read it: every step, then who waits and who can move."""

from __future__ import annotations

from oomlab.checked import checked
from oomlab.course.attempt import REMEDY, SCENARIO, GivenMachine, GivenSettings, attempt
from oomlab.engine.trace.narration import VERDICTS, tell_step
from oomlab.errors import InputError


@checked
def show(
    schedule: object,
    scenario: GivenMachine = SCENARIO,
    remedy: str = REMEDY,
    settings: GivenSettings | None = None,
) -> None:
    """Print the story of `schedule`, up to its first impossible step if there is one."""
    try:
        tried = attempt(schedule, scenario, remedy, settings)
    except InputError as error:
        print(f"Not a schedule: {error}.")
        return
    print(f"{tried.trace.scenario} under {remedy}")
    for step in range(1, tried.steps + 1):
        print(f"{step:4}  {tell_step(tried.trace, step)}")
    if tried.stop:
        print(f"{tried.stop.step:4}  impossible: {tried.stop.why.partition(': ')[2]}")
    print(f"After step {tried.steps}:")
    for task in tried.tasks:
        if held := tried.held(task):
            print(f"  {task} holds {', '.join(sorted(held))}")
    for line in (*tried.waits(), *(tried.next_steps() or (VERDICTS[tried.trace.verdict],))):
        print(f"  {line}")
