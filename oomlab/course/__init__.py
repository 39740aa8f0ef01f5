"""Checks for assignments: they play a student's schedule and answer in sentences.

Every check returns an `Answer`, also for text that is no schedule at all; none raises an error for
what a student wrote. A wrong answer is told what is wrong with it, not what would be right.
`Marks` gives points for answers. `oomlab.course.grading` is for instructors: nbgrader's settings
import it, nothing else does.
"""

from oomlab.course.answer import Answer
from oomlab.course.edges import check_wait_for
from oomlab.course.marks import Marks
from oomlab.course.schedules import check_first, check_lockup, check_switches
from oomlab.course.stops import check_held, check_stop
from oomlab.course.story import show

__all__ = [
    "Answer",
    "Marks",
    "check_first",
    "check_held",
    "check_lockup",
    "check_stop",
    "check_switches",
    "check_wait_for",
    "show",
]
