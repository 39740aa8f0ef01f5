"""The control that sets up a machine, and a choice of which only some options are stored."""

from __future__ import annotations

import json
import re

import pytest
import traitlets

from oomlab.errors import InputError
from oomlab.remedies import REMEDIES
from oomlab.scenarios import GROUPS, find_scenario
from oomlab.widgets import Choice, Sandbox, Setup
from oomlab.widgets.setup import catalogue, setup_html

LINE = "h1-two-task-cycle/offload/kernel=6.1,hz=1000/3"


def test_the_catalogue_has_every_parameter_with_its_bounds() -> None:
    found = catalogue()
    seen = 0
    for title, group in GROUPS.items():
        for name, words, summary, numbers in found["groups"][title]:
            scenario = group[name]
            assert (words, summary) == (scenario.title, scenario.summary)
            wanted = [one for one in scenario.parameters if one.name != "ghosts"]
            for one, number in zip(wanted, numbers, strict=True):
                said = found["parameters"][number]
                assert (said["name"], said["meaning"]) == (one.name, one.meaning)
                assert said["words"] == one.words
                if one.only:
                    assert [one.check(value) for value in said["only"]] == list(one.only)
                else:
                    assert said["least"] == one.minimum
                    assert said.get("most", float("inf")) == one.maximum
                assert one.check(said["usual"]) == one.default
                seen += 1
    assert seen > 500
    json.dumps(found, allow_nan=False)


def test_its_value_is_a_line_in_one_form() -> None:
    control = Setup("a", "A", "h1-two-task-cycle/offload/hz=1000,kernel=6.1/3")
    assert control.start == LINE == control.check(LINE)
    assert control.stored == (LINE,)
    for wrong in ("", "h9/mainline//0", 3, None):
        with pytest.raises(InputError):
            control.check(wrong)


def test_its_fields_stand_as_it_says() -> None:
    html = setup_html(Setup("a", "A <b>", LINE), "x")
    assert "<legend>A &lt;b&gt;</legend>" in html
    chosen = re.findall(r'<option value="([^"]*)" selected>([^<]*)</option>', html)
    assert chosen == [
        ("h1-two-task-cycle", "Two tasks, two locks"),
        ("offload", "The RFC&#x27;s offload"),
        ("6.1", "6.1"),
    ]
    assert 'value="3"' in html
    for ident in re.findall(r'<label for="([^"]*)"', html):
        assert len(re.findall(rf'<(?:select|input)[^>]* id="{ident}"', html)) == 1
    assert find_scenario("h1-two-task-cycle").summary.replace("'", "&#x27;") in html


def test_readers_choose_by_words() -> None:
    scenarios = [one for group in GROUPS.values() for one in group.values()]
    for known in (scenarios, [*REMEDIES.values()]):
        titles = [one.title for one in known]
        assert len({*titles}) == len(titles)
        for one in known:
            assert one.title != one.name, f"give {one.name} a title"
    assert not [one.title for one in REMEDIES.values() if "," in one.title], "they stand in lists"
    for scenario in scenarios:
        words = [one.words for one in scenario.parameters]
        assert len({*words}) == len(words), scenario.name
    assert {one.words for one in find_scenario("h1-two-task-cycle").parameters} >= {
        "whether the killer naps with oom_lock held after a kill",
        "whether to send requests without __GFP_FS away before the listeners are asked",
        "pages that come back from outside at give_back_s",
        "the offload's time limit, in seconds",
    }


def test_a_sandbox_answers_for_any_two_machines() -> None:
    sandbox = Sandbox()
    assert sandbox.answer()["sentence"].startswith("A: Locked up for good")
    sandbox.values = {"b": LINE}
    assert sandbox.values["b"] == LINE
    assert "B: " in sandbox.answer()["sentence"]
    assert "unknown scenario" in sandbox.answer(a="h9/mainline//0")["error"]
    with pytest.raises(traitlets.TraitError):
        sandbox.values = {"a": "nothing"}
    with pytest.raises(InputError, match="has not the form"):
        Sandbox("h1")


def test_of_a_choice_some_options_are_stored() -> None:
    control = Choice("n", "N", {1: "one", 2: "two", 3: "three"}, some=[3, 1])
    assert (control.stored, control.start) == ((3, 1), 3)
    assert control.check(2) == 2
    assert control.spec()["values"] == [3, 1] and control.spec()["options"] == [1, 2, 3]
    assert "options" not in Choice("n", "N", {1: "one", 2: "two"}).spec()
    with pytest.raises(InputError, match="start of choice 'n'"):
        Choice("n", "N", {1: "one", 2: "two"}, start=2, some=[1])
    with pytest.raises(InputError, match="unknown n"):
        Choice("n", "N", {1: "one", 2: "two"}, some=[4])
