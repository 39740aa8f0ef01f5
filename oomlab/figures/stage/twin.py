"""The stage in words."""

from __future__ import annotations

from oomlab.engine.trace.events import Trace
from oomlab.figures.stage.moments import Played
from oomlab.figures.timeline_twin import timeline_twin


def twin_of(trace: Trace, played: Played) -> str:
    """The timeline in words, and then each moment with who waits for whom and where pages are."""
    lines = [timeline_twin(trace, played.cast), "Moment by moment:"]
    pages: tuple[int, ...] = ()
    for frame in played.frames:
        said = [f"{frame.when}: {frame.sentence}"]
        if frame.pages != pages:
            pages = frame.pages
            places = zip(played.scene.pools, pages, strict=True)
            said.append("Pages: " + ", ".join(f"{n} {pool.name}" for pool, n in places if n) + ".")
        if frame.circle:
            said.append(f"The circle is closed: {' → '.join((*frame.circle, frame.circle[0]))}.")
        lines.append(" ".join(said))
    return "\n".join(lines)
