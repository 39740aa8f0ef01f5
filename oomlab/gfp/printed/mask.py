"""A mask as a log shows it, with all that can be known about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from oomlab.brief import brief
from oomlab.gfp.eras import Era, NamedKernel
from oomlab.gfp.expression import printed_names
from oomlab.gfp.predicates import Request
from oomlab.gfp.printed.readings import MaskReading, spans
from oomlab.gfp.tables import Table

EraFrom = Literal["said", "names", "number"]
"""How the era was found: the kernel was given, the names beside the number, the number alone."""


@brief
@dataclass(frozen=True)
class PrintedMask:
    """A mask that somebody's kernel printed.

    `text`: what was read. `value`: the number. `printed`: the names beside it, None if there were
    none. `order`: the order that the line names, None if it names none. `kernel`: the kernel that
    was given, None if none was. `table`: the numbers that are used. `how`: how they were found.
    `eras`: all eras that fit as well as the one used. `readings`: all that the number can mean, the
    likeliest first. `disagreement`: one sentence about what does not fit, which is the first thing
    to know; "" if all fits. `doubts`: what else to keep in mind, a sentence each. `settled`: the
    names beside the number are all of them, and the kernel's own.
    """

    text: str
    value: int
    printed: tuple[str, ...] | None
    order: int | None
    kernel: NamedKernel | None
    table: Table
    how: EraFrom
    eras: tuple[Era, ...]
    readings: tuple[MaskReading, ...]
    disagreement: str = ""
    doubts: tuple[str, ...] = ()
    settled: bool = False

    @property
    def era(self) -> Era:
        """The era whose numbers are used."""
        return self.table.era

    @property
    def spans(self) -> str:
        """The releases that fit, in words: "5.1 and newer"."""
        return spans(self.eras)

    @property
    def names(self) -> tuple[str, ...]:
        """The mask in the kernel's own words."""
        if self.printed is not None and self.settled:
            return self.printed
        return tuple(printed_names(self.value, self.table))

    @property
    def others(self) -> tuple[MaskReading, ...]:
        """What else the number can mean; empty where names settle it."""
        if self.how == "names":
            return ()
        return tuple(reading for reading in self.readings if self.era not in reading.eras)

    @property
    def why(self) -> str:
        """How the era was found, in words."""
        if self.how == "said":
            return f"the kernel was named: {self.kernel.spelled}" if self.kernel else ""
        if self.how == "names":
            return f"the names beside the number are those of Linux {self.spans}"
        if not self.value:
            return "0x0 is the same on every release"
        return f"by the number alone: fewest and commonest flags on Linux {self.spans}"

    def request(self, order: int | None = None) -> Request:
        """The request that had this mask, with the order that the line names unless another is
        given. Raises InputError for what is no order."""
        return Request(self.value, self.table, (self.order or 0) if order is None else order)

    def __str__(self) -> str:
        return f"{self.value:#x}({'|'.join(self.names)})"
