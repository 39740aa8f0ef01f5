"""OOM reports, from "invoked oom-killer" to the victim, as kernels print them from 2.6.24."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from oomlab.logs.incidents import OomReport, ReportPath
from oomlab.logs.parts import CallFrame, NotifierSeen, Reaped, Victim
from oomlab.logs.records.kills import chosen_in, killed_in, summary_in, with_score
from oomlab.logs.records.memory import MemoryBlock
from oomlab.logs.records.record import Record, comm_before, cut_out
from oomlab.logs.text.lines import PrintedLine

TITLE = " invoked oom-killer:"

_MASK = re.compile(r"gfp_mask=(0x[0-9a-fA-F]{1,16}(?: ?\([^()]{0,1000}\)?)?)")
_ORDER = re.compile(r"order=(-?\d{1,4})")
_ADJ = re.compile(r"(?:oom_score_adj|oom_adj|oomkilladj)=(-?\d{1,5})")
_NODES = re.compile(r"nodemask=(\(null\)|[\d,-]{1,64})")
_GROUP_KILLED = re.compile(r"Tasks? in (.{1,4096}) killed as a result of limit of (.{0,4096})")

LISTENERS = {
    "virtballoon_oom_notify": "virtio_balloon",
    "virtio_balloon_oom_notify": "virtio_balloon",
    "i915_gem_shrinker_oom": "i915",
    "cmm_oom_notify": "cmm",
    "rcu_oom_notify": "rcu",
}
"""The callbacks of the OOM notifier chain in the kernels to 7.3, and whose they are."""
_CHAIN = ("blocking_notifier_call_chain", "__blocking_notifier_call_chain", "notifier_call_chain")

_MOST_VICTIMS = 100
HOLD_LINES = 20_000
"""Lines for which a victim is waited to be reaped (our choice), and"""
HOLD_US = 60_000_000
"""the time; the reaper itself gives up after ten tries within three seconds."""


def unadorned(function: str) -> str:
    """A function's name without what compilers, or PowerPC, have added."""
    return function.lstrip(".").partition(".")[0]


def listeners_in(frames: Iterable[CallFrame]) -> list[NotifierSeen]:
    """What the stack shows of the chain, the surest evidence of each driver."""
    found: dict[str, NotifierSeen] = {}
    killer = False
    chain: CallFrame | None = None
    for frame in frames:
        name = unadorned(frame.function)
        driver = LISTENERS.get(name)
        if driver is None and name.endswith("_oom_notify"):
            driver = name.removesuffix("_oom_notify")
        if driver is not None:
            known = found.get(driver)
            if known is None or (frame.sure and known.by != "sure frame"):
                by = "sure frame" if frame.sure else "? frame"
                found[driver] = NotifierSeen(driver, by, frame.line)  # type: ignore[arg-type]
        elif name in _CHAIN and (chain is None or (frame.sure and not chain.sure)):
            chain = frame
        elif name == "out_of_memory":
            killer = True
    if chain is not None and killer and not found:
        by = "sure frame" if chain.sure else "? frame"
        return [NotifierSeen("?", by, chain.line)]  # type: ignore[arg-type]
    return list(found.values())


