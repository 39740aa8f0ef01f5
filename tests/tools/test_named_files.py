"""The texts at the root name files and folders that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_PATH = re.compile(r"`(?:\.venv/bin/python -m pytest )?([a-z_]+/[\w./-]+)`")
_BUILT = ("_build/",)


@pytest.mark.parametrize("text", sorted(path.name for path in ROOT.glob("*.md")))
def test_a_file_that_is_named_is_there(text: str) -> None:
    named = _PATH.findall((ROOT / text).read_text(encoding="utf-8"))
    ours = [name for name in named if not name.startswith(_BUILT) and "NAME" not in name]
    assert ours or text in ("CHANGELOG.md", "SECURITY.md")  # they speak of what readers have
    missing = [n for n in ours if not (ROOT / n).exists() and not (ROOT / "oomlab" / n).exists()]
    assert not missing
