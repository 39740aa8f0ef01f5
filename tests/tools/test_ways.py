"""Slides and notebooks of a page: what a site says of them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tools.check_site import CHECKS
from tools.release import zip_site
from tools.ways import NAME, add_way, set_ways, ways


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for path in ("_static", "book", "slides", "lite"):
        (tmp_path / "site" / path).mkdir(parents=True)
    for path in ("book/a.html", "slides/a.html", "lite/index.html"):
        (tmp_path / "site" / path).write_text(path)
    set_ways(tmp_path / "site", {})
    add_way(tmp_path / "site", "slides", {"book/a": "slides/a.html"})
    add_way(tmp_path / "site", "notebooks", {"book/a": "lite/index.html?path=a"})
    return tmp_path / "site"


def test_a_kind_is_added_to_the_others_or_replaces_itself(site: Path) -> None:
    assert list(ways(site)) == ["notebooks", "slides"]
    add_way(site, "slides", {})
    assert ways(site) == {"notebooks": {"book/a": "lite/index.html?path=a"}, "slides": {}}
    assert [file.name for file in (site / "_static").iterdir()] == ["ways.json"]


def test_a_way_that_leads_nowhere_is_found(site: Path) -> None:
    assert list(CHECKS["other ways"](site)) == []
    (site / "slides" / "a.html").unlink()
    said = f"{NAME} names slides/a.html, one of its slides, which is not there"
    assert list(CHECKS["other ways"](site)) == [said]


def test_a_release_names_no_notebooks_which_it_has_not(site: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(zip_site(site, tmp_path / "x.zip", "x")) as archive:
        assert json.loads(archive.read(f"x/{NAME}")) == {"slides": {"book/a": "slides/a.html"}}
