"""Moments and lengths of a run in words a person reads: "0.5 ms", "5.0 s", "step 7".

The only place that turns microseconds into text.
"""

from __future__ import annotations

from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError

_SCALES = (
    (99_950_000, 1_000_000, "s", 0),
    (999_500, 1_000_000, "s", 1),
    (99_950, 1_000, "ms", 0),
    (100, 1_000, "ms", 1),  # "0.5 ms" is easier to read than "500 µs"
    (0, 1, "µs", 0),
)
"""From how many microseconds on: size and name of the unit, and how many decimals."""


@checked
def time_text(us: int) -> str:
    """`us` microseconds with the unit that suits them: one decimal below 100, none above.

    Raises InputError for a negative time.
    """
    if us < 0:
        raise InputError(f"a time cannot be negative, and {us} us is")
    if us == 0:
        return "0"
    _, unit_us, unit, decimals = next(scale for scale in _SCALES if us >= scale[0])
    return f"{us / unit_us:.{decimals}f} {unit}"


def long_text(us: int) -> str:
    """As `time_text`, but from two minutes on in minutes, and from two hours on in hours."""
    minutes = us / 60_000_000
    if minutes < 2:
        return time_text(us)
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def moment_text(trace: Trace, at_us: int) -> str:
    """A moment of `trace`: a time, or the number of a step where a schedule was replayed, of a line
    where a log has no times."""
    return time_text(at_us) if trace.timed else f"{_step(trace)} {at_us}"


def length_text(trace: Trace, us: int) -> str:
    """A stretch of `trace`: a time, or a number of steps, or lines, where there are no times."""
    return time_text(us) if trace.timed else f"{us} {_step(trace)}{'' if us == 1 else 's'}"


def _step(trace: Trace) -> str:
    return "line" if trace.engine == "log" else "step"
