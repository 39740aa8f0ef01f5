"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """Is it right, and why: one sentence, then lines that show the state it is about."""

    ok: bool
    sentence: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The answer as a student reads it."""
        lines = [f"{'Right' if self.ok else 'Not yet'}: {self.sentence}"]
        return "\n".join([*lines, *(f"  {line}" for line in self.details)])
