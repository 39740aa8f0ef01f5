"""thrashing: a program needs more file pages at once than fit, and the balloon beside it is full.

Reclaim always finds something: the pages that the program has just read. So each of its requests
gets a page, in the first round or a later one; rounds with progress set no_progress_loops back to
zero, step 20 is never reached, out_of_memory is never called, and no OOM notifier is ever asked,
though the balloon alone could end it. Nobody waits for a lock and nobody is killed: the machine
reads the same pages again and again. So it was reported of small guests with a large balloon and
deflate-on-OOM (firecracker issue 4324). A balloon that is a shrinker is asked by every reclaim.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.engine.ops import Routine, holds_more, io, move
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task
from oomlab.limits import Limit
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_balloon, add_sleeping_hog, die_if_killed
from oomlab.scenarios.machines import BALLOON_PARAMETERS, COMMON_PARAMETERS, SMALL_BALLOON, boot
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario, expect

LIMITS = (
    Limit(
        "simplified",
        "Thrashing",
        "Only the scenario `thrashing` has it: everywhere else a page of the cache that was "
        "reclaimed is never needed again. There a program goes on only when all of its file pages "
        "are in memory at once. A real one crawls on with a part of them, slower and slower, as "
        "long as the pages it needs for its next step stay in memory together.",
    ),
    Limit(
        "not modelled",
        "Who is evicted, and who notices",
        "Active and inactive lists, refault distances, swap, pressure stall information and the "
        "`min_ttl_ms` of the multi-generational LRU (6.1), which calls the OOM killer for a "
        "machine that thrashes. So the model cannot say how slow a thrashing machine is, only "
        "that nothing in the allocator of 4.13 ends it.",
    ),
)

PARAMETERS = (
    Parameter("working_set", "file pages that the program needs at once", 128, 1, 1 << 28),
    Parameter(
        "cache_pages",
        "pages of clean page cache, which reclaim can free",
        64,
        0,
        1 << 28,
        within="managed_pages",
    ),
    Parameter("read_us", "time to read one page from the disk, in microseconds", 100, 1, 10**12),
    *COMMON_PARAMETERS,
    *BALLOON_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """The program, the balloon and its host, and a large process that sleeps."""
    machine = boot(settings, remedy, cache=int(settings["cache_pages"]))
    add_balloon(machine, settings, remedy)
    add_sleeping_hog(machine, settings)
    needed, read_us = int(settings["working_set"]), int(settings["read_us"])
    machine.spawn(
        "program",
        "needs all pages of its files at once, and reads those that are missing",
        lambda task: program(machine, task, needed, read_us),
        process=machine.process("program", 1),
    )
    return machine.model()


def program(machine: Machine, current: Task, needed: int, read_us: int) -> Routine:
    """Read page after page into the page cache until `needed` of them are there; then be done."""
    cache = machine.zone.reclaimable
    while True:
        there = yield holds_more((cache,), needed - 1)
        if there:
            break
        got = yield from alloc_page(machine, current, flags.GFP_HIGHUSER_MOVABLE)
        if not got:
            break
        yield io(read_us, read_us)
        yield move(current.hand, cache, 1)
    yield from die_if_killed(machine, current)


THRASHING = Scenario(
    "thrashing",
    "a program reads its pages again and again beside a full balloon",
    PARAMETERS,
    {**SMALL_BALLOON, "cache_pages": 1, "working_set": 2},
    build,
    (
        *expect(
            "clock",
            {
                "livelock": "mainline offload allocate-outside trylock offload-repaired",
                "completed": "shrinker",
            },
        ),
        *expect("clock", {"completed": "mainline"}, {"working_set": 64}),
        *expect(
            "explorer",
            {
                "lockup": "mainline offload allocate-outside trylock offload-repaired",
                "exhausted-clean": "shrinker",
            },
        ),
        *expect("explorer", {"exhausted-clean": "mainline"}, {"working_set": 1}),
    ),
    titles=("A program reads its pages again and again",),
)
