"""The stored table of speeds says what it was measured on, and no more about the machine."""

from __future__ import annotations

import socket

from oomlab import decide, explore
from oomlab.evidence.speed import STORED, speed_markdown, stored_speed


def test_the_stored_table() -> None:
    table = stored_speed()
    assert "cores" in table.machine and "bench_table" in table.recipe
    assert any("states for a verdict" in row.what for row in table.rows)
    text = speed_markdown()
    for row in table.rows:
        assert f"| {row.here} | {row.there} |" in text
    assert socket.gethostname() not in STORED.read_text(encoding="utf-8")


def test_states_are_counted_and_not_only_stored() -> None:
    """Speeds cannot be had again; numbers of states can."""
    rows = {row.what: row for row in stored_speed().rows}
    row = rows["states for a verdict, h1-two-task-cycle under offload"]
    named = ("h1-two-task-cycle", "offload")
    assert row.here == f"{len(decide(*named).graph):,}"
    assert row.there == f"{len(explore(*named).graph):,}"
