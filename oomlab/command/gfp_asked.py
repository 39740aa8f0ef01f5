"""What `oomlab gfp` was asked about: an expression, a number, or what a log shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oomlab.gfp.expression import parse
from oomlab.gfp.predicates import Request
from oomlab.gfp.printed import PrintedMask, all_printed
from oomlab.gfp.printed.read import NUMBER
from oomlab.gfp.printed.scan import masks_in
from oomlab.gfp.tables import DEFAULT_VERSION, table


@dataclass(frozen=True)
class AskedMask:
    """What was typed, the request it stands for, and what a log's kernel printed (None for an
    expression)."""

    expression: str
    request: Request
    printed: PrintedMask | None


def asked_masks(
    text: str, kernel: str | None, config: Iterable[str], order: int | None
) -> list[AskedMask]:
    """The masks in `text`: one, or as many as a log shows, each once.

    An expression with names is read by the default kernel if none is given; a number or a printed
    mask by the era it belongs to. An order that the text names counts unless one is given. Raises
    InputError for what is neither.
    """
    if NUMBER.fullmatch(text) or masks_in(text):
        found = all_printed(text, kernel=kernel, config=config)
        once = {(one.value, one.printed): one for one in reversed(found)}
        return [AskedMask(one.text, one.request(order), one) for one in reversed(once.values())]
    numbers = table(DEFAULT_VERSION if kernel is None else kernel, config)
    return [AskedMask(text, Request(parse(text, numbers), numbers, order or 0), None)]


def other_mask(text: str, first: AskedMask, config: Iterable[str]) -> AskedMask:
    """The mask to compare `first` with, read by the same kernel's numbers."""
    numbers = first.request.table
    if masks_in(text):
        found = all_printed(text, kernel=numbers.version, config=config)[0]
        return AskedMask(found.text, Request(found.value, numbers, first.request.order), found)
    return AskedMask(text, Request(parse(text, numbers), numbers, first.request.order), None)
