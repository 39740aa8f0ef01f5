"""How much memory was free when the OOM killer was asked, against the marks of that machine."""

from __future__ import annotations

from collections.abc import Iterator

from oomlab.figures.svg import Markup
from oomlab.figures.watermarks import draw_watermarks
from oomlab.kernel.releases import KERNELS
from oomlab.kernel_release import KernelRelease
from oomlab.logs.story import Story
from oomlab.views.log.html import folded, picture, tag
from oomlab.views.slow_path import mark_rows


def memory_section(story: Story) -> Iterator[Markup]:
    """Who would still have got a page, by the zone of the last report that says how full it was."""
    zone = story.zone
    if zone is None:
        return
    release = KernelRelease.meant(story.trace.parameters.get("kernel", ""))
    earlier = [kernel for kernel in KERNELS if release is None or kernel <= release]
    kernel = earlier[-1] if earlier else KERNELS[0]
    rows = mark_rows(zone.free, f"{kernel}", zone.marks)
    yield folded(
        f"Free memory at the last report: zone {zone.name}",
        tag("p", f"{zone.free:,} pages were free; the kernel as modelled is Linux {kernel}."),
        picture(draw_watermarks(zone.free, zone.marks, rows)),
    )
