"""Checks for assignments: they play a student's schedule, try a student's routine in every order,
and answer in sentences.

Every check returns an `Answer`, also for what is no answer at all; none raises an error for what a
student wrote. A wrong answer is told what is wrong with it, not what would be right.
`Marks` gives points for answers. `oomlab.course.grading` is for instructors: nbgrader's settings
import it, nothing else does.
"""

from __future__ import annotations

from typing import Any

from oomlab.faces import Face

_FACE = Face(
    __name__,
    {
        "oomlab.course.answer": ("Answer",),
        "oomlab.course.crew": (
            "can_lock_up",
            "check_machine",
            "driver_machine",
            "forbidden_verb",
            "lockdep_learns",
            "lockdep_warns",
            "made_up_drivers",
        ),
        "oomlab.course.protocol": (
            "DESK_CLAIMS",
            "check_protocol",
            "check_shows",
            "check_told",
            "desk",
            "desk_names",
            "walk",
        ),
        "oomlab.course.edges": ("check_wait_for",),
        "oomlab.course.listener": (
            "PLACES",
            "about_driver",
            "alloc_page",
            "called_from",
            "check_gives_back",
            "check_listener",
            "check_listener_code",
            "check_unsafe_places",
            "check_visit",
            "driver_names",
            "first_of_lockup",
        ),
        "oomlab.course.lost": ("check_no_way_out",),
        "oomlab.course.from_logs": (
            "check_around",
            "check_circle_function",
            "check_log_circle",
            "check_log_edges",
            "hung_log",
            "waiting_pairs",
        ),
        "oomlab.course.marks": ("Marks",),
        "oomlab.course.batches": ("check_record",),
        "oomlab.course.limits_chosen": (
            "check_cheapest",
            "check_interval",
            "check_limit_function",
        ),
        "oomlab.course.masks": ("check_leaves", "check_mask"),
        "oomlab.course.predictions": (
            "check_choice",
            "check_list",
            "check_amount",
            "check_sequence",
        ),
        "oomlab.course.schedules": (
            "check_first",
            "check_lockup",
            "check_playable",
            "check_switches",
        ),
        "oomlab.course.steps": (
            "mutex_lock",
            "mutex_trylock",
            "mutex_unlock",
            "move",
            "holds_more",
            "read",
            "write",
            "swap",
            "wake",
            "sleep",
            "wait_event",
            "wait_event_timeout",
            "GFP_ATOMIC",
            "GFP_KERNEL",
            "GFP_NOFS",
            "GFP_NOWAIT",
        ),
        "oomlab.course.stops": ("check_held", "check_stop"),
        "oomlab.course.story": ("show",),
        "oomlab.course.variants": ("Draw",),
    },
)

__all__ = [*_FACE.names]


def __getattr__(name: str) -> Any:
    return _FACE.load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
