"""witness: what real kernels were asked, with the parameters of the module that asked them.

A module registers an OOM notifier that does as it is told; see `oomlab.listeners.oomcheck` for who
is who. Each case of `tests/kernel/real` is this scenario with other settings, and with the remedy
`offload` where the case puts the callback into a thread.
"""

from __future__ import annotations

from math import ceil

from oomlab.engine.model import Model
from oomlab.kernel.machine import Machine
from oomlab.kernel.machine_settings import HUNG_TASK_S, LONGEST_HUNG_TASK_S
from oomlab.listeners.oomcheck import CALLBACKS, HOLDERS, MASKS, OomCheck, Orders, touching_process
from oomlab.remedies import Remedy
from oomlab.remedies.expected import TOO_LARGE
from oomlab.scenarios.cast import sleeping_process
from oomlab.scenarios.machines import COMMON_PARAMETERS, boot, with_default, without
from oomlab.scenarios.parameters import MOST_TASKS, Parameter, Settings
from oomlab.scenarios.scenario import Scenario, expect

MACHINE_PAGES = 114_688
"""What is left of the 512 MiB of the guests that were asked (our choice)."""

PARAMETERS = (
    Parameter(
        "callback",
        "what the notifier does: nothing (none), sleeps for sleep_ms, takes the mutex M (lock),"
        " tries to take it (trylock), asks for pages (alloc), or never returns",
        "none",
        only=CALLBACKS,
    ),
    Parameter(
        "holder",
        "for whom the holder of M waits: nobody holds it (none), for whoever calls the notifier"
        " (invoker), or for a third task while another one calls it (third)",
        "none",
        only=HOLDERS,
    ),
    Parameter("mask", "with which mask the notifier asks for pages", "kernel", only=tuple(MASKS)),
    Parameter("pages", "how many pages it asks for, one by one", 1, 1, 1 << 20),
    Parameter("sleep_ms", "how long it sleeps, in milliseconds", 1000, 1, 10**9),
    Parameter(
        "freed_pages",
        "pages that it gives back when it is called first",
        0,
        0,
        1 << 28,
        within="managed_pages",
    ),
    Parameter(
        "invoker_mask",
        "with which mask the others ask: with kernel they may have somebody killed, with nofs not",
        "kernel",
        only=("kernel", "nofs"),
    ),
    Parameter(
        "served_pages",
        "pages that whoever is waited for must be given before it counts as served",
        16,
        1,
        1 << 28,
        within="managed_pages",
    ),
    Parameter("rounds", "how often it must be served, from one call to the next", 1, 1, 100),
    Parameter("victims", "idle processes that can be killed", 3, 1, MOST_TASKS),
    Parameter("victim_pages", "pages of each", 16_384, 1, 1 << 28, within="managed_pages"),
    Parameter("bystanders", "processes that touch memory from bystander_s on", 0, 0, MOST_TASKS),
    Parameter("bystander_pages", "pages of each at first", 1, 1, 1 << 28, within="managed_pages"),
    Parameter("bystander_touches", "pages that each touches (0: without end)", 1, 0, 1 << 28),
    Parameter("bystander_s", "when they begin, in simulated seconds", 0.0, 0.0, 1e6),
    Parameter(
        "oom_kill_allocating_task",
        "1 to have the kernel kill whoever asks (vm.oom_kill_allocating_task), 0 to have it choose",
        0,
        only=(0, 1),
    ),
    Parameter(
        "hung_task_s",
        "kernel.hung_task_timeout_secs, in seconds, for the log of a run (0: never)",
        HUNG_TASK_S,
        0,
        LONGEST_HUNG_TASK_S,
    ),
    Parameter("idle", "1 if nobody asks for pages but the bystanders, 0 if not", 0, only=(0, 1)),
    *with_default(
        without(
            COMMON_PARAMETERS,
            "callback_pages",
            "hog_pages",
            "touches",
            "oom_caller",
            "admin_kills_s",
        ),
        "managed_pages",
        MACHINE_PAGES,
    ),
)

SMALL: Settings = {"managed_pages": 1024, "victims": 1, "victim_pages": 2, "served_pages": 1}
"""Sizes under which it is explored unless told otherwise."""


def build(settings: Settings, remedy: Remedy) -> Model:
    """The module and its tasks come last: all others are there before it is loaded."""
    machine = boot(settings, remedy)
    add_victims(machine, settings)
    add_bystanders(machine, settings)
    OomCheck.check_init(machine, orders(settings))
    return machine.model()


def orders(settings: Settings) -> Orders:
    """What the module is told."""
    return Orders(
        settings["callback"],
        settings["holder"],
        MASKS[settings["mask"]],
        MASKS[settings["invoker_mask"]],
        int(settings["pages"]),
        ceil(settings["sleep_ms"] * settings["hz"] / 1000),
        int(settings["freed_pages"]),
        int(settings["served_pages"]),
        int(settings["rounds"]),
        bool(settings["idle"]),
    )


def add_victims(machine: Machine, settings: Settings) -> None:
    """Processes that own memory and sleep: whom the OOM killer has to choose from."""
    for i in range(int(settings["victims"])):
        name = f"victim{i + 1}"
        machine.spawn(
            name,
            "owns memory and sleeps",
            lambda task: sleeping_process(machine, task),
            process=machine.process(name, int(settings["victim_pages"])),
            serves=True,
        )


def add_bystanders(machine: Machine, settings: Settings) -> None:
    """Processes that come to need memory."""
    touches = int(settings["bystander_touches"])
    for i in range(int(settings["bystanders"])):
        name = f"bystander{i + 1}"
        machine.spawn(
            name,
            "touches memory",
            lambda task: touching_process(machine, task, touches),
            process=machine.process(name, int(settings["bystander_pages"])),
            foreground=touches > 0,
            starts_at_us=round(1_000_000 * settings["bystander_s"]),
        )


_IN_CONTEXT = "mainline before-oom-lock"
_OFFLOADED = "offload offload-sequence offload-repaired"
_ALL = f"{_IN_CONTEXT} {_OFFLOADED}"
_EXPLORED = f"{_IN_CONTEXT} offload offload-repaired"
_INVOKER: Settings = {"callback": "lock", "holder": "invoker"}
_THIRD: Settings = {"callback": "lock", "holder": "third"}

WITNESS = Scenario(
    "witness",
    "a module's notifier does as it is told, as in the runs of real kernels",
    PARAMETERS,
    SMALL,
    build,
    (
        *expect("clock", {"recovered": _ALL}),
        *expect("explorer", {"exhausted-clean": _EXPLORED, TOO_LARGE: "offload-sequence"}),
        *expect("clock", {"deadlock": _IN_CONTEXT, "recovered": _OFFLOADED}, _INVOKER),
        *expect(
            "explorer",
            {
                "lockup": _IN_CONTEXT,
                "exhausted-clean": "offload offload-repaired",
                TOO_LARGE: "offload-sequence",
            },
            _INVOKER,
        ),
        *expect("clock", {"deadlock": _IN_CONTEXT, "recovered": _OFFLOADED}, _THIRD),
        *expect("explorer", {"lockup": _IN_CONTEXT}, _THIRD),
    ),
    titles=("A module's notifier, as on real kernels",),
)
