"""Logs to try the reader with. Every line is made up, in the shapes that kernels print."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from oomlab.registry import Registry

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Example:
    """A made-up log: the name of its file here, without `.log`, and what a reader sees of it."""

    name: str
    title: str

    @property
    def text(self) -> str:
        """The log itself."""
        return (_HERE / f"{self.name}.log").read_text(encoding="utf-8")


EXAMPLES: Registry[str, Example] = Registry(
    "example",
    (
        Example("hung-guest", "a guest whose balloon hangs"),
        Example("ordinary-kill", "an ordinary kill"),
        Example("storm", "one kill after another"),
        Example("lockdep", "a lockdep report"),
    ),
    key=lambda example: example.name,
)
"""The examples in the order in which a page offers them."""
