"""Our checks under otter-grader, whose tests pass or fail: the sentences, and points for a part.

`tools/otter.py` makes the problem sets into assignments of otter-grader. A test of theirs runs a
check inside `as_test`, and fails with all that the check said; `PartialPoints`, a plugin for
otter-grader, takes the points from the last line of that. Neither needs otter-grader itself.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_TOTAL = re.compile(r"^\s*(\d+(?:\.\d+)?) of \d+(?:\.\d+)? points$", re.MULTILINE)


@dataclass
class CheckPoints:
    """The `points` that a check has given; to be set inside `as_test`."""

    points: float = 0.0


@contextlib.contextmanager
def as_test(full: float) -> Iterator[CheckPoints]:
    """Run a check that gives `full` points for a right answer, and print what it says then.

    Raises AssertionError with what it says if it gives fewer. With `full` 0 only the form of an
    answer is checked, and the check has nothing to say about it but its last line.
    """
    said = io.StringIO()
    given = CheckPoints()
    with contextlib.redirect_stdout(said):
        yield given
    text = said.getvalue().strip()
    if given.points < full or (full == 0 and "\n" in text):
        raise AssertionError(text)
    print(text)


class PartialPoints:
    """The plugin: a test that did not pass has the points that its check gave."""

    def __init__(self, path: str, metadata: object, settings: object) -> None:
        """As otter-grader makes its plugins; all that is wanted comes later."""

    def after_grading(self, results: Any) -> None:
        """Change the points of each question in otter-grader's `GradingResults`."""
        for name in results.test_files:
            cases = results.get_result(name).test_case_results
            results.update_score(name, sum(map(_points, cases)))


def _points(result: Any) -> float:
    """What a `TestCaseResult` is worth, and never more than its test case."""
    most = float(result.test_case.points)
    if result.passed:
        return most
    told = _TOTAL.findall(result.message or "")
    return min(most, float(told[-1])) if told else 0.0
