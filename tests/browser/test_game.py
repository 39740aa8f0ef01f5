"""The scheduler game in the built page: played to its end, by mouse and by keys."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from oomlab import replay
from tests.conftest import OpenPage

PAGE = "book/scheduler.html"
MERGED = "what was merged"
RFC = "the RFC: a thread and 5 seconds"
INSIDE = """game => {
  const { left, right } = game.getBoundingClientRect();
  const out = (box) => box.left < left || box.right > right;
  const parts = [...game.querySelectorAll("fieldset :not(option)")].filter((one) => !one.hidden);
  return parts.filter((one) => out(one.getBoundingClientRect())).map((one) => one.textContent);
}"""
AWAY = re.compile(r"The lockup is (\d+) moves? away\. (?:Move|Let the time of) (\w+)")


def game(open_page: OpenPage, path: str = PAGE, **options: bool) -> Locator:
    found = open_page(path, **options).locator(".oom-game")
    expect(found).to_have_attribute("data-ready", "")
    return found


def press(game: Locator, name: str) -> None:
    game.get_by_role("button", name=name, exact=True).click()


def status(game: Locator) -> str:
    return game.locator(".oom-game-status").inner_text()


def follow_hint(game: Locator) -> int:
    """Do what the hint says; returns how far away the lockup was before."""
    press(game, "Hint")
    told = AWAY.match(status(game))
    assert told, status(game)
    button = told[0].partition(". ")[2]
    suffix = " run out" if button.startswith("Let") else ""
    press(game, button + suffix)
    return int(told[1])


def play_hints(game: Locator) -> list[int]:
    distances = []
    while "Locked up" not in status(game):
        distances.append(follow_hint(game))
        assert len(distances) < 60
    return distances


def test_the_hints_lead_to_the_lockup_by_the_shortest_way(open_page: OpenPage) -> None:
    played = game(open_page)
    distances = play_hints(played)
    assert distances == list(range(len(distances), 0, -1))
    assert "with 1 change of task. No schedule needs fewer." in status(played)
    expect(played).to_have_attribute("data-kind", "goal")
    for task in ("fs_task", "balloon_worker"):
        button = played.get_by_role("button", name=f"Move {task}", exact=True)
        expect(button).to_have_attribute("aria-disabled", "true")
    expect(played.locator(".oom-game-task[data-status=blocked]")).to_have_count(2)
    expect(played.locator(".oom-game-tasks")).to_contain_text(
        re.compile(r"waits for balloon_lock .*held by balloon_worker")
    )


def test_what_is_pasted_into_a_terminal_is_stuck_there_as_well(open_page: OpenPage) -> None:
    played = game(open_page)
    play_hints(played)
    command = played.locator(".oom-game-replay").text_content() or ""
    assert command.startswith("oomlab replay ")
    assert replay(command.removeprefix("oomlab replay ")).verdict == "stuck"


def test_undo_and_start_again(open_page: OpenPage) -> None:
    played = game(open_page)
    first = played.locator(".oom-game-tasks").inner_text()
    press(played, "Move balloon_worker")
    expect(played.locator(".oom-game-locks")).to_contain_text("balloon_lock: balloon_worker")
    second = played.locator(".oom-game-tasks").inner_text()
    press(played, "Move fs_task")
    assert "From here on nobody gets out any more." in status(played)
    press(played, "Undo")
    assert played.locator(".oom-game-tasks").inner_text() == second
    expect(played.locator(".oom-game-score")).to_contain_text("1 move, 0 changes of task")
    press(played, "Start again")
    assert played.locator(".oom-game-tasks").inner_text() == first
    expect(played.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "true")


def test_a_link_restores_the_schedule(open_page: OpenPage) -> None:
    played = game(open_page)
    played.locator("select").select_option(label=RFC)
    for name in ("Move fs_task", "Move balloon_worker", "Move fs_task"):
        press(played, name)
    tasks = played.locator(".oom-game-tasks").inner_text()
    link = played.locator(".oom-game-link").get_attribute("href") or ""
    assert link.startswith("#play=offload/fs_task")
    again = game(open_page, PAGE + link)
    assert again.locator(".oom-game-tasks").inner_text() == tasks
    assert status(again).startswith("Restored from the link: 3 moves, 2 changes of task")
    press(again, "Undo")
    expect(again.locator(".oom-game-score")).to_contain_text("2 moves")


@pytest.mark.parametrize("part", ["fs_task:9,", "fs_task:1000,fs_task:1000,fs_task:1000,"])
def test_a_link_that_is_too_long_is_not_read(open_page: OpenPage, part: str) -> None:
    played = game(open_page)
    press(played, "Move fs_task")
    long = "#play=mainline/" + part * (2_000_000 // len(part))
    played.page.evaluate("hash => { location.hash = hash; }", long)
    expect(played.locator(".oom-game-status")).to_contain_text("it is too long")
    expect(played.locator(".oom-game-score")).to_contain_text("1 move")


DAMAGED = {
    "#play=nowhere/fs_task": "it asks for the machine “nowhere”, and there is mainline, ",
    "#play=offload/nobody:3": "“nobody:3” is no move of ",
    "#play=offload/fs_task,balloon_wor": "“balloon_wor” is no move of ",
    "#play=offload/fs_task:x": "“fs_task:x” is no move of",
    "#play=mainline/fs_task@7": "fs_task cannot move as the link says after 0 moves",
    "#play=mainline/fs_task:1999": "fs_task cannot move as the link says after ",
    "#play=mainline/fs_task:99999999": "it has more than 2000 steps",
    "#play=": "it is damaged: it should be #play=machine/moves",
    "#play=mainline": "it is damaged",
    "#play=%E0%A4%A": "it is damaged",
    "#play=mainline/<b>fs_task</b>": "it is damaged",
}


@pytest.mark.parametrize("link", ["#play=nowhere/fs_task", "#play=offload/nobody:3"])
def test_a_damaged_link_starts_a_new_game_and_says_so(open_page: OpenPage, link: str) -> None:
    played = game(open_page, PAGE + link)
    assert status(played).startswith(f"The link was not followed: {DAMAGED[link]}")
    assert "Here is a new game. Choose who moves." in status(played)
    expect(played.locator(".oom-game-score")).to_contain_text("0 moves")
    press(played, "Move fs_task")
    expect(played.locator(".oom-game-score")).to_contain_text("1 move")


def test_every_damage_is_named_and_leaves_a_game_as_it_was(open_page: OpenPage) -> None:
    played = game(open_page)
    played.locator("select").select_option(label=RFC)
    press(played, "Move fs_task")
    for link, wrong in DAMAGED.items():
        played.page.evaluate("hash => { location.hash = hash; }", link)
        told = played.locator(".oom-game-status")
        expect(told).to_contain_text(f"The link was not followed: {wrong}")
        expect(told).to_contain_text("Your game stands as it was.")
        expect(played.locator(".oom-game-score")).to_contain_text("1 move")
    assert played.locator("select").evaluate("one => one.selectedOptions[0].text") == RFC


def test_a_link_to_a_section_is_no_schedule(open_page: OpenPage) -> None:
    played = game(open_page, PAGE + "#%E0%A4%A")
    assert status(played).startswith("Choose who moves.")


def test_a_time_limit_is_called_one(open_page: OpenPage) -> None:
    played = game(open_page)
    played.locator("select").select_option(label=RFC)
    limit = played.get_by_role("button", name="Let the time of fs_task run out", exact=True)
    play_until(played, "fs_task", limit)
    expect(played.locator(".oom-game-tasks")).to_contain_text("its time runs out")
    limit.click()
    assert status(played).startswith("fs_task: its time runs out.")


def play_until(game: Locator, task: str, wanted: Locator) -> None:
    for _ in range(30):
        if wanted.count():
            return
        press(game, f"Move {task}")
    raise AssertionError(f"{task} never comes so far")


def test_where_there_is_nothing_to_reach_the_hint_says_so(open_page: OpenPage) -> None:
    played = game(open_page)
    played.locator("select").select_option(label=MERGED)
    press(played, "Hint")
    assert "none of the 571 states of this machine is a lockup" in status(played)
    assert "at least" not in played.locator(".oom-game-score").inner_text()


def test_a_blocked_task_says_why_it_cannot_move(open_page: OpenPage) -> None:
    played = game(open_page)
    play_hints(played)
    press(played, "Undo")
    press(played, "Undo")
    blocked = played.locator(".oom-game-task[data-status=blocked]")
    expect(blocked).to_have_count(1)
    button = blocked.get_by_role("button")
    button.focus()
    played.page.keyboard.press("Enter")
    assert re.match(r"\w+ cannot move: waits for \w+ \(\w+\), held by \w+\.", status(played))


def test_the_keyboard_alone_is_enough(open_page: OpenPage) -> None:
    played = game(open_page)
    page = played.page
    played.locator("select").focus()
    page.keyboard.press("Tab")
    expect(played.get_by_role("button", name="Move fs_task", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(played.get_by_role("button", name="Move fs_task", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(played.locator(".oom-game-score")).to_contain_text("2 moves, 1 change of task")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(played.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(played.locator(".oom-game-score")).to_contain_text("0 moves")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_is_accessible_in_the_lockup_and_fits_a_phone(
    open_page: OpenPage, violations: Callable[[Page], list[str]], dark: bool
) -> None:
    played = game(open_page, phone=True, dark=dark)
    paper = played.evaluate("one => getComputedStyle(one).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 200) == dark
    play_hints(played)
    played.locator("summary").click()
    assert violations(played.page) == []
    assert played.page.evaluate("document.documentElement.scrollWidth") <= 390
    for machine in (RFC, MERGED):
        played.locator("select").select_option(label=machine)
        assert played.evaluate(INSIDE) == []


def test_without_javascript_it_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page(PAGE, javascript=False)
    told = page.locator(".oom-game noscript p")
    expect(told).to_be_visible()
    assert (told.inner_text()).startswith("The game needs JavaScript")
    expect(page.get_by_role("button", name="Hint")).not_to_be_visible()
