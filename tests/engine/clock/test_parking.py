"""A parked run and one that simulates every poll tell the same story."""

from __future__ import annotations

from random import Random

import pytest

from oomlab.engine.clock import ending
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS
from tests.engine.clock.compare import assert_same_story, clocked
from tests.random_models import Program, Recipe, random_recipe

HUNDRED_TICKS_US = 400_000

CHOICES: dict[str, tuple[int | float, ...]] = {
    "fault_tasks": (0, 1, 2, 3),
    "touches": (0, 1, 4),
    "rounds": (1, 3),
    "batch": (1, 8, 256),
    "balloon_pages": (0, 1, 4096),
    "hog_pages": (1, 8192),
    "give_back_pages": (0, 1, 512),
    "give_back_s": (0.05, 0.3),
    "host_us": (100, 4000, 9000),
    "reclaim_us": (1, 500, 4000, 4500),
    "oom_return_us": (1, 300, 6000),
    "timeout_s": (0.1, 0.4),
    "hz": (100, 250, 1000),
}


CYCLES = ("h1-two-task-cycle", "h2-three-task-poll")


@pytest.mark.parametrize("chunk", range(10))
def test_random_models(chunk: int) -> None:
    skipped = foreseen = 0
    for number in range(30 * chunk, 30 * chunk + 30):
        recipe = random_recipe(number, tasks=(3, 6), length=8, polling=6, stirring=40)
        parked = clocked(recipe.build, number, HUNDRED_TICKS_US, park=True)
        seeing = clocked(recipe.build, number, HUNDRED_TICKS_US, park=True, foresee=True)
        naive = clocked(recipe.build, number, HUNDRED_TICKS_US, park=False)
        try:
            skipped += assert_same_story(parked, naive)
            foreseen += assert_same_story(seeing, naive)
        except AssertionError as error:
            raise AssertionError(f"random model {number}: {error}") from error
    assert foreseen > skipped > 100


NAPS = {"nap": 1, "poll_word": 3, "with_polled_lock": 2, "wait_with_timeout": 3}
"""Where among the arguments of an instruction its jiffies are."""


def with_longer_naps(program: Program, times: int) -> Program:
    """The same program, each nap and time limit of it `times` as long."""
    found = []
    for name, *given in program:
        given = [with_longer_naps(g, times) if isinstance(g, tuple) else g for g in given]
        if name in NAPS:
            given[NAPS[name] - 1] *= times
        found.append((name, *given))
    return tuple(found)


@pytest.mark.parametrize("chunk", range(5))
def test_random_models_whose_naps_meet_the_wider_slots_of_the_wheel(chunk: int) -> None:
    skipped = 0
    for number in range(20 * chunk, 20 * chunk + 20):
        recipe = random_recipe(number, tasks=(3, 6), length=8, polling=6, stirring=40)
        recipe = Recipe(
            tuple(with_longer_naps(program, 70) for program in recipe.programs), recipe.background
        )
        parked = clocked(recipe.build, number, 70 * HUNDRED_TICKS_US, park=True)
        seeing = clocked(recipe.build, number, 70 * HUNDRED_TICKS_US, park=True, foresee=True)
        naive = clocked(recipe.build, number, 70 * HUNDRED_TICKS_US, park=False)
        try:
            skipped += assert_same_story(parked, naive)
            assert_same_story(seeing, naive)
        except AssertionError as error:
            raise AssertionError(f"random model {number}: {error}") from error
    assert skipped > 50


@pytest.mark.parametrize("remedy", REMEDIES)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenarios(scenario: str, remedy: str) -> None:
    """Settings drawn at random, run for 1.2 s; more of them for the two cycles."""
    random = Random(f"{scenario} {remedy}")
    found = SCENARIOS[scenario]
    known = {parameter.name for parameter in found.parameters}
    for seed in range(12 if scenario in CYCLES else 2):
        given = {name: random.choice(values) for name, values in CHOICES.items() if name in known}
        settings = found.settle(given, "clock")
        parked, naive = (
            clocked(
                lambda settings=settings: found.build(settings, REMEDIES[remedy]),  # type: ignore[misc]
                seed,
                1_200_000,
                park=park,
            )
            for park in (True, False)
        )
        try:
            assert_same_story(parked, naive)
        except AssertionError as error:
            raise AssertionError(f"{given}: {error}") from error


@pytest.mark.parametrize("remedy", REMEDIES)
@pytest.mark.parametrize(
    ("scenario", "given"), [(CYCLES[0], {}), (CYCLES[0], {"fault_tasks": 2}), (CYCLES[1], {})]
)
def test_the_verdict_is_the_same(scenario: str, remedy: str, given: dict[str, int]) -> None:
    found = SCENARIOS[scenario]
    settings = found.settle({"timeout_s": 0.2, **given}, "clock")
    verdicts = {
        ending.verdict(
            clocked(
                lambda: found.build(settings, REMEDIES[remedy]),
                0,
                10_000_000,
                park=park,
                circles=False,
            )
        )
        for park in (True, False)
    }
    assert len(verdicts) == 1, verdicts


def test_parking_saves_what_it_is_for() -> None:
    found = SCENARIOS["h1-two-task-cycle"]
    settings = found.settle({"fault_tasks": 8}, "clock")
    parked, naive = (
        clocked(
            lambda: found.build(settings, REMEDIES["mainline"]), 0, 1_000_000, park=park
        ).recorder.events
        for park in (True, False)
    )
    assert 30 * len(parked) < len(naive)
