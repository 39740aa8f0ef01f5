"""What the callers of the story ask the page allocator for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CallSite:
    """One caller: `where` in the kernel it asks for `flags`, under which build option, on which
    kernels."""

    name: str
    where: str
    flags: tuple[str, ...]
    versions: tuple[str, ...]
    condition: str = ""


_ERA = ("4.13", "4.14")

CALL_SITES = (
    CallSite(
        "balloon-inflate",
        "balloon_page_enqueue, mm/balloon_compaction.c",
        ("GFP_HIGHUSER_MOVABLE", "__GFP_NOMEMALLOC", "__GFP_NORETRY"),
        ("4.13", "4.14", "4.18", "4.19"),
        "CONFIG_BALLOON_COMPACTION=y",
    ),
    CallSite(
        "balloon-inflate",
        "balloon_page_alloc, mm/balloon_compaction.c",
        ("GFP_HIGHUSER_MOVABLE", "__GFP_NOMEMALLOC", "__GFP_NORETRY", "__GFP_NOWARN"),
        ("5.8", "7.3"),
        "CONFIG_BALLOON_COMPACTION=y",
    ),
    CallSite(
        "balloon-inflate-fixed",
        "balloon_page_enqueue, mm/balloon_compaction.c",
        ("GFP_HIGHUSER", "__GFP_NOMEMALLOC", "__GFP_NORETRY"),
        _ERA,
        "CONFIG_BALLOON_COMPACTION=n",
    ),
    CallSite(
        "virtio-ccw",
        "the control block of a config write, drivers/s390/virtio/virtio_ccw.c",
        ("GFP_DMA", "GFP_KERNEL"),
        _ERA,
    ),
    CallSite(
        "pseries-cmm",
        "cmm_alloc_pages, arch/powerpc/platforms/pseries/cmm.c",
        ("GFP_NOIO", "__GFP_NOWARN", "__GFP_NORETRY", "__GFP_NOMEMALLOC"),
        _ERA,
    ),
    CallSite("s390-cmm", "cmm_alloc_pages, arch/s390/mm/cmm.c", ("GFP_NOIO",), _ERA),
)
