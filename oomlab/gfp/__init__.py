"""The GFP reference: masks by release, how they are written, what a request with one may do."""

from __future__ import annotations

from typing import Any

from oomlab.faces import Face

_FACE = Face(
    __name__,
    {
        "oomlab.gfp.equivalence": ("compare",),
        "oomlab.gfp.history": ("eras_markdown",),
        "oomlab.gfp.killing": ("OomPath", "kill_answers", "may_kill_on"),
        "oomlab.gfp.outcomes": ("outcome",),
        "oomlab.gfp.paths": ("last_station", "path"),
        "oomlab.gfp.predicates": (
            "Request",
            "invokes_notifiers",
            "may_block",
            "may_kill",
            "may_take_oom_lock",
            "request",
            "wakes_kswapd",
        ),
        "oomlab.gfp.printed": ("PrintedMask", "all_printed", "read_printed"),
        "oomlab.gfp.tables": ("VERSIONS", "table"),
    },
    modules=("oomlab.gfp.flags",),
)

__all__ = [*_FACE.names]


def __getattr__(name: str) -> Any:
    return _FACE.load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
