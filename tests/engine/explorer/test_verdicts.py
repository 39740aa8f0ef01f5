"""Minimal models, each with the one verdict it is made for."""

from __future__ import annotations

import pytest

from oomlab.engine.explorer.plain import explore_plainly
from oomlab.engine.explorer.verdict import judge
from oomlab.engine.ops import (
    Routine,
    choose,
    mutex_lock,
    mutex_trylock,
    mutex_unlock,
    read,
    sleep,
    swap,
    wait_for,
    wake,
    write,
)
from oomlab.engine.stage import Stage
from oomlab.kernel.wait import wait_event, wait_event_timeout
from tests.engine.explorer.words import explored
from tests.engine.small import crossing, one_way_of_three_locks_up, polls


def test_locks_in_opposite_order_lock_up_with_nobody_able_to_move() -> None:
    verdict = judge(explored(crossing().model()))
    assert (verdict.word, verdict.blocked, verdict.livelock) == ("lockup", True, False)


def test_locks_in_the_same_order_are_clean() -> None:
    verdict = judge(explored(crossing((0, 0)).model()))
    assert (verdict.word, verdict.blocked) == ("exhausted-clean", False)
    assert 1 not in verdict.lockups


def trying(second_first: bool, gives_up: bool) -> Stage:
    """The same, but the second lock is only tried, over and over."""
    stage = Stage()
    locks = stage.layout.mutex("A", polled=True), stage.layout.mutex("B", polled=True)

    def body(first: int) -> Routine:
        yield mutex_lock(locks[first])
        while True:
            got = yield mutex_trylock(locks[1 - first])
            if got:
                break
            if gives_up:
                yield mutex_unlock(locks[first])
                yield mutex_lock(locks[first])
            yield sleep(1)
        yield mutex_unlock(locks[1 - first])
        yield mutex_unlock(locks[first])

    stage.task(lambda: body(0))
    stage.task(lambda: body(int(second_first)))
    return stage


def test_polling_each_others_lock_is_a_livelock() -> None:
    verdict = judge(explored(trying(True, False).model()))
    assert (verdict.word, verdict.blocked, verdict.livelock) == ("lockup", False, True)


def test_polling_and_stepping_back_is_clean_though_it_may_take_for_ever() -> None:
    verdict = judge(explored(trying(True, True).model()))
    assert (verdict.word, verdict.starvation) == ("exhausted-clean", True)


def test_a_task_that_waits_its_turn_does_not_starve() -> None:
    verdict = judge(explored(crossing((0, 0)).model()))
    assert not verdict.starvation


def test_waiting_for_one_that_will_certainly_come_is_not_starvation() -> None:
    """The poller can go round for ever only if the scheduler never lets the writer run."""
    stage = Stage()
    word = stage.layout.word("word", 0)

    def writer() -> Routine:
        yield write(word, 1)

    stage.task(lambda: polls(word))
    stage.task(writer)
    verdict = judge(explored(stage.model()))
    assert (verdict.word, verdict.starvation) == ("exhausted-clean", False)


def test_polling_what_never_changes_is_a_livelock_too() -> None:
    stage = Stage()
    word = stage.layout.word("word", 0)

    stage.task(lambda: polls(word))
    verdict = judge(explored(stage.model()))
    assert (verdict.word, verdict.blocked, verdict.livelock) == ("lockup", False, True)


def test_a_reachable_panic_is_an_answer_of_its_own() -> None:
    stage = Stage()

    def gambler() -> Routine:
        side = yield choose(2, "which way")
        if side:
            yield write(stage.panic, 1)

    stage.task(gambler)
    verdict = judge(explored(stage.model()))
    assert (verdict.word, verdict.panic) == ("exhausted-clean", True)


def test_a_panic_ends_everything() -> None:
    """What would be a deadlock afterwards does not happen any more."""
    stage = crossing()

    def doomed() -> Routine:
        yield write(stage.panic, 1)

    stage.task(doomed)
    graph = explored(stage.model())
    ends = [i for i in range(len(graph)) if graph.space.panicked(graph.states[i])]
    assert ends
    assert all(graph.goal[i] and not len(graph.successors(i)) for i in ends)


def test_background_tasks_need_not_finish() -> None:
    stage = Stage()
    word, queue = stage.layout.word("word", 0), stage.layout.queue("queue", "anybody")

    def device() -> Routine:
        while True:
            yield from wait_event(queue, word, 1)
            yield write(word, 0)

    def body() -> Routine:
        yield write(word, 1)
        yield wake(queue)

    stage.task(device, serves=True)
    stage.task(body)
    verdict = judge(explored(stage.model()))
    assert verdict.word == "exhausted-clean"


def test_foreground_tasks_must() -> None:
    stage = Stage()

    def waiting() -> Routine:
        yield wait_for(stage.panic, 1)

    stage.task(waiting)
    assert judge(explored(stage.model())).word == "lockup"


