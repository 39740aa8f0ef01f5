"""Boots what is not kept yet, guest after guest or several at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from oomlab.errors import InputError
from oomlab.evidence.real_kernel.cases import Case
from tests.kernel.real.build import make_initrd
from tests.kernel.real.guest import boot
from tests.kernel.real.results import Run, kept, path_of
from tests.kernel.real.tree import (
    HOME,
    Kernel,
    Say,
    find_kernels,
    get_kernel,
    make_tree,
    need_tools,
)


def check(
    wanted: list[str], cases: list[Case], runs: int, clock: str, guests: int, say: Say
) -> list[str]:
    """Asks so many guests at once; what was broken, a line each that says how to go on.

    Raises InputError where nothing can be asked at all.
    """
    need_tools()
    make_tree(say)
    kernels = find_kernels(wanted, say)
    images = {kernel: get_kernel(kernel, say) for kernel in kernels}
    disks = {(k, case.name): make_initrd(k, case, say) for k in kernels for case in cases}
    todo = [(k, case, n) for n in range(1, runs + 1) for case in cases for k in kernels]
    asking = _Asking(images, disks, clock, len(todo), say)
    with ThreadPoolExecutor(guests) as pool:
        begun = [pool.submit(asking.ask, n, *each) for n, each in enumerate(todo, start=1)]
        try:
            return [line for each in begun if (line := each.result())]
        finally:  # also after Ctrl-C: no guest outlives this
            asking.stop.set()


@dataclass
class _Asking:
    """What the guests share. `spoke` are the kernels on which init came to say something, `silent`
    those whose first guest said nothing: the fault is not the case's, so no other is asked."""

    images: dict[Kernel, Path]
    disks: dict[tuple[Kernel, str], Path]
    clock: str
    total: int
    say: Say
    stop: threading.Event = field(default_factory=threading.Event)
    spoke: set[Kernel] = field(default_factory=set)
    silent: set[Kernel] = field(default_factory=set)

    def ask(self, number: int, kernel: Kernel, case: Case, n: int) -> str:
        """One run, unless it is kept or has no point; what was broken, "" if nothing was."""
        if self.stop.is_set() or kernel in self.silent or kept(kernel, case, self.clock, n):
            return ""
        began = time.monotonic()
        path = path_of(kernel, case, self.clock, n)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # of another recipe; its console goes now
        console = path.with_suffix(".log")
        image, disk = self.images[kernel], self.disks[kernel, case.name]
        name = f"{kernel.release} {case.name} run {n}"
        try:
            text = boot(image, disk, case, self.clock, console, self.stop)
        except InputError as error:
            return self._broken(kernel, f"{name}: {error}")
        if self.stop.is_set():
            return ""
        run = Run.read(text, kernel, case, self.clock, n)
        self.say(f"[{number}/{self.total}] {name}: {run.told()} ({time.monotonic() - began:.0f} s)")
        if run.broken:
            return self._broken(kernel, f"{name}: {run.told()}; its console is {console}", text)
        self.spoke.add(kernel)
        run.keep()
        return ""

    def _broken(self, kernel: Kernel, line: str, text: str = "") -> str:
        if "check: " in text or kernel in self.spoke:
            self.spoke.add(kernel)
            return f"{line}; the same call asks it again"
        if kernel in self.silent:
            return ""  # two at once: it is told already
        self.silent.add(kernel)
        folder = HOME / kernel.release
        return f"{line}; no other case is asked of it: remove {folder} and make the same call again"
