"""One request for a page on a machine with a given number of free pages: what becomes of it?

Not a hazard, and so not among the scenarios that remedies are held against.
"""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.engine.model import Layout
from oomlab.engine.ops import Routine, io, mutex_lock, mutex_unlock, wait_for, write
from oomlab.errors import InputError, find
from oomlab.gfp.outcomes import Caller
from oomlab.gfp.predicates import request
from oomlab.kernel.machine import Machine
from oomlab.kernel.machine_settings import Switches
from oomlab.kernel.oom_kill import mark_oom_victim
from oomlab.kernel.oom_reaper import add_oom_reaper
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.releases import KERNEL_4_13, modelled_kernel
from oomlab.kernel.task import Process, Task, TaskTraits
from oomlab.kernel.zone import Zone, watermarks_for
from oomlab.kernel_release import Spelled
from oomlab.scenarios.cast import sleeping_process

MANAGED_PAGES = 16384
"""64 MiB: the machine of this scenario."""

HOG_PAGES = 8192
"""Of the largest process, which only sleeps: the OOM killer's choice."""

FOR_EVER = -1
"""As a time for which oom_lock is held."""

ASKER = "task"
HOLDER = "somebody"


@dataclass(frozen=True)
class RequestClass:
    """A kind of request: the mask as the kernel's source writes it, and who makes it."""

    expression: str
    caller: Caller = Caller.ORDINARY

    @property
    def words(self) -> str:
        """The request in a few words."""
        by = "" if self.caller is Caller.ORDINARY else f", by {self.caller.value}"
        return f"{self.expression}{by}"

    @property
    def gfp(self) -> int:
        """The mask, in the numbers of 4.13."""
        return request(self.expression).mask


REQUEST_CLASSES: dict[str, RequestClass] = {
    "atomic": RequestClass("GFP_ATOMIC"),
    "nowait": RequestClass("GFP_NOWAIT"),
    "noretry": RequestClass("GFP_KERNEL | __GFP_NORETRY"),
    "kernel": RequestClass("GFP_KERNEL"),
    "nofs": RequestClass("GFP_NOFS"),
    "mayfail": RequestClass("GFP_KERNEL | __GFP_RETRY_MAYFAIL"),
    "dma": RequestClass("GFP_KERNEL | GFP_DMA"),
    "memalloc": RequestClass("GFP_KERNEL", Caller.PF_MEMALLOC),
    "victim": RequestClass("GFP_KERNEL", Caller.VICTIM),
}
"""The kinds that end differently when memory is exhausted, by a short name."""


def find_request_class(name: str) -> RequestClass:
    """The class called `name`. Raises InputError, naming all of them, for another name."""
    return find("kind of request", name, REQUEST_CLASSES)


def one_request(
    name: str, *, held_ms: int = 0, free: int = 0, kernel: Spelled = KERNEL_4_13
) -> Machine:
    """A machine on which a task makes one request of the class `name`, with `free` free pages and
    nothing to reclaim, while another has oom_lock for `held_ms` milliseconds (or FOR_EVER).

    The request's steps are told. Raises InputError for an unknown class or kernel, and for
    negative numbers.
    """
    asked = find_request_class(name)
    release = modelled_kernel(kernel)
    if free < 0 or (held_ms < 0 and held_ms != FOR_EVER):
        raise InputError(f"neither pages nor time can be negative: {free} pages, {held_ms} ms")
    layout = Layout()
    zone = Zone.declare(layout, free, 0, watermarks_for(MANAGED_PAGES))
    machine = Machine.boot(layout, zone, kernel=release, switches=Switches(tells_steps=True))
    add_oom_reaper(machine)
    if held_ms:
        machine.spawn(
            HOLDER,
            "has oom_lock",
            lambda task: hold_oom_lock(machine, held_ms),
            foreground=held_ms != FOR_EVER,
        )
    process = machine.process("own", 1)
    machine.spawn(
        ASKER,
        f"asks for a page: {asked.words}",
        lambda task: ask_once(machine, task, asked, process),
        process=process,
        traits=TaskTraits(pf_memalloc=asked.caller is Caller.PF_MEMALLOC),
        starts_at_us=1_000,
    )
    machine.spawn(
        "hog",
        "owns most of the memory and sleeps",
        lambda task: sleeping_process(machine, task),
        process=machine.process("hog", HOG_PAGES),
        serves=True,
    )
    return machine


def ask_once(machine: Machine, current: Task, asked: RequestClass, own: Process) -> Routine:
    """Ask for one page; as a victim, having been chosen a moment ago."""
    if asked.caller is Caller.VICTIM:
        yield write(own.sigkill, 1)
        yield from mark_oom_victim(own)
    yield from alloc_page(machine, current, asked.gfp)


def hold_oom_lock(machine: Machine, held_ms: int) -> Routine:
    """Take oom_lock, and let go of it after a while or never."""
    yield mutex_lock(machine.oom_lock)
    if held_ms == FOR_EVER:
        yield wait_for(machine.panicked, 2)  # which never comes
    yield io(1000 * held_ms, 1000 * held_ms)
    yield mutex_unlock(machine.oom_lock)
