"""Findings: a sentence, the lines it rests on, the chapter that explains it."""

from __future__ import annotations

from collections.abc import Iterator

from oomlab.figures.svg import Markup
from oomlab.logs.story import SEVERITY_WORDS, LogFinding, Story
from oomlab.views.log.html import Quoted, joined, line_list, part, tag
from oomlab.views.log.quotes import Lines


def worst_finding(story: Story, lines: Lines, in_site: bool) -> Iterator[Markup]:
    """The worst finding, which is the answer."""
    worst = story.findings[0]
    yield _severity(worst)
    yield tag("h2", worst.sentence)
    yield from _behind(worst, lines, in_site)


def other_findings(story: Story, lines: Lines, in_site: bool) -> Iterator[Markup]:
    """The other findings."""
    for one in story.findings[1:]:
        yield part(_severity(one), tag("h3", one.sentence), *_behind(one, lines, in_site))


def _severity(finding: LogFinding) -> Markup:
    word = SEVERITY_WORDS[finding.severity]
    return tag("p", word, class_="oom-log-severity", data_severity=finding.severity)


def _behind(finding: LogFinding, lines: Lines, in_site: bool) -> Iterator[Markup]:
    chapter = finding.chapter
    link = tag("a", chapter.title, href=chapter.href) if in_site else tag("em", chapter.title)
    yield tag("p", joined("The chapter about this: ", link), class_="oom-log-chapter")
    yield line_list([Quoted(q.line, lines.get(q.line, ""), q.shows) for q in finding.quotes])
