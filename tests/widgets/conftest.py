from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.widgets.demo import demo_views


@pytest.fixture(autouse=True)
def views_of_the_tests() -> Iterator[None]:
    with demo_views():
        yield
