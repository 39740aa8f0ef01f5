"""Answers that are one word, one number or a few names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from oomlab.checked import checked
from oomlab.course.answer import Answer, refused, require_answer
from oomlab.errors import InputError, close_to, shown

FAR = 1e15
"""No answer is as far from 0 (our choice)."""


@checked
def check_choice(
    answer: object,
    right: object,
    options: Collection[object],
    because: Mapping[Any, str] | None = None,
    *,
    said: str = "that is so.",
) -> Answer:
    """Is `answer` the one of `options` that is `right`? `because` says of wrong ones what is wrong
    with them; `said` what is said of the right one."""
    try:
        require_answer(answer)
        if answer not in [each for each in options if type(each) is type(answer)]:
            raise InputError(_not_among(answer, options))
    except InputError as error:
        return refused(error)
    if type(answer) is type(right) and answer == right:
        return Answer(True, said)
    return Answer(False, (because or {}).get(answer, f"{shown(answer)} is not what happens."))


@checked
def check_amount(
    answer: object, right: float, within: float = 0.0, unit: str = "", hint: str = ""
) -> Answer:
    """Is `answer` the number `right`, give or take `within`? Half right is what is off by no more
    than three times that."""
    try:
        require_answer(answer)
        if isinstance(answer, bool) or not isinstance(answer, int | float):
            raise InputError(f"the answer must be a number{_of(unit)}, not {shown(answer)}")
        if not -FAR < answer < FAR:
            raise InputError(f"the answer must be a number nearer to 0, not {shown(answer)}")
    except InputError as error:
        return refused(error)
    off = abs(answer - right)
    if off <= within + 1e-9:
        return Answer(True, f"{answer:g}{' ' * bool(unit)}{unit} it is.")
    way = "too many" if answer > right else "too few"
    if within:
        way = "too large" if answer > right else "too small"
    more = f" {hint}" if hint else ""
    return Answer(False, f"{answer:g} is {way}.{more}", part=0.5 if off <= 3 * within else 0.0)


@checked
def check_list(
    answer: object,
    right: Collection[object],
    valid: Collection[object],
    because: Mapping[Any, str] | None = None,
    what: str = "name",
) -> Answer:
    """Are the entries of `answer` exactly `right`, in any order? Each right one counts, and a wrong
    one takes the credit of a right one away. `because` says of wrong ones what is wrong."""
    valid, wanted = list(valid), set(right)
    try:
        require_answer(answer)
        if not isinstance(answer, list | tuple | set | frozenset):
            raise InputError(f"the answer must be a list of {what}s; [] for none")
        for each in answer:
            if each not in valid:
                raise InputError(_not_among(each, valid))
    except InputError as error:
        return refused(error)
    given = set(answer)
    wrong, missing = given - wanted, wanted - given
    part = max(0.0, (len(given & wanted) - len(wrong)) / len(wanted)) if wanted else 0.0
    if wrong:
        first = min(wrong, key=str)
        return Answer(False, (because or {}).get(first, f"{first} is not one of them."), part=part)
    if missing:
        said = "what you have is right, and there is more." if given else "there are some."
        return Answer(False, said, part=part)
    named = ", ".join(sorted(map(str, wanted)))
    return Answer(True, f"{named}: these are all." if named else "there are none.")


@checked
def check_sequence(
    answer: object,
    right: Collection[object],
    what: str = "name",
    valid: Collection[object] | None = None,
) -> Answer:
    """Are the entries of `answer` those of `right`, in that order? Half the points go with the part
    that is in order from the beginning. `valid`: what there is to choose from, if it is more."""
    wanted = list(right)
    try:
        require_answer(answer)
        if not isinstance(answer, list | tuple):
            raise InputError(f"the answer must be a list of {what}s, in order")
        for each in answer:
            if each not in (valid or wanted):
                raise InputError(_not_among(each, valid or wanted))
    except InputError as error:
        return refused(error)
    same = 0
    while same < min(len(answer), len(wanted)) and answer[same] == wanted[same]:
        same += 1
    if same == len(wanted) == len(answer):
        return Answer(True, f"this is the order of all {len(wanted)}.")
    part = 0.5 * same / len(wanted) if wanted else 0.0
    if same == len(answer):
        return Answer(False, f"so far it is right, and there is more after {same}.", part=part)
    said = f"the first {same} are right; number {same + 1} is not {answer[same]}."
    return Answer(False, said, part=part)


def _not_among(answer: object, options: Collection[object]) -> str:
    names = [str(each) for each in options]
    # "2" for 2, or 4.13 for "4.13"
    if type(answer) in (str, float, int) and shown(answer).strip("'") in names:
        with_, how = ("without ", "a text") if isinstance(answer, str) else ("with ", "no text")
        return f"{shown(answer)} is {how}; write it {with_}quotes"
    near = close_to(answer, names) if isinstance(answer, str) else []
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{shown(answer)} is none of the answers; valid: {', '.join(names)}{hint}"


def _of(unit: str) -> str:
    return f" of {unit}" if unit else ""
