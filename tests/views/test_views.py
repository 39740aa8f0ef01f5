from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import pytest

from oomlab import views
from tests.widgets.demo import BAR


def test_a_view_is_called_by_name() -> None:
    made = views.call(BAR, {"pages": 3, "remedy": "offload"})
    assert set(made) == {"picture", "sentence", "twin"}
    assert made["sentence"] == "There are 3 pages, offload, slow."
    assert made["picture"].startswith("<svg")


@pytest.mark.parametrize(
    "name",
    [
        "os:system",
        "oomlab.views:call",
        "oomlab.views.demo:escape",  # imported there, not a view
        "oomlab.views.demo:not_a_view",
        "oomlab.views.demo:View",
        "oomlab.views.demo",
        "oomlab.views.nowhere:bar",
        "oomlab.views.demo.bar:real",
        "",
    ],
)
def test_nothing_but_views_can_be_called(name: str) -> None:
    with pytest.raises(ValueError, match=r"unknown view .*oomlab\.views\.demo:bar"):
        views.call(name, {"pages": 3})


def test_known_lists_the_views_and_only_those() -> None:
    mine = [name for name in views.known() if ".demo:" in name]
    assert mine == [f"oomlab.views.demo:{name}" for name in ("bar", "same", "wrong_kind")]


def test_no_view_was_forgotten() -> None:
    known = views.known()
    for found in pkgutil.walk_packages(views.__path__, "oomlab.views."):
        module = importlib.import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == found.name and not name.startswith("_")
            if own and inspect.signature(function).return_annotation in ("View", views.View):
                assert f"{found.name}:{name}" in known, f"decorate {name} of {found.name} with view"


@pytest.mark.parametrize("values", [{"pages": 3, "page": 4}, {}])
def test_wrong_arguments_are_answered_with_the_parameters(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="its parameters are: pages, remedy, fast, note, colour"):
        views.call(BAR, values)


def test_a_view_must_return_a_view() -> None:
    with pytest.raises(TypeError, match="returned str, not a View"):
        views.call("oomlab.views.demo:wrong_kind", {"pages": 1})


def test_answer_turns_every_exception_into_a_sentence() -> None:
    assert views.answer(BAR, {"pages": 7}) == {
        "error": "Seven pages are never drawn; choose another number"
    }
    assert (
        "RuntimeError: the bar broke. This is a defect of oomlab"
        in (views.answer(BAR, {"pages": 9})["error"])
    )
    assert views.answer(BAR, {"pages": 3}) == views.call(BAR, {"pages": 3})
