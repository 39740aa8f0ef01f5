"""The machine that scenarios play on: what it can be told, its usual sizes, and how it boots."""

from __future__ import annotations

from dataclasses import replace

from oomlab.engine.model import Layout
from oomlab.engine.slots import Says
from oomlab.kernel.machine import Machine
from oomlab.kernel.machine_settings import Costs, Switches
from oomlab.kernel.oom_notify import Terms
from oomlab.kernel.oom_reaper import add_oom_reaper
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import give_back, kill_by_hand
from oomlab.scenarios.parameters import Parameter, Settings, Value
from oomlab.scenarios.release import (
    MEMORY_PARAMETERS,
    RELEASE_PARAMETERS,
    START_OF_SMALL,
    add_keepers,
    declare_kswapd,
    declare_zone,
    traits_for,
)
from oomlab.scenarios.rescuers import RESCUER_PARAMETERS, add_rescuers

COMMON_PARAMETERS = (
    Parameter("managed_pages", "size of the machine, in pages of 4 KiB", 16384, 1024, 1 << 28),
    Parameter("callback_pages", "pages a callback wants to give back at most", 256, 0, 1 << 28),
    Parameter(
        "hog_pages",
        "pages of the largest process, the OOM killer's choice",
        8192,
        1,
        1 << 28,
        within="managed_pages",
    ),
    Parameter("touches", "pages an ordinary task touches, in turn (0: without end)", 1, 0, 10000),
    Parameter(
        "oom_caller",
        "who asks the OOM killer: 0 a filesystem task, which others may wait for and which may not"
        " kill, 1 a third task, which may",
        1,
        only=(0, 1),
    ),
    Parameter(
        "give_back_pages",
        "pages that come back from outside at give_back_s",
        0,
        0,
        1 << 28,
        within="managed_pages",
    ),
    Parameter("give_back_s", "when they come back, in simulated seconds", 2.0, 0.0, 1e6),
    Parameter(
        "admin_kills_s",
        "when an administrator kills the largest process by hand, in simulated seconds (0: never)",
        0.0,
        0.0,
        1e6,
    ),
    Parameter("reclaim_us", "cost of one fruitless reclaim round, in microseconds", 500, 1, 10**12),
    Parameter(
        "oom_return_us",
        "longest way from releasing oom_lock back into the allocator, in microseconds",
        1,
        1,
        10**12,
    ),
    Parameter(
        "exit_us",
        "longest time from a victim's notice of SIGKILL until its memory is free, in microseconds",
        4_000,
        1,
        10**12,
    ),
    Parameter(
        "reap_us",
        "longest time that the OOM reaper takes to free a victim's memory, in microseconds",
        4_000,
        1,
        10**12,
    ),
    Parameter("print_us", "time to print the report of a kill, in microseconds", 1_000, 0, 10**12),
    Parameter(
        "wake_us",
        "longest time until a task runs that was woken because a mutex is free, in microseconds;"
        " whoever runs may take it meanwhile, once (0: at once, and nobody steals)",
        0,
        0,
        10**6,
    ),
    Parameter(
        "timeout_s", "the offload's time limit, in seconds (0: the remedy's own)", 0.0, 0.0, 1e6
    ),
    *RELEASE_PARAMETERS,
    *MEMORY_PARAMETERS,
    Parameter("hz", "timer ticks a second", 250, only=(100, 250, 1000)),
    Parameter(
        "ghosts",
        "1 to watch which request each answer is for, 2 to watch more closely, 0 not to watch",
        0,
        only=(0, 1, 2),
    ),
    Parameter(
        "fs_test_first",
        "1 to send requests without __GFP_FS away before the listeners are asked (our what-if),"
        " 0 to ask first, as the kernel does",
        0,
        only=(0, 1),
    ),
    *RESCUER_PARAMETERS,
    Parameter("limit_s", "simulated seconds after which the run is cut off", 120.0, 0.001, 1e6),
)
"""What every scenario can be told about its machine."""

COSTS = ("reclaim_us", "oom_return_us", "exit_us", "reap_us", "print_us", "wake_us")
"""Those of them that are Costs, under the same names."""

