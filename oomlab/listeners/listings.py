"""The drivers' routines in ten lines like C, for the chapters that they are the subject of."""

from __future__ import annotations

from oomlab.listeners.i915_gem_shrinker import i915_gem_object_unbind
from oomlab.listeners.virtio_balloon import (
    allocate_then_lock,
    leak_balloon,
    lock_then_allocate,
    tell_host,
)
from oomlab.listeners.virtio_ccw import virtio_ccw_set_config
from oomlab.listing import Listing

LISTINGS = (
    Listing(
        "fill_balloon",
        lock_then_allocate,
        """\
mutex_lock(&balloon_lock);
for (i = 0; i < num; i++) {
    got = balloon_page_alloc(); /* waits */
    if (!got)
        break;
    lent++;
}
if (missing)
    out_of_puff();              /* naps */
if (lent)
    tell_host();                /* waits */
mutex_unlock(&balloon_lock);
""",
    ),
    Listing(
        "fill_balloon, Linux 4.15",
        allocate_then_lock,
        """\
for (i = 0; i < num; i++) {
    got = balloon_page_alloc(); /* waits */
    if (!got) {
        out_of_puff();          /* naps */
        break;
    }
    lent++;
}
mutex_lock(&balloon_lock);
if (lent)
    tell_host();                /* waits */
mutex_unlock(&balloon_lock);
""",
    ),
    Listing(
        "leak_balloon",
        leak_balloon,
        """\
mutex_lock(&balloon_lock);
pages = move(leaving, min(num, batch));
if (pages) {
    tell_host();        /* waits */
    move(free, pages);  /* only now */
}
mutex_unlock(&balloon_lock);
return pages;
""",
    ),
    Listing(
        "tell_host",
        tell_host,
        """\
gfp = GFP_KERNEL;
/* one entry: nothing is allocated */
virtqueue_add_outbuf(total_sg, gfp);
doorbell = 1;
wait_event(acked, doorbell == 2);
/* no time limit */
""",
    ),
    Listing(
        "virtio_ccw_set_config",
        virtio_ccw_set_config,
        """\
/* the command, then the value */
got = kmalloc(GFP_DMA | GFP_KERNEL);
if (!got)
    return;
got = kmalloc(GFP_DMA | GFP_KERNEL);
if (!got)
    return;  /* not written: no harm */
io(CHANNEL_IO_US);
""",
    ),
    Listing(
        "i915_gem_object_unbind",
        i915_gem_object_unbind,
        """\
got = kmalloc(GFP_NOWAIT | __GFP_NOWARN);
if (!got && fence_fallback)
    /* memory is short, and so: */
    got = kmalloc(GFP_KERNEL);
return got;
""",
    ),
)
