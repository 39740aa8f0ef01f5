"""The checklist: each starter's verdict, its schedules, and the file that it becomes."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from oomlab import workbench
from oomlab.errors import InputError
from oomlab.experiment import Experiment
from oomlab.workbench import (
    STARTERS,
    Bench,
    checklist,
    explore_bench,
    play_bench,
    rows,
    scenario_text,
    stage_of_schedule,
)

BUDGET = 8_000


@cache
def checked_starter(name: str) -> dict[str, Any]:
    return checklist(STARTERS[name].bench(), budget=BUDGET)


def row_of(name: str, key: str) -> dict[str, Any]:
    return next(one for one in checked_starter(name)["rows"] if one["id"] == key)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("lock-over-allocation", "unsafe"),
        ("virtio_balloon", "conditional"),
    ],
)
def test_what_is_said_of_a_starter(name: str, word: str) -> None:
    assert checked_starter(name)["word"] == word


def test_the_blank_driver_gets_nobody_stuck() -> None:
    found = checked_starter("blank")
    assert row_of("blank", "lockup")["mark"] == "good"
    assert found["word"] != "unsafe"
    assert row_of("blank", "asks")["answer"] == "it asks for none"
    assert row_of("blank", "pages")["answer"].startswith("1 page;")


def test_a_check_is_plain_data_and_each_schedule_can_be_played_and_drawn() -> None:
    bench = STARTERS["lock-over-allocation"].bench()
    found = json.loads(json.dumps(checked_starter("lock-over-allocation")))
    shown = [one for one in found["rows"] if one["schedule"]]
    assert len(shown) > 8
    for one in shown:
        trace = play_bench(bench, one["schedule"])
        if one["id"] == "lockup":
            assert trace.verdict in ("stuck", "repeats")
            assert 0 < one["schedule"]["decided"] <= one["schedule"]["steps"]
            stage = stage_of_schedule(bench, one["schedule"])
            assert "cache_lock" in stage.twin and "<script" not in stage.html.replace(
                '<script type="application/json"', ""
            )
    locks = row_of("lock-over-allocation", "locks")
    assert locks["reasons"] == [
        "line 5 waits for cache_lock, which holder may hold while asking for memory"
    ]


def test_the_validator_calls_dangerous_what_is_not() -> None:
    bench = STARTERS["two-orders"].bench()
    found = {one["id"]: one for one in checked_starter("two-orders")["rows"]}
    assert found["lockdep"]["answer"].startswith("yes")
    assert found["lockup"]["mark"] == "good"
    assert explore_bench(bench, {}, budget=BUDGET).graph.complete


def test_a_repair_trades_a_deadlock_for_a_needless_kill() -> None:
    assert row_of("lock-over-allocation", "lockup")["mark"] == "bad"
    assert row_of("trylock-repair", "lockup")["mark"] == "good"
    assert row_of("trylock-repair", "needless kill")["mark"] == "bad"
    trace = play_bench(
        STARTERS["trylock-repair"].bench(), row_of("trylock-repair", "needless kill")["schedule"]
    )
    last = trace.values_at(trace.ended_at_us)
    assert last["cache"] and any(last[name] for name in last if name.startswith("SIGKILL"))


def test_a_host_that_does_not_answer_is_asked_about() -> None:
    waits = row_of("virtio_balloon", "waits")
    assert waits["mark"] == "bad"
    assert "answers=0" in waits["schedule"]["settings"]


def test_a_callback_that_allocates_is_told_by_its_mask() -> None:
    text = "def callback(freed):\n    got = yield from alloc_page({})\n    if got:\n{}"
    free = "        yield from free_page()\n"
    waiting = next(rows(Bench(text.format("GFP_KERNEL", free)), budget=BUDGET))
    assert "may wait" in waiting["answer"]
    assert waiting["reasons"][0].startswith("line 2, `got = yield from alloc_page(GFP_KERNEL)`")
    assert "hog" in waiting["schedule"]["schedule"]
    quick = next(rows(Bench(text.format("GFP_NOWAIT", free)), budget=BUDGET))
    assert quick["answer"] == "yes, but it never waits"


def test_a_remedy_of_ones_own() -> None:
    starter = STARTERS["lock-over-allocation"]
    own = "def notify():\n    freed = yield from call_chain()\n    return freed\n"
    same = explore_bench(Bench(starter.callback, starter.holder, own), {}, budget=BUDGET)
    usual = explore_bench(starter.bench(), {}, budget=BUDGET)
    assert same.found.verdict == usual.found.verdict
    never = "def notify():\n    yield log('nobody is asked')\n    return 0\n"
    other = explore_bench(Bench(starter.callback, starter.holder, never), {}, budget=BUDGET)
    assert other.word == "exhausted-clean"
    assert other.experiment.remedy.name == "own"


def test_who_watches_can_stop_the_check() -> None:
    told: list[int] = []

    def watch(states: int, moves: int) -> bool:
        told.append(states)
        return True

    found = checklist(STARTERS["lock-over-allocation"].bench(), budget=BUDGET, watch=watch)
    assert told
    assert any(one["mark"] == "open" for one in found["rows"])


@pytest.mark.parametrize("name", ["blank", "virtio_balloon", "trylock-repair"])
def test_a_bench_becomes_a_scenario_that_says_the_same(name: str) -> None:
    bench = STARTERS[name].bench()
    text = scenario_text(bench, "my-own", "lockup")
    found: dict[str, Any] = {"__name__": "my_own"}
    module = type(sys)("my_own")
    sys.modules["my_own"] = module
    try:
        exec(compile(text, "my_own.py", "exec"), vars(module))
    finally:
        del sys.modules["my_own"]
    found = vars(module)
    one = Experiment.of(found["MY_OWN"], "mainline", engine="explorer").explore(budget=BUDGET)
    usual = explore_bench(bench, {}, budget=BUDGET)
    assert one.verdict.word == usual.word
    assert len(one.graph) == len(usual.graph)
    assert list(one.graph.target) == list(usual.graph.target)


def test_the_file_is_as_the_house_wants_it(tmp_path: Path) -> None:
    file = tmp_path / "my_own.py"
    for name in STARTERS:
        file.write_text(scenario_text(STARTERS[name].bench(), "my-own", "lockup"))
        done = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--select", "F,E9", str(file)],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout
    with pytest.raises(InputError, match="small letters"):
        scenario_text(STARTERS["blank"].bench(), "My own")


def test_it_needs_no_numpy() -> None:
    code = (
        "import sys\n"
        "sys.modules['numpy'] = None\n"
        "from oomlab.workbench import STARTERS, rows\n"
        "print(sum(1 for _ in rows(STARTERS['blank'].bench(), budget=300)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 15


def test_what_a_callback_takes_on_the_stack_of_who_asks_is_not_held_while_asking() -> None:
    starter = STARTERS["lock-over-allocation"]
    callback = starter.callback.replace(
        "def callback(freed):\n",
        "gate = mutex()\n\ndef callback(freed):\n    yield mutex_lock(gate)\n",
    ).replace("mutex_unlock(cache_lock)", "mutex_unlock(cache_lock)\n    yield mutex_unlock(gate)")
    line = workbench.row_of(Bench(callback, starter.holder), "locks", budget=BUDGET)
    assert sorted(line["reasons"], reverse=True) == [
        "line 8 waits for cache_lock, which holder may hold while asking for memory",
        "line 7 waits for gate; nobody asks for memory while holding it",
    ]
