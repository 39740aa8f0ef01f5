"""The worker that computes for all pages of a site: ended, kept, and that of another build."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.answers import ENGINE, IN_PAGE, both
from tests.conftest import OpenPage
from tests.widgets.opened import OpenPanel, demo


def mortal(dies: str) -> str:
    """A worker that holds a lock as the real one does, and ends itself at questions of which `dies`
    (of `values`) holds."""
    return f"""
const me = String(Math.random()).slice(2);
const name = `oomlab engine ${{self.name || me}}`;
function welcome(port) {{
  port.onmessage = async ({{ data: {{ id, values }} }}) => {{
    if (!id) return;
    await alive; // the real one takes longer to start than to get its lock
    if ({dies}) return close();
    const result = {{ picture: "<svg></svg>", sentence: `worker ${{me}}`, twin: "" }};
    port.postMessage({{ kind: "answer", id, result }});
  }};
  port.postMessage({{ kind: "ready" }});
  alive.then(() => port.postMessage({{ kind: "hello", lock: name }}));
}}
const alive = new Promise((held) => {{
  navigator.locks.request(name, () => (held(), new Promise(() => {{}})));
}});
if ("onconnect" in self) self.onconnect = ({{ ports: [port] }}) => welcome(port);
else welcome(self);
"""


@both
def test_a_worker_that_was_ended_starts_again_at_the_next_question(
    open_panel: OpenPanel, shared: bool
) -> None:
    worker = mortal("values.pages === 5 && values.fast")
    seen = open_panel(demo(), site={**ENGINE, "worker": worker}, shared=shared)
    seen.slide(3)
    seen.shows("worker ", IN_PAGE)
    first = seen.part("sentence").text_content() or ""
    seen.slide(5)
    seen.shows(first, IN_PAGE)
    seen.panel.get_by_label("Fast host").check()  # ends it, and the one that is asked next
    expect(seen.part("status")).to_contain_text("The engine was ended twice by this browser")
    seen.panel.get_by_label("Fast host").uncheck()
    expect(seen.part("status")).to_have_text(IN_PAGE)
    expect(seen.part("sentence")).not_to_have_text(first)


def test_the_next_page_finds_the_engine_running(open_panel: OpenPanel) -> None:
    worker = mortal("false")
    seen = open_panel(demo(), site={**ENGINE, "worker": worker})
    seen.slide(3)
    seen.shows("worker ", IN_PAGE)
    first = seen.part("sentence").text_content() or ""
    for _ in range(2):
        seen.page.goto("about:blank")
        seen.page.go_back()
        seen.page.goto(seen.page.url.partition("?")[0] + "?again")
        seen.slide(5)
        seen.shows(first, IN_PAGE)
        seen.slide(3)


def test_a_site_that_was_built_anew_has_an_engine_of_its_own(
    open_panel: OpenPanel, tmp_path: Path
) -> None:
    report = {"available": True, "bytes": 6_000_000, "version": "one"}
    seen = open_panel(demo(), site={"engine": report, "worker": mortal("false")})
    seen.slide(3)
    seen.shows("worker ", IN_PAGE)
    first = seen.part("sentence").text_content() or ""
    engine = tmp_path / "_static" / "live" / "engine.json"
    engine.write_text(json.dumps({**report, "version": "two"}), encoding="utf-8")
    later = time.time() + 60
    os.utime(engine, (later, later))  # servers tell files apart by the second
    seen.page.goto(seen.page.url.partition("?")[0] + "?again")
    seen.slide(5)
    seen.shows("worker ", IN_PAGE)
    assert (seen.part("sentence").text_content() or "") != first


@pytest.mark.parametrize("metered", [False, True])
def test_the_engine_is_begun_near_a_control_but_for_a_metered_line(
    open_page: OpenPage, metered: bool
) -> None:
    page = open_page("book/running-out.html", metered=metered, shared=False)
    page.route("**/live/worker.js*", lambda route: route.fulfill(content_type="text/javascript"))
    panel = page.locator(".oom-panel").first
    panel.locator(".oom-skip").click()
    assert page.workers == []
    if metered:
        panel.locator("input[name=free]").hover()
        page.wait_for_timeout(500)
        assert page.workers == []
    else:
        with page.expect_worker():
            panel.locator("input[name=free]").hover()
