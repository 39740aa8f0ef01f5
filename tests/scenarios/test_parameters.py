"""What a parameter must say where it is declared."""

from __future__ import annotations

import pytest

from oomlab.errors import InputError, ModelError
from oomlab.scenarios.parameters import UNITS, Parameter


@pytest.mark.parametrize("ending", UNITS)
def test_the_meaning_of_a_parameter_names_its_unit(ending: str) -> None:
    name, unit = f"held{ending}", UNITS[ending]
    assert Parameter(name, f"how much, in {unit}", 1).name == name
    with pytest.raises(ModelError, match=f"'{name}' must say its unit, {unit}, not only 'how much"):
        Parameter(name, "how much", 1)


def test_a_name_is_one_of_those_that_there_are() -> None:
    ways = Parameter("way", "which way", "left", only=("left", "right"))
    assert ways.check("right") == "right"
    for wrong in ("up", "Left", 1, None, ["left"]):
        with pytest.raises(InputError, match=r"^way cannot be .*; valid: left, right$"):
            ways.check(wrong)
    with pytest.raises(ModelError, match="the default of 'way' must be one of only="):
        Parameter("way", "which way", "up", only=("left", "right"))
