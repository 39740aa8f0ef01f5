"""The policies that two models are asked about: by which -D in Promela, by which scenario here.

Each row says how SPIN proves its verdict; what the questions mean stands at the head of oom.pml.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from oomlab.scenarios.parameters import Value

Proof = Literal["standstill", "standstill and trap", "trap", "kind scheduler"]
"""How SPIN proves the verdict.

standstill: STUCK finds an invalid end state, STARVED no cycle.
trap: STUCK finds no invalid end state; TRAPPED and KEPT prove that tasks go round for ever.
standstill and trap: both kinds of lockup can be reached.
kind scheduler: FREE and KIND prove that the end can be reached from everywhere; STARVED says
whether somebody may still go without for ever.
"""

H1 = "h1-two-task-cycle"
H2 = "h2-three-task-poll"
H3A = "h3a-virtqueue-add"

PAIR = ("WITH_FS=1", "WITH_WORKER=1")
WITH_HOG = (*PAIR, "WITH_HOG=1")
HOG_ALONE = ("WITH_HOG=2", "TELL=1")
TWO_ENTRIES: dict[str, Value] = {"total_sg": 2}


@dataclass(frozen=True)
class Row:
    """One policy. `timeouts` is the explorer's rule for them; SPIN's is always "any"."""

    name: str
    proof: Proof
    defines: tuple[str, ...]
    scenario: str
    remedy: str
    settings: dict[str, Value] | None = None
    timeouts: str = "any"


ROWS = (
    Row("mainline, filesystem task and worker", "standstill", PAIR, H1, "mainline"),
    Row("mainline, and a hog", "standstill and trap", WITH_HOG, H2, "mainline"),
    Row("tell_host with GFP_KERNEL, hog alone", "trap", HOG_ALONE, H3A, "mainline", TWO_ENTRIES),
    Row(
        "NOWAIT in tell_host only, and a hog",
        "standstill and trap",
        (*WITH_HOG, "TELL=2"),
        H2,
        "nowait-tell",
    ),
    Row(
        "NOWAIT in tell_host and fill",
        "kind scheduler",
        (*PAIR, "TELL=2", "FILL_NOWAIT=1"),
        H1,
        "nowait-both",
    ),
    Row(
        "NOWAIT in tell_host and fill, and a hog",
        "kind scheduler",
        (*WITH_HOG, "TELL=2", "FILL_NOWAIT=1"),
        H2,
        "nowait-both",
    ),
    Row(
        "allocate outside the lock",
        "kind scheduler",
        (*PAIR, "FILL_OUTSIDE=1"),
        H1,
        "allocate-outside",
    ),
    Row(
        "allocate outside the lock, and a hog",
        "kind scheduler",
        (*WITH_HOG, "FILL_OUTSIDE=1"),
        H2,
        "allocate-outside",
    ),
    Row(
        "allocate outside, tell_host with GFP_KERNEL, hog alone",
        "trap",
        (*HOG_ALONE, "FILL_OUTSIDE=1"),
        H3A,
        "allocate-outside",
        TWO_ENTRIES,
    ),
    Row("trylock", "trap", (*PAIR, "LEAK_TRYLOCK=1"), H1, "trylock"),
    Row(
        "trylock, and a hog",
        "kind scheduler",
        (*WITH_HOG, "LEAK_TRYLOCK=1"),
        H2,
        "trylock",
    ),
    Row("offload, filesystem task and worker", "trap", (*PAIR, "OFFLOAD=1"), H1, "offload"),
    # The explorer needs fewer states if a timeout waits until nothing else moves.
    Row(
        "offload, and a hog",
        "kind scheduler",
        (*WITH_HOG, "OFFLOAD=1"),
        H2,
        "offload",
        timeouts="idle",
    ),
)
