"""Which release a scenario's machine is of, and with which memory it begins."""

from __future__ import annotations

from dataclasses import replace

from oomlab.engine.model import Layout
from oomlab.engine.slots import Says
from oomlab.kernel.machine import Machine
from oomlab.kernel.percpu_lists import PerCpuLists, vmstat_update
from oomlab.kernel.releases import (
    KERNEL_4_13,
    KERNELS,
    OOM_REAPER_DELAY_S,
    Traits,
    traits_of,
)
from oomlab.kernel.vmscan import kswapd
from oomlab.kernel.zone import Kswapd, Zone, watermarks_for
from oomlab.scenarios.parameters import Parameter, Settings

AS_RELEASED = 2
"""As a trait, which can be 0 or 1: what the release does."""

_EITHER = (0, 1, AS_RELEASED)

RELEASE_PARAMETERS = (
    Parameter(
        "kernel", "release whose OOM killer and reserves are modelled", KERNEL_4_13, only=KERNELS
    ),
    Parameter(
        "killer_naps",
        "1 if the killer naps with oom_lock held after a kill, 0 if not, 2 as the release does",
        AS_RELEASED,
        only=_EITHER,
    ),
    Parameter(
        "reaper_lock",
        "1 if the reaper takes oom_lock, 0 if not, 2 as the release does",
        AS_RELEASED,
        only=_EITHER,
    ),
    Parameter(
        "reaper_waits",
        "1 if the reaper waits two seconds before it looks at a victim, 0 if not, 2 as the release"
        " does",
        AS_RELEASED,
        only=_EITHER,
    ),
)
"""The release, and three of its traits on their own."""

MEMORY_PARAMETERS = (
    Parameter(
        "spare_pages",
        "pages that are free above the min watermark",
        0,
        0,
        1 << 28,
        within="managed_pages",
    ),
    Parameter(
        "list_pages",
        "pages in the per-CPU lists, where these follow the load (since 6.7); elsewhere none",
        1024,
        0,
        1 << 28,
        within="managed_pages",
    ),
    Parameter(
        "fixed_lists",
        "1 if vm.percpu_pagelist_high_fraction is set, so that those lists keep what they have,"
        " 0 if not",
        0,
        only=(0, 1),
    ),
    Parameter(
        "boost_pages",
        "pages by which the watermarks are boosted until kswapd has made a pass (since 5.0)",
        0,
        0,
        1 << 28,
        within="managed_pages",
    ),
    Parameter(
        "min_ttl",
        "1 if lru_gen/min_ttl_ms is set, to more than the run is long, 0 if not (since 6.1)",
        0,
        only=(0, 1),
    ),
)
"""What the memory is like when the run begins.

Our choice: nothing is free above the min mark, and the lists are full. Both rest on real machines
(book/data/real-kernel.json): those whose lists are fixed came to their first OOM with the same free
pages, but for 24, and those whose lists follow the load had hundreds of pages in them that came
back within seconds. A boost made no difference there.
"""

START_OF_SMALL: Settings = {"list_pages": 81}
"""For a small machine, of 1,024 pages: one page of the lists comes back."""


def traits_for(settings: Settings) -> Traits:
    """The release's traits, with those that the settings name on their own."""
    traits = traits_of(settings["kernel"])
    if settings["killer_naps"] != AS_RELEASED:
        traits = replace(traits, killer_naps_under_oom_lock=bool(settings["killer_naps"]))
    if settings["reaper_lock"] != AS_RELEASED:
        traits = replace(traits, reaper_takes_oom_lock=bool(settings["reaper_lock"]))
    if settings["reaper_waits"] != AS_RELEASED:
        traits = replace(traits, reaper_delay_s=OOM_REAPER_DELAY_S * settings["reaper_waits"])
    return traits


def declare_zone(layout: Layout, settings: Settings, traits: Traits, cache: int) -> Zone:
    """The zone as the settings have it begin, with `cache` pages that reclaim can free."""
    managed = int(settings["managed_pages"])
    marks = watermarks_for(managed)
    zone = Zone.declare(layout, marks.min + int(settings["spare_pages"]), cache, marks)
    listed = int(settings["list_pages"])
    if listed and traits.tuned_percpu_lists and not settings["fixed_lists"]:
        zone = replace(zone, lists=PerCpuLists.declare(layout, listed, managed, marks))
    if settings["boost_pages"] and traits.watermark_boost:
        boosted = layout.pool(
            "kept back by a boost",
            int(settings["boost_pages"]),
            role="kept",
            says={"move": Says(told="{pages} are no longer kept back by a boost ({task})")},
        )
        zone = replace(zone, boosted=boosted)
    return zone


def declare_kswapd(layout: Layout, settings: Settings, traits: Traits) -> Kswapd | None:
    """The swapper's part of the node, where somebody must end a boost or ask the OOM killer."""
    boosts = settings["boost_pages"] and traits.watermark_boost
    asks = settings["min_ttl"] and traits.kswapd_calls_out_of_memory
    return Kswapd.declare(layout) if boosts or asks else None


def add_keepers(machine: Machine) -> None:
    """Add those who give memory back with nobody giving anything up: kswapd, and whoever lets the
    per-CPU lists decay."""
    pgdat, lists = machine.kswapd, machine.zone.lists
    if pgdat is not None:
        machine.spawn(
            "kswapd",
            "kernel thread that reclaims in the background",
            lambda task: kswapd(machine, pgdat, task),
            serves=True,
        )
    if lists is not None:
        machine.spawn(
            "vmstat",
            "lets the per-CPU lists decay, once a second",
            lambda task: vmstat_update(machine, lists),
            serves=True,
        )
