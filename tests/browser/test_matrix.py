"""The map of the matrix in a browser: its cells say what the model says, and open their runs."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from oomlab import views
from oomlab.evidence import heat
from oomlab.kernel.releases import modelled_kernel
from oomlab.remedies import REMEDIES
from oomlab.views import map_rows
from tests.conftest import OpenPage

PATH = "book/matrix.html"
H1, RING = "h1-two-task-cycle", "h3a-virtqueue-add,total_sg=2"
CELLS = """(links) => links.map((link) => [
    new URL(link.href).searchParams.get("cell"), link.dataset.v, link.textContent.slice(1),
])"""
SMALL = """(map) => [...map.querySelectorAll("*")].filter((one) =>
    [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    && parseFloat(getComputedStyle(one).fontSize) < 13
    && !one.closest(".oom-hidden")).map((one) => one.outerHTML.slice(0, 80))"""


def panels(page: Page) -> tuple[Locator, Locator]:
    """The map, and the panel that shows a run."""
    found = page.locator(".oom-panel")
    expect(found).to_have_count(2)
    expect(found.last).to_have_attribute("data-ready", "")
    return found.first, found.last


def said(hazard: str, remedy: str, kernel: str = "4.13") -> str:
    values = {"hazard": hazard, "remedy": remedy, "kernel": kernel}
    return views.call("oomlab.views.matrix:cell", values)["sentence"]


def cell(page: Page, hazard: str, remedy: str) -> Locator:
    return page.locator(f".oom-heat td a[href*='={hazard}/{remedy}/']")


def shows(panel: Locator, hazard: str, remedy: str, kernel: str = "4.13") -> None:
    expect(panel.locator(".oom-sentence")).to_have_text(
        said(hazard, remedy, kernel), timeout=90_000
    )


def test_each_cell_says_what_the_model_says(read_page: OpenPage) -> None:
    page = read_page(PATH)
    shown, _ = panels(page)
    control = shown.locator("select")
    for kernel in control.locator("option").all_inner_texts():
        control.select_option(label=kernel)
        release = modelled_kernel(kernel.removeprefix("Linux "))
        expect(shown.locator("td a").first).to_have_attribute(
            "href", f"?cell={H1}/mainline/{release}"
        )
        expect(shown.locator("table")).to_have_attribute(
            "aria-label", f"Hazards and remedies on {kernel}"
        )
        words = [
            [f"{hazard}/{remedy}/{release}", found.outcome, found.outcome]
            for hazard, row in heat(release).items()
            for remedy, found in row.items()
        ]
        assert len(words) == len(map_rows()) * len(REMEDIES)
        assert shown.locator("td a").evaluate_all(CELLS) == words


def test_a_cell_opens_its_run(read_page: OpenPage) -> None:
    page = read_page(PATH)
    _, run = panels(page)
    shows(run, H1, "mainline")
    cell(page, H1, "offload").click()  # stored
    shows(run, H1, "offload")
    expect(run).to_be_in_viewport()
    assert page.url.endswith(f"?cell={H1}/offload/4.13")
    expect(cell(page, H1, "offload")).to_have_attribute("aria-current", "true")
    cell(page, RING, "nowait-tell").click()  # computed in the page
    shows(run, RING, "nowait-tell")
    expect(page.locator("table [aria-current=true]")).to_have_count(1)
    expect(run.get_by_label("Remedy")).to_have_value("Nowait in telling")
    how = run.get_by_text("Run it yourself")
    how.click()
    command = "oomlab run h3a-virtqueue-add --remedy nowait-tell --set total_sg=2"
    expect(run.get_by_text(command, exact=True)).to_be_visible()


def test_a_hazards_name_shows_its_runs_side_by_side(read_page: OpenPage) -> None:
    page = read_page(PATH)
    shown, run = panels(page)
    shown.get_by_role("link", name="Two tasks, two locks").click()
    shows(run, H1, "all")
    expect(run.locator(".oom-m-still")).to_have_count(11)
    run.get_by_role("link", name="Trylock", exact=True).click()
    shows(run, H1, "trylock")


def test_every_control_of_the_run_answers(read_page: OpenPage) -> None:
    page = read_page(PATH)
    _, run = panels(page)
    values = {"hazard": H1, "remedy": "mainline", "kernel": "4.13"}
    for label, name, text, value in (
        ("Hazard", "hazard", "The host never answers", "h5-host-never-answers"),
        ("Remedy", "remedy", "Trylock", "trylock"),
        ("Linux", "kernel", "Linux 7.3", "7.3"),
        ("Hazard", "hazard", "Graphics: the lock of an object", "h4-i915-object-lock"),
        ("Remedy", "remedy", "all, side by side", "all"),
    ):
        run.get_by_label(label).select_option(label=text)
        values[name] = value
        shows(run, **values)


def test_arrows_walk_the_map_and_enter_opens(read_page: OpenPage) -> None:
    page = read_page(PATH)
    shown, run = panels(page)
    shown.locator("select").focus()
    page.keyboard.press("Tab")
    expect(shown.get_by_role("link", name="Two tasks, two locks")).to_be_focused()
    for key in ("ArrowRight", "ArrowDown", "End", "ArrowUp", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    expect(cell(page, H1, "offload")).to_be_focused()
    page.keyboard.press("Enter")
    shows(run, H1, "offload")
    shown.locator("select").focus()
    page.keyboard.press("Tab")
    expect(cell(page, H1, "offload")).to_be_focused()  # one stop, where the reader was
    page.keyboard.press("Tab")
    expect(shown.locator("summary")).to_be_focused()


def test_a_link_opens_its_run_and_so_does_the_front_page(read_page: OpenPage) -> None:
    page = read_page(f"{PATH}?cell={H1}/offload/4.13")
    shows(panels(page)[1], H1, "offload")
    page = read_page("book/index.html")
    shown = page.locator(".oom-panel:has(.oom-heat)")
    expect(shown.locator("table")).to_be_hidden()  # the question comes first
    shown.get_by_role("button", name="Skip the prediction").click()
    shown.locator(f"td a[href$='={H1}/offload/4.13']").click()
    page.wait_for_url(f"**/{PATH}?cell={H1}/offload/4.13")
    shows(panels(page)[1], H1, "offload")


@pytest.mark.parametrize(
    "text",
    [
        "h9/mainline/4.13", f"{H1}/prayer/4.13", f"{H1}/mainline/99.9", f"{H1}/mainline", "//", "",
        "<img src=x onerror=alert(1)>/mainline/4.13", "javascript:alert(1)/a/1", "a" * 5000,
        "__proto__/constructor/1", "%00/%0a/1",
    ],
)  # fmt: skip
def test_a_hostile_link_does_nothing(read_page: OpenPage, text: str) -> None:
    page = read_page(f"{PATH}?cell={quote(text)}")
    page.on("dialog", lambda _: pytest.fail("a link ran a script"))
    shown, run = panels(page)
    shows(run, H1, "mainline")
    expect(shown.locator(".oom-status")).to_have_text(
        "The link was not followed: it names no cell of this map."
    )
    assert page.locator("article img[src=x]").count() == 0


@pytest.mark.parametrize("width", [390, 320, 1280])
def test_the_map_fits_and_can_be_read(read_page: OpenPage, width: int) -> None:
    page = read_page(PATH)
    page.set_viewport_size({"width": width, "height": 800})
    shown, _ = panels(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.locator(".oom-heat").evaluate(SMALL) == []
    box = shown.locator("table").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
    last = cell(page, H1, "offload-repaired").bounding_box()
    assert last and last["width"] >= 24 and last["height"] >= 24
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_map_and_its_runs_are_accessible(
    read_page: OpenPage, violations: Callable[[Page], list[str]], dark: bool, phone: bool
) -> None:
    page = read_page(f"{PATH}?cell={H1}/all/4.13", dark=dark, **({"phone": True} if phone else {}))
    shows(panels(page)[1], H1, "all")
    assert violations(page) == []


def test_without_javascript_the_map_is_there(read_page: OpenPage) -> None:
    page = read_page(PATH, javascript=False)
    expect(cell(page, H1, "offload")).to_be_visible()
    expect(page.locator(".oom-heat").first).to_contain_text("ends, but a process is killed")
