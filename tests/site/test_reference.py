"""The reference holds every front door of the package, and every command."""

from __future__ import annotations

import pytest

import oomlab
import oomlab.figures
import oomlab.widgets
from oomlab.command.dispatch import COMMANDS
from tools.paths import SITE

PAGE = SITE / "book" / "reference.html"
NO_ENTRY = {
    "oomlab.__version__",
    "oomlab.REMEDIES",  # the registries stand there as tables
    "oomlab.SCENARIOS",
}


@pytest.mark.parametrize(
    "name",
    [
        f"{module.__name__}.{name}"
        for module in (oomlab, oomlab.figures, oomlab.widgets)
        for name in module.__all__
    ],
)
def test_a_public_name_is_in_the_reference(name: str) -> None:
    if name not in NO_ENTRY:
        page = PAGE.read_text(encoding="utf-8")
        at_home = f"oomlab.figures.{name.rpartition('.')[2]}"  # pictures stand under that room
        assert f'id="{name}"' in page or f'id="{at_home}"' in page, (
            f"{name} is not in the reference; add it to book/reference.md"
        )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_explained(command: str) -> None:
    assert f"usage: oomlab {command}" in PAGE.read_text(encoding="utf-8")
