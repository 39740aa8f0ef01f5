"""The sandbox in a browser: whatever is set, the model answers, and the address carries it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, unquote, urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from oomlab import Experiment, views
from oomlab.scenarios import find_scenario
from tests.conftest import OpenPage

PATH = "book/sandbox.html"
A, B = "h2-three-task-poll/mainline//0", "h2-three-task-poll/trylock//0"
GONE = "The link was followed, but for what is not known here: "


def sandbox(page: Page) -> Locator:
    found = page.locator(".oom-panel")
    expect(found).to_have_attribute("data-ready", "")
    return found


def machine(page: Page, letter: str) -> Locator:
    return sandbox(page).get_by_role("group", name=f"Machine {letter}")


def said(a: str, b: str) -> str:
    return views.call("oomlab.views.sandbox:two_experiments", {"a": a, "b": b})["sentence"]


def shows(page: Page, a: str, b: str) -> None:
    expect(sandbox(page).locator(".oom-sentence")).to_have_text(said(a, b), timeout=90_000)


def link(a: str, b: str = "") -> str:
    """The page with these lines in its address."""
    lines = [f"{name}:{quote(line, safe='')}" for name, line in (("a", a), ("b", b)) if line]
    return f"{PATH}?v={','.join(lines)}#fig-two-machines"


def address(page: Page) -> tuple[str, str]:
    """The two lines in the address of the page, once it has settled."""
    page.wait_for_url("**?v=a:*")
    a, b = page.url.partition("?v=")[2].partition("#")[0].partition("&")[0].split(",")
    return unquote(a).removeprefix("a:"), unquote(b).removeprefix("b:")


def test_one_pair_is_there_before_any_engine(read_page: OpenPage) -> None:
    page = read_page(PATH)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    shows(page, A, B)
    expect(sandbox(page).locator(".oom-status")).to_have_text("stored result")
    expect(sandbox(page).locator("[data-sign=parted]")).to_have_count(2)
    assert not [url for url in asked if "/live/" in url and not url.endswith("engine.json")]


def test_one_cursor_goes_through_both(read_page: OpenPage) -> None:
    page = read_page(PATH)
    cursors = sandbox(page).locator(".oom-m-cursor")
    places = "(all) => all.map((one) => one.style.left)"
    expect(cursors).to_have_count(2)
    seen = set(cursors.evaluate_all(places))  # where they part
    assert len(seen) == 1
    for name in ("To the start", "Next that matters", "One step forward", "To the end"):
        sandbox(page).get_by_role("button", name=name, exact=True).first.click()
        first, second = cursors.evaluate_all(places)
        assert first == second
        seen.add(first)
    assert len(seen) > 2 and {"0%", "100%"} <= seen
    assert sandbox(page).get_by_role("button", name="Play").count() == 1


def test_every_control_answers_and_stands_in_the_address(read_page: OpenPage) -> None:
    page = read_page(PATH)
    a, b = machine(page, "A"), machine(page, "B")
    b.get_by_label("Remedy").select_option("offload")
    shows(page, A, "h2-three-task-poll/offload//0")
    b.get_by_label("Linux").select_option("6.12")
    b.get_by_label("Seed of what is drawn").fill("7")
    b.get_by_label("Set something else").select_option("timeout_s")
    expect(b.get_by_role("spinbutton", name="the offload's time limit")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    line = "h2-three-task-poll/offload/timeout_s=2,kernel=6.12/7"
    shows(page, A, line)
    page.wait_for_function("(b) => decodeURIComponent(location.search).includes(b)", arg=line)
    assert address(page) == (A, line)
    assert Experiment.read(line).line == line.replace("=2,", "=2.0,")
    b.get_by_role("button", name="As usual: the offload's time limit").click()
    expect(b.get_by_label("Set something else")).to_be_focused()
    shows(page, A, "h2-three-task-poll/offload/kernel=6.12/7")
    a.get_by_label("Set something else").select_option("oom_caller")
    a.get_by_label("who asks the OOM killer: 0").select_option("0")  # one of several
    a.get_by_label("Scenario").select_option("thrashing")
    expect(a.locator("[data-set]")).to_have_count(1)  # it has that setting as well
    a.get_by_label("Scenario").select_option("h5-host-never-answers")
    b_line = "h2-three-task-poll/offload/kernel=6.12/7"
    shows(page, "h5-host-never-answers/mainline/oom_caller=0/0", b_line)
    # What is out of bounds is answered in words, beside the last picture.
    a.get_by_label("Set something else").select_option("hog_pages")
    largest = a.get_by_role("spinbutton", name="pages of the largest process")
    expect(largest).to_be_focused()
    largest.fill("99999")
    status = sandbox(page).locator(".oom-status")
    expect(status).to_contain_text("cannot be 99999 where managed_pages is 16384")
    expect(status).to_contain_text(
        "Machine B: Three tasks, one polls; The RFC's offload; Linux 6.12; seed 7"
    )
    largest.fill("9000")
    shows(page, "h5-host-never-answers/mainline/hog_pages=9000,oom_caller=0/0", b_line)


@pytest.mark.parametrize("name", ["h3c-i915-fence-array", "five-listeners", "witness"])
def test_what_can_be_set_depends_on_the_scenario(read_page: OpenPage, name: str) -> None:
    page = read_page(PATH)
    a = machine(page, "A")
    a.get_by_label("Scenario").select_option(name)
    offered = a.get_by_label("Set something else").locator("option").all_inner_texts()[1:]
    wanted = [p.words for p in find_scenario(name).parameters if p.name not in ("kernel", "ghosts")]
    assert sorted(offered) == sorted(wanted)
    expect(a.get_by_text(find_scenario(name).summary)).to_be_visible()


def test_a_link_sets_both_machines_up_and_a_reload_keeps_them(read_page: OpenPage) -> None:
    a, b = "h1-two-task-cycle/nowait-fill/hz=1000/3", "thrashing/shrinker//0"
    page = read_page(link(a, b))
    shows(page, a, b)
    expect(machine(page, "A").get_by_label("Remedy")).to_have_value("nowait-fill")
    expect(machine(page, "A").locator("[data-set=hz]")).to_have_value("1000")
    expect(machine(page, "B").get_by_label("Scenario")).to_have_value("thrashing")
    machine(page, "B").get_by_label("Remedy").select_option("mainline")
    shows(page, a, "thrashing/mainline//0")
    page.wait_for_function("location.search.includes('mainline')")
    page.reload()
    shows(page, a, "thrashing/mainline//0")


def test_a_link_that_was_encoded_as_a_whole_is_followed(read_page: OpenPage) -> None:
    a = "h2-three-task-poll/offload/timeout_s=2,kernel=6.12/7"
    page = read_page(f"{PATH}?{urlencode({'v': f'a:{a},b:{B}'})}#fig-two-machines")
    shows(page, a, B)
    expect(sandbox(page).locator(".oom-note-of-link")).to_be_empty()


@pytest.mark.parametrize(
    "text",
    [
        "h9/mainline//0", "h1-two-task-cycle/prayer//0", "h1-two-task-cycle/mainline/nothing=1/0",
        "h1-two-task-cycle/mainline/kernel=9.9/0", "h1-two-task-cycle/mainline//x", "///",
        "h1-two-task-cycle/mainline/hz=<img src=x onerror=alert(1)>/0", "x" * 9000,
        "constructor/__proto__//0", "h1-two-task-cycle/mainline/__proto__=1/0",
    ],
)  # fmt: skip
def test_a_hostile_link_does_nothing(read_page: OpenPage, text: str) -> None:
    page = read_page(link(text))
    page.on("dialog", lambda _: pytest.fail("a link ran a script"))
    shows(page, A, B)
    expect(sandbox(page).locator(".oom-note-of-link")).to_contain_text(GONE)
    assert page.locator("article img[src=x]").count() == 0


def test_the_command_is_copied_or_selected(read_page: OpenPage) -> None:
    page = read_page(PATH)
    sandbox(page).get_by_text("Run it yourself").click()
    text = "oomlab run h2-three-task-poll --remedy trylock"
    expect(sandbox(page).get_by_text(text, exact=True)).to_be_visible()
    sandbox(page).get_by_role("button", name="Copy the command of B").click()
    done = (
        sandbox(page)
        .get_by_role("button", name="Copied")
        .or_(sandbox(page).get_by_role("button", name="Selected: press Ctrl+C"))
    )
    expect(done).to_be_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_sandbox_is_accessible(
    read_page: OpenPage, violations: Callable[[Page], list[str]], dark: bool, phone: bool
) -> None:
    page = read_page(PATH, dark=dark, **({"phone": True} if phone else {}))
    more = machine(page, "A").get_by_label("Set something else")
    more.select_option(index=3)
    assert violations(page) == []


@pytest.mark.parametrize("width", [390, 320])
def test_the_sandbox_fits(read_page: OpenPage, width: int) -> None:
    page = read_page(PATH)
    page.set_viewport_size({"width": width, "height": 800})
    machine(page, "A").get_by_label("Set something else").select_option("managed_pages")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})
