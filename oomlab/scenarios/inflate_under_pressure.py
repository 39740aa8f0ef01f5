"""inflate-under-pressure: a balloon that should grow while other tasks need memory as well.

No hazard, but a measure of what a remedy costs when nothing goes wrong. Most of a busy machine's
memory is page cache: few pages are free, many can be. A request that may reclaim gets a page of the
cache; one that may not gets what happens to be free, and what the kernel's swapper makes free in
the background.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.engine.ops import Routine, cost, holds_more, io, move, sleep
from oomlab.gfp import flags
from oomlab.kernel.exit import do_exit
from oomlab.kernel.machine import Machine
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task, fatal_signal_pending
from oomlab.kernel.vmscan import SWAP_CLUSTER_MAX
from oomlab.limits import Limit
from oomlab.listeners.virtio_balloon import usual_device
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_balloon, add_sleeping_hog
from oomlab.scenarios.machines import MACHINE_PARAMETERS, boot, with_default
from oomlab.scenarios.parameters import MOST_TASKS, Parameter, Settings
from oomlab.scenarios.scenario import Expectation, Scenario

LIMITS = (
    Limit(
        "guessed",
        "How fast memory is freed in the background",
        "Only one study has a swapper: it frees 32 pages in a time of our choice while fewer than "
        "the low watermark are free, and goes on up to the high one.",
    ),
)

PARAMETERS = (
    Parameter(
        "cache_pages",
        "pages of clean page cache, which reclaim can free",
        4096,
        0,
        1 << 28,
        within="managed_pages",
    ),
    Parameter(
        "swapper_us",
        "time in which the swapper frees 32 pages, in microseconds (0: it has given up)",
        0,
        0,
        10**12,
    ),
    Parameter("load_tasks", "ordinary tasks that grow", 0, 0, MOST_TASKS),
    Parameter("load_pages", "pages by which each of them grows", 256, 1, 1 << 20),
    Parameter("load_jiffies", "timer ticks between two pages of such a task", 1, 1, 10**6),
    Parameter("total_sg", "scatterlist entries of a request to the host", 1, 1, 128),
    *with_default(
        with_default(with_default(MACHINE_PARAMETERS, "rounds", 20), "inflate_pages", 2048),
        "spare_pages",
        512,
    ),
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """The worker, the growing tasks, and a large process that sleeps, the OOM killer's choice.
    Nobody else takes the filesystem lock that the worker's reclaim may meet."""
    machine = boot(settings, remedy, cache=int(settings["cache_pages"]))
    device = usual_device(settings, total_sg=int(settings["total_sg"]))
    add_balloon(machine, settings, remedy, machine.layout.mutex("fs_lock 2"), device)
    if settings["swapper_us"]:
        swapper_us = int(settings["swapper_us"])
        machine.spawn(
            "swapper",
            "frees page cache in the background",
            lambda task: swapper(machine, swapper_us),
            serves=True,
        )
    for i in range(int(settings["load_tasks"])):
        add_growing_task(machine, f"load_task{i}", settings)
    add_sleeping_hog(machine, settings)
    return machine.model()


def add_growing_task(machine: Machine, name: str, settings: Settings) -> None:
    """A task whose process takes one page after the other, and keeps them."""
    pages = int(settings["load_pages"])
    rest_us = int(settings["load_jiffies"]) * 1_000_000 // machine.hz
    machine.spawn(
        name,
        "needs more and more memory",
        lambda task: growing_task(machine, task, pages, rest_us),
        process=machine.process(name, 1),
    )


def growing_task(machine: Machine, current: Task, pages: int, rest_us: int) -> Routine:
    """Touch `pages` pages, with a rest after each, and keep them; exit on SIGKILL."""
    assert current.process is not None
    for i in range(pages):
        got = yield from alloc_page(machine, current, flags.GFP_HIGHUSER_MOVABLE)
        if got:
            yield move(current.hand, current.process.rss, 1)
        killed = yield from fatal_signal_pending(current)
        if killed or i == pages - 1:
            break
        yield io(rest_us, rest_us)
    killed = yield from fatal_signal_pending(current)
    if killed:
        yield from do_exit(machine, current.process)


def swapper(machine: Machine, swapper_us: int) -> Routine:
    """Look with every second tick; below the low watermark, free page cache until the high one is
    passed."""
    zone = machine.zone
    while True:
        enough = yield holds_more((zone.free,), zone.marks.low)
        while not enough:
            freed = yield move(zone.reclaimable, zone.free, SWAP_CLUSTER_MAX)
            if not freed:
                break
            yield cost(swapper_us)
            enough = yield holds_more((zone.free,), zone.marks.high)
        yield sleep(1)


INFLATE_UNDER_PRESSURE = Scenario(
    "inflate-under-pressure",
    "the balloon should grow while other tasks need memory as well",
    PARAMETERS,
    {},
    build,
    (
        Expectation("mainline", "clock", "completed"),
        Expectation("nowait-both", "clock", "completed"),
        Expectation("allocate-outside", "clock", "completed"),
    ),
    titles=("The balloon grows under pressure",),
)
