"""What the test module does in the model, as it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oomlab import explore, replay, run
from oomlab.analysis.episodes import kills, walks
from oomlab.command import main
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.kernel.zone import watermarks_for
from oomlab.listeners.oomcheck import CALLBACKS, MASKS, SERVED
from oomlab.scenarios.witness import MACHINE_PAGES

INVOKER: dict[str, Any] = {"callback": "lock", "holder": "invoker"}
THIRD: dict[str, Any] = {"callback": "lock", "holder": "third"}
LIFELESS = ("deadlock", "livelock")


def served(trace: Trace) -> list[int]:
    return [event.changes[SERVED] for event in trace.events if SERVED in event.changes]


def pages_given(trace: Trace) -> int:
    moved = (e.result for e in trace.events if e.on == "pages of the callback" and e.op == "move")
    return int(next(moved))


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({}, "recovered"),
        ({"callback": "sleep", "sleep_ms": 10}, "recovered"),
        ({"callback": "never"}, "deadlock"),
        (INVOKER, "deadlock"),
        (THIRD, "deadlock"),
        ({**INVOKER, "callback": "trylock"}, "recovered"),
        ({**THIRD, "callback": "trylock"}, "recovered"),
        ({"callback": "alloc"}, "livelock"),
        ({"callback": "alloc", "mask": "mayfail"}, "livelock"),
        ({"callback": "alloc", "mask": "noretry"}, "recovered"),
        ({"callback": "alloc", "mask": "nowait"}, "recovered"),
        ({"invoker_mask": "nofs"}, "livelock"),
        ({"freed_pages": 64}, "completed"),
        ({**INVOKER, "give_back_pages": 512}, "deadlock"),
        ({**THIRD, "give_back_pages": 512}, "recovered"),
    ],
    ids=str,
)
def test_each_thing_it_can_be_told(told: dict[str, Any], verdict: str) -> None:
    trace = run("witness", "mainline", told)
    assert trace.verdict == verdict
    assert served(trace) == ([] if verdict in LIFELESS else [1])
    assert len(kills(trace)) == (verdict == "recovered")


@pytest.mark.parametrize("callback", sorted(set(CALLBACKS) - {"none", "sleep", "trylock"}))
def test_no_way_of_hanging_survives_the_offload(callback: str) -> None:
    told = {"callback": callback, "holder": "invoker"}
    assert run("witness", "offload", told).verdict == "recovered"


def test_each_round_begins_when_the_pages_of_the_last_are_used_up() -> None:
    told = {"callback": "never", "rounds": 3, "victims": 6, "victim_pages": 1000}
    trace = run("witness", "offload", told)
    assert served(trace) == [1, 2, 3]
    assert len(kills(trace)) >= 3
    assert trace.ended_at_us > 15_000_000
    assert run("witness", given={"rounds": 2}).verdict == "recovered"


@pytest.mark.parametrize(("mask", "marks"), [("atomic", 3 / 8), ("nowait", 1)])
def test_it_gets_as_many_pages_as_its_mask_opens_reserves(mask: str, marks: float) -> None:
    lowest = watermarks_for(MACHINE_PAGES).min
    trace = run("witness", given={"callback": "alloc", "mask": mask, "pages": 4096})
    assert pages_given(trace) == pytest.approx(lowest * (1 - marks), abs=2)


def test_it_stops_at_as_many_as_it_was_told() -> None:
    trace = run("witness", given={"callback": "alloc", "mask": "atomic", "pages": 7})
    assert pages_given(trace) == 7


def test_who_is_killed_for_asking() -> None:
    told = {"idle": 1, "bystanders": 1, "bystander_touches": 8}
    assert kills(run("witness", given=told))[0].victim == "victim1"
    told["oom_kill_allocating_task"] = 1
    assert kills(run("witness", given=told))[0].victim == "bystander1"


def test_kswapd_calls_it_where_generations_have_a_least_age() -> None:
    told = {"idle": 1, "bystanders": 1, "bystander_pages": 20_000, "bystander_touches": 0}
    trace = run("witness", given={**told, "min_ttl": 1, "kernel": "6.1", "limit_s": 5})
    assert walks(trace)[0].runner == "kswapd"
    assert [kill.victim for kill in kills(trace)] == ["bystander1"]


def test_a_way_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(
        InputError, match=f"callback cannot be 'wait'; valid: {', '.join(CALLBACKS)}"
    ):
        run("witness", given={"callback": "wait"})
    with pytest.raises(InputError, match=f"mask cannot be 1; valid: {', '.join(MASKS)}"):
        run("witness", given={"mask": 1})


def test_a_schedule_with_named_settings_can_be_replayed() -> None:
    found = explore("witness", "mainline", THIRD)
    assert "/callback=lock,holder=third/" in found.replay
    assert replay(found.replay).verdict == "repeats"


def test_its_names_are_told_by_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parameters", "witness"]) == 0
    assert "callback=none\n" in (text := capsys.readouterr().out)
    assert f"    valid: {', '.join(CALLBACKS)}\n" in text
    assert main(["parameters", "witness", "--json"]) == 0
    listed = {one["name"]: one for one in json.loads(capsys.readouterr().out)["parameters"]}
    told = listed["mask"]
    assert (told["type"], told["default"], told["only"]) == ("name", "kernel", list(MASKS))
    assert (told["minimum"], told["maximum"]) == (None, None)


def test_the_log_of_a_run_goes_by_the_limit_that_was_set(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["run", "witness", "--set=callback=lock", "--set=holder=invoker", "--dmesg"]
    assert main([*words, "--set=hung_task_s=10"]) == 0
    assert "blocked for more than 10 seconds" in capsys.readouterr().out
    assert main([*words, "--set=hung_task_s=10", "--hung-task-timeout=30"]) == 0
    assert "blocked for more than 30 seconds" in capsys.readouterr().out
