"""A function that records a batch of pages: is everything in it, once, and nothing else?"""

from __future__ import annotations

from collections import Counter

from oomlab.checked import checked
from oomlab.course.answer import Answer, refused, with_stop
from oomlab.course.code import fenced, written
from oomlab.course.code.fence_code import error_told
from oomlab.course.variants import Draw
from oomlab.errors import InputError, shown


@checked
def check_record(function: object, number: object = ...) -> Answer:
    """Does `function(units, per_page)` give the numbers of all pages, in any order of pages? It is
    tried on batches that are made up from the number."""
    try:
        code = fenced(written(function), {}, (), 2, plain=True)
    except InputError as error:
        return refused(error)
    dice = Draw("ps10", number).random("batches")
    batches = [([7], 1), ([32, 64], 1), ([16], 16), ([48, 16], 16)]
    for _ in range(16):
        per_page = dice.choice((1, 2, 4, 8, 16))
        count = dice.randint(1, 256 // per_page)
        batches.append(([16 * n for n in dice.sample(range(1, 999), count)], per_page))
    for n, (units, per_page) in enumerate(batches):
        batch = f"units = {shown(units)}, per_page = {per_page}"
        try:
            given = code.value(list(units), per_page)
        except Exception as error:  # whatever a student's function does
            return Answer(False, with_stop(error_told(error, code.name)), (f"with {batch}",))
        wrong = _wrong_entries(given, units, per_page)
        if wrong:
            got = f"got: {shown(given)}"
            return Answer(False, f"{wrong}.", (batch, got), 0.5 * n / len(batches))
    return Answer(True, f"it is right about {len(batches)} batches.")


def _wrong_entries(given: object, units: list[int], per_page: int) -> str:
    """What is wrong with the entries of a batch, "" for nothing."""
    if not isinstance(given, list | tuple):
        return "the result must be a list of numbers"
    if not all(isinstance(each, int) for each in given):
        return "the result has something in it that is no whole number"
    wanted = Counter(first + i for first in units for i in range(per_page))
    missing, more = wanted - Counter(given), Counter(given) - wanted
    if more:
        return f"the host would be told {min(more)}, which is not its to have"
    if missing:
        return f"the host would not hear of {min(missing)}"
    return ""
