"""A log as blocks of whole lines, in flat memory: whatever its size, and however long its lines."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from oomlab.errors import InputError

BLOCK = 1 << 18
"""Bytes that are read at a time: they fit into the cache of a processor (our choice)."""

LONGEST_LINE = 1 << 16
"""Bytes of a line that are looked at (our choice; the kernel's own lines have up to 1,024, and
syslog may put a whole report into one)."""

MOST_UNPACKED = 16_000_000_000
"""Bytes that a compressed log may grow to (our choice)."""


class Source(Protocol):
    """What a log can be read from: an open binary file, or what has its `read`."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, none at the end."""
        ...


_PACKED = {
    b"\xfd7zXZ\x00": ("xz", "xz -dc"),
    b"BZh": ("bzip2", "bzip2 -dc"),
    b"(\xb5/\xfd": ("zstd", "zstd -dc"),
    b"PK\x03\x04": ("zip", "unzip -p"),
}
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # of zlib: gzip's own head and end
_JOURNAL = b"LPKSHHRH"
_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass
class LineBlocks:
    """Reads `source` block by block; each ends with a line's end. `long` counts lines that were
    cut, `nul` the NUL bytes, which are dropped (a machine that crashed leaves many in its log).

    Raises InputError for what is packed with something other than gzip, or is a journal's own file.
    """

    source: Source
    long: int = 0
    nul: int = 0

    def __iter__(self) -> Iterator[bytes]:
        rest, cut = b"", False
        for piece in self._pieces():
            if b"\0" in piece:
                self.nul += piece.count(b"\0")
                piece = piece.replace(b"\0", b"")
            end = piece.rfind(b"\n") + 1
            if not end:
                if not cut:
                    rest += piece
                    if len(rest) > LONGEST_LINE:
                        rest, cut = rest[:LONGEST_LINE], True
                        self.long += 1
                continue
            head = piece[:end]
            if cut:  # what is left of the long line is dropped, its end is not
                head, cut = head[head.find(b"\n") :], False
            yield rest + head
            rest = piece[end:]
        if rest:
            yield rest + b"\n"

    def _pieces(self) -> Iterator[bytes]:
        first = self.source.read(BLOCK)
        for magic, (name, tool) in _PACKED.items():
            if first.startswith(magic):
                raise InputError(f"this is packed with {name}; unpack it first: {tool} FILE | ...")
        if first.startswith(_JOURNAL):
            raise InputError(
                "this is a file of the systemd journal; have it printed: journalctl -k --file FILE"
            )
        if first.startswith(_GZIP):
            yield from _unpacked(first, self.source)
            return
        wide = next((name for bom, name in _WIDE.items() if first.startswith(bom)), None)
        if wide is None:
            while first:
                yield first
                first = self.source.read(BLOCK)
            return
        decoder = codecs.getincrementaldecoder(wide)("replace")
        first = first[2:]
        while first:
            yield decoder.decode(first).encode("utf-8", "replace")
            first = self.source.read(BLOCK)


def _unpacked(piece: bytes, source: Source) -> Iterator[bytes]:
    """What gzip packed; what is left of a file that was cut off is read as far as it goes."""
    unpacker, total = zlib.decompressobj(_GZIP_WINDOW), 0
    while piece:
        try:
            text = unpacker.decompress(piece, BLOCK)
        except zlib.error as error:
            if total:
                return  # zeros behind the end, or another kind of file
            raise InputError(f"this is packed with gzip, and damaged: {error}") from None
        total += len(text)
        if total > MOST_UNPACKED:
            raise InputError(f"unpacked this is larger than {MOST_UNPACKED // 10**9} GB")
        yield text
        piece = unpacker.unconsumed_tail
        if unpacker.eof:  # several may stand one behind the other
            piece, unpacker = unpacker.unused_data, zlib.decompressobj(_GZIP_WINDOW)
        piece = piece or source.read(BLOCK)
