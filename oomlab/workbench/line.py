"""A line of the checklist: a question, what the search says to it, and why."""

from __future__ import annotations

from typing import Any, Literal

from oomlab.workbench.tries import ShownSchedule

CheckMark = Literal["good", "bad", "note", "open"]
"""`open`: not all schedules were seen. `note`: to be known, and no verdict."""

CheckLine = dict[str, Any]
"""One line: `id`, `question`, `answer`, `mark`, `reasons` (a list of sentences), `schedule` (see
`ShownSchedule`; None where none shows it), `clock`: how one timed run of the same ends, its
`verdict` and after how many simulated `seconds` (None where the line is not about a run), and
`states`: how many were seen up to here."""

MARK_OF: dict[str, CheckMark] = {"exhausted-clean": "good", "lockup": "bad", "budget": "open"}
"""The mark of a search, by its verdict."""

SHORT = {
    "exhausted-clean": "nobody gets stuck in any schedule",
    "lockup": "there is a schedule from which nobody gets out",
    "budget": "not every schedule was seen; nothing was found so far",
}


def line_of(
    key: str,
    question: str,
    answer: str,
    mark: CheckMark,
    reasons: list[str] | None = None,
    schedule: ShownSchedule | None = None,
) -> CheckLine:
    """One line of the checklist."""
    return {
        "id": key,
        "question": question,
        "answer": answer,
        "mark": mark,
        "reasons": reasons or [],
        "schedule": schedule,
        "clock": None,
        "states": 0,
    }
