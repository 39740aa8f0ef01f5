"""The in-page Python in each engine: it answers, and says so when a file does not come."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from oomlab import views
from oomlab.views.log.examples import EXAMPLES
from tests.engines import panels
from tests.engines.conftest import OpenSite, Troubles
from tests.engines.sites import Fault, size_of
from tests.engines.tab import Tab
from tools.fetch_engine import PAGE_SCRIPT
from tools.paths import EXTRA

PAGE = "book/running-out.html"
STATUS = ".oom-panel .oom-status"
SOON_S = 30
"""A word about what is broken comes within seconds. On a machine that does much else at the same
time it may take so long; before there was one, it came after a minute."""
START_S = 180
"""So long Python may take to start there."""

OFF = """() => {
    const panel = document.querySelector(".oom-panel");
    const data = JSON.parse(panel.querySelector("script[type='application/json']").textContent);
    const [spec] = data.controls;
    const slider = panel.querySelector(`.oom-form [name="${spec.name}"]`);
    let value = Number(slider.max);
    while (spec.values.includes(value)) value -= Number(slider.step);
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    return [data, value];
}"""
"""Moves the first slider of a page to a value that is not stored: the panel's data, the value."""

BEFORE_PYTHON = [
    "engine.json",
    "worker.js",
    *(f"pyodide/{name}" for name in ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm.gz")),
    *(f"pyodide/{name}" for name in ("pyodide-lock.json", "python_stdlib.zip")),
]
WORDS = ("missing on this site (404)", "is incomplete (", "is damaged", "broke off after")
RAW = ("Error", "exception", "undefined", "exit(", "module script", "http:")


def off_the_grid(tab: Tab, url: str) -> tuple[dict[str, Any], float]:
    """Asks the first panel of PAGE for what is not stored: what the panel is, and the value."""
    tab.open(url + PAGE)
    tab.run(panels.REVEAL)
    data, value = tab.run(OFF)
    return data, value


def test_a_value_that_is_not_stored_is_computed_in_the_page(
    tab: Tab, opened_site: OpenSite
) -> None:
    url = opened_site().url
    data, value = off_the_grid(tab, url)
    tab.waits_for(STATUS, "computed now (in this page)", seconds=START_S)
    (control,) = data["controls"]
    said = views.call(data["view"], {**data["fixed"], control["name"]: value})
    assert tab.text(".oom-panel .oom-sentence") == said["sentence"]
    assert tab.text(".oom-panel .oom-twin") == said["twin"]


def test_a_log_is_read_in_the_page(tab: Tab, opened_site: OpenSite) -> None:
    tab.open(opened_site().url + "book/read-your-own-log.html")
    text = EXAMPLES["hung-guest"].text.replace("demo-writer", "my-writer")
    tab.run("(text) => void (document.querySelector('.oom-log textarea').value = text)", text)
    tab.click(".oom-log [type=submit]")
    tab.waits_for(".oom-log .oom-status", "my-writer", seconds=START_S)


@pytest.mark.parametrize("kind", ["missing", "cut"])
@pytest.mark.parametrize("file", BEFORE_PYTHON)
def test_a_file_that_does_not_come_whole_is_told(
    tab: Tab, opened_site: OpenSite, troubles: Troubles, file: str, kind: str
) -> None:
    told_about(tab, opened_site, troubles, file, kind, SOON_S)


@pytest.mark.parametrize(
    ("file", "kind"),
    [("pyodide/pyodide.asm.wasm.gz", "short"), ("wheels/index.json", "missing"), ("oomlab", "cut")],
)
def test_so_is_one_that_python_itself_reads(
    tab: Tab, opened_site: OpenSite, troubles: Troubles, file: str, kind: str
) -> None:
    told_about(tab, opened_site, troubles, whole_name(file), kind, START_S)


def told_about(
    tab: Tab, opened_site: OpenSite, troubles: Troubles, file: str, kind: str, seconds: float
) -> None:
    """The reader hears, in words, of a file of the engine that has a fault; the picture stays."""
    at = size_of(file) * 3 // 8
    url = opened_site(faults={f"_static/live/{file}": Fault(kind, at)}, metered=True).url
    off_the_grid(tab, url)
    tab.waits_for(STATUS, "it could not be computed", seconds=seconds)
    told = tab.text(STATUS)
    assert re.search(rf"\b{re.escape(file)} (is|broke)\b", told), told
    assert any(word in told for word in WORDS), told
    assert not any(word in told for word in RAW), told
    assert tab.run("() => document.querySelector('.oom-nearest').checkVisibility()")
    tab.click(".oom-nearest")
    panels.agrees(tab, 0)
    troubles.take()  # engines write into the console what the page says in words


@pytest.mark.parametrize("kind", ["missing", "cut", "short"])
def test_a_script_that_does_not_come_whole_is_told(
    tab: Tab, opened_site: OpenSite, troubles: Troubles, kind: str
) -> None:
    script = f"_static/oom-panel/{PAGE_SCRIPT}"
    tab.open(opened_site(faults={script: Fault(kind, 20_000)}).url + PAGE)
    wanted = "missing on this site (404)" if kind == "missing" else "damaged"
    tab.waits_for(".oom-late", f"The controls have not started: their script is {wanted}")
    tab.wait(
        "() => document.querySelector('.oom-late').checkVisibility({ visibilityProperty: true })"
    )
    troubles.take()


def test_a_network_that_is_gone_is_told_and_stored_results_stay(
    tab: Tab, opened_site: OpenSite, troubles: Troubles
) -> None:
    served = opened_site(metered=True)
    tab.open(served.url + PAGE)
    tab.run(panels.REVEAL)
    served.shutdown()
    served.server_close()
    tab.run(OFF)
    tab.waits_for(STATUS, "The site's engine cannot be reached.", seconds=SOON_S)
    tab.click(".oom-nearest")
    panels.agrees(tab, 0)
    tab.open("about:blank")
    troubles.take()


def whole_name(file: str) -> str:
    """The path of a file of the engine; that of the wheel has a version in it."""
    if file != "oomlab":
        return file
    names = json.loads((EXTRA / "live" / "wheels" / "index.json").read_text(encoding="utf-8"))
    (name,) = (name for name in names if name.startswith("oomlab"))
    return f"wheels/{name}"
