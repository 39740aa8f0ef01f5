"""Functions without steps, and the intervals that an answer may be: what is taken, what is not."""

from __future__ import annotations

import pytest

from oomlab.course.code import fenced
from oomlab.course.limits_chosen import check_interval, jeffreys
from oomlab.errors import InputError


def _value(body: str) -> object:
    return fenced(f"def f(many):\n    {body}\n    return many", {}, (), 1, plain=True).value([1, 2])


def test_a_list_is_extended_as_in_python() -> None:
    assert _value("many.extend(each + 1 for each in [2, 3])") == [1, 2, 3, 4]
    assert _value("both = [many]\n    both[0].extend((5,))") == [1, 2, 5]


def test_a_list_that_is_extended_by_itself_is_counted_out() -> None:
    with pytest.raises(InputError, match="does its loop ever end"):
        _value("many.extend(many)")


@pytest.mark.parametrize("body", ["more = many.extend", "return many.extend([1])"])
def test_extend_elsewhere_is_refused(body: str) -> None:
    with pytest.raises(InputError, match=r"uses `many\.extend`"):
        _value(body)


@pytest.mark.parametrize(("cases", "of"), [(3, 60), (1, 7), (40, 41), (2, 1000), (0, 12), (5, 5)])
def test_the_interval_of_jeffreys_is_that_of_the_beta_distribution(cases: int, of: int) -> None:
    from scipy.stats import beta  # takes a second, which every process would spend

    low, high = beta.ppf([0.025, 0.975], cases + 0.5, of - cases + 0.5)
    wanted = (low if cases else 0.0, high if cases < of else 1.0)
    assert jeffreys(cases, of) == pytest.approx(wanted, abs=0.001)
    assert check_interval(*wanted, cases, of).ok
