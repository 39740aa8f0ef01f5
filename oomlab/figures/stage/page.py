"""The stage as a page of its own: one file, which asks nobody for anything."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

import oomlab
from oomlab.figures.style import stage_colours

_WIDGETS = Path(oomlab.__file__).parent / "widgets"

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

_STYLE = """\
body { margin: 0 auto; padding: 1rem; max-width: 72rem; font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.3rem; }
pre { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
html { color-scheme: light dark; background: #ffffff; color: #1b1f24; }
html[data-theme="dark"] { background: #14181e; color: #e8eaed; }
"""

_SCRIPT = """\
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => { document.documentElement.dataset.theme = dark.matches ? "dark" : "light"; };
follow();
dark.addEventListener("change", follow);
machineOf(document.body);
"""


def stage_page(title: str, stage: str, lines: Iterable[str]) -> str:
    """A page with a stage (its HTML, "" for none) and what is said of it, as lines of plain text.

    It looks as in the book and works from a file, without a network.
    """
    style = (_WIDGETS / "machine.css").read_text(encoding="utf-8")
    script = (_WIDGETS / "machine.js").read_text(encoding="utf-8")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(title)}</title>
<style>
{_STYLE}{stage_colours()}{style}</style>
</head>
<body>
<h1>{escape(title)}</h1>
{stage}
<pre>{escape(chr(10).join(lines))}</pre>
<script>
"use strict";
{script}
{_SCRIPT}</script>
</body>
</html>
"""
