"""What `oomlab gfp` prints: a GFP mask explained, as text for people and data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from oomlab.gfp.equivalence import Comparison, compare, in_words, void_flags
from oomlab.gfp.expression import names_in, parse, to_string
from oomlab.gfp.outcomes import WHY, outcome
from oomlab.gfp.predicates import HighestZone, Request, reserve, zone
from oomlab.gfp.questions import QUESTIONS, answers
from oomlab.gfp.tables import CONFIGS, MEANINGS, table


def gfp_report(
    expression: str, other: str | None, version: str, config: Iterable[str]
) -> dict[str, Any]:
    """The mask that `expression` stands for, as JSON data; with `other`, the two compared.

    Raises InputError for an unknown kernel, build option or name, and for what is no expression.
    """
    first, second = _requests(expression, other, version, config)
    data = _mask_data(first)
    if second:
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
    expression: str, other: str | None, version: str, config: Iterable[str]
) -> Iterator[str]:
    """The same as lines; of two masks, what sets them apart. Raises InputError."""
    first, second = _requests(expression, other, version, config)
    yield from _bits_text(first)
    if second:
        yield from _bits_text(second)
        yield from _comparison_text(compare(first.request, second.request))
    else:
        yield from _answers_text(first)


class _Asked(NamedTuple):
    """What was typed, and what it means."""

    expression: str
    request: Request


def _requests(
    expression: str, other: str | None, version: str, config: Iterable[str]
) -> tuple[_Asked, _Asked | None]:
    numbers = table(version, config)

    def read(text: str) -> _Asked:
        return _Asked(text, Request(parse(text, numbers), numbers))

    return read(expression), None if other is None else read(other)


def _mask_data(asked: _Asked) -> dict[str, Any]:
    expression, request = asked
    numbers, mask = request.table, request.mask
    return {
        "expression": expression,
        "kernel": numbers.version,
        "config": sorted(numbers.config),
        "value": f"{mask:#x}",
        "printed": to_string(mask, numbers),
        "flags": numbers.flags(mask),
        "unknown_bits": f"{numbers.unknown_bits(mask):#x}",
        "zone": zone(request).value,
        "reserves": reserve(request).value,
        **answers(request),
        "outcome_oom_lock_free": outcome(request, lock_held=False).words,
        "outcome_oom_lock_held": outcome(request, lock_held=True).words,
        "call_sites": [site.name for site in numbers.sites_of(mask)],
        "notes": list(_notes(asked)),
    }


def _bits_text(asked: _Asked) -> Iterator[str]:
    expression, request = asked
    numbers, mask = request.table, request.mask
    yield f"{' '.join(expression.split())}, Linux {numbers.version}"
    yield f"  value     {mask:#x}"
    yield f"  printed   {to_string(mask, numbers)}"
    for name in numbers.flags(mask):
        yield f"  {numbers.bits[name]:#10x}  {name}: {MEANINGS[name]}"
    if rest := numbers.unknown_bits(mask):
        yield f"  {rest:#10x}  unknown"


def _answers_text(asked: _Asked) -> Iterator[str]:
    _, request = asked
    yield f"  zone      {zone(request).value}"
    yield f"  reserves  {reserve(request).value}"
    told = answers(request)
    for predicate, question in QUESTIONS:
        yield f"  {'yes' if told[predicate.__name__] else 'no':4}{question}"
    yield "  When nothing is left to reclaim, and nothing is free above the min watermark"
    yield "  (order 3 at most; steps of the allocator's slow path):"
    for state, held in (("free", False), ("held", True)):
        end = outcome(request, lock_held=held)
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


def _notes(asked: _Asked) -> Iterator[str]:
    """What a reader of this mask should know."""
    expression, request = asked
    numbers = request.table
    if zone(request) is HighestZone.INVALID:
        yield "these zone flags exclude each other; a kernel with CONFIG_DEBUG_VM stops here"
    for names, reason in in_words(void_flags(request)):
        yield f"without effect here: {names} ({reason})"
    for name in names_in(expression):
        if option := numbers.absent.get(name):
            yield f"{name} is 0 in a kernel built without {option} (--config {option})"
    built = table(numbers.version, CONFIGS)
    for name in built.flags(numbers.unknown_bits(request.mask)):
        yield f"{built.bits[name]:#x} is {name} in a kernel built with {numbers.absent[name]}"
