"""Writing SVG: elements, escaped text, and documents whose ids clash with no other picture's."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from html import escape

from oomlab.figures.style import pattern_tile, stylesheet

WIDTH = 480
"""Width of a picture in its own units, where there is room for it."""

NARROW = 272
"""Width of the same picture in a narrow place: in 253 CSS pixels, less than the narrowest phone
has, text of 14 units is 13 pixels high."""

_PREFIX = "\ue000"
"""Stands for the id prefix until the content, and so the prefix, is known."""

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ue000\ufffe\uffff\ud800-\udfff]")
"""Characters that XML does not allow, and the stand-in above."""


class Markup(str):
    """Text that is markup already. Any other string is content and gets escaped."""

    __slots__ = ()


def text_content(text: str) -> Markup:
    """`text` escaped for use as content or as an attribute's value."""
    return Markup(escape(_UNWANTED.sub("\ufffd", text), quote=True))


def number(value: float) -> str:
    """A coordinate with at most one decimal: a tenth of a unit cannot be seen."""
    shown = f"{value:.1f}".removesuffix(".0")
    return "0" if shown == "-0" else shown


def element(name: str, *children: str, **attributes: str | float | None) -> Markup:
    """One element. In attribute names `_` stands for `-`, a last `_` is dropped; None is left out.

    Children that are not Markup are text and are escaped.
    """
    parts = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        if not isinstance(value, str):
            value = number(value)
        shown = value if isinstance(value, Markup) else text_content(value)
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{shown}"')
    inner = "".join(c if isinstance(c, Markup) else text_content(c) for c in children)
    head = " ".join(parts)
    return Markup(f"<{head}>{inner}</{name}>" if inner else f"<{head}/>")


def group(*children: str, **attributes: str | float | None) -> Markup:
    """A <g> element."""
    return element("g", *children, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: str | float | None) -> Markup:
    """A straight line."""
    return element("path", d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", **attributes)


def reference(ident: str) -> Markup:
    """`url(#...)` of something defined in the same document."""
    return Markup(f"url(#{_PREFIX}-{ident})")


def document(
    body: Sequence[str],
    height: float,
    title: str,
    description: str,
    key: str,
    *,
    width: float = WIDTH,
    twin_of: str = "",
) -> str:
    """The complete <svg> element around `body`.

    Ids begin with a hash of the content and of `key`, so that two different pictures on a page
    never share one; for the same picture twice on a page give two keys. `twin_of`: the same picture
    in another layout, which stands beside it in the page and has the name, the description and
    the colours of both.
    """
    ground = element("rect", class_="oom-paper", fill="currentColor", width=width, height=height)
    view_box = f"0 0 {number(width)} {number(height)}"
    return _whole(body, title, description, key, ground, twin_of, viewBox=view_box)


def fluid(body: Sequence[str], height_em: float, title: str, description: str, key: str) -> str:
    """As `document`, as wide as its place, and on the ground of the page: in `body` places and
    widths are in %, heights in em of the text, which is never smaller than 14 pixels and grows with
    the reader's."""
    size = f"height:{height_em:g}em;font-size:max(0.875rem,14px);max-width:none;min-width:19em"
    return _whole(body, title, description, key, Markup(""), "", style=size)


def _whole(
    body: Sequence[str],
    title: str,
    description: str,
    key: str,
    ground: Markup,
    twin_of: str,
    **size: str,
) -> str:
    """The <svg> element, of a certain size."""
    inside = "".join(c if isinstance(c, Markup) else text_content(c) for c in body)
    identity = f"{key}\n{title}\n{description}\n{inside}"
    prefix = "oom-" + hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:10]
    patterns = "".join(map(_pattern, sorted(set(re.findall(f"#{_PREFIX}-([a-z0-9]+)", inside)))))
    used = set(re.findall(r"oom-([a-z0-9]+)", f"{patterns}{inside}")) | {"paper", "ink"}
    named = re.search(r'aria-labelledby="(.*?)-title"', twin_of)
    by = named[1] if named else _PREFIX
    head = (
        element("title", title, id=Markup(f"{_PREFIX}-title")),
        element("desc", description, id=Markup(f"{_PREFIX}-desc")),
        element("style", Markup(stylesheet(used))),
    )
    svg = element(
        "svg",
        *(() if named else head),
        element("defs", Markup(patterns)) if patterns else Markup(""),
        ground,
        group(Markup(inside), class_="oom-ink"),
        xmlns="http://www.w3.org/2000/svg",
        class_="oom-figure",
        **size,
        role="img",
        aria_labelledby=Markup(f"{by}-title"),
        aria_describedby=Markup(f"{by}-desc"),
    )
    return svg.replace(_PREFIX, prefix)


def _pattern(name: str) -> str:
    size, tile = pattern_tile(name)
    return element(
        "pattern",
        Markup(tile),
        id=Markup(f"{_PREFIX}-{name}"),
        class_=f"oom-{name}",
        patternUnits="userSpaceOnUse",
        width=size,
        height=size,
    )
