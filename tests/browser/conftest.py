"""Fixtures for tests of panels in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.widgets.opened import OpenPanel, opener


@pytest.fixture
def open_panel(
    open_page: Callable[..., Page], serve: Callable[[Path], str], tmp_path: Path
) -> OpenPanel:
    """`open_panel(panel, ..., site=...)` opens a small site around panels."""
    return opener(open_page, serve, tmp_path)
