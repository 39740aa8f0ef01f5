"""The tests' own guard: what a page asks of another host is refused, and noted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.driver import Reading, Watch

ELSEWHERE = ["http://book.test/by-name.png", "http://192.0.2.1/by-number.png", "http://[::1]/6.png"]
QUIET = "<title>A page</title><link rel='icon' href='data:,'>"
ASKS = QUIET + "".join(f"<img src='{url}'>" for url in ELSEWHERE)
STORE = "localStorage.setItem('kept', '1'); sessionStorage.setItem('kept', '1');"
STORED = "[localStorage.length, sessionStorage.length]"


@pytest.fixture
def address(serve: Callable[[Path], str], tmp_path: Path) -> str:
    (tmp_path / "asks.html").write_text(ASKS, encoding="utf-8")
    (tmp_path / "quiet.html").write_text(QUIET, encoding="utf-8")
    return serve(tmp_path)


def test_every_other_host_is_refused_and_noted(
    open_page: Callable[..., Page], watch: Watch, address: str
) -> None:
    page = open_page(f"{address}asks.html")
    loaded = page.evaluate("[...document.images].map((image) => image.naturalWidth)")
    assert loaded == [0, 0, 0]
    assert sorted(watch.outside) == sorted(ELSEWHERE)
    refused = [error for error in watch.errors if "ERR_NAME_NOT_RESOLVED" in error]
    assert len(refused) == len(watch.errors) == len(ELSEWHERE)
    watch.outside.clear()
    watch.errors.clear()


def test_a_shared_tab_is_watched_for_one_test_and_keeps_nothing(
    browser: Browser, address: str
) -> None:
    reading = Reading(browser)
    first, second = Watch(), Watch()
    with reading.test(first) as turn_to:
        page = turn_to(f"{address}asks.html")
        page.evaluate(STORE)
        page.emulate_media(media="print")
    assert sorted(first.outside) == sorted(ELSEWHERE)
    with reading.test(second) as turn_to:
        assert turn_to(f"{address}quiet.html") is page
        assert page.evaluate(STORED) == [0, 0]
        assert page.evaluate("matchMedia('screen').matches")
        assert turn_to(f"{address}quiet.html", dark=True) is not page
    assert second == Watch()
    assert len(first.outside) == len(ELSEWHERE)
    reading.close()


def test_a_page_that_is_looked_at_is_loaded_once_and_follows_the_system(
    browser: Browser, address: str
) -> None:
    reading = Reading(browser)
    with reading.look(Watch()) as look_at:
        page = look_at(f"{address}quiet.html")
        page.evaluate("window.loaded = 1; localStorage.setItem('kept', '1')")
    with reading.look(Watch()) as look_at:
        assert look_at(f"{address}quiet.html", dark=True, reduced_motion=True) is page
        assert page.evaluate("[window.loaded, localStorage.length]") == [1, 0]
        for wish in ("prefers-color-scheme: dark", "prefers-reduced-motion: reduce"):
            assert page.evaluate(f"matchMedia('({wish})').matches"), wish
        look_at(f"{address}quiet.html")
        assert page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
        assert look_at(f"{address}quiet.html", phone=True) is not page
        page.evaluate("location.hash = 'elsewhere'")
    with reading.look(Watch()) as look_at:
        assert look_at(f"{address}quiet.html").evaluate("window.loaded") is None
    reading.close()
