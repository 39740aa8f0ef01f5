"""The built book with its decks, in a copy: whoever has none beside the book keeps it so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driver import serving
from tests.conftest import OpenPage
from tools.paths import SITE
from tools.slides.write import Deck, write_decks

SCREEN = {"width": 1280, "height": 720}
"""A projector of the smaller kind."""
OpenDeck = Callable[..., Page]


class Decks(NamedTuple):
    """A site with decks."""

    site: Path
    made: list[Deck]


def _again(source: str, target: str) -> None:
    """The same file once more, without copying what is in it where that can be had."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


@pytest.fixture(scope="session")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Decks:
    """The decks of the built book, in a site below a folder, as on somebody's server."""
    site = tmp_path_factory.mktemp("host") / "prefix"
    # What is written anew must be no second name of the book's own file.
    left_out = shutil.ignore_patterns("slides", "reveal", "offline.json")
    shutil.copytree(SITE, site, ignore=left_out, copy_function=_again)
    return Decks(site, write_decks(site))


@pytest.fixture(scope="session")
def decks_url(decks: Decks) -> Iterator[str]:
    """Where the decks are, below a prefix."""
    with serving(decks.site.parent) as url:
        yield f"{url}{decks.site.name}/slides/"


@pytest.fixture
def open_deck(open_page: OpenPage, decks_url: str) -> OpenDeck:
    """`open_deck("report", "fig-x", dark=...)`: a deck as slides, at the place that is named."""

    def opened(name: str, place: str = "", **options: bool) -> Page:
        page = open_page(f"{decks_url}{name}.html{f'#{place}' if place else ''}", **options)
        page.set_viewport_size(SCREEN)  # type: ignore[arg-type]
        expect(page.locator(".deck.reveal.ready")).to_be_attached()
        return page

    return opened
