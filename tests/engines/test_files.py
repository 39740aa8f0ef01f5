"""Pages opened as files, in each engine: what is stored works, and the rest says why not."""

from __future__ import annotations

from tests.engines import panels
from tests.engines.tab import Tab
from tests.engines.test_engine import OFF, PAGE, STATUS
from tests.engines.test_play import FRONT, PLAYED, REPORT
from tests.engines.test_return import ANSWERED, QUESTION, answer
from tools.paths import SITE


def test_stored_results_are_shown_and_others_are_refused_in_words(tab: Tab) -> None:
    tab.open((SITE / PAGE).as_uri())
    tab.run(panels.REVEAL)
    for move in panels.moves(tab, 0):
        panels.make(tab, move)
        panels.agrees(tab, 0)
    tab.run(OFF)
    tab.waits_for(STATUS, "This page was opened as a file, and a browser lets such a page load no")
    tab.click(".oom-nearest")
    panels.agrees(tab, 0)


def test_the_game_is_played_and_a_question_answered(tab: Tab) -> None:
    tab.open((SITE / FRONT).as_uri())
    tab.focus(".oom-game [data-do=hint]")
    tab.press(*"221111")
    assert tab.run(PLAYED)["kind"] == "goal"
    tab.open((SITE / REPORT).as_uri())
    answer(tab)
    assert tab.run(ANSWERED)["compared"]
    tab.click(f"{QUESTION} .oom-forget")
