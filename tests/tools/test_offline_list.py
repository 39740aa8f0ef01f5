"""Which files a reader's own copy has, and when it counts as another one."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tools.offline import listing


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "_static" / "live").mkdir(parents=True)
    (tmp_path / "_sources").mkdir()
    (tmp_path / "index.html").write_text(
        '<script src="_static/a.js?v=12"></script><link rel="stylesheet" href="_static/b.css">'
    )
    for name in (
        "_static/a.js",
        "_static/b.css",
        "_static/joined.js",
        "_sources/x.txt",
        "offline.json",
    ):
        (tmp_path / name).write_text(name)
    for name in ("x.wasm", "x.wasm.gz", "x.js.map"):
        (tmp_path / "_static" / "live" / name).write_text(name)
    return tmp_path


def listed(site: Path) -> dict[str, dict[str, Any]]:
    files: Any = listing(site)["files"]
    return {file["url"]: file for file in files}


def test_a_copy_has_what_readers_need_by_the_address_that_pages_ask_for(site: Path) -> None:
    files = listed(site)
    assert set(files) == {
        "index.html",
        "_static/a.js?v=12",
        "_static/b.css",
        "_static/live/x.wasm.gz",
    }
    script = files["_static/a.js?v=12"]
    assert script["sha256"] == hashlib.sha256(b"_static/a.js").hexdigest()
    assert listing(site)["bytes"] == sum(file["bytes"] for file in files.values())


def test_a_version_changes_with_what_is_kept_and_with_nothing_else(site: Path) -> None:
    first = listing(site)["version"]
    (site / "_sources" / "x.txt").write_text("other")
    (site / "offline.json").write_text("other")
    assert listing(site)["version"] == first
    (site / "_static" / "b.css").write_text("other")
    assert listing(site)["version"] != first
