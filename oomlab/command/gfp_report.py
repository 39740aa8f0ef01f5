"""What `oomlab gfp` prints: a GFP mask explained, as text for people and data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from oomlab.command.gfp_asked import AskedMask, asked_masks, other_mask
from oomlab.gfp.equivalence import Comparison, compare, in_words, void_flags
from oomlab.gfp.expression import names_in, to_string
from oomlab.gfp.killing import kill_answers
from oomlab.gfp.outcomes import WHY, outcome
from oomlab.gfp.predicates import HighestZone, may_kill, reserve, zone
from oomlab.gfp.printed import PrintedMask
from oomlab.gfp.printed.readings import MaskReading, problem, spans
from oomlab.gfp.questions import QUESTIONS, answers
from oomlab.gfp.tables import CONFIGS, MEANINGS, table_of

MOST_READINGS = 2
"""Other readings that the text mentions (our choice); JSON has all."""


def gfp_report(
    expression: str,
    other: str | None,
    version: str | None,
    config: Iterable[str],
    order: int | None = None,
) -> dict[str, Any]:
    """The mask that `expression` stands for, as JSON data; with `other`, the two compared. A line
    with a second mask has that as "then".

    Raises InputError for an unknown kernel, build option or name, for an order that is none, and
    for what is no mask.
    """
    config = tuple(config)
    first, *more = asked_masks(expression, version, config, order)
    data = _mask_data(first)
    if more:
        data["then"] = [_mask_data(one) for one in more]
    if other is not None:
        second = other_mask(other, first, config)
        found = compare(first.request, second.request)
        data["compared"] = {
            **_mask_data(second),
            "numerically_equal": found.same_number,
            "behaviourally_equal": found.same_behaviour,
            "different_answers": list(found.answers),
            "reason": found.reason,
        }
    return data


def gfp_text(
    expression: str,
    other: str | None,
    version: str | None,
    config: Iterable[str],
    order: int | None = None,
) -> Iterator[str]:
    """The same as lines; of two masks, what sets them apart. Raises InputError."""
    config = tuple(config)
    asked = asked_masks(expression, version, config, order)
    if other is not None:
        second = other_mask(other, asked[0], config)
        yield from _bits_text(asked[0])
        yield from _bits_text(second)
        yield from _comparison_text(compare(asked[0].request, second.request))
        return
    for one in asked:
        yield from _bits_text(one)
        yield from _answers_text(one)


def _mask_data(asked: AskedMask) -> dict[str, Any]:
    request = asked.request
    numbers, mask = request.table, request.mask
    return {
        "expression": asked.expression,
        "kernel": numbers.version,
        "config": sorted(numbers.config),
        "value": f"{mask:#x}",
        "order": request.order,
        "printed": _own_words(asked),
        "flags": numbers.flags(mask),
        "unknown_bits": f"{numbers.unknown_bits(mask):#x}",
        "era": _era_data(asked),
        "disagreement": _disagreement(asked),
        "readings": [] if asked.printed is None else list(map(_reading, asked.printed.others)),
        "zone": zone(request).value,
        "reserves": reserve(request).value,
        **answers(request),
        "kills": {
            answer.path.value: {
                "may_kill": answer.kills,
                "runs_notifiers": answer.notifies,
                "why": answer.why,
            }
            for answer in kill_answers(request)
        },
        "outcome_oom_lock_free": outcome(request, lock_held=False).words,
        "outcome_oom_lock_held": outcome(request, lock_held=True).words,
        "call_sites": [site.name for site in numbers.sites_of(mask)],
        "notes": list(_notes(asked)),
    }


def _era_data(asked: AskedMask) -> dict[str, Any]:
    era, printed = asked.request.table.era, asked.printed
    vendor = printed.kernel.vendor if printed and printed.kernel else None
    return {
        "releases": printed.spans if printed else era.span,
        "found_by": printed.how if printed else "said",
        "why": printed.why if printed else "",
        "prints_names": era.named,
        "rests_on": era.source,
        "not_established": era.doubt,
        "vendor": vendor.name if vendor else None,
        "guess": bool(printed and printed.kernel and printed.kernel.guess),
        "names_beside": None if printed is None or printed.printed is None else [*printed.printed],
    }


def _reading(reading: MaskReading) -> dict[str, Any]:
    return {
        "names": list(reading.names),
        "releases": reading.spans,
        "problem": reading.problem,
    }


def _own_words(asked: AskedMask) -> str:
    """The mask as its kernel prints it; 0x0 for none."""
    if asked.printed is None:
        return to_string(asked.request.mask, asked.request.table)
    return "|".join(asked.printed.names) or "0x0"


def _disagreement(asked: AskedMask) -> str:
    if asked.printed is not None:
        return asked.printed.disagreement
    request = asked.request
    told = problem(request.mask, request.table)
    return f"no request of Linux {request.table.version} has this mask: {told}" if told else ""


def _bits_text(asked: AskedMask) -> Iterator[str]:
    numbers, mask = asked.request.table, asked.request.mask
    if told := _disagreement(asked):
        yield f"{told[0].upper()}{told[1:]}."
    yield f"{' '.join(asked.expression.split())}, Linux {_kernel(asked)}"
    if found := _found(asked):
        yield f"  found     {found}"
    yield f"  value     {mask:#x}"
    yield f"  printed   {_own_words(asked)}"
    for name in numbers.flags(mask):
        yield f"  {numbers.bits[name]:#10x}  {name}: {MEANINGS[name]}"
    if rest := numbers.unknown_bits(mask):
        yield f"  {rest:#10x}  unknown"


def _kernel(asked: AskedMask) -> str:
    """The kernel of the first line: what was named, or which releases fit."""
    printed, version = asked.printed, asked.request.table.version
    if printed is None:
        return version
    if printed.kernel is None:
        return f"{printed.spans}, read as {version}"
    if printed.kernel.era is not printed.era:
        return f"{printed.kernel.version} by its name, {printed.spans} by its mask"
    return version if printed.era.span == version else f"{version} (as {printed.era.span})"


def _found(asked: AskedMask) -> str:
    """How the era was found, where that is not plain from what was typed."""
    printed = asked.printed
    if printed is None or (printed.how == "said" and _plain(printed)):
        return ""
    return printed.why


def _plain(printed: PrintedMask) -> bool:
    return printed.kernel is None or printed.kernel.spelled == printed.kernel.version


def _answers_text(asked: AskedMask) -> Iterator[str]:
    request = asked.request
    pages = f" ({1 << request.order} pages in one piece)" if request.order > 0 else ""
    yield f"  May it kill? With order {request.order}{pages}, by the path:"
    for answer in kill_answers(request):
        yield f"    {'yes' if answer.kills else 'no':4}{answer.path.value}: {answer.why}"
    yield f"  zone      {zone(request).value}"
    yield f"  reserves  {reserve(request).value}"
    told = answers(request)
    for predicate, question in QUESTIONS:
        if predicate is not may_kill:
            yield f"  {'yes' if told[predicate.__name__] else 'no':4}{question}"
    yield "  When nothing is left to reclaim, and nothing is free above the min watermark"
    yield "  (steps of the allocator's slow path):"
    free, held = (outcome(request, lock_held=held) for held in (False, True))
    ends = [("free or held", free)] if free == held else [("free", free), ("held", held)]
    for state, end in ends:
        yield f"    oom_lock {state}: {end.words} ({WHY[end.ending]})"
    for site in request.table.sites_of(request.mask):
        condition = f", {site.condition}" if site.condition else ""
        yield f"  This is the mask of {site.name}: {site.where}{condition}."
    for note in _notes(asked):
        yield f"  Note: {note}."


def _comparison_text(found: Comparison) -> Iterator[str]:
    yield f"Same number: {'yes' if found.same_number else 'no'}."
    yield f"Same behaviour: {'yes' if found.same_behaviour else 'no'}."
    yield found.reason


def _notes(asked: AskedMask) -> Iterator[str]:
    """What a reader of this mask should know."""
    request = asked.request
    numbers = request.table
    if zone(request) is HighestZone.INVALID:
        yield "these zone flags exclude each other; a kernel with CONFIG_DEBUG_VM stops here"
    for names, reason in in_words(void_flags(request)):
        yield f"without effect here: {names} ({reason})"
    if asked.printed is None:
        for name in names_in(asked.expression):
            if option := numbers.absent.get(name):
                yield f"{name} is 0 in a kernel built without {option} (--config {option})"
    built = table_of(numbers.era, frozenset(CONFIGS), numbers.version)
    for name in built.flags(numbers.unknown_bits(request.mask)):
        yield f"{built.bits[name]:#x} is {name} in a kernel built with {numbers.absent[name]}"
    if asked.printed is not None:
        yield from asked.printed.doubts
        if asked.printed.how == "number" or asked.printed.disagreement:
            yield from _other_readings(asked.printed)


def _other_readings(printed: PrintedMask) -> Iterator[str]:
    """What else the number could mean, briefly."""
    possible = [reading for reading in printed.others if not reading.problem]
    for reading in possible[:MOST_READINGS]:
        yield f"on Linux {reading.spans} it would be {'|'.join(reading.names)}"
    never = [era for reading in printed.others if reading.problem for era in reading.eras]
    if len(possible) > MOST_READINGS or never:
        fewer = spans(era for reading in possible[MOST_READINGS:] for era in reading.eras)
        told = [f"unlikely on Linux {fewer}"] if fewer else []
        told += [f"no request's mask on Linux {spans(never)}"] if never else []
        yield f"it is {' and '.join(told)}"
