"""One thing to try: a scenario under a remedy, with these settings and this seed.

Names are looked up once, when an `Experiment` is made; from there on it travels whole. It knows how
to have itself run, explored and played by the two engines, which know nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.engine.chooser import Chooser
from oomlab.engine.explorer import BUDGET, Exploration, Watch, explore_model
from oomlab.engine.explorer.counterexample import Schedule
from oomlab.engine.explorer.deciding import Decision, decide_model
from oomlab.engine.explorer.player import Player
from oomlab.engine.explorer.properties import reports
from oomlab.engine.explorer.schedules import (
    call_chains,
    play_as_far_as_possible,
    play_through,
    read_schedule,
    schedule_trace,
    write_schedule,
)
from oomlab.engine.model import Model
from oomlab.engine.properties import Report
from oomlab.engine.trace.events import Trace
from oomlab.engine.trace.properties import run_reports
from oomlab.errors import InputError, shown
from oomlab.remedies import Remedy, find_remedy
from oomlab.scenarios import Scenario, find_scenario
from oomlab.scenarios.parameters import Settings, Value, json_settings
from oomlab.scenarios.scenario import Engine

FORM = "SCENARIO/REMEDY/[name=value,...]/task:times,task@outcome,..."
"""What a replay line looks like."""

LINE = "SCENARIO/REMEDY/[name=value,...]/SEED"
"""What the line of an experiment looks like."""

_Found = TypeVar("_Found", Exploration, Decision)

MODELS_KEPT = 4
"""Models that are kept for further runs, of other seeds say (our choice)."""

_RUN_LAST: dict[tuple[object, ...], tuple[Scenario, Remedy, Model]] = {}
"""By scenario, remedy and settings, the last to be run at the end. The first two are kept alive, so
that no others can have their ids."""


def forget_models() -> None:
    """Keep no model any longer: for those who have changed a routine of the kernel meanwhile."""
    _RUN_LAST.clear()


LONGEST_SEED = 9
"""Digits of a seed in such a line, at most (our choice)."""


@brief
@dataclass(frozen=True)
class Experiment:
    """A scenario, the remedy it is tried under, all settings, and the seed of what is drawn.

    Make one with `Experiment.of`, which looks names up and checks values.
    """

    scenario: Scenario
    remedy: Remedy
    settings: Settings
    seed: int = 0

    @classmethod
    @checked(leave="scenario remedy given")
    def of(
        cls,
        scenario: str | Scenario,
        remedy: str | Remedy = "mainline",
        given: Mapping[str, object] | None = None,
        seed: int = 0,
        *,
        engine: Engine = "clock",
    ) -> Experiment:
        """The experiment that is described by names, or by the things themselves.

        `given`: settings by name; the rest have their defaults, in the small scope where the
        explorer asks. Raises InputError for an unknown name or a value that is not valid.
        """
        found = scenario if isinstance(scenario, Scenario) else find_scenario(scenario)
        chosen = remedy if isinstance(remedy, Remedy) else find_remedy(remedy)
        return cls(found, chosen, found.settle(given, engine), seed)

    @classmethod
    @checked
    def read(cls, line: str) -> Experiment:
        """The experiment of a line such as `h1-two-task-cycle/offload/kernel=6.1,hz=1000/3`:
        scenario, remedy, settings that are not as usual, seed.

        Raises InputError for a line that is not understood, and as `of` does.
        """
        parts = line.split("/")
        if len(parts) != 4 or not parts[3].isdecimal() or len(parts[3]) > LONGEST_SEED:
            raise InputError(f"{shown(line)} has not the form {LINE}, with a whole number as SEED")
        given = dict(_setting(part) for part in filter(None, parts[2].split(",")))
        return cls.of(parts[0], parts[1], given, int(parts[3]))

    @property
    def line(self) -> str:
        """It, as `read` reads it."""
        given = ",".join(f"{name}={value}" for name, value in self.given().items())
        return f"{self.scenario.name}/{self.remedy.name}/{given}/{self.seed}"

    def model(self) -> Model:
        """A fresh model of it."""
        return self.scenario.build(self.settings, self.remedy)

    def _model_again(self) -> Model:
        """A model of it that may have been run before: no run leaves anything behind in one but
        what the clock has learned of its tasks' ways."""
        key = (id(self.scenario), id(self.remedy), *self.settings.items())
        known = _RUN_LAST.pop(key, None)
        found = known or (self.scenario, self.remedy, self.model())
        _RUN_LAST[key] = found
        if len(_RUN_LAST) > MODELS_KEPT:
            del _RUN_LAST[next(iter(_RUN_LAST))]
        return found[2]

    @checked
    def run(self, *, park: bool = True, foresee: bool = False) -> Trace:
        """Run it once by the clock; equal experiments give equal traces.

        `park=False` simulates every poll; with `foresee` as few are as possible (see
        `oomlab.engine.clock.foresight`), and the trace has fewer of them.
        """
        # Not before: who explores or plays needs no clock, whose SimPy takes a while to import.
        from oomlab.engine.clock import traced
        from oomlab.engine.clock.engine import Clock

        # The draws depend on what is not as usual: a setting that is added later changes no run.
        # Nor does watching.
        unusual = {name: value for name, value in self.given().items() if name != "ghosts"}
        clock = Clock(
            self._model_again(),
            Chooser(self.seed, unusual),
            round(self.settings["limit_s"] * 1_000_000),
            park=park,
            foresee=foresee,
        )
        return traced(
            clock, self.scenario.name, self.remedy.name, json_settings(self.settings), self.seed
        )

    def given(self) -> dict[str, Value]:
        """The settings that are not as they usually are when it is run."""
        usual = {parameter.name: parameter.default for parameter in self.scenario.parameters}
        return {name: value for name, value in self.settings.items() if value != usual[name]}

    @checked(leave="timeouts")
    def explore(
        self, *, timeouts: str = "any", budget: int = BUDGET, watch: Watch | None = None
    ) -> Exploration:
        """Have every schedule of it tried. Raises InputError as `explore_model` does."""
        found = explore_model(self.model(), timeouts=timeouts, budget=budget, watch=watch)
        return replace(self._named(found), rebuild=self.model)

    @checked(leave="timeouts")
    def decide(
        self, *, timeouts: str = "any", budget: int = BUDGET, watch: Watch | None = None
    ) -> Decision:
        """The verdict alone, from fewer states. Raises InputError as `decide_model` does."""
        return self._named(
            decide_model(self.model(), timeouts=timeouts, budget=budget, watch=watch)
        )

    def _named(self, found: _Found) -> _Found:
        """What was found of its model, with its names."""
        return replace(
            found,
            scenario=self.scenario.name,
            remedy=self.remedy.name,
            settings=json_settings(self.settings),
            replay=self.replay_line(found.schedule) if found.schedule else "",
        )

    @checked
    def reports(self, found: Trace | Exploration) -> tuple[Report, ...]:
        """What a run or an exploration of it says about each property of its model, by name."""
        if isinstance(found, Trace):
            return run_reports(found, self.model().properties)
        return reports(found.graph)

    def player(self) -> Player:
        """It, to be moved step by step."""
        return Player(self.model())

    @checked
    def play(self, schedule: str, *, steps: int | None = None) -> Trace:
        """Play a schedule given as text, or its first `steps` steps.

        Raises InputError for a schedule that is not understood and ImpossibleStep for a step that
        cannot be made.
        """
        player = self.player()
        repeats = play_through(player, read_schedule(player, schedule)[:steps])
        return self._played(player, repeats=repeats)

    @checked
    def chains(self, schedule: str) -> dict[str, tuple[str, ...]]:
        """The functions on the stack of each task, outermost first, when a schedule has been
        played; none of one that has finished. Raises as `play` does."""
        player = self.player()
        play_through(player, read_schedule(player, schedule))
        return call_chains(player)

    @checked
    def follow(self, schedule: str) -> tuple[Trace, str]:
        """Play a schedule as far as it can be followed, e.g. one that was made for another remedy.

        Result: the trace so far, and why it could not be followed any further ("" if it could to
        the end). Raises InputError for a schedule that is not understood.
        """
        player = self.player()
        why = play_as_far_as_possible(player, read_schedule(player, schedule))
        return self._played(player), why

    def _played(self, player: Player, *, repeats: bool = False) -> Trace:
        return schedule_trace(
            player,
            self.scenario.name,
            self.remedy.name,
            json_settings(self.settings),
            repeats=repeats,
        )

    @property
    def unusual(self) -> str:
        """The settings that differ from the small scope, as they stand in a replay line."""
        usual = self.scenario.settle({}, "explorer")
        return ",".join(f"{k}={v}" for k, v in self.settings.items() if v != usual[k])

    @checked
    def replay_line(self, schedule: Schedule) -> str:
        """The argument of `oomlab replay` that plays `schedule`."""
        told = write_schedule(self.model(), schedule)
        return f"{self.scenario.name}/{self.remedy.name}/{self.unusual}/{told}"


