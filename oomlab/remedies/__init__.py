"""Remedies: what the thread proposed, each a way of running the chain or of driving the balloon.

One file for each, with its choices, its routines if it has any, and its line in `REMEDIES`. Names
can be joined by "+", as in `nowait-fill+trylock`: what each of them changes is changed.
"""

from __future__ import annotations

from typing import Any

from oomlab.checked import LOOKED_UP
from oomlab.errors import InputError
from oomlab.kernel.oom_notify import Delivery
from oomlab.registry import Registry
from oomlab.remedies.allocate_outside import ALLOCATE_OUTSIDE
from oomlab.remedies.before_oom_lock import BEFORE_OOM_LOCK
from oomlab.remedies.mainline import MAINLINE
from oomlab.remedies.nowait_both import NOWAIT_BOTH
from oomlab.remedies.nowait_fill import NOWAIT_FILL
from oomlab.remedies.nowait_tell import NOWAIT_TELL
from oomlab.remedies.offload import OFFLOAD
from oomlab.remedies.offload_repaired import OFFLOAD_REPAIRED
from oomlab.remedies.offload_sequence import OFFLOAD_SEQUENCE
from oomlab.remedies.remedy import Remedy
from oomlab.remedies.shrinker import SHRINKER
from oomlab.remedies.trylock import TRYLOCK

REMEDIES: Registry[str, Remedy] = Registry(
    "remedy",
    (
        MAINLINE,
        NOWAIT_TELL,
        NOWAIT_FILL,
        NOWAIT_BOTH,
        TRYLOCK,
        ALLOCATE_OUTSIDE,
        BEFORE_OOM_LOCK,
        SHRINKER,
        OFFLOAD,
        OFFLOAD_SEQUENCE,
        OFFLOAD_REPAIRED,
    ),
)


def find_remedy(name: str) -> Remedy:
    """The remedy called `name`, or the combination of those joined by "+".

    Raises InputError, naming all remedies, for an unknown name, and for names that contradict each
    other.
    """
    parts = name.split("+") if isinstance(name, str) else [name]
    known = [REMEDIES.find(part) for part in parts]
    if len(parts) == 1:
        return known[0]
    changes: dict[str, Any] = {}
    for remedy in known:
        for knob, value in remedy.changes().items():
            if changes.setdefault(knob, value) != value:
                raise InputError(
                    f"{name!r} asks for two values of {knob}: {_word(changes[knob])} and"
                    f" {_word(value)}"
                )
    title = " + ".join(remedy.title for remedy in known)
    return Remedy(name, " and ".join(parts), title=title).but(**changes)


def _word(value: Any) -> Any:
    """A knob's value as it is written; of a delivery, its name."""
    return value.name if isinstance(value, type) and issubclass(value, Delivery) else value


LOOKED_UP["remedy"] = find_remedy

__all__ = ["REMEDIES", "Delivery", "Remedy", "find_remedy"]
