"""A line of a starter's checklist, with its schedule on the stage and a way to the bench."""

from __future__ import annotations

from oomlab.experiment import Experiment
from oomlab.figures.stage import draw_stage
from oomlab.figures.svg import Markup
from oomlab.views import View, view
from oomlab.views.log.html import joined, tag
from oomlab.workbench import find_starter, link_of, row_of, stage_of_schedule


@view
def bench_story(starter: str, line: str) -> View:
    """What the search says of a starter in one line of its checklist, and how that comes about.

    Where no schedule shows it, the stage has a run of the clock. Raises InputError for a starter or
    a line that there is not.
    """
    begun = find_starter(starter)
    bench = begun.bench()
    found = row_of(bench, line)
    if found["schedule"]:
        stage = stage_of_schedule(bench, found["schedule"])
    else:
        stage = draw_stage(Experiment.of(bench.scenario(), bench.own_remedy()).run())
    said = " ".join([f"{found['question']} {_sentence(found['answer'])}", *found["reasons"]])
    link = tag(
        "a",
        f"Open it on the bench: {begun.title}",
        href=f"#bench-{link_of(bench)}",
        class_="oom-open-bench",
    )
    return View(joined(Markup(stage.html), tag("p", link)), said, stage.twin)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
