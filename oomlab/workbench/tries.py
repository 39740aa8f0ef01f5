"""Has every schedule of a bench tried, and says at which line of a text the model was broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from oomlab.checked import checked
from oomlab.engine.explorer import Exploration, Graph, Watch
from oomlab.engine.explorer.counterexample import shortest_schedule
from oomlab.engine.explorer.properties import schedule_to
from oomlab.engine.explorer.schedules import write_schedule
from oomlab.engine.ops import FREE, RwSemaphore, Slot
from oomlab.engine.routines import LocalState, Place
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError, ModelError
from oomlab.experiment import Experiment
from oomlab.remedies import Remedy
from oomlab.scenarios.parameters import Settings
from oomlab.workbench.bench import Bench
from oomlab.workbench.errors import BenchError
from oomlab.workbench.words_run import PlacedOp

BUDGET = 70_000
"""States after which one search ends: some seconds in a page (our choice)."""

ALLOCATOR = "alloc_pages_slowpath"
"""The routine in which a request waits for memory."""

ShownSchedule = dict[str, Any]
"""A schedule that can be played: `remedy`, `settings`, `schedule` (as text), `steps`, and
`decided`, the step after which nobody gets out any more (None: they do)."""


@dataclass(frozen=True)
class Tried:
    """A bench under a remedy and settings, with all that was found."""

    experiment: Experiment
    found: Exploration

    @property
    def graph(self) -> Graph:
        """The states."""
        return self.found.graph

    @property
    def word(self) -> str:
        """The verdict: `exhausted-clean`, `lockup` or `budget`."""
        return self.found.verdict.word

    def lockup(self) -> ShownSchedule | None:
        """The shortest way to a lockup; None if none was found."""
        if self.word != "lockup":
            return None
        return self.shown(self.found.schedule, self.found.point_of_no_return)

    def way_to(self, states: Iterable[int]) -> ShownSchedule | None:
        """The shortest way to one of these states; None if there are none."""
        targets = set(states)
        return self.shown(shortest_schedule(self.graph, targets)[0]) if targets else None

    def panic(self) -> ShownSchedule | None:
        """The shortest way to a panic; None if there is none."""
        panicked = self.graph.space.panicked
        states = self.graph.states
        return self.way_to(number for number, state in enumerate(states) if panicked(state))

    def way_to_property(self, name: str) -> ShownSchedule:
        """The shortest way to where a property is violated, which it must be."""
        return self.shown(schedule_to(self.graph, name))

    def shown(self, schedule: Any, decided: int | None = None) -> ShownSchedule:
        """A schedule as data."""
        return {
            "remedy": self.experiment.remedy.name,
            "settings": self.experiment.unusual,
            "schedule": write_schedule(self.graph.space.model, schedule),
            "steps": len(schedule),
            "decided": decided,
        }

    def states_where(self, task: int, stands: set[int]) -> Iterator[int]:
        """The states in which a task stands in one of these local states."""
        local = self.graph.space.local
        for number, state in enumerate(self.graph.states):
            if local(state, task) in stands:
                yield number

    def places_within(self, task: int, *functions: str) -> set[int]:
        """The local states of a task in which these are on its stack, in this order."""
        places = self.graph.space.automata[task].places
        return {
            number
            for number, place in enumerate(places)
            if place is not None and _in_order(names_on(place), functions)
        }

    def places_asking(self, task: int, routines: Set[str]) -> set[int]:
        """The local states of a task in which one of these routines is asking for memory.

        A callback that runs on the stack of whoever asks is not asking itself: what it holds, it
        has taken since.
        """
        found = set()
        for number, place in enumerate(self.graph.space.automata[task].places):
            names = [] if place is None else names_on(place)
            if ALLOCATOR in names:
                last = len(names) - 1 - names[::-1].index(ALLOCATOR)
                if routines & set(names[:last]) and not routines & set(names[last:]):
                    found.add(number)
        return found

    def holding(self, task: int, lock: Slot) -> set[int]:
        """The numbers of the shared states in which a task holds a lock or semaphore."""
        space, found = self.graph.space, set()
        for number in {state & space.shared_mask for state in self.graph.states}:
            value = space.shared(number)[lock.index]
            if isinstance(value, RwSemaphore):
                held = value.writer == task or task in value.readers
            else:
                held = value == task != FREE
            if held:
                found.add(number)
        return found


def names_on(place: LocalState) -> list[str]:
    """The functions on the stack of a local state, outermost first."""
    return [
        part[0].code.co_name
        for part in place
        if isinstance(part, tuple) and part and isinstance(part[0], Place)
    ]


def _in_order(names: list[str], wanted: tuple[str, ...]) -> bool:
    rest = iter(names)
    return all(one in rest for one in wanted)


@checked(leave="timeouts")
def explore_bench(
    bench: Bench,
    given: Settings,
    remedy: Remedy | str = "",
    *,
    timeouts: str = "any",
    budget: int = BUDGET,
    watch: Watch | None = None,
) -> Tried:
    """Try every schedule of a bench under a remedy ("" is its own).

    Raises BenchError where a text breaks a rule of the model, at its line.
    """
    chosen = remedy or bench.own_remedy()
    experiment = Experiment.of(bench.scenario(), chosen, given, engine="explorer")
    try:
        return Tried(experiment, experiment.explore(timeouts=timeouts, budget=budget, watch=watch))
    except ModelError as error:
        raise at_its_line(error) from None


@checked
def play_bench(bench: Bench, shown: dict[str, Any]) -> Trace:
    """Play a schedule that a check has shown (see `ShownSchedule`). Raises InputError for what is
    none."""
    texts = [shown.get(part) for part in ("remedy", "settings", "schedule")]
    if not all(isinstance(one, str) for one in texts) or not isinstance(
        shown.get("decided"), int | None
    ):
        raise InputError("this is no schedule that a check has shown")
    given = dict(part.partition("=")[::2] for part in filter(None, shown["settings"].split(",")))
    chosen = bench.own_remedy() if shown["remedy"] == "own" else shown["remedy"]
    experiment = Experiment.of(bench.scenario(), chosen, given, engine="explorer")
    return experiment.play(shown["schedule"])


def at_its_line(error: ModelError) -> Exception:
    """The same error, told at the line of the text that made the step; itself, if no text did."""
    found: Exception = error
    here: TracebackType | None = error.__traceback__
    while here is not None:
        op = here.tb_frame.f_locals.get("op")
        if isinstance(op, PlacedOp):
            found = BenchError(*op.where, str(error))
        elif here.tb_frame.f_code.co_filename in ("<callback>", "<holder>", "<remedy>"):
            part = here.tb_frame.f_code.co_filename.strip("<>")
            found = BenchError(part, here.tb_lineno, str(error))
        here = here.tb_next
    return found
