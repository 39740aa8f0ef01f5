"""Configuration space over s390 channel I/O (drivers/s390/virtio/virtio_ccw.c, Linux 4.13)."""

from __future__ import annotations

from oomlab.engine.ops import Routine, io
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.slab import kmalloc
from oomlab.kernel.task import Task

CHANNEL_IO_US = 50
"""Time of one channel program (our choice)."""


def virtio_ccw_set_config(machine: Machine, current: Task) -> Routine:
    """Write a value of the device's configuration.

    A channel command word and a buffer are allocated with GFP_DMA|GFP_KERNEL; if either fails, the
    value is silently not written. The channel program always ends here (in the driver nothing
    limits the wait for it).
    """
    got = yield from kmalloc(machine, current, flags.DMA | flags.GFP_KERNEL)
    if not got:
        return
    got = yield from kmalloc(machine, current, flags.DMA | flags.GFP_KERNEL)
    if not got:
        return
    yield io(CHANNEL_IO_US, CHANNEL_IO_US)
