"""The rows of `oomlab.evidence.history`: key, date, who, what, kind, id, release, evidence.

A release is named only where a message or a tree says so. "Its text" is the message or the commit
message itself, read in an archive of the list; "quoted" means that a later message repeats it.
"""

from __future__ import annotations

from typing import Final, Literal

_Row = tuple[str, str, str, str, Literal["message", "commit"], str, str, str]

HANDA: Final = "Tetsuo Handa"
HOCKO: Final = "Michal Hocko"
TSIRKIN: Final = "Michael S. Tsirkin"
WANG: Final = "Wei Wang"
MCKENNEY: Final = "Paul E. McKenney"
HILDENBRAND: Final = "David Hildenbrand"
ITS_TEXT: Final = "its text"
_I_LOVE = "I-love.SAKURA.ne.jp"

BEFORE: tuple[_Row, ...] = (
    (
        "chain-introduced",
        "2006-09-25",
        "Martin Schwidefsky",
        "The chain of OOM notifiers: a driver that holds pages back may give some up before "
        "anybody is killed. The first user is the cooperative memory manager of s390.",
        "commit",
        "8bc719d3cab8414938f9ea6e33b58d8810d18068",
        "",
        ITS_TEXT,
    ),
    (
        "rcu-handler",
        "2012-06-12",
        MCKENNEY,
        "RCU registers on the chain, so that callbacks which may wait for long are invoked sooner "
        "when memory is short.",
        "commit",
        "b626c1b689364859ccd2e86d5e043aeadfeb2cd4",
        "",
        "its text; cited by its author in a message of June 2018",
    ),
    (
        "deflate-on-oom",
        "2014-11-10",
        "Raushaniya Maksudova and Denis V. Lunev",
        "The virtio balloon registers on the chain, if host and guest agree on a feature bit: it "
        "then lets out pages when the guest runs out of memory.",
        "commit",
        "5a10b7dbf904bfe01bb9fcc6298f7df09eed77d5",
        "",
        ITS_TEXT,
    ),
    (
        "one-oom-lock",
        "2015-04-27",
        "Johannes Weiner",
        "One mutex, `oom_lock`, takes the place of a flag in every zone.",
        "commit",
        "dc56401fc9f2",
        "4.2",
        "the patch; cited with its release in a message of November 2017",
    ),
    (
        "rcu-hotplug",
        "2015-07-12",
        MCKENNEY,
        "Lockdep reports a circle between the lock of CPU hotplug and the semaphore of the chain; "
        "RCU's callback stops taking the former.",
        "message",
        "",
        "",
        "the messages of 12 and 14 July",
    ),
    (
        "last-chance",
        "2017-08-24",
        HANDA,
        "The last attempt to allocate, made with `oom_lock` held, must not reclaim: with node "
        "reclaim it could wait for ever. The same kind of fault as in the report that follows.",
        "commit",
        "e746bf730a76",
        "4.13",
        "its text; its effect in 4.13.4, its absence in 4.12.4",
    ),
)

