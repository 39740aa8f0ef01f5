"""The checklist of a bench as HTML. Every text is escaped by `tag`."""

from __future__ import annotations

import json
from typing import Any

from oomlab.figures.stage import DrawnStage
from oomlab.figures.svg import Markup
from oomlab.views.log.html import folded, joined, listed, tag

SECTIONS = {
    "callback": "What the callback does",
    "ends": "What can happen",
    "stack": "On whose stack",
    "remedy": "Under which remedy",
    "kernel": "On which kernel",
}
"""The parts of the checklist, in the order in which they are found."""

_OF_CALLBACK = ("asks", "locks", "waits", "lockdep")

MARKS = {"good": "✓ fine", "bad": "✗ bad", "note": "• to know", "open": "? open"}
"""What a line's mark is called: a sign and a word, so that nothing rests on a colour."""

_WORDS = {
    "safe": "✓ Safe",
    "conditional": "✗ Not in every case",
    "unsafe": "✗ Unsafe",
    "undecided": "? Undecided",
}


def section_of(key: str) -> str:
    """The part of the checklist in which a line stands."""
    first = key.partition(" ")[0]
    if first in SECTIONS and first != key:
        return first
    return "callback" if key in _OF_CALLBACK else "ends"


def frame_html() -> str:
    """The parts, with room for their lines."""
    return joined(
        tag("div", class_="oom-check-word", tabindex=-1),
        *(
            tag(
                "div",
                tag("h3", title),
                tag("ul", class_="oom-checks", data_section=name),
                class_="oom-check-part",
                data_of=name,
                hidden="",
            )
            for name, title in SECTIONS.items()
        ),
    )


def verdict_html(word: str, sentence: str, states: int) -> str:
    """The verdict on a whole bench."""
    return joined(
        tag("h3", _WORDS[word], data_word=word),
        tag("p", f"{sentence} {states:,} states were seen."),
    )


def row_html(line: dict[str, Any]) -> str:
    """A line of the checklist."""
    return tag(
        "li",
        tag("p", line["question"], class_="oom-check-asks"),
        tag(
            "p",
            tag("span", MARKS[line["mark"]], class_="oom-check-mark"),
            " ",
            line["answer"],
            class_="oom-check-says",
        ),
        listed(line["reasons"]),
        _clock(line["clock"]),
        _shows(line["schedule"], line["question"]),
        data_mark=line["mark"],
        data_line=line["id"],
    )


def _clock(clock: dict[str, Any] | None) -> Markup:
    if clock is None:
        return Markup()
    told = f"One run on the clock: {clock['verdict']} after {clock['seconds']:g} s."
    return tag("p", told, class_="oom-check-clock")


def _shows(schedule: dict[str, Any] | None, question: str) -> Markup:
    if schedule is None:
        return Markup()
    steps = schedule["steps"]
    return joined(
        tag(
            "button",
            f"Show the shortest schedule ({steps} step{'' if steps == 1 else 's'})",
            tag("span", f": {question}", class_="oom-hidden"),
            type="button",
            aria_expanded="false",
            data_schedule=json.dumps(schedule),
        ),
        tag("div", class_="oom-check-stage", hidden=""),
    )


def schedule_html(stage: DrawnStage) -> str:
    """A stage with its text twin folded in."""
    return joined(Markup(stage.html), folded("The picture in words", tag("pre", stage.twin)))
