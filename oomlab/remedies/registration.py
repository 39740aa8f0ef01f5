"""Adding and removing OOM listeners while the machine runs (mm/oom_kill.c, Linux 4.13 and the RFC).

In the released kernels both are operations on the chain and cannot fail. In the RFC the first
registration makes the thread: it looks at the pointer and stores it in two steps, without a lock.
"""

from __future__ import annotations

from collections.abc import Iterator

from oomlab.engine.observers import Moment
from oomlab.engine.ops import (
    ANY_AMOUNT,
    Op,
    Routine,
    add,
    ghost_write,
    log,
    move,
    read,
    wait_for,
    witness,
    write,
)
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine, RegisterOom
from oomlab.kernel.notifier import (
    NotifierBlock,
    blocking_notifier_chain_register,
    blocking_notifier_chain_unregister,
)
from oomlab.kernel.oom_notify import OomNotifierThread, ThreadPointer
from oomlab.kernel.oom_watch import REGISTRATION_FAILS, OomWatch
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task, fatal_signal_pending
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Making a kernel thread",
        "Whoever asks for a thread asks for one page for its stack itself. In the kernel "
        "`kthreadd` does that, for a larger stack, while the asker waits.",
    ),
)

EINTR = 4
ENOMEM = 12
"""Error numbers (errno-base.h)."""


def register_oom_notifier(machine: Machine, current: Task, block: NotifierBlock) -> Routine:
    """Add a listener. Result: 0, or a negative error number, which only the RFC gives."""
    if machine.register_oom is not None:
        result = yield from machine.register_oom(machine, current, block)
        return result
    result = yield from blocking_notifier_chain_register(machine.oom_notify_list, block)
    return result


def unregister_oom_notifier(machine: Machine, block: NotifierBlock) -> Routine:
    """Remove a listener; waits until no walk is under way. Result: 0, or -ENOENT."""
    result = yield from blocking_notifier_chain_unregister(machine.oom_notify_list, block)
    return result


def register_with_thread(rfc: OomNotifierThread, *, cached_stack: bool) -> RegisterOom:
    """The RFC's registration. `cached_stack`: the kernel has the stack of a dead thread left, so
    that a new one needs no memory (VMAP_STACK keeps two a CPU)."""
    thread = rfc.thread
    assert thread is not None

    def register(machine: Machine, current: Task, block: NotifierBlock) -> Routine:
        pointer = yield read(thread.pointer)
        if not pointer:
            pointer = yield from kthread_run(machine, current, thread, cached_stack)
            if pointer < 0:
                yield log(f"Unable to create OOM notifier thread ({pointer})")
                return pointer
            yield write(thread.pointer, pointer)
        result = yield from blocking_notifier_chain_register(machine.oom_notify_list, block)
        return result

    return register


def watch_registration(watch: OomWatch, thread: ThreadPointer) -> None:
    """Where it is to be seen how far a registration is."""
    registering = watch.registering
    if registering is None:
        return

    def looks(moment: Moment) -> Iterator[Op]:
        if not moment.result:
            yield ghost_write(registering, "making")

    def fails(moment: Moment) -> Iterator[Op]:
        yield ghost_write(registering, "none")
        yield witness(watch.seen, REGISTRATION_FAILS)

    observer = watch.observer
    observer.does("read", thread.pointer, "register", looks)
    observer.reaches("log", None, "register", fails)
    observer.does(
        "write", thread.pointer, "register", lambda moment: [ghost_write(registering, "made")]
    )
    observer.leaves(
        "register > blocking_notifier_chain_register",
        lambda moment: [ghost_write(registering, "none")],
    )


def kthread_run(
    machine: Machine, current: Task, thread: ThreadPointer, cached_stack: bool
) -> Routine:
    """Make a kernel thread and let it run (kernel/kthread.c). Result: its number, -EINTR if the
    asker was killed meanwhile, -ENOMEM if there was no memory."""
    got = cached_stack
    if not cached_stack:
        got = yield from alloc_page(machine, current, flags.GFP_KERNEL)
    killed = yield from fatal_signal_pending(current)
    if killed or not got:
        yield move(current.hand, machine.zone.free, ANY_AMOUNT)
        return -EINTR if killed else -ENOMEM
    yield move(current.hand, thread.stacks, ANY_AMOUNT)
    number = yield add(thread.made, 1)
    yield write(thread.started[number - 1], 1)
    return number


def run_when_made(rfc: OomNotifierThread, number: int, machine: Machine, current: Task) -> Routine:
    """The body of thread `number` (from 1): nothing until it has been made."""
    assert rfc.thread is not None
    yield wait_for(rfc.thread.started[number - 1], 1)
    yield from rfc.run(machine, current)
