"""Settings of the course: run nbgrader in the folder of this file, and it finds them."""

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "oomlab"

# What a student finds in place of a solution; the check below it says what is still missing.
c.ClearSolutions.code_stub = {
    "python": '# YOUR CODE HERE\nraise NotImplementedError("write your answer here")'
}
c.ClearSolutions.text_stub = "*Your answer here.*"

# Every cell of an assignment takes well under a second; a student's endless loop must end.
c.ExecutePreprocessor.timeout = 60
