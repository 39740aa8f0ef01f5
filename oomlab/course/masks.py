"""A mask that a student writes: has it what was asked for?"""

from __future__ import annotations

from collections.abc import Callable

from oomlab.checked import checked
from oomlab.course.answer import Answer, refused, require_answer
from oomlab.errors import InputError, shown
from oomlab.gfp.outcomes import outcome
from oomlab.gfp.paths import last_station
from oomlab.gfp.predicates import (
    Request,
    may_block,
    may_enter_fs,
    may_kill,
    may_start_io,
    request,
    wakes_kswapd,
)

WISHES: dict[str, tuple[Callable[[Request], bool], str, str]] = {
    "sleeps": (may_block, "it may sleep", "it never sleeps"),
    "io": (may_start_io, "it may start I/O", "it may start no I/O"),
    "fs": (may_enter_fs, "it may enter a filesystem", "it may enter no filesystem"),
    "kswapd": (wakes_kswapd, "it wakes kswapd", "it does not wake kswapd"),
    "kills": (may_kill, "it may have somebody killed", "it may have nobody killed"),
    "warns": (
        lambda asked: not asked.has("__GFP_NOWARN"),
        "its failure is printed",
        "its failure is not printed",
    ),
    "fails": (
        lambda asked: outcome(asked, lock_held=True).fails,
        "it fails rather than try for ever",
        "it tries for ever while somebody has oom_lock",
    ),
}
"""By name: the question, and the words for yes and no."""


def _asked(expression: object, version: str) -> Request:
    require_answer(expression)
    if not isinstance(expression, str):
        raise InputError(
            f"a mask is a text such as 'GFP_KERNEL|__GFP_ZERO', not {shown(expression)}"
        )
    return request(expression, version)


@checked
def check_mask(expression: object, version: str = "4.13", **wishes: bool) -> Answer:
    """Is `expression` a mask of that release with what is wished for (see WISHES)? Each wish that
    comes true is a part of the answer."""
    try:
        asked = _asked(expression, version)
    except InputError as error:
        return refused(error)
    wrong = [
        WISHES[name][1] if WISHES[name][0](asked) else WISHES[name][2]
        for name, wish in wishes.items()
        if WISHES[name][0](asked) != wish
    ]
    if not wrong:
        return Answer(True, f"{asked.mask:#x} on Linux {version} is what was asked for.")
    part = 0.5 * (len(wishes) - len(wrong)) / len(wishes)
    return Answer(False, f"{wrong[0]} on Linux {version}.", tuple(wrong[1:]), part)


@checked
def check_leaves(expression: object, step: str, version: str = "4.13") -> Answer:
    """Is `expression` a mask with which a request ends in the words `step` (see Ending)?"""
    try:
        asked = _asked(expression, version)
    except InputError as error:
        return refused(error)
    last = last_station(asked)
    words = outcome(asked, lock_held=False).words
    if words == step:
        return Answer(True, f"with {asked.mask:#x}: {words}.")
    return Answer(False, f"with it, it comes to {last.step}: {last.question} Then: {words}.")
