"""Runs the checks of one notebook after the other. A program of its own.

It reads a job a line, {"cells", "folder"}, and writes what became of each cell, a line each. Every
notebook has names of its own; what has been loaded, what the explorer has found of a routine, and
runs of the book's scenarios are there for the next. No code of a student's runs here, only the
values of the answers.
"""

from __future__ import annotations

import json
import os
import sys
from collections import OrderedDict
from collections.abc import Callable
from typing import IO, Any

import oomlab.experiment
from oomlab.course.cells import CellRun, Cells

MOST_KEPT = 64
"""Results of `run` and of `explore` that are kept (our choice): a set asks for some twenty."""


def main() -> None:
    """Run the jobs that come in, until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a program below prints is no answer
    for name in ("run", "explore"):
        setattr(oomlab.experiment, name, kept(getattr(oomlab.experiment, name)))
    for line in sys.stdin:
        job = json.loads(line)
        os.chdir(job["folder"])
        cells = Cells()
        for number, source in enumerate(job["cells"]):
            _send(answers, outputs(cells.run(source, f"cell {number}")))


def kept(ask: Callable[..., Any]) -> Callable[..., Any]:
    """`ask`, which answers the same to the same question, and so need not look twice: the questions
    of most checks are those of every student. What is not of a named scenario is asked each time.
    """
    known: OrderedDict[str, Any] = OrderedDict()

    def answer(*asked: Any, **more: Any) -> Any:
        if not asked or not isinstance(asked[0], str):
            return ask(*asked, **more)
        key = repr((asked, sorted(more.items())))
        if key not in known:
            known[key] = ask(*asked, **more)
        known.move_to_end(key)
        if len(known) > MOST_KEPT:
            known.popitem(last=False)
        return known[key]

    return answer


def outputs(run: CellRun) -> list[dict[str, Any]]:
    """What a cell did, in the form of a notebook."""
    made: list[dict[str, Any]] = []
    for kind, text in run.parts:
        if kind == "text":
            made.append({"output_type": "stream", "name": "stdout", "text": text})
        else:
            data = {"image/svg+xml": text, "text/plain": "<a picture>"}
            made.append({"output_type": "display_data", "data": data, "metadata": {}})
    if run.problem is not None:
        name, said = type(run.problem).__name__, str(run.problem)
        traceback = [f"{name}: {said}"]
        made.append({"output_type": "error", "ename": name, "evalue": said, "traceback": traceback})
    elif run.value is not None:
        shown = {"data": {"text/plain": repr(run.value)}, "metadata": {}}
        made.append({"output_type": "execute_result", "execution_count": None, **shown})
    return made


def _send(answers: IO[str], what: list[dict[str, Any]]) -> None:
    print(json.dumps(what), file=answers, flush=True)


if __name__ == "__main__":
    main()
