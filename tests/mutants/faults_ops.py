"""Faults in the operations that everything is made of."""

from __future__ import annotations

from tests.mutants.fault import Fault

OPS = (
    Fault(
        "an attempt passes at its watermark instead of above it",
        "engine/ops/pages.py",
        "    if free <= max(mark, 0):\n",
        "    if free < max(mark, 0) or not free:\n",
        "h1_deadlocks_under_mainline",
    ),
    Fault(
        "a move leaves the pages where they were",
        "engine/ops/pages.py",
        "        state = put(state, source, _pages(state, source) - moved)\n",
        "",
        "h2_needs_no_kill_when_the_balloon_allocates_outside",
    ),
    Fault(
        "readers pass a writer that is queued",
        "engine/ops/locks.py",
        "    if value.writer != FREE or value.queued:\n",
        "    if value.writer != FREE:\n",
        "a_queued_writer_holds_up_later_readers",
    ),
)
