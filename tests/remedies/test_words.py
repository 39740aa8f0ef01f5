"""What callers and the thread do to what they share is told in words, not in names of slots."""

from __future__ import annotations

import pytest

from oomlab import run
from oomlab.engine.model import Layout
from oomlab.engine.ops import WORDS
from oomlab.engine.trace.narration import explain
from oomlab.kernel.oom_notify import Terms
from oomlab.remedies import find_remedy

TOGETHER = ("h1-two-task-cycle", "r12-thread-before-block")


@pytest.mark.parametrize("remedy", ["offload", "offload-sequence", "offload-repaired"])
@pytest.mark.parametrize("scenario", TOGETHER)
def test_each_step_on_a_word_of_the_protocol_is_told_in_its_own_words(
    scenario: str, remedy: str
) -> None:
    trace = run(scenario, remedy)
    words = {slot.name for slot in trace.slots if slot.kind == "word" and slot.facts.protocol}
    steps = [event for event in trace.events if event.on in words and event.condition == "done"]
    assert steps
    for step in steps:
        told = explain(trace, step)
        assert WORDS[step.op].does.format(step.on) not in told, f"give {step.on!r} words: says="


@pytest.mark.parametrize("remedy", ["offload", "offload-sequence", "offload-repaired"])
@pytest.mark.parametrize("threads", [0, 1])
def test_what_callers_and_thread_share_is_called_their_protocol(remedy: str, threads: int) -> None:
    layout = Layout()
    find_remedy(remedy).delivery.declare(layout, Terms(timeout_s=5.0, threads=threads))
    shared = {slot.name for slot in layout.slots if slot.name.startswith("oom_notifier")}
    named = {
        slot.name for slot, facts in zip(layout.slots, layout.facts, strict=True) if facts.protocol
    }
    assert named == shared - {"oom_notifier_mutex"}
