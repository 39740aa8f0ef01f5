"""The lines that say who was killed, and what the reaper made of it."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace

from oomlab.logs.parts import TaskName, Victim
from oomlab.logs.records.record import cut_out
from oomlab.logs.text.lines import PrintedLine

_CHOSEN = re.compile(r"[Kk]ill process (\d{1,10})(?:, UID \d{1,10},)? \(")
_KILLED = re.compile(r"Killed process (\d{1,10})(?:,? \(?UID:? ?(\d{1,10})\)?,?)? \(")
_SCORE = re.compile(r"\) score (-?\d{1,10})")
_SIZE = re.compile(r"(?:total-vm|vsz):(\d{1,15})kB")
_RSS = re.compile(r"(?:anon|file|shmem)-rss:(\d{1,15})kB")
_UID = re.compile(r",? UID:? ?(\d{1,10})")
_ADJ = re.compile(r"oom_score_adj:(-?\d{1,5})")
_REAPED = re.compile(r"oom_reaper: reaped process (\d{1,10}) \((.{0,64})\)")
_UNABLE = re.compile(r"oom_reaper: unable to reap pid:? ?(\d{1,10}) \((.{0,64})\)")
_SUMMARY_TAIL = re.compile(r",pid=(\d{1,10}),uid=(\d{1,10})")


def chosen_in(line: PrintedLine) -> Victim | None:
    """The victim that was looked for: "Kill process 1 (c) score 2 or sacrifice child" (to 5.2)."""
    found = _CHOSEN.search(line.text)
    if found is None or "sharing same memory" in line.text:
        return None
    rest = line.text[found.end() :]
    score = _SCORE.search(rest)
    comm = rest[: rest.rfind(") score")] if score else rest.rpartition(")")[0]
    return Victim(
        TaskName(comm, int(found[1])), line.number, score=int(score[1]) if score else None
    )


def killed_in(line: PrintedLine) -> Victim | None:
    """Who was killed, in all forms since 2.6.24: "Killed process 1 (c) total-vm:..."."""
    found = _KILLED.search(line.text)
    if found is None:
        return None
    rest = line.text[found.end() :]
    size = _SIZE.search(rest)
    # A comm may hold brackets; sizes follow the last one that closes it.
    before = rest[: size.start()] if size else rest
    comm = before.rpartition(")")[0] or before.strip()  # of a line that was cut: what is left
    tail = rest[len(comm) :]
    sizes = _RSS.findall(tail)
    uid = found[2] or (_UID.search(tail) or [None, None])[1]
    adj = _ADJ.search(tail)
    return Victim(
        TaskName(comm, int(found[1])),
        line.number,
        None,
        int(size[1]) if size else None,
        sum(int(one) for one in sizes) if sizes else None,
        int(uid) if uid else None,
        int(adj[1]) if adj else None,
    )


def with_score(chosen: Victim | None, killed: Victim) -> Victim:
    """What both lines say; the score was that of the one that was looked for."""
    return replace(killed, score=chosen.score) if chosen else killed


@dataclass(frozen=True, slots=True)
class Summary:
    """The line "oom-kill:constraint=..." (5.0 and later, and in kernels of RHEL 8)."""

    constraint: str
    nodemask: str
    cpuset: str
    mems_allowed: str
    memcg: str
    comm: str
    pid: int | None
    uid: int | None


def summary_in(text: str) -> Summary | None:
    """That line, taken apart from both ends: a comm or a group may hold anything."""
    if "oom-kill:constraint=" not in text:
        return None
    text = text.replace(", oom_memcg=", ",oom_memcg=").replace(", task", ",task")
    tail = next(iter(deque(_SUMMARY_TAIL.finditer(text), maxlen=1)), None)
    start = text.rfind(",task=", 0, tail.start() if tail else len(text))
    end = tail.start() if tail else len(text)
    groups = text.find(",task_memcg=")
    memcg = cut_out(text[: groups if groups >= 0 else len(text)], ",oom_memcg=")
    return Summary(
        cut_out(text, "constraint=", ","),
        cut_out(text, ",nodemask=", ",cpuset=", ",global_oom", ",oom_memcg="),
        cut_out(text, ",cpuset=", ",mems_allowed="),
        cut_out(text, ",mems_allowed=", ",global_oom", ",oom_memcg=", ",task_memcg="),
        memcg,
        text[start + len(",task=") : end] if start >= 0 else "",
        int(tail[1]) if tail else None,
        int(tail[2]) if tail else None,
    )


def reaped_in(text: str) -> tuple[int, str, bool] | None:
    """Number, comm, and whether it was reaped; None for another line."""
    found = _REAPED.search(text)
    if found:
        return int(found[1]), found[2], True
    found = _UNABLE.search(text)
    return (int(found[1]), found[2], False) if found else None
