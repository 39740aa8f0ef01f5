"""The picture that a chapter opens with: what the reader needs before the first question.

It is computed, stands still, and gives no answer away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from oomlab.checked import checked
from oomlab.errors import find
from oomlab.views.heroes import afterwards, the_patch, the_thread
from oomlab.views.heroes.opening import Hero

HEROES: Mapping[str, Callable[[], Hero]] = {
    "report": the_thread.the_road,
    "running-out": the_thread.three_marks,
    "gfp-masks": the_thread.one_number,
    "chain": the_thread.five_names,
    "second-report": the_thread.in_and_out,
    "nowait": the_thread.free_and_could_be,
    "offload": the_patch.handover,
    "five-seconds": the_patch.one_limit,
    "review": the_patch.shortest,
    "lockdep": the_patch.two_good_runs,
    "merged": afterwards.two_orders,
    "real-kernel": afterwards.asked_of_kernels,
    "would-it-happen-today": afterwards.then,
}
"""By the name of the chapter's file."""


@checked
def hero(chapter: str) -> Hero:
    """The opening picture of a chapter. Raises InputError, naming those that have one."""
    return find("chapter", chapter, HEROES)()
