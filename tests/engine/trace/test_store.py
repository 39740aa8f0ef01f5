"""Traces on disk: what is written comes back, and damage is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomlab import replay, run
from oomlab.engine.trace import Trace
from oomlab.engine.trace.store import from_json, load, save, to_json
from oomlab.errors import InputError

TRACES = (
    run("h1-two-task-cycle", "offload", {"fault_tasks": 1}),
    replay("h1-two-task-cycle/mainline//balloon_worker:4,fs_task:10"),
)


@pytest.mark.parametrize("trace", TRACES, ids=["clock", "schedule"])
def test_a_trace_survives_a_file(trace: Trace, tmp_path: Path) -> None:
    save(trace, tmp_path / "run.json")
    assert load(tmp_path / "run.json") == trace


def test_the_same_trace_gives_the_same_text() -> None:
    again = run("h1-two-task-cycle", "offload", {"fault_tasks": 1})
    assert to_json(again) == to_json(TRACES[0])


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda text: "", "not JSON"),
        (lambda text: text[: len(text) // 2], "not JSON"),
        (lambda text: "[]", "format"),
        (lambda text: text.replace("oomlab-trace-2", "oomlab-trace-9"), "oomlab-trace-2"),
        (lambda text: without(text, "events"), "events"),
        (lambda text: without(text, "verdict"), "verdict"),
        (lambda text: json.dumps({**json.loads(text), "colour": 3}), "must have"),
        (lambda text: json.dumps({**json.loads(text), "tasks": 3}), "damaged"),
        (lambda text: json.dumps({**json.loads(text), "events": [{"at_us": 1}]}), "damaged"),
    ],
)
def test_a_damaged_trace_is_refused_in_a_sentence(damage: object, says: str) -> None:
    assert callable(damage)
    with pytest.raises(InputError, match=says):
        from_json(damage(to_json(TRACES[0])))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.json"):
        load(tmp_path / "missing.json")
    (tmp_path / "picture.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"picture\.json"):
        load(tmp_path / "picture.json")


def test_a_failed_save_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "run.json"
    save(TRACES[0], target)
    before = target.read_text()

    def fail(trace: Trace) -> str:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("oomlab.engine.trace.store.to_json", fail)
    with pytest.raises(RuntimeError):
        save(TRACES[1], target)
    assert target.read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def without(text: str, key: str) -> str:
    """The JSON object without one of its keys."""
    data = json.loads(text)
    del data[key]
    return json.dumps(data)


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "1" * 5_000, "\x00", "null", '"oomlab-trace-2"', '{"format": null}']
)
def test_what_is_no_trace_at_all_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match="not a trace"):
        from_json(text)


def places(data: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of a trace that has a type of its own."""
    if path:
        yield path
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in ("result", "changes", "initial", "format"):  # any JSON will do there
                yield from places(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data[:2]):
            yield from places(value, (*path, index))


def test_a_value_of_the_wrong_type_is_refused_wherever_it_stands() -> None:
    """Each value in turn becomes an object that nothing here is."""
    for trace in TRACES:
        for path in places(json.loads(to_json(trace))):
            data = json.loads(to_json(trace))
            inside = data
            for step in path[:-1]:
                inside = inside[step]
            inside[path[-1]] = {"not": ["this", 1.5, True]}
            with pytest.raises(InputError, match="damaged"):
                from_json(json.dumps(data))


def test_truth_is_not_a_number() -> None:
    data = json.loads(to_json(TRACES[0]))
    with pytest.raises(InputError, match="ended_at_us is wrong"):
        from_json(json.dumps({**data, "ended_at_us": True}))
