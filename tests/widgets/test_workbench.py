"""The workbench as a widget: what its kernel answers, and what stands in its HTML."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from oomlab.errors import InputError
from oomlab.views.bench import bench_answers
from oomlab.widgets import Workbench
from oomlab.widgets.workbench import OWN_REMEDY
from oomlab.workbench import STARTERS, Bench, as_written

READ = {"ask": "read", "callback": STARTERS["blank"].callback, "remedy": "mainline"}


def test_a_kernel_is_asked_for_one_part_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(Workbench, "send", lambda _self, message: sent.append(message))
    bench = Workbench("blank")

    def hear(number: int, run: int, question: Any = None) -> None:
        bench._hear(bench, {"kind": "bench", "id": number, "run": run, "question": question}, [])

    bench._hear(bench, {"kind": "ping", "id": 0}, [])
    hear(1, 1, READ)
    hear(2, 1)
    hear(3, 1)  # after the end
    hear(4, 2, READ)
    hear(5, 1)  # of the question before
    hear(6, 2)
    parts = list(bench_answers(READ))
    done = {"kind": "done"}
    assert [one.get("part") for one in sent] == [None, *parts, done, parts[0], done, parts[1]]
    assert [one["id"] for one in sent] == list(range(7))


def test_every_starter_stands_in_the_page_with_its_c() -> None:
    html = Workbench().html
    (script,) = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    data = json.loads(script)
    assert list(data["starters"]) == list(STARTERS)
    for name, one in data["starters"].items():
        texts = {part: one[part] for part in data["limits"]["parts"]}
        assert Bench(**texts) == STARTERS[name].bench()
        assert one["c"] == as_written(texts)[0]
        assert f'<option value="{name}">' in html
    assert data["first"] == "lock-over-allocation"
    assert Bench(STARTERS["blank"].callback, "", OWN_REMEDY).own_remedy().name == "own"
    with pytest.raises(InputError, match="nothing"):
        Workbench("nothing")