THREAD: tuple[_Row, ...] = (
    (
        "report",
        "2017-09-11",
        HANDA,
        "The report: the balloon's callback takes `balloon_lock`, which `fill_balloon` holds while "
        "it allocates; and the callback itself seems to allocate while it tells the host.",
        "message",
        f"201709111927.IDD00574.tFVJHLOSOOMQFF@{_I_LOVE}",
        "",
        ITS_TEXT,
    ),
    (
        "first-reply",
        "2017-09-29",
        TSIRKIN,
        "Not easy: the lock would have to be dropped while allocating. For telling the host, "
        "`GFP_KERNEL` without `__GFP_DIRECT_RECLAIM`.",
        "message",
        "20170929065654-mutt-send-email-mst@kernel.org",
        "",
        ITS_TEXT,
    ),
    (
        "nowait-answer",
        "2017-09-29",
        HANDA,
        "That mask is `GFP_NOWAIT` in effect and may fail often. A thread with a time limit could "
        "run the callback instead, or the whole chain.",
        "message",
        f"201709291344.FID60965.VHtMQFFJFSLOOO@{_I_LOVE}",
        "",
        ITS_TEXT,
    ),
    (
        "rfc",
        "2017-10-01",
        HANDA,
        "The RFC: a thread runs the chain, and `out_of_memory` waits for it for five seconds. It "
        "lists five users of the chain and asks for help with two.",
        "message",
        f"201710011444.IBD05725.VJSFHOOMOFtLQF@{_I_LOVE}",
        "",
        "its text, whole in the reply",
    ),
    (
        "five-seconds",
        "2017-10-02",
        TSIRKIN,
        "So the deadlock ends after five seconds; is that not a long downtime?",
        "message",
        "20171002065801-mutt-send-email-mst@kernel.org",
        "",
        ITS_TEXT,
    ),
    (
        "ugly-hack",
        "2017-10-02",
        HOCKO,
        "Notifiers are a hack, and virtio misuses them; a callback must not depend on any "
        "allocation. Do not make the interface more complex; try the lock instead of taking it.",
        "message",
        "20171002090627.547gkmzvutrsamex@dhcp22.suse.cz",
        "",
        ITS_TEXT,
    ),
    (
        "deprecate",
        "2017-10-02",
        HOCKO,
        "He would rather document the interface as deprecated.",
        "message",
        "20171002115035.7sph6ul6hsszdwa4@dhcp22.suse.cz",
        "",
        "quoted in the replies",
    ),
    (
        "never-allocates",
        "2017-10-02",
        TSIRKIN,
        "Telling the host never allocates: that branch is for longer lists. What matters is that "
        "inflation allocates under the mutex that the callback takes.",
        "message",
        "20171002170642-mutt-send-email-mst@kernel.org",
        "",
        ITS_TEXT,
    ),
    (
        "no-report",
        "2017-10-02",
        HANDA,
        "The time limit should rarely run out; no case from the field is known to him.",
        "message",
        f"201710022252.DDJ51535.JFQSLFHFVOtOOM@{_I_LOVE}",
        "",
        "quoted in the reply",
    ),
    (
        "conceded",
        "2017-10-02",
        HANDA,
        "He had overlooked that the list has one entry only. As the feature promises to deflate, "
        "the callback should not skip it when the lock is taken.",
        "message",
        f"201710022344.JII17368.HQtLOMJOOSFFVF@{_I_LOVE}",
        "",
        ITS_TEXT,
    ),
    (
        "trylock",
        "2017-10-07",
        HANDA,
        "A stress test did not reach the lockup. A patch all the same: try the lock, and give back "
        "nothing if somebody has it.",
        "message",
        f"201710072030.HGE12424.HFFMVLJOOStFQO@{_I_LOVE}",
        "",
        ITS_TEXT,
    ),
    (
        "three-tasks",
        "2017-10-09",
        HOCKO,
        "He draws the circle with three tasks: one in the callback, one inflating, one with the "
        "filesystem's lock that polls `oom_lock`.",
        "message",
        "20171009122817.t2kd7pcqmh3xaay5@dhcp22.suse.cz",
        "",
        ITS_TEXT,
    ),
    (
        "two-tasks",
        "2017-10-09",
        HANDA,
        "Two tasks are enough: the one with the filesystem's lock can be in the callback itself.",
        "message",
        f"201710092231.AEG21310.LFOtMQFFSJVOOH@{_I_LOVE}",
        "",
        "quoted whole in the reply",
    ),
    (
        "forgot-nofs",
        "2017-10-09",
        HOCKO,
        "Right; he had forgotten that the notifiers also run for requests without `__GFP_FS`.",
        "message",
        "20171009133734.u544mwyjipamc566@dhcp22.suse.cz",
        "",
        ITS_TEXT,
    ),
    (
        "trylock-formal",
        "2017-10-10",
        HANDA,
        f"The trylock patch, with the drawing of two tasks in its message; reviewed by {WANG}.",
        "message",
        f"1507632457-4611-1-git-send-email-penguin-kernel@{_I_LOVE}",
        "",
        ITS_TEXT,
    ),
)

PATCH: tuple[_Row, ...] = (
    (
        "outside-v1",
        "2017-10-13",
        TSIRKIN,
        "In its place: allocate before taking the lock. So the callback can deflate even while "
        "the balloon inflates.",
        "message",
        "1507900754-32239-1-git-send-email-mst@redhat.com",
        "",
        ITS_TEXT,
    ),
    (
        "array-overrun",
        "2017-10-13",
        HANDA,
        "The limit of 256 pages has moved behind the loop that allocates: a large request would "
        "run over the end of the array.",
        "message",
        f"201710132306.FBC78628.OJLHFVQSFOtOMF@{_I_LOVE}",
        "",
        ITS_TEXT,
    ),
    (
        "ping-pong",
        "2017-10-15",
        HANDA,
        "Deflating during inflation leads nowhere: the host's target stays as it is, and the pages "
        "are taken back.",
        "message",
        f"201710151438.FAD86443.tOOFHVOSFQJLMF@{_I_LOVE}",
        "",
        ITS_TEXT,
    ),
    (
        "stall-warning",
        "2017-10-26",
        HANDA,
        "Remove the warning about requests that wait for long: printing it could itself lock up "
        "the machine.",
        "commit",
        "400e22499dd92613821374c8c6c88c7225359980",
        "4.15",
        "the patch and its commit; cited with its release in a later message",
    ),
    (
        "outside-v3",
        "2017-11-08",
        TSIRKIN,
        "The third version of the patch, as it was merged.",
        "message",
        "1510154064-9709-1-git-send-email-mst@redhat.com",
        "",
        ITS_TEXT,
    ),
    (
        "merged",
        "2017-11-08",
        TSIRKIN,
        "What was merged: `fill_balloon` allocates first and takes `balloon_lock` afterwards.",
        "commit",
        "c7cdff0e864713a089d7cb3a2b1136ba9a54881a",
        "4.15",
        "its text; absent from 4.14.5, present in 4.15-rc1 by the report that follows",
    ),
    (
        "corruption",
        "2017-12-01",
        "Michael Ellerman",
        "That commit overwrites the first 64 KiB of powerpc guests with zeroes.",
        "message",
        "87o9nid3zn.fsf@concordia.ellerman.id.au",
        "",
        "its text, whole in the reply",
    ),
    (
        "index-fix",
        "2017-12-01",
        TSIRKIN,
        "A repair has been posted: count a page after its number is stored, not before. Ellerman "
        "tested it the same day.",
        "message",
        "20171201164129-mutt-send-email-mst@kernel.org",
        "",
        "its text and the answer; the repaired order in 4.19.0",
    ),
)

