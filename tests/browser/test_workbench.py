"""The workbench in a browser: with the real engine as a reader meets it, and what a link may do."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from oomlab.widgets import Workbench
from oomlab.workbench import STARTERS, link_of, texts_of
from tests.browser.driver import Watch
from tests.conftest import OpenPage
from tests.widgets.pages import write_site

PAGE = "book/workbench.html"

# Says that it has begun, one line, and no more; "read" is answered. Notes what it was asked.
WORKER = """
onmessage = ({ data: { id, bench, stop } }) => {
  new BroadcastChannel("asked").postMessage(bench?.ask ?? (stop ? "stop" : "other"));
  if (!bench) return;
  const part = (one) => postMessage({ kind: "part", id, part: one });
  if (bench.ask === "check") {
    const list = '<div class="oom-check-part" hidden><ul data-section="ends"></ul></div>';
    part({ kind: "begin", html: `<div class="oom-check-word"></div>${list}` });
    part({ kind: "states", states: 12345 });
    part({ kind: "row", section: "ends", html: "<li data-mark='open'>so far</li>" });
  } else {
    part({ kind: "read", c: { callback: "void c;" } });
    postMessage({ kind: "answer", id, result: null });
  }
};
"""

LISTEN = """window.asked = new BroadcastChannel("asked");
asked.onmessage = ({ data }) => noteAsked(data);
void 0"""

TWO_LOCKS = """\
table_lock = mutex()
page_lock = mutex()
pages = lent_pages(1)

def callback(freed):
    yield mutex_lock(table_lock)
    yield mutex_lock(page_lock)
    given = yield from give_back(pages)
    yield mutex_unlock(page_lock)
    yield mutex_unlock(table_lock)
    yield from add_freed(freed, given)
"""
ALLOCATES = """\
def holder():
    yield mutex_lock(page_lock)
    got = yield from alloc_page(GFP_KERNEL)
    if got:
        yield from lend_page(pages)
    yield mutex_unlock(page_lock)
