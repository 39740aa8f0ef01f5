"""The built site where its authors are not: on other servers, in a frame, from a folder, cut."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser.driver import Watch, serving
from tests.conftest import OpenPage
from tests.elsewhere.servers import ALL_THAT_IS_NEEDED, running
from tools.fetch_engine import PAGE_SCRIPT
from tools.paths import ROOT, SITE
from tools.release import zip_site

PANEL = "book/running-out.html"
GAME = "book/scheduler.html"
IN_PAGE = "computed now (in this page)"
WASM = "_static/live/pyodide/pyodide.asm.wasm.gz"
FRAME = """<!doctype html><title>Frame</title><link rel="icon" href="data:,">
<iframe sandbox="allow-scripts" width="1200" height="800" src="oomlab/PAGE"></iframe>"""
# The first panel's first slider: one more stored value than the one it shows, and one not stored.
SLIDER = """panel => {
  const { controls } = JSON.parse(panel.querySelector("script").textContent);
  const slider = controls.find((one) => one.kind === "slider");
  const input = panel.querySelector(`[name="${slider.name}"]`);
  const { min, max, step, valueAsNumber: now } = input;
  const stored = slider.values.find((value) => value !== now);
  let other = Number(min);
  while (slider.values.some((value) => Math.abs(value - other) < 1e-6)) other += Number(step);
  return { name: slider.name, stored, other };
}"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """The built site as oomlab/, for any user to read, and beside it what `variant` makes."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made).resolve()
        root.chmod(0o755)
        shutil.copytree(SITE, root / "oomlab")
        for name in ("policy", "least", "no-types", "nosniff"):
            (root / name).symlink_to("oomlab")
        for name in (PANEL, GAME):
            framed = FRAME.replace("PAGE", name)
            (root / f"frame-{Path(name).name}").write_text(framed, encoding="utf-8")
        yield root


def variant(folder: Path, name: str) -> Path:
    """Another copy of the site, in which files may be replaced (not changed)."""
    shutil.copytree(folder / "oomlab", folder / name, copy_function=os.link)
    return folder / name


@pytest.fixture(scope="module")
def server(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], str]]:
    """`server(name)`: the address of a server for `folder`, started once."""
    with ExitStack() as stack:
        urls: dict[str, str] = {}

        def started(name: str) -> str:
            if name not in urls:
                own = tmp_path_factory.mktemp(name)
                urls[name] = stack.enter_context(running(name, folder, own))
            return urls[name]

        yield started


def first_panel(place: Page | Frame) -> Locator:
    panel = place.locator(".oom-panel").first
    expect(panel).to_have_attribute("data-ready", "")
    skip = panel.locator(".oom-skip")
    if skip.count() and skip.is_visible():
        skip.click()
    return panel


def stored_works(place: Page | Frame) -> Locator:
    """Moves to another stored result and sees picture and sentence change."""
    panel = first_panel(place)
    found: dict[str, Any] = panel.evaluate(SLIDER)
    picture = panel.locator(".oom-picture")
    before = picture.inner_html()
    panel.locator(f"[name={found['name']}]").fill(str(found["stored"]))
    expect(panel.locator(".oom-status")).to_have_text("stored result")
    assert picture.inner_html() != before
    return panel


def ask_engine(panel: Locator) -> Locator:
    """Moves to a value that is not stored; returns the line that says what came of it."""
    found: dict[str, Any] = panel.evaluate(SLIDER)
    panel.locator(f"[name={found['name']}]").fill(str(found["other"]))
    return panel.locator(".oom-status")


def refuses(panel: Locator, why: str | re.Pattern[str]) -> None:
    """The engine does not come, for this reason, and the nearest stored result is offered."""
    expect(ask_engine(panel)).to_contain_text(why)
    expect(panel.locator(".oom-status")).to_contain_text("Picture and text still show")
    panel.locator(".oom-nearest").click()
    expect(panel.locator(".oom-status")).to_have_text("stored result")


