"""When adding a buffer to a virtqueue allocates (drivers/virtio/virtio_ring.c, Linux 4.13)."""

from __future__ import annotations

from oomlab.engine.ops import Routine
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.slab import kmalloc
from oomlab.kernel.task import Task


def virtqueue_add_outbuf(
    machine: Machine, current: Task, total_sg: int, gfp: int, indirect: bool = True
) -> Routine:
    """Add a buffer of `total_sg` scatterlist entries; `indirect`: the host offers indirect
    descriptors.

    There is one allocation, the table of indirect descriptors, and only for more than one entry. If
    it fails, the entries silently take direct descriptors instead, of which there are enough here.
    Since 7.2 they always do.
    """
    if indirect and total_sg > 1 and not machine.traits.ring_is_direct:
        yield from kmalloc(machine, current, gfp & ~flags.HIGHMEM)