@checked(leave="scenario remedy")
def run(
    scenario: str | Scenario,
    remedy: str | Remedy = "mainline",
    given: Mapping[str, object] | None = None,
    seed: int = 0,
    *,
    park: bool = True,
) -> Trace:
    """Run a scenario once and return its trace; the same arguments give the same trace.

    `given`: settings by name; the rest have their defaults. `park=False` simulates every poll.
    Raises InputError for an unknown name or a value that is not valid. For a model of your own
    there is `run_model`.
    """
    return Experiment.of(scenario, remedy, given, seed).run(park=park)


@checked(leave="scenario remedy timeouts")
def explore(
    scenario: str | Scenario,
    remedy: str | Remedy = "mainline",
    given: Mapping[str, object] | None = None,
    *,
    timeouts: str = "any",
    budget: int = BUDGET,
    watch: Watch | None = None,
) -> Exploration:
    """Explore a scenario in its small scope.

    `watch` is told now and then how many states and moves are known; if what it returns is true,
    the search ends.

    Raises InputError for an unknown name, a value that is not valid, or a budget below 1. For a
    model of your own there is `explore_model`.
    """
    found = Experiment.of(scenario, remedy, given, engine="explorer")
    return found.explore(timeouts=timeouts, budget=budget, watch=watch)


