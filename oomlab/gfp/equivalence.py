"""Are two GFP masks the same number, and does the page allocator treat them the same?

These are different questions. `GFP_KERNEL & ~__GFP_DIRECT_RECLAIM` and `GFP_NOWAIT` differ in two
bits that nobody looks at once the request may not sleep.
"""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.gfp.predicates import Request, may_block
from oomlab.gfp.questions import answers
from oomlab.gfp.tables import MEANINGS

_NEVER_REACHED = (
    "without __GFP_DIRECT_RECLAIM the request never reaches reclaim, compaction or the OOM killer, "
    "the only places that look"
)
_PRINTING = "it decides only what is printed"
_UNKNOWN = "no code of this kernel looks at it"


@brief
@dataclass(frozen=True)
class Comparison:
    """Two requests side by side.

    `same_number`: the bits are equal. `same_behaviour`: the page allocator (4.13, any order) does
    the same for both, what it prints aside. `ignored`: differing bits that make no difference, with
    the reason. `decisive`: flags that do, with their meaning. `answers`: the questions of
    `gfp_questions` that the two answer differently.
    """

    same_number: bool
    same_behaviour: bool
    ignored: dict[str, str]
    decisive: dict[str, str]
    answers: tuple[str, ...]

    @property
    def reason(self) -> str:
        """The verdict in one sentence or two."""
        if self.same_number:
            return "They are the same number."
        if self.same_behaviour:
            return (
                f"Different numbers, same behaviour: {_list(self.ignored)}. What is left is the "
                f"mask that a failure report prints."
            )
        reason = f"Different numbers, different behaviour: {_list(self.decisive)}."
        if self.answers:
            reason += f" Different answers: {', '.join(self.answers)}."
        return reason


@checked
def compare(first: Request, second: Request) -> Comparison:
    """Compare two requests to one kernel. Raises InputError if they are to different kernels."""
    if first.table != second.table:
        raise InputError(
            f"requests to Linux {first.table.version} and {second.table.version} cannot be "
            f"compared; valid: two requests to one kernel"
        )
    told_first, told_second = answers(first), answers(second)
    void = {**void_flags(first), **void_flags(second)}
    differing = first.mask ^ second.mask
    effective = effective_mask(first) ^ effective_mask(second)
    numbers = first.table
    ignored = {name: void[name] for name in numbers.flags(differing & ~effective)}
    if rest := numbers.unknown_bits(differing):
        ignored[f"{rest:#x}"] = _UNKNOWN
    return Comparison(
        same_number=not differing,
        same_behaviour=not effective,
        ignored=ignored,
        decisive={name: MEANINGS[name] for name in numbers.flags(effective)},
        answers=tuple(name for name in told_first if told_first[name] != told_second[name]),
    )


def effective_mask(request: Request) -> int:
    """The bits of `request` that the page allocator can still look at."""
    mask = request.mask & request.table.all_bits
    for name in void_flags(request):
        mask &= ~request.table.bits[name]
    return mask


def void_flags(request: Request) -> dict[str, str]:
    """The flags set in `request` that change nothing for it, each with the reason.

    Only those that are void for every order and task; a flag that merely repeats another's effect
    for single pages is not one of them.
    """
    void = {"__GFP_NOWARN": _PRINTING, "__GFP_NOLOCKDEP": "only lockdep looks at it"}
    if may_block(request):
        # Step 0: the two contradict each other.
        void["__GFP_ATOMIC"] = "the allocator drops it, with a warning, where it may sleep"
    else:
        void |= dict.fromkeys(
            ("__GFP_IO", "__GFP_FS", "__GFP_NORETRY", "__GFP_RETRY_MAYFAIL"), _NEVER_REACHED
        )
        if not request.has("__GFP_ACCOUNT"):
            # A memcg charge obeys NOFAIL even where it may not sleep.
            void["__GFP_NOFAIL"] = "without __GFP_DIRECT_RECLAIM it earns a warning and fails"
    if request.has("__GFP_NOMEMALLOC"):
        void["__GFP_MEMALLOC"] = "__GFP_NOMEMALLOC wins over it"
    return {name: reason for name, reason in void.items() if request.has(name)}


def in_words(reasons: dict[str, str]) -> list[tuple[str, str]]:
    """The names that share a reason, joined, and the reason."""
    grouped: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        grouped.setdefault(reason, []).append(name)
    return [(_and(names), reason) for reason, names in grouped.items()]


def _list(reasons: dict[str, str]) -> str:
    return "; ".join(f"{names} ({reason})" for names, reason in in_words(reasons))


def _and(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
