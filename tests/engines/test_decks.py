"""A lecture in each engine: keys turn the slides, a question waits, and what moves moves."""

from __future__ import annotations

from tests.engines.conftest import OpenSite
from tests.engines.tab import Tab
from tests.slides.conftest import Decks
from tests.slides.conftest import decks as decks  # a fixture, which pytest finds by its name here

NOW = ".slides > section.present"
GUESSED = "from-when-on-is-it-too-late-part-2"


def at(tab: Tab) -> str:
    place: str = tab.run("() => document.querySelector('.slides > section.present').id")
    return place


def test_a_deck_is_turned_asked_and_moved(decks: Decks, opened_site: OpenSite, tab: Tab) -> None:
    served = opened_site(decks.site, metered=True)
    tab.open(f"{served.url}slides/report.html#/{GUESSED}")
    tab.wait("() => document.querySelector('.deck.reveal.ready') !== null")
    assert at(tab) == GUESSED
    tab.press("ArrowRight")
    tab.wait("(was) => document.querySelector('.slides > section.present')?.id !== was", GUESSED)
    tab.press("ArrowLeft")
    tab.wait("(was) => document.querySelector('.slides > section.present')?.id === was", GUESSED)
    tab.focus(f"{NOW} .oom-guess input")
    tab.press("ArrowRight", "ArrowRight")  # of the slider: the slide stays
    assert at(tab) == GUESSED
    tab.click(f"{NOW} .oom-prediction button[type=submit]")
    tab.waits_for(f"{NOW} .oom-predicted", "step 2")
    tab.focus(f"{NOW} .oom-body .oom-m-moves input")
    tab.press("End")
    tab.waits_for(f"{NOW} .oom-body .oom-m-moves output", "14 of 14")
