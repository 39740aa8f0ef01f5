from __future__ import annotations

from typing import Any

import pytest

from oomlab.widgets import Choice, Prediction, Slider, Toggle
from oomlab.widgets.controls import check_controls, shown_value


def slider(**changes: Any) -> Slider:
    given = {"minimum": 0, "maximum": 10, "step": 1, "stored": [2, 4]}
    return Slider("pages", "Pages", **{**given, **changes})


def test_the_first_value_is_the_start_unless_one_is_given() -> None:
    assert slider().start == 2
    assert slider(start=4).start == 4
    assert Choice("c", "C", {"a": "A", "b": "B"}).start == "a"
    assert Choice("c", "C", {0: "A", 1: "B"}, start=1).start == 1
    assert Toggle("t", "T").start is False
    assert Toggle("t", "T", start=True).start is True


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stored": [2, 11]}, "pages goes from 0 to 10 in steps of 1; 11 is not among them"),
        ({"stored": [2.5]}, "2.5 is not among them"),
        ({"stored": [-1]}, "-1 is not among them"),
        ({"stored": []}, "at least one stored value"),
        ({"stored": [2, 4, 2.0]}, "each of them once"),
        ({"stored": ["2"]}, "each entry a number, not .'2'"),
        ({"stored": [True]}, "each entry a number, not .True"),
        ({"maximum": 0}, "minimum < maximum"),
        ({"step": 0}, "a step above 0"),
        ({"step": 3}, "steps of 3 from 0 never reach the maximum 10"),
        ({"maximum": float("inf")}, "maximum of Slider must be a number, not inf"),
        ({"start": 3}, r"start of slider 'pages'.*valid: 2, 4"),
    ],
)
def test_a_slider_checks_its_definition(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        slider(**changes)


def test_a_slider_gives_whole_numbers_and_no_binary_dust() -> None:
    tenths = slider(minimum=0.1, maximum=1, step=0.1, stored=[0.1, 0.3, 1.0])
    assert tenths.stored == (0.1, 0.3, 1)
    assert isinstance(tenths.check(1.0), int)
    assert tenths.check(0.1 + 0.2) == 0.3
    assert shown_value(tenths, 0.3) == "0.3"
    assert shown_value(slider(unit="MiB"), 4) == "4 MiB"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"a": "A"}, "at least two options"),
        ({"a": "A", True: "B"}, "there is Toggle"),
        ({"a": "A", None: "B"}, "a text or a number, not None"),
        ({"a": "A", "b": " "}, "option 'b' has no text"),
    ],
)
def test_a_choice_checks_its_options(options: dict[Any, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Choice("c", "C", options)


def test_a_value_must_be_one_of_the_options() -> None:
    choice = Choice("remedy", "Remedy", {"none": "None", "offload": "Offload"})
    with pytest.raises(ValueError, match="unknown remedy 'ofload'; valid: none, offload"):
        choice.check("ofload")
    with pytest.raises(ValueError, match="unknown n '1'; valid: 1, 2"):
        Choice("n", "N", {1: "one", 2: "two"}).check("1")
    with pytest.raises(ValueError, match="valid: False, True"):
        Toggle("t", "T").check(1)
    with pytest.raises(ValueError, match="unknown remedy 'x'"):
        Choice("remedy", "Remedy", {"a": "A", "b": "B"}, start="x")


@pytest.mark.parametrize(("name", "label"), [("two words", "L"), ("", "L"), ("x", " ")])
def test_every_control_needs_a_name_and_a_label(name: str, label: str) -> None:
    with pytest.raises(ValueError, match=r"parameter name|no label"):
        Toggle(name, label)
    with pytest.raises(ValueError, match=r"parameter name|no label"):
        Choice(name, label, {"a": "A", "b": "B"})


def test_a_panel_needs_controls_with_different_names() -> None:
    assert check_controls([]) == ()  # a stage has a cursor of its own
    with pytest.raises(ValueError, match=r"each control once, not \['t', 't'\]"):
        check_controls([Toggle("t", "T"), Toggle("t", "U")])
    with pytest.raises(ValueError, match="a Choice, a Slider, a Setup or a Toggle, not 'pages'"):
        check_controls(["pages"])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("question", "options", "message"),
    [
        ("", ["a", "b"], "needs a question"),
        ("Q?", ["a"], "at least two options"),
        ("Q?", "ab", "options of Prediction must be a list"),
        ("Q?", ["a", "a"], "each of them once"),
        ("Q?", ["a", " "], "are sentences"),
    ],
)
def test_a_prediction_checks_itself(question: str, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Prediction(question, options)
