"""A driver as a reader would write it: nobody else has heard of its locks, pages and functions.

It keeps pages of a flash disk in a cache and gives them back to the OOM notifier chain, once the
disk has answered. A worker of its own rebuilds the index of the cache.
"""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.engine.model import Layout, Model
from oomlab.engine.ops import (
    ANY_AMOUNT,
    Routine,
    Slot,
    announce_write,
    down_read,
    down_write,
    io,
    move,
    up_read,
    up_write,
    wait_for,
    wake,
    write,
)
from oomlab.engine.slots import Answerer, Says
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.oom_reaper import oom_reaper
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task
from oomlab.kernel.wait import wait_event
from oomlab.kernel.zone import Zone, watermarks_for
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_page_faulting_task
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario


@dataclass(frozen=True, eq=False)
class FlashCache:
    """`order`: 0 nothing is asked of the disk, 1 it is to let go of the blocks, 2 it has."""

    machine: Machine
    index: Slot
    blocks: Slot
    order: Slot
    settled: Slot

    @classmethod
    def register(cls, machine: Machine, blocks: int) -> FlashCache:
        layout = machine.layout
        cache = cls(
            machine,
            layout.rwsem("cache index", says={"up_read": "is done with the index"}),
            layout.pool(
                "cached blocks",
                blocks,
                role="lent",
                says={
                    "move": Says(
                        "finds the cache empty",
                        "{pages} leave the flash cache ({task})",
                        "empty the cache",
                    )
                },
            ),
            layout.word(
                "disk order",
                0,
                says={
                    "write 1": Says("asks the disk", order="ask the disk"),
                    "write 2": Says(told="{on} is done, says {task}"),
                    "wait_for": "obeys",
                },
            ),
            layout.queue("cache settled", Answerer("flashd", "its blocks")),
        )
        machine.oom_notify_list.register(NotifierBlock("flash_cache", cache.drop_blocks, 7))
        return cache

    def drop_blocks(self, current: Task, freed: Slot) -> Routine:
        yield down_read(self.index)
        yield write(self.order, 1)
        yield from wait_event(self.settled, self.order, 2)
        blocks = yield move(self.blocks, self.machine.zone.free, ANY_AMOUNT)
        yield up_read(self.index)
        yield from add_freed(freed, blocks)


def flash_disk(cache: FlashCache, answers: bool) -> Routine:
    yield wait_for(cache.order, 1)
    if not answers:
        yield wait_for(cache.order, "a disk that works")
    yield io(100, 100)
    yield write(cache.order, 2)
    yield wake(cache.settled)


def rebuild_index(cache: FlashCache, current: Task) -> Routine:
    yield announce_write(cache.index)
    yield down_write(cache.index)
    got = yield from alloc_page(cache.machine, current, flags.GFP_KERNEL)
    if got:
        yield move(current.hand, cache.machine.zone.free, ANY_AMOUNT)
    yield up_write(cache.index)


def build(settings: Settings, remedy: Remedy) -> Model:
    marks = watermarks_for(1024)
    layout = Layout()
    machine = Machine.boot(layout, Zone.declare(layout, marks.min, 0, marks))
    machine.spawn("reaper", "frees memory", lambda task: oom_reaper(machine, task), serves=True)
    cache = FlashCache.register(machine, int(settings["blocks"]))
    add_page_faulting_task(machine, "eater", "touches memory", 64, 1)
    machine.spawn(
        "flashd",
        "the disk behind the cache",
        lambda task: flash_disk(cache, bool(settings["answers"])),
        serves=True,
    )
    if settings["rebuild"]:
        machine.spawn(
            "indexer",
            "rebuilds the index",
            lambda task: rebuild_index(cache, task),
            is_worker=True,
        )
    return machine.model()


SCENARIO = Scenario(
    "flash-cache",
    "a listener of the reader's own",
    (
        Parameter("blocks", "pages in the cache", 256, 0, 1 << 20),
        Parameter("answers", "1 if the disk answers", 1, only=(0, 1)),
        Parameter("rebuild", "1 if the index is rebuilt meanwhile", 0, only=(0, 1)),
        Parameter("limit_s", "simulated seconds", 120.0, 0.001, 1e6),
    ),
    {"blocks": 1},
    build,
    (),
)
