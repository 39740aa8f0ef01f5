"""Whatever is given to a public name, it answers as it should or with one InputError."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import pytest

from oomlab import Experiment, Stage, explore, explore_plainly, run
from oomlab.analysis import lock_order_graph
from oomlab.analysis.episodes import allocation_requests
from oomlab.brief import AT_MOST
from oomlab.course.attempt import attempt
from oomlab.engine.chooser import Chooser
from oomlab.engine.clock.engine import Clock
from oomlab.engine.observers import Observer
from oomlab.engine.properties import never
from oomlab.errors import InputError, OomlabError, find, shown
from oomlab.evidence.history import HISTORY
from oomlab.evidence.ledger.claims import CLAIMS
from oomlab.evidence.ledger.findings import FINDINGS
from oomlab.evidence.matrix import timed_cell
from oomlab.evidence.releases import RELEASES
from oomlab.evidence.sweep.store import stored
from oomlab.gfp.killing import OomPath
from oomlab.gfp.predicates import request
from oomlab.gfp.printed import read_printed
from oomlab.listeners.registrants import REGISTRANTS
from oomlab.remedies import REMEDIES, find_remedy
from oomlab.scenarios import SCENARIOS, find_scenario
from oomlab.scenarios.reclaim_round import reclaim_round
from oomlab.views.slow_path import run_request
from oomlab.widgets import Choice
from oomlab.workbench import STARTERS, link_of
from tests.public import methods, public

H1 = "h1-two-task-cycle"


class Unshowable:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


WRONG: tuple[Any, ...] = (
    None, True, 3.5, float("nan"), float("inf"), -1, 10**400, "", "no such thing", "\x1b[31m\n",
    "x" * 100_000, b"", [], [None], ["x"], (), (1, 2, 3), {}, {"x": 1}, {1: None}, {"hz": 10**400},
    object(), Unshowable(), int, len, np.float64("nan"), np.int64(7), np.bool_(True),
    np.array([1, 2]),
)  # fmt: skip
"""None of these is an answer to everything; some are right for one argument or other."""


@cache
def rights() -> dict[str, Any]:
    """A right value for each argument, by its name alone or by that of the public name and it."""
    trace, mask, found = run(H1), request("GFP_KERNEL"), find_scenario(H1)
    settings = found.settle({}, "explorer")
    model = found.build(settings, find_remedy("mainline"))
    graph = explore("h4-i915-object-lock").graph
    asked = allocation_requests(run_request("kernel", 10))[0]
    crowd = stored("five-seconds")
    bench = STARTERS["blank"].bench()
    shown_schedule = {"remedy": "mainline", "settings": "", "schedule": "hog:2", "decided": None}
    return {
        "advance": "before",
        "along": "steps",
        "answers": {},
        "bench": bench,
        "link": link_of(bench),
        "find_starter name": "blank",
        "bench_story line": "asks",
        "bench_story starter": "blank",
        "row_of key": "asks",
        "shown": shown_schedule,
        "stage_of_schedule schedule": shown_schedule,
        "scenario_text name": "my-own",
        "Bench callback": bench.callback,
        "at_most": 3,
        "at_us": 0,
        "because": "It is so.",
        "body": lambda: iter(()),
        "budget": 50,
        "caller": 1,
        "case": "lock-invoker",
        "chosen": [],
        "claims": [],
        "clock": Clock(model, Chooser(0, {}), 10, park=True),
        "controls": [Choice("word", "Word", {"refuted": "Refuted", "moot": "Moot"})],
        "edges": [],
        "expression": "GFP_KERNEL",
        "fill": "under-lock",
        "findings": [],
        "first": trace,
        "form": "csv",
        "found": trace,
        "free": 0,
        "graph": graph,
        "given": {},
        "group": "sleeps",
        "groups": ["sleeps"],
        "hazards": {H1: "two tasks"},
        "held": True,
        "held_ms": 10,
        "kernel": 4.13,
        "key": "rcu-handler",
        "killers": 1,
        "kind": "guessed",
        "label": "a label",
        "load_tasks": 0,
        "lock": "oom_lock",
        "lock_held": True,
        "locks": ["oom_lock"],
        "lockups": {"lock-invoker": "all sleep"},
        "machine": reclaim_round("lock", 4.13),
        "pages": 1,
        "mask": "GFP_KERNEL",
        "maximum": 4,
        "measure": "lent",
        "minimum": 0,
        "model": model,
        "name": "x",
        "observer": Observer(),
        "options": {"a": "A", "b": "B"},
        "outcome": "downtime",
        "path": OomPath.ALLOCATOR,
        "others": 0,
        "page_kib": 4,
        "per_page": 1,
        "question": "What happens?",
        "release": "4.13",
        "remedy": "mainline",
        "request": mask,
        "results": crowd,
        "shares results": stored("guesses"),
        "reviewed": [],
        "row": {},
        "runs": list(crowd.runs[:2]),
        "scenario": H1,
        "schedule": "fs_task:2",
        "second": trace,
        "seed": 0,
        "settings": settings,
        "spare_pages": 0,
        "step": 1,
        "stop": None,
        "stored": [0, 2],
        "swapper_us": 0,
        "wanted": never("x", bool),
        "switches schedule": (),
        "table": mask.table,
        "targets": [0],
        "text": "0xcc0(GFP_KERNEL)",
        "task": "fs_task",
        "level": "circle",
        "levels": ["circle"],
        "line": f"{H1}/mainline//fs_task",
        "timeout_s": 5,
        "timeouts": "any",
        "titles": {},
        "trace": trace,
        "traces": [trace],
        "units": [1],
        "us": 5,
        "values": {"word": "refuted"},
        "version": "4.13",
        "view": "oomlab.views.ledger:claims",
        "way": "lock",
        "word": "refuted",
        "table config": (),
        "routine": "def visit(driver):\n    yield read(driver.order)\n    return 0",
        "ask": "def ask(desk, me):\n    yield read(desk.freed)\n    return 0",
        "serve": "def serve(desk):\n    yield from wait_event(desk.asked, desk.done, 9)",
        "function": "def function(one):\n    return []",
        "places": [],
        "tasks": [],
        "answer": "a",
        "right": ["a"],
        "valid": ["a", "b"],
        "low": 0.1,
        "high": 0.2,
        "cases": 1,
        "of": 10,
        "limit": 1.0,
        "times": [1.0, 2.0],
        "a_second": 1.0,
        "all_late": 10.0,
        "warns": True,
        "locks_up": True,
        "check_amount right": 3.0,
        "check_choice options": ["a", "b"],
        "check_choice right": "a",
        "check_leaves step": "fails at 11",
        "check_playable steps": 2,
        "called_from key": "calm",
        "driver_machine text": "a: lock x; unlock x",
        "can_lock_up text": "a: lock x; unlock x",
        "lockdep_warns text": "a: lock x; unlock x",
        "lockdep_learns text": "a: lock x; unlock x",
        "GameQuestion options": ["yes", "no"],
        "GameQuestion right": 0,
        "Prediction options": ["yes", "no"],
        "Request mask": 3,
        "as_shrinker kernel": "4.14",
        "bits kernel": "4.13",
        "case release": "7.3",
        "cases release": "7.3",
        "call name": "oomlab.views.ledger:claims",
        "compare first": mask,
        "compare second": mask,
        "draw_lock_order graph": lock_order_graph([trace]),
        "entry_markdown name": "virtio_balloon",
        "exits kernel": "4.13",
        "draw_circle at_us": trace.ended_at_us,
        "MomentPrediction at": 0,
        "fate request": asked,
        "find_remedy name": "trylock",
        "find_scenario name": H1,
        "find_sweep name": "five-seconds",
        "hazard kernel": "4.13",
        "hazards older": "4.13",
        "hazards_that_hang kernel": "4.13",
        "judge graph": graph,
        "last_step request": asked,
        "order kernel": "4.14",
        "Experiment.read line": f"{H1}/mainline//0",
        "heat_map kernel": "4.13",
        "cell hazard": H1,
        "cell kernel": "4.13",
        "a": f"{H1}/mainline//0",
        "b": f"{H1}/trylock//0",
        "start": f"{H1}/mainline//0",
        "oomlab.evidence.matrix.timed_cell remedy": find_remedy("mainline"),
        "oomlab.evidence.matrix.timed_cell scenario": found,
        "pair first": "GFP_KERNEL",
        "pair kernel": "4.13",
        "pair second": "GFP_NOFS",
        "polling request": "kernel",
        "run_remedy remedy": find_remedy("mainline"),
        "run_request request": "kernel",
        "hero chapter": "offload",
        "show_change after": "fill_balloon, Linux 4.15",
        "show_change before": "fill_balloon",
        "show_code name": "leak_balloon",
        "stored name": "five-seconds",
        "told_table release": "7.3",
        "Experiment.replay_line schedule": (),
        "oomlab.views.merged.pfn_array units": 8,
        "oomlab.views.slow_path.walk request": "kernel",
        "oomlab.widgets.controls.Slider step": 1,
    }


def right(name: str, parameter: str) -> Any:
    """A right value for an argument. A new public name may need an entry of its own above."""
    last = name.split(".")
    for key in (name, ".".join(last[-2:]), last[-1], ""):
        key = f"{key} {parameter}".strip()
        if key in rights():
            return rights()[key]
    raise AssertionError(f"say above what is right for {parameter} of {name}")


def needed(name: str, function: Callable[..., Any]) -> dict[str, Any]:
    """Arguments of a right call."""
    return {
        parameter.name: right(name, parameter.name)
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }


SLOW = {
    "oomlab.engine.explorer.deciding.decide_model",
    "oomlab.evidence.matrix_map.heat",
    "oomlab.experiment.Experiment.decide",
    "oomlab.experiment.decide",
    "oomlab.views.matrix.heat_map",
    "oomlab.evidence.ledger.findings_report.review",
    "oomlab.evidence.matrix.timed_cell",
    "oomlab.workbench.checking.checklist",
}
"""A right call of these takes seconds: only arguments that must be refused are tried."""


def answered(function: Callable[..., Any], arguments: dict[str, Any]) -> str:
    """What a call came to: "" for a result, the message of an InputError, or another error."""
    try:
        result = function(**arguments)
        if isinstance(result, Iterator):
            next(result, None)
    except InputError as error:
        said = str(error)
        assert said.isprintable() and len(said) < 2000, said[:300]
        return said
    return ""


def troubles(name: str, function: Callable[..., Any]) -> str:
    """A line for each argument and wrong value that is answered with another error."""
    usual = needed(name, function)
    if name not in SLOW:
        assert answered(function, usual) == ""
    found = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            continue
        for wrong in WRONG:
            if callable(wrong) and (
                inspect.isfunction(parameter.default) or parameter.name == "watch"
            ):
                continue  # any function fits; what it does is its author's affair
            if name in SLOW and isinstance(wrong, list | tuple | dict | int | float | None):
                continue
            try:
                answered(function, usual | {parameter.name: wrong})
            except OomlabError as error:
                found.append(f"{parameter.name}={shown(wrong)}: {error!r}")
            except Exception as error:
                found.append(f"{parameter.name}={shown(wrong)}: {error!r}"[:200])
    return "\n".join(found)


@pytest.mark.parametrize("name", public())
def test_a_wrong_argument_is_answered_with_one_line(name: str) -> None:
    assert not troubles(name, public()[name])


def test_so_it_is_with_the_methods_of_what_is_public() -> None:
    mask = request("GFP_KERNEL")
    things = (
        Experiment.of(H1, given={"limit_s": 1}), run(H1), Stage(), find_remedy("mainline"), mask,
        HISTORY[0], read_printed("0xcc0"), STARTERS["blank"].bench(),
        explore_plainly(Experiment.of(H1, engine="explorer").model(), budget=20_000),
    )  # fmt: skip
    found = methods({type(thing): thing for thing in things})
    assert len(found) > 9, found
    wrong = {name: troubles(name, method) for name, method in found.items()}
    assert not any(wrong.values()), "\n".join(wrong.values())


def held(value: Any, depth: int = 3) -> Iterator[Any]:
    """The dataclass instances that a value is or consists of."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield value
        parts = [getattr(value, field.name) for field in dataclasses.fields(value)]
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        parts = list(value.values()) if isinstance(value, dict) else []
    if depth:
        for part in parts[:20]:
            yield from held(part, depth - 1)


def test_what_a_user_gets_is_shown_in_a_few_words() -> None:
    got: list[Any] = [REMEDIES, SCENARIOS, CLAIMS, FINDINGS, REGISTRANTS, RELEASES, HISTORY]
    got += [
        explore(H1),
        timed_cell(find_scenario(H1), find_remedy("mainline"), {}),
        attempt("fs_task"),
    ]
    for name, function in public().items():
        if name not in SLOW:
            result = function(**needed(name, function))
            got.append(list(islice(result, 2)) if isinstance(result, Iterator) else result)
    long = {}
    for value in held(got, 5):
        if len(repr(value)) > AT_MOST or not repr(value).isprintable():
            long[type(value).__qualname__] = repr(value)[:80]
    assert not long, long


def test_there_are_public_names() -> None:
    assert len(public()) > 100


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_name_is_answered_with_the_valid_ones(wrong: Any) -> None:
    with pytest.raises(InputError, match=r"unknown fruit .*; valid: apple, pear"):
        find("fruit", wrong, {"apple": 1, "pear": 2})
