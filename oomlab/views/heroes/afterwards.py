"""Opening pictures of the chapters about what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from oomlab.analysis import time_text
from oomlab.evidence import RELEASES
from oomlab.experiment import run
from oomlab.figures.multiples_runs import RunBar
from oomlab.figures.strips import Band, Strip, draw_strips
from oomlab.figures.things import STYLES
from oomlab.views.heroes.opening import Hero
from oomlab.views.real_kernel import model_bars
from oomlab.views.today import HAZARDS, bar_at

CALM = {
    "batch": 8,
    "inflate_pages": 8,
    "give_back_pages": 512,
    "give_back_s": 0.0,
    "reclaim_meets_fs": 0,
}
"""A worker that finds the pages it asks for, few enough to be seen (our choice)."""

LOCKUP = "lock-invoker"
"""The case that real kernels are asked about first."""


def two_orders() -> Hero:
    """When fill_balloon allocates and when it has balloon_lock, before the merged patch and after,
    a step of the worker at a time."""
    strips = [strip for name in ("4.13", "4.15") for strip in _worker(name)]
    says = ["In Linux 4.13 the worker has balloon_lock all the time."]
    says.append("In Linux 4.15 it asks for pages first, and then takes the lock.")
    figure = draw_strips(strips, "The order of steps, before and after", says)
    return Hero(
        figure,
        "The balloon's worker gets eight pages and tells the host. The steps are the same, the"
        " lock is not.",
    )


def _worker(name: str) -> Iterator[Strip]:
    """What the worker does on a release, and when it has its lock."""
    release = RELEASES[name]
    given = {**CALM, "kernel": release.kernel}
    trace = run("h1-two-task-cycle", release.remedy, given)
    moves = [e for e in trace.events if "fill_balloon" in e.stack]
    asks = [n for n, e in enumerate(moves) if "alloc_page" in e.stack]
    tells = [n for n, e in enumerate(moves) if "tell_host" in e.stack]
    held = [n for n, e in enumerate(moves) if e.op.startswith("mutex")]

    def band(numbers: list[int], style: str, text: str = "") -> Band:
        return Band(numbers[0] / len(moves), (numbers[-1] + 1) / len(moves), style, text)

    does = (band(asks, "runs", "asks for pages"), band(tells, "sleeps", "host"))
    yield Strip(f"the worker, Linux {name}", does, thing="balloon_worker")
    yield Strip("balloon_lock", (band(held, STYLES["balloon_lock"]),), thing="balloon_lock")


def asked_of_kernels() -> Hero:
    """What the model says of a lockup, and the room where three real kernels will answer."""
    stuck = all(bar.locked_up for bar in model_bars(LOCKUP, "7.3"))
    strips = [Strip("the model", (Band(0, 1, "blocked", "X waits"),), endless=stuck)]
    for release in ("6.1", "6.12", "7.3"):
        strips.append(Strip(f"Linux {release}, booted", (Band(0, 1, "empty", "?"),)))
    says = ("In the model X waits for ever.", "Three real kernels have not answered yet.")
    figure = draw_strips(strips, "A lockup in the model", says)
    return Hero(figure, "A bar that runs off the edge never ends. So says the model.")


def then() -> Hero:
    """The hazards on Linux 4.13."""
    bars = {HAZARDS[name]: bar_at(name, "4.13") for name in HAZARDS}
    longest_s = max(sum(bar.waits_s) for bar in bars.values())
    strips = [_wait(name, bar, 2 * longest_s) for name, bar in bars.items()]
    says = [f"{strip.name}: {strip.bands[0].text}." for strip in strips]
    figure = draw_strips(strips, "The hazards on Linux 4.13", says)
    stuck = sum(bar.locked_up for bar in bars.values())
    return Hero(
        figure,
        f"How long a request for a page waits on Linux 4.13, in the {len(bars)} situations of this"
        f" book. {stuck} of them never end.",
    )


def _wait(name: str, bar: RunBar, end_s: float) -> Strip:
    if bar.locked_up:
        return Strip(name, (Band(0, 1, "blocked", "for ever"),), endless=True)
    wait_s = sum(bar.waits_s)
    text = time_text(round(wait_s * 1_000_000))
    return Strip(name, (Band(0, wait_s / end_s, "waits", text),))
