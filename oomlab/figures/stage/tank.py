"""The tank: where the pages of the machine are."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from oomlab.figures.stage.frames import Frame
from oomlab.figures.stage.scene import Scene


def tank_html(scene: Scene, frames: Sequence[Frame], frame: Frame) -> str:
    """One bar for all pages, a part for each place, and the numbers below it."""
    total = max(sum(frame.pages), 1)
    bars, rows = [], []
    left = 0.0
    for number, (pool, pages) in enumerate(zip(scene.pools, frame.pages, strict=True)):
        if not any(one.pages[number] for one in frames):
            continue
        width = 100.0 * pages / total
        bars.append(
            f'<i class="oom-p-{pool.role}" data-pool="{number}" style="left:{left:.2f}%;'
            f'width:{width:.2f}%"></i>'
        )
        if pool.mark:
            bars.append(
                f'<i class="oom-m-mark" style="left:{100.0 * pool.mark / total:.2f}%"'
                f' title="{pool.mark} pages: what ordinary requests leave free"></i>'
            )
        left += width
        mark = f" <small>({pool.mark} must stay)</small>" if pool.mark else ""
        rows.append(
            f'<li><i class="oom-p-{pool.role}"></i>{escape(pool.name)}{mark}'
            f' <b data-pages="{number}">{pages}</b></li>'
        )
    return (
        '<div class="oom-m-tank"><p class="oom-m-head">Pages</p>'
        f'<div class="oom-m-level">{"".join(bars)}</div><ul>{"".join(rows)}</ul></div>'
    )
