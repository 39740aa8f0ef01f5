"""Runs a student's cells and reports the values of the answers. A program of its own.

It is started with the path of a job, and shares a process with whatever the student wrote: all
that it reports is to be read as if the student had written it.
"""

from __future__ import annotations

import json
import os
import sys
from types import FunctionType
from typing import Any

MOST_LETTERS = 20_000
"""The longest value that is reported (our choice)."""


def main() -> None:
    """Run the job: a cell's text is run, None asks for the values, "" is passed over; a cell that
    `asks` names asks for them before it is run."""
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    report = os.fdopen(job["report"], "w", encoding="utf-8")
    sys.path.append(job["package"])
    _limit(job["memory_mb"] * 2**20, job["file_mb"] * 2**20)

    def send(**what: object) -> None:
        print(json.dumps(what), file=report, flush=True)

    shell = _shell()
    run_cell = shell.run_cell
    for number, source in enumerate(job["cells"]):
        if source == "":
            continue
        send(cell=number)
        if source is None or number in job["asks"]:
            values, unfit = _values(shell.user_ns, job["names"])
            send(cell=number, values=values, unfit=unfit)
        if source is None:
            continue
        result = run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            send(cell=number, error=f"{type(error).__name__}: {error}"[:500])
    send(done=True)
    os._exit(0)  # without waiting for a student's threads


def _shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    import oomlab.course.listener  # noqa: F401  (before the clock of the first cell starts)

    config = Config()
    config.HistoryManager.enabled = False
    return InteractiveShell.instance(config=config)


def _values(namespace: dict[str, object], names: list[str]) -> tuple[dict[str, str], list[str]]:
    """The answers that are given, as Python would write them, and those too long to report."""
    given = {name: _text(namespace[name]) for name in names if namespace.get(name, ...) is not ...}
    unfit = [name for name, text in given.items() if len(text) > MOST_LETTERS]
    return {name: text for name, text in given.items() if name not in unfit}, unfit


def _text(value: object) -> str:
    """A value as Python would write it; of a function, its text is the value."""
    if not isinstance(value, FunctionType):
        return repr(value)
    from oomlab.course.code import written

    try:
        return repr(written(value))
    except ValueError as error:  # oomlab's InputError is one
        return repr(f"# {error}")


def _limit(memory: int, file: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the page for instructors says so
        return
    # Kernels that know RLIMIT_AS but refuse it (macOS) are left with the limit of time.
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):
            continue


if __name__ == "__main__":
    main()
