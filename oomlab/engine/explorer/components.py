"""Strongly connected components (Tarjan 1972), without recursion."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence


def components(
    successors: Sequence[Sequence[int]], begin: int = 0, without: Sequence[int] = ()
) -> Iterator[list[int]]:
    """The strongly connected components of nodes `begin` to `begin + len(successors) - 1`.

    `successors[i]` are those of node `begin + i`; nodes outside the range are ignored, and so are
    nodes `begin + i` with a true `without[i]`. A component comes after all components that it leads
    to.
    """
    count = len(successors)
    # When a node was first seen; `count`, later than any, once its component is complete.
    seen = array("i", [-1]) * count
    for node, left_out in enumerate(without):
        if left_out:
            seen[node] = count
    clock = 0
    stack = array("I")
    for root in range(count):
        if seen[root] >= 0:
            continue
        node, rest = root, iter(successors[root])
        seen[root] = low = clock
        clock += 1
        stack.append(root)
        callers: list[tuple[int, int, Iterator[int]]] = []
        while True:
            for after in rest:
                after -= begin
                if not 0 <= after < count:
                    continue
                when = seen[after]
                if when < 0:
                    callers.append((node, low, rest))
                    node, rest = after, iter(successors[after])
                    seen[node] = low = clock
                    clock += 1
                    stack.append(node)
                    break
                if when < low:
                    low = when
            else:
                reached = low
                if low == seen[node]:
                    component = []
                    member = -1
                    while member != node:
                        member = stack.pop()
                        seen[member] = count
                        component.append(member + begin)
                    yield component
                    reached = count
                if not callers:
                    break
                node, low, rest = callers.pop()
                if reached < low:
                    low = reached
