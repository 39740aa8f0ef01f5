"""Shares of the variance: those of a made-up outcome are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from oomlab.errors import InputError, OomlabError
from oomlab.evidence.sensitivity import CHANCE, OUTCOMES, shares, stored_shares
from oomlab.evidence.sweep.grid import Drawn, Point, Sweep
from oomlab.evidence.sweep.measure import Row
from oomlab.evidence.sweep.named import GUESSED, HELP
from oomlab.evidence.sweep.rows import Failure
from oomlab.evidence.sweep.store import Results, Run, stored
from oomlab.scenarios import find_scenario
from tools.store_shares import computed

UNIT = {"host_us": (0, 1_000), "print_us": (0, 1_000), "exit_us": (1, 1_000)}
PART = Drawn("made up", "h1-two-task-cycle", ("offload",), UNIT, seeds=2, draws=1_000)


def results(downtime: Callable[[Point], float], part: Drawn = PART) -> Results:
    """Runs of which only the downtime is something."""
    nothing = Row("recovered", *[0] * (len(Row._fields) - 1))
    sweep = Sweep("made up", "", (part,))
    runs = [
        Run(point, nothing._replace(downtime_us=round(downtime(point)))) for point in sweep.points()
    ]
    return Results(sweep, tuple(runs))


def test_a_sum_is_shared_out_by_the_squares_of_its_factors() -> None:
    """Chance has as much as the second: its standard deviation is that of a uniform number."""
    draw = Random(5)

    def made_up(point: Point) -> float:
        given = {name: float(value) for name, value in point.axes.items()}
        return 4 * given["host_us"] + 2 * given["print_us"] + 2_000 * draw.random()

    found = {share.source: share for share in shares(results(made_up))}
    for source, share in (("host_us", 16), ("print_us", 4), (CHANCE, 4), ("exit_us", 0)):
        assert found[source].share == pytest.approx(share / 24, abs=0.05)
        assert 0 < found[source].within < 0.1
        assert abs(found[source].share - share / 24) < 1.6 * found[source].within
        assert found[source].seen == (share > 0)
    assert next(iter(found)) == "host_us"


def test_what_depends_on_chance_alone_is_no_guess_of_anybody() -> None:
    draw = Random(6)
    found = {s.source: s for s in shares(results(lambda point: 1_000 * draw.random()))}
    assert found[CHANCE].share == pytest.approx(1, abs=0.07)
    assert not any(found[name].share > 0.06 for name in UNIT)


def test_what_is_the_same_in_all_runs_is_nobodys_doing() -> None:
    assert {
        s.share for s in shares(results(lambda point: point.axes["host_us"]), "needless kills")
    } == {0}


def test_what_cannot_be_said_is_refused() -> None:
    some = results(lambda point: point.axes["host_us"], replace(PART, draws=2))
    with pytest.raises(
        InputError, match="unknown outcome 'uptime'; valid: downtime, needless kills"
    ):
        shares(some, "uptime")
    broken = replace(
        some,
        runs=some.runs[1:],
        failures=((some.runs[0].point, Failure("it broke", "oomlab run")),),
    )
    with pytest.raises(OomlabError, match="1 of 4 runs have no downtime"):
        shares(broken)
    for other in (results(lambda point: 0, replace(PART, seeds=1)), stored("nowait-price")):
        with pytest.raises(InputError, match="not drawn at random, with two seeds or more"):
            shares(other)


def test_every_guess_of_the_sweep_can_be_given_and_lies_within_its_bounds() -> None:
    known = {p.name: p for p in find_scenario("h1-two-task-cycle").parameters}
    runs = stored("guesses").runs
    for name, (low, high) in GUESSED.items():
        values = [run.value(name) for run in runs]
        usual = float(known[name].default)  # type: ignore[arg-type]
        assert low <= usual <= high or name == "slowest_reclaim_us", name
        assert low <= min(values) < low + (high - low) / 20
        assert high >= max(values) > high - (high - low) / 20
    pairs = zip(runs[::2], runs[1::2], strict=True)
    assert all((a.point.axes, a.point.seed, b.point.seed) == (b.point.axes, 0, 1) for a, b in pairs)


def test_runs_of_the_sweep_differ_in_what_is_asked_about() -> None:
    """Where help never comes each run has one kill, and there is nothing to share out."""
    for outcome, measured in OUTCOMES.items():
        assert len({measured(run.row) for run in stored("guesses").runs}) > 1, outcome
    assert {run.row.kills for run in stored("guesses").runs} == {0, 1}


def test_what_is_stored_is_what_the_sweep_says() -> None:
    """Else store it anew: python -m tools.store_shares."""
    assert {outcome: [*stored_shares(outcome)] for outcome in OUTCOMES} == computed()


def test_what_the_book_says_of_the_guesses() -> None:
    for outcome in OUTCOMES:
        chance, of_help, *others = stored_shares(outcome)
        assert {chance.source, of_help.source} == {CHANCE, HELP}
        assert chance.seen and of_help.seen
        assert sum(share.share for share in others) < of_help.share
