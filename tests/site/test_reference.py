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
    "oomlab.REMEDIES",  # printed as tables
    "oomlab.SCENARIOS",
    "oomlab.widgets.board",  # what a Game shows, for tests and for whoever counts
    "oomlab.widgets.crowd_controls",  # parts of one chapter
    "oomlab.widgets.downtime_statistics",
}


@pytest.mark.parametrize(
    "name",
    [
        f"{module.__name__}.{name}"
        for module in (oomlab, oomlab.widgets)
        for name in module.__all__
        if f"{module.__name__}.{name}" not in NO_ENTRY
    ],
)
def test_a_public_name_is_in_the_reference(name: str) -> None:
    assert f'id="{name}"' in PAGE.read_text(encoding="utf-8"), f"book/reference.md lacks {name}"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_explained(command: str) -> None:
    assert f"usage: oomlab {command}" in PAGE.read_text(encoding="utf-8"), (
        f"book/reference.md does not show `oomlab {command}`: make book, if the command is new"
    )
