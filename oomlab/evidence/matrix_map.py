"""The matrix as a map: what becomes of each hazard under each remedy, in one word."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import unknown
from oomlab.evidence.matrix import Timed, timed_cell
from oomlab.kernel.releases import DIFFERENCES, KERNEL_4_13, modelled_kernel
from oomlab.kernel_release import KernelRelease, Spelled
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS, Scenario
from oomlab.scenarios.parameters import Settings

CellWord = Literal["deadlock", "livelock", "kill", "slow", "fine", "absent"]
"""The best word for a run, the worst outcome first. `slow`: nobody is killed, but somebody waits
longer than `SLOW_S` for a page. `absent`: the release does not have the code that hangs."""

SLOW_S = 0.1
"""A request for a page that takes longer than this, in seconds, is slow (our choice): what is not
slow in the matrix takes less than a tenth of it."""

_REBUILT = ("h3c-i915-fence-array", "h3d-i915-bit17", "h4-i915-object-lock")
"""They are about what i915 did before it was rebuilt, as the difference `i915-rebuilt` says."""


@brief
@dataclass(frozen=True)
class Hazard:
    """A row of the matrix. `name` is that of the scenario, with what is set besides; `title` says
    it for people."""

    name: str
    title: str
    scenario: Scenario
    settings: Settings

    def missing(self, kernel: KernelRelease) -> str:
        """Why a release does not have it; "" if it does."""
        gone = DIFFERENCES["i915-rebuilt"]
        if self.scenario.name in _REBUILT and gone.holds_in(kernel):
            return (
                f"Linux {kernel} does not have the code that hangs here: since {gone.since} i915's"
                " callback waits for no object's lock, and asks for no memory."
            )
        return ""


@brief
@dataclass(frozen=True)
class MapCell:
    """A hazard under a remedy: the run in one word, the run by the clock (None where the release
    does not have the hazard), and whether the remedy changes nothing in it."""

    outcome: CellWord
    run: Timed | None
    unchanged: bool


def matrix_rows() -> Iterator[Hazard]:
    """The rows of the matrix, in its order."""
    for scenario in SCENARIOS.values():
        titles = (*scenario.titles, *[""] * len(scenario.rows))
        for row, title in zip(scenario.rows, titles, strict=False):
            name = ",".join([scenario.name, *(f"{key}={value}" for key, value in row.items())])
            yield Hazard(name, title or name, scenario, row)


@checked(leave="name")
def find_hazard(name: str) -> Hazard:
    """The row called `name`, such as `h3a-virtqueue-add,total_sg=2`. Raises InputError naming all
    of them."""
    known = {hazard.name: hazard for hazard in matrix_rows()}
    if not isinstance(name, str) or name not in known:
        raise unknown("hazard", name, known)
    return known[name]


@checked
def heat(kernel: Spelled = KERNEL_4_13) -> dict[str, dict[str, MapCell]]:
    """What becomes of each hazard under each remedy, by their names, on a release. Raises
    InputError for a release that no machine can be of."""
    release = modelled_kernel(kernel)
    return {hazard.name: heat_row(hazard.name, release) for hazard in matrix_rows()}


@cache
def heat_row(hazard: str, kernel: KernelRelease) -> dict[str, MapCell]:
    """What becomes of one hazard under each remedy; equal models are run once. Raises InputError
    for an unknown hazard, and as `run` does."""
    row = find_hazard(hazard)
    mainline = row.scenario.model_key(REMEDIES["mainline"])
    known: dict[Hashable, Timed] = {}
    found = {}
    for remedy in REMEDIES.values():
        key = row.scenario.model_key(remedy)
        unchanged = remedy.name != "mainline" and key == mainline
        if row.missing(kernel):
            found[remedy.name] = MapCell("absent", None, unchanged)
            continue
        if key not in known:
            known[key] = timed_cell(row.scenario, remedy, {**row.settings, "kernel": kernel})
        found[remedy.name] = MapCell(outcome_of(known[key]), known[key], unchanged)
    return found


def outcome_of(run: Timed) -> CellWord:
    """A run in one word."""
    if run.verdict == "deadlock":
        return "deadlock"
    if run.verdict == "livelock":
        return "livelock"
    if run.kills or run.verdict == "panic":
        return "kill"
    return "slow" if run.stall_s is None or run.stall_s > SLOW_S else "fine"
