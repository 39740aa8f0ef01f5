"""The places from which the kernel can call a listener, each a small machine to be explored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from oomlab.checked import checked
from oomlab.course.code import written
from oomlab.course.listener.driver import (
    LEFT_LOCKED,
    STILL_USED,
    TORN,
    WRONG_COUNT,
    Driver,
    DriverNames,
    driver_names,
    listener_code,
)
from oomlab.engine.model import Model
from oomlab.engine.properties import never, noted
from oomlab.errors import find
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.task import TaskTraits
from oomlab.remedies import Remedy
from oomlab.scenarios import Scenario
from oomlab.scenarios.cast import add_filesystem_task, add_hog, add_sleeping_hog
from oomlab.scenarios.machines import COMMON_PARAMETERS, SMALL_MACHINE, boot
from oomlab.scenarios.parameters import Settings


@dataclass(frozen=True)
class CallPlace:
    """One place: what is so there, in words, and who plays."""

    key: str
    words: str
    add: Callable[[Machine, Driver, Settings], None]
    answers: bool = True


def _calm(machine: Machine, driver: Driver, settings: Settings) -> None:
    add_hog(machine, settings)


def _filesystem(machine: Machine, driver: Driver, settings: Settings) -> None:
    fs_lock = machine.layout.mutex("fs_lock")
    add_hog(machine, settings)
    add_filesystem_task(machine, fs_lock)
    _add_worker(machine, driver, flags.BALLOON_INFLATE, TaskTraits((fs_lock,)))


def _own(machine: Machine, driver: Driver, settings: Settings) -> None:
    _add_worker(machine, driver, flags.GFP_KERNEL, TaskTraits())
    add_sleeping_hog(machine, settings)


def _add_worker(machine: Machine, driver: Driver, gfp: int, traits: TaskTraits) -> None:
    machine.spawn(
        driver.names.worker,
        f"keeps the {driver.names.driver} in order, and needs a page for that",
        lambda task: driver.work(task, gfp),
        is_worker=True,
        traits=traits,
    )


PLACES: Mapping[str, CallPlace] = {
    one.key: one
    for one in (
        CallPlace("calm", "an ordinary task needs a page, and nobody else is there", _calm),
        CallPlace(
            "silent",
            "an ordinary task needs a page, and the device never answers",
            _calm,
            answers=False,
        ),
        CallPlace(
            "filesystem",
            "tasks with and without a filesystem's lock need pages, while the driver's worker"
            " reclaims with its own lock held and may need that filesystem",
            _filesystem,
        ),
        CallPlace("own", "the driver's own worker runs out of memory with its lock held", _own),
    )
}
"""By key: every way in which the book knows the chain to be called."""


@checked
def called_from(
    key: str, routine: object, number: object = ..., *, device: bool = False
) -> Scenario:
    """The machine of one place (see PLACES), with a student's callback and a student's names: to be
    shown, or explored. `device`: the device uses the pages until it has let go of them.

    Raises InputError for a place that there is not, and with what is wrong with the callback.
    """
    find("place", key, PLACES)
    text = written(routine)
    listener_code(text)
    return place_of(key, text, driver_names(number), device)


def place_of(key: str, text: str, names: DriverNames, device: bool) -> Scenario:
    """The machine of the place `key`, with the callback that `text` describes."""
    found = PLACES[key]

    def build(settings: Settings, remedy: Remedy) -> Model:
        machine = boot(settings, remedy)
        driver = Driver.register(machine, names, text, device=device)
        found.add(machine, driver, settings)
        machine.spawn(
            names.device,
            f"the device behind the {names.driver}",
            lambda task: driver.serve(answers=found.answers),
            serves=True,
        )
        return machine.model()

    return Scenario(
        f"ps5-{key}",
        found.words,
        COMMON_PARAMETERS,
        {**SMALL_MACHINE, "touches": 1},
        build,
        (),
        properties=tuple(
            never(name, noted(name)) for name in (TORN, LEFT_LOCKED, WRONG_COUNT, STILL_USED)
        ),
    )
