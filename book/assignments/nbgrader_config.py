"""Settings of the course: run nbgrader in the folder of this file, and it finds them."""

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    GetGrades,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from oomlab.course.grading import HideTests, RunChecks, TakeAnswers, safe_markdown

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "oomlab"

# What a student finds in place of a solution: nothing that runs, so that it cannot be in the way.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE"}
c.ClearSolutions.text_stub = "*Your answer here.*"

# A student's code runs apart and gives values only; the checks run on those, by themselves.
# TakeAnswers puts back what was deleted, and says so: OverwriteCells need not add missing cells.
c.Autograde.sanitize_preprocessors = [
    ClearOutput,
    TakeAnswers,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    RunChecks,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]
c.TakeAnswers.cell_seconds = 10
c.TakeAnswers.memory_mb = 2048
c.TakeAnswers.require_fence = False  # True: without a working bubblewrap nothing is graded

# The checks themselves: every one takes a second or two, and far longer on a machine that is busy.
# They run no code that could go on without end.
c.RunChecks.cell_seconds = 300

c.GenerateFeedback.preprocessors = [GetGrades, HideTests, CSSHTMLHeaderPreprocessor]

# For pages of feedback and for the formgrader: HTML that a student wrote is shown, not obeyed.
c.HTMLExporter.filters = {"markdown2html": safe_markdown}

# `nbgrader zip_collect`: STUDENT_ps1-two-tasks.ipynb, and what Moodle puts in between.
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?P<student_id>[^/_]+)_(?:[^/]*_)?(?P<file_id>ps\d+-[a-z0-9-]+)"
)
