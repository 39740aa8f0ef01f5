"""The values a scenario can be given, checked before a long run begins."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from oomlab.errors import InputError, ModelError, shown, unknown
from oomlab.kernel_release import KernelRelease

Number = int | float
Value = Number | KernelRelease | str
"""What a parameter can be; a text is the name of one of several ways."""

Settings = Mapping[str, Any]
"""Values by name, of the types that the parameters have: a builder reckons with them."""

MOST_TASKS = 32
"""Tasks of one kind that a scenario can be given: with more a run takes minutes and shows nothing
new (our choice)."""


UNITS = {
    "_us": "microseconds",
    "_ms": "milliseconds",
    "_s": "seconds",
    "_pages": "pages",
    "_jiffies": "ticks",
}
"""The unit of a parameter, by the end of its name."""


@dataclass(frozen=True)
class Parameter:
    """One number of a scenario (or its release of the kernel, or the name of a way): its meaning
    with unit, its default, its limits.

    The default's type (int, float, KernelRelease, str) is the parameter's type; a release or a name
    is one of `only`. `within` names another parameter of
    the scenario that this one must not exceed: no machine lends more pages than it has. `above`
    names one that it must reach unless it is 0, which then switches something off.

    Raises ModelError for a meaning that lacks the unit which the end of the name promises, and for
    a name that is not one of `only`.
    """

    name: str
    meaning: str
    default: Value
    minimum: Number = 0
    maximum: Number = math.inf
    only: tuple[Value, ...] = ()
    within: str = ""
    above: str = ""

    def __post_init__(self) -> None:
        for ending, unit in UNITS.items():
            if self.name.endswith(ending) and unit not in self.meaning:
                raise ModelError(
                    f"the meaning of the parameter {self.name!r} must say its unit, {unit},"
                    f" not only {self.meaning!r}"
                )
        if isinstance(self.default, str) and self.default not in self.only:
            raise ModelError(f"the default of {self.name!r} must be one of only=")

    @property
    def words(self) -> str:
        """What it is about, in a few words: its meaning without what the values stand for."""
        switch = re.match(r"1 (if|to) (.+?)(?: \([^)]*\))?, 0 ", self.meaning)
        if switch:
            return f"whether {'to ' if switch[1] == 'to' else ''}{switch[2]}"
        return re.split(r"[:;]| \(", self.meaning)[0]

    def check(self, value: object) -> Value:
        """`value` as a number, release or name, of the right type.

        Raises InputError, naming what is valid, for anything else.
        """
        if isinstance(self.default, KernelRelease):
            return self._release(value)
        if isinstance(self.default, str):
            if not isinstance(value, str) or value not in self.only:
                raise self._wrong(value)
            return value
        whole = isinstance(self.default, int)
        try:
            number = _number(value)
            if whole:
                if number != int(number):
                    raise ValueError
                number = int(number)
        except ValueError:
            raise self._wrong(value) from None
        allowed = number in self.only if self.only else self.minimum <= number <= self.maximum
        if not allowed:
            raise self._wrong(value)
        return number

    def _release(self, value: object) -> KernelRelease:
        release = KernelRelease.meant(value)
        if release is None or release not in self.only:
            raise self._wrong(value)
        return release

    def _wrong(self, value: object) -> InputError:
        return InputError(f"{self.name} cannot be {shown(value)}; valid: {self.valid()}")

    def valid(self) -> str:
        """The valid values in words."""
        if self.only:
            return ", ".join(map(str, self.only))
        kind = "a whole number" if isinstance(self.default, int) else "a number"
        upto = "up" if self.maximum == math.inf else f"to {self.maximum}"
        within = f", at most {self.within}" if self.within else ""
        above = f", at least {self.above} unless it is 0" if self.above else ""
        return f"{kind} from {self.minimum} {upto}{within}{above}"

    def check_against(self, values: Settings) -> None:
        """Raise InputError, naming both values, if no machine can have this one together with
        those of the other parameters."""
        if not self.within and not self.above:
            return
        value = values[self.name]
        limit = values.get(self.within, value)
        if value > limit:
            raise InputError(
                f"{self.name} cannot be {value} where {self.within} is {limit}: at most as much; "
                f"set {self.name} lower or {self.within} higher"
            )
        least = values.get(self.above, value)
        if 0 < value < least:
            raise InputError(
                f"{self.name} cannot be {value} where {self.above} is {least}: 0 or at least as "
                f"much; set {self.name} higher or {self.above} lower"
            )


def _number(value: object) -> Number:
    """A finite number, also if given as text or as another library's number. Raises ValueError for
    anything else: what is true or false is no number here."""
    if isinstance(value, bool) or not isinstance(value, str | Real):
        raise ValueError
    if isinstance(value, Integral):
        return int(value)
    try:
        number = float(value)
    except OverflowError:  # a fraction of huge whole numbers
        raise ValueError from None
    if not math.isfinite(number):
        raise ValueError
    return number


def json_value(value: Value) -> float | str:
    """A value as a trace and JSON carry it; `Parameter.check` reads it again."""
    return value.plain if isinstance(value, KernelRelease) else value


def json_settings(settings: Settings) -> dict[str, float | str]:
    """Settings as a trace and JSON carry them."""
    return {name: json_value(value) for name, value in settings.items()}


def settle(parameters: tuple[Parameter, ...], given: Mapping[str, object]) -> dict[str, Any]:
    """All parameters with their values: those given, checked, and defaults for the rest.

    Raises InputError for a name or a value that is not valid, and for values that cannot be
    together.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            raise unknown("parameter", name, known)
    values = {
        name: parameter.check(given[name]) if name in given else parameter.default
        for name, parameter in known.items()
    }
    for parameter in parameters:
        parameter.check_against(values)
    return values
