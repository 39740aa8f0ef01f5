"""The requests that a log shows: who asked, with which mask, on which path, what that allows."""

from __future__ import annotations

from collections.abc import Iterator

from oomlab.errors import InputError
from oomlab.figures.svg import Markup
from oomlab.gfp import PrintedMask
from oomlab.gfp.questions import QUESTIONS, answers
from oomlab.logs.incidents import AboutRequest, OomReport
from oomlab.logs.story.request import may_kill
from oomlab.logs.whole_log import Log
from oomlab.views.log.html import folded, joined, listed, part, table, tag

MOST_REQUESTS = 6
"""Different requests that a page explains (our choice)."""

_CHAPTER = "gfp-masks"


def request_section(log: Log, in_site: bool) -> Iterator[Markup]:
    """Each kind of request once, those of OOM reports first."""
    kinds: dict[tuple[str, int | None, str, str], list[AboutRequest]] = {}
    asking = [one for one in log.incidents if isinstance(one, AboutRequest) and one.mask_text]
    for one in sorted(asking, key=lambda one: not isinstance(one, OomReport)):
        kinds.setdefault((one.mask_text, one.order, _path(one), one.release), []).append(one)
    if not kinds:
        return
    shown = [_request(like) for like in list(kinds.values())[:MOST_REQUESTS]]
    if left := len(kinds) - len(shown):
        shown.append(tag("p", f"And {left:,} more kinds of request."))
    about = tag("a", "the chapter about masks", href=f"{_CHAPTER}.html") if in_site else ""
    yield part(
        tag("h3", "What was asked for"),
        *shown,
        tag("p", joined("What the bits mean: ", about, ".")) if about else "",
    )


def _path(one: AboutRequest) -> str:
    return one.path if isinstance(one, OomReport) else ""


def _request(like: list[AboutRequest]) -> Markup:
    one = like[0]
    who = f"{one.task}" if len(like) == 1 else f"{one.task} and {len(like) - 1:,} more like it"
    how = f", on the path of the {path}" if (path := _path(one)) and path != "unknown" else ""
    size = "" if one.order is None else f", order {one.order}"
    said = tag("p", joined(f"{who}{how}{size}: ", tag("code", one.mask_text)))
    mask = one.mask
    if mask is None:
        return joined(said, tag("p", "This mask could not be read."))
    return joined(said, *_explained(mask, one))


def _explained(mask: PrintedMask, one: AboutRequest) -> Iterator[Markup]:
    if mask.disagreement:
        yield tag("p", tag("strong", f"{mask.disagreement}."))
    try:
        request = mask.request(one.order or 0)
    except InputError as refusal:  # a line may say anything
        yield tag("p", f"{refusal}.")
        return
    if isinstance(one, OomReport):
        kills, why = may_kill(one, mask)
        if kills is not None:
            yield tag(
                "p", f"It may {'have somebody' if kills else 'not have anybody'} killed: {why}."
            )
    told = answers(request)
    yield folded(
        "All that the mask says",
        tag("p", f"{mask}, with the numbers of Linux {mask.era.span} ({mask.why})."),
        listed(f"{doubt}." for doubt in mask.doubts),
        table(
            "Questions to the mask",
            ["Question", "Answer"],
            [
                [question, "yes" if told[predicate.__name__] else "no"]
                for predicate, question in QUESTIONS
            ],
        ),
    )
