"""What takes long to make is made once, in one process."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("tried")
def test_groups_are_known_to_whoever_hands_out_tests(request: pytest.FixtureRequest) -> None:
    """pytest-xdist writes the group behind the name of the test, and goes by that. A release of
    pytest that keeps names elsewhere makes all groups void without a word."""
    if not hasattr(request.config, "workerinput"):
        pytest.skip("only where several processes share the tests is anything handed out")
    assert request.node.nodeid.endswith("@tried"), "pytest-xdist does not see groups: other pins"
