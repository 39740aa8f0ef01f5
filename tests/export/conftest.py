"""One trace processor for all tests: it takes seconds to start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.export.processor import Processor


@pytest.fixture(scope="session")
def processor() -> Iterator[Processor]:
    """Perfetto's own."""
    found = Processor()
    yield found
    found.close()
