"""A panel in VS Code's own widget manager, with a real kernel behind it.

The manager is the one that VS Code brings (published on npm). It finds the script of a widget as VS
Code does: in what the package of the widget has put into Jupyter's nbextensions.
"""

from __future__ import annotations

import json
import shutil
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.jsonutil import json_default
from jupyter_client.manager import run_kernel
from playwright.sync_api import Page, expect

from tests.browser.driver import serving
from tests.widgets.opened import Opened
from tools import npm
from tools.paths import ROOT

pytestmark = pytest.mark.notebook

CELL = f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.widgets.demo import demo_panel, demo_views
in_place = demo_views()
in_place.__enter__()  # and never left: for as long as the kernel lives
demo_panel()"""

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>VS Code</title>
<script src="require.js"></script><script src="vscode.js"></script></head>
<body class="vscode-body vscode-dark"><div id="output"></div></body></html>
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[BlockingKernelClient]:
    with run_kernel(kernel_name="python3") as client:
        assert isinstance(client, BlockingKernelClient)
        yield client


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("vscode")
    for name in ("requirejs", "@vscode/jupyter-ipywidgets8"):
        for file in npm.unpacked(npm.pins()[name]).glob("*.js"):
            shutil.copy(file, folder)
    installed = Path(sysconfig.get_path("data"), "share", "jupyter", "nbextensions")
    shutil.copytree(installed, folder / "nbextensions")
    shutil.copy(Path(__file__).with_name("vscode.js"), folder)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    with serving(folder) as url:
        yield url


def connected(page: Page, kernel: BlockingKernelClient) -> None:
    """Lets the page's kernel speak with the real one."""

    def to_kernel(kind: str, content: dict[str, Any], metadata: Any, msg_id: str) -> None:
        msg = kernel.session.msg(kind, content, metadata=metadata)
        msg["header"]["msg_id"] = msg["msg_id"] = msg_id
        kernel.shell_channel.send(msg)

    def from_kernel() -> Any:
        told = []
        try:
            while True:
                told.append(kernel.get_iopub_msg(timeout=0))
        except Empty:
            for msg in told:
                msg.pop("buffers", None)
            return json.loads(json.dumps(told, default=json_default))

    page.expose_function("toKernel", to_kernel)
    page.expose_function("fromKernel", from_kernel)
    page.evaluate("window.begin()")


def test_the_panel_is_shown_and_the_kernel_answers_it(
    open_page: Callable[..., Page], site: str, kernel: BlockingKernelClient
) -> None:
    page = open_page(f"{site}index.html")
    connected(page, kernel)
    kernel.execute(CELL)
    page.wait_for_function("window.hasShown() > 0")
    assert {*page.evaluate("window.show()")} == {"anywidget"}
    seen = Opened(page)
    expect(page.locator(".oom-panel")).to_have_count(1)
    seen.shows("There are 2 pages, none, slow!", "stored result")
    seen.slide(3)
    seen.shows("There are 3 pages, none, slow!", "computed now (by the kernel)")
    seen.slide(8)
    seen.shows("There are 8 pages, none, slow!", "stored result")
    seen.slide(7)
    expect(seen.part("status")).to_contain_text("Seven pages are never drawn")
    # Light and dark as the reader has set VS Code, now and when that changes.
    expect(seen.panel).to_have_css("color-scheme", "dark")
    for name, scheme in (
        ("vscode-light", "light"),
        ("vscode-high-contrast", "dark"),
        ("vscode-high-contrast vscode-high-contrast-light", "light"),
    ):
        page.evaluate("name => (document.body.className = name)", name)
        expect(seen.panel).to_have_css("color-scheme", scheme)
