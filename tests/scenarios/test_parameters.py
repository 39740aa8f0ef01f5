"""What a parameter must say where it is declared."""

from __future__ import annotations

import pytest

from oomlab.errors import ModelError
from oomlab.scenarios.parameters import UNITS, Parameter


@pytest.mark.parametrize("ending", UNITS)
def test_the_meaning_of_a_parameter_names_its_unit(ending: str) -> None:
    name, unit = f"held{ending}", UNITS[ending]
    assert Parameter(name, f"how much, in {unit}", 1).name == name
    with pytest.raises(ModelError, match=f"'{name}' must say its unit, {unit}, not only 'how much"):
        Parameter(name, "how much", 1)
