"""The block about memory (show_mem) and the table of processes (dump_tasks)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oomlab.dmesg.people import People
from oomlab.dmesg.style import Style
from oomlab.engine.trace.events import Json, SlotInfo, Trace
from oomlab.kernel.zone import PAGE_KIB, watermarks_for
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Figures of memory in the kernel log",
        "They are what the model counts: free pages and marks, file pages that can be reclaimed, "
        "and the resident sets, all anonymous. What no model has is printed as 0. An "
        "`oom_score_adj`, and the order of a request that ends in a kill, do not travel in a trace "
        "and are printed as 0, too.",
    ),
)


@dataclass(frozen=True)
class Memory:
    """What the pools hold at one moment."""

    trace: Trace
    style: Style
    people: People
    values: Mapping[str, Json]

    @property
    def total(self) -> int:
        """Pages of the machine: what its settings say, else all that there are."""
        pools = (slot for slot in self.trace.slots if slot.kind == "pool")
        there = sum(int(self.values[slot.name]) for slot in pools)
        return int(self.trace.parameters.get("managed_pages", there))

    def rss(self, process: str) -> int:
        """Pages of a process; one that lives in another's memory has none of its own here."""
        return sum(
            int(self.values[slot.name])
            for slot in self.trace.slots
            if slot.facts.role == "rss" and slot.facts.of == process
        )

    def _kept(self, word: str) -> int:
        found = (slot for slot in self.trace.slots if slot.kind == "pool")
        return sum(int(self.values[s.name]) for s in found if s.name.split(" in ")[0] == word)

    def lines(self) -> Iterator[str]:
        """The whole block."""
        free = [slot for slot in self.trace.slots if slot.facts.role == "free"]
        anon = sum(
            int(self.values[slot.name]) for slot in self.trace.slots if slot.facts.role == "rss"
        )
        file, isolated = self._kept("reclaimable"), self._kept("isolated")
        writeback = self._kept("under writeback")
        yield "Mem-Info:"
        yield f"active_anon:{anon} inactive_anon:0 isolated_anon:0"
        yield f" active_file:0 inactive_file:{file} isolated_file:{isolated}"
        unstable = "" if self.style.since(5, 8) else " unstable:0"
        yield f" unevictable:0 dirty:0 writeback:{writeback}{unstable}"
        yield " slab_reclaimable:0 slab_unreclaimable:0"
        yield " mapped:0 shmem:0 pagetables:0 bounce:0"
        pages = sum(int(self.values[slot.name]) for slot in free)
        yield f" free:{pages} free_pcp:0 free_cma:0"
        stuck = "no" if file else "yes"
        lists = (
            f"active_anon:{anon * PAGE_KIB}kB inactive_anon:0kB active_file:0kB "
            f"inactive_file:{file * PAGE_KIB}kB unevictable:0kB"
        )
        if self.style.since(4, 8):
            yield (
                f"Node 0 {lists} isolated(anon):0kB isolated(file):{isolated * PAGE_KIB}kB "
                f"mapped:0kB dirty:0kB writeback:{writeback * PAGE_KIB}kB shmem:0kB "
                f"all_unreclaimable? {stuck}"
            )
        for slot in free:
            yield from self._zone(slot, lists, stuck)
        yield f"{file} total pagecache pages"
        yield f"{self.total} pages RAM"
        yield "0 pages HighMem/MovableOnly"
        yield "0 pages reserved"

    def _zone(self, slot: SlotInfo, lists: str, stuck: str) -> Iterator[str]:
        name = slot.name.partition(" in ")[2] or "Normal"
        pages, lowest = int(self.values[slot.name]), slot.facts.mark or 0
        usual = watermarks_for(self.total)
        low, high = (lowest + mark - usual.min for mark in (usual.low, usual.high))
        boost = "boost:0kB " if self.style.since(6, 1) else ""
        atomic = "reserved_highatomic:0KB " if self.style.since(5, 3) else ""
        end = "" if self.style.since(4, 8) else f" all_unreclaimable? {stuck}"
        yield (
            f"Node 0 {name} free:{pages * PAGE_KIB}kB {boost}min:{lowest * PAGE_KIB}kB "
            f"low:{low * PAGE_KIB}kB high:{high * PAGE_KIB}kB {atomic}{lists} "
            f"present:{self.total * PAGE_KIB}kB managed:{self.total * PAGE_KIB}kB mlocked:0kB "
            f"bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB{end}"
        )
        yield "lowmem_reserve[]: 0 0 0 0"
        orders = " ".join(f"0*{PAGE_KIB << order}kB" for order in range(1, 11))
        yield f"Node 0 {name}: {pages}*4kB (U) {orders} = {pages * PAGE_KIB}kB"

    def table(self) -> Iterator[str]:
        """Who could be killed."""
        since = self.style.since
        if since(4, 19):
            yield "Tasks state (memory values in pages):"
        tables = "pgtables_bytes" if since(4, 15) else "nr_ptes nr_pmds"
        kinds = " rss_anon rss_file rss_shmem" if since(6, 8) else ""
        wide = since(4, 19)
        head = "[  pid  ]" if wide else "[ pid ]"
        yield f"{head}   uid  tgid total_vm      rss{kinds} {tables} swapents oom_score_adj name"
        for process in self.people.processes:
            rss, pid = self.rss(process), self.people.pid(process)
            number = f"[{pid:7}]" if wide else f"[{pid:5}]"
            parts = f" {rss:8} {0:8} {0:9}" if kinds else ""
            page_tables = f"{0:8}" if since(4, 15) else f"{0:7} {0:7}"
            yield (
                f"{number} {0:5} {pid:5} {rss:8} {rss:8}{parts} {page_tables} {0:8} "
                f"{0:13} {self.people.comm(process)}"
            )
