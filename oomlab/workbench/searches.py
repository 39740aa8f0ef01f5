"""The searches of one check of a bench. Each is made once, however many lines rest on it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from oomlab.engine.explorer import Watch
from oomlab.engine.trace import Trace
from oomlab.errors import ModelError
from oomlab.experiment import Experiment
from oomlab.workbench.bench import Bench
from oomlab.workbench.line import MARK_OF, SHORT, CheckLine, line_of
from oomlab.workbench.tries import Tried, at_its_line, explore_bench


class Searches:
    """What is found of a bench, under remedies and settings. `states`: how many were seen."""

    def __init__(self, bench: Bench, budget: int, watch: Watch | None) -> None:
        self.bench, self.budget, self.watch = bench, budget, watch
        self._tried: dict[Hashable, Tried] = {}
        self.states = 0

    def tried(self, remedy: str = "", **given: Any) -> Tried:
        """One search ("" is the bench's own remedy)."""
        key = (remedy, *sorted(given.items()))
        if key not in self._tried:
            found = explore_bench(
                self.bench, given, remedy, budget=self.budget, watch=self._watch()
            )
            self._tried[key] = found
            self.states += len(found.graph)
        return self._tried[key]

    def _watch(self) -> Watch | None:
        before, watch = self.states, self.watch
        if watch is None:
            return None
        return lambda states, moves: watch(before + states, moves)

    def case(self, key: str, question: str, remedy: str = "", **given: Any) -> CheckLine:
        """One search as a line."""
        tried = self.tried(remedy, **given)
        found = line_of(key, question, SHORT[tried.word], MARK_OF[tried.word], [], tried.lockup())
        return {**found, "clock": self.timed(tried)}

    def timed(self, tried: Tried) -> dict[str, Any]:
        """How a run of the clock ends, under the same remedy and settings."""
        trace = tried.experiment.run()
        return {"verdict": trace.verdict, "seconds": trace.ended_at_us / 1_000_000}

    def usual_run(self) -> Trace:
        """A run of the clock under the bench's own remedy. Raises BenchError where a text breaks a
        rule of the model."""
        try:
            return Experiment.of(self.bench.scenario(), self.bench.own_remedy()).run()
        except ModelError as error:
            raise at_its_line(error) from None
