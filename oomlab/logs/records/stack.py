"""A stack as kernels print it: who runs on which processor, the functions, and what is around."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from oomlab.logs.parts import CallFrame, TaskName
from oomlab.logs.text.lines import PrintedLine

MOST_FRAMES = 200
"""Functions of one stack that are kept (our choice; kernel stacks are far from that)."""

_ADDRESSES = re.compile(r"(?:\(?\[<?(?:0x)?[0-9a-f.]{2,20}>?\]\s{0,4}){0,2}")
_SYMBOL = re.compile(
    r"(\(?)(\? )?\(?([A-Za-z_.$][\w.$]{0,199})(?:\+0x[0-9a-f]{1,8}/0x[0-9a-f]{1,8})(.{0,300})"
)
_ARM = re.compile(r"\(?(\? ?)?([A-Za-z_.$][\w.$]{0,199})\)? from [\[(A-Za-z_.$]")
_SYZBOT = re.compile(
    r"\s{0,4}(\? )?([A-Za-z_][\w.]{0,199}) (?:[\w./+-]{1,200}\.[chSs]:\d{1,7}|\[inline\])"
)
_MODULE = re.compile(r"\s{0,4}\[([\w-]{1,64})(?: [0-9a-f]{8,64})?\]")
_RIP = re.compile(
    r"\s*(?:RIP: [0-9a-f]{2,4}:|pc : |PC is at |NIP \[[0-9a-f]{8,16}\] |epc : |EIP: )"
    r"(?:\[<[0-9a-f]{8,16}>\]\s{0,3}){0,2}(?:\[<[0-9a-f]{8,16}>\] )?([A-Za-z_.$][\w.$]{0,199})\+0x"
)
_NOISE = re.compile(
    r"\s*(?:Call [Tt]race|Backtrace|</?(?:TASK|IRQ|EOI|NMI|SOFTIRQ|#?[A-Z]{2,4}\d?)>|Hardware name|"
    r"Workqueue:|Stopper:|Sched_|Stack[ :]|R[IS]P[: ]|[RE][A-DS][XIP]:|R[0-9]{1,2}:|ORIG_RAX|FS:|"
    r"[CDEGS]S:|CR[0-9]:|DR[0-9]:|EFLAGS|EIP|ESP|PKRU|Code:|Modules linked in|Exception stack|"
    r"Tainted: \[|Krnl |NIP|LR |GPR|MSR|CFAR|---|pc :|lr :|sp :|x\d{1,2}:|x\d{1,2} :|pstate|epc |"
    r"\([A-Za-z_]|[0-9a-f]{8,16}(?: [0-9a-f]{8,16})|\[<?[0-9a-f]{8,16}>?\]|Last Breaking|"
    r"ra :|gp :|t\d :|s\d :|a\d :|SPR|unwind|Task dump|Preempt|CPU features|"
    r"task_flags:|flags:0x|[\"]echo 0)"
)
_CPU = re.compile(
    r"\s*CPU ?: ?(\d{1,5}) (?:UID: (\d{1,10}) )?PID: (\d{1,10}) Comm: (.{1,64}?)"
    r"(?: Kdump: loaded)? (?:Not tainted|Tainted:)(.{0,200})"
)
_PID = re.compile(r"\s*Pid: (\d{1,10}), comm: (.{1,64}?) (?:Not tainted|Tainted:)(.{0,200})")
_RELEASE = re.compile(r"\(?(\d{1,2}\.\d{1,3}[^\s#()]{0,100})\)?,? {1,4}\(?#")
_TAINT_LINE = re.compile(r"\s*(?:Not tainted|Tainted:)(.{0,200})")
_TAINT_AFTER = re.compile(r"(\d{1,2}\.\d{1,3}\S{0,100}) #\S.{0,120}(?:Not tainted|Tainted)")
_WORK = re.compile(r"\s*Workqueue: (\S{1,64}) (\S{1,128})")


@dataclass(frozen=True, slots=True)
class Running:
    """The line that says who runs: "CPU: 0 PID: 1 Comm: init Not tainted ..."."""

    task: TaskName
    release: str
    cpu: int | None = None


def release_in(text: str) -> str:
    """The release of a kernel that a line states behind its taint, or before it; "" if none."""
    found = _TAINT_AFTER.match(text.lstrip())
    if found:
        return found[1]
    at = text.find("ainted")
    found = _RELEASE.search(text, at) if at >= 0 else None
    return found[1] if found else ""


def running_in(text: str) -> Running | None:
    """Who runs, if the line says that."""
    if "ainted" not in text:
        return None
    cpu = _CPU.match(text)
    if cpu:
        release = _RELEASE.search(cpu[5])
        task = TaskName(cpu[4], int(cpu[3]))
        return Running(task, release[1] if release else "", int(cpu[1]))
    pid = _PID.match(text)
    if pid:
        release = _RELEASE.search(pid[3])
        return Running(TaskName(pid[2], int(pid[1])), release[1] if release else "")
    return None


def frame_in(line: PrintedLine) -> CallFrame | None:
    """The function that a line of a stack shows."""
    text = line.text.strip()
    if text.startswith("<"):
        text = text.partition(">")[2].lstrip()
    at = _ADDRESSES.match(text)
    begin = at.end() if at else 0
    if "+0x" in text:
        found = _SYMBOL.match(text, begin)
        if found:
            rest = found[4]
            module = _MODULE.match(rest.lstrip(")"))
            sure = not found[2] and "(unreliable)" not in rest
            return CallFrame(found[3], line.number, module[1] if module else "", sure)
        rip = _RIP.match(text)
        if rip:
            return CallFrame(rip[1], line.number)
    if " from " in text:
        arm = _ARM.match(text, begin)
        if arm:
            return CallFrame(arm[2], line.number, "", not arm[1])
    syzbot = _SYZBOT.match(text) if ":" in text or "[inline]" in text else None
    if syzbot and (".c:" in text or ".h:" in text or ".S:" in text or "[inline]" in text):
        return CallFrame(syzbot[2], line.number, "", not syzbot[1])
    return None


class Stack:
    """What is collected of one stack while its lines come in."""

    __slots__ = ("_unsure", "frames", "release", "running", "started", "workqueue")

    def __init__(self) -> None:
        self.frames: list[CallFrame] = []
        self.running: Running | None = None
        self.release = ""
        self.workqueue = ""
        self.started = self._unsure = False

    def take(self, line: PrintedLine, comm: str | None = None) -> bool:
        """Is this line one of the stack? `comm`: the only task whose stack it can be."""
        text = line.text
        frame = frame_in(line)
        if frame is not None:
            self.started = True
            if self._unsure:  # a mail broke the line behind its "?"
                frame, self._unsure = replace(frame, sure=False), False
            if len(self.frames) < MOST_FRAMES:
                self.frames.append(frame)
            return True
        running = running_in(text)
        if running is not None:
            if self.running is not None or self.frames:
                return False
            if comm is not None and not comm.endswith(running.task.comm):
                return False
            self.running, self.release = running, running.release
            return True
        work = _WORK.match(text)
        if work:
            self.workqueue = f"{work[1]} {work[2]}"
            return True
        if _NOISE.match(text):
            # A second trace is that of something else; a function may stand before it (RIP).
            self._unsure = text.endswith("?")
            again = len(self.frames) > 1 and text.lstrip()[:10].lower() == "call trace"
            return not again
        return False


def tainted(text: str) -> str | None:
    """The release in the second line of a hung task ("      Not tainted 4.13.0 #1"), "" if it
    cannot be read; None for another line."""
    found = _TAINT_LINE.match(text)
    if found is None or text.lstrip().startswith("Tainted: ["):
        return None
    release = _RELEASE.search(found[1])
    return release[1] if release else ""
