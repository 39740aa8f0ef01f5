"""What the tasks of the scenarios do, in a few lines like C, for the stage."""

from __future__ import annotations

from oomlab.listing import Listing
from oomlab.scenarios.cast import filesystem_task, page_faulting_task

LISTINGS = (
    Listing(
        "a write to a file",
        filesystem_task,
        """\
mutex_lock(&fs_lock);
got = alloc_page(GFP_NOFS);
mutex_unlock(&fs_lock);
if (got)
    move(got, free);  /* give it back */
die_if_killed();
""",
    ),
    Listing(
        "a page fault",
        page_faulting_task,
        """\
while (!killed) {
    got = alloc_page(
              GFP_HIGHUSER_MOVABLE);
    if (got)
        move(got, free);
    killed = fatal_signal_pending();
    sleep(1);     /* a jiffy */
}
do_exit();
""",
    ),
)
