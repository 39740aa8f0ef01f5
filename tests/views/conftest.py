from __future__ import annotations

from tests.widgets.conftest import views_of_the_tests

__all__ = ["views_of_the_tests"]
