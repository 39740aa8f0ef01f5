"""A reader who wants little to move, in each engine, as the system tells the browser."""

from __future__ import annotations

import pytest

from tests.browser.test_reading import MOVING
from tests.engines.conftest import ENGINES, started
from tests.engines.sites import Site
from tests.engines.tab import Tab
from tests.engines.test_play import BALLOON, FRONT

STILL = "() => matchMedia('(prefers-reduced-motion: reduce)').matches"
GLIDES = """() => document.querySelector(".oom-balloon").getAnimations({ subtree: true })
    .filter((one) => one.effect.getTiming().duration > 10).length"""
"""How many parts of the balloon are on their way for longer than an eye could see."""


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_moves_for_who_wants_that(
    request: pytest.FixtureRequest, engine: str, healthy: Site
) -> None:
    with started(engine, request, still=True) as tab:
        tab.open(healthy.url + FRONT)
        assert tab.run(STILL)
        assert tab.run(MOVING) == []
        tab.click(".oom-balloon [data-do=lend]")
        assert tab.run(GLIDES) == 0
        assert tab.run(BALLOON) == [48, 12, 4]


def test_for_others_a_page_glides_to_the_host(tab: Tab, book: Site) -> None:
    tab.open(book.url + FRONT)
    assert not tab.run(STILL)
    glides = tab.run(
        f"""() => {{
            document.querySelector(".oom-balloon [data-do=lend]").click();
            return ({GLIDES})();
        }}"""
    )
    assert glides >= 1
