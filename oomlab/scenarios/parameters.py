"""The values a scenario can be given, checked before a long run begins."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from oomlab.errors import InputError, unknown

Value = int | float
Settings = Mapping[str, Value]


@dataclass(frozen=True)
class Parameter:
    """One number of a scenario: its meaning with unit, its default, its limits.

    The default's type (int or float) is the parameter's type.
    """

    name: str
    meaning: str
    default: Value
    minimum: Value = 0
    maximum: Value = math.inf
    only: tuple[Value, ...] = ()

    def check(self, value: object) -> Value:
        """`value` as a number of the right type.

        Raises InputError, naming what is valid, for anything else.
        """
        whole = isinstance(self.default, int)
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise ValueError
            number: Value = float(value)
            if not math.isfinite(number):
                raise ValueError
            if whole:
                if number != int(number):
                    raise ValueError
                number = int(number)
        except ValueError:
            raise InputError(f"{self.name} cannot be {value!r}; valid: {self.valid()}") from None
        allowed = number in self.only if self.only else self.minimum <= number <= self.maximum
        if not allowed:
            raise InputError(f"{self.name} cannot be {value!r}; valid: {self.valid()}")
        return number

    def valid(self) -> str:
        """The valid values in words."""
        if self.only:
            return ", ".join(map(str, self.only))
        kind = "a whole number" if isinstance(self.default, int) else "a number"
        if self.maximum == math.inf:
            return f"{kind} from {self.minimum} up"
        return f"{kind} from {self.minimum} to {self.maximum}"


def settle(parameters: tuple[Parameter, ...], given: Mapping[str, object]) -> dict[str, Value]:
    """All parameters with their values: those given, checked, and defaults for the rest."""
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            raise unknown("parameter", name, known)
    return {
        name: parameter.check(given[name]) if name in given else parameter.default
        for name, parameter in known.items()
    }
