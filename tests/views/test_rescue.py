"""Two knots and free pages: what the front page lets the reader try."""

from __future__ import annotations

import pytest

from oomlab.views.rescue import two_machines


@pytest.mark.parametrize("pages", [1, 64, 4096])
def test_pages_untie_three_tasks_and_not_two(pages: int) -> None:
    shown = two_machines(pages)
    assert "Three tasks: everybody finishes. Two tasks: locked up for good." in shown.sentence
    assert shown.twin.splitlines() == [
        "3 tasks: hog, balloon_worker, fs_task.",
        "hog has finished.",
        "balloon_worker has finished.",
        "fs_task has finished.",
        "2 tasks: fs_task, balloon_worker.",
        "fs_task waits for balloon_lock, held by balloon_worker.",
        "balloon_worker waits for fs_lock, held by fs_task.",
    ]


def test_without_pages_both_stay_tied() -> None:
    shown = two_machines(0)
    assert shown.sentence == (
        "No page comes back. Three tasks: locked up for good. Two tasks: locked up for good."
    )
    assert shown.picture.count("<svg") == 2
    assert "fs_task polls oom_lock, held by hog." in shown.twin
