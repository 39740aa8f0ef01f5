"""Does a schedule show what is wrong with a protocol, and is there anything wrong with one?"""

from __future__ import annotations

from dataclasses import replace

from oomlab.checked import checked
from oomlab.course.answer import Answer, refused
from oomlab.course.attempt import attempt
from oomlab.course.objection import exhaust
from oomlab.course.predictions import check_list
from oomlab.course.protocol.model import DESK_CLAIMS, EMPTY, ENDED, OLD, OVERLAP, desk, side
from oomlab.engine.ops.ghosts import SEEN
from oomlab.engine.properties import never, noted
from oomlab.errors import InputError, find
from oomlab.experiment import Experiment


@checked
def check_shows(
    schedule: object, key: str, ask: object, serve: object, number: object = ...
) -> Answer:
    """Does `schedule` lead to what `key` says ("old" or "overlap") on the desk with this protocol?

    A schedule that shows the other of the two is a third of the answer.
    """
    try:
        what = find("fault", key, {"old": OLD, "overlap": OVERLAP})
        tried = attempt(schedule, desk(ask, serve, number))
    except InputError as error:
        return refused(error)
    seen = tried.trace.values_at(tried.steps)[SEEN]
    if what in seen:
        return Answer(True, f"after step {tried.steps} {what}.")
    lines = (*tried.waits(), *tried.next_steps())
    if tried.stop:
        return Answer(False, f"{tried.stop.why}.", lines)
    other = next((each for each in (OLD, OVERLAP) if each in seen), "")
    if other:
        return Answer(False, f"that is another fault: {other}.", lines, 1 / 3)
    return Answer(False, f"after step {tried.steps} no caller has a wrong answer yet.", lines)


@checked
def check_told(claims: object, ask: object, serve: object, number: object = ...) -> Answer:
    """Are `claims` the keys of DESK_CLAIMS that can come true with this protocol?"""
    return check_list(claims, true_claims(ask, serve, number), tuple(DESK_CLAIMS), what="key")


def true_claims(ask: object, serve: object, number: object = ...) -> set[str]:
    """The claims that the explorer finds true."""
    found = set()
    for key, what in (("old", OLD), ("overlap", OVERLAP)):
        only = replace(desk(ask, serve, number), properties=(never(what, noted(what)),))
        experiment = Experiment.of(only, engine="explorer")
        reports = experiment.reports(experiment.explore())
        found |= {key for one in reports if one.answer == "violated"}
    if not check_protocol(ask, serve, "silent", number).ok:
        found.add("stuck")
    if not check_protocol(ask, serve, "useful", number).ok:
        found.add("lost")
    return found


@checked
def check_protocol(
    ask: object, serve: object, what: str = "credit", number: object = ...
) -> Answer:
    """Is the protocol sound? Every schedule is tried. `what`: "credit" (no answer is for another
    request, and everybody comes back), "silent" (everybody comes back though the walk never ends),
    "useful" (who is answered in time is told of its pages). The thread never ends."""
    try:
        find("check", what, dict.fromkeys(("credit", "silent", "useful")))
        names = f"{side(ask, 2).name} with {side(serve, 1).name}"
        machine = desk(ask, serve, number, answers=what != "silent")
    except InputError as error:
        return refused(error)
    timeouts = "any"
    if what == "useful":
        wanted = tuple(never(name, noted(name)) for name in (EMPTY, ENDED))
        machine = replace(machine, properties=wanted)
        timeouts = "idle"
    experiment = Experiment.of(machine, engine="explorer")
    more = ", answers=False" if what == "silent" else ""
    pair = f"{side(ask, 2).name}, {side(serve, 1).name}"

    def line(schedule: str) -> str:
        return f'show("{schedule}", desk({pair}, number{more}))'

    good = {
        "credit": "no answer is for another request",
        "silent": "everybody comes back although no walk ends",
        "useful": "who is answered in time is told of its pages",
    }[what]
    return exhaust(experiment, names, good, line, timeouts)
