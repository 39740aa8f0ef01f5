"""Checks for assignments: they play a student's schedule and answer in sentences.

Every check returns an `Answer`, also for text that is no schedule at all; none raises an error for
what a student wrote. A wrong answer is told what is wrong with it, not what would be right.
"""

from oomlab.course.answer import Answer
from oomlab.course.edges import check_wait_for
from oomlab.course.schedules import check_lockup, check_switches
from oomlab.course.stops import check_held, check_stop
from oomlab.course.story import show

__all__ = [
    "Answer",
    "check_held",
    "check_lockup",
    "check_stop",
    "check_switches",
    "check_wait_for",
    "show",
]
