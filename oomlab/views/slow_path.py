"""What becomes of one request: its way through the allocator, and the marks that it meets."""

from __future__ import annotations

from oomlab.analysis.episodes import AllocationRequest, allocation_requests
from oomlab.analysis.rounds import tries_in_vain
from oomlab.analysis.units import time_text
from oomlab.checked import checked
from oomlab.engine.chooser import Chooser
from oomlab.engine.clock import traced
from oomlab.engine.clock.engine import Clock
from oomlab.engine.model import Layout
from oomlab.engine.ops import outcomes
from oomlab.engine.trace import Trace
from oomlab.errors import InputError
from oomlab.figures import draw_timeline
from oomlab.figures.slow_path import draw_slow_path, fate, last_step
from oomlab.figures.watermarks import MarkRow, draw_watermarks
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.releases import KERNEL_4_13, modelled_kernel, traits_of
from oomlab.kernel.slow_path import FAST_PATH, STEP
from oomlab.kernel.zone import (
    ALLOC_NO_WATERMARKS,
    ALLOC_OOM,
    ALLOC_WMARK_HIGH,
    ALLOC_WMARK_LOW,
    Watermarks,
    Zone,
    get_page_from_freelist,
    gfp_to_alloc_flags,
    watermark,
    watermarks_for,
)
from oomlab.kernel_release import Spelled
from oomlab.scenarios.one_request import (
    ASKER,
    FOR_EVER,
    MANAGED_PAGES,
    find_request_class,
    one_request,
)
from oomlab.scenarios.reclaim_round import reclaim_round
from oomlab.views import View, view

_LIMIT_US = 60_000_000


@view
def walk(request: str, held: bool) -> View:
    """The way of a request of the class `request` on a machine without free or reclaimable pages,
    while oom_lock is free or, if `held`, somebody else's for ever.

    Raises InputError for an unknown class.
    """
    asked = find_request_class(request).words
    made = _only_request(run_request(request, FOR_EVER if held else 0))
    figure = draw_slow_path(made, asked)
    return View(figure.html, f"{asked}: {_what_came_of_it(made)}", figure.twin)


@view
def polling(request: str, held_ms: int) -> View:
    """Who did what when, if somebody has oom_lock for `held_ms` milliseconds.

    Raises InputError for an unknown class or a negative time.
    """
    trace = run_request(request, held_ms)
    made = _only_request(trace)
    asked = find_request_class(request).words
    took = time_text(made.ended_us - made.began_us)
    figure = draw_timeline(trace)
    ending = {"page": "gets a page", "failed": "fails", "under way": "is still under way"}[made.end]
    polls = trace_polls(trace)
    tries = (
        "It never tries oom_lock." if polls == 0 else f"It tries oom_lock {polls} times in vain."
    )
    return View(figure.html, f"{asked} {ending} after {took}. {tries}", figure.twin)


@view
def reclaim(way: str, kernel: Spelled) -> View:
    """Who did what when in one round of direct reclaim, which waits for what `way` says.

    Raises InputError for an unknown way or kernel.
    """
    trace = run_machine(reclaim_round(way, kernel))
    made = _only_request(trace)
    took = time_text(made.ended_us - made.began_us)
    figure = draw_timeline(trace)
    ending = "gets a page" if made.end == "page" else "fails"
    sentence = f"One round of reclaim, and the request {ending} after {took}. {_WAITS[way]}"
    return View(figure.html, sentence, figure.twin)


_WAITS = {
    "nothing": "There are clean pages, and nobody is in the way.",
    "lock": "A cache that reclaim asks for memory needs the filesystem's lock first.",
    "throttle": (
        "No more than half of the min mark is free, so the task has to wait for kswapd before it "
        "may reclaim; and kswapd stands behind the filesystem's lock."
    ),
    "isolated": (
        "Another task has taken too many pages off the lists, and stands behind the filesystem's "
        "lock with them. This one naps 100 ms before it looks again."
    ),
    "writeback": "All that could be reclaimed is being written, and the task naps 100 ms for that.",
}


