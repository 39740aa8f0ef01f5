"""The block about memory that OOM reports and failed requests print, and the table of processes."""

from __future__ import annotations

import re

from oomlab.logs.parts import MemoryFigures, TaskName, TaskRow, ZoneFigures
from oomlab.logs.text.lines import PrintedLine

MOST_ROWS = 50
"""Rows of a table that are kept, those of the largest processes (our choice); all are counted."""
MOST_TEXTS = 5000
MOST_ZONES = 64

_ZONE = re.compile(r"(?:Node (\d{1,4}) )?(\w{1,20}) free:(\d{1,15})kB ")
_SIZES = re.compile(r"([a-z_]{1,40}):(\d{1,15})[kK]B")
_UNRECLAIMABLE = re.compile(r"all_unreclaimable\? (yes|no)")
_COUNTS = re.compile(r"\s*([a-z_]{1,40}):\d{1,15}(?:\s|$)")
_COUNT = re.compile(r"([a-z_]{1,40}):(\d{1,15})(?![\dkK])")
_PAGES = re.compile(r"\s*(\d{1,15}) (?:pages|total|swap|reserved|cache|slab|pagetable)\b(.{0,60})")
_SWAP = re.compile(r"\s*(Free|Total) swap {0,3}= {0,3}(\d{1,15})kB")
_GROUP = re.compile(r"\s*memory: usage (\d{1,18})kB, limit (\d{1,18})kB")
_NOISE = re.compile(
    r"\s*(?:Mem-[Ii]nfo|DMA|Normal|HighMem|Movable|Node \d|CPU {1,5}\d{1,5}: (?:hi|Hot)|"
    r"lowmem_reserve|Swap cache|Unreclaimable slab|Name {2,}Used|"
    r"(?:memory|memory\+swap|kmem|swap): usage|"
    r"Memory cgroup (?:stats|min protection)|"
    r"(?:[\w.-]{1,64}) {2,}\d{1,15}KB|[a-z_0-9]{2,40} \d{1,20}$|"
    r"active_anon|protections|hugepages_|Tasks state|Memory allocations|Per-CPU|"
    r"\d{1,15}\*\d{1,10}kB|\s{0,4}[\d.]{1,12} {0,3}[KMG]iB {1,8}\d{1,12} )"
)
_HEADER = re.compile(r"\[ {1,6}pid {0,6}\] {1,6}(.{0,200})")
_ROW = re.compile(r"\[ {0,8}(\d{1,10})\] ")


