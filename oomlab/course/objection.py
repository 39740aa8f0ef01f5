"""What is held against an answer: what was expected, what came instead, where the two part."""

from __future__ import annotations

from collections.abc import Callable

from oomlab.analysis import wait_for_graph, waiting_sentence
from oomlab.course.answer import Answer, with_stop
from oomlab.course.code.fence_code import error_told
from oomlab.engine.explorer import Exploration
from oomlab.engine.explorer.counterexample import Schedule
from oomlab.engine.explorer.properties import schedule_to, violated
from oomlab.engine.explorer.schedules import write_schedule
from oomlab.engine.ops.ghosts import SEEN
from oomlab.engine.trace.events import Trace
from oomlab.engine.trace.narration import tell_step
from oomlab.experiment import Experiment

BUDGET = 200_000
"""States after which a routine is said to have too many (our choice): those of the sets have some
thousands."""

TOO_MANY = (
    f"the explorer gave up after {BUDGET:,} states; does the routine count something without end?"
)

ReplayLine = Callable[[str], str]
"""Makes, of a schedule, the line that plays it in a notebook."""


def exhaust(
    experiment: Experiment, name: str, good: str, line: ReplayLine, timeouts: str = "any"
) -> Answer:
    """Try every schedule of `experiment`, in which a routine called `name` plays. `good` is said if
    nothing is to be said against it; otherwise the shortest objection."""
    try:
        found = experiment.explore(timeouts=timeouts, budget=BUDGET)
    except Exception as error:  # whatever a student's routine does
        return Answer(False, with_stop(error_told(error, name)))
    if found.verdict.word == "lockup":
        return _lockup(experiment, found, line)
    broken = violated(found.graph)
    if broken:
        schedules = {each: schedule_to(found.graph, each, "moves") for each in broken}
        worst = min(schedules, key=lambda each: len(schedules[each]))
        return _broken(experiment, schedules[worst], worst, line)
    if found.verdict.word == "budget":
        return Answer(False, f"{TOO_MANY}")
    return Answer(True, f"{good}: all {len(found.graph):,} states were tried.")


def _lockup(experiment: Experiment, found: Exploration, line: ReplayLine) -> Answer:
    trace, text = _played(experiment, found.schedule)
    stuck = len(found.schedule) - found.circle
    graph = wait_for_graph(trace, trace.ended_at_us)
    waits = [waiting_sentence(edge) for edge in graph.edges]
    if found.circle:
        got = f"after step {stuck} tasks go round for ever"
    else:
        got = f"after step {trace.ended_at_us} nobody can move"
    parts = min(found.point_of_no_return or stuck, stuck)
    return _answer(
        trace,
        "it locks the machine up.",
        "whatever the order of steps, everybody with a job can still get to the end",
        "; ".join([got, *waits]),
        parts,
        line(text),
    )


def _broken(experiment: Experiment, schedule: Schedule, what: str, line: ReplayLine) -> Answer:
    trace, text = _played(experiment, schedule)
    for step in range(1, trace.ended_at_us):  # the explorer's moves are of several steps
        if what in trace.values_at(step).get(SEEN, ()):
            trace, text = _played(experiment, schedule[:step])
            break
    return _answer(
        trace,
        f"{what}.",
        "that this never happens, whatever the order of steps",
        f"it has happened at step {trace.ended_at_us}",
        trace.ended_at_us,
        line(text),
    )


def _played(experiment: Experiment, schedule: Schedule) -> tuple[Trace, str]:
    text = write_schedule(experiment.model(), schedule)
    return experiment.play(text), text


def _answer(
    trace: Trace, sentence: str, expected: str, got: str, parts_at: int, replay: str
) -> Answer:
    details = (
        f"expected: {expected}",
        f"got: {got}",
        f"they part at step {parts_at}: {tell_step(trace, parts_at)}" if parts_at else "",
        f"to play it: {replay}",
    )
    from oomlab.figures import draw_wait_for  # not above: it takes long to load, and few need it

    picture = draw_wait_for(trace, trace.ended_at_us)
    return Answer(False, sentence, tuple(filter(None, details)), picture=picture)
