"""A panel in a real JupyterLab: the cell shows the widget, and the kernel answers it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.widgets.opened import Opened

pytestmark = pytest.mark.notebook

ROOT = Path(__file__).parents[2]

CELL = f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.widgets.demo import demo_panel, demo_views
in_place = demo_views()
in_place.__enter__()  # and never left: for as long as the kernel lives
panel = demo_panel()
panel
"""

# JupyterLab drops a cell without a word that is run before it has made friends with the kernel,
# and that is not to be seen in the page: "Idle" is shown earlier.
RUN_ALL = """async () => {
  await jupyterapp.restored;
  const notebook = jupyterapp.shell.currentWidget;
  await notebook.context.ready;
  await notebook.sessionContext.ready;
  await notebook.sessionContext.session.kernel.info;
  await jupyterapp.commands.execute("notebook:run-all-cells");
}"""


@pytest.fixture(scope="module")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab that has one notebook, panel.ipynb."""
    folder = tmp_path_factory.mktemp("lab")
    cell = {"cell_type": "code", "source": CELL, "id": "panel", "metadata": {}, "outputs": []}
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "cells": [{**cell, "execution_count": None}],
    }
    (folder / "panel.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    options = {"ip": "127.0.0.1", "port": port, "port_retries": 0, "token": "", "root_dir": folder}
    command += [f"--ServerApp.{name}={value}" for name, value in options.items()]
    # Settings of whoever runs the tests, and the question about news, have no place here.
    own = {name: str(folder / "own" / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    command += ["--LabApp.news_url=", "--LabApp.expose_app_in_browser=True"]
    log = (folder / "log").open("w")
    started = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **own})
    url = f"http://127.0.0.1:{port}/"
    try:
        _wait_for(f"{url}api", started, folder / "log")
        yield url
    finally:
        started.terminate()
        started.wait(30)
        log.close()


def _wait_for(url: str, started: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert started.poll() is None, log.read_text()
        try:
            urlopen(url).close()
        except URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"JupyterLab did not start: {log.read_text()}")


def test_the_cell_shows_the_panel_and_the_kernel_answers_it(
    open_page: Callable[..., Page], jupyterlab: str
) -> None:
    page = open_page(f"{jupyterlab}lab/tree/panel.ipynb")
    page.locator(".jp-CodeCell .cm-content").first.wait_for(timeout=60_000)
    page.evaluate(RUN_ALL)
    seen = Opened(page)
    slider = seen.panel.get_by_label("Pages in the balloon")
    slider.wait_for(timeout=60_000)
    # The widget is seen, and not the copy that the notebook keeps of it.
    expect(page.locator(".oom-panel:visible")).to_have_count(1)
    expect(page.locator("[data-oom-copy]")).to_have_count(1)
    expect(seen.panel).to_have_attribute("data-oom-live", re.compile(r"[0-9a-f]{8}"))
    # By the keyboard, which JupyterLab has shortcuts on: two steps right, one of them not stored.
    slider.focus()
    page.keyboard.press("ArrowRight")
    seen.shows("There are 3 pages, none, slow!", "computed now (by the kernel)")
    assert seen.drawn() == "3 pages, none, slow!"
    page.keyboard.press("ArrowUp")
    seen.shows("There are 4 pages, none, slow!", "stored result")
    seen.slide(7)
    expect(seen.part("status")).to_contain_text("Seven pages are never drawn")
    seen.slide(9)
    expect(seen.part("status")).to_contain_text("RuntimeError: the bar broke. This is a defect")
    # Without the widget, as in a notebook opened again, the copy is seen.
    copy = page.locator("[data-oom-copy] .oom-panel")
    for mark, seen_now in (("unseen", True), ("oomLive", False)):
        live = page.locator(".oom-panel").last
        live.evaluate(
            "(one, mark) => { const { oomLive, unseen } = one.dataset;"
            " delete one.dataset.oomLive; one.dataset[mark] = oomLive ?? unseen; }",
            mark,
        )
        expect(copy).to_be_visible(visible=seen_now)
    page.locator(".jp-CodeCell .cm-content").last.fill("panel.values")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text("'pages': 9")
