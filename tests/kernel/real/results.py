"""What is kept of each run, and what of all runs is stored as the book's data."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oomlab.evidence.real_kernel.cases import CASES, Case
from tests.kernel.real.build import fingerprint
from tests.kernel.real.console import facts, read_console
from tests.kernel.real.guest import CLOCKS, COMMAND_LINE
from tests.kernel.real.tree import HOME, META, SUITE, Kernel
from tools.paths import ROOT

RUNS = HOME / "runs"
STORED = ROOT / "book" / "data" / "real-kernel.json"


def recipe(case: Case, clock: str) -> str:
    """A fingerprint of all that a run of this case rests on, but for the kernel."""
    told = [fingerprint(case.ahead), *CLOCKS[clock], COMMAND_LINE, *case.arguments(), *case.boot]
    if case.ahead:
        told += [*case.modules, *case.devices, str(case.keep_mb)]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:16]


def path_of(kernel: Kernel, case: Case, clock: str, number: int) -> Path:
    """Where a run is kept."""
    apart = "" if clock == "counted" else f"-{clock}"
    return RUNS / kernel.release / f"{case.name}{apart}-{number}.json"


@dataclass(frozen=True)
class Run:
    """One boot: `found` are its facts (see console.facts)."""

    kernel: Kernel
    case: Case
    clock: str
    number: int
    found: dict[str, Any]

    @classmethod
    def read(cls, text: str, kernel: Kernel, case: Case, clock: str, number: int) -> Run:
        """From what the guest printed."""
        return cls(kernel, case, clock, number, facts(read_console(text), case))

    @property
    def broken(self) -> bool:
        """Did it not give an answer?"""
        return str(self.found["outcome"]).startswith("broken")

    def told(self) -> str:
        """One line about it."""
        if self.broken:
            return str(self.found["outcome"])
        stalls = ", ".join(f"{stall / 1000:.2f} s" for stall in self.found["stall_ms"])
        told = [str(self.found["outcome"]) + (f" after {stalls}" if stalls else "")]
        told.append(f"{self.found['kills']} kills, {self.found['calls']} calls")
        for task, about in self.found["hung"].items():
            owner = f", on a mutex of {about['owner']}" if about["owner"] else ""
            told.append(f"{task} hung{owner}")
        return "; ".join(told)

    def record(self) -> dict[str, Any]:
        """All of it, as it is kept and stored."""
        return {
            "release": self.kernel.release,
            "version": self.kernel.version,
            "case": self.case.name,
            "clock": self.clock,
            "run": self.number,
            "recipe": recipe(self.case, self.clock),
            **self.found,
        }

    def keep(self) -> None:
        """Writes it, whole or not at all."""
        path = path_of(self.kernel, self.case, self.clock, self.number)
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(self.record(), indent=1) + "\n", encoding="utf-8")
        partial.rename(path)


def kept(kernel: Kernel, case: Case, clock: str, number: int) -> bool:
    """Is there a finished run of this very recipe?"""
    path = path_of(kernel, case, clock, number)
    return path.is_file() and bool(
        json.loads(path.read_text(encoding="utf-8"))["recipe"] == recipe(case, clock)
    )


def store() -> int:
    """Writes all kept runs of the present recipe into the book's data; how many there are.

    Their consoles are read again, so that a better reader needs no new runs.
    """
    runs = []
    for path in RUNS.glob("*/*.json"):
        old = json.loads(path.read_text(encoding="utf-8"))
        case, clock = CASES.get(old["case"]), old.get("clock", "counted")
        if case is not None and clock in CLOCKS and old["recipe"] == recipe(case, clock):
            text = path.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
            kernel = Kernel(old["release"], old["version"])
            runs.append(Run.read(text, kernel, case, clock, old["run"]).record())
    order = list(CASES)
    runs.sort(key=lambda r: (_numbers(r["version"]), order.index(r["case"]), r["clock"], r["run"]))
    STORED.parent.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(run) for run in runs)
    head = json.dumps(about(), indent=1)
    STORED.write_text(f'{{"recipe": {head},\n"runs": [\n{lines}\n]}}\n', encoding="utf-8")
    return len(runs)


def about() -> dict[str, Any]:
    """How the stored runs were made."""
    return {
        "machine": {clock: " ".join(words) for clock, words in CLOCKS.items()},
        "command_line": COMMAND_LINE,
        "kernels": f"{META} of Debian {SUITE}, its backports and bookworm, unmodified",
        "times": "milliseconds of the guest's clock after the first call of the notifier",
        "cases": {
            name: {
                "asks": case.asks,
                "arguments": [*case.boot, *case.arguments()],
                **(_apart(case) if case.ahead else {}),
            }
            for name, case in CASES.items()
        },
    }


def _apart(case: Case) -> dict[str, Any]:
    """What the machine of a case has beside that of the others."""
    return {"ahead": case.ahead, "modules": [*case.modules], "devices": [*case.devices]} | (
        {"keep_mb": case.keep_mb} if case.keep_mb else {}
    )


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split("-")[0].split(".")]
