"""Is a callback safe wherever it can be called, and is it of any use?"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from oomlab.analysis import pages_returned
from oomlab.analysis.episodes import takes
from oomlab.checked import checked
from oomlab.course.answer import Answer, refused, require_answer, with_stop
from oomlab.course.code import written
from oomlab.course.code.fence_code import error_told
from oomlab.course.listener.driver import driver_names, listener_code
from oomlab.course.listener.places import PLACES, called_from, place_of
from oomlab.course.objection import exhaust
from oomlab.course.variants import Draw
from oomlab.errors import InputError, find
from oomlab.experiment import Experiment


@checked
def check_listener_code(routine: object) -> Answer:
    """Is `routine` a callback at all: steps, in the part of Python that one needs?"""
    try:
        code = listener_code(routine)
    except InputError as error:
        return refused(error)
    return Answer(True, f"{code.name} can be read as a routine.")


@checked
def check_listener(
    routine: object, key: str, number: object = ..., *, device: bool = False
) -> Answer:
    """Is the callback safe where the kernel calls it from the place `key`? Every schedule is tried.

    Unsafe is: that not everybody gets to the end any more; that pages are taken while the worker
    goes through their list, or (with a `device`) while that still uses them; that the lock is still
    held behind it; that it returns another number than the pages it gave back.
    """
    try:
        code = listener_code(routine)
        find("place", key, PLACES)
        text, names = written(routine), driver_names(number)
    except InputError as error:
        return refused(error)
    common = _verdict(text, key, names.pages, device)
    if common.ok:
        return common
    machine = place_of(key, text, names, device)
    experiment = Experiment.of(machine, given={}, engine="explorer")
    more = ", device=True" if device else ""

    def line(schedule: str) -> str:
        return f'show("{schedule}", called_from("{key}", {code.name}, number{more}))'

    return exhaust(experiment, code.name, f"safe where {PLACES[key].words}", line)


@lru_cache(maxsize=500)
def _verdict(text: str, key: str, pages: int, device: bool) -> Answer:
    """What is said of a callback under the common names. Names do not change what can happen, and
    whoever grades meets the same text again and again."""
    machine = place_of(key, text, replace(driver_names(), pages=pages), device)
    experiment = Experiment.of(machine, given={}, engine="explorer")
    return exhaust(experiment, "the callback", f"safe where {PLACES[key].words}", str)


@checked
def check_gives_back(routine: object, number: object = ..., *, device: bool = False) -> Answer:
    """Do all of the driver's pages come back where nobody is in the way? Some of them are a part of
    the answer."""
    try:
        code = listener_code(routine)
        machine = called_from("calm", routine, number, device=device)
    except InputError as error:
        return refused(error)
    pages = driver_names(number).pages
    try:
        trace = Experiment.of(machine, given={**machine.small_scope, "limit_s": 30.0}).run()
        back = pages_returned(trace)
    except Exception as error:  # whatever a student's routine does
        return Answer(False, with_stop(error_told(error, code.name)))
    if back >= pages:
        return Answer(True, f"all {pages} pages come back where nobody is in the way.")
    details = (
        f"expected: all {pages} pages of the driver are free after one call",
        f"got: {back or 'none'} of them",
    )
    said = "it does no harm, and is of no use" if not back else "it gives back too little"
    return Answer(False, f"{said}.", details, 0.5 * back / pages)


@checked
def check_unsafe_places(places: object, routine: object, number: object = ...) -> Answer:
    """Are `places` those in which the callback is not safe? Each right one counts, and a wrong one
    takes the credit of a right one away."""
    try:
        require_answer(places)
        if not isinstance(places, list | tuple | set):
            raise InputError("the places must be a list of names, such as ['calm']")
        for each in places:
            find("place", each, PLACES)
    except InputError as error:
        return refused(error)
    text, pages = written(routine), driver_names(number).pages
    unsafe = {key for key in PLACES if not _verdict(text, key, pages, device=False).ok}
    wrong, missing = set(places) - unsafe, unsafe - set(places)
    part = max(0.0, (len(unsafe & set(places)) - len(wrong)) / len(unsafe)) if unsafe else 0.0
    if wrong:
        return Answer(False, f"it is safe where {PLACES[min(wrong)].words}.", part=part)
    if missing:
        said = "in another place either" if places else "in some place"
        return Answer(False, f"it is not safe {said}.", part=part)
    return Answer(True, f"it is not safe in {' and '.join(sorted(unsafe)) or 'no place'}.")


def first_of_lockup(number: object = ...) -> str:
    """The task that is to begin in a student's lockup."""
    return Draw("ps5", number).one("first", ("fs_task", driver_names(number).worker))


@checked
def check_visit(routine: object, number: object = ...) -> Answer:
    """Does the routine take the driver's lock, let go of it, and do nothing else?"""
    safe = check_listener(routine, "calm", number)
    if not safe.ok:
        return safe
    machine = called_from("calm", routine, number)
    trace = Experiment.of(machine, given={**machine.small_scope, "limit_s": 30.0}).run()
    lock = driver_names(number).lock
    took = any(takes(event) and event.on == lock for event in trace.events)
    if not took:
        return Answer(False, f"it never has {lock}.")
    if pages_returned(trace):
        return Answer(False, "it moves pages, which nobody asked for.", part=0.5)
    return Answer(True, f"it takes {lock} and lets go of it.")