def game_works(place: Page | Frame) -> None:
    game = place.locator(".oom-game")
    expect(game).to_have_attribute("data-ready", "")
    game.locator(".oom-g-stage:visible .oom-g-hand").nth(1).click()
    expect(game.locator(".oom-g-score")).to_contain_text("1 move")


@pytest.mark.parametrize("name", ["nginx", "apache2", "lighttpd"])
def test_all_works_behind_a_stock_server(
    open_page: OpenPage, server: Callable[[str], str], name: str
) -> None:
    page = open_page(f"{server(name)}oomlab/{PANEL}")
    expect(ask_engine(stored_works(page))).to_have_text(IN_PAGE, timeout=60_000)
    page.goto(f"{server(name)}oomlab/{GAME}")
    game_works(page)


def test_the_type_of_scripts_and_this_policy_are_all_that_is_needed(
    open_page: OpenPage, server: Callable[[str], str]
) -> None:
    (scripts,) = re.findall("script-src[^;]*", ALL_THAT_IS_NEEDED)
    assert scripts in (ROOT / "README.md").read_text(encoding="utf-8")
    page = open_page(f"{server('nginx')}least/{PANEL}")
    expect(ask_engine(stored_works(page))).to_have_text(IN_PAGE, timeout=60_000)


def test_without_a_type_for_scripts_the_engine_says_so(
    open_page: OpenPage, server: Callable[[str], str], watch: Watch
) -> None:
    panel = stored_works(open_page(f"{server('nginx')}no-types/{PANEL}"))
    refuses(panel, "the server sends worker.js as application/octet-stream, and browsers run no")
    watch.errors.clear()


@pytest.mark.parametrize("page", [PANEL, GAME], ids=["panel", "game"])
def test_where_scripts_are_refused_the_page_says_why(
    open_page: OpenPage, server: Callable[[str], str], watch: Watch, page: str
) -> None:
    late = open_page(f"{server('nginx')}nosniff/{page}").locator(".oom-late").first
    expect(late).to_contain_text("a server must send it as JavaScript")
    expect(late).to_be_visible()
    watch.errors.clear()  # scripts of the theme are refused as well


def test_a_policy_without_webassembly_is_named(
    open_page: OpenPage, server: Callable[[str], str], watch: Watch
) -> None:
    panel = stored_works(open_page(f"{server('nginx')}policy/{PANEL}"))
    refuses(panel, "a policy of this site, or this browser, forbids WebAssembly")
    watch.errors.clear()  # Chromium tells of the policy there


def test_a_sandboxed_frame_shows_what_is_stored(
    open_page: OpenPage, server: Callable[[str], str], watch: Watch
) -> None:
    page = open_page(f"{server('nginx')}frame-{Path(PANEL).name}")
    refuses(stored_works(page.frames[1]), "This page is in a sandboxed frame")
    page.goto(f"{server('nginx')}frame-{Path(GAME).name}")
    game_works(page.frames[1])
    # Fonts are not for a frame with an origin of its own; nothing else may go wrong.
    others = [one for one in watch.errors if not re.search(r"font|woff|ERR_FAILED", one)]
    watch.errors.clear()
    assert not others


