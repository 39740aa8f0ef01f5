"""What a release of the kernel does otherwise than another, each thing as a plain fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StallWarnings = Literal["each task", "none", "one in ten seconds"]
"""Who is told of in the allocator's stall warning: every task on its own, nobody, or whoever comes
first, ten seconds after the last warning of the machine at the earliest."""

OOM_REAPER_DELAY_S = 2.0
"""OOM_REAPER_DELAY, where the reaper has one."""


@dataclass(frozen=True)
class Traits:
    """What a kernel routine must know of the release it belongs to; the defaults are those of 4.13.

    A routine asks for a trait and never for a release: `traits_of` says which release has which.

    The killer:

    - `killer_naps_under_oom_lock`: after a kill it sleeps a tick before it lets go of oom_lock.
    - `children_die_first`: a child of the chosen process is killed instead of it.
    - `administrators_score_less`: their processes count 3 % less.
    - `says_nobody_to_kill`: it logs that no process is eligible.
    - `sysrq_f_stops_at_freed_pages`: pages from a listener save everybody from SysRq-f.
    - `page_fault_kills`: a page fault that found no page asks the OOM killer on its way out.
    - `kswapd_calls_out_of_memory`: so may kswapd, where `lru_gen/min_ttl_ms` is set.
    - `memcg_waits_killably`: a group's OOM waits for oom_lock in a way that SIGKILL ends, and that
      the hung-task detector passes over.

    The reaper:

    - `reaper_takes_oom_lock`: it waits for that lock before each attempt.
    - `reaper_delay_s`: from the kill to its first attempt, in seconds.
    - `reaper_spares_mmu_notifiers`: it leaves memory that others watch to the victim's own exit.

    The allocator:

    - `victims_use_all_reserves`: an OOM victim may take the last page, not only half the
      min mark.
    - `isolation_waits_without_limit`: reclaim naps as long as too many pages are isolated,
      not once only.
    - `nofail_takes_half`: a `__GFP_NOFAIL` request that got nothing may use half of the min mark
      instead of a quarter of it.
    - `realtime_takes_half`: so may a realtime task.
    - `wakes_kswapd_each_round`: so does a request that was given reserves, and not in its first
      round only.
    - `watermark_boost`: all marks may be lifted for a while, until kswapd has made a pass.
    - `tuned_percpu_lists`: the lists of free pages that each CPU keeps grow with the load and are
      given back bit by bit.

    The listeners:

    - `rcu_notifier`: RCU is on the notifier chain.
    - `balloon`: what the released balloon does, as the name of a remedy.

    - `ring_is_direct`: the ring between the balloon and its host takes no indirect descriptors.

    What is seen:

    - `stall_warnings`: see StallWarnings.
    - `hung_task_names_owner`: the hung-task detector says who has the mutex.
    """

    killer_naps_under_oom_lock: bool = True
    children_die_first: bool = True
    administrators_score_less: bool = True
    says_nobody_to_kill: bool = False
    sysrq_f_stops_at_freed_pages: bool = True
    page_fault_kills: bool = True
    kswapd_calls_out_of_memory: bool = False
    memcg_waits_killably: bool = False
    reaper_takes_oom_lock: bool = True
    reaper_delay_s: float = 0.0
    reaper_spares_mmu_notifiers: bool = False
    victims_use_all_reserves: bool = True
    isolation_waits_without_limit: bool = True
    nofail_takes_half: bool = False
    realtime_takes_half: bool = False
    wakes_kswapd_each_round: bool = True
    watermark_boost: bool = False
    tuned_percpu_lists: bool = False
    rcu_notifier: bool = True
    balloon: str = "mainline"
    ring_is_direct: bool = False
    stall_warnings: StallWarnings = "each task"
    hung_task_names_owner: bool = False
