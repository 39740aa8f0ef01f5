"""What the workbench's page and its widget in a notebook are told, piece by piece.

`bench_answers` is what both call: the page's worker and a kernel. What is said is HTML of ours, in
which every text is escaped; what a question holds may come out of a link, so that it is taken for
what it is: texts, which nobody runs but the search that a reader has asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from oomlab.errors import InputError, unknown
from oomlab.views.bench.checklist_html import (
    frame_html,
    row_html,
    schedule_html,
    section_of,
    verdict_html,
)
from oomlab.workbench import (
    Bench,
    BenchError,
    as_written,
    explore_bench,
    rows,
    scenario_text,
    stage_of_schedule,
    verdict_of,
)
from oomlab.workbench.links import PARTS

__all__ = ["bench_answers"]

AnswerPart = dict[str, Any]
"""A piece of an answer, as JSON: `kind` and what belongs to it."""

OFTEN = 2_000
"""States after which a reader is told of them (our choice)."""

TellStates = Callable[[int], object]
"""Is told now and then how many states were seen."""


def bench_answers(
    question: Mapping[str, Any], tell: TellStates = lambda states: None
) -> Iterator[AnswerPart]:
    """The answer to a question in pieces, each of them soon; the last is `done`.

    `question`: `ask` ("read", "check", "stage" or "scenario"), the texts of a bench by their parts,
    and for a stage the `schedule` that a check has shown. What is wrong with a text is a piece
    `wrong`, with its part and line; what else was refused, and a defect, is a piece `error`.
    """
    try:
        ask = question.get("ask")
        if ask not in _ASKED:
            raise unknown("question", ask, _ASKED)
        texts = {part: question.get(part, "") for part in PARTS}
        if not all(isinstance(one, str) for one in texts.values()):
            raise InputError("a bench is made of texts")
        yield from _ASKED[ask](texts, question, tell)
    except BenchError as wrong:
        yield _wrong(wrong)
    except ValueError as refusal:
        yield {"kind": "error", "message": str(refusal)}
    except Exception as defect:  # every failure must reach the reader, whatever it is
        yield {
            "kind": "error",
            "message": f"the model stopped with {type(defect).__name__}: {defect}. "
            "This is a defect of oomlab, not of your text.",
        }
    yield {"kind": "done"}


def _wrong(error: BenchError) -> AnswerPart:
    return {"kind": "wrong", "part": error.part, "line": error.line, "message": error.message}


def _read(
    texts: Mapping[str, str], question: Mapping[str, Any], tell: TellStates
) -> Iterator[AnswerPart]:
    """What is wrong with the texts, and what they are in C. Nothing of them is run."""
    c, wrong = as_written(texts)
    yield {"kind": "read", "c": c}
    yield from (_wrong(one) for one in wrong)


def _check(
    texts: Mapping[str, str], question: Mapping[str, Any], tell: TellStates
) -> Iterator[AnswerPart]:
    """The checklist, a line a piece, and the verdict at the end."""
    yield from _read(texts, question, tell)
    bench = Bench(**texts)
    yield {"kind": "begin", "html": frame_html()}
    found, told = [], 0

    def watch(states: int, moves: int) -> bool:
        nonlocal told
        if states >= told + OFTEN:
            told = states
            tell(states)
        return False

    for line in rows(bench, watch=watch):
        found.append(line)
        yield {"kind": "row", "section": section_of(line["id"]), "html": row_html(line)}
    word, sentence = verdict_of(found)
    html = verdict_html(word, sentence, found[-1]["states"])
    yield {"kind": "verdict", "word": word, "sentence": sentence, "html": html}


def _stage(
    texts: Mapping[str, str], question: Mapping[str, Any], tell: TellStates
) -> Iterator[AnswerPart]:
    """The stage of a schedule."""
    schedule = question.get("schedule")
    if not isinstance(schedule, dict):
        raise InputError("this is no schedule that a check has shown")
    yield {"kind": "stage", "html": schedule_html(stage_of_schedule(Bench(**texts), schedule))}


def _scenario(
    texts: Mapping[str, str], question: Mapping[str, Any], tell: TellStates
) -> Iterator[AnswerPart]:
    """The bench as the file of a scenario, with the verdict that it gets under mainline."""
    bench = Bench(**texts)
    word = explore_bench(bench, {}, "mainline").word
    yield {"kind": "scenario", "text": scenario_text(bench, verdict=word)}


_ASKED = {"read": _read, "check": _check, "stage": _stage, "scenario": _scenario}