"""


def packed(value: object) -> str:
    data = zlib.compress(json.dumps(value).encode(), 9)
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def bench(callback: str = "", holder: str = "", remedy: str = "mainline") -> dict[str, str]:
    return {"callback": callback, "holder": holder, "remedy": remedy}


def test_an_engineer_writes_a_listener_and_is_told_offline(
    open_page: OpenPage, watch: Watch, violations: Callable[..., list[str]]
) -> None:
    page = open_page(PAGE)
    status = page.locator(".oom-bench .oom-status").first
    callback, holder = page.locator("[name=callback]"), page.locator("[name=holder]")
    assert violations(page, ".oom-bench") == []

    # A text that is wrong loads the engine, and is told where.
    page.get_by_label("Begin with").select_option("blank")
    callback.fill("pages = lent_pages(1)\n\ndef callback(freed):\n    yield mutex_lock(pages)\n")
    callback.press("Control+Enter")
    needs = "line 4: `mutex_lock` needs a lock: you gave it a page pool."
    expect(status).to_have_text(f"Callback, {needs}", timeout=180_000)
    expect(callback).to_be_focused()
    expect(page.locator(".oom-bench-lines [data-wrong]")).to_have_count(1)

    page.context.set_offline(True)
    callback.fill(TWO_LOCKS)
    holder.fill(ALLOCATES)
    c = page.locator("[data-part=holder] .oom-bench-c")
    expect(c).to_contain_text("got = !!(page = alloc_page(GFP_KERNEL));", timeout=30_000)
    page.get_by_role("button", name="Try every schedule").click()
    lockup = page.locator("[data-line=lockup]")
    expect(lockup).to_contain_text(
        "✗ bad there is a schedule from which nobody gets out", timeout=60_000
    )
    locks = page.locator("[data-line=locks]")
    expect(locks).to_contain_text(
        "line 7 waits for page_lock, which holder may hold while asking for memory"
    )
    expect(locks).to_contain_text(
        "line 6 waits for table_lock; nobody asks for memory while holding it"
    )

    # It is stopped; what was found stays, and can be looked at.
    page.get_by_role("button", name="Stop").click()
    expect(status).to_have_text("Stopped. What was found until then stands below.")
    lockup.get_by_role("button").press("Enter")
    stage = lockup.locator(".oom-machine")
    expect(stage).to_contain_text("page_lock", timeout=60_000)
    stage.get_by_role("button", name="To the start").click()
    expect(stage.locator("output")).to_contain_text("0 of")
    assert violations(page, ".oom-bench") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # The whole bench is in the address.
    link = page.url.partition("#bench-")[2]
    assert texts_of(link) == bench(TWO_LOCKS, ALLOCATES)


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def at(
    open_page: Callable[..., Page], serve: Callable[[Path], str], tmp_path: Path, asked: list[str]
) -> Callable[[str], Page]:
    """Opens a small page with a workbench at a link; `asked` is what its engine was asked."""
    write_site(tmp_path, [Workbench("blank")], engine={"available": True}, worker=WORKER)
    url = f"{serve(tmp_path)}index.html"

    def opened(link: str) -> Page:
        page = open_page(url)
        page.expose_function("noteAsked", lambda what: asked.append(what))
        page.evaluate(LISTEN)
        page.evaluate("window.hurt = 0; window.alert = () => (window.hurt += 1); void 0")
        page.evaluate("(hash) => (location.hash = hash)", f"bench-{link}")
        return page

    return opened


MARKUP = "</textarea></pre><img src=x onerror=alert(1)><script>alert(1)</script>"
HOSTILE = {
    "markup": packed(bench(MARKUP, MARKUP, MARKUP)),
    "code": packed(bench("__import__('os').system('true')\nlock = mutex()\n")),
    "proto": packed(bench("{}", "__proto__", "constructor")),
}
BROKEN = {
    "letters": "%3Cscript%3E",
    "nothing": "",
    "cut": packed(bench("x" * 500))[:-9],
    "a part more": packed({**bench(), "more": ""}),
    "a number": packed({**bench(), "holder": 7}),
    "a list": packed([1, 2]),
    "too long a text": packed(bench("x" * 8_001)),
    "a bomb": packed("x" * 30_000_000),
    "too long": "A" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_link_fills_boxes_and_nothing_else(
    at: Callable[[str], Page], asked: list[str], name: str
) -> None:
    page = at(HOSTILE[name])
    expect(page.locator(".oom-bench-about")).to_contain_text(
        "Nothing of it is run before you press"
    )
    texts = texts_of(HOSTILE[name])
    assert page.locator("[name=callback]").input_value() == texts["callback"]
    assert page.locator("[name=holder]").input_value() == texts["holder"]
    page.wait_for_timeout(700)  # longer than a text rests before it is looked at
    assert asked == [] and page.evaluate("window.hurt") == 0
    assert page.locator(".oom-bench img, .oom-bench script:not([type])").count() == 0
    page.get_by_role("button", name="Try every schedule").click()
    expect(page.locator(".oom-count")).to_have_text("12,345 states so far")
    assert asked == ["check"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_link_is_one_sentence(
    at: Callable[[str], Page], asked: list[str], name: str
) -> None:
    page = at(BROKEN[name])
    expect(page.locator(".oom-status").first).to_have_text(
        "This link holds no bench: it is cut off or was changed."
    )
    assert page.locator("[name=callback]").input_value() == STARTERS["blank"].callback
    assert asked == []


def test_a_link_of_python_opens_here_and_one_from_here_in_python(at: Callable[[str], Page]) -> None:
    page = at(link_of(STARTERS["gives-up"].bench()))
    expect(page.get_by_label("Begin with")).to_have_value("gives-up")
    expect(page.locator("[data-part=holder] .oom-bench-c")).to_contain_text("static long ioctl(")
    page.get_by_label("Remedy", exact=True).select_option("own")
    expect(page.locator("[name=remedy]")).to_be_visible()
    page.locator("[name=callback]").press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.type("  # é\u2028\U0001f600")
    page.wait_for_function(
        "(before) => location.hash !== before", arg=page.evaluate("location.hash")
    )
    texts = texts_of(page.url.partition("#bench-")[2])
    assert texts["callback"].startswith("cache_lock = mutex()  # é\u2028\U0001f600\n")
    assert texts["remedy"].startswith("def notify():")

    # What the reader has written is not lost to another beginning.
    page.get_by_label("Begin with").select_option("blank")
    page.get_by_role("button", name="Back to my text").click()
    assert page.locator("[name=callback]").input_value() == texts["callback"]


def test_a_check_can_be_stopped_and_the_page_stays_as_it_was(
    at: Callable[[str], Page], asked: list[str]
) -> None:
    page = at(link_of(STARTERS["blank"].bench()))
    page.get_by_role("button", name="Try every schedule").click()
    expect(page.locator(".oom-checks, [data-section=ends]").first).to_contain_text("so far")
    page.get_by_role("button", name="Stop").press("Enter")
    expect(page.locator(".oom-status").first).to_contain_text("Stopped.")
    expect(page.get_by_role("button", name="Try every schedule")).to_be_focused()
    expect(page.locator("[data-section=ends] li")).to_have_text("so far")
    page.wait_for_timeout(100)
    assert asked == ["check", "stop"]

    # A new line begins below the one before it, and "undo" takes it back.
    box = page.locator("[name=holder]")
    box.fill("def holder():")
    box.press("End")
    box.press("Enter")
    assert box.input_value() == "def holder():\n    "
    box.press("Control+z")
    assert box.input_value() == "def holder():"
    expect(page.locator(".oom-result")).to_have_attribute("data-old", "")


def test_without_an_engine_the_reason_is_told(
    open_page: Callable[..., Page], serve: Callable[[Path], str], tmp_path: Path
) -> None:
    write_site(tmp_path, [Workbench()], engine={"available": False, "why": "None was built."})
    page = open_page(f"{serve(tmp_path)}index.html")
    page.get_by_role("button", name="Try every schedule").click()
    expect(page.locator(".oom-status").first).to_have_text(
        "This could not be computed here. None was built."
    )
