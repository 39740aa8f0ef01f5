"""A task is learned without being run again and again."""

from __future__ import annotations

from oomlab.engine.explorer.automaton import FINISHED, Automaton
from oomlab.engine.model import Actor
from oomlab.engine.ops import Routine, swap
from oomlab.engine.stage import Stage

LENGTH = 200


def counted(stage: Stage) -> tuple[Automaton, list[int]]:
    """The automaton of a long straight routine, and a list that grows with each start of it."""
    word = stage.layout.word("word", 0)
    starts: list[int] = []

    def body() -> Routine:
        count = 0
        while count < LENGTH:
            found = yield swap(word, 0)
            count += 2 if found else 1

    def start() -> Routine:
        starts.append(len(starts))
        return body()

    return Automaton(Actor(0, "counter", "", start, True, False, 0)), starts


def test_a_long_routine_is_started_once() -> None:
    automaton, starts = counted(Stage())
    node = automaton.start
    while automaton.nodes[node].op is not None:
        node = automaton.after(node, 0)
    assert node == FINISHED
    assert len(automaton.nodes) == LENGTH + 1
    assert len(starts) == 1


def test_another_result_needs_a_start_of_its_own_and_comes_to_the_same_states() -> None:
    automaton, starts = counted(Stage())
    first = automaton.after(automaton.start, 0)
    second = automaton.after(first, 0)
    assert len(starts) == 1
    assert automaton.after(automaton.start, 1) == second
    assert len(starts) == 2
    assert automaton.after(automaton.start, 1) == second
    assert len(starts) == 2
