"""What a panel says of where an answer came from, and the engines that tests give it."""

from __future__ import annotations

import pytest

ENGINE = {"engine": {"available": True, "bytes": 6_000_000}}
"""Of a site with an engine of this size."""
IN_PAGE = "computed now (in this page)"
BY_KERNEL = "computed now (by the kernel)"
both = pytest.mark.parametrize("shared", [True, False], ids=["shared", "own"])
"""In a browser with shared workers, and in one without."""
