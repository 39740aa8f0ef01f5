"""r12-thread-before-block, r13-registration-fails: what lies between asking for the chain's thread
and having a listener in the chain.

With the RFC the first registration makes the thread, stores the pointer, and adds the listener, in
this order. Making the thread may need memory, and may therefore lead to the OOM killer itself: it
finds no thread yet and leaves the chain alone. Once the pointer is there, a walk may find the chain
without the listener. Neither does harm. But a task that is killed while it waits for its thread
gets an error from a function that could not fail before.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_hog
from oomlab.scenarios.machines import COMMON_PARAMETERS, SMALL_MACHINE, boot, with_default
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.review.plain_listener import PlainListener
from oomlab.scenarios.review.registration import add_module
from oomlab.scenarios.scenario import Scenario, expect

PARAMETERS = (
    Parameter(
        "module_pages",
        "pages of the process that loads the module",
        1,
        1,
        1 << 28,
        within="managed_pages",
    ),
    Parameter("cached_stack", "1 if a stack for the thread is at hand, 0 if not", 0, only=(0, 1)),
    *COMMON_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """One module, and a task that needs memory."""
    machine = boot(settings, remedy, threads=1, cached_stack=bool(settings["cached_stack"]))
    driver = PlainListener.declare(machine, "driver", 1)
    machine.oom_notify_list.let_change(machine.layout, driver.block)
    add_module(machine, driver.block, rss=int(settings["module_pages"]))
    add_hog(machine, settings)
    return machine.model()


THREAD_BEFORE_BLOCK = Scenario(
    "r12-thread-before-block",
    "the thread exists before the listener that had it made is in the chain",
    with_default(PARAMETERS, "cached_stack", 1),
    {**SMALL_MACHINE, "ghosts": 2},
    build,
    (
        *expect("clock", {"completed": "mainline offload"}),
        *expect("explorer", {"exhausted-clean": "mainline offload"}),
    ),
    titles=("The thread is there before its listener",),
)

REGISTRATION_FAILS = Scenario(
    "r13-registration-fails",
    "a task is killed while the thread is made for it, and its driver is refused",
    with_default(PARAMETERS, "module_pages", 16384),
    {**SMALL_MACHINE, "module_pages": 128, "ghosts": 2},
    build,
    (
        *expect("clock", {"completed": "mainline", "recovered": "offload"}),
        *expect("explorer", {"exhausted-clean": "mainline offload"}),
    ),
    titles=("A driver is refused for want of a thread",),
)
