"""The balloon by hand: its sizes are those of the scenario."""

from __future__ import annotations

import pytest

from oomlab import run
from oomlab.widgets import Balloon, guest_sizes

H1 = "h1-two-task-cycle"


def test_the_sizes_are_those_of_the_run() -> None:
    sizes = guest_sizes(H1)
    settings = run(H1).parameters
    assert sizes.mb(16) * 256 == settings["managed_pages"]
    assert sizes.mb(sizes.free) * 256 == settings["balloon_pages"]
    assert sizes.mb(sizes.largest) * 256 == settings["hog_pages"]
    assert sizes.largest + sizes.others + sizes.free == 16


def test_the_picture_is_there_before_any_script() -> None:
    html = Balloon(H1).html
    sizes = guest_sizes(H1)
    assert html.count('data-is="largest"') == sizes.largest
    assert html.count('data-is="used"') == sizes.others
    assert html.count('data-is="free"') == sizes.free
    assert "64 MB: programs" in html


def test_a_scenario_without_a_balloon_is_refused() -> None:
    with pytest.raises(ValueError, match="has no balloon"):
        Balloon("h5-gpu-never-idles")


def test_its_title_is_escaped() -> None:
    assert "<b>x" not in Balloon(H1, title="<b>x").html
