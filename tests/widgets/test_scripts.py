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
    "page_writing": scripts.writing_script(),
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


@pytest.mark.parametrize(
    ("script", "some"),
    [
        ("page_script", {"attach", "attachGame", "mount"}),
        ("page_writing", {"attachSet", "attachBench"}),
    ],
)
def test_no_two_parts_use_one_name_at_top_level(script: str, some: set[str]) -> None:
    declared = re.findall(
        r"^(?:async )?(?:const|let|function|class) (\w+)",
        WHOLE[script],
        re.MULTILINE,
    )
    assert {*some, "whyRefused"} <= set(declared)
    assert len(declared) == len(set(declared))


def test_every_part_is_in_a_page_once_and_readers_of_chapters_load_none_to_write_with() -> None:
    only = {*scripts.BENCH, *scripts.SET} - {*scripts.PANEL, *scripts.LOG}
    for path in FOLDER.glob("*.js"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        text = "".join(line for line in lines if not line.lstrip().startswith("//"))
        assert WHOLE["page_writing"].count(text) == 1, path.name
        assert WHOLE["page_script"].count(text) == (path.stem not in only), path.name


def test_the_scripts_name_no_other_host() -> None:
    for path in (*FOLDER.glob("*.js"), *FOLDER.glob("*.css")):
        assert "http" not in path.read_text(encoding="utf-8"), path.name
