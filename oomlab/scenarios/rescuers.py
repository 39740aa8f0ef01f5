"""Other callers of the OOM killer, which any scenario can be given besides its own tasks."""

from __future__ import annotations

from oomlab.kernel.machine import Machine
from oomlab.kernel.sysrq import moom_callback


def add_sysrq(machine: Machine, starts_at_us: int, name: str = "sysrq") -> None:
    """Somebody presses SysRq-f."""
    machine.spawn(
        name,
        "a kernel worker that was asked for an OOM kill by hand",
        lambda task: moom_callback(machine, task),
        is_worker=True,
        starts_at_us=starts_at_us,
    )
