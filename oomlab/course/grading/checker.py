"""Runs the checks of one notebook after the other. A program of its own.

It reads a job a line, {"cells", "folder"}, and writes what became of each cell, a line each. Every
notebook has names of its own; what has been loaded, and what the explorer has found of a routine,
is there for the next. No code of a student's runs here, only the values of the answers.
"""

from __future__ import annotations

import json
import os
import sys
from typing import IO, Any

from oomlab.course.cells import CellRun, Cells


def main() -> None:
    """Run the jobs that come in, until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a program below prints is no answer
    for line in sys.stdin:
        job = json.loads(line)
        os.chdir(job["folder"])
        cells = Cells()
        for number, source in enumerate(job["cells"]):
            _send(answers, outputs(cells.run(source, f"cell {number}")))


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
