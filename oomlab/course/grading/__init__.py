"""What nbgrader is told to do differently, so that a student's code decides about no points.

The answers of an assignment are data. A student's notebook is run in a process of its own, which
is asked for one thing, the values of the answers. These are written down as plain values in place
of the student's code, and that notebook goes to nbgrader: the checks and the hidden tests run
where no line of a student's code has run.

`book/assignments/nbgrader_config.py` names these classes; nothing else imports this package, which
needs nbgrader.
"""

from oomlab.course.grading.markdown import safe_markdown
from oomlab.course.grading.preprocessors import HideTests, RunChecks, TakeAnswers

__all__ = ["HideTests", "RunChecks", "TakeAnswers", "safe_markdown"]
