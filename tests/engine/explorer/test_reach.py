"""Reachability in a state graph against the definition."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from oomlab.engine.explorer.graph import Graph
from oomlab.engine.explorer.reach import can_reach, cannot_end
from oomlab.engine.explorer.space import Space
from oomlab.engine.stage import Stage
from tests.engine.explorer.test_components import graphs, reach


def as_graph(successors: list[list[int]], expanded: int) -> Graph:
    """A graph in which the moves of the first `expanded` states are known."""
    graph = Graph(Space(Stage().model()), states=list(range(len(successors))))
    for row in successors[:expanded]:
        graph.target.extend(row)
        graph.first.append(len(graph.target))
    graph.mover = array("H", [0] * len(graph.target))
    return graph


@given(graphs(), st.data())
def test_what_can_reach_a_goal(successors: list[list[int]], data: st.DataObject) -> None:
    size = len(successors)
    goals = data.draw(st.sets(st.integers(0, max(0, size - 1)), max_size=size))
    expanded = data.draw(st.integers(0, size))
    graph = as_graph(successors, expanded)
    known = [*successors[:expanded], *([] for _ in range(size - expanded))]
    goals &= set(range(size))
    wanted = [int(bool(reach(known, node) & goals)) for node in range(size)]
    assert list(can_reach(graph, goals)) == wanted


def test_a_way_against_the_numbering_is_found_as_well() -> None:
    size = 400
    chain = [[0], *([node - 1] for node in range(1, size))]
    assert sum(can_reach(as_graph(chain, size), [0])) == size
    assert sum(can_reach(as_graph([*chain[:-1], [size - 1]], size), [0])) == size - 1


@given(graphs(), st.data())
def test_what_cannot_come_to_an_end(successors: list[list[int]], data: st.DataObject) -> None:
    size = len(successors)
    begin = data.draw(st.integers(0, size))
    ends = {node for node in range(size) if node < begin or not successors[node]}
    wanted = [not reach(successors, node) & ends and node not in ends for node in range(size)]
    assert cannot_end(as_graph(successors, size), begin).tolist() == wanted[begin:]


def test_rows_from_some_state_on() -> None:
    graph = as_graph([[1, 2], [], [0], [3]], 4)
    assert [list(row) for row in graph.rows()] == [[1, 2], [], [0], [3]]
    assert [list(row) for row in graph.rows(2)] == [[0], [3]]
