"""A bench to begin with."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.workbench.bench import Bench


@dataclass(frozen=True)
class Starter:
    """A bench to begin with: its name, a title, what it is about in a sentence, and its texts."""

    name: str
    title: str
    about: str
    callback: str
    holder: str = ""
    remedy: str = "mainline"

    def bench(self) -> Bench:
        """The bench."""
        return Bench(self.callback, self.holder, self.remedy)
