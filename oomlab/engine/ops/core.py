"""What an op is, and the table of meanings."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from typing import Any, Literal, NamedTuple, TypeAlias

from oomlab.errors import ModelError

State: TypeAlias = tuple[Hashable, ...]
"""The shared state: one hashable value per slot, in the order the layout declared them."""

SlotKind = Literal["mutex", "rwsem", "queue", "word", "pool"]


class Slot(NamedTuple):
    """One place in the shared state.

    `private_to` is the number of the only task that ever touches the slot (a stack variable, a
    page in the hand), or None. Steps on private slots cannot be seen by anybody else, which lets
    the explorer fold them into the step before. `polled` mutexes are those that trylock may be
    used on; releasing any other can only ever help somebody who already waits.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, of no use here
    name: str
    kind: SlotKind
    private_to: int | None = None
    polled: bool = False


class Op(NamedTuple):
    """One step: what (`kind`), to which slots, with which arguments."""

    kind: str
    slots: tuple[Slot, ...] = ()
    args: tuple[Hashable, ...] = ()


class Outcome(NamedTuple):
    """What an op did: the new shared state, the value the routine receives, and whether this
    outcome is a timeout running out (which an engine may restrict)."""

    state: State
    result: Any = None
    timeout: bool = False


Routine: TypeAlias = Generator[Op, Any, Any]
"""A running kernel routine."""

Meaning: TypeAlias = Callable[[State, int, Op], list[Outcome]]

MEANINGS: dict[str, Meaning] = {}
"""The table: op kind -> meaning."""


class Words(NamedTuple):
    """How an op is told where the slot it is about has no better words: what a task `does`, and the
    same as an `order` to it; {} stands for the slot's name. `on`: the kind of that slot, "" for an
    op that is about none. `told`: is every step of it worth a sentence, which stands beside the
    story (trace/narration.py)? Then it is never told as a small step."""

    on: SlotKind | Literal[""]
    does: str
    order: str
    told: bool = False


WORDS: dict[str, Words] = {}
"""Op kind -> its words."""


def outcomes(state: State, task: int, op: Op) -> list[Outcome]:
    """All outcomes of `op` for task number `task` in `state`; empty when the task is blocked.

    Raises ModelError for an op that breaks a rule of the model, such as an unlock by a task that
    is not the owner.
    """
    return MEANINGS[op.kind](state, task, op)


def meaning(
    kind: str, on: SlotKind | Literal[""], does: str, order: str, *, told: bool = False
) -> Callable[[Meaning], Meaning]:
    """Decorator: the function is the meaning of ops of this kind. The rest: see Words.

    Raises ModelError if there are ops of this kind already.
    """

    def register(function: Meaning) -> Meaning:
        if kind in MEANINGS:
            raise ModelError(f"there is an op called {kind} already; give this one another name")
        MEANINGS[kind] = function
        WORDS[kind] = Words(on, does, order, told)
        return function

    return register


def put(state: State, slot: Slot, value: Hashable) -> State:
    """The shared state with one slot set to `value`."""
    i = slot.index
    return (*state[:i], value, *state[i + 1 :])
