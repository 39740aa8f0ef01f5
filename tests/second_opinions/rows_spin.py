"""Rows about spinlocks. Who waits for one keeps a processor busy; the orders are the same."""

from __future__ import annotations

from tests.second_opinions.lab import Row

SPIN_ROWS = (
    Row(
        "spin A in spin A",
        {"one": "spin:A spin:A -spin:A -spin:A"},
        locks_up=True,
        wait_for="sees",
        lock_order="sees",
        reason="its holder spins for itself",
    ),
    Row(
        "spin AB, spin AB",
        {"one": "spin:A spin:B -spin:B -spin:A", "two": "spin:A spin:B -spin:B -spin:A"},
        locks_up=False,
        wait_for="quiet",
        lock_order="quiet",
        reason="whoever has A gets B",
    ),
    Row(
        "spin AB, spin BA",
        {"one": "spin:A spin:B -spin:B -spin:A", "two": "spin:B spin:A -spin:A -spin:B"},
        locks_up=True,
        wait_for="sees",
        lock_order="sees",
        reason="as with mutexes",
    ),
    Row(
        "A then spin B, spin B then A",
        {"one": "A spin:B -spin:B -A", "two": "spin:B A -A -spin:B"},
        locks_up=True,
        wait_for="sees",
        lock_order="sees",
        reason="one graph for all kinds; that nobody may sleep for A there, another check says",
    ),
    Row(
        "spin A after spin A",
        {"one": "spin:A -spin:A spin:A -spin:A", "two": "spin:A -spin:A"},
        locks_up=False,
        wait_for="quiet",
        lock_order="quiet",
        reason="released in between, it is free again",
    ),
    Row(
        "O polled then spin A, spin A and O polled",
        {"hog": "O? spin:A -spin:A -O", "offline": "spin:A O? -O -spin:A"},
        locks_up=True,
        wait_for="sees",
        lock_order="misses",
        reason="hazard H7 in short: one spins for A, its holder polls O, and a try is no order",
    ),
)