def test_an_empty_model_is_clean() -> None:
    verdict = judge(explored(Stage().model()))
    assert verdict.word == "exhausted-clean"


def test_a_choice_that_leads_into_a_deadlock_is_found() -> None:
    assert judge(explored(one_way_of_three_locks_up().model())).blocked


# --- what must not be folded away ---


def test_the_moment_before_a_polled_lock_is_released() -> None:
    """Somebody may see what was done under the lock, and find the lock still taken."""
    stage = Stage()
    lock, word = stage.layout.mutex("lock", polled=True), stage.layout.word("word", 0)

    def writer() -> Routine:
        yield mutex_lock(lock)
        yield write(word, 1)
        yield mutex_unlock(lock)

    def reader() -> Routine:
        seen = yield read(word)
        got = yield mutex_trylock(lock)
        if seen and not got:
            yield write(stage.panic, 1)

    stage.task(writer)
    stage.task(reader)
    assert judge(explored(stage.model())).panic


def test_the_moment_before_a_variable_is_read() -> None:
    """Each of two tasks may write before either reads; then both see the other's value."""
    stage = Stage()
    words = stage.layout.word("v", 0), stage.layout.word("w", 0)
    seen_by = stage.layout.word("seen by", 0)

    def body(mine: int) -> Routine:
        yield write(words[mine], 1)
        other = yield read(words[1 - mine])
        if other:
            both = yield swap(seen_by, 1)
            if both:
                yield write(stage.panic, 1)

    stage.task(lambda: body(0))
    stage.task(lambda: body(1))
    assert judge(explored(stage.model())).panic


# --- the two rules for timeouts ------------------------------------------------------------------


def answered_in_time(wakes: bool) -> Stage:
    """A caller that waits with a timeout for an answer, and one who gives it."""
    stage = Stage()
    word, queue = stage.layout.word("word", 0), stage.layout.queue("queue", "anybody")

    def caller() -> Routine:
        left = yield from wait_event_timeout(queue, word, 1, 5)
        if not left:
            yield write(stage.panic, 1)

    def answerer() -> Routine:
        yield write(word, 1)
        if wakes:
            yield wake(queue)

    stage.task(caller)
    stage.task(answerer)
    return stage


@pytest.mark.parametrize("wakes", [True, False])
def test_a_timeout_at_any_moment_is_possible_whether_or_not_it_is_needed(wakes: bool) -> None:
    assert judge(explored(answered_in_time(wakes).model(), "any")).panic


def test_a_timeout_when_idle_only_is_not_reached_if_the_answer_always_comes() -> None:
    assert not judge(explored(answered_in_time(True).model(), "idle")).panic


def silent(answers: bool) -> Stage:
    """As above, but the timeout is needed: there is no answer at all."""
    stage = Stage()
    word, queue = stage.layout.word("word", 0), stage.layout.queue("queue", "anybody")

    def caller() -> Routine:
        yield from wait_event_timeout(queue, word, 1, 5)

    def poller() -> Routine:
        while True:
            seen = yield swap(word, 0)
            if seen:
                break

    stage.task(caller)
    if answers:
        stage.task(poller, foreground=False)
    return stage


@pytest.mark.parametrize("somebody_runs_in_circles", [True, False])
def test_a_timeout_when_idle_comes_if_nothing_else_leads_anywhere(
    somebody_runs_in_circles: bool,
) -> None:
    verdict = judge(explored(silent(somebody_runs_in_circles).model(), "idle"))
    assert verdict.word == "exhausted-clean"


def test_a_timeout_when_idle_does_not_come_while_others_can_still_leave_their_circle() -> None:
    """Nothing but the timeout leads to the end; still it is not due before the other one is in a
    circle that it cannot leave."""
    stage = Stage()
    word, queue = stage.layout.word("word", 0), stage.layout.queue("queue", "anybody")
    settled, step = stage.layout.word("settled", 0), stage.layout.word("step", 0)

    def caller() -> Routine:
        yield from wait_event_timeout(queue, word, 1, 5)
        other = yield read(settled)
        if not other:
            yield write(stage.panic, 1)

    def wanderer() -> Routine:
        while True:
            side = yield choose(2, "round again")
            if side:
                break
            yield write(step, 1)
            yield write(step, 0)
        yield write(settled, 1)
        while True:
            yield write(step, 2)
            yield write(step, 3)

    stage.task(caller)
    stage.task(wanderer, foreground=False)
    assert not judge(explored(stage.model(), "idle")).panic
    plain = explore_plainly(stage.model(), timeouts="idle")
    panicked = stage.panic.index
    assert plain.complete and not any(shared[panicked] for shared, _ in plain.goals)
    assert judge(explored(stage.model(), "any")).panic
