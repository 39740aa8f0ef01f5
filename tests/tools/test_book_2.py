"""What is counted in the pages that jupyter-book 2 has made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oomlab.widgets import Panel
from tools import book_2


def test_a_panel_is_counted_wherever_its_html_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "_build" / "site"
    for part in ("content", "public"):
        (site / part).mkdir(parents=True)
    panel = Panel("oomlab.views.masks:bits", [], fixed={"mask": "GFP_KERNEL"}).html
    (site / "public" / "long.html").write_text(panel, encoding="utf-8")

    def output(html: dict[str, str]) -> dict[str, object]:
        return {"jupyter_data": {"output_type": "execute_result", "data": {"text/html": html}}}

    page = {"children": [output({"path": "/long.html"}), output({"content": panel}), output({})]}
    (site / "content" / "report.json").write_text(json.dumps(page), encoding="utf-8")
    monkeypatch.setattr(book_2, "WHERE", tmp_path)
    assert book_2.found("book/report") == {"page": 1, "outputs": 3, "errors": 0, "panels": 2}
    assert not book_2.found("book/absent")
