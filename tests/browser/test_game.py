"""The scheduler game in the built pages: played to its end, by mouse, by digits and by keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from oomlab import replay
from oomlab.widgets import Balloon, Game
from oomlab.widgets.game_levels import LEVELS
from tests.conftest import OpenPage

PAGE = "book/scheduler.html"
FRONT = "book/index.html"
OUT_OF_REACH = {"merged"}
"""The levels that nobody can win; tests/widgets/test_board.py knows it from the model."""
AWAY = re.compile(r"The goal is (\d+) moves? away\. (?:Move|Let the time of) (\w+)")
INSIDE = """game => {
  const { left, right } = game.getBoundingClientRect();
  const out = (box) => box.left < left - 1 || box.right > right + 1;
  const all = [...game.querySelectorAll("button, p, kbd, summary")];
  const parts = all.filter((one) => one.checkVisibility());
  return parts.filter((one) => out(one.getBoundingClientRect())).map((one) => one.textContent);
}"""


def game(read_page: OpenPage, path: str = PAGE, **options: bool) -> Locator:
    found = read_page(path, **options).locator(".oom-game")
    expect(found).to_have_attribute("data-ready", "")
    return found


def level(game: Locator, name: str) -> None:
    game.locator(f"[data-level={name}]").click()


def do(game: Locator, what: str) -> None:
    game.locator(f"[data-do={what}]").click(timeout=5000)


def hand(game: Locator, task: str) -> Locator:
    return game.locator(f'.oom-g-stage:visible .oom-m-lane[data-thing="{task}"] .oom-g-hand')


def move(game: Locator, *tasks: str) -> None:
    for task in tasks:
        hand(game, task).click(timeout=5000)


def hands(game: Locator) -> list[str]:
    """What the buttons of all tasks say."""
    return game.locator(".oom-g-stage:visible .oom-g-hand").all_inner_texts()


def told(game: Locator) -> str:
    return game.locator(".oom-g-stage:visible .oom-m-sentence").inner_text()


def score(game: Locator) -> str:
    return game.locator(".oom-g-score").inner_text()


def query(game: Locator) -> str:
    found: str = game.page.evaluate("location.search")
    return found


def play_hints(game: Locator) -> list[int]:
    """Do what the hint says until the goal is reached; how far away it was each time."""
    distances = []
    while game.get_attribute("data-kind") != "goal":
        do(game, "hint")
        hint = AWAY.match(told(game))
        assert hint, told(game)
        distances.append(int(hint[1]))
        move(game, hint[2])
        assert len(distances) < 40
    return distances


def test_six_moves_tie_the_knot_on_the_front_page(read_page: OpenPage) -> None:
    played = game(read_page, FRONT)
    move(played, "balloon_worker", "balloon_worker")
    expect(played).to_have_attribute("data-kind", "open")
    move(played, "fs_task")
    assert told(played) == "fs_task takes fs_lock. From here on nobody gets out any more."
    expect(played).to_have_attribute("data-kind", "lost")
    move(played, "fs_task", "fs_task", "fs_task")
    expect(played).to_have_attribute("data-kind", "goal")
    assert "Locked up, with 1 switch, the fewest there are. It was decided at move 3." in told(
        played
    )
    assert score(played) == "6 moves, 1 switch (fewest: 1)"


@pytest.mark.parametrize(
    ("option", "verdict"), [(None, "Each has"), (0, "You thought otherwise."), (2, "You saw it")]
)
def test_the_question_is_answered_by_the_game(
    read_page: OpenPage, option: int | None, verdict: str
) -> None:
    played = game(read_page, FRONT)
    options = played.locator(".oom-g-ask label")
    if option is not None:
        options.nth(option).click()
    expect(played.locator("label[data-right]")).to_have_count(0)
    because = played.locator(".oom-g-because")
    assert because.inner_text() == ""
    play_hints(played)
    expect(because).to_contain_text(verdict)
    expect(options.nth(2)).to_have_attribute("data-right", "")
    if option is not None:
        played.page.reload()
        expect(played).to_have_attribute("data-ready", "")
        expect(options.nth(option).locator("input")).to_be_checked()


@pytest.mark.parametrize("name", sorted(LEVELS.keys() - OUT_OF_REACH))
def test_the_hints_lead_to_every_goal_by_the_shortest_way(read_page: OpenPage, name: str) -> None:
    played = game(read_page)
    level(played, name)
    distances = play_hints(played)
    assert distances == list(range(len(distances), 0, -1))
    assert LEVELS[name].won in told(played)
    expect(played.locator(f"[data-level={name}]")).to_have_attribute("data-done", "true")


def test_what_is_pasted_into_a_terminal_is_stuck_there_as_well(read_page: OpenPage) -> None:
    played = game(read_page)
    play_hints(played)
    command = played.locator(".oom-g-replay").text_content() or ""
    assert command.startswith("oomlab replay ")
    assert replay(command.removeprefix("oomlab replay ")).verdict == "stuck"


def test_undo_goes_back_and_start_again_begins_anew(read_page: OpenPage) -> None:
    played = game(read_page)
    first = hands(played)
    move(played, "balloon_worker")
    second = hands(played)
    move(played, "fs_task")
    assert "From here on nobody gets out any more." in told(played)
    do(played, "undo")
    assert hands(played) == second
    assert score(played).startswith("1 move, 0 switches")
    do(played, "restart")
    assert hands(played) == first
    expect(played.locator("[data-do=undo]")).to_have_attribute("aria-disabled", "true")


def test_a_reload_finds_the_game_as_it_was(read_page: OpenPage) -> None:
    played = game(read_page)
    level(played, "rfc")
    move(played, "fs_task", "balloon_worker", "fs_task")
    assert query(played) == "?play=rfc/fs_task,balloon_worker,fs_task"
    before = hands(played)
    played.page.reload()
    expect(played).to_have_attribute("data-ready", "")
    assert told(played).startswith("Your game stands as it was.")
    assert hands(played) == before
    expect(played.locator("[data-level=rfc]")).to_have_attribute("aria-current", "true")
    do(played, "undo")
    assert query(played) == "?play=rfc/fs_task,balloon_worker"


DAMAGED = {
    "nowhere/fs_task": "it should be ?play=level/moves, with a level of circle, ",
    "circle": "it should be ?play=level/moves",
    "circle/<b>fs_task</b>": "it should be ?play=level/moves",
    "circle/nobody:3": "“nobody:3” is no move of fs_task or ",
    "circle/fs_task,balloon_wor": "“balloon_wor” is no move of ",
    "circle/fs_task:x": "“fs_task:x” is no move of",
    "circle/host": "host cannot move after 0 moves",
    "circle/fs_task:900": "fs_task cannot move after ",
    "circle/" + "fs_task:9," * 500: "it should be ?play=level/moves",
}


@pytest.mark.parametrize("link", list(DAMAGED), ids=range(len(DAMAGED)))
def test_a_damaged_link_starts_a_new_game_and_says_so(read_page: OpenPage, link: str) -> None:
    played = game(read_page, f"{PAGE}?play={link}")
    assert told(played).startswith(f"The link was not followed: {DAMAGED[link]}")
    assert score(played).startswith("0 moves")
    move(played, "fs_task")
    assert score(played).startswith("1 move")


def test_the_cursor_goes_back_and_forth_and_a_move_from_there_is_a_new_game(
    read_page: OpenPage,
) -> None:
    played = game(read_page, FRONT)
    play_hints(played)
    cursor = played.locator(".oom-g-cursor")
    cursor.focus()
    for _ in range(4):
        played.page.keyboard.press("ArrowLeft")
    assert score(played).startswith("2 moves")
    expect(played.locator(".oom-m-signs [data-sign=decided]")).to_be_hidden()
    played.page.keyboard.press("End")
    assert score(played).startswith("6 moves")
    expect(played.locator(".oom-m-signs [data-sign=decided]")).to_be_visible()
    played.page.keyboard.press("Home")
    played.page.keyboard.press("1")
    assert score(played).startswith("1 move,")
    assert query(played) == "?play=circle/fs_task"


def test_the_picture_says_who_waits_and_where_each_task_stands(read_page: OpenPage) -> None:
    played = game(read_page, FRONT)
    move(played, *["balloon_worker"] * 2, *["fs_task"] * 4)
    assert played.locator(".oom-m-edge[data-on][data-closed]").count() == 4
    here = played.locator(".oom-m-list:not([hidden]) li[data-now]")
    assert [line.partition(";")[0].strip() for line in here.all_inner_texts()] == [
        "mutex_lock(&balloon_lock)",
        "got = balloon_page_alloc()",
    ]
    rails = played.locator(".oom-m-rail b").all_inner_texts()
    assert rails == ["oom_lock", "fs_lock", "balloon_lock"]
    expect(played.locator(".oom-m-tank")).to_contain_text("lent to the host 1")
    bars = played.locator(".oom-m-lane").first.locator(".oom-m-bars i").all()
    assert [bar.get_attribute("class") for bar in bars] == [
        "oom-s-idle",
        *["oom-s-runs"] * 4,
        "oom-s-blocked",
    ]


def test_a_task_in_the_graph_is_pressed_like_its_button(read_page: OpenPage) -> None:
    played = game(read_page, FRONT)
    played.locator('.oom-m-who[data-thing="fs_task"]').click()
    assert told(played) == "fs_task takes fs_lock."


def test_the_cursor_is_dragged_on_the_lanes(read_page: OpenPage) -> None:
    played = game(read_page, FRONT)
    play_hints(played)
    lane = played.locator(".oom-m-lane .oom-m-bars").first
    lane.scroll_into_view_if_needed()
    box = lane.bounding_box()
    assert box
    mouse = played.page.mouse
    mouse.move(box["x"] + box["width"] * 6 / 7.5, box["y"] + 5)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 2 / 7.5, box["y"] + 5, steps=3)
    mouse.up()
    assert score(played).startswith("2 moves")


def test_one_delay_is_one_delay(read_page: OpenPage) -> None:
    played = game(read_page)
    level(played, "delay")
    move(played, "fs_task", "balloon_worker")
    expect(hand(played, "balloon_worker")).to_have_attribute("aria-disabled", "true")
    hand(played, "balloon_worker").click(force=True)
    assert told(played) == (
        "balloon_worker cannot move: your delay was one move long, and fs_task goes on."
    )
    move(played, "fs_task")
    hand(played, "balloon_worker").click(force=True)
    assert "you have no delay left" in told(played)


def test_a_time_limit_is_called_one(read_page: OpenPage) -> None:
    played = game(read_page)
    level(played, "needless")
    for _ in range(10):
        if "let its time run out" in hand(played, "hog").inner_text():
            break
        move(played, "hog")
    move(played, "hog")
    assert "has waited long enough" in told(played)
    assert "Done, with 0 switches, the fewest there are." in told(played)


def test_where_there_is_nothing_to_reach_every_order_is_tried(read_page: OpenPage) -> None:
    played = game(read_page)
    level(played, "merged")
    do(played, "hint")
    assert "None of the 571 states of this machine is a lockup." in told(played)
    assert "fewest" not in score(played)
    do(played, "prove")
    proof = played.locator(".oom-g-proof:visible")
    expect(proof).to_contain_text("All 571 states of the machine.")
    expect(proof).to_contain_text("None is lost.")
    assert LEVELS["merged"].won in told(played)
    expect(played.locator("[data-level=merged]")).to_have_attribute("data-done", "true")


def test_an_end_without_the_goal_is_explained(read_page: OpenPage) -> None:
    played = game(read_page)
    level(played, "needless")
    for task in ("hog", "hog", "hog", "oom_notifier", "oom_notifier", "oom_notifier", "host"):
        move(played, task)
    while played.get_attribute("data-kind") == "open":
        ready = played.locator(".oom-g-stage:visible .oom-g-hand[aria-disabled=false]")
        ready.first.click()
    assert "the goal was not reached. Undo, or start again." in told(played)


def test_what_was_solved_is_kept_and_can_be_forgotten(read_page: OpenPage) -> None:
    played = game(read_page)
    expect(played.locator("[data-do=forget]")).to_be_hidden()
    play_hints(played)
    played.page.goto(played.page.url.partition("?")[0])
    expect(played).to_have_attribute("data-ready", "")
    expect(played.locator("[data-level=circle]")).to_have_attribute("data-done", "true")
    expect(played.locator("[data-level=delay]")).to_have_attribute("data-done", "false")
    do(played, "forget")
    played.page.reload()
    expect(played.locator("[data-level=circle]")).to_have_attribute("data-done", "false")


@pytest.mark.parametrize("text", ["{", "null", "3", '{"circle": "x"}', '{"circle": -1e9}'])
def test_somebody_elses_words_in_storage_do_no_harm(read_page: OpenPage, text: str) -> None:
    played = game(read_page)
    played.page.evaluate("text => localStorage.setItem('oomlab-game', text)", text)
    played.page.reload()
    expect(played).to_have_attribute("data-ready", "")
    play_hints(played)
    expect(played.locator("[data-level=circle]")).to_have_attribute("data-done", "true")


def test_a_blocked_task_says_why_it_cannot_move(read_page: OpenPage) -> None:
    played = game(read_page)
    move(played, "balloon_worker", "balloon_worker", "fs_task")
    blocked = hand(played, "balloon_worker")
    expect(blocked).to_have_attribute("aria-disabled", "true")
    blocked.focus()
    played.page.keyboard.press("Enter")
    assert told(played) == (
        "balloon_worker cannot move: it waits for fs_lock, and fs_task has that."
    )


def test_digits_and_letters_are_enough(read_page: OpenPage) -> None:
    played = game(read_page)
    played.locator("[data-do=hint]").focus()
    keyboard = played.page.keyboard
    for key in "221111":
        keyboard.press(key)
    expect(played).to_have_attribute("data-kind", "goal")
    keyboard.press("u")
    assert score(played).startswith("5 moves")
    keyboard.press("ArrowLeft")
    assert score(played).startswith("4 moves")
    keyboard.press("ArrowRight")
    assert score(played).startswith("5 moves")
    keyboard.press("h")
    assert AWAY.match(told(played))


def test_the_keyboard_alone_is_enough(read_page: OpenPage) -> None:
    played = game(read_page)
    page = played.page
    hand(played, "fs_task").focus()
    page.keyboard.press("Enter")
    expect(hand(played, "fs_task")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert score(played).startswith("2 moves, 1 switch")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_is_accessible_in_the_lockup_and_fits_a_phone(
    read_page: OpenPage, violations: Callable[[Page], list[str]], dark: bool
) -> None:
    played = game(read_page, phone=True, dark=dark)
    paper = played.evaluate("one => getComputedStyle(one).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 200) == dark
    play_hints(played)
    played.locator(".oom-g-replay-of summary").click()
    assert violations(played.page) == []
    assert played.page.evaluate("document.documentElement.scrollWidth") <= 390
    for name in ("rfc", "two", "merged"):
        level(played, name)
        assert played.evaluate(INSIDE) == []


def test_without_javascript_it_says_what_to_do(read_page: OpenPage) -> None:
    page = read_page(PAGE, javascript=False)
    said = page.locator(".oom-game noscript p")
    expect(said).to_be_visible()
    assert (said.inner_text()).startswith("The game needs JavaScript")
    expect(page.get_by_role("button", name="Hint")).not_to_be_visible()


@pytest.mark.parametrize("widget", [Game(["circle"]), Balloon("h1-two-task-cycle")], ids=repr)
def test_a_notebook_brings_it_to_life_as_well(
    open_page: OpenPage, serve: Callable[[Path], str], tmp_path: Path, widget: Game | Balloon
) -> None:
    """As anywidget does it: the module is imported, and draws into an element that it is given. In
    a page of its own, as the book's policy lets no such module run."""
    head = '<!doctype html><title>Notebook</title><link rel="icon" href="data:,">'
    (tmp_path / "notebook.html").write_text(head, encoding="utf-8")
    page = open_page(f"{serve(tmp_path)}notebook.html")
    ready = page.evaluate(
        """async ([code, html]) => {
          const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
          const el = document.createElement("div");
          document.body.replaceChildren(el);
          const model = { get: (name) => (name === "html" ? html : "key") };
          (await import(url)).default.render({ model, el });
          return el.firstElementChild.dataset.ready;
        }""",
        [widget._esm, widget.html],
    )
    assert ready == ""
    assert page.evaluate("location.search") == ""
