"""The panel's JavaScript, as far as it can be judged without running it."""

from __future__ import annotations

import re
from pathlib import Path

import oomlab.widgets
from oomlab.widgets.panel import joined_modules

FOLDER = Path(oomlab.widgets.__file__).parent


def test_the_joined_module_needs_no_other() -> None:
    text = joined_modules()
    assert not re.search(r"^\s*import\b", text, re.MULTILINE)
    assert "./" not in re.sub(r"//.*", "", text)
    assert text.count("export default") == 1


def test_no_two_modules_use_one_name_at_top_level() -> None:
    declared = re.findall(
        r"^(?:export )?(?:async )?(?:const|let|function|class) (\w+)",
        joined_modules(),
        re.MULTILINE,
    )
    assert "attach" in declared
    assert "kernelEngine" in declared
    assert len(declared) == len(set(declared))


def test_every_module_is_joined_or_loaded_by_its_site() -> None:
    names = {path.name for path in FOLDER.glob("*.mjs")} - {"site-engine.mjs", "game.mjs"}
    for name in names:
        assert (FOLDER / name).read_text(encoding="utf-8").splitlines()[0] in joined_modules()


def test_the_scripts_name_no_other_host() -> None:
    for path in (*FOLDER.glob("*.mjs"), *FOLDER.glob("*.css")):
        assert "http" not in path.read_text(encoding="utf-8"), path.name
