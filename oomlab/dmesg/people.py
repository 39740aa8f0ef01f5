"""Who is who in the log: the comm and the number of each task and process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from oomlab.engine.trace.events import Trace

COMM_LENGTH = 15
"""TASK_COMM_LEN without the byte that ends it."""
FIRST_PID = 101
KTHREADD = 2
"""The parent of every kernel thread."""


@dataclass(frozen=True)
class People:
    """The tasks and processes of a run. A process that has a task's name is that task."""

    trace: Trace

    @cached_property
    def processes(self) -> tuple[str, ...]:
        """Those that can be killed, in the order in which they were declared."""
        said = (slot.facts for slot in self.trace.slots)
        return tuple(facts.of for facts in said if facts.role == "kill")

    @cached_property
    def _comms(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in self._names:
            comm, number = name[:COMM_LENGTH], 2
            while comm in found.values():  # two of them may not look like one
                comm = f"{name[: COMM_LENGTH - len(str(number))]}{number}"
                number += 1
            found[name] = comm
        return found

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*(t.name for t in self.trace.tasks), *self.processes)))

    def comm(self, name: str) -> str:
        """What the log calls it: at most 15 characters, and no two alike."""
        return self._comms[name]

    def pid(self, name: str) -> int:
        """Its number."""
        return FIRST_PID + self._names.index(name)
