"""What a person with the log wants to hear first: of made-up logs, the words that must be there,
and words that would mislead."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from oomlab.logs.read import read_log
from oomlab.logs.sentences import additions, sentence
from oomlab.logs.story import explain
from oomlab.logs.whole_log import Log

SAMPLES = Path(__file__).parent / "samples"

ANSWERS = {
    "2.6.32-el6": (("2.6.32, numbered as 2.6.39 to 3.2",), ()),
    "4.4-order2-highmem": (
        ("4 pages in a row (order 2, allocator)", "39412 pages are free in zone HighMem"), ()),
    "4.9-spare-fault": (("911000 pages were free: memory was not short",), ()),
    "4.15-policy": (("the nodes of a memory policy (1)",), ("the cpuset",)),
    "5.4-cpuset": (("the nodes of the cpuset batch (1)", "reaped (line 30)"),
                   ("memory policy", "before the next call")),
    "5.15-shrinker-lockdep": (
        ("takes: fs_reclaim, &bl->bramble_lock. It", "kswapd0 was the one who asked"),
        ("bramble_lock, shrinker_rwsem",)),
    "6.1-two-processors": (
        ("swapper/2 did not get 8 pages in a row (order 3)", "oom_kill_allocating_task",
         "the cache kmalloc-rnd-8k did not get memory"), ("nodemask=",)),
    "6.5-whole-group": (
        ("(limit 262,144 kB)", "tapir-web and 1 more of the group were killed",
         "the whole group dies"), ()),
    "6.15-stuck": (
        ("A worker does not come back", "88:update_balloon_size_func [virtio_balloon]",
         "waiting behind it: vmstat_shepherd", "processor 2, running fig thread:1:733",
         "A grace period of RCU does not end: rcu_preempt"), ("ordinary",)),
    "6.8-list-cut": (
        ("fsr waits for balloon_lock, held by kworker/0:1",), ("for which fsr waits",)),
    "6.16-two-mutexes": (
        ("in a circle: holly -> ivy -> holly",), ("who has the lock asked for in briar_commit",)),
}  # fmt: skip


def told(log: Log) -> str:
    """The answer and the records, as the command prints them."""
    lines = [*explain(log).lines()]
    for one in log.incidents:
        lines += [sentence(one), *additions(one)]
    return "\n".join(lines)


@pytest.mark.parametrize("sample", ANSWERS)
def test_the_answer_says_what_matters(sample: str) -> None:
    text = told(read_log(SAMPLES / f"{sample}.log"))
    said, misleading = ANSWERS[sample]
    assert [words for words in said if words not in text] == []
    assert [words for words in misleading if words in text] == []


POD = """\
[{t}.1] rook invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=994
[{t}.1] CPU: 1 PID: {pid} Comm: rook Not tainted 6.8.12-4-pve #1
[{t}.1] memory: usage 131072kB, limit 131072kB, failcnt 31
[{t}.2] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,\
oom_memcg=/pods/{group},task_memcg=/pods/{group}/c,task=rook,pid={pid},uid=0
[{t}.2] Memory cgroup out of memory: Killed process {pid} (rook) total-vm:404044kB, \
anon-rss:129044kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:636kB oom_score_adj:994
"""


def pods(groups: list[str]) -> str:
    """The answer to a log in which these groups ran full, one after the other."""
    text = "".join(
        POD.format(t=10 * n, pid=500 + n, group=group) for n, group in enumerate(groups, start=1)
    )
    return told(read_log(io.BytesIO(text.encode())))


def test_every_group_that_was_full_is_counted() -> None:
    assert "Memory of a group ran out, /pods/a (limit 131,072 kB): rook was" in pods(["a"])
    assert "Memory of a group ran out 3 times, /pods/a (limit" in pods(["a"] * 3)
    many = pods(["a", "b", "a", "c", "d", "e", "f"])
    assert "Memory of 6 groups ran out, 7 times in all: /pods/a (2), /pods/b (1)" in many
    assert "and 2 more. rook:501 was the first" in many


@pytest.mark.parametrize(
    ("work", "severity"),
    [
        ("88:update_balloon_size_func [virtio_balloon] for 41s", "lockup"),
        ("9:moom_callback", "lockup"),
        ("88:fern_tick [fern]", "notice"),
    ],
)
def test_a_stalled_worker_is_weighed_by_its_work(work: str, severity: str) -> None:
    text = (
        "[1.0] Linux version 6.1.9\n"
        "[500.1] BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 41s!\n"
        "[500.1] Showing busy workqueues and worker pools:\n"
        "[500.1] workqueue events: flags=0x0\n"
        f"[500.1]     in-flight: {work}\n"
    )
    (found,) = explain(read_log(io.BytesIO(text.encode()))).findings
    assert found.severity == severity
    assert work in found.sentence


def test_a_list_of_nodes_is_no_policy_before_4_10() -> None:
    """4.8 and 4.9 print the nodes of the cpuset there."""
    for release, mask, bound in (
        ("4.9.0", "0x24280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO)", ""),
        ("4.15.0", "0x14280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO)", "memory policy"),
    ):
        text = (
            f"[5.0] yew invoked oom-killer: gfp_mask={mask}, nodemask=1,  order=0, "
            "oom_score_adj=0\n[5.0] yew cpuset=/ mems_allowed=0-1\n"
            f"[5.0] CPU: 1 PID: 81 Comm: yew Not tainted {release} #1\n"
        )
        (one,) = read_log(io.BytesIO(text.encode())).ooms
        assert one.bound_to == bound


ROOK = "Killed process 501 (rook"
WHOLE = f"Out of memory: {ROOK}) total-vm:404044kB, anon-rss:129044kB, file-rss:0kB"


def test_a_kill_that_is_said_twice_is_one() -> None:
    text = (
        "[5.0] rook invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
        f"[5.1] {WHOLE}\n[5.1] {WHOLE}\n"
    )
    (one,) = read_log(io.BytesIO(text.encode())).incidents
    assert [str(victim.task) for victim in one.victims] == ["rook:501"]  # type: ignore[attr-defined]


def test_a_kill_that_is_cut_keeps_the_name() -> None:
    text = told(read_log(io.BytesIO(f"[5.1] Out of memory: {ROOK}\n".encode())))
    assert "killed: rook:501" in text


def test_boots_are_parted_by_the_line_that_a_kernel_begins_with() -> None:
    """A journal has no times since the boot."""
    start = "May 01 0{}:00:01 wold kernel: Linux version 6.12.4 (x@y) (gcc 14) #1 SMP\n"
    kill = f"May 01 01:30:01 wold kernel: {WHOLE}\n"
    stopped = (
        "May 01 02:30:01 wold kernel: Kernel panic - not syncing: Out of memory: compulsory "
        "panic_on_oom is enabled\n"
    )
    text = start.format(1) + kill + "-- Reboot --\n" + start.format(2) + stopped
    assert "2 boots; this is the worst of them, number 2" in told(read_log(text.encode()))
    text = start.format(1) + kill + stopped
    assert "boots" not in told(read_log(text.encode()))
