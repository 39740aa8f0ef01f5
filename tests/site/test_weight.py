"""How much a page weighs beyond the theme: text, pictures, stored results, scripts."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.site.links import read
from tools.build_book import pages
from tools.fetch_engine import PAGE_SCRIPT
from tools.paths import SITE

LIMIT = 150_000
"""Bytes, compressed as a web server does it."""

OWN = re.compile(r"_static/(oom-panel/|oom-|oomlab|print)[^/]*|_images/")
"""Files of ours among those that a page loads; all else comes with the theme."""


def packed(content: bytes) -> int:
    return len(gzip.compress(content, compresslevel=6))


def own_files(name: str) -> set[str]:
    """Pictures, style sheets and scripts of ours that a page loads."""
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
    assert found <= LIMIT, (
        f"{name} weighs {found} bytes of {LIMIT}: store fewer values of a control (`stored=`), or "
        "split the page"
    )


def test_the_scripts_of_panels_are_counted() -> None:
    counted = own_files(pages()[0])
    assert {"_static/oomlab.css", f"_static/oom-panel/{PAGE_SCRIPT}"} <= counted
    assert not [file for file in counted if file.startswith("_static/live/")]
