"""How much a page weighs: text, pictures, stored results, scripts, the theme's share included."""

from __future__ import annotations

import gzip
import re

import pytest

from oomlab.widgets import scripts
from tools.build_book import pages
from tools.fetch_engine import PAGE_SCRIPT
from tools.paths import SITE
from tools.site_links import read

LIMIT = 220_000
"""Bytes, compressed as a web server does it, with the theme's share: 1.1 s on 1.6 Mbit/s."""
OWN_LIMIT = 155_000
"""Bytes of these that are ours: the page with its stored results, and what makes panels live."""

OWN = re.compile(r"_static/|_images/")
"""Files that a page loads to be read and used; its engine comes when somebody asks for it."""


def packed(content: bytes) -> int:
    return len(gzip.compress(content, compresslevel=6))


def own_files(name: str) -> set[str]:
    """Pictures, style sheets and scripts that a page loads."""
    page = SITE / f"{name}.html"
    found = {
        (page.parent / target.split("?")[0]).resolve()
        for target in read(page).fetched
        if OWN.search(target)
    }
    return {file.relative_to(SITE.resolve()).as_posix() for file in found}


def weight(name: str) -> int:
    html = packed((SITE / f"{name}.html").read_bytes())
    return html + sum(packed((SITE / file).read_bytes()) for file in own_files(name))


@pytest.mark.parametrize("name", pages())
def test_a_page_is_light(name: str) -> None:
    found = weight(name)
    sheets = sum(packed(scripts.sheet(sheet).encode()) for sheet in scripts.SHEETS)
    script = packed((SITE / "_static" / "oom-panel" / PAGE_SCRIPT).read_bytes())
    own = packed((SITE / f"{name}.html").read_bytes()) + script + sheets
    assert own <= OWN_LIMIT, f"{name}: {own} bytes of {OWN_LIMIT} are ours: store fewer values"
    assert found <= LIMIT, (
        f"{name} weighs {found} bytes of {LIMIT}: store fewer values of a control (`stored=`), or "
        "split the page"
    )


def test_the_scripts_of_panels_are_counted() -> None:
    counted = own_files(pages()[0])
    assert {"_static/book.css", f"_static/oom-panel/{PAGE_SCRIPT}"} <= counted
    assert not [file for file in counted if file.startswith("_static/live/")]
