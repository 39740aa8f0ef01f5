"""The lines of a log that its story rests on, fetched by their numbers in a second reading."""

from __future__ import annotations

from collections.abc import Mapping

from oomlab.logs.story import Story
from oomlab.logs.text.blocks import LineBlocks, Source

MOST_BYTES = 4096
"""Bytes of one line that are kept (our choice)."""

Lines = Mapping[int, str]
"""Lines by their numbers, from 1."""


def quoted(source: Source, story: Story) -> Lines:
    """The lines that `story` names. Raises InputError for what is no log."""
    wanted = {quote.line for finding in story.findings for quote in finding.quotes}
    wanted.update(line for edge in story.waits.edges for line in edge.lines)
    return lines_at(source, wanted)


def lines_at(source: Source, wanted: set[int]) -> Lines:
    """The lines with these numbers, as far as the log has them; each cut after MOST_BYTES."""
    found: dict[int, str] = {}
    number, last = 1, max(wanted, default=0)
    for block in LineBlocks(source):
        if number > last:
            break
        ends = block.count(b"\n")
        if not wanted.isdisjoint(range(number, number + ends)):
            for at, line in enumerate(block.split(b"\n"), start=number):
                if at in wanted and at < number + ends:
                    found[at] = line[:MOST_BYTES].decode("utf-8", "replace").rstrip("\r")
        number += ends
    return found
