"""The in-page engine itself: Pyodide, oomlab's wheel and the book's own worker."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from oomlab import views
from tests.widgets.demo import BAR, demo_views
from tests.widgets.opened import Opened, demo
from tests.widgets.pages import SITE_STATIC, write_site
from tools.paths import EXTRA

VIEWS = Path(__file__).parents[1] / "widgets" / "demo_views"
IN_PAGE = "computed now (in this page)"


@pytest.fixture
def seen(open_page: Callable[..., Page], serve: Callable[[Path], str], tmp_path: Path) -> Opened:
    """A panel in a site with the real engine, to which the view of the tests was added."""
    live = EXTRA / "live"
    report = json.loads((live / "engine.json").read_text(encoding="utf-8"))
    assert report["available"], "the site was built without its engine: run make test"
    worker = (SITE_STATIC / "live" / "worker.js").read_text(encoding="utf-8")
    del report["files"]["wheels/index.json"]  # gets one line more
    write_site(tmp_path, [demo()], engine=report, worker=worker)
    made = tmp_path / "_static" / "live"
    (made / "pyodide").symlink_to(live / "pyodide")
    wheels = made / "wheels"
    wheels.mkdir()
    names = json.loads((live / "wheels" / "index.json").read_text(encoding="utf-8"))
    for name in names:
        (wheels / name).symlink_to(live / "wheels" / name)
    with zipfile.ZipFile(wheels / "views.zip", "w") as added:
        added.write(VIEWS / "demo.py", "oomlab/views/demo.py")
    (wheels / "index.json").write_text(json.dumps([*names, "views.zip"]), encoding="utf-8")
    return Opened(open_page(f"{serve(tmp_path)}index.html"))


def test_the_page_computes_what_python_here_computes(seen: Opened) -> None:
    bars: list[tuple[float, float]] = []
    seen.page.expose_function("note", lambda now, end: bars.append((now, end)))
    seen.part("progress").evaluate(
        "(bar) => new MutationObserver(() => note(bar.value, bar.max))"
        ".observe(bar, { attributes: true })"
    )
    seen.slide(5)
    expect(seen.part("status")).to_have_text(IN_PAGE, timeout=60_000)
    with demo_views():
        here = views.call(BAR, {"pages": 5, "note": "!"})
    assert seen.part("sentence").text_content() == here["sentence"]
    assert seen.part("twin").text_content() == here["twin"]
    # The panel gives the ids of a picture a prefix of its own; nothing else may differ.
    expected = here["picture"].replace("bar-", "c1-bar-")
    same_shape = """(picture, expected) => {
        const copy = picture.cloneNode(false);
        copy.innerHTML = expected;
        return copy.innerHTML === picture.innerHTML;
    }"""
    assert seen.part("picture").evaluate(same_shape, expected)
    # Loading was shown, it grew, and it ended at the announced size.
    assert len(bars) > 10
    assert bars == sorted(bars)
    now, end = bars[-1]
    assert now == pytest.approx(end, rel=0.02)

    seen.slide(7)
    expect(seen.part("status")).to_contain_text("Seven pages are never drawn")
    seen.slide(9)
    expect(seen.part("status")).to_contain_text("RuntimeError: the bar broke. This is a defect")
    seen.slide(3)
    seen.shows("There are 3 pages", IN_PAGE)


def test_an_engine_with_a_missing_part_is_a_sentence(seen: Opened, tmp_path: Path) -> None:
    (tmp_path / "_static" / "live" / "wheels" / "views.zip").unlink()
    seen.slide(5)
    expect(seen.part("status")).to_contain_text(
        "The engine could not start: its file wheels/views.zip is missing on this site (404).",
        timeout=60_000,
    )
