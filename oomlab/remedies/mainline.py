"""Linux 4.13 as released."""

from __future__ import annotations

from oomlab.remedies.remedy import Remedy

MAINLINE = Remedy(
    "mainline",
    "Linux 4.13 as released: the chain runs under oom_lock, in context",
    title="Mainline",
)
