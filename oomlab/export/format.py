"""What a format is."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from oomlab.engine.trace.events import Trace


class Format(NamedTuple):
    """A format: its name, what it is in a few words, whether it is fit for a terminal, and who
    writes a run in it."""

    name: str
    summary: str
    binary: bool
    write: Callable[[Trace], bytes]
