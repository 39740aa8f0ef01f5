"""Reachability in a state graph against the definition."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomlab.engine.explorer import reach, reach_arrays
from oomlab.engine.explorer.graph import Graph, States
from oomlab.engine.explorer.space import Space
from oomlab.engine.stage import Stage
from tests.engine.explorer.test_components import graphs
from tests.engine.explorer.test_components import reach as reached


class Ways(NamedTuple):
    """The two questions, asked in plain Python or in arrays."""

    can_reach: Callable[[Graph, Iterable[int]], bytearray]
    cannot_end: Callable[[Graph, int], bytearray]


WAYS = (
    Ways(reach.can_reach, reach.cannot_end),
    Ways(reach_arrays.arrays_can_reach, reach_arrays.arrays_cannot_end),
)


def as_graph(successors: list[list[int]], expanded: int) -> Graph:
    """A graph in which the moves of the first `expanded` states are known."""
    graph = Graph(Space(Stage().model()), states=States(1, range(len(successors))))
    for row in successors[:expanded]:
        graph.target.extend(row)
        graph.first.append(len(graph.target))
    graph.mover = array("H", [0] * len(graph.target))
    return graph


@pytest.mark.parametrize("module", WAYS)
@given(graphs(), st.data())
def test_what_can_reach_a_goal(
    module: Ways, successors: list[list[int]], data: st.DataObject
) -> None:
    size = len(successors)
    goals = data.draw(st.sets(st.integers(0, max(0, size - 1)), max_size=size))
    expanded = data.draw(st.integers(0, size))
    graph = as_graph(successors, expanded)
    known = [*successors[:expanded], *([] for _ in range(size - expanded))]
    goals &= set(range(size))
    wanted = [int(bool(reached(known, node) & goals)) for node in range(size)]
    assert list(module.can_reach(graph, goals)) == wanted


@pytest.mark.parametrize("module", WAYS)
def test_a_way_against_the_numbering_is_found_as_well(module: Ways) -> None:
    size = 400
    chain = [[0], *([node - 1] for node in range(1, size))]
    assert sum(module.can_reach(as_graph(chain, size), [0])) == size
    assert sum(module.can_reach(as_graph([*chain[:-1], [size - 1]], size), [0])) == size - 1


@pytest.mark.parametrize("module", WAYS)
@given(graphs(), st.data())
def test_what_cannot_come_to_an_end(
    module: Ways, successors: list[list[int]], data: st.DataObject
) -> None:
    size = len(successors)
    begin = data.draw(st.integers(0, size))
    ends = {node for node in range(size) if node < begin or not successors[node]}
    wanted = [not reached(successors, node) & ends and node not in ends for node in range(size)]
    assert list(module.cannot_end(as_graph(successors, size), begin)) == wanted[begin:]


def test_rows_from_some_state_on() -> None:
    graph = as_graph([[1, 2], [], [0], [3]], 4)
    assert [list(row) for row in graph.rows()] == [[1, 2], [], [0], [3]]
    assert [list(row) for row in graph.rows(2)] == [[0], [3]]
