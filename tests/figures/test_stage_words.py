"""The stage shows who moves, what the words of a protocol say, and the telling moment."""

from __future__ import annotations

import json
import re
from typing import Any

from oomlab import play, replay, run, show_code
from oomlab.evidence import FINDINGS
from oomlab.figures.stage import draw_stage
from oomlab.figures.stage.frames import Program
from oomlab.figures.stage.lines import program_of

STALE = {"host_answers": 1, "oom_caller": 0, "ghosts": 0}


def data(html: str) -> dict[str, Any]:
    found = re.search(r'class="oom-m-data">(.*?)</script>', html, re.DOTALL)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def lane(html: str, name: str) -> str:
    return html.partition(f'<div class="oom-m-lane" data-thing="{name}"')[2].partition(
        "</div></div>"
    )[0]


def test_whoever_makes_a_step_of_a_schedule_has_a_lane() -> None:
    for finding in ("R2", "R15"):
        trace = replay(FINDINGS[finding].show().ways[-1].replay)
        movers = {event.task for event in trace.events if event.at_us}
        told = data(draw_stage(trace).html)
        assert movers <= set(told["tasks"][: told["lanes"]])


def test_the_words_of_the_protocol_are_seen_while_they_are_not_0() -> None:
    schedule = FINDINGS["R2"].show().ways[0].replay.rsplit("/", 1)[1]
    html = draw_stage(play("h5-host-never-answers", "offload", STALE, schedule)).html
    assert lane(html, "oom_notifier_requested").count(">1</b>") == 1
    assert lane(html, "oom_notifier_freed").count(">1</b>") == 1
    late = draw_stage(run("h2-three-task-poll", "offload")).html
    assert ">256</b>" in lane(late, "oom_notifier_freed")
    places = re.findall(r"left:([\d.]+)%;width:([\d.]+)%", lane(late, "oom_notifier_freed"))
    assert all(float(left) + float(width) < 100.1 for left, width in places)


def test_without_such_a_thread_there_is_no_word() -> None:
    assert "oom_notifier" not in draw_stage(run("h1-two-task-cycle")).html


def test_a_run_stands_where_most_wait_and_a_hang_at_its_end() -> None:
    rescued, stuck = (
        data(draw_stage(run("h2-three-task-poll", r)).html) for r in ("offload", "mainline")
    )
    assert stuck["at"] == len(stuck["frames"]) - 1
    frames = rescued["frames"]
    waiting = [sum(on >= 0 for _, on in frame["t"]) for frame in frames]
    at = rescued["at"]
    assert waiting[at] == max(waiting) == 4
    assert at < len(frames) - 1


def test_of_a_schedule_that_may_go_on_nobody_says_that_nobody_gets_out() -> None:
    pending = draw_stage(replay(FINDINGS["R1"].show().ways[0].replay)).html
    assert "nobody gets out" not in pending
    assert "nobody gets out" in draw_stage(run("h1-two-task-cycle")).html


def test_the_line_of_a_step_on_a_word_is_the_one_that_reads_or_writes_it() -> None:
    trace = run("h2-three-task-poll", "offload")
    lines: dict[tuple[str, str, str], str] = {}
    before: dict[str, Program] = {}
    for event in trace.events:
        now = before[event.task] = program_of(event, before.get(event.task, Program()), "offload")
        if now.listing and event.on.startswith("oom_notifier"):
            code = show_code(now.listing).listing.code.splitlines()
            lines[event.task, event.op, event.on] = code[now.line].split("/*")[0].strip()
    assert lines["hog", "write", "oom_notifier_requested"] == "requested = 1;"
    assert lines["hog", "read", "oom_notifier_freed"] == "freed = freed_total;"
    assert lines["oom_notifier", "write", "oom_notifier_requested"] == "requested = 0;"
