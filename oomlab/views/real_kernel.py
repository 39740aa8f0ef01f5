"""What real kernels did in the cases of the check, below what the model does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from oomlab.checked import checked
from oomlab.errors import find
from oomlab.evidence.real_kernel.cases import CASES, Case
from oomlab.evidence.real_kernel.compare import (
    KernelComparison,
    compare_kernel,
    kernel_cells,
)
from oomlab.evidence.real_kernel.facts import RunFacts
from oomlab.evidence.real_kernel.stored import kernel_runs, releases
from oomlab.evidence.real_kernel.translation import HUNG_S
from oomlab.figures.multiples import draw_multiples
from oomlab.figures.multiples_runs import BothSides, Multiple, RunBar
from oomlab.figures.multiples_twin import runs_text
from oomlab.figures.shares import Shares, draw_shares, share_text
from oomlab.views import View, view

SEEDS = 2
"""So many runs of the model a cell (our choice): the page makes them while the book is built."""

ALL = "all"
"""Stands for all releases that were asked."""

GROUPS = {
    "sleeps": "The callback does nothing, or sleeps",
    "locks": "The callback wants a lock",
    "waits": "The callback asks for pages and may wait",
    "no-wait": "The callback asks for pages and does not wait",
    "outside": "Somebody else comes in",
    "balloon": "The kernel's own balloon",
}
"""What a case is about; `OFFLOADED` before one of them: a thread runs the callback."""
OFFLOADED = "offload-"

_MAY_WAIT = ("kernel", "nofs", "mayfail")
_HELP = {"sysrq_s", "memcg_s", "fault_s", "min_ttl_ms", "kill_asking", "suspend_s"}
"""What a guest is told if somebody else than X has a part in it."""


def group_of(case: Case) -> str:
    """The group that a case belongs to, from what its guest is told."""
    told = {*case.guest, *case.module, *(word.partition("=")[0] for word in case.boot)}
    callback = case.module.get("callback")
    if "balloon_pages" in told:
        found = "balloon"
    elif told & _HELP:
        found = "outside"
    elif callback in ("lock", "trylock"):
        found = "locks"
    elif callback == "alloc":
        found = "waits" if case.module["mask"] in _MAY_WAIT else "no-wait"
    else:
        found = "sleeps"
    return f"{OFFLOADED}{found}" if "offload_ms" in told else found


@cache
def cases_by_group() -> dict[str, tuple[str, ...]]:
    """The cases that were asked, by group, in the order of the registry."""
    asked = {run.case for run in kernel_runs()}
    found: dict[str, list[str]] = {}
    for name, case in CASES.items():
        if name in asked:
            found.setdefault(group_of(case), []).append(name)
    return {group: tuple(names) for group, names in found.items()}


@checked
def case_groups() -> dict[str, str]:
    """The groups that have cases, for a control: name to words."""
    prefixes = {"": "", OFFLOADED: "RFC's thread: "}
    every = {
        f"{p}{g}": f"{said}{text}" for p, said in prefixes.items() for g, text in GROUPS.items()
    }
    return {group: text for group, text in every.items() if group in cases_by_group()}


@view
def cases(group: str, release: str = ALL) -> View:
    """All cases of a group, on one `release` or on "all" that were asked. Raises InputError for an
    unknown name."""
    return _view(find("group", group, cases_by_group()), release, case_groups()[group])


@view
def case(case: str, release: str = ALL) -> View:
    """One case. Raises InputError for an unknown name."""
    return _view((CASES.find(case).name,), release, "One case")


def _view(names: tuple[str, ...], release: str, name: str) -> View:
    wanted = _releases(release)
    rows = [Multiple(_title(n, names), tuple(_cell(n, r) for r in wanted)) for n in names]
    figure = draw_multiples(rows, name, key=release)
    return View(figure.html, _sentence(names, wanted), figure.twin)


def _title(case: str, among: tuple[str, ...]) -> str:
    """What a case asks; several are told apart by their names, which other texts use as well."""
    asks = CASES[case].asks
    return f"{case}: {asks}" if len(among) > 1 else f"{asks[0].upper()}{asks[1:]}"


def _releases(release: str) -> tuple[str, ...]:
    asked = releases()
    return asked if release == ALL else (find("kernel version", release, {r: r for r in asked}),)


@cache
def _compared(case: str, release: str) -> KernelComparison | None:
    played = (case, release) in kernel_cells()
    return compare_kernel(case, release, SEEDS) if played else None


def model_bars(case: str, release: str) -> tuple[RunBar, ...]:
    """What the model says of a case on a release; empty if it does not play it."""
    found = _compared(case, release)
    return tuple(map(bar_of, found.model_runs)) if found else ()


def _cell(case: str, release: str) -> BothSides:
    kernel = [run for run in kernel_runs() if (run.case, run.release) == (case, release)]
    return BothSides(release, model_bars(case, release), tuple(map(bar_of, kernel)))


def bar_of(run: RunFacts) -> RunBar:
    """A run as a lane of the picture. The hung-task detector of the guests speaks of tasks that
    have been blocked for `HUNG_S` seconds."""
    return RunBar(
        tuple(ms / 1000 for ms in run.stall_ms),
        run.outcome == "locked up",
        tuple(ms / 1000 for ms in run.killed_at_ms),
        (float(HUNG_S),) if run.hung else (),
        run.calls,
    )


def _sentence(names: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    found = [c for n in names for r in wanted if (c := _compared(n, r)) is not None]
    if not found:
        return "The model does not play this; the kernels stand alone."
    other = [f"{c.case} on {c.release}" for c in found if not c.aspect("outcome").equal]
    ends = f"The model ends as the kernel did in {len(found) - len(other)} of {len(found)} cells"
    return f"{_kernels(found)}{ends}{', not in ' if other else ''}{', '.join(other)}."


def _kernels(found: list[KernelComparison]) -> str:
    """What the kernels did, where a single case is shown."""
    if len({one.case for one in found}) > 1:
        return ""
    said: dict[str, list[str]] = {}
    for each in found:
        said.setdefault(runs_text(list(map(bar_of, each.kernel_runs))), []).append(each.release)
    return "".join(f"Linux {', '.join(where)}: {text}. " for text, where in said.items())


@view
def pressure(case: str) -> View:
    """The share of the time in which all who were not idle were stalled on memory. Raises
    InputError for a case that is not known, or that the model does not play."""
    found = [compare_kernel(case, release, SEEDS) for _, release in kernel_cells(case)]
    rows: dict[str, Shares] = {
        each.release: {"model": _shares(each.model_runs), "kernel": _shares(each.kernel_runs)}
        for each in found
    }
    figure = draw_shares(rows, "Time in which all are stalled on memory")
    shares = [share for row in rows.values() for share in row["kernel"]]
    said = "It was over before anybody looked."
    if shares:
        span = share_text(shares)
        said = f"The kernels say that all were stalled on memory for {span} of the time."
    return View(figure.html, said, figure.twin)


def _shares(runs: Iterable[RunFacts]) -> tuple[float, ...]:
    return tuple(run.pressure for run in runs if run.pressure is not None)


@checked
def cells_table(groups: Iterable[str]) -> str:
    """The cells of some groups as a Markdown table: the kernels, and the model where it ends
    otherwise. Raises InputError for an unknown group."""
    asked = releases()
    names = [name for each in groups for name in find("group", each, cases_by_group())]
    lines = ["| Case | " + " | ".join(asked) + " |", "| --- |" + " --- |" * len(asked)]
    for name in names:
        lines.append(f"| {name} | {' | '.join(_short(name, release) for release in asked)} |")
    return "\n".join(lines)


def _short(case: str, release: str) -> str:
    cell, found = _cell(case, release), _compared(case, release)
    if not cell.kernel:
        return "–"
    said = runs_text(cell.kernel)
    if found is None or found.aspect("outcome").equal:
        return said
    return f"{said} (model: {runs_text(cell.model)})"


@checked
def told_table(lockups: Mapping[str, str], release: str) -> str:
    """A Markdown table: what a release told while it hung, for each of the `lockups` (case to
    words). Raises InputError for a release that was not asked."""
    (wanted,) = _releases(release)
    lines = [
        "| What it tells | " + " | ".join(lockups.values()) + " |",
        "| --- |" + " --- |" * len(lockups),
    ]
    for what, tell in _TOLD.items():
        runs = [[r for r in kernel_runs() if (r.case, r.release) == (c, wanted)] for c in lockups]
        lines.append(f"| {what} | {' | '.join(map(tell, runs))} |")
    return "\n".join(lines)


def _pressed(runs: list[RunFacts]) -> str:
    shares = _shares(runs)
    return share_text(shares) if shares else "–"


def _named(runs: list[RunFacts]) -> str:
    return _people(task for run in runs for task in run.hung)


def _owners(runs: list[RunFacts]) -> str:
    return _people(owner for run in runs for owner in run.hung.values() if owner)


def _warned(runs: list[RunFacts]) -> str:
    return _people(task for run in runs for task in run.stall_lines)


def _people(tasks: Iterable[str]) -> str:
    return ", ".join(_WHO.get(task, task) for task in sorted(set(tasks))) or "nobody"


_WHO = {"check_a": "A", "check_x": "X", "check_y": "Y", "check_n": "N"}
"""The tasks of the module, as the book calls them."""

_TOLD = {
    "all stalled on memory": _pressed,
    "reported as hung": _named,
    "named as the owner": _owners,
    "stall warning about": _warned,
}
