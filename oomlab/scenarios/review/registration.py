"""Loading and removing the module of a driver that listens."""

from __future__ import annotations

from oomlab.engine.ops import Routine, log
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock
from oomlab.kernel.oom_notify import register_oom_notifier, unregister_oom_notifier
from oomlab.kernel.task import Task
from oomlab.scenarios.cast import die_if_killed


def add_module(
    machine: Machine, block: NotifierBlock, *, rss: int = 1, starts_at_us: int = 0
) -> None:
    """A task that loads the module of `block`; its process owns `rss` pages."""
    name = f"modprobe {block.name}"
    machine.spawn(
        name,
        f"loads the module of {block.name}, which registers a listener",
        lambda task: load_module(machine, task, block),
        process=machine.process(name, rss),
        starts_at_us=starts_at_us,
    )


def add_probe(machine: Machine, block: NotifierBlock) -> None:
    """A kernel worker that probes the device of `block`; device probes may run side by side."""
    machine.spawn(
        f"probe {block.name}",
        f"probes the device of {block.name}, whose driver registers a listener",
        lambda task: register_oom_notifier(machine, task, block),
        is_worker=True,
    )


def load_module(machine: Machine, current: Task, block: NotifierBlock) -> Routine:
    """Register; a module whose registration fails is not loaded."""
    result = yield from register_oom_notifier(machine, current, block)
    if result < 0:
        yield log(f"{block.name}: probe failed with error {result}")
    yield from die_if_killed(machine, current)


def add_removal(machine: Machine, block: NotifierBlock, starts_at_us: int) -> None:
    """A task that removes the module of `block`, from `starts_at_us` on. Removing a driver begins
    with its listener (virtballoon_remove)."""
    machine.spawn(
        f"rmmod {block.name}",
        f"removes the module of {block.name}, which unregisters its listener",
        lambda task: unregister_oom_notifier(machine, block),
        starts_at_us=starts_at_us,
    )
