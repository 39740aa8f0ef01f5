"""What was merged and what came of it: the array of page numbers, releases, the shrinker."""

from __future__ import annotations

from oomlab.analysis.outcome import pages_returned
from oomlab.errors import InputError
from oomlab.evidence.releases import find_release
from oomlab.experiment import run
from oomlab.figures.growth import Growth, draw_growth
from oomlab.figures.pfn_array import draw_pfn_array
from oomlab.figures.stage import draw_stage
from oomlab.kernel.releases import KERNEL_4_19
from oomlab.listeners.pfn_array import UNIT_KIB, announce
from oomlab.views import Scalar, View, view
from oomlab.views.runs import how_it_went

FIRST_UNIT = 4096
"""Number of the first unit of the batch that `pfn_array` shows (our choice)."""

HOOKS = {"shrinker": "shrinker", "OOM notifier": "allocate-outside"}
"""What asks the balloon for pages -> the remedy; both allocate outside the lock."""


@view
def pfn_array(advance: str, page_kib: int, units: int) -> View:
    """The array after a batch of `units` times 4 KiB in pages of `page_kib` KiB, with num_pfns
    advanced "before" or "after" a page's number is stored.

    Raises InputError for a page that is not made of whole units, a batch that is not made of whole
    pages, and as `announce` does.
    """
    if page_kib < UNIT_KIB or page_kib % UNIT_KIB:
        raise InputError(f"a page has a multiple of {UNIT_KIB} KiB, not {page_kib}")
    per_page = page_kib // UNIT_KIB
    if units % per_page:
        raise InputError(f"a batch is made of whole pages of {per_page} units, not of {units}")
    pages = units // per_page
    told = announce(range(FIRST_UNIT, FIRST_UNIT + units, per_page), per_page, advance)
    figure = draw_pfn_array(told, f"{pages} pages of {page_kib} KiB, num_pfns advanced {advance}")
    if not told.stale:
        return View(
            figure.html,
            f"The host reads {told.length} entries: all that were written, and nothing else.",
            figure.twin,
        )
    stale = "entry 0, which still says" if len(told.stale) == 1 else f"{per_page} which still say"
    sentence = (
        f"The host reads {told.length} entries, among them {stale} 0, so it discards the guest's"
        f" page 0. Of {pages} page{'s' if pages > 1 else ''} lent, it never hears of one."
    )
    if told.overrun:
        sentence += (
            f" {len(told.overrun)} number{'s are' if per_page > 1 else ' is'} written behind the"
            " end of the array."
        )
    return View(figure.html, sentence, figure.twin)


@view
def at_release(scenario: str, release: str, **given: Scalar) -> View:
    """One hazard on one of the releases of the story, on the stage. Raises InputError for an
    unknown release, and as `run` does."""
    found = find_release(release)
    trace = run(scenario, found.remedy, {**given, "kernel": found.kernel})
    stage = draw_stage(trace)
    said = f"Linux {found.name}, whose balloon {found.summary}. {how_it_went(trace)}"
    return View(stage.html, said, stage.twin)


@view
def tug_of_war(spare_pages: int, load_tasks: int) -> View:
    """A balloon that grows beside page cache, as a shrinker and as an OOM notifier."""
    runs = [_growth(name, remedy, spare_pages, load_tasks) for name, remedy in HOOKS.items()]
    figure = draw_growth(runs, "A balloon that grows beside page cache")
    shrinker, notifier = runs
    return View(
        figure.html,
        f"As a shrinker the balloon {_gains(shrinker)}; as an OOM notifier it {_gains(notifier)}.",
        figure.twin,
    )


def _gains(growth: Growth) -> str:
    verb, pages = ("gains", growth.gained) if growth.gained >= 0 else ("loses", -growth.gained)
    return f"{verb} {pages:,} pages while its worker takes {growth.taken:,}"


def _growth(name: str, remedy: str, spare_pages: int, load_tasks: int) -> Growth:
    given = {"spare_pages": spare_pages, "load_tasks": load_tasks, "kernel": KERNEL_4_19}
    trace = run("inflate-under-pressure", remedy, given)
    taken = sum(
        bool(event.result)
        for event in trace.events
        if event.task == "balloon_worker" and event.op == "take_page"
    )
    return Growth(name, taken, pages_returned(trace))
