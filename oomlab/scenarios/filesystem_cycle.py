"""What the first two hazards have in common: the balloon's worker and a filesystem's lock.

The worker holds balloon_lock while it asks for pages, and its reclaim waits for a filesystem lock;
the holder of that lock needs a page. Who of all tasks comes to run the balloon's callback makes the
difference.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.engine.ops import Routine, Slot, choose, io, move, write
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task, TaskTraits
from oomlab.limits import Limit
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import (
    add_balloon,
    add_filesystem_task,
    add_hog,
    add_page_faulting_task,
    add_sleeping_hog,
    die_if_killed,
)
from oomlab.scenarios.machines import MACHINE_PARAMETERS, boot
from oomlab.scenarios.parameters import MOST_TASKS, Parameter, Settings

LEVELS = 100
"""So many different times are drawn from (our choice)."""

LIMITS = (
    Limit(
        "guessed",
        "Who is first in the gap between two rounds",
        "After a time limit the holder of `oom_lock` lets go of it, and whoever tries next has it. "
        "How long a task takes from the timer's tick to its next try, and how long the last holder "
        "takes to come back, are numbers of ours; how many rounds it takes follows from them.",
    ),
)

PARAMETERS = (
    Parameter(
        "fault_tasks",
        "ordinary tasks that touch memory and may have somebody killed",
        0,
        0,
        MOST_TASKS,
    ),
    Parameter(
        "nofs_tasks",
        "further filesystem tasks, with locks of their own; like the first they may not kill",
        0,
        0,
        MOST_TASKS,
    ),
    Parameter(
        "optional_tasks",
        "tasks with one request that is allowed to fail (__GFP_RETRY_MAYFAIL)",
        0,
        0,
        1024,
    ),
    Parameter(
        "slowest_reclaim_us",
        "longest fruitless reclaim round, in microseconds: each task's time is drawn between"
        " reclaim_us and this (0: all take reclaim_us)",
        0,
        0,
        10**12,
        above="reclaim_us",
    ),
    Parameter("redraw_s", "after how many seconds those times are drawn anew", 0.5, 0.01, 1e6),
    *MACHINE_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """With `oom_caller` 0 the filesystem's task comes first, with 1 the hog: where two tasks act at
    the same microsecond, the first one wins oom_lock."""
    machine = boot(settings, remedy)
    fs_lock = machine.layout.mutex("fs_lock")
    load = ChangingLoad(machine, settings)
    if settings["oom_caller"]:
        add_hog(machine, settings)
    add_filesystem_task(machine, fs_lock, reclaim_us=load.of("fs_task"))
    add_balloon(machine, settings, remedy, fs_lock)
    for i in range(int(settings["fault_tasks"])):
        name = f"fault_task{i}"
        touches = int(settings["touches"])
        add_page_faulting_task(machine, name, "touches memory", 1, touches, load.of(name))
    for i in range(int(settings["nofs_tasks"])):
        name = f"fs_task{i + 2}"
        own_lock = machine.layout.mutex(f"fs_lock {i + 2}")
        add_filesystem_task(machine, own_lock, name, f"writer{i + 2}", load.of(name))
    for i in range(int(settings["optional_tasks"])):
        add_optional_task(machine, f"optional_task{i}", load.of(f"optional_task{i}"))
    if not settings["oom_caller"]:
        add_sleeping_hog(machine, settings)
    load.start()
    return machine.model()


class ChangingLoad:
    """How long a fruitless reclaim round takes each task, drawn anew from time to time.

    In a real machine it depends on what lies on the LRU lists and on who else wants the CPU. Off
    unless `slowest_reclaim_us` is more than `reclaim_us`.
    """

    def __init__(self, machine: Machine, settings: Settings) -> None:
        self.machine = machine
        self.fastest_us = int(settings["reclaim_us"])
        self.range_us = int(settings["slowest_reclaim_us"]) - self.fastest_us
        self.redraw_us = round(settings["redraw_s"] * 1_000_000)
        self.times: list[Slot] = []

    def of(self, task: str) -> Slot | None:
        """The variable with the time of this task, None where all times are the same."""
        if self.range_us <= 0:
            return None
        slot = self.machine.layout.word(f"reclaim round of {task}", self.fastest_us)
        self.times.append(slot)
        return slot

    def start(self) -> None:
        """Add whoever draws the times, if there are any."""
        if self.times:
            self.machine.spawn(
                "load",
                "what else happens on the machine: makes reclaim slower or faster",
                lambda _: self.change(tuple(self.times)),
                serves=True,
            )

    def change(self, times: tuple[Slot, ...]) -> Routine:
        """Draw all times, for ever."""
        while True:
            for i in range(len(times)):
                level = yield choose(LEVELS, "how long a reclaim round takes")
                yield write(times[i], self.fastest_us + level * self.range_us // (LEVELS - 1))
                del level  # the next is drawn without looking at this one
            yield io(self.redraw_us, self.redraw_us)


def add_optional_task(machine: Machine, name: str, reclaim_us: Slot | None) -> None:
    """A task that can do without the page it asks for."""
    machine.spawn(
        name,
        "asks for a page and can do without it",
        lambda task: optional_task(machine, task),
        process=machine.process(name, 1),
        traits=TaskTraits(reclaim_us=reclaim_us),
    )


def optional_task(machine: Machine, current: Task) -> Routine:
    """Ask once, with a request that may fail after everything was tried; drop the page."""
    got = yield from alloc_page(machine, current, flags.GFP_KERNEL | flags.RETRY_MAYFAIL)
    if got:
        yield move(current.hand, machine.zone.free, 1)
    yield from die_if_killed(machine, current)
