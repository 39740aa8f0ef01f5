"""The reader of logs as a widget: what its kernel answers, and what its HTML holds."""

from __future__ import annotations

import json
import re
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from oomlab.errors import InputError
from oomlab.views import log
from oomlab.views.log.examples import EXAMPLES, Example
from oomlab.widgets import LogReader

LOG = EXAMPLES["ordinary-kill"].text.encode()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What readers send to their page."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(LogReader, "send", lambda _self, message: sent.append(message))
    return sent


def example_text(example: Example) -> BytesIO:
    return BytesIO(example.text.encode())


def slice_of(reader: LogReader, number: int, part: bytes, **message: Any) -> None:
    said = {"kind": "log", "id": number, "release": "", **message}
    reader._hear(reader, said, [memoryview(part)])


def test_a_kernel_reads_a_log_that_comes_in_slices(heard: list[dict[str, Any]]) -> None:
    reader = LogReader()
    reader._hear(reader, {"kind": "ping", "id": 0}, [])
    slice_of(reader, 1, b"of a reading that was given up", first=True, last=False)
    slice_of(reader, 2, LOG[:1000], first=True, last=False)
    slice_of(reader, 3, LOG[1000:], first=False, last=True)
    assert heard == [
        {"kind": "pong", "id": 0},
        {"kind": "got", "id": 1},
        {"kind": "got", "id": 2},
        {"kind": "got", "id": 3, "result": log.answer_log(lambda: BytesIO(LOG), in_site=False)},
    ]


def test_every_example_stands_in_the_page_with_what_is_said_of_it() -> None:
    html = LogReader().html
    (script,) = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    examples = json.loads(script)["examples"]
    for example, stored in zip(EXAMPLES.values(), examples, strict=True):
        assert stored["log"] == example.text
        assert f">{example.title}</button>" in html
        said = log.answer_log(partial(example_text, example), in_site=False)
        assert stored["said"] == said["said"]
        if "html" in stored:
            assert stored["html"] == said["html"]
        else:
            assert said["html"] in html.replace(script, "")


def test_a_file_can_be_read_first(tmp_path: Path) -> None:
    (tmp_path / "kern.log").write_bytes(LOG)
    html = LogReader(tmp_path / "kern.log", kernel="6.8").html
    said = log.answer_log(lambda: BytesIO(LOG), in_site=False)
    assert f'<div class="oom-result">{said["html"]}</div>' in html
    assert said["said"] in html
    with pytest.raises(InputError, match="not there"):
        LogReader(tmp_path / "not there")
