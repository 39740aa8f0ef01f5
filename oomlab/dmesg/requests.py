"""How a request for memory is told: its mask, with this release's number and names."""

from __future__ import annotations

from functools import cache

from oomlab.dmesg.style import Style
from oomlab.gfp.expression import to_string
from oomlab.gfp.registry import VERSIONS
from oomlab.gfp.tables import DEFAULT_VERSION, Table, table
from oomlab.kernel_release import KernelRelease


@cache
def _table(release: KernelRelease) -> Table:
    """The numbers of the latest release that is listed and not later than this one."""
    listed = [version for version in VERSIONS if KernelRelease.of(version) <= release]
    return table(listed[-1] if listed else DEFAULT_VERSION)


@cache
def mask_text(mask: int, style: Style) -> str:
    """A mask of the model (whose numbers are those of 4.13) as the kernel of this style prints
    it; the names came with 4.6."""
    here = _table(style.release)
    value = 0
    for name in table(DEFAULT_VERSION).flags(mask):
        value |= here.names.get(name, 0)
    if not style.since(4, 6):
        return f"{value:#x}"
    return f"{value:#x}({to_string(value, here) if value else ''})"


def nodemask(style: Style) -> str:
    """What follows the mask of a failure or a stall."""
    if not style.since(4, 10):
        return ""
    return ", nodemask=(null)" + (",cpuset=/,mems_allowed=0" if style.since(5, 0) else "")


def cpuset_line(comm: str, style: Style) -> list[str]:
    """The line of its own about the cpuset, which 5.0 put into others."""
    return [] if style.since(5, 0) else [f"{comm} cpuset=/ mems_allowed=0"]
