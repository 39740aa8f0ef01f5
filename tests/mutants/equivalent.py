"""Generated mutants that are no faults: nothing that the model promises becomes another.

By the name of the mutant, with the reason.
"""

from __future__ import annotations

EQUIVALENT: dict[str, str] = {
    "oomlab/kernel/page_alloc.py alloc_pages_slowpath: gfp & flags.NOFAIL -> gfp | flags.NOFAIL"
    " in: loops_so_far = no_progress_loops if gfp & flags.NOFAIL else 0": "only costs states",
    "oomlab/kernel/slab.py kmalloc: 1 -> 2"
    " in: yield move(current.hand, machine.zone_for(gfp).free, 1)": "a hand holds one page",
}