class OomRecord(Record):
    """An OOM report while it is read."""

    def __init__(self, line: PrintedLine, notified: Iterable[NotifierSeen] = ()) -> None:
        super().__init__(line)
        text = line.text
        title = text.rfind(TITLE)
        self.comm = comm_before(text, title) if title >= 0 else ""
        rest = text[title + len(TITLE) :]
        mask, order, adj = _MASK.search(rest), _ORDER.search(rest), _ADJ.findall(rest)
        nodes = _NODES.search(rest)
        self.mask_text = mask[1] if mask else ""
        self.order = int(order[1]) if order else None
        self.adj = int(adj[-1]) if adj else None
        self.nodemask = nodes[1].rstrip(",") if nodes else ""
        self.cpuset = self.mems = self.constraint = self.memcg = ""
        self.memory = MemoryBlock()
        self.victims: list[Victim] = []
        self.nobody = self.whole_group = self.of_group = self.asker_dies = False
        self.notified = list(notified)
        self._chosen: Victim | None = None
        self._summary: Victim | None = None
        self.followed = self._pieces = False

    def take(self, line: PrintedLine) -> bool:
        """Does the line belong to the report?"""
        text = line.text
        if self.memory.rows and self.memory.row(text.lstrip()):
            return True
        if self._of_kill(line) or self._of_title(text):
            return True
        if self.memory.take(line):
            return True
        return not self.victims and not self.memory.rows and self.stack.take(line, self.comm)

    def _of_title(self, text: str) -> bool:
        if " mems_allowed=" in text and "cpuset=" in text:
            self.cpuset = cut_out(text, "cpuset=", " mems_allowed=")
            self.mems = cut_out(text, "mems_allowed=", " ").strip()
            return True
        if "killed as a result of limit of" in text:
            group = _GROUP_KILLED.search(text)
            self.memcg = group[2].strip() if group else self.memcg
            self.of_group = True
            return True
        if text.rstrip().endswith(" cpuset="):  # 4.19 prints this line in three pieces
            self._pieces = True
            return True
        if self._pieces and not self.memory.seen:
            if text.strip().startswith("mems_allowed="):
                self.mems = cut_out(text, "mems_allowed=", " ").strip()
                self._pieces = False
                return True
            if not self.cpuset and " " not in text.strip():
                self.cpuset = text.strip()
                return True
        return "oom_policy=" in text

    def _of_kill(self, line: PrintedLine) -> bool:
        text = line.text
        if "illed process " in text or "ill process " in text:
            return self._of_victim(line)
        if "oom-kill:" in text:
            summary = summary_in(text)
            if summary is None or self.constraint:
                return False
            self.constraint, self.nodemask = summary.constraint, summary.nodemask or self.nodemask
            self.cpuset, self.mems = summary.cpuset, summary.mems_allowed
            self.memcg = summary.memcg or self.memcg
            return True
        if "no killable process" in text:
            self.nobody = True
            self.of_group = self.of_group or "emory cgroup" in text
            return True
        if "memory.oom.group set" in text:
            self.whole_group = True
            self.memcg = self.memcg or cut_out(text, "Tasks in ", " are going to be killed")
            return True
        return False

    def _of_victim(self, line: PrintedLine) -> bool:
        killed = killed_in(line)
        shared = "sharing same memory" in line.text
        if killed is None:
            chosen = None if shared else chosen_in(line)
            if shared:
                return bool(self.victims or self._chosen)
            if chosen is None or self._chosen is not None or self.victims:
                return False
            self._chosen = chosen
        elif any(one.task.pid == killed.task.pid for one in self.victims):
            pass  # said twice: by the journal, or as the one that was looked for in a whole group
        elif self.victims and not self.whole_group and not shared:
            return False
        elif len(self.victims) < _MOST_VICTIMS:
            self.victims.append(with_score(None if self.victims else self._chosen, killed))
        self.of_group = self.of_group or "emory cgroup" in line.text
        self.asker_dies = self.asker_dies or "(oom_kill_allocating_task)" in line.text
        return True

    def reaped(self, pid: int, done: bool, line: PrintedLine) -> bool:
        """The reaper is done with a process; False if it is none of this report's."""
        for place, victim in enumerate(self.victims):
            if victim.task.pid == pid and victim.reaped is None:
                said = Reaped(done, line.number, line.boot_us, not self.followed)
                self.victims[place] = replace(victim, reaped=said)
                return True
        return False

    def holds(self) -> bool:
        """Is there a victim of which the reaper has said nothing?"""
        return any(one.reaped is None for one in self.victims)

    def incident(self, release: str) -> OomReport:
        """The report."""
        victims = self.victims
        if not victims and self._chosen is not None:
            victims = [self._chosen]
        frames = tuple(self.stack.frames)
        seen = {one.driver: one for one in listeners_in(frames)}
        seen.update({one.driver: one for one in self.notified})
        return OomReport(
            **self.common(release),
            task=self.asker(self.comm),
            mask_text=self.mask_text,
            order=self.order,
            nodemask=self.nodemask,
            cpuset=self.cpuset,
            mems_allowed=self.mems,
            memory=self.memory.figures(),
            path=self._path(frames),
            adj=self.adj,
            constraint=self.constraint,
            memcg=self.memcg,
            table=self.memory.table(),
            rows=self.memory.rows,
            victims=tuple(victims),
            nobody=self.nobody,
            notifiers=tuple(seen.values()),
            whole_group=self.whole_group,
            asker_dies=self.asker_dies,
        )

    def _path(self, frames: tuple[CallFrame, ...]) -> ReportPath:
        """On which way it came here: the stack says it, and where there is none, other lines do."""
        sure = {unadorned(frame.function) for frame in frames if frame.sure}
        if not sure:  # kernels without an unwinder are sure of nothing
            sure = {unadorned(frame.function) for frame in frames}
        group = {"mem_cgroup_out_of_memory", "mem_cgroup_oom_synchronize", "mem_cgroup_oom"}
        if self.memcg or self.of_group or "MEMCG" in self.constraint or sure & group:
            return "memory cgroup"
        if self.order == -1 or "moom_callback" in sure:
            return "SysRq"
        if "pagefault_out_of_memory" in sure:
            return "page fault"
        if "kswapd" in sure or self.comm.startswith("kswapd"):
            return "kswapd"
        if any(name.startswith(("__alloc_", "alloc_page")) for name in sure):
            return "allocator"
        number = self.mask_text.partition("(")[0].strip()
        if number and int(number, 16) == 0:
            return "page fault"
        if number and (self.victims or self._chosen or self.constraint or self.nobody):
            return "allocator"
        return "unknown"
