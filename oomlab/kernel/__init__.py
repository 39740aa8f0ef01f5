"""The kernel routines, each in a file named like the kernel file it imitates."""

from __future__ import annotations

from typing import Any

from oomlab.faces import Face

_FACE = Face(
    __name__,
    {
        "oomlab.kernel.releases": ("KERNELS", "traits_of"),
        "oomlab.kernel.slow_path": ("steps_markdown",),
        "oomlab.kernel.vmscan": ("MAX_RECLAIM_RETRIES",),
        "oomlab.kernel.zone": ("gfp_to_alloc_flags", "watermark", "watermarks_for"),
    },
)

__all__ = [*_FACE.names]


def __getattr__(name: str) -> Any:
    return _FACE.load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
