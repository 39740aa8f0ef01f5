"""h2-three-task-poll: the OOM path belongs to a third task, and the cycle closes by polling.

As the two-task cycle, but whoever holds the filesystem lock never gets oom_lock: a third task has
it and waits in the balloon's callback. The lock holder only polls oom_lock. Hazard H2; drawn by
Michal Hocko on linux-mm, 9 October 2017.
"""

from __future__ import annotations

from oomlab.model import Model
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import (
    MACHINE_PARAMETERS,
    SMALL_SCOPE,
    add_balloon,
    add_page_faulting_task,
    boot,
    filesystem_task,
)
from oomlab.scenarios.parameters import Settings
from oomlab.scenarios.scenario import Expectation, Scenario


def build(settings: Settings, remedy: Remedy) -> Model:
    """The hog comes first: where two tasks act at the same microsecond, it wins oom_lock."""
    machine = boot(settings, remedy)
    fs_lock = machine.layout.mutex("fs_lock")
    add_page_faulting_task(
        machine,
        "hog",
        "owns most of the memory and touches more",
        int(settings["hog_pages"]),
        int(settings["touches"]),
    )
    machine.spawn(
        "fs_task",
        "writes to a file and holds the filesystem's lock while it needs a page",
        lambda task: filesystem_task(machine, task, fs_lock),
        process=machine.process("writer", 1),
    )
    add_balloon(machine, settings, remedy, fs_lock)
    return machine.model()


THREE_TASK_POLL = Scenario(
    "h2-three-task-poll",
    "a third task runs the callback; the filesystem lock's holder polls oom_lock",
    MACHINE_PARAMETERS,
    SMALL_SCOPE,
    build,
    (
        Expectation("mainline", "clock", "deadlock"),
        Expectation("mainline", "clock", "completed", {"give_back_pages": 512}),
        Expectation("mainline", "explorer", "lockup"),
        Expectation("offload", "clock", "recovered"),
        # With timeouts at any moment there are more states than the usual budget.
        Expectation("offload", "explorer", "exhausted-clean", timeouts="idle"),
        Expectation("allocate-outside", "clock", "completed"),
        Expectation("allocate-outside", "explorer", "exhausted-clean"),
    ),
)
