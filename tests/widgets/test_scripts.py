"""The panels' JavaScript, as far as it can be judged without running it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oomlab.widgets import scripts

FOLDER = Path(scripts.__file__).parent
WHOLE = {
    "panel_module": scripts.panel_module(),
    "game_module": scripts.game_module(),
    "page_script": scripts.page_script(),
    "copy_script": scripts.copy_script(),
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_a_script_needs_no_other(text: str) -> None:
    code = re.sub(r"^\s*//.*", "", text, flags=re.MULTILINE)
    assert not re.search(r"\bimport\b|\./", code)


@pytest.mark.parametrize(("name", "exports"), [("panel", 1), ("game", 1), ("page", 0), ("copy", 0)])
def test_only_what_anywidget_imports_is_a_module(name: str, exports: int) -> None:
    text = next(text for key, text in WHOLE.items() if key.startswith(name))
    assert len(re.findall(r"^export\b", text, re.MULTILINE)) == exports


def test_a_script_may_stand_in_a_page() -> None:
    assert not re.search(r"</script|<!--", WHOLE["copy_script"])


def test_no_two_parts_use_one_name_at_top_level() -> None:
    declared = re.findall(
        r"^(?:async )?(?:const|let|function|class) (\w+)",
        WHOLE["page_script"],
        re.MULTILINE,
    )
    assert {"attach", "attachGame", "kernelEngine", "whyRefused", "mount"} <= set(declared)
    assert len(declared) == len(set(declared))


def test_every_part_is_in_the_page_and_no_other() -> None:
    for path in FOLDER.glob("*.js"):
        assert WHOLE["page_script"].count(path.read_text(encoding="utf-8")) == 1, path.name


def test_the_scripts_name_no_other_host() -> None:
    for path in (*FOLDER.glob("*.js"), *FOLDER.glob("*.css")):
        assert "http" not in path.read_text(encoding="utf-8"), path.name
