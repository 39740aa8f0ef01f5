"""The icons of the pages: a few characters of the theme's fonts, inside the style sheet.

The theme's three fonts have thousands of icons in 300 kB; the pages draw a few dozen. Which ones is
seen from the rules that were kept: an icon is a character of Unicode's private area there.
"""

from __future__ import annotations

import base64
import io
import logging
import re
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of each table that it cuts
_ESCAPED = re.compile(r"\\([eEfF][0-9a-fA-F]{3})\b")
_PRIVATE = range(0xE000, 0xF900)
FILES = (("fa-solid-900", "900"), ("fa-brands-400", "400"))
"""Name and weight. Icons in outline (weight 400 of the free ones) are not used."""
ENDS = (".ttf", ".woff2")
"""What a font's file can end in: later themes have the packed ones alone."""


def with_icons(css: str, fonts: Path) -> str:
    """`css` with its icons, taken from the folder `fonts`; ValueError if one is in no font."""
    wanted = {int(code, 16) for code in _ESCAPED.findall(css)}
    wanted |= {ord(letter) for letter in css if ord(letter) in _PRIVATE}
    faces, drawn = [], set()
    for name, weight in FILES:
        font, family = _font(fonts, name)
        there = wanted & font.getBestCmap().keys()
        drawn |= there
        if there:
            data = base64.b64encode(_only(font, there)).decode("ascii")
            faces.append(
                f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:normal;'
                f"font-display:block;src:url(data:font/woff;base64,{data})}}\n"
            )
    if missing := wanted - drawn:
        raise ValueError(f"no font of the theme has {', '.join(f'U+{c:X}' for c in missing)}")
    return "".join(faces) + css


def _font(fonts: Path, name: str) -> tuple[TTFont, str]:
    """A font of the theme, and the family that its style sheets call it by."""
    files = [fonts / f"{name}{end}" for end in ENDS]
    font = TTFont(next((file for file in files if file.is_file()), files[0]))
    return font, font["name"].getBestFamilyName()


def _only(font: TTFont, characters: Iterable[int]) -> bytes:
    """The font with these characters alone, packed as WOFF."""
    options = subset.Options(flavor="woff", notdef_outline=True, hinting=False, desubroutinize=True)
    options.drop_tables += ["GSUB", "GPOS", "FFTM"]
    cut = subset.Subsetter(options)
    cut.populate(unicodes=characters)
    cut.subset(font)
    font.flavor = "woff"
    packed = io.BytesIO()
    font.save(packed)
    return packed.getvalue()
