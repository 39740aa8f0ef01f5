"""Strongly connected components against the definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oomlab.engine.explorer.components import components


@st.composite
def graphs(draw: st.DrawFn) -> list[list[int]]:
    size = draw(st.integers(0, 8))
    nodes = st.lists(st.integers(0, max(0, size - 1)), max_size=4)
    return draw(st.lists(nodes, min_size=size, max_size=size))


def reach(graph: list[list[int]], start: int) -> set[int]:
    found, stack = {start}, [start]
    while stack:
        for after in graph[stack.pop()]:
            if after not in found:
                found.add(after)
                stack.append(after)
    return found


@given(graphs())
def test_two_nodes_are_together_if_each_leads_to_the_other(graph: list[list[int]]) -> None:
    ways = [reach(graph, node) for node in range(len(graph))]
    expected = {
        frozenset(b for b in range(len(graph)) if b in ways[a] and a in ways[b])
        for a in range(len(graph))
    }
    found = [frozenset(component) for component in components(graph)]
    assert set(found) == expected
    assert sum(map(len, found)) == len(graph)


@given(graphs())
def test_a_component_comes_after_all_it_leads_to(graph: list[list[int]]) -> None:
    seen: set[int] = set()
    for component in components(graph):
        seen.update(component)
        assert all(after in seen for node in component for after in graph[node])


@given(graphs(), st.integers(1, 5))
def test_nodes_outside_the_range_are_ignored(graph: list[list[int]], begin: int) -> None:
    shifted = [[node + begin for node in nodes] + [0] for nodes in graph]
    plain = [set(component) for component in components(graph)]
    moved = [{node - begin for node in component} for component in components(shifted, begin)]
    assert moved == plain


@given(graphs(), st.data())
def test_nodes_left_out_might_as_well_not_be_there(
    graph: list[list[int]], data: st.DataObject
) -> None:
    without = data.draw(st.lists(st.booleans(), min_size=len(graph), max_size=len(graph)))
    bare = [
        [] if left_out else [after for after in nodes if not without[after]]
        for nodes, left_out in zip(graph, without, strict=True)
    ]
    found = list(components(graph, without=bytes(without)))
    assert found == [c for c in components(bare) if not without[c[0]]]


def test_a_long_chain_needs_no_deep_recursion() -> None:
    length = 50_000
    chain = [[node + 1] for node in range(length - 1)] + [[0]]
    assert [len(component) for component in components(chain)] == [length]
