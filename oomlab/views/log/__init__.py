"""What a log says, as HTML: for the page "Read your own log", and for notebooks.

`answer_log` is what a kernel calls, and `answering_log` the page's worker. `html` writes elements
and escapes; `page` puts together what `findings`, `waits`, `requests`, `memory` and `records`
write; `quotes` fetches the lines of the log.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

from oomlab.gfp.eras import kernel_named
from oomlab.logs.read import reading_log, to_the_end
from oomlab.logs.story import explain
from oomlab.logs.text.blocks import Source
from oomlab.views.log.page import log_html, summary
from oomlab.views.log.quotes import quoted

__all__ = ["answer_log", "answering_log"]


def answer_log(
    open_log: Callable[[], Source], release: str = "", *, in_site: bool = True
) -> dict[str, str]:
    """What is said of a log: {"html": ..., "said": one sentence}, or {"error": sentence}.

    `open_log` gives the log from its beginning, at each call: it is not kept in memory. `release`:
    of the kernel, for lines that do not say it. `in_site`: chapters are links.
    """
    return to_the_end(answering_log(open_log, release, in_site=in_site))


def answering_log(
    open_log: Callable[[], Source], release: str = "", *, in_site: bool = True
) -> Generator[str, None, dict[str, str]]:
    """As `answer_log`, but pauses after each piece of work, and says what the next one is:
    "reading" or "explaining"."""
    try:
        kernel = kernel_named(release.strip()).spelled if release.strip() else None
        log = yield from reading_log(open_log(), kernel=kernel)
        yield "explaining"
        story = explain(log)
        lines = quoted(open_log(), story)
        return {"html": log_html(log, story, lines, in_site=in_site), "said": summary(log, story)}
    except ValueError as refusal:
        return {"error": str(refusal)}
    except Exception as defect:  # every failure must reach the reader, whatever it is
        return {
            "error": f"the reader stopped with {type(defect).__name__}: {defect}. "
            "This is a defect of oomlab, not of your log."
        }
