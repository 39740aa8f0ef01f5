"""What is wrong with a text on the bench, at its line."""

from __future__ import annotations

from oomlab.errors import InputError


class BenchError(InputError):
    """A text on the bench says something that it cannot: `part` is the text ("callback"), `line`
    counts from 1, and `message` says what is wrong, in words."""

    def __init__(self, part: str, line: int, message: str) -> None:
        super().__init__(f"{part}, line {line}: {message}")
        self.part, self.line, self.message = part, line, message

    def __reduce__(self) -> tuple[type[BenchError], tuple[str, int, str]]:
        return BenchError, (self.part, self.line, self.message)
