"""Checks about a time limit: an interval for a share, the cheapest limit, a function for one.

Every usual way to an interval is right: an answer is compared with what Wilson, Clopper and
Pearson, and Jeffreys give, not with one of them.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate

from oomlab.checked import checked
from oomlab.course.answer import Answer, refused, require_answer, with_stop
from oomlab.course.code import fenced, written
from oomlab.course.code.fence_code import error_told
from oomlab.course.variants import Draw
from oomlab.errors import InputError, shown

Z = 1.96
"""Standard deviations on either side of what covers 95 of 100 cases."""

FAR = 1e12
"""No answer is as far from 0 (our choice)."""

FINE = 4096
"""Steps of an integral (our choice): an end of an interval is off by less than 0.001."""

ROOM = 0.006
"""How far an end of an interval may lie beyond those of the usual ways (our choice)."""


def wilson(cases: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval for a share of which `cases` of so many were seen."""
    share, square = cases / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    width = Z * math.sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    return middle - width, middle + width


def clopper_pearson(cases: int, of: int) -> tuple[float, float]:
    """The exact 95 % interval of Clopper and Pearson, by bisection."""

    def at_most(count: int, share: float) -> float:
        return sum(math.comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(count + 1))

    low = 0.0 if not cases else _root(lambda share: 1 - at_most(cases - 1, share) - 0.025)
    high = 1.0 if cases == of else _root(lambda share: 0.025 - at_most(cases, share))
    return low, high


def jeffreys(cases: int, of: int) -> tuple[float, float]:
    """The 95 % interval of Jeffreys, from the beta distribution with a half more of either kind.

    With the share as sin(x)**2 its density is sin(x)**(2 cases) * cos(x)**(2 (of - cases)).
    """
    angles = [(n + 0.5) * math.pi / 2 / FINE for n in range(FINE)]
    logs = [
        2 * cases * math.log(math.sin(x)) + 2 * (of - cases) * math.log(math.cos(x)) for x in angles
    ]
    sums = list(accumulate(math.exp(each - max(logs)) for each in logs))
    low, high = (
        math.sin(angles[bisect_left(sums, share * sums[-1])]) ** 2 for share in (0.025, 0.975)
    )
    return (low if cases else 0.0), (high if cases < of else 1.0)


def _root(rises: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rises(middle) > 0 else (middle, high)
    return (low + high) / 2


@checked
def check_interval(low: object, high: object, cases: int, of: int) -> Answer:
    """Are `low` and `high` the ends of a 95 % interval for a share, of which `cases` of `of` were
    seen, by one of the usual ways? Each end is half of it."""
    if not 0 <= cases <= of or not 0 < of <= 100_000:
        raise InputError(f"there cannot be {cases} cases of {of}")
    try:
        ends = _number(low, "the lower end"), _number(high, "the upper end")
    except InputError as error:
        return refused(error)
    if ends[0] > ends[1]:
        return Answer(False, f"the lower end, {ends[0]:g}, is above the upper one, {ends[1]:g}.")
    if ends[1] > 1:
        return Answer(False, f"a share lies between 0 and 1, and {ends[1]:g} does not.")
    usual = (wilson(cases, of), clopper_pearson(cases, of), jeffreys(cases, of))
    wrong = []
    for name, given, known in zip(("lower", "upper"), ends, zip(*usual, strict=True), strict=True):
        if given < min(known) - ROOM:
            wrong.append(f"the {name} end, {given:.3f}, is too small")
        elif given > max(known) + ROOM:
            wrong.append(f"the {name} end, {given:.3f}, is too large")
    if not wrong:
        return Answer(True, f"from {ends[0]:.3f} to {ends[1]:.3f}: that is what {of} cases say.")
    part = 0.5 if len(wrong) == 1 else 0.0
    return Answer(False, f"{wrong[0]}.", tuple(f"{each}." for each in wrong[1:]), part)


@checked
def check_cheapest(
    limit: object, times: Sequence[float], a_second: float, all_late: float
) -> Answer:
    """Does `limit` cost as little as possible, give or take one per cent? It costs `a_second` each
    second, and `all_late` times the share of `times` that are later. Half right is what is within
    ten per cent."""
    if not times:
        raise InputError("there are no times")
    try:
        given = _number(limit, "the limit")
        if given < 0:
            raise InputError("a limit is not below 0 seconds")
    except InputError as error:
        return refused(error)

    def cost(one: float) -> float:
        return a_second * one + all_late * sum(each > one for each in times) / len(times)

    least = min(cost(one) for one in (0.0, *times))
    if cost(given) <= 1.01 * least:
        return Answer(
            True, f"a year costs {cost(given):.0f} with it, and {least:.0f} is the least."
        )
    way = "shorter" if cost(given * 0.9) < cost(given) else "longer"
    said = f"a year costs {cost(given):.0f} with it; try a {way} one."
    return Answer(False, said, part=0.5 if cost(given) <= 1.1 * least else 0.0)


@checked
def check_limit_function(function: object, number: object = ...) -> Answer:
    """Does `function(times, share)` give the smallest of `times` with which at most `share` of them
    are later? It is tried on lists that are made up from the number."""
    try:
        code = fenced(written(function), {}, (), 2, plain=True)
    except InputError as error:
        return refused(error)
    dice = Draw("ps7", number).random("lists")
    cases: list[tuple[list[float], float]] = [
        ([3.0], 0.0),
        ([1.0, 2.0], 0.5),
        ([2.0, 1.0, 3.0], 0.0),
        ([5.0, 5.0, 5.0, 1.0], 0.3),
    ]
    for _ in range(20):
        size = dice.randint(1, 12)
        times = [round(dice.uniform(0, 9), 1) for _ in range(size)]
        cases.append((times, dice.choice((0.0, 0.05, 0.1, 0.25, 0.5))))
    for n, (times, share) in enumerate(cases):
        right = min(
            one for one in times if sum(each > one for each in times) <= share * len(times) + 1e-9
        )
        try:
            given = code.value(list(times), share)
        except Exception as error:  # whatever a student's function does
            return Answer(False, with_stop(error_told(error, code.name)), (f"times = {times}",))
        if given != right:
            later = sum(each > right for each in times)
            details = (
                f"times = {times}, share = {share:g}",
                f"expected: {right:g}, with {later} of {len(times)} later",
                f"got: {shown(given)}",
            )
            return Answer(False, "it is not right about this list.", details, 0.5 * n / len(cases))
    return Answer(True, f"it is right about {len(cases)} lists.")


def _number(value: object, what: str) -> float:
    require_answer(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -FAR < value < FAR:
        raise InputError(f"{what} must be a number, not {shown(value)}")
    return float(value)
