"""All that is said of a log, the worst first: a verdict, its picture, and everything behind it."""

from __future__ import annotations

from collections.abc import Iterator

from oomlab.figures.svg import Markup
from oomlab.logs import Log
from oomlab.logs.story import Story
from oomlab.views.log.findings import other_findings, worst_finding
from oomlab.views.log.html import folded, listed, part, tag
from oomlab.views.log.memory import memory_section
from oomlab.views.log.quotes import Lines
from oomlab.views.log.records import record_section
from oomlab.views.log.requests import request_section
from oomlab.views.log.waits import main_picture, model_section, wait_section


def log_html(log: Log, story: Story, lines: Lines, *, in_site: bool) -> str:
    """HTML that holds no text of the log unescaped. `in_site`: chapters are links."""
    return tag(
        "div",
        *worst_finding(story, lines, in_site),
        *main_picture(story),
        *wait_section(story, lines),
        *model_section(story),
        *other_findings(story, lines, in_site),
        *request_section(log, in_site),
        *memory_section(story),
        *_unsaid(story),
        *record_section(log),
        *_counts(log, story),
        class_="oom-log-said",
    )


def summary(log: Log, story: Story) -> str:
    """One sentence for the line that says how the reading went: plain text."""
    return f"Read {_lines(log)}.{_boot(story)} {story.findings[0].sentence}"


def _lines(log: Log) -> str:
    number = log.counts.read
    return "one line" if number == 1 else f"{number:,} lines"


def _boot(story: Story) -> str:
    number, boots = story.boot
    return f" Of {boots} boots in it, this is about number {number}." if boots > 1 else ""


def _unsaid(story: Story) -> Iterator[Markup]:
    if story.unsaid:
        yield part(tag("h3", "The log does not say"), listed(story.unsaid))


def _counts(log: Log, story: Story) -> Iterator[Markup]:
    counts = log.counts
    said = [boot.strip()] if (boot := _boot(story)) else []
    said += [f"{_lines(log)} read, {counts.used:,} of them belong to a record above."]
    if counts.other:
        said.append(f"{counts.other:,} others are of no kind that is read here.")
    if counts.long:
        said.append(f"{counts.long:,} were so long that only their beginning was read.")
    if counts.binary:
        said.append(f"{counts.binary:,} hold bytes that no log has.")
    if counts.dropped:
        said.append(f"Of so many records, {counts.dropped:,} in the middle were only counted.")
    yield folded("What was read", listed(said))
