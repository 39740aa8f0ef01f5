"""The JupyterLite page of the built book: `make lite-check`, not `make test`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.binder.notebook import Notebook
from tests.browser.driver import serving
from tests.conftest import OpenPage, none_here
from tools.lite.write import FOLDER
from tools.paths import SITE

OpenNotebook = Callable[..., Notebook]


@pytest.fixture(scope="session")
def lite_url() -> Iterator[str]:
    """Where the page is, below a prefix, as on somebody's server."""
    if not (SITE / FOLDER / "index.html").is_file():
        none_here("JupyterLite page", "make lite")
    with serving(SITE.parent) as url:
        yield f"{url}{SITE.name}/{FOLDER}/"


@pytest.fixture
def open_notebook(open_page: OpenPage, lite_url: str) -> OpenNotebook:
    """`open_notebook("chapters/report.ipynb")`: that notebook, with its kernel running."""

    def opened(path: str, **options: bool) -> Notebook:
        page: Page = open_page(f"{lite_url}notebooks/index.html?path={path}", **options)
        return Notebook(page, path)

    return opened
