"""What no request may ever do, whatever it asks for: checked over random requests, alone and in
company."""

from __future__ import annotations

from collections.abc import Hashable

from hypothesis import given, settings
from hypothesis import strategies as st

from oomlab import run
from oomlab.engine.ops import LOCKING_KINDS, Op, Slot
from oomlab.gfp import flags
from oomlab.kernel.compaction import Compaction, CompactResult
from oomlab.kernel.page_alloc import alloc_pages
from oomlab.kernel.releases import KERNELS
from oomlab.kernel.task import TaskTraits
from oomlab.kernel.zone import MAX_ORDER, ZoneDetails
from oomlab.kernel_release import KernelRelease
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS
from tests.drawn import settings_for
from tests.kernel.solo import Solo, machine, solo, spawn

SOMEBODY = 99

MASKS = st.integers(0, (1 << 25) - 1) | st.sampled_from(
    [flags.GFP_KERNEL, flags.GFP_NOFS, flags.GFP_NOIO, flags.BALLOON_INFLATE]
).flatmap(lambda mask: st.integers(0, (1 << 25) - 1).map(lambda more: mask | more & 0x5DE01))
"""Any mask, and blocking ones with some of the flags that decide how they end."""

REQUESTS = st.fixed_dictionaries(
    {
        "gfp": MASKS,
        "order": st.sampled_from([0, 0, 1, 3, 4, MAX_ORDER]),
        "free": st.sampled_from([0, 5, 10, 11, 20, 60]),
        "reclaimable": st.sampled_from([0, 5, 40]),
        "kernel": st.sampled_from(KERNELS),
        "results": st.tuples(*[st.sampled_from(CompactResult)] * 3),
        "rights": st.sampled_from(["none", "pf_memalloc", "victim", "nofs", "noio", "realtime"]),
        "held": st.booleans(),
        "victims": st.sampled_from([0, 1]),
    }
)


def ask(request: dict[str, object]) -> tuple[Slot, int, Solo]:
    """One request, alone on its machine. Result: oom_lock, the mask after the task's scope, and
    what came of it."""
    gfp, order, rights = request["gfp"], request["order"], request["rights"]
    free, reclaimable, kernel = request["free"], request["reclaimable"], request["kernel"]
    assert isinstance(gfp, int) and isinstance(order, int) and isinstance(kernel, KernelRelease)
    assert isinstance(free, int) and isinstance(reclaimable, int)
    on = machine(
        free,
        reclaimable=reclaimable,
        kernel=kernel,
        details=ZoneDetails(largest_order=0),
        compaction=Compaction(request["results"], 4),  # type: ignore[arg-type]
    )
    own = on.process("own", 1)
    if request["victims"]:
        on.process("largest", 100)
    task = spawn(
        on,
        process=own,
        traits=TaskTraits(pf_memalloc=rights == "pf_memalloc", realtime=rights == "realtime"),
    ).scope(nofs=rights == "nofs", noio=rights == "noio")
    given: dict[Slot, Hashable] = {on.oom_lock: SOMEBODY} if request["held"] else {}
    if rights == "victim":
        given |= {own.memdie: 1, own.sigkill: 1, own.mm: "victim"}
    if rights in ("nofs", "noio"):
        gfp &= ~flags.FS
    return on.oom_lock, gfp, solo(on, task, alloc_pages(on, task, gfp, order), given=given)


def kills(ops: list[Op]) -> bool:
    return any(op.kind == "write" and op.slots[0].name.startswith("SIGKILL") for op in ops)


@settings(max_examples=300)
@given(REQUESTS)
def test_no_request_breaks_the_rules(request: dict[str, object]) -> None:
    lock, gfp, run = ask(request)
    touched = [(op, result) for op, result in run.ops if lock in op.slots]
    # 1: who may not retry never has oom_lock, and never looks at it.
    if gfp & flags.NORETRY or not gfp & flags.DIRECT_RECLAIM:
        assert touched == []
    # 2: the allocator never waits for oom_lock; it tries.
    assert {op.kind for op, _ in touched} <= {"mutex_trylock", "mutex_unlock"}
    assert run.ending != "blocked"
    # What it took it gives back before it does anything else with the lock.
    won = [op.kind for op, result in touched if result is not False]
    assert won == ["mutex_trylock", "mutex_unlock"] * (len(won) // 2) + ["mutex_trylock"] * (
        len(won) % 2
    )
    assert len(won) % 2 == 0 or run.ending == "for ever"
    # 6: without __GFP_FS nobody is killed, and no panic follows either.
    if not gfp & flags.FS:
        assert not kills([op for op, _ in run.ops])
        assert not any("panic" in line for line in run.said())


@settings(max_examples=300)
@given(REQUESTS)
def test_a_request_ends_with_a_whole_block_or_with_nothing(request: dict[str, object]) -> None:
    _, _, run = ask(request)
    order = request["order"]
    assert isinstance(order, int)
    in_hand = sum(1 << order for op, result in run.ops if op.kind == "take_page" and result is True)
    assert in_hand == ((1 << order) if run.result else 0)


@settings(max_examples=40)
@given(
    where=st.sampled_from([(s, r) for s in SCENARIOS for r in REMEDIES]),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_nor_does_it_in_company(where: tuple[str, str], seed: int, data: st.DataObject) -> None:
    """The same, read from the traces of whole scenarios under every remedy."""
    scenario, remedy = where
    chosen = data.draw(settings_for(SCENARIOS[scenario], limit_s=1.0, admin_kills_s=0.0))
    trace = run(scenario, remedy, chosen, seed)
    masks: dict[tuple[str, int], int] = {}
    for event in trace.events:
        depth = event.stack.count("alloc_page")
        if event.op == "note" and event.on == "gfp":
            masks[event.task, depth] = event.result
            continue
        if not depth or (event.op == "take_page" and event.function == "alloc_page"):
            continue
        gfp = masks[event.task, depth]
        if event.on == "oom_lock":
            assert event.op not in LOCKING_KINDS, event
            assert not gfp & flags.NORETRY and gfp & flags.DIRECT_RECLAIM, event
        if event.op == "write" and event.on.startswith("SIGKILL"):
            assert gfp & flags.FS, event
