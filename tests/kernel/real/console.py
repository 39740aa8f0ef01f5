"""Reads what a guest printed: the module's JSON lines, and the kernel's lines that matter here.

Anything else of the log is passed over. The text may be cut off anywhere, as a guest is ended by
force when its time is over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from oomlab.evidence.real_kernel.cases import Case

_STAMPED = re.compile(r"\[ *(\d+)\.(\d{6})\](?:\[ *[TC]\d+\])? (.*)")
_CHECK = "check: "
_KILLED = re.compile(
    r"(?:Out of memory|Memory cgroup out of memory)[^:]*: Killed process \d+ \((.+?)\)"
)
_INVOKED = re.compile(r"(.+) invoked oom-killer: ")
_HUNG = re.compile(r"INFO: task (.+):(\d+) blocked.* for more than (\d+) seconds")
_OWNER = re.compile(
    r"INFO: task (.+):(\d+) (?:is )?blocked on .* likely.* owned by task (.+):(\d+)"
)
_STALL = re.compile(r"(.+): page allocation stalls? for ")
_FAILED = re.compile(r"(.+): page allocation failure: ")
_PANIC = re.compile(r"Kernel panic - not syncing: (.*)")

_RESCUES = ("sysrq-f", "memcg", "suspend", "fault")
OUTCOMES = ("served", "locked up", "called", "not called")
"""What a run can end with, unless it is "broken: ..."."""
_EVERY_S = 10
"""Pressure is kept for each tenth second after the first call (our choice)."""


@dataclass
class Console:
    """What a guest said. `events` are the module's and init's lines; `hung` has, for each task that
    the hung-task detector named, its longest wait in seconds and whom it named as the owner."""

    events: list[dict[str, Any]] = field(default_factory=list)
    killed: list[tuple[int, str]] = field(default_factory=list)
    invoked: list[str] = field(default_factory=list)
    hung: dict[str, dict[str, Any]] = field(default_factory=dict)
    stalled: list[str] = field(default_factory=list)
    failures: int = 0
    panic: str = ""
    lines: int = 0

    def named(self, event: str) -> list[dict[str, Any]]:
        """The events of one name, in the order of time."""
        return [found for found in self.events if found.get("event") == event]


def read_console(text: str) -> Console:
    """Reads a whole log."""
    console = Console()
    for line in text.splitlines():
        console.lines += 1
        found = _STAMPED.match(line)
        at_us = int(found[1]) * 1_000_000 + int(found[2]) if found else 0
        _note(console, at_us, found[3] if found else line)
    return console


def _note(console: Console, at_us: int, said: str) -> None:
    if said.startswith(_CHECK):
        try:
            event = json.loads(said[len(_CHECK) :])
        except ValueError:
            return  # cut off
        if isinstance(event, dict):
            console.events.append({**event, "at_ms": at_us / 1000})
    elif killed := _KILLED.match(said):
        console.killed.append((at_us // 1000, killed[1]))
    elif invoked := _INVOKED.match(said):
        console.invoked.append(invoked[1])
    elif hung := _HUNG.match(said):
        task = console.hung.setdefault(hung[1], {"seconds": 0, "owner": ""})
        task["seconds"] = max(task["seconds"], int(hung[3]))
    elif owner := _OWNER.match(said):
        console.hung.setdefault(owner[1], {"seconds": 0, "owner": ""})["owner"] = owner[3]
    elif stall := _STALL.match(said):
        console.stalled.append(stall[1])
    elif _FAILED.match(said):
        console.failures += 1
    elif panic := _PANIC.match(said):
        console.panic = panic[1]


def outcome(console: Console, case: Case) -> str:
    """In one word what happened; "broken: ..." where the guest did not get to the end."""
    end = _ends(console)
    if console.panic:
        return f"broken: the kernel panicked ({console.panic})"
    for failed in console.named("failed"):
        return f"broken: init could not do {failed.get('what')} (errno {failed.get('error')})"
    if not console.lines:
        return "broken: the guest printed nothing"
    if not end:
        return "broken: the guest did not come to its end in time"
    if not end[0]["calls"]:
        return "not called"
    if case.module.get("idle"):
        return "called"
    done = end[0].get("done") or console.named("done")
    return "served" if done else "locked up"


def facts(console: Console, case: Case) -> dict[str, Any]:
    """Numbers and names of a run, as they are stored; times in ms after the first call."""
    begins = console.named("callback-begins")
    first = begins[0] if begins else None
    began = first["at_ms"] if first else 0.0
    return {
        "outcome": outcome(console, case),
        "stall_ms": [event["value"] for event in console.named("served")],
        "calls": max((event["calls"] for event in _ends(console)), default=0),
        "callers": sorted({event["task"] for event in begins}),
        "free_pages": first["value"] if first else None,
        "callback_pages": [event["value"] for event in console.named("callback-pages")],
        "callback_ms": [event["value"] for event in console.named("callback-ms")],
        "gave_up": len(console.named("gave-up")),
        "rescue": _rescue(console, began),
        "kills": len(console.killed),
        "killed_at_ms": [round(at - began) for at, _ in console.killed],
        "killed": [name for _, name in console.killed],
        "invoked": list(dict.fromkeys(console.invoked)),
        "hung": console.hung,
        "stall_warnings": console.stalled,
        "failures": console.failures,
        "balloon": _balloon(console),
        "pressure": list(_pressure(console)) if first else [],
    }


def _ends(console: Console) -> list[dict[str, Any]]:
    """What ended the guest: init, or a thread of the kernel if no process runs any more."""
    return console.named("end") + console.named("frozen")


def _rescue(console: Console, began: float) -> dict[str, Any]:
    """What was tried last meanwhile, when, and whether that came to its end; {} if nothing. Of a
    suspend also how long it took, what it was answered (an errno, 0 if it was done), and whether
    no process ran afterwards."""
    for name in _RESCUES:
        for event in console.named(name):
            done = console.named(f"{name}-done")
            found = {
                "what": name,
                "at_ms": round(event["at_ms"] - began),
                "done": bool(done),
            }
            if name == "suspend":
                found["took_ms"] = done[0]["ms"] - event["ms"] if done else None
                found["errno"] = done[0]["error"] if done else None
                found["frozen"] = bool(console.named("frozen"))
            return found
    return {}


def _balloon(console: Console) -> dict[str, int]:
    """Pages in the stock driver's balloon before the load and at the end; {} without one."""
    before, after = console.named("inflated"), console.named("balloon")
    return {"before": before[0]["value"], "after": after[0]["value"]} if before and after else {}


def _pressure(console: Console) -> Iterator[dict[str, float]]:
    """Average over 10 s as the kernel shows it, and the share of the time since the first call in
    which somebody (some) or everybody (full) waited for memory."""
    start: dict[str, Any] | None = None
    for event in console.named("pressure"):
        if event["second"] == 0:
            start = event
        elif start is not None and event["second"] % _EVERY_S == 0:
            passed = event["ms"] - start["ms"]
            yield {
                "second": event["second"],
                "some_avg10": event["some"],
                "full_avg10": event["full"],
                "some_share": round((event["some_us"] - start["some_us"]) / passed / 1000, 4),
                "full_share": round((event["full_us"] - start["full_us"]) / passed / 1000, 4),
            }
