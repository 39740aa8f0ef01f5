"""All differences, in the order of time.

A commit is named where it was looked up, a release as "read in" where its source was. The years
before 2019 come from the messages of the thread and the trees of the time.
"""

from __future__ import annotations

from oomlab.kernel.releases.difference import Difference
from oomlab.kernel.releases.traits import OOM_REAPER_DELAY_S
from oomlab.kernel_release import KernelRelease
from oomlab.registry import Registry

DIFFERENCES: Registry[str, Difference] = Registry(
    "difference between releases",
    (
        Difference(
            "victims-half",
            "A victim of the OOM killer may use half of the min mark, and no longer the last page.",
            KernelRelease(4, 14),
            "cd04ae1e2dc8",
            shows=("slow-path#who-may-go-below-which-mark",),
            traits={"victims_use_all_reserves": False},
        ),
        Difference(
            "isolation-once",
            "Where too many pages are off the lists, reclaim naps once and gives up; before, "
            "it napped without a limit.",
            KernelRelease(4, 14),
            "db73ee0d4637",
            shows=("running-out#how-long-is-a-round",),
            traits={"isolation_waits_without_limit": False},
        ),
        Difference(
            "mmu-notifiers",
            "The reaper leaves memory that others watch to the victim's own exit, and waits a "
            "second for it with `oom_lock` held.",
            KernelRelease(4, 14),
            "read in 4.14.5 and 4.19.0",
            traits={"reaper_spares_mmu_notifiers": True},
            until=KernelRelease(4, 19),
        ),
        Difference(
            "no-stall-warning",
            "A request that lasts ten seconds is no longer reported.",
            KernelRelease(4, 15),
            "400e22499dd9",
            shows=("lockdep#what-the-log-says",),
            traits={"stall_warnings": "none"},
        ),
        Difference(
            "balloon-outside",
            "The balloon allocates before it takes `balloon_lock`.",
            KernelRelease(4, 15),
            "c7cdff0e8647",
            shows=("merged#the-same-hazard-release-by-release",),
            traits={"balloon": "allocate-outside"},
        ),
        Difference(
            "administrators",
            "An administrator's processes no longer count 3 % less.",
            KernelRelease(4, 17),
            "d46078b28889",
            traits={"administrators_score_less": False},
        ),
        Difference(
            "mask-numbers",
            "The bits of a mask have other numbers, and again in 5.1, 6.9 and later.",
            KernelRelease(4, 18),
            "printed masks; see the page",
            shows=("gfp-masks#read-a-number-from-a-log",),
            why_none="The model reckons with the numbers of 4.13; other releases have tables of "
            "their own.",
        ),
        Difference(
            "no-nap",
            "The killer no longer naps with `oom_lock` held.",
            KernelRelease(4, 19),
            "9bfe5ded054b",
            shows=("merged#what-changed-around-it",),
            traits={"killer_naps_under_oom_lock": False},
        ),
        Difference(
            "reaper-without-lock",
            "The reaper takes no `oom_lock`.",
            KernelRelease(4, 19),
            "af5679fbc669",
            shows=(
                "merged#what-changed-around-it",
                "five-seconds#who-else-waits",
            ),
            traits={"reaper_takes_oom_lock": False},
        ),
        Difference(
            "nobody-to-kill",
            "The log says so when no process is eligible.",
            KernelRelease(4, 19),
            "3100dab2aa09",
            traits={"says_nobody_to_kill": True},
        ),
        Difference(
            "balloon-shrinker",
            "The balloon is a shrinker: every reclaim asks it, and the chain no longer does.",
            KernelRelease(4, 19),
            "71994620bb25, taken back by da10329cb057",
            shows=("merged#asked-too-early",),
            traits={"balloon": "shrinker"},
            until=KernelRelease(5, 7),
        ),
        Difference(
            "no-rcu",
            "RCU is no longer on the chain.",
            KernelRelease(4, 20),
            "d3cf56333af5 in its author's tree; there in 4.19.0, gone in 5.0.1",
            shows=("listeners#rcu",),
            traits={"rcu_notifier": False},
        ),
        Difference(
            "boost",
            "All marks are lifted for a while when blocks of movable and other pages get "
            "mixed, until kswapd has made a pass.",
            KernelRelease(5, 0),
            "1c30844d2dfe",
            traits={"watermark_boost": True},
        ),
        Difference(
            "reserves-forget-kswapd",
            "A request that was given reserves no longer wakes kswapd in its later rounds.",
            KernelRelease(5, 0),
            "the commit of September 2022 that takes it back, for 6.1",
            shows=("running-out#one-round-of-the-slow-path",),
            traits={"wakes_kswapd_each_round": False},
            until=KernelRelease(6, 1),
        ),
        Difference(
            "memcg-killable",
            "A group's task waits for `oom_lock` in a way that SIGKILL ends; the hung-task "
            "detector passes over such waits.",
            KernelRelease(5, 1),
            "7775face2079",
            shows=("chain#who-else-may-call",),
            traits={"memcg_waits_killably": True},
        ),
        Difference(
            "no-child",
            "The chosen process dies itself, and no child instead of it.",
            KernelRelease(5, 3),
            "bbbe48029720; the release from the change of the kill's line",
            traits={"children_die_first": False},
        ),
        Difference(
            "i915-rebuilt",
            "i915's callback waits for no object's lock, and asks for no memory.",
            KernelRelease(5, 8),
            "read in 5.8.18 and 7.3.4",
            shows=("listeners#i915",),
            why_none="The model's i915 is that of 4.13 in every release; H3c, H3d and H4 are about "
            "it.",
        ),
        Difference(
            "fault-asks-nobody",
            "A page fault that found no page is taken again, and asks nobody.",
            KernelRelease(5, 16),
            "60e2793d440a; also in later updates of older releases",
            shows=("chain#who-else-may-call",),
            traits={"page_fault_kills": False},
        ),
        Difference(
            "sysrq-kills",
            "SysRq-f kills although a listener has given pages back.",
            KernelRelease(5, 17),
            "f530243a172d",
            shows=(
                "chain#who-else-may-call",
                "review#repair-it-and-break-the-repair",
            ),
            traits={"sysrq_f_stops_at_freed_pages": False},
        ),
        Difference(
            "reaper-delay",
            "The reaper waits two seconds before it looks at a victim.",
            KernelRelease(5, 18),
            "e4a38402c36e; also in later updates of older releases",
            shows=("five-seconds#who-else-waits",),
            traits={"reaper_delay_s": OOM_REAPER_DELAY_S},
        ),
        Difference(
            "kswapd-kills",
            "kswapd asks the OOM killer itself, where `lru_gen/min_ttl_ms` is set: the "
            "listeners run on its stack.",
            KernelRelease(6, 1),
            "1332a809d95a",
            shows=("chain#who-else-may-call",),
            traits={"kswapd_calls_out_of_memory": True},
        ),
        Difference(
            "nofail-half",
            "A `__GFP_NOFAIL` request that got nothing may use half of the min mark, not a "
            "quarter.",
            KernelRelease(6, 3),
            "1ebbb21811b7; also in later updates of older releases",
            traits={"nofail_takes_half": True},
        ),
        Difference(
            "realtime-half",
            "A realtime task may use half of the min mark, not a quarter.",
            KernelRelease(6, 3),
            "not looked up; of the series of 1ebbb21811b7",
            shows=("slow-path#who-may-go-below-which-mark",),
            traits={"realtime_takes_half": True},
        ),
        Difference(
            "tuned-lists",
            "Each CPU's own list of free pages grows with the load, and is given back bit by "
            "bit: a request that is stuck for want of few pages frees itself after seconds.",
            KernelRelease(6, 7),
            "51a755c56dc0; real runs of 6.1, 6.12 and 7.3",
            shows=("report#does-free-memory-help",),
            traits={"tuned_percpu_lists": True},
        ),
        Difference(
            "names-owner",
            "The hung-task detector says who has the mutex that a task waits for.",
            KernelRelease(6, 15),
            "3cf67d61ff98; the release from logs",
            shows=("lockdep#what-the-log-says",),
            traits={"hung_task_names_owner": True},
        ),
        Difference(
            "ring-direct",
            "The balloon's ring has direct descriptors only, so that to add a buffer never "
            "allocates.",
            KernelRelease(7, 2),
            "read in 6.12.95, 7.2.6 and 7.3.4; in which release between is not known",
            shows=("second-report#was-it-the-right-place",),
            traits={"ring_is_direct": True},
        ),
        Difference(
            "stall-warning-again",
            "A request that lasts ten seconds is reported again: one a machine, ten seconds "
            "from one to the next.",
            KernelRelease(7, 3),
            "read in 7.3.4; in which release since 6.12 is not known",
            shows=("lockdep#what-the-log-says",),
            traits={"stall_warnings": "one in ten seconds"},
        ),
    ),
)
"""By a short name. Of two that set the same trait the later one counts, as long as it is so."""
