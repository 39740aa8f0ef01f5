"""What the RFC's thread and our two repairs of it have in common: their globals and their times."""

from __future__ import annotations

from collections.abc import Callable

from oomlab.engine.model import Layout
from oomlab.engine.ops import Routine, Slot
from oomlab.engine.slots import Answerer, Says
from oomlab.errors import InputError
from oomlab.kernel.machine import Machine
from oomlab.kernel.oom_watch import OOM_NOTIFIER
from oomlab.kernel.task import Task, TaskTraits

RFC_TIMEOUT_S = 5.0
"""The RFC's limit, in seconds; a guess by its author's own account."""


def in_jiffies(machine: Machine, timeout_s: float) -> int:
    """A time limit in timer ticks, at least one."""
    return max(1, round(timeout_s * machine.hz))


def check_timeout(timeout_s: float) -> None:
    """Raise InputError unless `timeout_s` is more than 0."""
    if not timeout_s > 0:
        raise InputError(f"the timeout must be more than 0 seconds, not {timeout_s:g}")


def requested_flag(layout: Layout) -> Slot:
    """Declare the flag that is 1 from a request until its answer."""
    name = "oom_notifier_requested"
    return layout.word(
        name,
        0,
        role="request",
        protocol=True,
        says={
            "read": Says(
                "looks whether its request is still unanswered", order=f"read the flag {name}"
            ),
            "write": Says(order=f"write the flag {name}"),
            "write 1": Says(told=f"{{task}} asks the {OOM_NOTIFIER} thread to walk the chain"),
            "write same": Says(
                told="{task} asks again, though the last request is still unanswered"
            ),
            "write 0": Says(told="{task} answers: the chain has been walked{but}"),
        },
    )


def freed_counter(layout: Layout) -> Slot:
    """Declare the counter to which the thread has freed pages added."""
    name = "oom_notifier_freed"
    return layout.word(
        name,
        0,
        role="freed",
        protocol=True,
        says={
            "read": Says(
                "reads {value} from the counter of freed pages{but}",
                order=f"read the counter {name}",
            ),
            "write": Says(
                told="{task} sets the counter of freed pages to {value}",
                order=f"write the counter {name}",
            ),
            "write same": Says(told="{task} leaves the counter of freed pages at {value}"),
            "swap": "sets the counter of freed pages to {value}",
        },
    )


def thread_queues(layout: Layout) -> tuple[Slot, Slot]:
    """Declare where the thread waits for requests, and where the callers wait for its answer: it
    alone wakes them, when it has run the chain."""
    return (
        layout.queue(
            "oom_notifier_request_queue",
            "work",
            protocol=True,
            says={"wake": f"wakes the {OOM_NOTIFIER} thread"},
        ),
        layout.queue(
            "oom_notifier_response_queue",
            Answerer(OOM_NOTIFIER, "an answer"),
            protocol=True,
            says={"wake": "wakes whoever waits for the answer"},
        ),
    )


def start_thread(
    machine: Machine,
    what: str,
    run: Callable[[Machine, Task], Routine],
    *,
    pf_memalloc: bool = False,
) -> None:
    """Add the thread, there from boot."""
    machine.spawn(
        OOM_NOTIFIER,
        what,
        lambda task: run(machine, task),
        traits=TaskTraits(pf_memalloc=pf_memalloc),
        serves=True,
    )
