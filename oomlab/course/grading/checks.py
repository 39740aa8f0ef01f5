"""The checks of a graded notebook: run in a process that is kept for all notebooks of a grading."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any

from oomlab.course.grading import fence

Outputs = list[dict[str, Any]]


class Checks:
    """The process that runs checks. It is started when it is needed, and anew when a cell has taken
    too long or has ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""

    def run(self, cells: Sequence[str], seconds: float) -> list[Outputs]:
        """What became of each cell, in the form of a notebook.

        One that takes more than `seconds`, or that ends its process, has an error there; those
        before it are run again without it.
        """
        left, broken = list(cells), dict[int, Outputs]()
        while True:
            found, why = self._once(left, seconds)
            if not why:
                return [broken.get(number, each) for number, each in enumerate(found)]
            broken[len(found)] = [_error(why)]
            left[len(found)] = ""

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None
        self._rest = b""

    def _once(self, cells: Sequence[str], seconds: float) -> tuple[list[Outputs], str]:
        """What became of the cells, up to one that broke the run, and how it did that."""
        with tempfile.TemporaryDirectory(prefix="checks-") as folder:
            process = self._started()
            assert process.stdin is not None
            process.stdin.write(
                json.dumps({"cells": list(cells), "folder": folder}).encode() + b"\n"
            )
            process.stdin.flush()
            found: list[Outputs] = []
            try:
                while len(found) < len(cells):
                    found.append(self._line(process, seconds))
            except (TimeoutError, EOFError) as problem:
                self.close()
                return found, str(problem)
            return found, ""

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            # Isolated: neither a file that was handed in nor a variable can pass for a module.
            code = (
                "import sys; sys.path.append(sys.argv[1]); "
                "from oomlab.course.grading.checker import main; main()"
            )
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", code, str(fence.PACKAGE.parent)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=tempfile.gettempdir(),
                start_new_session=True,
            )
        return self._process

    def _line(self, process: subprocess.Popen[bytes], seconds: float) -> Outputs:
        """What became of the next cell. Raises TimeoutError and EOFError."""
        assert process.stdout is not None
        end = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                if not selector.select(max(0.0, end - time.monotonic())):
                    raise TimeoutError(f"it did not end within {seconds:g} seconds")
                part = os.read(process.stdout.fileno(), 1 << 16)
                if not part:
                    raise EOFError("it ended the process that it ran in")
                self._rest += part
        line, self._rest = self._rest.split(b"\n", 1)
        outputs: Outputs = json.loads(line)
        return outputs


def _error(why: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": "CheckFailed", "evalue": why, "traceback": [why]}
