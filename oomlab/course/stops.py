"""Where a schedule stops that worked on another machine, and who holds what by then."""

from __future__ import annotations

from collections.abc import Collection

from oomlab.checked import checked
from oomlab.course.answer import Answer, refused, require_answer
from oomlab.course.attempt import REMEDY, SCENARIO, GivenMachine, GivenSettings, attempt
from oomlab.errors import InputError


@checked
def check_stop(
    stop: object,
    schedule: object,
    scenario: GivenMachine = SCENARIO,
    remedy: str = REMEDY,
    settings: GivenSettings | None = None,
) -> Answer:
    """Is `stop`, a (step, task, lock), the first step of `schedule` that is impossible?

    `stop` is None for the claim that all steps are possible; `lock` is "" for the claim that the
    task has finished. The answer says which of the three is wrong. The right step is half of it,
    the task a quarter, the lock a quarter.
    """
    try:
        found = attempt(schedule, scenario, remedy, settings).stop
        claimed = _claim(stop)
    except InputError as error:
        return refused(error)
    if found is None:
        return Answer(claimed is None, "every step of this schedule is possible.")
    if claimed is None:
        return Answer(False, "not every step of this schedule is possible.")
    if claimed[0] != found.step:
        early = "possible" if claimed[0] < found.step else "not the first that is impossible"
        return Answer(False, f"step {claimed[0]} is {early}.")
    if claimed[1] != found.task:
        return Answer(False, f"the step is right, but it is not a step of {claimed[1]}.", part=0.5)
    if claimed[2] != found.lock:
        why = claimed[2] or "its end"
        return Answer(False, f"{found.task} it is, but not because of {why}.", part=0.75)
    return Answer(True, f"{found.why}.")


@checked
def check_held(
    locks: object,
    task: str,
    schedule: object,
    scenario: GivenMachine = SCENARIO,
    remedy: str = REMEDY,
    settings: GivenSettings | None = None,
) -> Answer:
    """Are `locks` the locks that `task` holds after the possible steps of `schedule`?"""
    try:
        tried = attempt(schedule, scenario, remedy, settings)
        if task not in tried.tasks:
            raise InputError(f"{task!r} is not a task; the tasks are {', '.join(tried.tasks)}")
        claimed = _names(locks, tried.locks)
    except InputError as error:
        return refused(error)
    when = f"after step {tried.steps}"
    held = tried.held(task)
    wrong = sorted(claimed - held)
    if wrong:
        return Answer(False, f"{when} {task} does not hold {' or '.join(wrong)}.")
    if claimed != held:
        return Answer(False, f"{when} {task} holds something else besides.")
    return Answer(True, f"{when} {task} holds {' and '.join(sorted(held)) or 'no lock'}.")


def _claim(stop: object) -> tuple[int, str, str] | None:
    require_answer(stop)
    if stop is None:
        return None
    if isinstance(stop, list | tuple) and len(stop) == 3:
        step, task, lock = stop
        if isinstance(step, int) and isinstance(task, str) and isinstance(lock, str):
            return step, task, lock
    raise InputError("the answer must be (number of the step, 'task', 'lock')")


def _names(locks: object, known: Collection[str]) -> frozenset[str]:
    require_answer(locks)
    if not isinstance(locks, list | tuple | set | frozenset):
        raise InputError("the locks must be a list of names; [] for none")
    for name in locks:
        if name not in known:
            raise InputError(f"{name!r} is not a lock; the locks are {', '.join(known)}")
    return frozenset(map(str, locks))