@view
def marks(free: int, kernel: Spelled) -> View:
    """Which requests get one of `free` pages, on a machine of 64 MiB.

    Raises InputError for a negative number of pages.
    """
    if free < 0:
        raise InputError(f"{free} pages cannot be free")
    levels = watermarks_for(MANAGED_PAGES)
    rows = mark_rows(free, kernel)
    figure = draw_watermarks(free, levels, rows, drag="free")
    refused = [row.name for row in rows if not row.gets]
    if free > levels.low:
        says = "Above the low mark no request has to do anything for its page."
    elif free > levels.min:
        says = (
            "At the low mark or below it every request takes the slow path and wakes the swapper. "
            "There an ordinary one still gets its page at the min mark."
        )
    elif free:
        says = (
            "At the min mark or below it an ordinary request must reclaim. What is left are the "
            "reserves: for those who may not wait, and for those whose request frees memory."
        )
    else:
        says = "Nothing is left: the reserves are empty, too."
    number = f"{len(refused)} of {len(rows)} kinds of attempt get none." if refused else ""
    return View(figure.html, f"{free} pages are free. {says} {number}".strip(), figure.twin)


@checked
def mark_rows(free: int, kernel: Spelled, marks: Watermarks | None = None) -> tuple[MarkRow, ...]:
    """Each kind of attempt, the mark it sees, and whether it gets one of `free` pages: tried out,
    one attempt each. `marks`: those of the zone, by default of this book's machine. Raises
    InputError for a negative number of pages."""
    if free < 0:
        raise InputError(f"free cannot be {free} pages; valid: a whole number from 0 up")
    traits = traits_of(modelled_kernel(kernel))
    victims = ALLOC_NO_WATERMARKS if traits.victims_use_all_reserves else ALLOC_OOM
    half = traits.realtime_takes_half
    levels = marks or watermarks_for(MANAGED_PAGES)
    attempts = (
        ("the last attempt before a kill", ALLOC_WMARK_HIGH),
        ("the first attempt of every request", ALLOC_WMARK_LOW),
        ("GFP_KERNEL, GFP_NOFS, GFP_NOWAIT", gfp_to_alloc_flags(flags.GFP_KERNEL)),
        (
            "GFP_KERNEL, by a realtime task",
            gfp_to_alloc_flags(flags.GFP_KERNEL, realtime=True, half=half),
        ),
        ("GFP_KERNEL | __GFP_HIGH", gfp_to_alloc_flags(flags.GFP_KERNEL | flags.HIGH)),
        ("GFP_ATOMIC", gfp_to_alloc_flags(flags.GFP_ATOMIC)),
        ("GFP_KERNEL, by an OOM victim", victims),
        ("GFP_KERNEL, by a PF_MEMALLOC task", ALLOC_NO_WATERMARKS),
    )
    rows = []
    for name, alloc_flags in attempts:
        layout = Layout()
        zone = Zone.declare(layout, free, 0, levels)
        hand = layout.pool("page in the hand", role="kept")
        (tried,) = outcomes(layout.initial, 0, get_page_from_freelist(zone, hand, alloc_flags))
        rows.append(MarkRow(name, watermark(zone.marks, alloc_flags), bool(tried.result)))
    return tuple(rows)


@checked
def run_request(request: str, held_ms: int, *, free: int = 0) -> Trace:
    """The timed run of one request; see `one_request`. Raises InputError as that does."""
    return run_machine(one_request(request, held_ms=held_ms, free=free, kernel=KERNEL_4_13))


@checked
def run_machine(machine: Machine) -> Trace:
    """The timed run of a machine that is not a registered scenario."""
    clock = Clock(machine.model(), Chooser(0, {}), _LIMIT_US)
    return traced(clock, "one-request", "mainline", {"hz": machine.hz}, 0)


@checked
def trace_polls(trace: Trace) -> int:
    """How often oom_lock was tried in vain."""
    return tries_in_vain(trace, "oom_lock")


def _only_request(trace: Trace) -> AllocationRequest:
    return next(made for made in allocation_requests(trace) if made.task == ASKER)


def _what_came_of_it(made: AllocationRequest) -> str:
    kind, at = fate(made), last_step(made)
    rounds = made.steps.count("14")
    if kind == "polls":
        return (
            "it polls for ever. Step 20 tries oom_lock before anything else is asked, and whoever "
            "does not get it starts a new round one tick later."
        )
    if kind == "loops":
        return (
            "it goes round for ever. It gets oom_lock and runs the notifiers each time; they have "
            "nothing to give, and without __GFP_FS nobody may be killed."
        )
    if kind == "page":
        where = "on the fast path" if at == FAST_PATH else f"at step {at}"
        killed = ", after a process was killed for it" if "5 (OOM)" in made.steps else ""
        return f"it gets a page {where}{killed}, in round {rounds + 1}."
    reclaimed = "without reclaim" if not rounds else "after one round of reclaim"
    return f"it fails at step {at} ({STEP[at].title}), {reclaimed}. {STEP[at].sentence}"
