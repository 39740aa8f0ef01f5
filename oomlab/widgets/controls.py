"""The controls of a panel: what a reader may change, and which values are stored in the page.

Every control has a `name` (the view's parameter), a `label` (what the reader sees), the `stored`
values whose results are baked into the page, and a `start`, the value first shown. A control
checks its own definition when it is made and any value that is asked for later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError, unknown
from oomlab.scenarios.parameters import Number
from oomlab.views import Scalar
from oomlab.widgets.checks import check_number, check_words, plain
from oomlab.widgets.setup import Setup

RADIO_LIMIT = 3
"""A choice of at most so many options is drawn as radio buttons, a longer one as a list."""


@checked
@brief
@dataclass(frozen=True)
class Choice:
    """One of several named options.

    `options` maps each value the view may get (text or a number) to the words the reader sees. All
    of them are stored, or those in `some`; the others are computed when asked for. Raises
    ValueError if there are fewer than two, if a value is no text or number, or if `start` is not
    among those that are stored.
    """

    name: str
    label: str
    options: Mapping[Any, str]
    start: Any = None
    some: Sequence[Any] = ()

    def __post_init__(self) -> None:
        check_words(self)
        if len(self.options) < 2:
            raise InputError(f"choice {self.name!r} needs at least two options")
        for value, text in self.options.items():
            if isinstance(value, bool) or not isinstance(value, (str, int, float)):
                raise InputError(
                    f"choice {self.name!r}: an option is a text or a number, not {value!r}"
                    " (for yes and no there is Toggle)"
                )
            if not isinstance(text, str) or not text.strip():
                raise InputError(f"choice {self.name!r}: option {value!r} has no text to show")
        object.__setattr__(self, "options", dict(self.options))
        object.__setattr__(self, "some", tuple(self.check(value) for value in self.some))
        start = self.stored[0] if self.start is None else self.check(self.start)
        if start not in self.stored:
            raise unknown(f"start of choice {self.name!r}", start, self.stored)
        object.__setattr__(self, "start", start)

    @property
    def stored(self) -> tuple[Scalar, ...]:
        """The option values whose results are stored, in the order given."""
        return tuple(self.some) or tuple(self.options)

    def check(self, value: Any) -> Scalar:
        """`value`, if it is one of the options; ValueError naming them if not."""
        for option in self.options if isinstance(value, Scalar) else ():
            if option == value and isinstance(value, str) == isinstance(option, str):
                return option  # type: ignore[no-any-return]
        raise unknown(self.name, value, self.options)

    def spec(self) -> dict[str, Any]:
        """What the page must know to read this control."""
        return {
            "kind": "choice",
            "name": self.name,
            "label": self.label,
            "values": list(self.stored),
            **({"options": list(self.options)} if self.some else {}),
            "texts": list(self.options.values()),
        }


@checked
@brief
@dataclass(frozen=True)
class Slider:
    """A number from `minimum` to `maximum` in steps of `step`; the reader may select every step.

    The results for `stored` (in the order given) are baked into the page, all others are computed
    when asked for. `unit` follows the number wherever it is shown. `start` must be one of the
    stored values, because the first picture is shown without computing anything. Raises ValueError
    for a range that is empty or does not end on a step, and for a stored value that is outside the
    range, between two steps or given twice.
    """

    name: str
    label: str
    minimum: Number
    maximum: Number
    step: Number
    stored: Sequence[Number]
    unit: str = ""
    start: Number | None = None

    def __post_init__(self) -> None:
        check_words(self)
        for part in ("minimum", "maximum", "step"):
            check_number(f"slider {self.name!r}: {part}", getattr(self, part))
            object.__setattr__(self, part, plain(getattr(self, part)))
        if self.step <= 0 or self.maximum <= self.minimum:
            raise InputError(
                f"slider {self.name!r} needs minimum < maximum and a step above 0, not"
                f" {self.minimum}, {self.maximum}, {self.step}"
            )
        if not self._on_step(self.maximum):
            raise InputError(
                f"slider {self.name!r}: steps of {self.step} from {self.minimum} never reach the"
                f" maximum {self.maximum}"
            )
        stored = tuple(self.check(value) for value in self.stored)
        if not stored or len(set(stored)) < len(stored):
            raise InputError(
                f"slider {self.name!r} needs at least one stored value, each of them once, not"
                f" {list(self.stored)}"
            )
        object.__setattr__(self, "stored", stored)
        start = stored[0] if self.start is None else self.check(self.start)
        if start not in stored:
            raise unknown(f"start of slider {self.name!r}", start, stored)
        object.__setattr__(self, "start", start)

    def check(self, value: Any) -> Number:
        """`value`, rounded to its step; ValueError saying the range if it is not in it."""
        check_number(f"{self.name}", value)
        if not self.minimum <= value <= self.maximum or not self._on_step(value):
            raise InputError(
                f"{self.name} goes from {self.minimum} to {self.maximum} in steps of {self.step};"
                f" {value} is not among them"
            )
        steps = round((value - self.minimum) / self.step)
        return plain(self.minimum + steps * self.step)

    def spec(self) -> dict[str, Any]:
        """What the page must know to read this control."""
        return {
            "kind": "slider",
            "name": self.name,
            "label": self.label,
            "values": list(self.stored),
            "step": self.step,
            "unit": self.unit,
        }

    def _on_step(self, value: Number) -> bool:
        steps = (value - self.minimum) / self.step
        return abs(steps - round(steps)) < 1e-6


@checked
@dataclass(frozen=True)
class Toggle:
    """Yes or no. Both are stored. Raises ValueError for a `start` that is neither."""

    name: str
    label: str
    start: bool = False

    def __post_init__(self) -> None:
        check_words(self)
        self.check(self.start)

    @property
    def stored(self) -> tuple[Scalar, ...]:
        """False, then True."""
        return (False, True)

    def check(self, value: Any) -> bool:
        """`value`, if it is True or False; ValueError if not."""
        if not isinstance(value, bool):
            raise unknown(self.name, value, self.stored)
        return value

    def spec(self) -> dict[str, Any]:
        """What the page must know to read this control."""
        return {
            "kind": "toggle",
            "name": self.name,
            "label": self.label,
            "values": list(self.stored),
        }


Control: TypeAlias = Choice | Slider | Toggle | Setup


def shown_value(control: Control, value: Any) -> str:
    """`value` in the words the reader sees beside the control."""
    if isinstance(control, Choice):
        return control.options[value]
    if isinstance(control, Slider):
        return f"{value} {control.unit}".rstrip()
    if isinstance(control, Setup):
        return str(value)
    return "yes" if value else "no"


def check_controls(controls: Sequence[Control]) -> tuple[Control, ...]:
    """The controls of one panel; ValueError if two have the same name. A picture with a
    cursor of its own may have none."""
    for control in controls:
        if not isinstance(control, (Choice, Slider, Toggle, Setup)):
            raise InputError(
                f"a control is a Choice, a Slider, a Setup or a Toggle, not {control!r}"
            )
    names = [control.name for control in controls]
    if len(set(names)) < len(names):
        raise InputError(f"a panel needs each control once, not {names}")
    return tuple(controls)
