"""Many runs at once, out of the sweeps that are stored with the book.

These views draw with matplotlib or work with SALib, which a page has not. A panel that shows one
must store all its points, so its controls are choices.
"""

from __future__ import annotations

from oomlab.analysis import time_text
from oomlab.figures import Figure
from oomlab.views import View, view

WORDS = {
    "chance": "Chance",
    "give_back_s": "When help comes",
    "reclaim_us": "Shortest round of reclaim",
    "slowest_reclaim_us": "Longest round of reclaim",
    "redraw_s": "Reclaim keeps its pace",
    "oom_return_us": "Way back from OOM killer",
    "wake_us": "Waking up for a mutex",
    "host_us": "The host's answer",
    "print_us": "Report of a kill",
    "exit_us": "A victim's exit",
    "reap_us": "Reaping a victim",
}
"""What is drawn in the sweep about guesses, for a reader."""

TIMES = ("longest", "ended")
"""Measures in seconds; all others are counts."""


@view
def downtime(killers: int, others: int) -> View:
    """Downtimes of the two-task form under the offload, by time limit. `killers` and `others`: how
    many further tasks wait that may have somebody killed, and that may not."""
    from oomlab.evidence.sweep import store, summaries
    from oomlab.figures import plots  # with matplotlib, which is not there in a page

    runs = summaries.crowd(store.stored("five-seconds"), killers, others)
    counts = summaries.rounds(runs)
    found = summaries.downtimes(runs)
    figure = plots.strips(found, counts, f"Downtime, with {_crowd(killers, others)}")
    half = summaries.typical_rounds(counts)
    sentence = (
        f"With the RFC's limit of 5 s, by the rounds of all {counts.total()} runs: a downtime of"
        f" {5 * min(counts)} s at best, at most {5 * half} s in half of them, {5 * max(counts)} s"
        " at worst."
    )
    return _view(figure, sentence)


@view
def rounds(killers: int, others: int) -> View:
    """How many rounds it takes until somebody is killed, over all time limits."""
    from oomlab.evidence.sweep import store, summaries
    from oomlab.figures import plots

    counts = summaries.rounds(summaries.crowd(store.stored("five-seconds"), killers, others))
    fair = summaries.fair_draw(killers, others)
    figure = plots.bars(counts, fair, f"Rounds, with {_crowd(killers, others)}")
    runs = sum(counts.values())
    once = counts.get(1, 0) / runs
    sentence = (
        f"{once:.0%} of {runs} runs need one round, the longest needs {max(counts)}. A fair draw"
        f" among {killers + others + 1} tasks of which {killers} may kill would end after one"
        f" round in {fair[0]:.0%}."
    )
    return _view(figure, sentence)


@view
def tradeoff(killers: int, others: int) -> View:
    """Needless kills against downtime, a point for each time limit."""
    from oomlab.evidence.sweep import store, summaries
    from oomlab.figures import plots

    points = summaries.tradeoff(store.stored("five-seconds"), killers, others)
    figure = plots.tradeoff_curve(points, f"What a limit costs, with {_crowd(killers, others)}")
    (rfc,) = (point for point in points if point.timeout_s == 5)
    sentence = (
        f"With 5 s, {100 * rfc.needless:.0f} of 100 late callbacks cost a needless kill, and one"
        f" that is stuck costs {rfc.downtime_s:.0f} s in half of the cases. No limit is good at"
        " both."
    )
    return _view(figure, sentence)


@view
def guesses(outcome: str) -> View:
    """From where differences in an outcome come, "downtime" or "needless kills", if all numbers are
    drawn at once that a run rests on."""
    from oomlab.evidence import sensitivity
    from oomlab.evidence.sweep import named
    from oomlab.figures.contributions import Contribution, draw_contributions

    found = sensitivity.stored_shares(outcome)
    title = f"From where differences in {'the ' if outcome == 'downtime' else ''}{outcome} come"
    figure = draw_contributions(
        [Contribution(WORDS[s.source], _range(s.source), s.share, s.within, s.seen) for s in found],
        title,
    )
    of = {share.source: share.share for share in found}
    about_machine = [s for s in found if s.source not in (sensitivity.CHANCE, named.HELP)]
    seen = [f"{WORDS[s.source].lower()} ({s.share:.0%})" for s in about_machine if s.seen]
    sentence = (
        f"Two runs with the same numbers differ as well: chance has {of[sensitivity.CHANCE]:.0%}."
        f" When help comes has {of[named.HELP]:.0%}. Of our {len(about_machine)} guesses about the"
        f" machine, {' and '.join(seen) if seen else 'none'} can be told from nothing."
    )
    return _view(figure, sentence)


def _range(source: str) -> str:
    """Between which values it is drawn."""
    from oomlab.evidence.sweep.named import GUESSED

    if source not in GUESSED:
        return ""
    scale, unit = (1, "s") if source.endswith("_s") else (1_000, "ms")
    low, high = (f"{value / scale:g}" for value in GUESSED[source])
    return f"{low} to {high} {unit}"


@view
def price_of_memory(swapper_us: int, measure: str) -> View:
    """What inflating by 2048 pages gets, by how much memory is free at the start."""
    return _price(
        "free-memory",
        "spare_pages",
        "Pages free above the min watermark",
        "pages free",
        measure,
        swapper_us=swapper_us,
    )


@view
def price_of_load(measure: str) -> View:
    """The same, by how many other tasks need memory at the same time."""
    x_label = "Other tasks, each growing by 256 pages"
    return _price("tasks", "load_tasks", x_label, "other tasks", measure)


def _price(part: str, axis: str, x_label: str, x_words: str, measure: str, **where: float) -> View:
    from oomlab.evidence.sweep import store, summaries
    from oomlab.figures import plots

    curves = summaries.price(store.stored("nowait-price"), part, axis, measure, **where)
    words = summaries.MEASURES[measure]
    y_label = f"{words[0].upper()}{words[1:]}"
    figure = plots.curves(curves, x_label, y_label, y_label)
    ends = []
    for place in (0, -1):
        x = curves[0].points[place][0]
        of_all = "; ".join(
            f"{_amount(c.points[place][1], measure)} ({', '.join(c.remedies)})" for c in curves
        )
        ends.append(f"With {x:g} {x_words}: {of_all}.")
    return _view(figure, f"{y_label}. {' '.join(ends)}")


def _amount(value: float, measure: str) -> str:
    return time_text(round(value * 1_000_000)) if measure in TIMES else f"{value:,.0f}"


def _crowd(killers: int, others: int) -> str:
    may = f"{killers} task{'s' if killers > 1 else ''} that may kill"
    return f"{may}, {others + 1} that may not"


def _view(figure: Figure, sentence: str) -> View:
    return View(figure.html, sentence, figure.twin)
