"""A scenario as a reader would write it, in one file, with what every remedy makes of it.

A listener that takes its time, and two tasks that touch memory meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.engine.model import Model
from oomlab.engine.ops import ANY_AMOUNT, Routine, Slot, io, move
from oomlab.engine.slots import Says
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.task import Task
from oomlab.remedies import Remedy
from oomlab.remedies.expected import TOO_LARGE
from oomlab.scenarios.cast import add_hog, add_page_faulting_task
from oomlab.scenarios.machines import COMMON_PARAMETERS, SMALL_MACHINE, boot
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario, expect


@dataclass(frozen=True, eq=False)
class Ledger:
    machine: Machine
    pages: Slot
    busy_us: int

    def fold(self, current: Task, freed: Slot) -> Routine:
        yield io(self.busy_us, self.busy_us)
        pages = yield move(self.pages, self.machine.zone.free, ANY_AMOUNT)
        yield from add_freed(freed, pages)


def build(settings: Settings, remedy: Remedy) -> Model:
    machine = boot(settings, remedy)
    pages = machine.layout.pool(
        "pages of the ledger",
        8,
        role="lent",
        says={"move": Says("finds nothing to fold", "{task} folds {pages}", "fold the ledger")},
    )
    ledger = Ledger(machine, pages, int(settings["busy_us"]))
    machine.oom_notify_list.register(NotifierBlock("ledger", ledger.fold))
    add_hog(machine, settings)
    add_page_faulting_task(machine, "guest", "touches a page as well", 1, 1)
    return machine.model()


SCENARIO = Scenario(
    "h9-slow-ledger",
    "a listener that takes its time, and two tasks that touch memory meanwhile",
    (
        Parameter("busy_us", "time the listener takes, in microseconds", 50_000, 1, 10**12),
        *COMMON_PARAMETERS,
    ),
    SMALL_MACHINE,
    build,
    (
        *expect(
            "clock",
            {
                "completed": "mainline offload offload-sequence offload-repaired",
                "recovered": "before-oom-lock",
            },
        ),
        *expect(
            "explorer",
            {
                "exhausted-clean": "mainline before-oom-lock",
                TOO_LARGE: "offload offload-sequence offload-repaired",
            },
        ),
    ),
)
