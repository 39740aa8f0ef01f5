from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import ImageFont

from oomlab.figures.text import shortened, text_width, wrapped

SAMPLES = [
    "balloon_lock",
    "waits for an answer from oom_notifier",
    "polls oom_lock, 1251 times",
    "in alloc_pages_may_oom",
    "oom_notify_list rwsem",
    "Who waits for whom at 0.5 ms",
    "10.2 s",
    "and 10 more",
    "WWW QUOTE & MORE",
]


def real_width(text: str, bold: bool) -> float:
    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    fonts = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    font = ImageFont.truetype(fonts / f"DejaVuSans{'-Bold' if bold else ''}.ttf", 1000)
    return font.getlength(text) / 1000


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", SAMPLES)
def test_the_estimate_is_never_short_and_never_wasteful(text: str, bold: bool) -> None:
    real = real_width(text, bold)
    estimate = text_width(text, 1, bold=bold)
    assert real <= estimate <= 1.2 * real


def test_shortened_text_fits() -> None:
    assert shortened("short", 100) == "short"
    cut = shortened("a_rather_long_name", 60)
    assert cut.endswith("…")
    assert text_width(cut) <= 60


def test_wrapped_lines_fit_and_lose_no_word() -> None:
    text = "oom_reaper (idle), host (idle), fault_task1 (done), and a_very_very_long_name_indeed"
    lines = wrapped(text, 160)
    assert " ".join(lines[:-1]) == " ".join(text.split()[:-1])
    assert all(text_width(line) <= 160 for line in lines)
