"""Panels in a static page: what is stored, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from oomlab.widgets import Choice, Panel, Prediction, Slider, scripts
from tests.browser.driver import Watch
from tests.widgets.demo import BAR
from tests.widgets.opened import Opened, OpenPanel, demo

GUESS = Prediction("What will a fast host do?", ["Draw more", "Draw less"])


def test_the_first_picture_needs_no_javascript(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(prediction=GUESS), javascript=False)
    expect(seen.part("picture").locator("svg")).to_be_visible()
    expect(seen.part("sentence")).to_have_text("There are 2 pages, none, slow!.")
    seen.page.get_by_text("The picture in words").click()
    expect(seen.part("twin")).to_contain_text("2 pages, none, slow!")
    expect(seen.part("note")).to_contain_text("With JavaScript switched on, controls")
    expect(seen.part("note")).to_be_visible()
    expect(seen.page.get_by_text("What will a fast host do?")).to_be_visible()
    expect(seen.page.get_by_text("have not started")).not_to_be_visible()
    for control in seen.panel.locator("input, select, button").all():
        expect(control).not_to_be_visible()


def test_every_control_changes_picture_sentence_and_words(open_panel: OpenPanel) -> None:
    seen = open_panel(demo())
    seen.shows("There are 2 pages, none, slow!.", "stored result")
    moves: list[tuple[Callable[[], object], str]] = [
        (lambda: seen.slide(4), "4 pages, none, slow!"),
        (lambda: seen.panel.get_by_label("Remedy").select_option("Offload"), "4 pages, offload"),
        (lambda: seen.panel.get_by_label("Fast host").check(), "4 pages, offload, fast!"),
    ]
    for move, words in moves:
        move()
        seen.shows(f"There are {words}", "stored result")
        assert words in seen.drawn()
        expect(seen.part("twin")).to_contain_text(words)
    before = seen.part("picture").inner_html()
    seen.panel.get_by_label("Strong").check()
    seen.shows("There are 4 pages", "stored result")
    assert seen.part("picture").inner_html() == before  # the view draws no colours
    expect(seen.panel.locator("output")).to_have_text("4 pages")


def test_every_stored_point_is_where_it_belongs(open_panel: OpenPanel) -> None:
    seen = open_panel(demo())
    for pages in (2, 4, 8):
        for remedy in ("none", "outside", "offload", "both"):
            for fast in (False, True):
                seen.slide(pages)
                seen.panel.get_by_label("Remedy").select_option(
                    index=["none", "outside", "offload", "both"].index(remedy)
                )
                seen.panel.get_by_label("Fast host").set_checked(fast)
                words = f"{pages} pages, {remedy}, {'fast' if fast else 'slow'}!"
                seen.shows(f"There are {words}", "stored result")
                assert seen.drawn() == words


def test_a_slider_between_whole_numbers_finds_its_stored_points(open_panel: OpenPanel) -> None:
    tenths = [round(k / 10, 1) for k in range(1, 11)]
    slider = Slider("pages", "Pages in the balloon", 0.1, 1, 0.1, stored=tenths, unit="GiB")
    seen = open_panel(demo(controls=[slider]))
    for value in tenths:
        seen.slide(value)
        seen.shows(f"There are {value:g} pages", "stored result")


def test_the_keyboard_is_enough(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(prediction=GUESS))
    expect(seen.panel).to_have_attribute("data-ready", "")
    press = seen.page.keyboard.press
    for key in ("Tab", "Space", "Tab", "Enter"):  # first answer, then the button
        press(key)
    expect(seen.part("predicted")).to_have_text("Draw more")
    expect(seen.part("compare")).to_be_focused()
    press("Tab")
    expect(seen.panel.get_by_label("Pages in the balloon")).to_be_focused()
    for _ in range(6):
        press("ArrowRight")
    expect(seen.panel.locator("output")).to_have_text("8 pages")
    seen.shows("There are 8 pages, none, slow!", "stored result")
    press("Tab")
    press("ArrowDown")
    seen.shows("There are 8 pages, outside, slow!", "stored result")
    press("Tab")
    press("ArrowDown")
    expect(seen.panel.get_by_label("Strong")).to_be_checked()
    press("Tab")
    press("Space")
    seen.shows("There are 8 pages, outside, fast!", "stored result")
    press("Tab")
    press("Enter")
    expect(seen.part("twin")).to_be_visible()


def test_a_refused_stored_point_is_a_sentence_and_the_picture_stays(open_panel: OpenPanel) -> None:
    slider = Slider("pages", "Pages in the balloon", 0, 10, 1, stored=[2, 7, 8], unit="pages")
    seen = open_panel(demo(controls=[slider]))
    stale = seen.panel.get_by_text("earlier values", exact=True)
    seen.slide(7)
    expect(seen.part("status")).to_have_text(
        "Seven pages are never drawn; choose another number."
        " Picture and text still show Pages in the balloon: 2 pages."
    )
    expect(stale).to_be_visible()
    assert seen.drawn() == "2 pages, none, slow!"
    seen.slide(8)
    seen.shows("There are 8 pages", "stored result")
    expect(stale).not_to_be_visible()


def test_nothing_moves_while_the_picture_changes(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(), phone=True)
    seen.shows("There are 2 pages", "stored result")
    places = []
    for pages in (2, 8, 4, 2, 8):
        seen.slide(pages)
        seen.shows(f"There are {pages} pages", "stored result")
        places.append(
            [
                box["y"]
                for name in ("picture", "sentence", "status", "words")
                if (box := seen.part(name).bounding_box())
            ]
        )
        after = seen.page.locator("#after").bounding_box()
        assert after
        places[-1].append(after["y"])
    assert all(place == places[0] for place in places), places


def test_a_narrow_window_gets_room_of_its_own(open_panel: OpenPanel) -> None:
    seen = open_panel(demo())
    seen.slide(8)
    seen.shows("There are 8 pages", "stored result")
    wide = seen.part("picture").bounding_box()
    seen.page.set_viewport_size({"width": 390, "height": 800})
    narrow = seen.part("picture").bounding_box()
    assert wide and narrow
    expect(seen.part("picture").locator("svg")).to_have_css("width", f"{narrow['width']}px")
    assert narrow["height"] < wide["height"] * 0.6


def test_two_panels_do_not_disturb_each_other(open_panel: OpenPanel) -> None:
    twice = demo()
    seen = open_panel(twice, twice)
    seen.shows("There are 2 pages", "stored result")
    second = seen.page.locator(".oom-panel").nth(1)
    second.get_by_label("Pages in the balloon").fill("8")
    second.get_by_label("Strong").check()
    expect(second.locator(".oom-sentence")).to_contain_text("There are 8 pages")
    seen.shows("There are 2 pages", "stored result")
    expect(seen.panel.get_by_label("Plain")).to_be_checked()
    ids = seen.page.eval_on_selector_all("[id]", "all => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))
    references = seen.page.eval_on_selector_all(
        "[aria-labelledby]", "all => all.map((one) => one.getAttribute('aria-labelledby'))"
    )
    fills = seen.page.eval_on_selector_all(
        "rect", "all => all.map((one) => one.attributes.fill.value)"
    )
    assert set(references) | {fill[5:-1] for fill in fills} <= set(ids)
    assert len(set(references)) == 2


def test_hostile_texts_stay_texts(open_panel: OpenPanel) -> None:
    text = '"><img src=x onerror="document.title=1"></script><!--<script>'
    controls = [
        Choice("remedy", text, {"a": text, text: "B", "c": "C", "d": "D"}),
        Slider("pages", "Pages in the balloon", 0, 10, 1, stored=[2, 4, 7], unit=text),
    ]
    panel = demo(controls=controls, title=text, prediction=Prediction(text, [text, "b"]))
    seen = open_panel(panel)
    seen.panel.locator(".oom-options input").first.check()
    seen.page.get_by_text("Show me").click()
    seen.panel.locator("select").select_option("B")
    seen.slide(4)
    seen.shows("There are 4 pages", "stored result")
    expect(seen.part("sentence")).to_contain_text(text)
    seen.slide(7)
    expect(seen.part("status")).to_contain_text(text)
    assert seen.page.title() == "Panels"
    assert seen.page.locator("img").count() == 0


# -- prediction -----------------------------------------------------------------------------------


def committed(seen: Opened) -> None:
    expect(seen.part("body")).to_be_hidden()
    seen.panel.get_by_label("Draw less").check()
    seen.panel.get_by_role("button", name="Show me").click()
    expect(seen.part("body")).to_be_visible()


def test_a_prediction_comes_first_and_then_stands_beside_the_result(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(prediction=GUESS))
    committed(seen)
    expect(seen.part("prediction")).to_be_hidden()
    expect(seen.part("predicted")).to_have_text("Draw less")
    expect(seen.part("model")).to_have_text("There are 2 pages, none, slow!.")
    seen.slide(8)
    seen.shows("There are 8 pages", "stored result")
    expect(seen.part("model")).to_have_text("There are 2 pages, none, slow!.")


JUDGED = Prediction(GUESS.question, GUESS.options, right=0, because="A fast host takes more.")


def test_the_right_option_is_marked_and_the_answer_kept(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(prediction=JUDGED))
    committed(seen)
    expect(seen.part("judged")).to_have_text("You thought otherwise:")
    expect(seen.part("predicted")).to_have_text("✗ Draw less")
    expect(seen.part("right")).to_contain_text("✓ Draw more")
    expect(seen.part("model")).to_have_text("A fast host takes more.")
    seen.page.reload()
    expect(seen.part("predicted")).to_have_text("✗ Draw less")
    expect(seen.part("body")).to_be_visible()
    seen.panel.get_by_role("button", name="Answer again").click()
    expect(seen.part("body")).to_be_hidden()
    seen.panel.get_by_label("Draw more").check()
    seen.panel.get_by_role("button", name="Show me").click()
    expect(seen.part("judged")).to_have_text("You had it.")
    seen.panel.get_by_role("button", name="Forget all my answers").click()
    seen.page.reload()
    expect(seen.part("body")).to_be_hidden()


def test_the_text_behind_a_question_waits_for_the_answer(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(prediction=JUDGED))
    seen.page.evaluate(
        """() => {
          const section = document.createElement("section");
          const panel = document.querySelector(".oom-panel");
          panel.before(section);
          section.append(panel);
          section.insertAdjacentHTML("beforeend", "<p id=why>why</p><section id=next>on</section>");
          delete panel.dataset.ready;
          panel.querySelector("fieldset").disabled = true;
        }"""
    )
    seen.page.evaluate(f"(() => {{ {scripts.page_script()} }})()")
    expect(seen.page.locator("#why")).to_be_hidden()
    expect(seen.page.locator("#next")).to_be_visible()
    committed(seen)
    expect(seen.page.locator("#why")).to_be_visible()


def test_the_author_may_word_the_result(open_panel: OpenPanel) -> None:
    guess = Prediction(GUESS.question, GUESS.options, "It draws the same bar.")
    seen = open_panel(demo(prediction=guess))
    committed(seen)
    expect(seen.part("model")).to_have_text("It draws the same bar.")


def test_a_prediction_needs_a_choice_or_is_skipped(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(prediction=GUESS))
    seen.panel.get_by_role("button", name="Show me").click()
    expect(seen.part("body")).to_be_hidden()
    seen.panel.get_by_role("button", name="Skip the prediction").click()
    seen.shows("There are 2 pages", "stored result")
    expect(seen.part("compare")).to_be_hidden()
    expect(seen.panel.get_by_label("Pages in the balloon")).to_be_focused()


def test_the_answer_is_not_given_away_while_the_script_is_on_its_way(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(prediction=GUESS), site={"script": ";"})
    expect(seen.page.get_by_text("What will a fast host do?")).to_be_visible()
    expect(seen.part("sentence")).to_have_css("visibility", "hidden")
    # The script never comes: then everything is shown, with a sentence that says so.
    expect(seen.page.get_by_text("The controls have not started")).to_be_visible()
    expect(seen.part("sentence")).to_have_css("visibility", "visible")
    expect(seen.panel.get_by_label("Pages in the balloon")).to_be_disabled()


def test_a_panel_that_cannot_start_says_so(open_panel: OpenPanel, watch: Watch) -> None:
    panel = demo()
    panel.html = panel.html.replace('{"view":', '{"view:')
    assert isinstance(panel, Panel) and BAR in panel.html
    seen = open_panel(panel, demo(title="Sound"))
    expect(seen.part("status")).to_contain_text("The controls could not start:")
    expect(seen.part("picture").locator("svg")).to_be_visible()
    sound = seen.page.get_by_role("figure", name="Sound")
    sound.get_by_label("Pages in the balloon").fill("8")
    expect(sound.locator(".oom-sentence")).to_contain_text("There are 8 pages")
    assert len(watch.errors) == 1
    watch.errors.clear()
