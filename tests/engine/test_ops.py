"""The one meaning of every op: what it changes, what it answers, when it blocks."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from oomlab.engine import ops
from oomlab.engine.model import Layout
from oomlab.engine.ops import MEANINGS, Op, Outcome, RwSemaphore, Slot, State, outcomes
from oomlab.errors import ModelError


class Table:
    """One slot of each kind, and states with some of them set."""

    def __init__(self) -> None:
        self.layout = Layout()
        self.lock = self.layout.mutex("lock", polled=True)
        self.plain = self.layout.mutex("plain")
        self.sem = self.layout.rwsem("sem")
        self.queue = self.layout.queue("queue", "anybody")
        self.word = self.layout.word("word", 0)
        self.free = self.layout.pool("free", 5, role="free")
        self.used = self.layout.pool("used", 2, role="kept")
        self.mm = self.layout.word("mm", "used")
        self.other = self.layout.pool("other", 2, role="kept")
        self.mm2 = self.layout.word("mm2", "used")

    def state(self, **given: Hashable) -> State:
        values = list(self.layout.initial)
        for name, value in given.items():
            slot: Slot = getattr(self, name)
            values[slot.index] = value
        return tuple(values)

    def both(self) -> tuple[ops.Candidate, ...]:
        return (ops.Candidate(0, self.used, self.mm), ops.Candidate(1, self.other, self.mm2))


T = Table()
READ_BY_1 = RwSemaphore((1,))
WRITTEN_BY_1 = RwSemaphore((), 1)
AWAITED_BY_1 = RwSemaphore((), ops.FREE, (1,))

MEANS: list[tuple[str, Op, dict[str, Hashable], dict[str, Hashable], Hashable]] = [
    # what, op of task 0, state before, what is different after, result
    ("lock a free mutex", ops.mutex_lock(T.lock), {}, {"lock": 0}, None),
    ("try a free mutex", ops.mutex_trylock(T.lock), {}, {"lock": 0}, True),
    ("try a taken mutex", ops.mutex_trylock(T.lock), {"lock": 1}, {}, False),
    ("try one's own mutex", ops.mutex_trylock(T.lock), {"lock": 0}, {}, False),
    ("unlock", ops.mutex_unlock(T.lock), {"lock": 0}, {"lock": -1}, None),
    ("read-lock", ops.down_read(T.sem), {}, {"sem": RwSemaphore((0,))}, None),
    ("join a reader", ops.down_read(T.sem), {"sem": READ_BY_1}, {"sem": RwSemaphore((0, 1))}, None),
    ("read-lock twice", ops.down_read(T.sem), {"sem": RwSemaphore((0,))},
     {"sem": RwSemaphore((0, 0))}, None),
    ("leave one of two", ops.up_read(T.sem), {"sem": RwSemaphore((0, 0, 1))},
     {"sem": RwSemaphore((0, 1))}, None),
    ("try to read-lock", ops.down_read_trylock(T.sem), {"sem": READ_BY_1},
     {"sem": RwSemaphore((0, 1))}, True),
    ("try to read-lock while written", ops.down_read_trylock(T.sem), {"sem": WRITTEN_BY_1}, {},
     False),
    ("try to read-lock behind a queued writer", ops.down_read_trylock(T.sem),
     {"sem": AWAITED_BY_1}, {}, False),
    ("queue as a writer", ops.announce_write(T.sem), {"sem": READ_BY_1},
     {"sem": RwSemaphore((1,), -1, (0,))}, None),
    ("become the writer", ops.down_write(T.sem), {"sem": RwSemaphore((), -1, (0, 1))},
     {"sem": RwSemaphore((), 0, (1,))}, None),
    ("stop writing", ops.up_write(T.sem), {"sem": RwSemaphore((), 0, (1,))},
     {"sem": RwSemaphore((), -1, (1,))}, None),
    ("find the condition true", ops.check_or_enqueue(T.queue, T.word, 0), {}, {}, True),
    ("find it false and queue", ops.check_or_enqueue(T.queue, T.word, 1), {"queue": 2},
     {"queue": 3}, False),
    ("find it different", ops.check_or_enqueue(T.queue, T.word, 1, equal=False), {}, {}, True),
    ("go on after a wake-up", ops.sleep_on(T.queue), {"queue": 2}, {}, None),
    ("go on when killed", ops.sleep_on(T.queue, 9, T.word), {"queue": 3, "word": 1}, {"queue": 2},
     9),
    ("go on with time left", ops.sleep_on(T.queue, 9), {"queue": 2}, {}, 9),
    ("go on when woken killably", ops.sleep_on_killable(T.queue, T.word), {"word": 1}, {}, 1),
    ("go on when killed", ops.sleep_on_killable(T.queue, T.word), {"queue": 3, "word": 1},
     {"queue": 2}, 0),
    ("find enough pages", ops.check_pages_or_enqueue(T.queue, T.free, 4, T.word, 9), {}, {}, True),
    ("find the counter high enough", ops.check_pages_or_enqueue(T.queue, T.free, 5, T.word, 9),
     {"word": 9}, {}, True),
    ("find neither and queue", ops.check_pages_or_enqueue(T.queue, T.free, 5, T.word, 9),
     {"word": 8}, {"queue": 1}, False),
    ("wake all", ops.wake(T.queue), {"queue": 7}, {"queue": 0}, None),
    ("wake nobody", ops.wake(T.queue), {}, {}, None),
    ("find the word as wished", ops.wait_for(T.word, 0), {}, {}, None),
    ("read", ops.read(T.word), {"word": 5}, {}, 5),
    ("write", ops.write(T.word, 5), {}, {"word": 5}, None),
    ("swap", ops.swap(T.word, 5), {"word": 4}, {"word": 5}, 4),
    ("take a page", ops.take_page(T.free, T.used, 4), {}, {"free": 4, "used": 3}, True),
    ("not go below the mark", ops.take_page(T.free, T.used, 5), {}, {}, False),
    ("take a block", ops.take_block(T.free, T.used, 1, 2, T.word, T.other, counts=False,
     opens=False), {"word": 2}, {"free": 1, "used": 6}, True),
    ("find no block of that order", ops.take_block(T.free, T.used, 1, 2, T.word, T.other,
     counts=False, opens=False), {"word": 1}, {}, False),
    ("leave the mark behind a block", ops.take_block(T.free, T.used, 2, 2, T.word, T.other,
     counts=False, opens=False), {"word": 2}, {}, False),
    ("count the reserve", ops.take_block(T.free, T.used, 2, 2, T.word, T.other, counts=True,
     opens=False), {"word": 2}, {"free": 1, "used": 6}, True),
    ("take a block of the reserve", ops.take_block(T.free, T.used, 1, 1, T.word, T.other,
     counts=True, opens=True), {"word": 0}, {"other": 0, "used": 4}, True),
    ("take no single page of the reserve", ops.take_block(T.free, T.used, 1, 0, T.word, T.other,
     counts=True, opens=True), {"word": 0, "free": 0}, {}, False),
    ("take a block below every mark", ops.take_block(T.free, T.used, -1, 2, T.word, T.other,
     counts=False, opens=False), {"word": 2, "free": 4}, {"free": 0, "used": 6}, True),
    ("not take half a block", ops.take_block(T.free, T.used, -1, 2, T.word, T.other,
     counts=False, opens=False), {"word": 2, "free": 3}, {}, False),
    ("outnumber", ops.exceeds((T.free,), 1, (T.used, T.other)), {}, {}, True),
    ("not outnumber", ops.exceeds((T.used,), 2, (T.free,)), {"used": 2}, {}, False),
    ("outnumber an eighth", ops.exceeds((T.used,), 1, (T.free,), 3), {"free": 23}, {}, False),
    ("move some pages", ops.move(T.free, T.used, 3), {}, {"free": 2, "used": 5}, 3),
    ("move what there is", ops.move(T.free, T.used, 9), {}, {"free": 0, "used": 7}, 5),
    ("move nothing", ops.move(T.free, T.used, 0), {}, {}, 0),
    ("move them all", ops.move(T.free, T.used, ops.ANY_AMOUNT), {}, {"free": 0, "used": 7}, 5),
    ("hold more together", ops.holds_more((T.free, T.used), 6), {}, {}, True),
    ("not hold more", ops.holds_more((T.free, T.used), 7), {}, {}, False),
    ("choose the largest", ops.select_bad_process(T.both()), {"other": 3}, {}, 1),
    ("choose the first of equals", ops.select_bad_process(T.both()), {}, {}, 0),
    ("pass over one that is gone", ops.select_bad_process(T.both()), {"mm": "gone"}, {}, 1),
    ("pass over one that is reaped", ops.select_bad_process(T.both()), {"mm": "skip"}, {}, 1),
    ("wait for a victim", ops.select_bad_process(T.both()), {"mm2": "victim"}, {},
     ops.ABORT_SELECTION),
    ("find nobody", ops.select_bad_process(T.both()), {"mm": "gone", "mm2": "skip"}, {},
     ops.NOTHING_TO_KILL),
    ("sleep", ops.sleep(3), {}, {}, None),
    ("wait for a device", ops.io(1, 2), {}, {}, None),
    ("spend time", ops.cost(7), {}, {}, None),
    ("print", ops.log("line"), {}, {}, None),
    ("remark", ops.note("gfp", 1), {}, {}, None),
    ("spin for nothing on a free lock", ops.spin_lock(T.plain), {}, {"plain": 0}, None),
    ("stop holding a spinlock", ops.spin_unlock(T.plain), {"plain": 0}, {"plain": -1}, None),
    ("try one's own mutex and notice", ops.mutex_trylock_recursive(T.lock), {"lock": 0}, {},
     ops.MUTEX_TRYLOCK_RECURSIVE),
    ("try a free mutex recursively", ops.mutex_trylock_recursive(T.lock), {}, {"lock": 0},
     ops.MUTEX_TRYLOCK_SUCCESS),
    ("try a taken mutex recursively", ops.mutex_trylock_recursive(T.lock), {"lock": 1}, {},
     ops.MUTEX_TRYLOCK_FAILED),
    ("lock a free mutex killably", ops.mutex_lock_killable(T.lock, T.word), {"word": 1},
     {"lock": 0}, True),
    ("give up when killed", ops.mutex_lock_killable(T.lock, T.word), {"lock": 1, "word": 1}, {},
     False),
    ("add", ops.add(T.word, -2), {"word": 5}, {"word": 3}, 3),
    ("push", ops.push(T.word, 5), {"word": (4,)}, {"word": (5, 4)}, True),
    ("push what is there", ops.push(T.word, 4), {"word": (5, 4)}, {}, False),
    ("pop", ops.pop(T.word), {"word": (5, 4)}, {"word": (4,)}, 5),
    ("pop nothing", ops.pop(T.word), {"word": ()}, {}, None),
    ("witness", ops.witness(T.word, "b"), {"word": ("a", "c")}, {"word": ("a", "b", "c")}, None),
    ("witness again", ops.witness(T.word, "a"), {"word": ("a",)}, {}, None),
    ("witness what is so", ops.witness_if(T.word, "a", T.mm, "used"), {"word": ()},
     {"word": ("a",)}, None),
    ("witness what is so twice", ops.witness_if(T.word, "a", T.mm, "used", also=(T.mm2, "used")),
     {"word": ()}, {"word": ("a",)}, None),
    ("not witness what is so once", ops.witness_if(T.word, "a", T.mm, "used", also=(T.mm2, "gone")),
     {"word": ()}, {}, None),
    ("not witness what is not so", ops.witness_if(T.word, "a", T.mm, "used", equal=False),
     {"word": ()}, {}, None),
    ("witness what all are", ops.witness_if_all(T.word, "a", (T.mm, T.mm2), "used"),
     {"word": ()}, {"word": ("a",)}, None),
    ("not witness what one is not", ops.witness_if_all(T.word, "a", (T.mm, T.mm2), "used"),
     {"word": (), "mm2": "gone"}, {}, None),
    ("witness an owner", ops.witness_if_owner(T.word, "a", T.lock, ((1, T.mm),), "used"),
     {"word": (), "lock": 1}, {"word": ("a",)}, None),
    ("not witness another owner", ops.witness_if_owner(T.word, "a", T.lock, ((2, T.mm),), "used"),
     {"word": (), "lock": 1}, {}, None),
    ("not witness an owner's other word",
     ops.witness_if_owner(T.word, "a", T.lock, ((1, T.mm),), "gone"), {"word": (), "lock": 1}, {},
     None),
    ("count", ops.ghost_add(T.word, -1), {"word": 2}, {"word": 1}, None),
    ("remember", ops.ghost_write(T.word, 7), {}, {"word": 7}, None),
    ("remember if there is enough", ops.ghost_write_if_more(T.word, 7, T.free, 1), {"free": 2},
     {"word": 7}, None),
    ("not remember if there is not", ops.ghost_write_if_more(T.word, 7, T.free, 2), {"free": 2}, {},
     None),
    ("promote those that are so far", ops.ghost_promote((T.mm, T.mm2), "used", "gone"),
     {"mm2": "skip"}, {"mm": "gone"}, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("op", "before", "change", "result"), [row[1:] for row in MEANS], ids=[row[0] for row in MEANS]
)
def test_meaning(
    op: Op, before: dict[str, Hashable], change: dict[str, Hashable], result: Hashable
) -> None:
    state = T.state(**before)
    assert outcomes(state, 0, op) == [Outcome(T.state(**{**before, **change}), result)]


BLOCKS: list[tuple[str, Op, dict[str, Hashable]]] = [
    ("a taken mutex", ops.mutex_lock(T.lock), {"lock": 1}),
    ("one's own mutex", ops.mutex_lock(T.lock), {"lock": 0}),
    ("reading while written", ops.down_read(T.sem), {"sem": WRITTEN_BY_1}),
    ("reading behind a queued writer", ops.down_read(T.sem), {"sem": AWAITED_BY_1}),
    ("writing while read", ops.down_write(T.sem), {"sem": READ_BY_1}),
    ("writing while written", ops.down_write(T.sem), {"sem": WRITTEN_BY_1}),
    ("a queue without wake-up", ops.sleep_on(T.queue), {"queue": 1}),
    ("a queue without wake-up or signal", ops.sleep_on_killable(T.queue, T.word), {"queue": 1}),
    ("a word that is not there yet", ops.wait_for(T.word, 1), {}),
    ("a taken spinlock", ops.spin_lock(T.plain), {"plain": 1}),
    ("a taken mutex without a signal", ops.mutex_lock_killable(T.lock, T.word), {"lock": 1}),
    ("a taken mutex for a kernel thread", ops.mutex_lock_killable(T.lock, None), {"lock": 1}),
]


@pytest.mark.parametrize(
    ("op", "before"), [row[1:] for row in BLOCKS], ids=[row[0] for row in BLOCKS]
)
def test_blocked(op: Op, before: dict[str, Hashable]) -> None:
    assert outcomes(T.state(**before), 0, op) == []


def test_a_timed_sleep_ends_by_timeout_and_leaves_the_queue() -> None:
    (late,) = outcomes(T.state(queue=3), 0, ops.sleep_on(T.queue, 9))
    assert late == Outcome(T.state(queue=2), 0, timeout=True)


def test_a_choice_has_as_many_outcomes_as_options() -> None:
    found = outcomes(T.state(), 0, ops.choose(3, "which way"))
    assert [(o.result, o.state) for o in found] == [(i, T.state()) for i in range(3)]


BROKEN: list[tuple[Op, dict[str, Hashable], str]] = [
    (ops.mutex_unlock(T.lock), {}, "unlocks lock, which it does not hold"),
    (ops.mutex_unlock(T.lock), {"lock": 1}, "unlocks lock, which it does not hold"),
    (ops.spin_unlock(T.plain), {"plain": 1}, "unlocks plain, which it does not hold"),
    (ops.mutex_trylock_recursive(T.plain), {}, "was not declared as polled"),
    (ops.up_read(T.sem), {"sem": READ_BY_1}, "releases sem, which it does not read-hold"),
    (ops.up_write(T.sem), {"sem": WRITTEN_BY_1}, "releases sem, which it does not write-hold"),
    (ops.mutex_trylock(T.plain), {}, "not declared as polled"),
]


@pytest.mark.parametrize(("op", "before", "why"), BROKEN)
def test_a_rule_broken_is_an_error(op: Op, before: dict[str, Hashable], why: str) -> None:
    with pytest.raises(ModelError, match=why):
        outcomes(T.state(**before), 0, op)


def test_pages_cannot_be_moved_backwards() -> None:
    with pytest.raises(ModelError, match="cannot move -1 pages"):
        ops.move(T.free, T.used, -1)


def test_every_op_is_in_the_table_of_this_test() -> None:
    tested = {row[1].kind for row in MEANS} | {row[1].kind for row in BLOCKS} | {"choose"}
    assert tested == set(MEANINGS)


def test_an_op_that_changes_nothing_returns_the_very_same_state() -> None:
    """Engines compare by identity to see quickly that nothing happened."""
    for _, op, before, change, _ in MEANS:
        state = T.state(**before)
        if not change and op.kind not in ("write", "swap"):
            assert outcomes(state, 0, op)[0].state is state, op
