"""The verdict on a driver as a checklist, each line with its reasons and its shortest schedule."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import Any

from oomlab.checked import checked
from oomlab.engine.explorer import Watch
from oomlab.errors import unknown
from oomlab.figures.stage import DrawnStage, draw_stage
from oomlab.kernel.releases import KERNELS
from oomlab.remedies import REMEDIES
from oomlab.workbench import of_callback, of_endings
from oomlab.workbench.bench import STACKS, Bench
from oomlab.workbench.line import CheckLine
from oomlab.workbench.searches import Searches
from oomlab.workbench.tries import BUDGET, play_bench

_Find = Callable[[], CheckLine]

_OF_DRIVER: dict[str, Callable[[Searches], CheckLine]] = {
    "asks": of_callback.asks,
    "locks": of_callback.locks,
    "waits": of_callback.endless_waits,
    "lockdep": of_callback.lock_validator,
    "lockup": of_endings.lockup,
    "livelock": of_endings.livelock,
    "starvation": of_endings.starvation,
    "panic": of_endings.panic_line,
    "needless kill": of_endings.needless_kill,
    "pages": of_endings.pages_given,
}


def _lines(searches: Searches) -> Iterator[tuple[str, _Find]]:
    """The names of all lines, in their order, each with what finds it."""
    for key, find in _OF_DRIVER.items():
        yield key, partial(find, searches)
    for key, question, remedy, given in _cases(searches.bench):
        yield key, partial(searches.case, key, question, remedy, **given)


def _cases(bench: Bench) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """On whose stack, under which remedies and on which kernels: the line's name, its question, the
    remedy and the settings."""
    for name, (what, given) in STACKS.items():
        yield f"stack {name}", f"Is it safe when {what}?", "", dict(given)
    scenario, groups = bench.scenario(), dict[Hashable, list[str]]()
    for name, remedy in REMEDIES.items():
        groups.setdefault(scenario.model_key(remedy), []).append(name)
    for names in groups.values():
        others = f" (and {len(names) - 1} that change nothing here)" if names[1:] else ""
        title = REMEDIES[names[0]].title
        yield f"remedy {names[0]}", f"And under “{title}”{others}?", names[0], {}
    for release in KERNELS:
        yield f"kernel {release}", f"And on {release}?", "", {"kernel": str(release)}


def _rows(searches: Searches) -> Iterator[CheckLine]:
    for _, find in _lines(searches):
        yield {**find(), "states": searches.states}


@checked
def rows(bench: Bench, *, budget: int = BUDGET, watch: Watch | None = None) -> Iterator[CheckLine]:
    """The lines of the checklist, as they are found; see `CheckLine`.

    `watch` is told how many states were seen so far; if what it returns is true, a search ends.
    Raises BenchError where a text breaks a rule of the model.
    """
    return _rows(Searches(bench, budget, watch))


@checked
def checklist(bench: Bench, *, budget: int = BUDGET, watch: Watch | None = None) -> dict[str, Any]:
    """The whole checklist as data: `word` ("safe", "conditional", "unsafe" or "undecided"),
    `sentence`, `rows` and `states`, the number of states seen."""
    found = list(_rows(Searches(bench, budget, watch)))
    word, sentence = verdict_of(found)
    return {"word": word, "sentence": sentence, "rows": found, "states": found[-1]["states"]}


@checked
def row_of(bench: Bench, key: str, *, budget: int = BUDGET) -> CheckLine:
    """The line of the checklist whose `id` is `key`, without the searches that only others need.

    Raises InputError for an unknown one.
    """
    searches = Searches(bench, budget, None)
    for name, found in _lines(searches):
        if name == key:
            return {**found(), "states": searches.states}
    raise unknown("line of the checklist", key, [name for name, _ in _lines(searches)])


def verdict_of(found: list[CheckLine]) -> tuple[str, str]:
    """One word for a whole checklist, and a sentence."""
    bad = [one["id"] for one in found if one["mark"] == "bad"]
    here: Callable[[str], bool] = lambda key: key == "lockup" or key.startswith("stack ")  # noqa: E731
    stuck = [key for key in bad if here(key)]
    if stuck:
        return "unsafe", "There is a schedule from which nobody gets out."
    if bad:
        return "conditional", f"Nobody gets stuck here, but look at: {', '.join(bad)}."
    unseen = [one["id"] for one in found if one["mark"] == "open"]
    if unseen:
        return "undecided", f"Not every schedule was seen: {', '.join(unseen)}."
    return "safe", "Every schedule was tried, and nobody gets stuck."


@checked
def stage_of_schedule(bench: Bench, schedule: dict[str, Any]) -> DrawnStage:
    """The stage of a schedule of the checklist. Raises InputError for what is none."""
    return draw_stage(play_bench(bench, schedule), decided_at=schedule.get("decided"))
