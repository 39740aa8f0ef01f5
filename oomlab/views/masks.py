"""GFP masks: bit by bit, on their way through the allocator, and two compared."""

from __future__ import annotations

from oomlab.errors import unknown
from oomlab.figures.gfp_exits import draw_exits
from oomlab.figures.gfp_mask import draw_mask
from oomlab.figures.gfp_pair import draw_pair
from oomlab.gfp.call_sites import CALL_SITES
from oomlab.gfp.equivalence import compare, in_words, void_flags
from oomlab.gfp.expression import parse
from oomlab.gfp.outcomes import WHY, outcome
from oomlab.gfp.predicates import Request
from oomlab.gfp.tables import DEFAULT_VERSION, Table, table
from oomlab.views import View, view

NO_FLAG = "none"
"""The value of `flip` that leaves a mask as it is."""

FLIPS = (
    "__GFP_DIRECT_RECLAIM",
    "__GFP_KSWAPD_RECLAIM",
    "__GFP_IO",
    "__GFP_FS",
    "__GFP_NORETRY",
    "__GFP_RETRY_MAYFAIL",
)
"""The flags whose bits a reader may turn over in the picture of the exits, as far as the kernel has
them: those that the chapter about masks speaks of."""


@view
def bits(mask: str, kernel: str = DEFAULT_VERSION) -> View:
    """The bits of a mask: an expression, or the name of a caller of the story. Raises InputError
    for neither, and for a caller that the kernel does not have."""
    numbers = table(kernel)
    request = Request(_mask(mask, numbers), numbers)
    figure = draw_mask(request, mask)
    flags = numbers.flags(request.mask)
    idle = void_flags(request)
    said = f"{mask} is {request.mask:#x} on Linux {kernel}: {len(flags)} bits."
    for names, reason in in_words(idle):
        said += f" Without effect: {names} ({reason})."
    return View(figure.html, said, figure.twin)


@view
def exits(mask: str, flip: str = NO_FLAG, kernel: str = DEFAULT_VERSION) -> View:
    """Where a request leaves the slow path, with one flag turned over. Raises InputError for a
    mask, a flag or a kernel that does not exist."""
    numbers = table(kernel)
    value = _mask(mask, numbers)
    name = mask
    if flip != NO_FLAG:
        if flip not in numbers.bits:
            raise unknown("flag", flip, (NO_FLAG, *numbers.bits))
        verb = "without" if value & numbers.bits[flip] else "with"
        value ^= numbers.bits[flip]
        name = f"{mask} {verb} {flip}"
    request = Request(value, numbers)
    flips = {flag: NO_FLAG if flag == flip else flag for flag in FLIPS if flag in numbers.bits}
    figure = draw_exits(request, name, flips=flips, flipped=flip)
    free, held = (outcome(request, lock_held=state) for state in (False, True))
    said = f"{name}: {free.words}, because {WHY[free.ending]}."
    if held.ending is not free.ending:
        said += f" While somebody holds oom_lock: {held.words}, because {WHY[held.ending]}."
    if flip in void_flags(request):
        said += f" {flip} itself changes nothing here."
    return View(figure.html, said, figure.twin)


@view
def pair(first: str, second: str, kernel: str = DEFAULT_VERSION) -> View:
    """Whether two masks are the same number, and whether they make the same request."""
    numbers = table(kernel)
    one, other = (Request(_mask(mask, numbers), numbers) for mask in (first, second))
    figure = draw_pair(one, other, (first, second))
    return View(figure.html, compare(one, other).reason, figure.twin)


def _mask(text: str, numbers: Table) -> int:
    if text in numbers.sites:
        return numbers.sites[text]
    if text in (site.name for site in CALL_SITES):
        raise unknown(f"caller on Linux {numbers.version}", text, numbers.sites)
    return parse(text, numbers)
