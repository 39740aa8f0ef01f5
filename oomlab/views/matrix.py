"""The matrix: the map of it, and behind each of its cells the run."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from html import escape

from oomlab.analysis import time_text
from oomlab.evidence.matrix import CELL_BUDGET
from oomlab.evidence.matrix_map import Hazard, MapCell, find_hazard, heat, heat_row, matrix_rows
from oomlab.experiment import Experiment
from oomlab.figures.heat_map import SIGNS, MapColumn, MapRow, draw_heat_map
from oomlab.figures.stage import draw_lanes, draw_stage
from oomlab.kernel.releases import KERNEL_4_13, modelled_kernel, traits_of
from oomlab.kernel_release import KernelRelease
from oomlab.remedies import REMEDIES, Remedy, find_remedy
from oomlab.views import View, view
from oomlab.views.commands import commands_html
from oomlab.views.runs import how_it_went

ALL = "all"
"""Instead of a remedy: a hazard under all of them, side by side."""

_CAN_LOCK_UP = {
    "lockup": "**yes**",
    "exhausted-clean": "never",
    "budget": "not seen",
    "": "not asked",
}
_IN_ANY_ORDER = {
    "lockup": "Tried in every order of steps, tasks can lock up",
    "exhausted-clean": "In no order of steps can tasks lock up",
    "budget": f"There are more than {CELL_BUDGET:,} states; the first of them hold no lockup",
}


def map_rows() -> dict[str, str]:
    """The rows of the map: their titles, by name."""
    return {hazard.name: hazard.title for hazard in matrix_rows()}


def map_numbers() -> str:
    """The numbers of 4.13 behind the map, as Markdown: a table a hazard, whose remedies with the
    same outcome share a line. The last column is what the tests hold the explorer to."""
    heads = ("Remedy", "Ends", "Slowest request", "Killed", "Failed", "Pages", "Can lock up")
    lines = []
    for hazard in matrix_rows():
        lines += ["", f"**{hazard.title}** (`{hazard.name}`): {hazard.scenario.summary}.", ""]
        lines += [_line(heads), _line(["---"] * len(heads))]
        same: dict[tuple[str, ...], list[str]] = {}
        for name, found in heat_row(hazard.name, KERNEL_4_13).items():
            remedy = REMEDIES[name]
            declared = hazard.scenario.declared(remedy, "explorer", hazard.settings)
            word = declared.verdict if declared else ""
            same.setdefault((*_numbers(found), _CAN_LOCK_UP[word]), []).append(remedy.title)
        lines += [_line([", ".join(titles), *numbers]) for numbers, titles in same.items()]
    return "\n".join(lines)


def _numbers(cell: MapCell) -> tuple[str, ...]:
    run = cell.run
    assert run is not None, "4.13 has all hazards"
    ends = f"{run.verdict}{', wrong credit' if run.wrong_credit else ''}"
    slowest = "for ever" if run.stall_s is None else time_text(round(run.stall_s * 1_000_000))
    return ends, slowest, str(run.kills), str(run.failed_allocations), str(run.pages_returned)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


@view
def heat_map(kernel: str, page: str = "") -> View:
    """The map of a release. `page`: the page that its links lead to, "" for that which it is in.

    Raises InputError for an unknown release.
    """
    release = modelled_kernel(kernel)
    found = heat(release)
    own = traits_of(release).balloon
    columns = [MapColumn(one.name, one.title, one.name == own) for one in REMEDIES.values()]
    rows = [
        MapRow(
            hazard.name,
            hazard.title,
            tuple(found[hazard.name][name].outcome for name in REMEDIES),
            tuple(found[hazard.name][name].unchanged for name in REMEDIES),
        )
        for hazard in matrix_rows()
    ]
    drawn = draw_heat_map(columns, rows, str(release), page)
    return View(drawn.html, drawn.description, drawn.twin)


@view
def cell(hazard: str, remedy: str, kernel: str) -> View:
    """The run behind a cell, on the stage; with "all" for a remedy, the lanes of the hazard under
    each of them.

    Raises InputError for an unknown hazard, remedy or release.
    """
    row, release = find_hazard(hazard), modelled_kernel(kernel)
    if why := row.missing(release):
        return View(f"<p>{escape(why)}</p>", why, f"{row.title}:\n{why}")
    if remedy == ALL:
        return _side_by_side(row, release)
    found = find_remedy(remedy)
    tried = _tried(row, found, release)
    trace = tried.run()
    stage = draw_stage(trace)
    said = f"{row.title}; {found.title}; Linux {release}. {how_it_went(trace)}"
    return View(
        f"{stage.html}{commands_html([tried])}",
        f"{said}{_in_any_order(row, found, release)}",
        stage.twin,
    )


def _tried(row: Hazard, remedy: Remedy, release: KernelRelease) -> Experiment:
    return Experiment.of(row.scenario, remedy, {**row.settings, "kernel": release})


def _in_any_order(row: Hazard, remedy: Remedy, release: KernelRelease) -> str:
    """What the explorer says of the cell, which the tests hold against it: it explores 4.13."""
    declared = row.scenario.declared(remedy, "explorer", row.settings)
    if declared is None or release != KERNEL_4_13:
        return ""
    return f" {_IN_ANY_ORDER[declared.verdict]}."


def _side_by_side(row: Hazard, release: KernelRelease) -> View:
    groups: dict[Hashable, list[str]] = {}
    for remedy in REMEDIES.values():
        groups.setdefault(row.scenario.model_key(remedy), []).append(remedy.name)
    cells = {name: one.outcome for name, one in heat_row(row.name, release).items()}
    parts, twins = [], [f"{row.title}, on Linux {release}, under each remedy:"]
    for names in groups.values():
        trace = _tried(row, REMEDIES[names[0]], release).run()
        outcome = cells[names[0]]
        links = ", ".join(
            f'<a href="?cell={escape(row.name)}/{name}/{release}">'
            f"{escape(REMEDIES[name].title)}</a>"
            for name in names
        )
        sign = f'<b data-v="{outcome}"><i>{SIGNS[outcome][0]}</i></b>'
        parts.append(f"<li><p>{sign} {links}</p>{draw_lanes(trace)}</li>")
        titles = ", ".join(REMEDIES[name].title for name in names)
        twins.append(f"{titles}: {how_it_went(trace)}")
    html = f'<div class="oom-heat oom-m-colours"><ol>{"".join(parts)}</ol></div>'
    ends = sum(one not in ("deadlock", "livelock") for one in cells.values())
    said = (
        f"{row.title}, Linux {release}: it comes to an end under {ends} of {len(cells)} remedies."
    )
    return View(html, f"{said} Each picture has a time axis of its own.", "\n".join(twins))
