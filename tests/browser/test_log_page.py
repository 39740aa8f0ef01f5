"""The page *Read your own log* of the built book, with the site's own Python behind it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from oomlab.views.log.examples import EXAMPLES
from tests.browser.driver import Watch
from tests.conftest import OpenPage
from tests.widgets.log_pages import HOSTILE, dangers

PAGE = "book/read-your-own-log.html"
HANGS = EXAMPLES["hung-guest"]
# So many bytes of a log, dropped on the page as a file; each line begins a record: that takes long.
DROP = """(size) => {
  const line = "[  123.456789] demo invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0\\n";
  const files = new DataTransfer();
  files.items.add(new File([line.repeat(size / line.length)], "large.log"));
  const event = new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
  document.querySelector("h1").dispatchEvent(event);
}"""
POLICY = "Content Security Policy"
HURT = "window.hurt = 0; window.alert = () => (window.hurt += 1); void 0"


def read(page: Page, text: str) -> None:
    page.get_by_label("Paste a kernel log").fill(text)
    page.get_by_role("button", name="Read it").click()


def test_a_log_is_read_in_the_page_and_nothing_leaves_it(open_page: OpenPage, watch: Watch) -> None:
    page = open_page(PAGE)
    result, status = page.locator(".oom-result"), page.locator(".oom-log .oom-status")

    # From paste to chapter.
    read(page, HANGS.text.replace("demo-writer", "my-writer"))
    expect(status).to_contain_text("my-writer", timeout=90_000)
    expect(result.get_by_role("heading", level=2)).to_contain_text("circle")
    expect(result.locator("svg").first).to_contain_text("my-writer")
    chapter = result.get_by_role("link").first
    expect(chapter).to_have_attribute("href", "report.html#from-when-on-is-it-too-late")

    # The page's policy refuses other hosts, and without a network it goes on reading.
    with page.expect_console_message(lambda message: POLICY in message.text):
        assert "TypeError" in page.evaluate("fetch('http://192.0.2.1/').catch(String)")
    page.context.set_offline(True)
    for number, hostile in enumerate(HOSTILE[:5]):
        page.evaluate(HURT)
        text = HANGS.text.replace("demo-writer", hostile).replace("xfs", hostile)
        read(page, f"{text}\n{hostile}\n{EXAMPLES['ordinary-kill'].text}".replace("demo", hostile))
        expect(status).not_to_contain_text("Reading")
        expect(page.locator(".oom-log")).to_have_attribute("data-state", "computed")
        if number < 4:
            expect(status).to_contain_text(hostile[:9])
        assert dangers(result.inner_html()) == []
        assert page.evaluate("window.hurt") == 0

    # A long log shows how far it is, and can be stopped.
    page.evaluate(DROP, 30_000_000)
    bar = page.get_by_role("progressbar")
    expect(bar).to_be_visible()
    expect(page.locator(".oom-count")).to_contain_text(" of 30.0 MB")
    expect(page.locator(".oom-count")).not_to_contain_text("0.0 of")
    page.get_by_role("button", name="Stop").click()
    expect(status).to_have_text("Stopped. Nothing of it is kept.")
    expect(bar).to_be_hidden()
    assert_next_is_read(page, "after a stop")
    page.evaluate(DROP, 30_000_000)
    expect(page.locator(".oom-count")).to_contain_text(" of 30.0 MB")
    assert_next_is_read(page, "in the place of another")

    page.context.set_offline(False)
    chapter_of_example(page)
    watch.errors[:] = [one for one in watch.errors if POLICY not in one]


def assert_next_is_read(page: Page, name: str) -> None:
    """What is given now is read, by the engine that is there: there is no network for another."""
    read(page, HANGS.text.replace("demo-writer", name.replace(" ", "-")))
    expect(page.locator(".oom-log .oom-status")).to_contain_text(name.replace(" ", "-")[:15])


def chapter_of_example(page: Page) -> None:
    """By keyboard alone: an example, and on to its chapter."""
    page.get_by_role("button", name=HANGS.title).focus()
    page.keyboard.press("Enter")
    link = page.locator(".oom-result a").first
    for _ in range(30):
        page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/report.html#from-when-on-is-it-too-late")
    expect(page.get_by_role("heading", name="From when on is it too late?")).to_be_in_viewport()


@pytest.mark.parametrize(("dark", "phone"), [(False, False), (True, True)], ids=["light", "dark"])
def test_every_example_is_readable_by_everybody(
    read_page: OpenPage, violations: Callable[..., list[str]], dark: bool, phone: bool
) -> None:
    page = read_page(PAGE, dark=dark, phone=phone)
    assert violations(page) == []
    for example in EXAMPLES.values():
        page.get_by_role("button", name=example.title).click()
        page.evaluate(
            "document.querySelectorAll('.oom-result details').forEach(d => d.open = true)"
        )
        assert violations(page, ".oom-log") == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_box_is_on_the_first_screen(read_page: OpenPage, phone: bool) -> None:
    page = read_page(PAGE, phone=phone)
    for name in ("Paste a kernel log", "Choose a file"):
        expect(page.get_by_label(name)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Read it")).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Nothing leaves this page")).to_be_in_viewport(ratio=1)


def test_without_javascript_an_example_is_there_to_be_read(read_page: OpenPage) -> None:
    page = read_page(PAGE, javascript=False)
    expect(page.locator(".oom-log form")).to_be_hidden()
    expect(page.locator(".oom-result svg").first).to_be_visible()
    expect(page.locator(".oom-result h2")).to_contain_text("circle")


def test_a_page_opened_as_a_file_shows_the_examples(open_page: OpenPage) -> None:
    from tools.paths import SITE

    page = open_page((SITE / PAGE).as_uri())
    page.get_by_role("button", name="an ordinary kill").click()
    expect(page.locator(".oom-result h2")).to_contain_text("demo-linker")
    read(page, "something else")
    expect(page.locator(".oom-log .oom-status")).to_contain_text("opened as a file")
