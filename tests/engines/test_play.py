"""What is moved by hand, in each engine: the stage, a stepper, the game, the balloon."""

from __future__ import annotations

import re

import pytest

from oomlab.widgets.game_levels import LEVELS
from tests.engines import panels
from tests.engines.conftest import OpenSite
from tests.engines.sites import Site
from tests.engines.tab import Tab

FRONT = "book/index.html"
REPORT = "book/report.html"
STAGE = ".oom-stage .oom-machine"
HINT = re.compile(r"The goal is \d+ moves? away\. (?:Move|Let the time of) (\w+)")

# Of the first stage with a cursor: where that is, what is said there, and the place of its line.
AT = f"""() => {{
    const one = [...document.querySelectorAll("{STAGE}")]
        .find((some) => some.querySelector(".oom-m-moves input")?.checkVisibility());
    const part = (name) => one.querySelector(`.oom-m-${{name}}`);
    const slider = one.querySelector(".oom-m-moves input");
    return {{
        at: slider.valueAsNumber,
        last: Number(slider.max),
        told: one.querySelector(".oom-m-moves output").textContent,
        sentence: part("sentence").textContent,
        line: part("cursor").style.left,
    }};
}}"""
PLAYED = """() => {
    const game = document.querySelector(".oom-game");
    const stage = [...game.querySelectorAll(".oom-g-stage")].find((one) => one.checkVisibility());
    return {
        kind: game.dataset.kind,
        score: game.querySelector(".oom-g-score").textContent,
        told: stage.querySelector(".oom-m-sentence").textContent,
        done: [...game.querySelectorAll("[data-done=true]")].map((one) => one.dataset.level),
    };
}"""
BALLOON = """() => ["used", "free", "lent"].map((name) =>
    Number(document.querySelector(`[data-mb=${name}]`).textContent))"""


def test_the_cursor_of_a_stage_goes_by_key_by_button_and_by_hand(tab: Tab, book: Site) -> None:
    tab.open(book.url + REPORT)
    tab.run(panels.REVEAL)
    seen = []

    def now(wanted: int) -> None:
        found = tab.run(AT)
        assert found["at"] == wanted
        assert found["told"] == f"{wanted} of {found['last']}"
        seen.append((found["line"], found["sentence"]))

    last = tab.run(AT)["last"]
    tab.focus(f"{STAGE} .oom-m-moves input")
    for key, wanted in [("Home", 0), ("ArrowRight", 1), ("End", last), ("ArrowLeft", last - 1)]:
        tab.press(key)
        now(wanted)
    for button, wanted in [("first", 0), ("forward", 1), ("last", last), ("back", last - 1)]:
        tab.click(f"{STAGE} [data-go={button}]")
        now(wanted)
    tab.press("ArrowLeft")  # the button has the focus, and the whole stage hears its keys
    now(last - 2)
    tab.click(f"{STAGE} [data-go=first]")
    tab.press("1")
    assert tab.run(AT)["at"] > 0
    assert len(set(seen)) == 5  # so many moments were looked at

    left, top, width, height = tab.box(f"{STAGE} .oom-m-lanes")
    tab.drag((left + width * 0.9, top + height - 3), (left + 2, top + height - 3))
    now(0)


def test_a_run_plays_and_stops(tab: Tab, book: Site) -> None:
    tab.open(book.url + REPORT)
    tab.run(panels.REVEAL)
    tab.click(f"{STAGE} [data-go=first]")
    tab.click(f"{STAGE} [data-go=play]")
    assert tab.text(f"{STAGE} [data-go=play]") == "Pause"
    tab.wait(f"() => ({AT})().at === 1")
    tab.click(f"{STAGE} [data-go=play]")
    assert tab.text(f"{STAGE} [data-go=play]") == "Play"


def test_the_knot_is_tied_by_keys_kept_over_a_reload_and_found_by_a_link(
    tab: Tab, book: Site, opened_site: OpenSite
) -> None:
    tab.open(book.url + FRONT)
    tab.focus(".oom-game [data-do=hint]")
    tab.press(*"221111")
    tied = tab.run(PLAYED)
    assert tied["kind"] == "goal"
    assert "Locked up, with 1 switch, the fewest there are." in tied["told"]
    tab.reload()
    again = tab.run(PLAYED)
    assert again["told"].startswith("Your game stands as it was.")
    assert (again["kind"], again["score"]) == ("goal", tied["score"])
    tab.press("u")
    query = tab.run("() => location.search")
    tab.open(f"{opened_site().url}{FRONT}{query}")  # another device: it has kept nothing
    linked = tab.run(PLAYED)
    assert linked["told"].startswith("Your game stands as it was.")
    assert linked["score"] == tied["score"]
    tab.focus(".oom-game [data-do=hint]")
    tab.press("u")
    assert tab.run(PLAYED)["score"].startswith("5 moves")


def test_a_game_is_won_by_the_hints_and_ends_otherwise_without_them(tab: Tab, book: Site) -> None:
    tab.open(book.url + "book/scheduler.html")
    tab.click("[data-level=needless]")
    for _ in range(40):
        tab.click("[data-do=hint]")
        hint = HINT.match(tab.run(PLAYED)["told"])
        if not hint:
            break
        tab.click(f'.oom-m-lane[data-thing="{hint[1]}"] .oom-g-hand')
    won = tab.run(PLAYED)
    assert won["kind"] == "goal"
    assert LEVELS["needless"].won in won["told"]
    assert won["done"] == ["needless"]

    tab.click("[data-do=restart]")
    for task in ("hog", "hog", "hog", "oom_notifier", "oom_notifier", "oom_notifier", "host"):
        tab.click(f'.oom-m-lane[data-thing="{task}"] .oom-g-hand')
    while tab.run(PLAYED)["kind"] == "open":
        tab.click(".oom-g-hand[aria-disabled=false]")
    assert "the goal was not reached. Undo, or start again." in tab.run(PLAYED)["told"]


def test_pages_are_lent_by_press_by_key_and_by_hand(tab: Tab, book: Site) -> None:
    tab.open(book.url + FRONT)
    assert tab.run(BALLOON) == [48, 16, 0]
    tab.click(".oom-b-guest button[data-is=free]")
    assert tab.run(BALLOON) == [48, 12, 4]
    tab.press("Enter")  # the tile has kept the focus
    assert tab.run(BALLOON) == [48, 16, 0]
    tab.run("() => Promise.all(document.getAnimations().map((one) => one.finished))")
    boxes = (tab.box(css) for css in (".oom-b-guest button[data-is=free]", ".oom-b-host"))
    tab.drag(*((left + width / 2, top + height / 2) for left, top, width, height in boxes))
    assert tab.run(BALLOON) == [48, 12, 4]
    for _ in range(4):
        tab.click(".oom-balloon [data-do=ask]")
    assert tab.run(BALLOON) == [64, 0, 0]
    tab.click(".oom-balloon [data-do=ask]")
    assert "kills the largest program" in tab.text(".oom-b-told")
    tab.click(".oom-balloon [data-do=restart]")
    assert tab.run(BALLOON) == [48, 16, 0]


@pytest.mark.parametrize("path", [FRONT, "book/scheduler.html"])
def test_a_task_is_pressed_in_the_picture(tab: Tab, book: Site, path: str) -> None:
    tab.open(book.url + path)
    tab.click('.oom-game .oom-m-who[data-thing="fs_task"]')
    assert tab.run(PLAYED)["told"] == "fs_task takes fs_lock."