@checked(leave="scenario remedy timeouts")
def decide(
    scenario: str | Scenario,
    remedy: str | Remedy = "mainline",
    given: Mapping[str, object] | None = None,
    *,
    timeouts: str = "any",
    budget: int = BUDGET,
    watch: Watch | None = None,
) -> Decision:
    """The verdict on a scenario in its small scope, as `explore` has it, from about a fifth of the
    states: for machines that are too large to be explored. Takes longer for each state.

    `watch` and errors as for `explore`. For a model of your own there is `decide_model`.
    """
    found = Experiment.of(scenario, remedy, given, engine="explorer")
    return found.decide(timeouts=timeouts, budget=budget, watch=watch)


@checked
def play(
    scenario: str,
    remedy: str,
    given: Mapping[str, object],
    schedule: str,
    *,
    steps: int | None = None,
) -> Trace:
    """Play a schedule given as text, or its first `steps` steps, from the scenario's small scope.

    Raises InputError for unknown names and for a schedule that is not understood, ImpossibleStep
    for a step that cannot be made.
    """
    return Experiment.of(scenario, remedy, given, engine="explorer").play(schedule, steps=steps)


@checked
def follow(
    scenario: str, remedy: str, given: Mapping[str, object], schedule: str
) -> tuple[Trace, str]:
    """Play a schedule as far as it can be followed; see `Experiment.follow`."""
    return Experiment.of(scenario, remedy, given, engine="explorer").follow(schedule)


@checked
def replay(line: str) -> Trace:
    """Play a line such as `h1-two-task-cycle/mainline/fault_tasks=0/fs_task:9,balloon_worker:5`:
    scenario, remedy, settings that differ from the small scope, schedule.

    The trace's `at_us` are step numbers, its verdict is `stuck` (nobody can move), `repeats` (the
    last state was there before), `ended` or `open`. Raises InputError for a line that is not
    understood and ImpossibleStep for a step that cannot be made.
    """
    experiment, schedule = replayed(line)
    return experiment.play(schedule)


@checked
def replayed(line: str) -> tuple[Experiment, str]:
    """The experiment and the schedule that a line for `replay` names. Raises InputError for a line
    that is not understood."""
    parts = line.split("/")
    if len(parts) != 4:
        raise InputError(f"a replay string has the form {FORM}")
    given = dict(_setting(part) for part in filter(None, parts[2].split(",")))
    return Experiment.of(parts[0], parts[1], given, engine="explorer"), parts[3]


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"{shown(text)} is not a parameter; valid: name=value")
    return name, value


__all__ = [
    "BUDGET",
    "FORM",
    "Decision",
    "Experiment",
    "Exploration",
    "decide",
    "decide_model",
    "explore",
    "explore_model",
    "follow",
    "play",
    "replay",
    "replayed",
    "run",
]