def test_a_page_opened_as_a_file_shows_what_is_stored(open_page: OpenPage, folder: Path) -> None:
    page = open_page((folder / "oomlab" / PANEL).as_uri())
    refuses(stored_works(page), "This page was opened as a file")
    page.goto((folder / "oomlab" / GAME).as_uri())
    game_works(page)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip of a release, unpacked below any/prefix/ of a folder: that folder."""
    root = tmp_path_factory.mktemp("release")
    archive = zip_site(SITE, root / "site.zip", "oomlab-1")
    shutil.unpack_archive(archive, root / "any" / "prefix")
    archive.unlink()
    return root


def test_the_zip_of_a_release_opens_from_a_folder(open_page: OpenPage, unpacked: Path) -> None:
    page = open_page((unpacked / "any" / "prefix" / "oomlab-1" / "index.html").as_uri())
    page.get_by_role("link", name="Read the book").or_(page.locator(".bd-article")).first.wait_for()
    page.goto((unpacked / "any" / "prefix" / "oomlab-1" / PANEL).as_uri())
    stored_works(page)


def test_the_zip_of_a_release_works_below_any_prefix(open_page: OpenPage, unpacked: Path) -> None:
    with serving(unpacked) as address:
        page = open_page(f"{address}any/prefix/oomlab-1/{PANEL}")
        expect(ask_engine(stored_works(page))).to_have_text(IN_PAGE, timeout=60_000)
        page.goto(f"{address}any/prefix/oomlab-1/{GAME}")
        game_works(page)


def test_a_page_saved_without_its_files_says_so(
    open_page: OpenPage, folder: Path, tmp_path: Path, watch: Watch
) -> None:
    shutil.copy(folder / "oomlab" / GAME, tmp_path)
    late = open_page((tmp_path / Path(GAME).name).as_uri()).locator(".oom-late").first
    expect(late).to_contain_text("a page saved without its files has none")
    watch.errors.clear()


@pytest.mark.parametrize(
    ("name", "file", "size", "why"),
    [
        (
            "no-wasm",
            WASM,
            None,
            "its file pyodide/pyodide.asm.wasm.gz is missing on this site (404)",
        ),
        ("cut-wasm", WASM, 1_000_000, re.compile(r"wasm\.gz is incomplete \(\d+ of \d+")),
        ("no-part", "_static/live/pyodide/pyodide.asm.js", None, "pyodide.asm.js is missing"),
        (
            "cut-part",
            "_static/live/pyodide/pyodide.asm.js",
            500_000,
            "asm.js is incomplete (500000 of",
        ),
        ("no-worker", "_static/live/worker.js", None, "its file worker.js is missing"),
        ("no-report", "_static/live/engine.json", 9, "its file live/engine.json is damaged"),
    ],
)
def test_a_damaged_engine_is_told_at_once(
    open_page: OpenPage,
    server: Callable[[str], str],
    folder: Path,
    watch: Watch,
    name: str,
    file: str,
    size: int | None,
    why: str | re.Pattern[str],
) -> None:
    damaged = variant(folder, name) / file
    content = damaged.read_bytes()
    damaged.unlink()
    if size is not None:
        damaged.write_bytes(content[:size])
    refuses(first_panel(open_page(f"{server('nginx')}{name}/{PANEL}")), why)
    watch.errors.clear()


@pytest.mark.parametrize(
    ("name", "size", "why"),
    [
        ("no-script", None, "their script is missing on this site (404)"),
        ("cut-script", 9_000, "their script is damaged"),
    ],
)
def test_a_missing_script_is_told(
    open_page: OpenPage,
    server: Callable[[str], str],
    folder: Path,
    watch: Watch,
    name: str,
    size: int | None,
    why: str,
) -> None:
    script = variant(folder, name) / "_static" / "oom-panel" / PAGE_SCRIPT
    content = script.read_bytes()
    script.unlink()
    if size is not None:
        script.write_bytes(content[:size])
    expect(
        open_page(f"{server('nginx')}{name}/{PANEL}").locator(".oom-late").first
    ).to_contain_text(why)
    watch.errors.clear()


def test_a_connection_that_stalls_is_told(
    open_page: OpenPage, server: Callable[[str], str], folder: Path
) -> None:
    variant(folder, "stalled")
    panel = first_panel(open_page(f"{server('nginx')}stalled/{PANEL}"))
    said = re.compile(r"its file pyodide/pyodide\.asm\.wasm\.gz broke off after \d+ bytes")
    expect(ask_engine(panel)).to_contain_text(said, timeout=30_000)
