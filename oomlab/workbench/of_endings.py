"""How it can end: with somebody stuck, killed for nothing, or with pages given back."""

from __future__ import annotations

from oomlab.analysis import pages_returned
from oomlab.engine.explorer.properties import violated
from oomlab.engine.explorer.verdict import ENDINGS
from oomlab.workbench.bench import NEEDLESS_KILL
from oomlab.workbench.line import MARK_OF, SHORT, CheckLine, CheckMark, line_of
from oomlab.workbench.searches import Searches
from oomlab.workbench.tries import ShownSchedule, Tried


def lockup(searches: Searches) -> CheckLine:
    """Whether anybody gets stuck."""
    usual = searches.tried()
    found = line_of(
        "lockup",
        "Is there a schedule from which nobody gets out?",
        SHORT[usual.word],
        MARK_OF[usual.word],
        [ENDINGS[usual.word]],
        usual.lockup(),
    )
    return {**found, "clock": searches.timed(usual)}


def livelock(searches: Searches) -> CheckLine:
    """Whether those who are stuck go round in circles."""
    usual = searches.tried()
    found = usual.found.verdict.livelock
    question = "Can tasks go round in circles for ever?"
    return _ending(usual, "livelock", question, found, "bad", usual.lockup() if found else None)


def starvation(searches: Searches) -> CheckLine:
    """Whether somebody can be kept waiting where nobody is stuck."""
    usual = searches.tried()
    question = "Can a fair scheduler keep somebody waiting?"
    return _ending(usual, "starvation", question, usual.found.verdict.starvation, "note", None)


def panic_line(searches: Searches) -> CheckLine:
    """Whether the machine can panic."""
    usual = searches.tried()
    question = "Can the machine panic, with nobody left to kill?"
    found = usual.found.verdict.panic
    return _ending(usual, "panic", question, found, "bad", usual.panic() if found else None)


def _ending(
    usual: Tried,
    key: str,
    question: str,
    found: bool,
    then: CheckMark,
    schedule: ShownSchedule | None,
) -> CheckLine:
    sure = usual.graph.complete
    answer = "yes" if found else "no" if sure else "not seen so far"
    mark: CheckMark = then if found else "good" if sure else "open"
    return line_of(key, question, answer, mark, [], schedule)


def needless_kill(searches: Searches) -> CheckLine:
    """Whether somebody is killed while there are pages to give back."""
    usual = searches.tried()
    question = "Can somebody be killed while the driver still has pages to give back?"
    if NEEDLESS_KILL in violated(usual.graph):
        way = usual.way_to_property(NEEDLESS_KILL)
        return line_of("needless kill", question, "yes", "bad", [], way)
    return _ending(usual, "needless kill", question, False, "bad", None)


def pages_given(searches: Searches) -> CheckLine:
    """What one run of the clock gives back."""
    trace = searches.usual_run()
    returned, seconds = pages_returned(trace), trace.ended_at_us / 1_000_000
    plural = "" if returned == 1 else "s"
    return line_of(
        "pages",
        "How many pages does it give back, in simulated seconds?",
        f"{returned} page{plural}; the run ends after {seconds:g} s: {trace.verdict}",
        "good" if returned and trace.verdict in ("completed", "recovered") else "note",
    )
