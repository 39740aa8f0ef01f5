"""The reference holds every front door of the package, and every command."""

from __future__ import annotations

import pytest

import oomlab.engine.clock
import oomlab.engine.explorer
import oomlab.evidence.history
import oomlab.figures
import oomlab.widgets
from oomlab.command.answer import COMMANDS
from tools.paths import SITE

PAGE = SITE / "book" / "reference.html"
NO_ENTRY = {
    "oomlab.engine.explorer.BUDGET",  # constants stand in the signatures
    "oomlab.engine.explorer.TIMEOUT_RULES",
}


@pytest.mark.parametrize(
    "name",
    [
        f"{module.__name__}.{name}"
        for module in (oomlab.engine.clock, oomlab.engine.explorer, oomlab.figures, oomlab.widgets)
        for name in module.__all__
    ],
)
def test_a_public_name_is_in_the_reference(name: str) -> None:
    if name not in NO_ENTRY:
        assert f'id="{name}"' in PAGE.read_text(encoding="utf-8"), (
            f"{name} is public and not in book/reference.md: name it there, then make book"
        )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_explained(command: str) -> None:
    assert f"usage: oomlab {command}" in PAGE.read_text(encoding="utf-8"), (
        f"book/reference.md does not show `oomlab {command}`: make book, if the command is new"
    )
