"""What the definitions of all controls are checked for."""

from __future__ import annotations

import math
from typing import Any

from oomlab.errors import InputError
from oomlab.scenarios.parameters import Number


def check_words(control: Any) -> None:
    """Raises InputError unless the control has a name a view can use and a label to read."""
    if not isinstance(control.name, str) or not control.name.isidentifier():
        raise InputError(f"a control's name is a parameter name of the view, not {control.name!r}")
    if not isinstance(control.label, str) or not control.label.strip():
        raise InputError(f"control {control.name!r} has no label for the reader")


def check_number(what: str, value: Any) -> None:
    """Raises InputError unless `value` is a finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InputError(f"{what} is a number, not {value!r}")


def plain(number: Number) -> Number:
    """A whole number as int, others without the dust of binary fractions.

    JSON in a browser has one kind of number: only so does a view get the same value from all three
    back ends.
    """
    number = round(number, 9)
    return int(number) if number == int(number) else number
