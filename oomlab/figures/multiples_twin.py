"""Small multiples in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from oomlab.analysis import time_text
from oomlab.figures.multiples_runs import Multiple, RunBar, Side


def runs_text(lanes: Sequence[RunBar]) -> str:
    """What runs did, in a few words; "" for none."""
    texts = summaries(lanes)
    return texts[min(1, len(texts) - 1)]


def summaries(lanes: Sequence[RunBar]) -> list[str]:
    """What the runs of one side did, the longest text first."""
    if not lanes:
        return [""]
    stuck = sum(lane.locked_up for lane in lanes)
    if stuck == len(lanes):
        return ["locked up"]
    waits = [max(lane.waits_s) for lane in lanes if lane.waits_s and not lane.locked_up]
    said = _times(waits) if waits else "nobody waits"
    if stuck:
        return [
            f"{stuck} of {len(lanes)} locked up, else {said}",
            f"{stuck} of {len(lanes)} locked",
        ]
    kills = _counted([len(lane.kills_s) for lane in lanes], "kill")
    calls = _counted([lane.calls for lane in lanes], "call")
    return [f"{said}; {kills}, {calls} of the chain", f"{said}, {kills}", said]


def _times(values_s: Sequence[float]) -> str:
    """The shortest and the longest, as in "47–237 ms"."""
    low, high = seconds_text(min(values_s)), seconds_text(max(values_s))
    if low == high:
        return low
    number, _, unit = low.partition(" ")
    return f"{number if high.endswith(f' {unit}') else low}–{high}"


def _counted(values: Sequence[int], what: str) -> str:
    low, high = min(values), max(values)
    number = f"{low}" if low == high else f"{low}–{high}"
    return f"{number} {what}{'' if high == 1 else 's'}"


def in_short(row: Multiple, sides: Sequence[Side]) -> str:
    """What the last of the sides did in a case, in a line."""
    found = [(c.release, summaries(c.runs(sides[-1]))[-1] or "not asked") for c in row.cells]
    return f"{row.title}: {', '.join(f'{release} {said}' for release, said in found)}"


def multiple_twin(row: Multiple, sides: Sequence[Side]) -> Iterator[str]:
    """All that the picture says of a case, a statement each."""
    yield f"{row.title}:"
    for cell in row.cells:
        for side in sides:
            lanes = cell.runs(side)
            runs = f"{len(lanes)} run{'' if len(lanes) == 1 else 's'}"
            said = f"{runs}: {summaries(lanes)[0]}{_when(lanes)}" if lanes else "not asked"
            yield f"{cell.release}, the {side}, {said}."


def _when(lanes: Sequence[RunBar]) -> str:
    """The moments of the marks."""
    kills = dict.fromkeys(_texts([s for lane in lanes for s in lane.kills_s]))
    reports = dict.fromkeys(_texts([s for lane in lanes for s in lane.reports_s]))
    said = f"; killed at {', '.join(kills)}" if kills else ""
    return said + (f"; reported as hung after {', '.join(reports)}" if reports else "")


def _texts(moments_s: Sequence[float]) -> Iterator[str]:
    return (seconds_text(s) for s in sorted(moments_s))


def seconds_text(seconds: float) -> str:
    """A time, as short as it can be told."""
    return time_text(round(seconds * 1_000_000)).replace(".0 ", " ")
