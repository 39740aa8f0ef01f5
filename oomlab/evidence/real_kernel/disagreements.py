"""Where the model and a real kernel differ, and why: one row for each cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, get_args

from oomlab.brief import brief
from oomlab.limits import Limit
from oomlab.registry import Registry

AspectName = Literal["outcome", "stall", "kills", "pages", "hung", "stall lines", "pressure"]
ASPECTS: tuple[AspectName, ...] = get_args(AspectName)
"""What of a run is compared: how it ended; how long X waited; how many were killed; how many pages
the callback was given; whom the hung-task detector named, and as blocked by whom; whom the
allocator warned about; the share of the time in which all were stalled on memory."""

_On = Mapping[str, tuple[AspectName, ...]]


@brief
@dataclass(frozen=True)
class Disagreement:
    """One cause, and where it shows: `shows` has the aspects by case, by release; a case may be a
    pattern, as "atomic-*". `cause` is told on the page of limits, in sentences."""

    name: str
    cause: str
    shows: Mapping[str, _On]

    def explains(self, case: str, release: str) -> frozenset[AspectName]:
        """The aspects of a cell in which it may show."""
        return frozenset(
            aspect
            for pattern, aspects in self.shows.get(release, {}).items()
            if fnmatchcase(case, pattern)
            for aspect in aspects
        )


def _each(aspects: tuple[AspectName, ...], *cases: str) -> _On:
    return dict.fromkeys(cases, aspects)


DISAGREEMENTS: Registry[str, Disagreement] = Registry(
    "disagreement",
    (
        Disagreement(
            "when the lists come back",
            "On 7.3 the per-CPU lists gave their first pages back within a second in half of the "
            "stored runs, after 9 to 20 s in the other half; on 6.12 it scatters as well. "
            "How long they had lain idle before was not asked. In the model they begin at their "
            "largest limit, which takes 10 s, so that the hung-task detector, which names who "
            "waited longer, may name nobody.",
            {
                "6.12": _each(("stall", "hung"), "lock-third*", "kernel-*", "nofs-*", "mayfail-*"),
                "7.3": {
                    "lock-third*": ("stall", "stall lines", "hung"),
                    **_each(
                        ("stall", "stall lines"),
                        "kernel-*",
                        "nofs-*",
                        "mayfail-*",
                        "page-fault",
                        "offload-*-1",
                    ),
                    "offload-mayfail-512": ("stall",),
                },
            },
        ),
        Disagreement(
            "how long a victim takes on 7.3",
            "There X asks again at full speed, up to 27 times, until the victim is gone; its "
            "memory came back after 0.02 to 0.26 s, and with small victims a second one was killed "
            "before. In the model nobody is in a victim's way, and it takes as long as on 6.1.",
            {
                "7.3": {
                    **_each(("stall", "kills"), "control"),
                    **_each(("stall",), "trylock-invoker", "*nowait-*", "*atomic-*"),
                    **_each(("stall",), "*noretry-*"),
                    "offload-trylock-invoker": ("stall", "kills"),
                }
            },
        ),
        Disagreement(
            "two that ask",
            "Where X and Y both need pages, X may take oom_lock in the model while Y is on its way "
            "back from a kill, and each of them waits and kills in turn. In the stored runs the "
            "victim's memory was there before either came back; but without a wait it took them "
            "longer to get their share of it.",
            {
                release: {
                    **_each(("stall",), "*trylock-third"),
                    **_each(("stall", "kills", "stall lines"), "offload-lock-third*"),
                }
                for release in ("6.1", "6.12", "7.3")
            },
        ),
        Disagreement(
            "who is first after a kill",
            "On 6.12 the victim's memory was nearly always there before the killer came back to "
            "ask again, so that nobody waited or died twice; on 6.1 and 7.3 it rarely was. In the "
            "model both times are drawn, for all releases alike, so that the one and the other "
            "happen.",
            {
                release: _each(
                    ("stall", "kills"),
                    "sleep-*",
                    "three-rounds",
                    "atomic-4096",
                    "noretry-4096",
                    "offload-sleep-*",
                    "offload-never",
                    "offload-lock-invoker*",
                    "offload-kernel-1",
                    "offload-*-4096",
                )
                for release in ("6.1", "6.12", "7.3")
            },
        ),
        Disagreement(
            "what is free at the first call",
            "An atomic request takes what the reserves hold. Where lists follow the load, between "
            "a few hundred and more than a thousand pages were free when the notifier was called "
            "first; in the model it is always the min mark.",
            {release: _each(("pages",), "*atomic-*") for release in ("6.12", "7.3")},
        ),
        Disagreement(
            "a callback that may fail, after the kill",
            "When the asker has waited its five seconds and killed, the thread's request is still "
            "polling. In all stored runs it met the victim's memory. In the model it mostly wins "
            "oom_lock once before that memory is there, fails, and the asker may kill again. What "
            "keeps the real one from winning was not found out.",
            {
                release: _each(("pages", "kills"), "offload-mayfail-*")
                for release in ("6.1", "6.12", "7.3")
            },
        ),
        Disagreement(
            "who looks while a suspend is on its way",
            "There all processes are frozen and the suspend waits for oom_lock without a limit; "
            "from its beginning the hung-task detector looks no more. In the model it looks on.",
            {release: {"suspend": ("hung",)} for release in ("6.1", "6.12", "7.3")},
        ),
        Disagreement(
            "tasks that nobody asked about",
            "In two of three runs the share of stalled time doubled after some eight seconds, as "
            "if a second task had begun to poll; the log does not say which. In the model only X "
            "and Y need pages.",
            {"6.12": {"kernel-512-fixed-lists": ("pressure",)}},
        ),
    ),
)
"""In the order in which they are told."""


def causes_of(case: str, release: str, aspect: str) -> tuple[Disagreement, ...]:
    """The rows that explain a difference."""
    return tuple(row for row in DISAGREEMENTS.values() if aspect in row.explains(case, release))


LIMITS = tuple(
    Limit("simplified", f"Beside real kernels: {row.name}", row.cause)
    for row in DISAGREEMENTS.values()
)
