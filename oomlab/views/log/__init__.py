"""What a log says, as HTML for a page: provisional."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from oomlab.views.log.html import evidence, joined, tag


def answer(
    slices: Iterable[bytes],
    release: str = "",
    explaining: Callable[[], object] = lambda: None,
    *,
    in_site: bool = True,
) -> dict[str, str]:
    size = lines = 0
    first = []
    for part in slices:
        size += len(part)
        lines += part.count(b"\n")
        if len(first) < 5:
            first = [
                (i + 1, t) for i, t in enumerate(part.decode("utf-8", "replace").split("\n")[:5])
            ]
    explaining()
    html = tag(
        "div",
        tag("h2", f"{lines} lines"),
        tag("section", tag("h3", "Something"), evidence(first)),
        class_="oom-log-said",
    )
    return {"html": str(html), "said": f"Read {lines:,} lines."}
