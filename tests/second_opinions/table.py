"""The whole self-test table, and its verdicts as text.

`python -m tests.second_opinions.table` prints the text that is kept in `verdicts.txt`.
"""

from __future__ import annotations

from pathlib import Path

from oomlab.analysis.lock_learning import ANNOTATIONS
from tests.second_opinions.lab import Row, evidence, found
from tests.second_opinions.rows_events import EVENT_ROWS
from tests.second_opinions.rows_mutex import ORDER_ROWS
from tests.second_opinions.rows_reclaim import RECLAIM_ROWS
from tests.second_opinions.rows_rwsem import RWSEM_ROWS
from tests.second_opinions.rows_spin import SPIN_ROWS
from tests.second_opinions.rows_trylock import POLLING_ROWS, TRYING_ROWS

GROUPS = {
    "Mutexes in order": ORDER_ROWS,
    "Spinlocks": SPIN_ROWS,
    "Mutexes that are tried": TRYING_ROWS,
    "Mutexes that are polled": POLLING_ROWS,
    "Reader-writer semaphores": RWSEM_ROWS,
    "Events": EVENT_ROWS,
    "Memory": RECLAIM_ROWS,
}

ROWS: tuple[Row, ...] = tuple(row for rows in GROUPS.values() for row in rows)

VERDICTS = Path(__file__).with_name("verdicts.txt")


def verdicts() -> str:
    """One line a row, by groups."""
    lines = []
    width = max(len(row.name) for row in ROWS)
    for title, rows in GROUPS.items():
        lines += [title, ""]
        for row in rows:
            words = found(row)
            ended = "finished" if evidence(row).apart.verdict == "ended" else "stuck"
            apart, every = _by_kernel(words.lock_order), _by_kernel(words.every_schedule)
            cells = (
                row.name.ljust(width),
                ("lockup" if words.locks_up else "-").ljust(6),
                words.wait_for.ljust(11),
                ended.ljust(8),
                apart if apart == every else f"{apart}; from every schedule {every}",
            )
            lines.append("  ".join(cells).rstrip())
        lines.append("")
    return "\n".join((*LEGEND, *lines))


LEGEND = (
    "For each row: may it lock up; what the wait-for detector says; did the run in which the tasks",
    "take turns finish; what the lock-order graph says, having seen that run. Where kernels",
    f"differ, the words are for {', '.join(ANNOTATIONS)}. For the reasons, see the rows.",
    "",
)


def _by_kernel(words: tuple[str, ...]) -> str:
    return words[0] if len(set(words)) == 1 else " / ".join(words)


if __name__ == "__main__":
    print(verdicts(), end="")
