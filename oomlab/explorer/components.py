"""Strongly connected components (Tarjan 1972), without recursion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def components(successors: Sequence[Sequence[int]], begin: int = 0) -> Iterator[list[int]]:
    """The strongly connected components of nodes `begin` to `begin + len(successors) - 1`.

    `successors[i]` are those of node `begin + i`; nodes outside the range are ignored. A component
    comes after all components that it leads to.
    """
    count = len(successors)
    order = [-1] * count
    low = [0] * count
    on_stack = bytearray(count)
    stack: list[int] = []
    counter = 0
    for root in range(count):
        if order[root] >= 0:
            continue
        work = [(root, 0)]
        while work:
            node, position = work.pop()
            if position == 0:
                order[node] = low[node] = counter
                counter += 1
                stack.append(node)
                on_stack[node] = 1
            following = successors[node]
            descended = False
            while position < len(following):
                other = following[position] - begin
                position += 1
                if not 0 <= other < count:
                    continue
                if order[other] < 0:
                    work.append((node, position))
                    work.append((other, 0))
                    descended = True
                    break
                if on_stack[other]:
                    low[node] = min(low[node], order[other])
            if descended:
                continue
            if low[node] == order[node]:
                component = []
                while True:
                    member = stack.pop()
                    on_stack[member] = 0
                    component.append(member + begin)
                    if member == node:
                        break
                yield component
            if work:
                parent = work[-1][0]
                low[parent] = min(low[parent], low[node])
