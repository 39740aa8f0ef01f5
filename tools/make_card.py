"""Draws the card that other sites show for a link: book/site_static/card.png.

    .venv/bin/python -m tools.make_card

The picture is made by Chromium and checked in, since a build of the book must not need a browser.
It carries the fingerprint of what it was drawn from, and a test compares that.
"""

from __future__ import annotations

import hashlib
import struct
import sys
import zlib
from pathlib import Path

from oomlab import run
from oomlab.figures import draw_circle
from tools import get_chromium
from tools.paths import ROOT

CARD = ROOT / "book" / "site_static" / "card.png"
SIZE = (1200, 630)
"""Pixels; the shape that sites crop least."""

_KEYWORD = b"oomlab-source"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PAGE = """<!DOCTYPE html><html data-theme="light"><meta charset="utf-8"><style>
body {{ margin: 0; width: 1200px; height: 630px; background: #ffffff; color: #1b1f24;
  font-family: "DejaVu Sans", sans-serif; display: flex; align-items: center; }}
div {{ width: 470px; padding-left: 64px; }}
h1 {{ font-size: 74px; margin: 0 0 18px; color: #0b5cad; }}
p {{ font-size: 31px; line-height: 1.4; margin: 0; }}
svg.oom-figure {{ width: 620px !important; max-width: none !important; }}
</style><div><h1>oomlab</h1><p>A deadlock of the Linux kernel, to be predicted, moved and
seen.</p></div>{picture}</html>"""


def page() -> str:
    """The card as a web page."""
    trace = run("h1-two-task-cycle")
    return _PAGE.format(picture=draw_circle(trace, trace.ended_at_us).svg)


def source() -> str:
    """The fingerprint of what the card is drawn from."""
    return hashlib.sha256(page().encode()).hexdigest()


def marked(png: bytes, text: str) -> bytes:
    """The picture with `text` as a comment in it (a tEXt chunk before the end)."""
    body = b"tEXt" + _KEYWORD + b"\0" + text.encode("latin-1")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:-12] + chunk + png[-12:]  # the last chunk of every PNG is IEND, of 12 bytes


def mark_of(png: bytes) -> str:
    """The comment that `marked` put into a picture; "" if there is none."""
    at = len(_SIGNATURE)
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        data = png[at + 8 : at + 8 + length]
        if png[at + 4 : at + 8] == b"tEXt" and data.startswith(_KEYWORD + b"\0"):
            return data.partition(b"\0")[2].decode("latin-1")
        at += length + 12
    return ""


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def main() -> int:
    """Draw the card anew. Result: the exit status."""
    path = get_chromium.find()
    if path is None:
        print("The card is drawn by Chromium: make chromium tries to install it", file=sys.stderr)
        return 1
    CARD.write_bytes(marked(_drawn(path), source()))
    print(f"Wrote {CARD.relative_to(Path.cwd())}, {CARD.stat().st_size / 1024:.0f} KB")
    return 0


def _drawn(chromium: str) -> bytes:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--disable-gpu"])
        try:
            view = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
            view.set_content(page())
            return view.screenshot()
        finally:
            browser.close()


if __name__ == "__main__":
    sys.exit(main())
