"""How far a sweep is, as a bar of tqdm: on a terminal and in a notebook, and nothing elsewhere."""

from __future__ import annotations

import sys
from typing import Any

from oomlab.errors import InputError


class Bar:
    """Give it to `recompute` as `tell`: a bar with what is done, what is left, and for how long.

    Raises InputError if tqdm is not installed.
    """

    def __init__(self, title: str = "") -> None:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            raise InputError(
                "a bar needs tqdm, which is not installed: pip install 'oomlab[tables]'"
            ) from None
        seen = in_a_notebook() or sys.stderr.isatty()
        self._bar: Any = tqdm(desc=title or None, unit=" points", disable=not seen)

    def __call__(self, done: int, points: int) -> None:
        """So many of the points are done."""
        self._bar.total = points
        self._bar.update(done - self._bar.n)
        if done == points:
            self._bar.close()


def in_a_notebook() -> bool:
    """Is this the kernel of a notebook?"""
    return "ipykernel.zmqshell" in sys.modules
