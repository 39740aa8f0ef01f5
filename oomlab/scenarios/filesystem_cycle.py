"""What the first two hazards have in common: the balloon's worker and a filesystem's lock.

The worker holds balloon_lock while it asks for pages, and its reclaim waits for a filesystem lock;
the holder of that lock needs a page. Who of all tasks comes to run the balloon's callback makes the
difference.
"""

from __future__ import annotations

from oomlab.model import Model
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import (
    MACHINE_PARAMETERS,
    add_balloon,
    add_filesystem_task,
    add_hog,
    add_page_faulting_task,
    add_sleeping_hog,
    boot,
)
from oomlab.scenarios.parameters import Parameter, Settings

PARAMETERS = (
    Parameter(
        "fault_tasks", "ordinary tasks that touch memory and may have somebody killed", 0, 0, 1024
    ),
    *MACHINE_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """With `oom_caller` 0 the filesystem's task comes first, with 1 the hog: where two tasks act at
    the same microsecond, the first one wins oom_lock."""
    machine = boot(settings, remedy)
    fs_lock = machine.layout.mutex("fs_lock")
    if settings["oom_caller"]:
        add_hog(machine, settings)
    add_filesystem_task(machine, fs_lock)
    add_balloon(machine, settings, remedy, fs_lock)
    for i in range(int(settings["fault_tasks"])):
        add_page_faulting_task(
            machine, f"fault_task{i}", "touches memory", 1, int(settings["touches"])
        )
    if not settings["oom_caller"]:
        add_sleeping_hog(machine, settings)
    return machine.model()