class MemoryBlock:
    """What is collected of one block while its lines come in."""

    __slots__ = (
        "_columns", "_texts", "counts", "group", "pages", "rows", "seen", "stuck", "swap", "zones",
    )  # fmt: skip

    def __init__(self) -> None:
        self.seen = False
        self.zones: list[dict[str, int | str | bool]] = []
        self.counts: dict[str, int] = {}
        self.stuck: bool | None = None
        self.swap: dict[str, int] = {}
        self.pages: dict[str, int] = {}
        self.group: tuple[int, int] | None = None
        self._texts: list[str] = []
        self.rows = 0
        self._columns: list[str] = []

    def row(self, text: str) -> bool:
        """Is this line a row of the table, or its head?"""
        if self._columns and _ROW.match(text):
            self.more_rows([text])
            return True
        header = _HEADER.match(text)
        if header:
            words = header[1].split()
            self._columns = words[:-1] if words[-1:] == ["name"] else words
            self.seen = True
            return True
        return False

    def more_rows(self, lines: list[str]) -> None:
        """Rows that are known to be rows, without what stands before them."""
        self.rows += len(lines)
        self._texts += lines
        if len(self._texts) > MOST_TEXTS:
            self._texts = self._largest()

    def _largest(self) -> list[str]:
        """The rows with the largest rss, in the order of the log; rows that are cut count as 0."""
        if len(self._texts) <= MOST_ROWS or "rss" not in self._columns:
            return self._texts[:MOST_ROWS]
        at = self._columns.index("rss")
        sizes = [
            (text.partition("]")[2].split(None, at + 1) + [""] * (at + 1))[at]
            for text in self._texts
        ]
        large = sorted(range(len(sizes)), key=lambda n: _number(sizes[n]))[-MOST_ROWS:]
        return [self._texts[n] for n in sorted(large)]

    def table(self) -> tuple[TaskRow, ...]:
        """The rows of the largest processes, in the order of the log."""
        rows = map(self._row, self._largest())
        return tuple(row for row in rows if row is not None)

    def _row(self, text: str) -> TaskRow | None:
        columns = self._columns
        number, _, rest = text[1:].partition("]")
        cells = rest.split(None, len(columns))
        try:
            pid = int(number)
            value = {name: int(cell) for name, cell in zip(columns, cells, strict=False)}
            sizes = value["total_vm"], value["rss"]
        except (ValueError, KeyError):
            return None
        comm = cells[len(columns)].rstrip() if len(cells) > len(columns) else ""
        return TaskRow(
            TaskName(comm, pid),
            value.get("uid", 0),
            *sizes,
            value.get("swapents"),
            value.get("oom_score_adj", value.get("oom_adj")),
        )

    def take(self, line: PrintedLine) -> bool:
        """Is this line one of the block?"""
        text = line.text
        words = text.lstrip()
        if words[:1] == "[":
            return self.row(words)
        zone = _ZONE.match(words)
        if zone:
            if len(self.zones) < MOST_ZONES:
                self.zones.append({"node": int(zone[1] or 0), "name": zone[2]})
            self._sizes(words)
            return True
        if "kB" in text:
            return self._with_sizes(words)
        if _COUNTS.match(text):
            self.seen = True
            for name, pages in _COUNT.findall(text):
                self.counts.setdefault(name, int(pages))
            return True
        pages = _PAGES.match(text)
        if pages:
            self._pages(int(pages[1]), text)
            return True
        if _NOISE.match(text):
            self.seen = self.seen or words.startswith("Mem-")
            return True
        return False

    def _with_sizes(self, words: str) -> bool:
        swap = _SWAP.match(words)
        if swap:
            self.swap[swap[1]] = int(swap[2])
            return True
        group = _GROUP.match(words)
        if group:
            self.group = (int(group[1]), int(group[2]))
            return True
        if words.startswith("Node ") and "active_anon:" in words:
            stuck = _UNRECLAIMABLE.search(words)
            self.stuck = stuck[1] == "yes" if stuck else self.stuck
            return True
        if _NOISE.match(words):
            return True
        if self.zones and _SIZES.match(words):  # a zone's line, wrapped
            self._sizes(words)
            return True
        return False

    def _sizes(self, words: str) -> None:
        zone = self.zones[-1]
        for name, size in _SIZES.findall(words):
            zone.setdefault(name, int(size))
        stuck = _UNRECLAIMABLE.search(words)
        if stuck:
            zone["stuck"] = stuck[1] == "yes"

    def _pages(self, number: int, text: str) -> None:
        if "total pagecache" in text:
            self.pages["pagecache"] = number
        elif "pages RAM" in text or "pages of RAM" in text:
            self.pages["ram"] = number

    def figures(self) -> MemoryFigures:
        """All of it."""
        return MemoryFigures(
            zones=tuple(_zone(one) for one in self.zones if "free" in one and "min" in one),
            counts=tuple(self.counts.items()),
            all_unreclaimable=self.stuck,
            swap_free_kb=self.swap.get("Free"),
            swap_total_kb=self.swap.get("Total"),
            ram_pages=self.pages.get("ram"),
            pagecache_pages=self.pages.get("pagecache"),
            group_usage_kb=self.group[0] if self.group else None,
            group_limit_kb=self.group[1] if self.group else None,
        )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _zone(one: dict[str, int | str | bool]) -> ZoneFigures:
    def size(name: str) -> int | None:
        return int(one[name]) if name in one else None

    return ZoneFigures(
        int(one["node"]),
        str(one["name"]),
        int(one["free"]),
        int(one["min"]),
        size("low") or 0,
        size("high") or 0,
        size("boost"),
        size("managed"),
        size("present"),
        bool(one["stuck"]) if "stuck" in one else None,
    )