BALLOON_PARAMETERS = (
    Parameter(
        "balloon_pages", "pages already lent to the host", 4096, 0, 1 << 28, within="managed_pages"
    ),
    Parameter("batch", "pages the balloon's array has room for", 256, 1, 256),
    Parameter("deflate_on_oom", "1 if DEFLATE_ON_OOM was negotiated, 0 if not", 1, only=(0, 1)),
    Parameter("host_us", "time the host takes to answer, in microseconds", 100, 1, 10**12),
)
"""What every scenario with a balloon can be told about it."""

WORKER_PARAMETERS = (
    Parameter("inflate_pages", "pages the inflating worker is asked for", 256, 1, 1 << 20),
    Parameter("rounds", "invocations after which the inflating worker gives up", 1, 1, 10000),
    Parameter(
        "reclaim_meets_fs",
        "1 if the inflating worker's reclaim runs into the filesystem's lock, 0 if not",
        1,
        only=(0, 1),
    ),
)
"""What every scenario with an inflating worker can be told about it."""

MACHINE_PARAMETERS = (*COMMON_PARAMETERS, *BALLOON_PARAMETERS, *WORKER_PARAMETERS)
"""All of these."""

SMALL_MACHINE: Settings = {"managed_pages": 1024, "hog_pages": 64, **START_OF_SMALL}
"""Sizes under which a scenario is explored unless told otherwise: fewest pages."""

SMALL_BALLOON: Settings = {**SMALL_MACHINE, "balloon_pages": 1, "batch": 1}
"""The same for scenarios with a balloon."""

SMALL_SCOPE: Settings = {**SMALL_BALLOON, "inflate_pages": 1, "touches": 0}
"""The same for scenarios with an inflating worker, in which ordinary tasks never stop asking for
memory, so that there is always somebody who may kill."""


def with_default(
    parameters: tuple[Parameter, ...], name: str, default: Value
) -> tuple[Parameter, ...]:
    """The same parameters, one of them with another default."""
    return tuple(replace(p, default=default) if p.name == name else p for p in parameters)


def without(parameters: tuple[Parameter, ...], *names: str) -> tuple[Parameter, ...]:
    """The same parameters but those called `names`."""
    return tuple(p for p in parameters if p.name not in names)


def boot(
    settings: Settings,
    remedy: Remedy,
    *,
    cache: int = 0,
    threads: int = 0,
    cached_stack: bool = True,
    suspends: bool = False,
) -> Machine:
    """A machine whose memory is used up as the settings say, with the remedy's way of delivering
    the chain, the OOM reaper and, if pages come back from outside, whoever gives them back.

    `cache`: pages that reclaim can free. `threads`
    and `cached_stack`: see Terms, for listeners that are registered later. `suspends`: somebody is
    going to switch the OOM killer off."""
    traits = traits_for(settings)
    layout = Layout()
    timeout_s = float(settings["timeout_s"] or remedy.timeout_s or 0)
    delivery = remedy.delivery.declare(layout, Terms(timeout_s, threads, cached_stack))
    machine = Machine.boot(
        layout,
        declare_zone(layout, settings, traits, cache),
        delivery,
        hz=int(settings["hz"]),
        costs=Costs(**{name: int(settings[name]) for name in COSTS}),
        traits=traits,
        total_pages=int(settings["managed_pages"]),
        switches=Switches(
            fs_test_first=bool(settings["fs_test_first"]),
            oom_kill_allocating_task=bool(settings.get("oom_kill_allocating_task")),
            min_ttl=bool(settings["min_ttl"]),
        ),
        kswapd=declare_kswapd(layout, settings, traits),
        suspends=suspends or bool(settings.get("suspend")),
        ghosts=int(settings["ghosts"]),
    )
    add_oom_reaper(machine)
    add_keepers(machine)
    delivery.start(machine)
    add_rescuers(machine, settings)
    if settings["give_back_pages"]:
        elsewhere = layout.pool(
            "memory held elsewhere",
            int(settings["give_back_pages"]),
            role="outside",
            says={"move": Says(told="{pages} come back from outside")},
        )
        when = round(settings["give_back_s"] * 1_000_000)
        machine.spawn(
            "outside",
            "something unrelated that gives memory back",
            lambda task: give_back(machine, elsewhere, when),
            serves=True,
        )
    if settings.get("admin_kills_s"):
        by_hand = round(settings["admin_kills_s"] * 1_000_000)
        machine.spawn(
            "admin",
            "an administrator who kills the largest process",
            lambda task: kill_by_hand(machine, by_hand),
            serves=True,
        )
    return machine
