"""Requests for memory that failed or had to wait, and masks that may not be."""

from __future__ import annotations

import re

from oomlab.logs.incidents import AllocationFailure, AllocationStall, FailureKind, PageOwner
from oomlab.logs.parts import TaskName
from oomlab.logs.records.memory import MemoryBlock
from oomlab.logs.records.record import Record, comm_before, cut_out
from oomlab.logs.text.lines import PrintedLine

_MASK = re.compile(r"(?:mode|gfp_mask|gfp)[:= ]{1,2}(0x[0-9a-fA-F]{1,16}(?: ?\([^()]{0,1000}\)?)?)")
_ANY_MASK = re.compile(r"0x[0-9a-fA-F]{1,16}(?: \([^()]{0,1000}\)?)?")
_ORDER = re.compile(r"order[: ](\d{1,4})")
_NODES = re.compile(r"nodemask=(\(null\)|[\d,-]{1,64})")
_BYTES = re.compile(r"(?:failure: |size )(\d{1,20})")
_STALL = re.compile(r"page allocation stall(?:s)? for (\d{1,12}) ?(ms|secs?|s)\b")
_OWNER = re.compile(r"(?:tgid \d{1,10} \((.{0,64})\)|pid (\d{1,10}))")
_CACHE = re.compile(r"\s*cache: ([^,]{1,200}),? ")
_SLAB_NOISE = re.compile(r"\s*(?:node \d{1,5}: slabs|.{0,200}debugging increased min order)")

FAILED = ("page allocation failure", "page allocation stall")


class AskingRecord(Record):
    """A failure or a stall while it is read."""

    def __init__(self, line: PrintedLine, what: FailureKind = "page allocation") -> None:
        super().__init__(line)
        text = line.text
        self.what: FailureKind = what
        at = -1
        for title in (*FAILED, "vmalloc", "SLUB:", "SLAB:", "Unexpected gfp"):
            at = text.find(title) if at < 0 else at
        self.comm = comm_before(text, at).rstrip(":").strip() if at > 0 else ""
        self.comm = comm_before(self.comm, len(self.comm))
        self.title = text[at:].strip()[:300] if at >= 0 else text.strip()[:300]
        mask = _MASK.search(text)
        self.mask_text = mask[1] if mask else ""
        self.fixed_text = ""
        if what == "unexpected mask":
            masks = _ANY_MASK.findall(text)
            self.mask_text = masks[0] if masks else ""
            self.fixed_text = masks[1] if len(masks) > 1 else ""
        order, nodes, size = _ORDER.search(text), _NODES.search(text), _BYTES.search(text)
        self.order = int(order[1]) if order else None
        self.nodemask = nodes[1].rstrip(",") if nodes else ""
        self.bytes = int(size[1]) if what == "vmalloc" and size else None
        self.cpuset = cut_out(text, "cpuset=", ",mems_allowed=", " mems_allowed=")
        self.mems = cut_out(text, "mems_allowed=", " ").strip()
        self.cache = ""
        stall = _STALL.search(text)
        self.for_us = int(stall[1]) * (1000 if stall[2] == "ms" else 1_000_000) if stall else None
        self.memory = MemoryBlock()

    def take(self, line: PrintedLine) -> bool:
        """Does the line belong to it?"""
        text = line.text
        if self.what in ("SLUB", "SLAB"):
            cache = _CACHE.match(text)
            if cache:
                self.cache = cache[1]
                return True
            if _SLAB_NOISE.match(text):
                return True
        if " mems_allowed=" in text and "cpuset=" in text and not self.cpuset:
            self.cpuset = cut_out(text, "cpuset=", " mems_allowed=")
            self.mems = cut_out(text, "mems_allowed=", " ").strip()
            return True
        if not self.memory.seen and self.stack.take(line, self.comm or None):
            return True
        if text.lstrip().startswith("Mem-") and self.memory.seen:
            return False
        return text.lstrip()[:1] != "[" and self.memory.take(line)

    def incident(self, release: str) -> AllocationFailure | AllocationStall:
        """What was read."""
        asked = {
            **self.common(release),
            "task": self.asker(self.comm),
            "mask_text": self.mask_text,
            "order": self.order,
            "nodemask": self.nodemask,
            "cpuset": self.cpuset,
            "mems_allowed": self.mems,
            "memory": self.memory.figures(),
        }
        if self.for_us is not None:
            return AllocationStall(**asked, for_us=self.for_us)
        return AllocationFailure(
            **asked,
            what=self.what,
            title=self.title,
            bytes=self.bytes,
            cache=self.cache,
            fixed_text=self.fixed_text,
        )


class PageOwnerRecord(Record):
    """A line "page last allocated via order ..." while it is read."""

    def take(self, line: PrintedLine) -> bool:
        """Only the stack follows."""
        return self.stack.take(line)

    def incident(self, release: str) -> PageOwner:
        """What was read."""
        text = self.first.text
        mask, order = _MASK.search(text), _ORDER.search(text)
        comm, pid = "", None
        for name, number in _OWNER.findall(text):
            comm, pid = comm or name, pid or number
        task = TaskName(comm, int(pid) if pid else None) if comm or pid else None
        return PageOwner(
            **self.common(release),
            mask_text=mask[1] if mask else "",
            order=int(order[1]) if order else None,
            task=task,
        )
