"""The OOM notifiers of Linux 4.13, each in a file named like the driver it imitates."""

from __future__ import annotations

from typing import Any

from oomlab.faces import Face

_FACE = Face(
    __name__,
    {
        "oomlab.listeners.pfn_array": ("ARRAY_PFNS_MAX", "announce"),
        "oomlab.listeners.registrants": ("REGISTRANTS", "entry_markdown", "summary_markdown"),
        "oomlab.listeners.virtio_balloon": ("NAP_AFTER_FAILURE_MS",),
    },
)

__all__ = [*_FACE.names]


def __getattr__(name: str) -> Any:
    return _FACE.load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
