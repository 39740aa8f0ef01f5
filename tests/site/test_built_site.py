"""The built book as files: complete, self-contained, every link leading somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from oomlab.widgets import scripts
from tests.site.links import broken, css_targets, is_outside, read
from tools.build_book import pages
from tools.fetch_engine import PAGE_SCRIPT
from tools.paths import ROOT, SITE, files_below

STATIC = SITE / "_static"


def html_files() -> list[Path]:
    # _static holds fragments of the theme, which no page links to.
    return sorted(file for file in SITE.rglob("*.html") if STATIC not in file.parents)


@pytest.mark.parametrize("name", pages())
def test_every_page_of_the_contents_is_built_and_has_text(name: str) -> None:
    text = (SITE / f"{name}.html").read_text(encoding="utf-8")
    article = text.partition('<article class="bd-article">')[2].partition("</article>")[0]
    words = re.sub(r"<script.*?</script>|<[^>]+>", " ", article, flags=re.DOTALL).split()
    assert len(words) > 20
    assert "Traceback (most recent call last)" not in article


def test_the_front_door_leads_to_the_first_page() -> None:
    assert f"url={pages()[0]}.html" in (SITE / "index.html").read_text(encoding="utf-8")


def test_every_internal_link_resolves() -> None:
    problems = {
        f"{file.relative_to(SITE)}: {why}"
        for file in html_files()
        for target in read(file).followed + read(file).fetched
        if (why := broken(SITE, file, target))
    }
    assert not problems


def test_pages_load_nothing_from_other_hosts() -> None:
    outside = {
        f"{file.relative_to(SITE)}: {target}"
        for file in html_files()
        for target in read(file).fetched
        if is_outside(target)
    }
    assert not outside


def test_style_sheets_load_nothing_from_other_hosts_and_nothing_missing() -> None:
    problems = set()
    for sheet in sorted(STATIC.rglob("*.css")):
        for target in css_targets(sheet.read_text(encoding="utf-8")):
            if is_outside(target) or broken(SITE, sheet, target):
                problems.add(f"{sheet.relative_to(SITE)}: {target}")
    assert not problems


def test_own_scripts_name_no_host() -> None:
    own = [STATIC / "oom-panel" / PAGE_SCRIPT, STATIC / "live" / "worker.js"]
    named = {
        f"{script.name}: {host}"
        for script in own
        for host in re.findall(r"(?:https?|wss?)://[^\s\"'`]+", script.read_text(encoding="utf-8"))
        if "www.w3.org/" not in host  # the names of SVG and XHTML are not addresses
    }
    assert not named


def test_panels_run_the_code_of_the_package() -> None:
    script = (STATIC / "oom-panel" / PAGE_SCRIPT).read_text(encoding="utf-8")
    assert script == scripts.page_script()
    for page in pages():
        loaded = [name for name in read(SITE / f"{page}.html").fetched if PAGE_SCRIPT in name]
        assert len(loaded) == 1, page


def test_every_page_loads_all_style_sheets_of_the_widgets() -> None:
    sheets = {path.name for path in (ROOT / "oomlab" / "widgets").glob("*.css")}
    for page in pages():
        loaded = {
            name.rsplit("/", 1)[-1].split("?")[0] for name in read(SITE / f"{page}.html").fetched
        }
        assert sheets <= loaded, f"{page}: list them under html_css_files in _config.yml"


def test_icons_are_a_font_and_nobody_reads_them_out() -> None:
    """The theme would draw each of them a second time, by a script larger than all others."""
    for file in html_files():
        text = file.read_text(encoding="utf-8")
        assert "fontawesome.js" not in text, file
        assert not re.findall(r'<i class="fa[^>]*>', text), file


def test_every_file_has_a_name_that_servers_know() -> None:
    """A type for .mjs is missing in many servers' own tables, and browsers insist on one."""
    ends = {file.suffix for file in SITE.rglob("*") if file.is_file()}
    assert ".mjs" not in ends


def test_the_engine_is_complete() -> None:
    live = STATIC / "live"
    report = json.loads((live / "engine.json").read_text(encoding="utf-8"))
    assert report["available"] is True, report
    names = json.loads((live / "wheels" / "index.json").read_text(encoding="utf-8"))
    assert [name.partition("-")[0] for name in names] == ["simpy", "oomlab"]
    served = {file.relative_to(live).as_posix(): file.stat().st_size for file in files_below(live)}
    del served["worker.js"], served["engine.json"]
    assert {"pyodide/pyodide.asm.wasm", "pyodide/python_stdlib.zip"} <= served.keys()
    assert report["files"] == served
    assert report["bytes"] == sum(served.values())


def test_the_build_said_no_warning() -> None:
    log = (ROOT / ".build" / "book.log").read_text(encoding="utf-8")
    assert "build succeeded." in log
    assert "WARNING" not in log
