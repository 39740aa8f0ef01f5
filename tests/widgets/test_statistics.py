from __future__ import annotations

import ipywidgets
import pytest

from oomlab.widgets.panel import Panel
from oomlab.widgets.shown import BOOK_BUILD
from oomlab.widgets.statistics import crowd_controls, downtime_statistics


def test_a_notebook_gets_controls_that_compute() -> None:
    box = downtime_statistics()
    assert isinstance(box, ipywidgets.VBox)
    *controls, shown = box.children
    before = shown.value
    assert before.startswith('<div class="oom-fit">')
    assert "Time limit 5 s, 20 runs" in before
    (limit,) = (c for c in controls if c.description.startswith("Limit"))
    limit.value = 0.25
    assert "Time limit 0.25 s, 20 runs" in shown.value
    assert all(control.description for control in controls)


def test_the_book_gets_a_panel_with_every_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BOOK_BUILD, "1")
    panel = downtime_statistics()
    assert isinstance(panel, Panel)
    points = 1
    for control in crowd_controls():
        points *= len(control.stored)
    assert panel.html.count('"points":') == 1
    assert len(panel._grid.points) == points
    assert len(panel._grid.pictures) == points
