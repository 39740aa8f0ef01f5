"""What a step is told as: a sentence of the story, or small words."""

from __future__ import annotations

import pytest

from oomlab.engine.ops import WORDS
from oomlab.engine.slots import Facts, Says
from oomlab.engine.trace import Event, SlotInfo, Trace
from oomlab.engine.trace.narration import VERDICTS, explain, story

SMALL = "does what nobody else does"


@pytest.mark.parametrize("op", [op for op, words in WORDS.items() if words.on])
def test_small_words_are_seen_but_of_a_step_that_is_always_told(op: str) -> None:
    slot = SlotInfo("slot", str(WORDS[op].on), 0, Facts(says={op: Says(SMALL)}))
    trace = Trace("", "", {}, 0, "clock", 250, (), (slot,), (), "completed", 0, ())
    steps = [
        Event(0, "task", ("routine",), op, "slot", "done", result)
        for result in (None, False, 1, "failed", "recursive")
    ]
    seen = [SMALL in explain(trace, step) for step in steps]
    assert any(seen) != WORDS[op].told, "op.told and narration._TELLERS say different things"


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_story_ends_with_its_verdict(verdict: str) -> None:
    trace = Trace("", "", {}, 0, "clock", 250, (), (), (), verdict, 0, ())
    assert list(story(trace)) == [f"Verdict: {verdict}, {VERDICTS[verdict]}."]
