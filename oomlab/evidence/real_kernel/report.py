"""The comparison as lines and as JSON data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from oomlab.evidence.real_kernel.compare import Aspect, KernelComparison, needless_rows
from oomlab.evidence.real_kernel.disagreements import DISAGREEMENTS


def comparison_report(found: Sequence[KernelComparison]) -> dict[str, Any]:
    """All cells as JSON data, with a count of the answers, in all and in outcome alone."""
    return {
        "cells": [{**asdict(one), "answer": one.answer,
                      "aspects": [{**asdict(a), "answer": a.answer} for a in one.aspects]}
                  for one in found],
        "answers": dict(Counter(one.answer for one in found)),
        "outcomes": dict(Counter(one.aspect("outcome").answer for one in found)),
        "needless_rows": needless_rows(found),
        "causes": {name: DISAGREEMENTS[name].cause for name in sorted(_causes(found))},
    }  # fmt: skip


def _causes(found: Sequence[KernelComparison]) -> set[str]:
    return {
        name
        for one in found
        for aspect in one.aspects
        if not aspect.equal
        for name in aspect.causes
    }


def comparison_text(found: Sequence[KernelComparison]) -> Iterator[str]:
    """A table, what differs below each line, then the causes and a count."""
    width = max(len(one.case) for one in found)
    yield f"{'case':{width}}  {'release':7}  {'answer':9}  kernel | model"
    for one in found:
        outcome = one.aspect("outcome")
        told = f"{_told(outcome.kernel)} | {_told(outcome.model)}"
        yield f"{one.case:{width}}  {one.release:7}  {one.answer:9}  {told}"
        for aspect in one.aspects:
            if not aspect.equal:
                yield f"{'':{width}}  {_difference(aspect)}"
    for name in DISAGREEMENTS:
        if name in _causes(found):
            yield ""
            yield f"{name}: {DISAGREEMENTS[name].cause}"
    for name in needless_rows(found):
        yield f"PROBLEM: the row {name!r} is no longer needed."
    yield ""
    yield f"{len(found)} cells. {_count(found)}"


def _count(found: Sequence[KernelComparison]) -> str:
    answers = Counter(one.answer for one in found)
    outcomes = sum(one.aspect("outcome").equal for one in found)
    return (
        f"Equal in outcome: {outcomes}. Equal in all: {answers['equal']}; explained: "
        f"{answers['explained']}; not explained: {answers['differs']}."
    )


def _difference(aspect: Aspect) -> str:
    why = f"({', '.join(aspect.causes)})" if aspect.causes else "NOT EXPLAINED"
    return f"{aspect.name}: {_told(aspect.kernel)} | {_told(aspect.model)}  {why}"


def _told(values: Sequence[str]) -> str:
    """Each value once, with how often it occurs."""
    counted = Counter(values)
    return ", ".join(f"{n} x {value}" if n > 1 else value for value, n in counted.items()) or "-"
