"""Every state of a small machine as a dot, from the start on the left: what "all" looks like."""

from __future__ import annotations

from collections.abc import Iterable

from oomlab.checked import checked
from oomlab.engine.explorer.graph import Graph
from oomlab.errors import InputError
from oomlab.experiment import Exploration
from oomlab.figures.figure import Figure
from oomlab.figures.svg import WIDTH, document, element, number

MOST_DOTS = 2_000
"""More dots than this are a grey field (our choice)."""

_MARGIN = 6.0
_HIGHEST = 12.0
"""Units from one dot to the next at most; where there are many columns, less."""


@checked
def draw_states(found: Exploration, *, key: str = "") -> Figure:
    """Draw the states of an exploration: a column for each number of steps from the start, lost
    states as squares, ends as rings. Raises InputError for more than `MOST_DOTS` states, and where
    not all were seen."""
    graph, lockups = found.graph, found.verdict.lockups
    if not graph.complete or len(graph) > MOST_DOTS:
        raise InputError(f"too many states to draw; valid: a machine of at most {MOST_DOTS} states")
    columns: dict[int, list[int]] = {}
    for state, steps in enumerate(_steps_from_start(graph)):
        columns.setdefault(steps, []).append(state)
    tallest = max(map(len, columns.values()))
    pitch = min(_HIGHEST, (WIDTH - 2 * _MARGIN) / len(columns))
    height = 2 * _MARGIN + pitch * tallest
    places = {
        state: (
            _MARGIN + (column + 0.5) * (WIDTH - 2 * _MARGIN) / len(columns),
            height / 2 + (row - (len(states) - 1) / 2) * pitch,
        )
        for column, states in sorted(columns.items())
        for row, state in enumerate(states)
    }
    lost = [state for state in places if lockups[state]]
    ends = [state for state in places if graph.goal[state]]
    rest = [state for state in places if not lockups[state] and not graph.goal[state]]
    at = places.__getitem__
    parts = [
        element("path", class_="oom-runs", **_dots(map(at, rest), pitch * 0.5, "round")),
        element("path", class_="oom-blocked", **_dots(map(at, lost), pitch * 0.75, "square")),
        *(
            element(
                "circle",
                class_="oom-ink",
                cx=at(state)[0],
                cy=at(state)[1],
                r=pitch * 0.42,
                fill="none",
                stroke="currentColor",
                stroke_width=pitch * 0.2,
            )
            for state in ends
        ),
    ]
    title = f"All {len(graph):,} states of the machine"
    description = (
        f"A dot for each, the start on the left. {_lost(len(lost))} "
        f"In rings everybody has finished: {len(ends):,}."
    )
    svg = document(parts, height, title, description, key)
    return Figure(svg, title, description, f"{title}.\n{description}")


def _lost(count: int) -> str:
    return f"Squares are lost: {count:,}." if count else "None is lost."


def _steps_from_start(graph: Graph) -> list[int]:
    found = [-1] * len(graph)
    found[0] = 0
    queue = [0]
    for state in queue:
        for after in graph.successors(state):
            if found[after] < 0:
                found[after] = found[state] + 1
                queue.append(after)
    return found


def _dots(places: Iterable[tuple[float, float]], size: float, shape: str) -> dict[str, str | float]:
    """A path that draws a dot at each place: lines of no length, with caps."""
    return {
        "d": "".join(f"M{number(x)} {number(y)}h0" for x, y in places),
        "fill": "none",
        "stroke": "currentColor",
        "stroke-width": size,
        "stroke-linecap": shape,
    }
