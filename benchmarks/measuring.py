"""What the benchmarks share: processor time and a fitted exponent.

Processor time, not time on the wall: other work on the machine then matters less. What is printed
beside it is a ratio of two figures of the same run, which matters on another machine as well.
"""

from __future__ import annotations

import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of processor time that `work` took, and what it gave."""
    began = time.process_time()
    result = work()
    return max(time.process_time() - began, 1e-6), result


@contextmanager
def kept_bytecode() -> Iterator[dict[str, str]]:
    """The environment of a command that is timed: its bytecode is kept, as that of an installed
    package is, whatever this process is told to do. To compile it takes longer than most commands.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        yield {**kept, "PYTHONPYCACHEPREFIX": folder}


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The b of the curve `seconds = a * sizes ** b` that fits best, by least squares of the
    logarithms: 0 is flat, 1 is linear."""
    xs, ys = [math.log(size) for size in sizes], [math.log(second) for second in seconds]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True))
    return above / sum((a - x) ** 2 for a in xs)
