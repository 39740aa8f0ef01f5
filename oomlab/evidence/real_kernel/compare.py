"""The model beside real kernels, case by case and release by release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median, mode
from typing import Any, Literal, get_args

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError, find
from oomlab.evidence.real_kernel import disagreements
from oomlab.evidence.real_kernel.cases import CASES
from oomlab.evidence.real_kernel.disagreements import ASPECTS, AspectName, causes_of
from oomlab.evidence.real_kernel.facts import RunFacts
from oomlab.evidence.real_kernel.play import play_case
from oomlab.evidence.real_kernel.stored import kernel_runs, releases
from oomlab.kernel_release import KernelRelease

SEEDS = range(8)
"""With which seeds the model plays a case (our choice)."""

FIRST_SEEDS = SEEDS[:3]
"""With which it plays one that locks up with each of them: a lockup takes longest to play, and no
draw has ended one (our choice)."""

POLL_MS = 12.0
"""From one try for oom_lock to the next in the guests, in milliseconds: a round of reclaim, and a
nap that ends with the second tick at 250 Hz."""

WITHIN = 0.2
"""Waits count as equal if they differ by this share at most, or by one poll."""

FEW = 3
"""The range of fewer runs says nothing (our choice)."""

PRESSURE_WITHIN = 0.3
"""Shares of time stalled on memory count as equal if they differ by no more; 0 is equal to 0 only
(our choice: what a round of reclaim costs depends on the machine)."""

STILL = 0.01
"""A share below this counts as 0 (our choice)."""

CellAnswer = Literal["equal", "explained", "differs"]
_ANSWERS: tuple[CellAnswer, ...] = get_args(CellAnswer)


@brief
@dataclass(frozen=True)
class Aspect:
    """What one aspect says: the `kernel`'s values and the `model`'s, a run each, as they are shown;
    `equal`; and `causes`, the names of the rows that explain a difference here."""

    name: AspectName
    kernel: tuple[str, ...]
    model: tuple[str, ...]
    equal: bool
    causes: tuple[str, ...] = ()

    @property
    def answer(self) -> CellAnswer:
        """In a word."""
        return "equal" if self.equal else "explained" if self.causes else "differs"


@brief
@dataclass(frozen=True)
class KernelComparison:
    """One cell: a case on a release, all runs of both, and the aspects that both have."""

    case: str
    release: str
    kernel_runs: tuple[RunFacts, ...]
    model_runs: tuple[RunFacts, ...]
    aspects: tuple[Aspect, ...]

    def aspect(self, name: str) -> Aspect:
        """One of them. Raises InputError for one that is not compared here."""
        return find("aspect", name, {aspect.name: aspect for aspect in self.aspects})

    @property
    def answer(self) -> CellAnswer:
        """The worst answer of its aspects."""
        answers = {aspect.answer for aspect in self.aspects}
        return max(answers, key=_ANSWERS.index)

    @property
    def unexplained(self) -> tuple[str, ...]:
        """Differences that no row explains, in a sentence each."""
        return tuple(
            f"{aspect.name} differs, and no row says why: {', '.join(aspect.kernel)} there, "
            f"{', '.join(aspect.model)} here"
            for aspect in self.aspects
            if aspect.answer == "differs"
        )


def needless_rows(found: Sequence[KernelComparison]) -> tuple[str, ...]:
    """The names of the rows that explain nothing any more: all cells that they are about are among
    those `found`, and equal in what they explain."""
    return tuple(
        name
        for name, row in disagreements.DISAGREEMENTS.items()
        if {cell for cell in kernel_cells() if row.explains(*cell)}
        <= {(one.case, one.release) for one in found}
        and not any(
            not aspect.equal and aspect.name in row.explains(one.case, one.release)
            for one in found
            for aspect in one.aspects
        )
    )


@checked
def compare_kernel(case: str, release: str, seeds: int | None = None) -> KernelComparison:
    """One cell, with the first `seeds` runs of the model only (None: all). Raises InputError for an
    unknown case or release, for a case that the model does not play, and for a cell without stored
    runs."""
    CASES.find(case)
    asked = KernelRelease.of(release)
    kernel = tuple(run for run in kernel_runs() if (run.case, run.release) == (case, str(asked)))
    if not kernel:
        raise InputError(
            f"no run of {case} on {release} is stored; valid: {', '.join(releases_of(case))}"
        )
    model = tuple(_model_runs(case, str(asked), SEEDS[:seeds]))
    return KernelComparison(case, str(asked), kernel, model, tuple(_aspects(kernel, model)))


def _model_runs(case: str, release: str, seeds: Sequence[int]) -> Iterator[RunFacts]:
    first = [play_case(case, release, seed) for seed in seeds[: len(FIRST_SEEDS)]]
    yield from first
    if any(run.outcome != "locked up" for run in first):
        yield from (play_case(case, release, seed) for seed in seeds[len(first) :])


def releases_of(case: str) -> tuple[str, ...]:
    """The releases that were asked this."""
    asked = {run.release for run in kernel_runs() if run.case == case}
    return tuple(release for release in releases() if release in asked)


@checked
def kernel_cells(
    case: str | None = None, release: str | None = None
) -> tuple[tuple[str, str], ...]:
    """(case, release) of all cells, or of one case or release only, in the order of the registry.

    Raises InputError for names that are not known, and if there is nothing to compare.
    """
    wanted = None if release is None else str(KernelRelease.of(release))
    if wanted is not None:
        find("kernel version", wanted, {one: one for one in releases()})
    if case is not None and CASES.find(case).unplayed:
        raise InputError(f"the model does not play {case}: {CASES[case].unplayed}")
    asked = {(run.case, run.release) for run in kernel_runs()}
    found = tuple(
        (name, one)
        for name in CASES
        for one in releases()
        if (name, one) in asked
        and not CASES[name].unplayed
        and case in (None, name)
        and wanted in (None, one)
    )
    if not found:
        raise InputError(f"no run of {case} is stored; ask with: make kernel-check CASES={case}")
    return found


def _aspects(kernel: Sequence[RunFacts], model: Sequence[RunFacts]) -> Iterator[Aspect]:
    case, release = kernel[0].case, kernel[0].release
    for name in ASPECTS:
        found = _COMPARED[name](kernel, model)
        if found is not None:
            equal, shown = found
            causes = tuple(row.name for row in causes_of(case, release, name))
            yield Aspect(name, *shown, equal, causes)


_Shown = tuple[tuple[str, ...], tuple[str, ...]]
_Found = tuple[bool, _Shown] | None


def _shown(kernel: Iterable[Any], model: Iterable[Any]) -> _Shown:
    return tuple(map(str, kernel)), tuple(map(str, model))


def _outcome(kernel: Sequence[RunFacts], model: Sequence[RunFacts]) -> _Found:
    """Whatever a real run ended with occurs in the model, and both usually end alike."""
    theirs, ours = [run.outcome for run in kernel], [run.outcome for run in model]
    equal = set(theirs) <= set(ours) and mode(theirs) == mode(ours)
    return equal, _shown(theirs, ours)


def _stall(kernel: Sequence[RunFacts], model: Sequence[RunFacts]) -> _Found:
    """Of the rounds in which X was served: the kernel's median lies in the model's range, as far as
    that is taken to go, and the model's in the kernel's, if that is the range of a few runs."""
    theirs = [ms for run in kernel for ms in run.stall_ms]
    ours = [ms for run in model for ms in run.stall_ms]
    if not theirs or not ours:
        return None
    equal = _near(median(theirs), ours) and (len(kernel) < FEW or _near(median(ours), theirs))
    return equal, _shown(
        (_seconds(run.stall_ms) for run in kernel), (_seconds(run.stall_ms) for run in model)
    )


def _near(value: float, others: Sequence[float]) -> bool:
    low, high = min(others), max(others)
    lowest, highest = (
        min(low * (1 - WITHIN), low - POLL_MS),
        max(high * (1 + WITHIN), high + POLL_MS),
    )
    return lowest <= value <= highest


def _seconds(stalls: Sequence[float]) -> str:
    return ", ".join(f"{ms / 1000:.3g} s" for ms in stalls) or "-"


def _kills(kernel: Sequence[RunFacts], model: Sequence[RunFacts]) -> _Found:
    """Each number that a real kernel killed occurs in the model; of a few runs, half
    a kill separates them on average at most."""
    theirs, ours = [run.kills for run in kernel], [run.kills for run in model]
    means = sum(theirs) / len(theirs), sum(ours) / len(ours)
    equal = set(theirs) <= set(ours) and (len(theirs) < FEW or abs(means[0] - means[1]) <= 0.5)
    return equal, _shown(theirs, ours)


def _pages(kernel: Sequence[RunFacts], model: Sequence[RunFacts]) -> _Found:
    """What the callback was given when it was called first, to a fifth."""
    theirs = [run.callback_pages[0] for run in kernel if run.callback_pages]
    ours = [run.callback_pages[0] for run in model if run.callback_pages]
    if not theirs or not ours:  # a callback that did not return has been given no number
        return None
    low, high = min(theirs), max(theirs)
    equal = all(low * (1 - WITHIN) <= pages <= high * (1 + WITHIN) for pages in ours)
    return equal, _shown(theirs, ours)


def _hung(kernel: Sequence[RunFacts], model: Sequence[RunFacts]) -> _Found:
    """Whom the detector names, and as blocked by whom."""
    theirs = {_named(run) for run in kernel}
    ours = {_named(run) for run in model}
    return theirs <= ours or ours <= theirs, _shown(map(_named, kernel), map(_named, model))


def _named(run: RunFacts) -> str:
    told = [f"{task} by {owner}" if owner else task for task, owner in sorted(run.hung.items())]
    return ", ".join(told) or "nobody"


def _stall_lines(kernel: Sequence[RunFacts], model: Sequence[RunFacts]) -> _Found:
    """About whom the allocator warned."""
    theirs = {", ".join(run.stall_lines) or "nobody" for run in kernel}
    ours = {", ".join(run.stall_lines) or "nobody" for run in model}
    return bool(theirs & ours), _shown(
        (", ".join(run.stall_lines) or "nobody" for run in kernel),
        (", ".join(run.stall_lines) or "nobody" for run in model),
    )


def _pressure(kernel: Sequence[RunFacts], model: Sequence[RunFacts]) -> _Found:
    """The share of the time in which all were stalled on memory: where the model stands still, so
    did a real run; elsewhere the medians are near."""
    theirs = [run.pressure for run in kernel if run.pressure is not None]
    ours = [run.pressure for run in model if run.pressure is not None]
    if not theirs or not ours:
        return None
    if median(ours) < STILL:
        equal = min(theirs) < STILL
    else:
        equal = max(theirs) >= STILL and abs(median(theirs) - median(ours)) <= PRESSURE_WITHIN
    return equal, _shown((f"{share:.2f}" for share in theirs), (f"{share:.2f}" for share in ours))


_COMPARED = {
    "outcome": _outcome,
    "stall": _stall,
    "kills": _kills,
    "pages": _pages,
    "hung": _hung,
    "stall lines": _stall_lines,
    "pressure": _pressure,
}
