"""The check before publishing: each way in which a site can be incomplete is told in words."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.build_book import pages
from tools.check_site import CHECKS, problems
from tools.paths import ROOT, SITE

_LIVE = "_static/live"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the built site, without most of what no check below reads."""
    heavy = shutil.ignore_patterns("*.woff*", "*.ttf", "mathjax", "_sources")
    return shutil.copytree(SITE, tmp_path / "site", ignore=heavy)


def write(name: str, text: str) -> Callable[[Path], object]:
    return lambda site: (site / name).write_text(text, encoding="utf-8")


def append(name: str, text: str) -> Callable[[Path], object]:
    def spoil(site: Path) -> None:
        with (site / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return spoil


def remove(name: str) -> Callable[[Path], object]:
    return lambda site: (site / name).unlink()


PAGE = f"{pages()[2]}.html"


@pytest.mark.parametrize(
    ("check", "spoil", "said"),
    [
        ("pages", remove(PAGE), f"{PAGE} is missing"),
        ("pages", write(PAGE, '<article class="bd-article"><h1>One</h1></article>'), "has no text"),
        ("front door", write("index.html", "<p>Hello</p>"), "index.html does not lead to"),
        ("front door", remove(".nojekyll"), ".nojekyll is missing"),
        ("search", remove("searchindex.js"), "searchindex.js is missing"),
        ("search", write("searchindex.js", 'Search.setIndex({"docn'), "is damaged"),
        ("search", write("searchindex.js", 'Search.setIndex({"docnames": []})'), PAGE[:-5]),
        ("engine", remove(f"{_LIVE}/engine.json"), "engine.json is missing or damaged"),
        ("engine", remove(f"{_LIVE}/pyodide/pyodide.asm.wasm"), "pyodide.asm.wasm is missing"),
        ("engine", remove(f"{_LIVE}/worker.js"), "worker.js is missing"),
        ("engine", append(f"{_LIVE}/pyodide/pyodide.js", " "), "pyodide.js has"),
        (
            "engine",
            write(f"{_LIVE}/engine.json", '{"available": false, "why": "No npm."}'),
            "no in-page engine: No npm.",
        ),
        ("links", append(PAGE, '<a href="no-such.html">x</a>'), "no-such.html does not exist"),
        ("links", append(PAGE, '<a href="/book/index.html">x</a>'), "leaves the site"),
        ("links", append(PAGE, '<script src="https://a.example/x.js">'), "asks another host"),
        ("style sheets", append("_static/oomlab.css", "@import 'https://a.example/'"), "host"),
        ("scripts", append(f"{_LIVE}/worker.js", "fetch('https://a.example/')"), "names a host"),
    ],
)
def test_what_is_wrong_is_told(
    site: Path, check: str, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(site)
    assert [line for line in CHECKS[check](site) if said in line]


def test_no_site_at_all_is_one_line_and_a_failure(tmp_path: Path) -> None:
    (line,) = problems(tmp_path)
    assert line.endswith("there is no index.html")
    command = [sys.executable, "-m", "tools.check_site", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{line}\n")
