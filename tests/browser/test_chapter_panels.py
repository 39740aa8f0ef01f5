"""Every control of every panel in the chapters: what it shows is what the model says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from oomlab import views
from tests.browser.driver import Watch, new_page
from tests.conftest import OpenPage
from tools.build_book import pages

ROOT = Path(__file__).parents[2]
PATHS = [
    f"{name}.html"
    for name in pages()
    if "Panel(" in (ROOT / f"{name}.md").read_text(encoding="utf-8")
]
SPACE = re.compile(r"\s+")
TOGETHER = "book/all-panels.html"
# The panels of some pages in the frame of the first of them, each page's in a section of its own.
GATHERED = """async (paths) => {
    const read = async (path) => new DOMParser().parseFromString(
        await (await fetch(path.replace("book/", ""))).text(), "text/html");
    const all = await Promise.all(paths.map(read));
    const sections = all.map((page, number) => {
        const section = document.createElement("section");
        section.dataset.path = paths[number];
        section.append(...page.querySelectorAll("article .oom-panel"));
        return section;
    });
    all[0].querySelector("article").replaceChildren(...sections);
    return "<!doctype html>" + all[0].documentElement.outerHTML;
}"""
MAP = "oomlab.views.matrix:heat_map"
"""It takes seconds to be made again, and has its own test, cell by cell (test_matrix.py)."""
DATA = ":scope > script[type='application/json']"
PICTURE = ".oom-picture :is(.oom-m-time, svg.oom-figure, .oom-heat, table)"


@pytest.mark.parametrize("path", PATHS)
def test_each_stored_value_shows_what_the_model_says(read_page: OpenPage, path: str) -> None:
    page = read_page(path)
    panels = page.locator(".oom-panel")
    assert panels.count() > 0
    for number in range(panels.count()):
        panel = panels.nth(number)
        data = json.loads(panel.locator(DATA).text_content() or "")
        if data["view"] == MAP:
            continue
        skip_prediction(panel)
        start = {c["name"]: present(panel, c) for c in data["controls"]}
        seen = set()
        for control in data["controls"]:
            for value in control.get("values", (False, True)):
                choose(panel, control, value)
                said = views.call(data["view"], {**data["fixed"], **start, control["name"]: value})
                expect(panel.locator(".oom-status")).to_have_text("stored result")
                expect(panel.locator(".oom-sentence")).to_have_text(said["sentence"])
                drawn = panel.locator(PICTURE).first.inner_html()
                assert words(drawn) == words(over_time(said["picture"]))
                seen.add(words(drawn) + said["sentence"])
            choose(panel, control, start[control["name"]])
        assert len(seen) > 1 or not data["controls"], "no control of this panel changes anything"


@pytest.mark.parametrize("path", PATHS)
def test_the_first_pictures_are_there_without_javascript(look_at: OpenPage, path: str) -> None:
    page = look_at(path, javascript=False)
    for panel in page.locator(".oom-panel").all():
        expect(panel.locator(PICTURE).first).to_be_visible()
        expect(panel.locator(".oom-sentence")).not_to_be_empty()
        expect(panel.locator(".oom-title")).to_be_visible()


@pytest.fixture(scope="module")
def together(browser: Browser, site_url: str) -> Iterator[Page]:
    """One page with all panels: the engine, which takes seconds to start, starts once for all."""
    page = new_page(browser)
    page.goto(site_url + PATHS[0])
    html = page.evaluate(GATHERED, PATHS)
    page.route(f"**/{TOGETHER}", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(site_url + TOGETHER)
    yield page
    page.context.close()


@pytest.fixture
def gathered(together: Page, watch: Watch) -> Iterator[Page]:
    """That page, watched for one test."""
    watch.over(together.context)
    yield together
    watch.leave(together.context)


@pytest.mark.xdist_group("gathered")
@pytest.mark.parametrize("path", PATHS)
def test_a_value_that_is_not_stored_is_computed_in_the_page(gathered: Page, path: str) -> None:
    panels = gathered.locator(f"section[data-path='{path}'] .oom-panel")
    assert panels.count() > 0
    for panel in panels.all():
        data = json.loads(panel.locator(DATA).text_content() or "")
        skip_prediction(panel)
        for control in data["controls"]:
            value = off_grid(panel, control)
            if value is None:
                continue
            start = {c["name"]: present(panel, c) for c in data["controls"]}
            choose(panel, control, value)
            said = views.call(data["view"], {**data["fixed"], **start, control["name"]: value})
            expect(panel.locator(".oom-status")).to_have_text(
                "computed now (in this page)", timeout=180_000
            )
            expect(panel.locator(".oom-sentence")).to_have_text(said["sentence"])
            drawn = panel.locator(PICTURE).first.inner_html()
            assert words(drawn) == words(over_time(said["picture"]))


def over_time(picture: str) -> str:
    """Of a stage the part that is the same at all of its moments: the page keeps its cursor."""
    found = re.search('<div class="oom-m-time">(.*?)</div><div class="oom-m-side">', picture)
    if not found:  # where there are two pictures, the first of them
        found = re.search("(?s)<svg[^>]*>(.*?)</svg>", picture)
    return found[1] if found else picture


def skip_prediction(panel: Locator) -> None:
    button = panel.get_by_role("button", name="Skip the prediction")
    if button.count():
        button.click()
    expect(panel.locator(".oom-body")).to_be_visible()


def off_grid(panel: Locator, control: dict[str, Any]) -> Any:
    """The highest value that a slider offers and the page does not store; None if there is none."""
    if control["kind"] != "slider":
        return None
    field = panel.locator(f"input[name={control['name']}]")
    value, lowest = (json.loads(field.get_attribute(end) or "") for end in ("max", "min"))
    while value >= lowest and value in control["values"]:
        value -= control["step"]
    return value if value >= lowest else None


def present(panel: Locator, control: dict[str, Any]) -> Any:
    """The value that a control shows."""
    if control["kind"] == "slider":
        return json.loads(panel.locator(f"input[name={control['name']}]").input_value())
    if control["kind"] == "toggle":
        return panel.locator(f"input[name={control['name']}]").is_checked()
    radios = panel.locator(f"input[name={control['name']}]")
    if radios.count():
        chosen = [radio.is_checked() for radio in radios.all()].index(True)
    else:
        chosen = int(
            panel.locator(f"select[name={control['name']}]").evaluate("s => s.selectedIndex")
        )
    return options(control)[chosen]


def options(control: dict[str, Any]) -> list[Any]:
    """All that a choice offers, in its order; some of it may not be stored."""
    found: list[Any] = control.get("options", control["values"])
    return found


def choose(panel: Locator, control: dict[str, Any], value: Any) -> None:
    """Move a control as a reader does."""
    field = panel.locator(f"[name={control['name']}]")
    if control["kind"] == "slider":
        field.fill(str(value))
    elif control["kind"] == "toggle":
        field.set_checked(value)
    elif field.count() > 1:
        field.nth(options(control).index(value)).check()
    else:
        field.select_option(index=options(control).index(value))


def words(svg: str) -> str:
    """The text in a picture, whatever the ids of its parts."""
    body = svg[svg.index(">") + 1 :] if svg.lstrip().startswith("<svg") else svg
    body = re.sub(r"<style.*?</style>", " ", body, flags=re.DOTALL)
    return SPACE.sub(" ", unescape(re.sub(r"<[^>]*>", " ", body))).strip()
