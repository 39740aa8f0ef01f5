"""The built book as files: complete, self-contained, every link leading somewhere."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re

import pytest
from fontTools.ttLib import TTFont

from oomlab.widgets import scripts
from tools.build_book import pages
from tools.check_site import CHECKS, html_files
from tools.fetch_engine import PAGE_SCRIPT, WRITING_SCRIPT
from tools.paths import ROOT, SITE, files_below
from tools.shell import POLICY
from tools.site_links import read

STATIC = SITE / "_static"


@pytest.mark.parametrize("check", CHECKS)
def test_the_site_is_complete(check: str) -> None:
    assert list(CHECKS[check](SITE)) == []


def test_panels_run_the_code_of_the_package() -> None:
    made = {PAGE_SCRIPT: scripts.page_script(), WRITING_SCRIPT: scripts.writing_script()}
    for name, text in made.items():
        assert (STATIC / "oom-panel" / name).read_text(encoding="utf-8") == text
    for page in pages():
        file = SITE / f"{page}.html"
        written = re.search(
            r'class="[^"]*\boom-(?:bench|problem-set)[ "]', file.read_text(encoding="utf-8")
        )
        wanted = WRITING_SCRIPT if written else PAGE_SCRIPT
        loaded = [name for name in read(file).fetched if "oom-panel/" in name]
        assert [name.partition("oom-panel/")[2].partition("?")[0] for name in loaded] == [wanted], (
            page
        )


def test_a_page_loads_one_style_sheet_for_the_screen_and_its_scripts_are_files() -> None:
    for page in [*pages(), "genindex", "search"]:
        file = SITE / f"{page}.html"
        loaded = [name.rsplit("/", 1)[-1].split("?")[0] for name in read(file).fetched]
        assert [name for name in loaded if name.endswith(".css")] == ["book.css", "print.css"]
        found = [name for name in loaded if name.endswith(".js")][:3]
        assert found in [
            ["early.js", name, "shell.js"] for name in (PAGE_SCRIPT, WRITING_SCRIPT)
        ], page


def test_the_style_sheet_has_every_rule_of_the_widgets() -> None:
    """A rule of ours is never left out: Python in the page may draw what no page has yet."""
    joined = (STATIC / "book.css").read_text(encoding="utf-8")
    for path in (ROOT / "oomlab" / "widgets").glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        names = set(re.findall(r"\.(oom-[\w-]+)", re.sub(r"{[^{}]*}", "", text)))
        assert names, path
        missing = {name for name in names if not re.search(rf"\.{name}\b", joined)}
        assert not missing, f"{path.name}: list it under html_css_files in _config.yml"


def test_every_page_has_a_policy_that_it_keeps() -> None:
    """No page but 404.html has a script inside it, and that one is allowed by its hash."""
    for file in html_files(SITE):
        text = file.read_text(encoding="utf-8")
        if file.name == "index.html" and file.parent == SITE:
            assert "<script" not in text
            continue
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        inside = [
            body
            for tag, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL)
            if body and 'type="application/json"' not in tag
        ]
        if file.name == "404.html":
            (script,) = inside
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"script-src 'sha256-{digest}';" in policy
        else:
            assert policy == POLICY
            assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
            assert not inside, file
        handlers = re.findall(r"<[a-z][^<>]*\son[a-z]+=\"[^\"]*\"", text)
        assert not [each for each in handlers if "&quot;" not in each], file
        assert "javascript:" not in text


def test_a_page_says_once_how_wide_it_is() -> None:
    for file in html_files(SITE):
        assert file.read_text(encoding="utf-8").count('name="viewport"') == 1, file


def test_every_icon_is_in_the_fonts_of_the_style_sheet_and_nobody_reads_it_out() -> None:
    css = (STATIC / "book.css").read_text(encoding="utf-8")
    fonts = {
        family: TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap()
        for family, data in re.findall(r'font-family:"([^"]*)".*?base64,([^)]*)\)', css)
    }
    assert sum(map(len, fonts.values())) < 60
    characters = {
        name: ord(character)
        for selectors, character in re.findall('([^{}]*){--fa:"([\ue000-\uf8ff])"', css)
        for name in re.findall(r"\.(fa-[\w-]+)", selectors)
    }
    used = set()
    for file in html_files(SITE):
        text = file.read_text(encoding="utf-8")
        assert not re.findall(r'<i class="fa[^>]*>', text), file
        for classes in re.findall(r'class="([^"]*\bfa-[^"]*)"', text):
            brand = {"fab", "fa-brands"} & set(classes.split())
            font = fonts["Font Awesome 7 Brands" if brand else "Font Awesome 7 Free"]
            for name in set(classes.split()) - {"fa-solid", "fa-brands", "fa-lg"}:
                if name.startswith("fa-"):
                    assert characters.get(name) in font, f"{name} in {file}"
                    used.add(name)
    assert len(used) > 12


def test_the_site_has_no_part_of_the_theme_that_no_page_asks_for() -> None:
    left = {path.name for path in STATIC.rglob("*") if path.is_file()}
    assert not {"fontawesome.js", "bootstrap.js", "fa-solid-900.woff2", "basic.css"} & left


def test_every_file_has_a_name_that_servers_know() -> None:
    """A type for .mjs is missing in many servers' own tables, and browsers insist on one."""
    ends = {file.suffix for file in SITE.rglob("*") if file.is_file()}
    assert ".mjs" not in ends


def test_the_engine_counts_all_that_it_loads() -> None:
    live = STATIC / "live"
    report = json.loads((live / "engine.json").read_text(encoding="utf-8"))
    served = {file.relative_to(live).as_posix(): file.stat().st_size for file in files_below(live)}
    del served["worker.js"], served["engine.json"]
    assert {"pyodide/pyodide.asm.wasm", "pyodide/python_stdlib.zip"} <= served.keys()
    assert report["files"] == served
    loaded = {name: size for name, size in served.items() if f"{name}.gz" not in served}
    assert report["bytes"] == sum(loaded.values()) and len(loaded) == len(served) - 1


def test_the_build_said_no_warning() -> None:
    log = (ROOT / ".build" / "book.log").read_text(encoding="utf-8")
    assert "build succeeded." in log
    assert "WARNING" not in log
