"""h1-two-task-cycle: two tasks, each holding the lock the other waits for.

The balloon's worker holds balloon_lock and, inside direct reclaim, waits for a filesystem lock. The
holder of that lock needs a page, wins oom_lock and runs the balloon's callback, which waits for
balloon_lock. Hazard H1; drawn by Tetsuo Handa on linux-mm, 9 October 2017.
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
    sleeping_process,
)
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Expectation, Scenario

FAULT_TASKS = Parameter(
    "fault_tasks", "ordinary tasks that touch memory and may have somebody killed", 0, 0, 1024
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """The filesystem task comes first: where two tasks act at the same microsecond, it wins."""
    machine = boot(settings, remedy)
    fs_lock = machine.layout.mutex("fs_lock")
    writer = machine.process("writer", 1)
    machine.spawn(
        "fs_task",
        "writes to a file and holds the filesystem's lock while it needs a page",
        lambda task: filesystem_task(machine, task, fs_lock),
        process=writer,
    )
    add_balloon(machine, settings, remedy, fs_lock)
    for i in range(int(settings["fault_tasks"])):
        add_page_faulting_task(
            machine, f"fault_task{i}", "touches memory", 1, int(settings["touches"])
        )
    machine.spawn(
        "hog",
        "owns most of the memory and sleeps",
        lambda task: sleeping_process(machine, task),
        process=machine.process("hog", int(settings["hog_pages"])),
        serves=True,
    )
    return machine.model()


TWO_TASK_CYCLE = Scenario(
    "h1-two-task-cycle",
    "the balloon's worker and the holder of a filesystem lock wait for each other",
    (FAULT_TASKS, *MACHINE_PARAMETERS),
    SMALL_SCOPE,
    build,
    (
        Expectation("mainline", "clock", "deadlock"),
        Expectation("mainline", "clock", "deadlock", {"fault_tasks": 1}),
        Expectation("mainline", "clock", "deadlock", {"give_back_pages": 512}),
        Expectation("mainline", "explorer", "lockup"),
        Expectation("offload", "clock", "livelock"),
        Expectation("offload", "clock", "recovered", {"fault_tasks": 1}),
        Expectation("offload", "explorer", "lockup"),
        Expectation("offload", "explorer", "lockup", timeouts="idle"),
        Expectation("allocate-outside", "clock", "completed"),
        Expectation("allocate-outside", "clock", "completed", {"fault_tasks": 1}),
        Expectation("allocate-outside", "explorer", "exhausted-clean"),
    ),
)
