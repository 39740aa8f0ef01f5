"""A bench for a driver of one's own: write its callback, and have every schedule tried.

    >>> from oomlab.workbench import Bench, checklist
    >>> bench = Bench(callback=..., holder=..., remedy="mainline")
    >>> checklist(bench)["word"]
    'unsafe'

The texts are in the model's ops, and nothing else of Python can be reached from them. All of it
runs without numpy, in a page as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oomlab.faces import Face

_FACE = Face(
    __name__,
    {
        "oomlab.workbench.as_scenario": ("scenario_text",),
        "oomlab.workbench.written": ("as_written",),
        "oomlab.workbench.bench": ("STACKS", "Bench"),
        "oomlab.workbench.checking": (
            "checklist",
            "row_of",
            "rows",
            "stage_of_schedule",
            "verdict_of",
        ),
        "oomlab.workbench.errors": ("BenchError",),
        "oomlab.workbench.language": ("VERBS", "words"),
        "oomlab.workbench.links": ("link_of", "texts_of"),
        "oomlab.workbench.starter": ("Starter",),
        "oomlab.workbench.starters": ("STARTERS", "find_starter"),
        "oomlab.workbench.tries": ("explore_bench", "play_bench"),
    },
)

__all__ = list(_FACE.names)

if TYPE_CHECKING:
    from oomlab.workbench.as_scenario import scenario_text as scenario_text
    from oomlab.workbench.bench import STACKS as STACKS
    from oomlab.workbench.bench import Bench as Bench
    from oomlab.workbench.checking import checklist as checklist
    from oomlab.workbench.checking import row_of as row_of
    from oomlab.workbench.checking import rows as rows
    from oomlab.workbench.checking import stage_of_schedule as stage_of_schedule
    from oomlab.workbench.checking import verdict_of as verdict_of
    from oomlab.workbench.errors import BenchError as BenchError
    from oomlab.workbench.language import VERBS as VERBS
    from oomlab.workbench.language import words as words
    from oomlab.workbench.links import link_of as link_of
    from oomlab.workbench.links import texts_of as texts_of
    from oomlab.workbench.starter import Starter as Starter
    from oomlab.workbench.starters import STARTERS as STARTERS
    from oomlab.workbench.starters import find_starter as find_starter
    from oomlab.workbench.tries import explore_bench as explore_bench
    from oomlab.workbench.tries import play_bench as play_bench
    from oomlab.workbench.written import as_written as as_written


def __getattr__(name: str) -> Any:
    return _FACE.load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
