"""Kernel logs: the records in them about memory and waits, read in one pass and flat memory."""

from __future__ import annotations

from typing import Any

from oomlab.faces import Face

_FACE = Face(
    __name__,
    {
        "oomlab.logs.incidents": (
            "AllocationFailure",
            "AllocationStall",
            "HeldLocks",
            "HungTask",
            "Incident",
            "LockdepReport",
            "Lockup",
            "NotifierLine",
            "OomReport",
            "OrphanKill",
            "PageOwner",
            "Panic",
            "RcuStall",
            "TaskShown",
            "WorkqueueStall",
        ),
        "oomlab.logs.whole_log": ("Counts", "Log"),
        "oomlab.logs.read": ("incidents", "read_log"),
    },
)

__all__ = [*_FACE.names]


def __getattr__(name: str) -> Any:
    return _FACE.load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
