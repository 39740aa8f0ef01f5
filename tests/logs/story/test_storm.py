"""OOM after OOM over hours."""

from __future__ import annotations

import pytest

from oomlab.analysis import long_text
from oomlab.figures.storm import draw_storm
from oomlab.logs.story.storm import Storm, storm_of
from tests.figures.drawings import check_sound
from tests.logs.story.made_up import SECOND, oom


def storm(count: int = 300) -> Storm:
    found = storm_of(
        [
            oom(
                40 * n, 60 * n, victim=f"leaky:{n}",
                reaped=None if n % 3 == 0 else n % 3 == 1,
                reaped_s=60 * n + (90 if n % 2 else 1) if n % 3 else None,
            )
            for n in range(count)
        ],
        "boot",
    )  # fmt: skip
    assert found is not None
    return found


def test_two_reports_are_no_storm() -> None:
    assert storm_of([oom(1, 1), oom(2, 2)], "boot") is None


def test_what_became_of_the_memory_is_counted() -> None:
    found = storm()
    assert found.count("not said") == 100
    assert found.count("not reaped") == 100
    assert found.count("next came first") == 50
    assert found.count("reaped before the next") == 50
    assert found.victims == (("leaky", 300),)


def test_a_comm_keeps_its_colons() -> None:
    victims = ["in:journal:12", "in:journal", ":7"]
    found = storm_of([oom(n, n, victim=victim) for n, victim in enumerate(victims)], "boot")
    assert found is not None
    assert found.victims == (("in:journal", 2), (":7", 1))


def test_it_is_drawn_with_a_twin() -> None:
    figure = draw_storm(storm())
    check_sound(figure)
    assert figure.title == "300 OOM reports over 5.0 h"
    assert "50: the next report came first" in figure.description
    assert "After 1.0 min" in figure.twin or "After 60.0 s" in figure.twin
    assert "And 260 more." in figure.twin


def test_more_than_fit_into_a_column_are_counted() -> None:
    crowd = [oom(n, 1) for n in range(30)] + [oom(40, 9000)]
    found = storm_of(crowd, "boot")
    assert found is not None
    assert ">+18<" in draw_storm(found).svg


@pytest.mark.parametrize(
    ("us", "text"), [(SECOND, "1.0 s"), (600 * SECOND, "10 min"), (9000 * SECOND, "2.5 h")]
)
def test_a_long_time_is_told_in_its_own_unit(us: int, text: str) -> None:
    assert long_text(us) == text