AFTERWARDS: tuple[_Row, ...] = (
    (
        "nonblocking-inflate",
        "2018-01-02",
        HANDA,
        "Inflate without `__GFP_DIRECT_RECLAIM`, under the lock again, and nap outside it: a "
        "guest that must give pages back need not fight for them. Not merged.",
        "message",
        f"1514904621-39186-1-git-send-email-penguin-kernel@{_I_LOVE}",
        "",
        "its text; absent from 4.19.0",
    ),
    (
        "before-oom-lock",
        "2018-06-20",
        HANDA,
        "Run the notifiers before taking `oom_lock`, under a mutex of their own. Not merged.",
        "message",
        f"1529493638-6389-1-git-send-email-penguin-kernel@{_I_LOVE}",
        "",
        "its text, whole in the reply; absent from 5.8.18",
    ),
    (
        "before-oom-lock-reply",
        "2018-06-20",
        "David Rientjes",
        "In favour: what frees memory belongs before the killing, and the chain is really the last "
        "form of reclaim.",
        "message",
        "alpine.DEB.2.21.1806201528490.16984@chino.kir.corp.google.com",
        "",
        ITS_TEXT,
    ),
    (
        "rcu-removed",
        "2018-07-02",
        MCKENNEY,
        f"Remove RCU's callback: it helps little. {HOCKO} adds that it sleeps with `oom_lock` "
        "held, and the next version says so.",
        "message",
        "20180702213714.GA7604@linux.vnet.ibm.com",
        "",
        "quoted in the replies; there in 4.19.0, gone in 5.0.1",
    ),
    (
        "no-nap",
        "2018-08-17",
        HOCKO,
        "No more nap of one jiffy with `oom_lock` held: others could starve the sleeper, and with "
        "it everybody who needs the lock.",
        "commit",
        "9bfe5ded054b8e28a94c78580f233d6879a00146",
        "4.19",
        "its text; its effect in 4.19.0; cited with its release in a later message",
    ),
    (
        "reaper-without-lock",
        "2018-08",
        HOCKO,
        "The OOM reaper no longer takes `oom_lock`.",
        "commit",
        "af5679fbc669",
        "",
        "its text; its effect in 4.19.0",
    ),
    (
        "shrinker",
        "2018-08",
        WANG,
        "The balloon leaves the chain and becomes a shrinker, asked early and often.",
        "commit",
        "71994620bb25a8b109388fefa9e99a28e355255a",
        "4.19",
        "its text; its effect in 4.19.0",
    ),
    (
        "notifier-again",
        "2020-03-11",
        HILDENBRAND,
        "The balloon becomes an OOM notifier again: as a shrinker it gave back pages while it was "
        "inflating against the page cache. A measurement comes with it.",
        "message",
        "20200311135523.18512-2-david@redhat.com",
        "",
        "its text; its effect in 5.8.18",
    ),
    (
        "notifier-again-commit",
        "2020",
        HILDENBRAND,
        "The same as it was merged. A first copy had come in by another tree and was taken back "
        "by commit `835a6a649d0d`; this is the one that stayed.",
        "commit",
        "da10329cb057",
        "",
        "cited by its author in a later message; its effect in 5.8.18",
    ),
    (
        "sysrq-kills",
        "2022-01-06",
        "Jann Horn",
        "SysRq-f is to kill although a listener has given pages back: until then one page was "
        "enough to satisfy it. So it is from Linux 5.17 on.",
        "message",
        "20220106102605.635656-1-jannh@google.com",
        "",
        "its text, made against 5.16-rc8; its effect in 7.3.4",
    ),
)

ROWS: tuple[_Row, ...] = (*BEFORE, *THREAD, *PATCH, *AFTERWARDS)
