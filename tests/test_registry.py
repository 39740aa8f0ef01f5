"""One way to register: a name is taken once, and who asks for another is told which there are."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from oomlab.engine.ops import MEANINGS
from oomlab.engine.ops.core import meaning
from oomlab.errors import InputError, ModelError
from oomlab.registry import Registry


class Fruit(NamedTuple):
    name: str
    colour: str


def test_things_stand_in_the_order_in_which_they_were_entered() -> None:
    fruit = Registry[str, Fruit]("fruit", (Fruit("pear", "green"), Fruit("apple", "red")))
    assert fruit.add(Fruit("fig", "blue")).colour == "blue"
    assert list(fruit) == ["pear", "apple", "fig"] and fruit.find("fig") == ("fig", "blue")


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ModelError, match="there is a fruit called pear already"):
        Registry[str, Fruit]("fruit", (Fruit("pear", "green"), Fruit("pear", "red")))


def test_who_asks_for_another_is_told_which_there_are() -> None:
    fruit = Registry[str, Fruit]("fruit", (Fruit("pear", "green"),), key=lambda one: one.colour)
    with pytest.raises(InputError, match="unknown fruit 'gren'; valid: green; did you mean green"):
        fruit.find("gren")


def test_no_two_ops_have_one_name() -> None:
    kind = next(iter(MEANINGS))
    with pytest.raises(ModelError, match=f"there is an op called {kind} already"):
        meaning(kind, "", "does it", "do it")(MEANINGS[kind])
