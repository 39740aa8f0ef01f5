"""Who waits for whom in a log: pictures, sentences, and the same graph in the model."""

from __future__ import annotations

from collections.abc import Iterator

from oomlab.analysis import wait_for_graph
from oomlab.engine.trace.narration import VERDICTS
from oomlab.figures import Figure, draw_timeline, draw_wait_for
from oomlab.figures.storm import draw_storm
from oomlab.figures.svg import Markup
from oomlab.logs.story import KnownEdge, Match, Story
from oomlab.views.log.html import Quoted, folded, joined, line_list, listed, part, picture, tag
from oomlab.views.log.quotes import Lines

MOST_TASKS = 12
"""Tasks in a timeline that a page draws (our choice): with more nobody sees anything."""


def main_picture(story: Story) -> Iterator[Markup]:
    """What shows most: the graph where somebody waits, else the storm."""
    if story.waits.edges:
        yield picture(_graph(story))
    elif story.storm:
        yield picture(draw_storm(story.storm))


def _graph(story: Story) -> Figure:
    return draw_wait_for(story.trace, story.waits.graph.at_us, known=story.waits.known)


def wait_section(story: Story, lines: Lines) -> Iterator[Markup]:
    """Each wait in words, how it is known, and the whole in time."""
    if not story.waits.edges:
        return
    closing = story.waits.closing
    parts = [_edge(one, lines, closes=one == closing) for one in story.waits.edges]
    if len(story.trace.tasks) <= MOST_TASKS:
        parts.append(folded("The same in time", picture(draw_timeline(story.trace))))
    if story.storm:
        parts.append(picture(draw_storm(story.storm)))
    yield part(tag("h3", "Who waits for whom"), *parts)


def _edge(one: KnownEdge, lines: Lines, *, closes: bool) -> Markup:
    end = tag("strong", ": it closes the circle") if closes else ""
    said = tag("p", joined(one.sentence, end, "."))
    return joined(said, line_list([Quoted(n, lines.get(n, "")) for n in one.lines]))


def model_section(story: Story) -> Iterator[Markup]:
    """The scenario of the book that waits like that, played with what the log says."""
    match = story.match
    if match is None:
        if story.waits.edges:
            yield part(tag("h3", "In the model"), tag("p", story.no_match))
        return
    yield part(
        tag("h3", "The same in the model"),
        tag("p", f"{match.sentence}."),
        _played(match),
        tag("p", f"It ends there: {match.verdict}, {VERDICTS[match.verdict]}{match.note}."),
        folded("What differs", listed(match.misses)) if match.misses else "",
        tag("p", "To play it in a terminal:"),
        tag("pre", match.command),
    )


def _played(match: Match) -> Markup:
    trace = match.experiment.run()
    if not wait_for_graph(trace, trace.ended_at_us).edges:
        return Markup()
    return picture(draw_wait_for(trace, trace.ended_at_us))
