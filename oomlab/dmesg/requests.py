"""How a request for memory is told: its mask, with this release's number and names."""

from __future__ import annotations

from functools import cache

from oomlab.dmesg.style import Style
from oomlab.gfp.eras.era import RENAMED
from oomlab.gfp.expression import printed_names
from oomlab.gfp.tables import DEFAULT_VERSION, Table, table

_OLD_NAME = {new: old for old, new in RENAMED.items()}


@cache
def mask_text(mask: int, style: Style) -> str:
    """A mask of the model (whose numbers are those of 4.13) as the kernel of this style prints it;
    the names came with 4.6. What a caller asks for by one name it asks for by that name there."""
    here = table(str(style.release))
    value = 0
    for name in printed_names(mask, table(DEFAULT_VERSION)):
        value |= _value(name, here)
    if not style.since(4, 6):
        return f"{value:#x}"
    return f"{value:#x}({'|'.join(printed_names(value, here))})"


def _value(name: str, here: Table) -> int:
    """What a name of 4.13 is worth here; one that there is no longer, what its flags are."""
    for known in (name, _OLD_NAME.get(name, "")):
        if known in here.names:
            return here.names[known]
    whole = table(DEFAULT_VERSION)
    if name not in whole.composites:
        return 0  # a flag that this release does not have
    worth = 0
    for flag in whole.flags(whole.names[name]):
        worth |= _value(flag, here)
    return worth


def nodemask(style: Style) -> str:
    """What follows the mask of a failure or a stall."""
    if not style.since(4, 10):
        return ""
    return ", nodemask=(null)" + (",cpuset=/,mems_allowed=0" if style.since(5, 0) else "")


def cpuset_line(comm: str, style: Style) -> list[str]:
    """The line of its own about the cpuset, which 5.0 put into others."""
    return [] if style.since(5, 0) else [f"{comm} cpuset=/ mems_allowed=0"]
