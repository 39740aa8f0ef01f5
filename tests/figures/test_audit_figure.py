from __future__ import annotations

from oomlab.figures.audit import RequestPlace, draw_audit
from tests.figures.drawings import check_sound, texts


def test_long_ways_and_many_locks_stay_inside() -> None:
    places = [
        RequestPlace(
            tuple(f"a_kernel_function_{i}_with_a_name" for i in range(6)), ("x", "y"), True
        ),
        RequestPlace(("short",), ("a_lock_with_a_rather_long_name",) * 4, False),
        RequestPlace(("<b>&",), ("l",), True),
    ]
    figure = draw_audit(places, "Title")
    check_sound(figure)
    assert "<b>&" in texts(figure)
    assert figure.description == "2 of 3 places may wait for memory."
    assert len(figure.twin.splitlines()) == 4


def test_nothing_found_is_a_picture_too() -> None:
    assert draw_audit([], "Title").twin == "0 of 0 places may wait for memory."
