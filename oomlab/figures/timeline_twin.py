"""The timeline in words."""

from __future__ import annotations

from oomlab.analysis import length_text, moment_text
from oomlab.engine.trace.events import Trace
from oomlab.engine.trace.narration import VERDICTS
from oomlab.figures.lanes import Cast
from oomlab.figures.time_marks import marks
from oomlab.figures.wording import hold_phrase, span_phrase


def timeline_title(trace: Trace) -> str:
    """What the picture shows, in one line."""
    return f"Timeline of {trace.scenario} under {trace.remedy}"


def timeline_description(trace: Trace, cast: Cast) -> str:
    """How the picture is built and how the run ended."""
    names = ", ".join(lane.task.name for lane in cast.lanes)
    return (
        f"One lane for each of {names}; time runs from left to right, to"
        f" {moment_text(trace, trace.ended_at_us)}. {verdict_sentence(trace)}"
    )


def verdict_sentence(trace: Trace) -> str:
    """How the run ended: "Verdict deadlock: nothing will ever happen again."."""
    meaning = VERDICTS.get(trace.verdict)
    return f"Verdict {trace.verdict}{': ' + meaning if meaning else ''}."


def timeline_twin(trace: Trace, cast: Cast) -> str:
    """Everything the picture says, one statement a line."""
    lines = [f"{timeline_title(trace)}. {verdict_sentence(trace)}"]
    for lane in cast.lanes:
        lines.append(f"{lane.task.name} ({lane.task.what}):")
        for number, span in enumerate(lane.spans, start=1):
            last = number == len(lane.spans)
            when = _stretch(trace, span.start_us, span.end_us, to_the_end=last)
            stepwise = trace.engine == "schedule"
            lines.append(f"  {when}: {span_phrase(span, cast.held, stepwise=stepwise)}")
    for lock in cast.locks:
        lines.append(f"{lock}:")
        for held in cast.held:
            if held.lock == lock:
                to_the_end = held.to_the_end
                when = _stretch(trace, held.start_us, held.end_us, to_the_end=to_the_end)
                lines.append(f"  {when}: {hold_phrase(held)}")
    for mark in marks(trace):
        lines.append(f"At {moment_text(trace, mark.at_us)}: {mark.text} ({mark.task}).")
    if cast.left_out:
        names = ", ".join(task.name for task in cast.left_out)
        lines.append(f"Not drawn: {names}.")
    return "\n".join(lines)


def _stretch(trace: Trace, start_us: int, end_us: int, *, to_the_end: bool) -> str:
    start = moment_text(trace, start_us)
    if to_the_end:
        return f"from {start} to the end"
    return f"from {start} for {length_text(trace, end_us - start_us)}"
