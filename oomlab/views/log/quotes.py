"""The lines of a log that its story rests on, fetched by their numbers in a second reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from oomlab.logs.story import Story

MOST_BYTES = 4096
"""Bytes of one line that are kept (our choice)."""

Lines = Mapping[int, str]
"""Lines by their numbers, from 1."""


def quoted(slices: Iterable[bytes], story: Story) -> Lines:
    """The lines that `story` names."""
    wanted = {quote.line for finding in story.findings for quote in finding.quotes}
    wanted.update(line for edge in story.waits.edges for line in edge.lines)
    return lines_at(slices, wanted)


def lines_at(slices: Iterable[bytes], wanted: set[int]) -> Lines:
    """The lines with these numbers, as far as the log has them; each cut after MOST_BYTES."""
    found: dict[int, str] = {}
    last = max(wanted, default=0)
    number, begun = 1, b""  # the line that the next slice goes on with, and its beginning
    for part in slices:
        ends = part.count(b"\n")
        if wanted.isdisjoint(range(number, number + ends + 1)):
            tail = part[part.rfind(b"\n") + 1 :][:MOST_BYTES]
            begun = tail if ends else (begun + tail)[:MOST_BYTES]
        else:
            *whole, begun = (begun + part).split(b"\n")
            for offset, line in enumerate(whole):
                if number + offset in wanted:
                    found[number + offset] = _text(line)
            begun = begun[:MOST_BYTES]
        number += ends
        if number > last:
            return found
    if number in wanted and begun:
        found[number] = _text(begun)
    return found


def _text(line: bytes) -> str:
    return line[:MOST_BYTES].decode("utf-8", "replace").rstrip("\r")
