"""Opening pictures of the chapters about the report, and about what one must know to read it."""

from __future__ import annotations

from oomlab.engine.trace import Trace
from oomlab.evidence import stored
from oomlab.experiment import run
from oomlab.figures.strips import Band, Strip, draw_strips
from oomlab.figures.things import STYLES
from oomlab.gfp import flags as gfp
from oomlab.gfp import table
from oomlab.kernel import watermarks_for
from oomlab.listeners import REGISTRANTS
from oomlab.scenarios import one_request
from oomlab.views.heroes.opening import Hero

_SAYS = {
    "alloc_page": "asks",
    "alloc_pages_direct_reclaim": "reclaims",
    "try_to_free_pages": "shrinker",
}
"""Functions on the way from a request to a filesystem's lock, in a word each."""


def the_road() -> Hero:
    """Why a request for a page comes to a filesystem's lock."""
    trace = run("h1-two-task-cycle")
    stack = next(e.stack for e in trace.events if (e.on, e.condition) == ("fs_lock", "blocked"))
    words = [*(_SAYS[name] for name in stack if name in _SAYS), "fs_lock"]
    styles = ["runs", "polls", "polls", STYLES["fs_lock"]]
    letters = [len(word) + 2 for word in words]
    ends = [sum(letters[:i]) / sum(letters) for i in range(len(words) + 1)]
    bands = tuple(
        Band(begin, end, style, word)
        for begin, end, style, word in zip(ends, ends[1:], styles, words, strict=False)
    )
    says = ("The way of a request: " + ", then ".join(words) + ".",)
    figure = draw_strips((Strip("a request for one page", bands),), "A request's way", says)
    return Hero(
        figure,
        "Why a request for memory comes to a filesystem's lock. No page is free, so the task must"
        " make one free itself: it reclaims. Reclaim asks every cache to shrink, and a filesystem's"
        " shrinker takes the filesystem's lock.",
    )


def three_marks() -> Hero:
    """The free pages of a machine, and the three marks."""
    marks = watermarks_for(one_request.MANAGED_PAGES)
    top = 448

    def at(pages: int) -> float:
        return pages / top

    bands = (
        Band(0, at(marks.min), "blocked", "reserves"),
        Band(at(marks.min), at(marks.high), "polls", ""),
        Band(at(marks.high), 1, "runs", ""),
    )
    ticks = tuple((at(n), str(n)) for n in (0, marks.min, marks.high))
    says = (
        f"Of a machine of {one_request.MANAGED_PAGES} pages: the min mark is {marks.min} free"
        f" pages, the low mark {marks.low}, the high mark {marks.high}.",
    )
    figure = draw_strips((Strip("free pages", bands),), "Three marks", says, ticks)
    return Hero(
        figure,
        "How many pages are free, on a machine with 64 MiB. At the right all is well. In the"
        " middle a thread in the background frees pages. What lies below the min mark is not for"
        " everybody.",
    )


def one_number() -> Hero:
    """The balloon's mask, flag by flag."""
    names = [n for n in table("4.13").flags(int(gfp.BALLOON_INFLATE)) if n in _FLAGS]
    strips = tuple(
        Strip(
            _FLAGS[name],
            (Band(0, 1, "polls" if name == _SLEEP else "runs"),),
            note=name.removeprefix("__GFP_"),
        )
        for name in names
    )
    says = (
        f"The balloon's mask {int(gfp.BALLOON_INFLATE):#x} has, among others, {', '.join(names)}.",
    )
    figure = draw_strips(strips, "One number", says)
    return Hero(
        figure,
        f"The balloon hands in the number {int(gfp.BALLOON_INFLATE):#x} with its request. This is"
        f" what {len(names)} of its bits say.",
    )


_SLEEP = "__GFP_DIRECT_RECLAIM"
_FLAGS = {
    "__GFP_IO": "may use disks",
    "__GFP_FS": "may enter filesystems",
    "__GFP_NORETRY": "one round",
    "__GFP_NOMEMALLOC": "no reserves",
    _SLEEP: "may reclaim",
}
"""What some flags say, in a few words."""


def five_names() -> Hero:
    """The chain, in the order in which its listeners are called."""
    trace = run("five-listeners", "mainline")
    called = [one for one in REGISTRANTS.values()]
    strips = tuple(
        Strip(
            one.name,
            (Band(i / len(called), (i + 1) / len(called), "waits"),),
            note=f"priority {one.priority}",
            thing=one.name,
        )
        for i, one in enumerate(called)
    )
    says = tuple(f"{one.name} has priority {one.priority}." for one in called)
    figure = draw_strips(strips, "Five listeners", says)
    return Hero(
        figure,
        f"Whom Linux 4.13 asks for memory before it kills: {len(called)} drivers, one after the"
        f" other. The walk is made by {_caller(trace)}.",
    )


def _caller(trace: Trace) -> str:
    event = next(e for e in trace.events if "blocking_notifier_call_chain" in e.stack)
    asks = {"hog": "whatever task needed a page"}
    return asks.get(event.task, event.task)


def in_and_out() -> Hero:
    """A call of the balloon's callback when nothing is in the way."""
    trace = run("h3a-virtqueue-add", "mainline", {"total_sg": 1})
    end = trace.ended_at_us

    def first(op: str, on: str) -> int:
        return next(e.at_us for e in trace.events if (e.op, e.on) == (op, on))

    locked, freed = first("mutex_trylock", "oom_lock"), first("mutex_unlock", "oom_lock")
    taken, left = first("mutex_lock", "balloon_lock"), first("mutex_unlock", "balloon_lock")
    strips = (
        Strip("who needs a page", (Band(0, 1, "runs", "hog"),), thing="hog"),
        Strip(
            "oom_lock",
            (Band(locked / end, freed / end, STYLES["oom_lock"], ""),),
            thing="oom_lock",
        ),
        Strip(
            "the balloon's callback",
            (Band(taken / end, left / end, "waits", ""),),
            thing="leak_balloon",
        ),
    )
    says = ("hog takes oom_lock; while it holds it, it runs the balloon's callback itself.",)
    figure = draw_strips(strips, "A call of the callback", says)
    return Hero(
        figure,
        "A task that found no page asks the balloon. The driver's function runs on that task's own"
        " stack, with oom_lock in its hand.",
    )


def free_and_could_be() -> Hero:
    """What a request may take that may not reclaim, and what one that may."""
    row = next(
        r.row
        for r in stored("nowait-price").select("free-memory", remedy="nowait-both")
        if (r.value("spare_pages"), r.value("swapper_us")) == (512, 0)
    )
    cache = 4096
    total = row.lent + cache
    edge = row.lent / total
    strips = (
        Strip("may not wait", (Band(0, edge, "runs"), Band(edge, 1, "empty")), note="takes"),
        Strip(
            "may reclaim",
            (Band(0, edge, "runs"), Band(edge, 1, "polls", "page cache")),
        ),
    )
    says = (
        f"{row.lent} pages are free, {cache} more are page cache that could be freed.",
        "A request that may not wait takes the first only.",
    )
    figure = draw_strips(strips, "Free, and could be free", says)
    return Hero(
        figure,
        "What there is on a busy machine: few pages that are free, many that could be, as they only"
        " keep copies of what is on disk (the page cache). Making them free may take a while.",
    )
