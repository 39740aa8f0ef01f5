"""A problem set as a page of the built book: written into, checked, kept, handed in."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driver import Watch
from tests.conftest import OpenPage
from tests.course.played import play_check
from tools.build_book import pages_below
from tools.paths import SITE
from tools.releases import released

SET = "ps1-two-tasks"
PAGE = f"book/sets/{SET}.html"
ENGINE_MS = 180_000
WRONG = 'schedule = "fs_task:9,balloon_worker:4"'


def cell(page: Page, name: str) -> Locator:
    return page.locator(f'[data-cell="{name}"]')


def press(page: Page, name: str) -> Locator:
    """Runs or checks a cell: its output, when it is there."""
    cell(page, name).locator('[data-do="run"]').click()
    expect(cell(page, name)).to_have_attribute("data-state", "done", timeout=ENGINE_MS)
    return cell(page, name).locator(".oom-out")


def test_a_set_is_answered_checked_kept_and_handed_in(open_page: OpenPage, watch: Watch) -> None:
    page = open_page(PAGE)
    kept, points = page.locator(".oom-kept"), page.locator(".oom-points")
    given = cell(page, "introduction").locator(".oom-out")
    before = given.inner_text()  # stored, for the common number
    assert "fs_task:13,balloon_worker:2" in before

    # A check runs what stands above it, and says word for word what the grader says.
    cell(page, "lockup-answer").locator("textarea").fill(WRONG)
    expect(kept).to_have_text("Your answers are kept on this device.")
    out = press(page, "lockup-test")
    graded = play_check(SET, "lockup-test", {"lockup-answer": WRONG})
    assert out.locator("pre").all_inner_texts() == [graded.said["lockup-test"].rstrip()]
    expect(points).to_have_text(f"Checked so far: {graded.points['lockup-test']} of 3 points.")
    assert given.inner_text() == before

    # Another number is another set: all below it is run again.
    cell(page, "number").locator("textarea").fill("number = 4")
    expect(cell(page, "lockup-test").get_by_role("status")).to_contain_text("check it again")
    press(page, "lockup-test")
    expect(given).not_to_have_text(before)

    # A loop is stopped; the next check begins anew, and an error names its line.
    answer = cell(page, "memory-answer").locator("textarea")
    answer.fill("while True:\n    pass")
    cell(page, "memory-test").locator('[data-do="run"]').click()
    stop = cell(page, "memory-test").get_by_role("button", name="Stop")
    expect(stop).to_be_visible()
    page.wait_for_timeout(300)
    stop.click()
    expect(cell(page, "memory-test").get_by_role("status")).to_have_text("Stopped.")
    answer.fill("memory_helps = Treu")
    answer.press("Control+Enter")
    expect(cell(page, "memory-test")).to_have_attribute("data-state", "error", timeout=ENGINE_MS)
    expect(cell(page, "memory-answer").locator(".oom-error")).to_have_text(
        "Line 1: memory_helps = Treu\nNameError: name 'Treu' is not defined"
    )
    expect(cell(page, "memory-test").locator(".oom-error")).to_contain_text("no answer yet")

    # What was written is there when the page comes back, and in the notebook to hand in.
    page.reload()
    expect(cell(page, "lockup-answer").locator("textarea")).to_have_value(WRONG)
    cell(page, "argument-answer").locator("textarea").fill("Because *neither* lets go.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a notebook").click()
    assert download.value.suggested_filename == f"{SET}.ipynb"
    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    blank = json.loads(released(SET).read_text(encoding="utf-8"))
    written = {"number", "lockup-answer", "memory-answer", "argument-answer"}
    for one, other in zip(saved["cells"], blank["cells"], strict=True):
        if one["id"] not in written:
            assert "".join(one["source"]) == "".join(other["source"])
        assert one["metadata"] == other["metadata"]
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget my answers").click()
    expect(cell(page, "lockup-answer").locator("textarea")).not_to_have_value(WRONG)


def test_keys_of_a_field_indent_and_leave(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    answer = cell(page, "held-answer").locator("textarea")
    answer.fill("for a in b:")
    answer.press("End")
    answer.press("Enter")
    answer.press_sequentially("pass")
    expect(answer).to_have_value("for a in b:\n    pass")
    answer.press("Tab")
    expect(answer).not_to_be_focused()


@pytest.mark.parametrize("phone", [False, True])
def test_a_set_can_be_used_by_all(
    open_page: OpenPage, violations: Callable[[Page], list[str]], phone: bool
) -> None:
    page = open_page("book/sets/ps5-a-safe-listener.html", phone=phone, dark=phone)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_set_can_be_read_without_scripts(open_page: OpenPage) -> None:
    page = open_page(PAGE, javascript=False)
    expect(page.locator(".oom-problem-set noscript p")).to_contain_text(
        "Without JavaScript this page can be read"
    )
    expect(cell(page, "introduction").locator(".oom-out")).to_contain_text("Your schedule")


@pytest.mark.parametrize("name", pages_below())
def test_every_set_is_a_page_with_its_notebook(name: str) -> None:
    html = (SITE / f"{name}.html").read_text(encoding="utf-8")
    notebook = SITE / "_sources" / f"{name}.ipynb"
    assert notebook.read_bytes() == released(name.rsplit("/", 1)[1]).read_bytes()
    cells = [one["id"] for one in json.loads(notebook.read_text("utf-8"))["cells"]]
    found = [one for one in cells if f'data-cell="{one}"' in html]
    assert len(found) == html.count("data-cell=") >= 10
    assert "mybinder.org" in html and f"{name}.ipynb" in html
