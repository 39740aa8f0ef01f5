"""The stored runs of real kernels (book/data/real-kernel.json, made with `make kernel-check`)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from oomlab.evidence.real_kernel.cases import CASES
from oomlab.evidence.real_kernel.facts import RunFacts
from oomlab.kernel_release import KernelRelease

STORED = Path(__file__).with_name("real-kernel.json")
"""The book's file, which lies beside this one in an installed package as well."""


@cache
def recipe() -> dict[str, Any]:
    """How the stored runs were made: the machine, the kernels, the cases as they were asked."""
    found: dict[str, Any] = _data()["recipe"]
    return found


@cache
def kernel_runs() -> tuple[RunFacts, ...]:
    """What all stored runs showed, of the cases that there are."""
    return tuple(kernel_facts(run) for run in _data()["runs"] if run["case"] in CASES)


@cache
def releases() -> tuple[str, ...]:
    """The releases that were asked, in the order of time, as "6.12"."""
    found = {KernelRelease.of(run.release) for run in kernel_runs()}
    return tuple(str(release) for release in sorted(found))


def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return data


def kernel_facts(run: dict[str, Any]) -> RunFacts:
    """A stored run, with the tasks called as in the model."""
    measured = run["pressure"]
    return RunFacts(
        release=str(KernelRelease.of(run["version"])),
        case=run["case"],
        number=run["run"],
        clock=run["clock"],
        outcome=run["outcome"],
        stall_ms=tuple(run["stall_ms"]),
        calls=run["calls"],
        kills=run["kills"],
        killed_at_ms=tuple(run["killed_at_ms"]),
        callback_pages=tuple(run["callback_pages"]),
        hung={_task(task): _task(about["owner"]) for task, about in run["hung"].items()},
        stall_lines=tuple(sorted({_task(task) for task in run["stall_warnings"]})),
        pressure=measured[-1]["full_share"] if measured else None,
        pressure_s=measured[-1]["second"] if measured else None,
    )


def _task(name: str) -> str:
    """A worker's number says where it ran, and no more."""
    return "kworker" if name.startswith("kworker/") else name
