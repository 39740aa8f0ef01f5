from __future__ import annotations

import json

import pytest

from oomlab.evidence.real_kernel.cases import CASES
from tests.kernel.real.console import facts, outcome, read_console


def _check(at: float, **event: object) -> str:
    return f"[{at:12.6f}] check: {json.dumps({'ms': round(at * 1000), **event})}"


def _pressure(at: float, second: int, some_us: int, full_us: int) -> str:
    return _check(
        at,
        event="pressure",
        second=second,
        some=1.5,
        full=0,
        some_us=some_us,
        full_us=full_us,
    )


# Made up, in the shapes of the kernels' lines.
LINES = [
    "[    0.000000] Linux version 9.9.9 (nobody@nowhere)",
    _check(4.9, event="ready"),
    _pressure(5.0, 0, 1000, 500),
    _check(5.0, task="check_x", event="callback-begins", lock="oom_lock", value=700),
    _pressure(6.0, 0, 1000, 500),
    _check(6.5, task="check_x", event="callback-pages", lock="", value=12),
    _check(6.5, task="check_x", event="callback-ms", lock="", value=1500),
    _check(6.5, task="check_x", event="gave-up", lock="M", value=0),
    "[    6.600000][   T17] check_x invoked oom-killer: gfp_mask=0x0(), order=0",
    "[    6.700000] Out of memory: Killed process 81 (made up) total-vm:1kB",
    "[    6.800000] Memory cgroup out of memory: Killed process 82 (other) total-vm:1kB",
    "[    9.000000] check_y: page allocation stall for 10 secs: order:0",
    "[    9.100000] check_y: page allocation failure: order:0",
    _check(15.0, task="init", event="memcg"),
    "[   15.500000] INFO: task check_a:7 blocked for more than 10 seconds.",
    "[   25.500000] INFO: task check_a:7 blocked for more than 20 seconds.",
    "[   25.500001] INFO: task a b/1:2:9 blocked for more than 10 seconds.",
    "[   25.500002] INFO: task a b/1:2:9 is blocked on a mutex likely owned by task check_a:7.",
    _pressure(16.0, 10, 1_001_000, 500),
    _check(26.0, task="check_x", event="served", lock="", value=21_000),
    _check(27.0, event="end", calls=3, served=1, done=1),
]
TEXT = "\n".join(LINES)


def test_every_kind_of_line_is_read() -> None:
    found = facts(read_console(TEXT), CASES["memcg"])
    assert found == {
        "outcome": "served",
        "stall_ms": [21_000],
        "calls": 3,
        "callers": ["check_x"],
        "free_pages": 700,
        "callback_pages": [12],
        "callback_ms": [1500],
        "gave_up": 1,
        "rescue": {"what": "memcg", "at_ms": 10_000, "done": False},
        "kills": 2,
        "killed_at_ms": [1700, 1800],
        "killed": ["made up", "other"],
        "invoked": ["check_x"],
        "hung": {
            "check_a": {"seconds": 20, "owner": ""},
            "a b/1:2": {"seconds": 10, "owner": "check_a"},
        },
        "stall_warnings": ["check_y"],
        "failures": 1,
        "balloon": {},
        "pressure": [
            {
                "second": 10,
                "some_avg10": 1.5,
                "full_avg10": 0,
                "some_share": 0.1,
                "full_share": 0.0,
            }
        ],
    }


def test_a_suspend_is_told_with_its_answer_and_a_balloon_with_its_pages() -> None:
    asked = _check(15.0, task="suspend", event="suspend")
    answered = _check(35.5, task="suspend", event="suspend-done", error=16)
    text = ['check: {"event":"inflated","value":300}', *LINES[:4], asked, answered, *LINES[-2:]]
    text += ['check: {"event":"balloon","value":120}']
    found = facts(read_console("\n".join(text)), CASES["suspend"])
    assert found["rescue"] == {
        "what": "suspend",
        "at_ms": 10_000,
        "done": True,
        "took_ms": 20_500,
        "errno": 16,
        "frozen": False,
    }
    assert found["balloon"] == {"before": 300, "after": 120}


def test_where_no_process_runs_any_more_a_thread_of_the_kernel_tells_the_end() -> None:
    asked = _check(15.0, task="suspend", event="suspend")
    frozen = _check(115.0, task="check_last", event="frozen", calls=4)
    served = [_check(20.0, task="check_x", event="done", lock="", value=9)]
    for between, expected in ([], "locked up"), (served, "served"):
        text = "\n".join([*LINES[:4], asked, *between, frozen])
        found = facts(read_console(text), CASES["suspend"])
        assert (found["outcome"], found["calls"]) == (expected, 4)
        assert found["rescue"]["frozen"] and not found["rescue"]["done"]
        assert found["rescue"]["took_ms"] is None and found["rescue"]["errno"] is None


@pytest.mark.parametrize("length", range(0, len(TEXT), 7))
def test_a_log_that_is_cut_off_is_read_as_far_as_it_goes(length: int) -> None:
    console = read_console(TEXT[:length])
    found = facts(console, CASES["control"])
    assert found["outcome"].startswith("broken: ")
    assert len(console.events) <= len(read_console(TEXT).events)


@pytest.mark.parametrize(
    ("lines", "case", "expected"),
    [
        ([], "control", "broken: the guest printed nothing"),
        (LINES[:4], "control", "broken: the guest did not come to its end in time"),
        (
            ["[    1.000000] Kernel panic - not syncing: made up"],
            "control",
            "broken: the kernel pani",
        ),
        (
            ['check: {"event":"failed","what":"module","error":2}'],
            "control",
            "broken: init could not do module (errno 2)",
        ),
        ([_check(60, event="end", calls=0, served=0, done=0)], "control", "not called"),
        ([_check(60, event="end", calls=1, served=0, done=0)], "control", "locked up"),
        ([_check(60, event="end", calls=1, served=0, done=0)], "min-ttl", "called"),
        ([_check(60, event="end", calls=1, served=1, done=1)], "control", "served"),
    ],
)
def test_each_outcome(lines: list[str], case: str, expected: str) -> None:
    assert outcome(read_console("\n".join(lines)), CASES[case]).startswith(expected)
