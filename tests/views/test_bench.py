"""What the workbench is told: in parts, escaped, and never by an exception."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

import oomlab.views.bench as room
from oomlab import views
from oomlab.views.bench import bench_answers
from oomlab.workbench import STARTERS, Bench, rows, texts_of
from oomlab.workbench.words_run import BenchWords
from tests.widgets.log_pages import Seen

NAME = "<img src=x onerror=alert(1)>"
HOSTILE = (
    f"lock = mutex({NAME!r})\npages = lent_pages(1, '</script><script>alert(1)</script>')\n\n"
    "def callback(freed):\n    yield mutex_lock(lock)\n    yield from give_back(pages)\n"
    "    yield mutex_unlock(lock)\n"
)
HOLDER = (
    "def holder():\n    yield mutex_lock(lock)\n    yield from alloc_page(GFP_KERNEL)\n"
    "    yield mutex_unlock(lock)\n"
)


@pytest.fixture(autouse=True)
def _few_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "rows", partial(rows, budget=300))


def asked(ask: str, **more: Any) -> list[dict[str, Any]]:
    """The parts of an answer, as they come out of JSON."""
    return [json.loads(json.dumps(part)) for part in bench_answers({"ask": ask, **more})]


def test_a_check_comes_in_parts_and_nothing_of_a_text_becomes_markup() -> None:
    texts = {"callback": HOSTILE, "holder": HOLDER, "remedy": "mainline"}
    parts = asked("check", **texts)
    kinds = [part["kind"] for part in parts]
    assert kinds[:2] == ["read", "begin"] and kinds[-2:] == ["verdict", "done"]
    assert set(kinds[2:-2]) == {"row"}
    assert [part["section"] for part in parts if "section" in part][:5] == ["callback"] * 4 + [
        "ends"
    ]
    html = "".join(part.get("html", "") for part in parts)
    seen = Seen(html)
    assert {name for name, _ in seen.tags} <= {
        *("section", "div", "h3", "ul", "li", "p", "span", "button")
    }
    assert NAME in seen.text
    (schedule,) = [
        json.loads(dict(attributes)["data-schedule"] or "")
        for name, attributes in seen.tags
        if name == "button" and "nobody gets out" in html and "data-schedule" in attributes
    ][:1]
    stage, done = asked("stage", schedule=schedule, **texts)
    assert done == {"kind": "done"}
    drawn = Seen(stage["html"])
    assert not {"img", "iframe", "a"} & {name for name, _ in drawn.tags}
    scripts = [attributes for name, attributes in drawn.tags if name == "script"]
    assert scripts == [{"type": "application/json", "class": "oom-m-data"}]
    assert NAME in drawn.text


def test_who_waits_is_told_of_states() -> None:
    told: list[int] = []
    texts = {"callback": STARTERS["i915"].callback, "holder": STARTERS["i915"].holder}
    room.rows = partial(rows, budget=5_000)  # type: ignore[attr-defined]  # undone by the fixture
    parts = bench_answers({"ask": "check", **texts, "remedy": "mainline"}, told.append)
    while not told:
        next(parts)
    assert told[0] >= room.OFTEN


@pytest.mark.parametrize(
    ("texts", "part", "line"),
    [
        ({"callback": "import os\n"}, "callback", 1),
        ({"callback": STARTERS["blank"].callback, "holder": "def holder():\n    x\n"}, "holder", 1),
        ({"callback": STARTERS["blank"].callback, "remedy": "def notify():\n    1\n"}, "remedy", 1),
    ],
)
def test_what_is_wrong_is_told_at_its_line(texts: dict[str, str], part: str, line: int) -> None:
    for ask in ("read", "check", "scenario"):
        *_, wrong, done = asked(ask, **{"remedy": "mainline", **texts})
        assert done["kind"] == "done"
        assert (wrong["kind"], wrong["part"], wrong["line"]) == ("wrong", part, line), ask


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"ask": "everything"}, "unknown question"),
        ({}, "unknown question"),
        ({"ask": "check", "callback": 1}, "made of texts"),
        ({"ask": "stage", "callback": STARTERS["blank"].callback, "schedule": 7}, "no schedule"),
        (
            {
                **{"ask": "check", "callback": STARTERS["blank"].callback, "holder": ""},
                "remedy": "prayer",
            },
            "prayer",
        ),
    ],
)
def test_a_question_that_makes_no_sense_is_one_sentence(
    question: dict[str, Any], said: str
) -> None:
    *_, error, done = asked(**{"ask": None, "remedy": "mainline", **question})
    assert error["kind"] == "error" and said in error["message"]
    assert done["kind"] == "done"


def test_reading_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BenchWords, "run", None)
    starter = STARTERS["gives-up"]
    (read, _) = asked("read", callback=starter.callback, holder=starter.holder, remedy="mainline")
    assert set(read["c"]) == {"callback", "holder"}


def test_a_story_is_a_line_of_a_check_and_opens_on_the_bench() -> None:
    shown = views.call(
        "oomlab.views.bench.story:bench_story", {"starter": "two-entries", "line": "asks"}
    )
    (link,) = [a for name, a in Seen(shown["picture"]).tags if name == "a"]
    texts = texts_of(str(link["href"]).removeprefix("#bench-"))
    assert Bench(**texts) == STARTERS["two-entries"].bench()
    assert "GFP_KERNEL" in shown["sentence"]
    for starter, line in (("nobody", "asks"), ("blank", "nothing")):
        answer = views.answer(
            "oomlab.views.bench.story:bench_story", {"starter": starter, "line": line}
        )
        assert answer["error"].startswith("unknown ") and "valid: " in answer["error"]


def test_a_scenario_is_a_file() -> None:
    (file, _) = asked("scenario", callback=STARTERS["blank"].callback, remedy="mainline")
    assert '"exhausted-clean": "mainline"' in file["text"]
