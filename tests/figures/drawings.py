"""Reading pictures back: what a test can see of an SVG."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import NamedTuple

from oomlab.figures import Figure
from oomlab.figures.text import FONT_SIZE, text_width

ROUNDING = 0.2
SVG = "{http://www.w3.org/2000/svg}"


class Rectangle(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Rectangle) -> bool:
        """By more than the rounding of coordinates."""
        return (
            self.left < other.right - ROUNDING
            and other.left < self.right - ROUNDING
            and self.top < other.bottom - ROUNDING
            and other.top < self.bottom - ROUNDING
        )


def parsed(figure: Figure) -> ElementTree.Element:
    return ElementTree.fromstring(figure.svg)


def layouts(figure: Figure) -> list[ElementTree.Element]:
    """The drawing for a wide place, and that for a narrow one if there is one of its own."""
    return list(ElementTree.fromstring(figure.html).iter(f"{SVG}svg"))


def size(root: ElementTree.Element) -> tuple[float, float]:
    """Width and height in units of the picture."""
    width, height = root.attrib["viewBox"].split()[2:]
    return float(width), float(height)


def height_of(figure: Figure) -> float:
    return size(parsed(figure))[1]


def texts(figure: Figure) -> list[str]:
    """All text that can be seen."""
    return [node.text or "" for node in parsed(figure).iter(f"{SVG}text")]


def text_rectangles(figure: Figure) -> list[tuple[str, Rectangle]]:
    """Where each text is, by the same upper estimate of its width that the drawing uses."""
    return rectangles_in(parsed(figure))


def rectangles_in(root: ElementTree.Element) -> list[tuple[str, Rectangle]]:
    """The same of one drawing."""
    found = []
    for node, dx, dy in _placed(root, 0.0, 0.0):
        if node.tag != f"{SVG}text":
            continue
        text = node.text or ""
        bold = node.attrib.get("class") == "oom-name"
        width = text_width(text, bold=bold)
        x, y = float(node.attrib["x"]) + dx, float(node.attrib["y"]) + dy
        shift = {"middle": width / 2, "end": width}.get(node.attrib.get("text-anchor", ""), 0.0)
        left = x - shift
        top = y - 0.75 * FONT_SIZE
        found.append((text, Rectangle(left, top, left + width, y + 2)))
    return found


def _placed(
    node: ElementTree.Element, dx: float, dy: float
) -> list[tuple[ElementTree.Element, float, float]]:
    moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", node.attrib.get("transform", ""))
    if moved:
        dx, dy = dx + float(moved[1]), dy + float(moved[2])
    found = [(node, dx, dy)]
    for child in node:
        found += _placed(child, dx, dy)
    return found


def check_sound(figure: Figure) -> None:
    """What must hold for every picture, in a wide place and in a narrow one: unique ids that
    resolve, a name, a description, text that lies inside the picture and on no other text."""
    page = ElementTree.fromstring(figure.html)
    ids = [node.attrib["id"] for node in page.iter() if "id" in node.attrib]
    assert len(ids) == len(set(ids))
    used = re.findall(r"url\(#([^)]+)\)", figure.html)
    for root in layouts(figure):
        used += [root.attrib["aria-labelledby"], root.attrib["aria-describedby"]]
        assert root.attrib["role"] == "img"
        assert root.attrib["class"] == "oom-figure"
    assert set(used) == set(ids)
    assert figure.title
    assert figure.description
    assert figure.twin
    for root in layouts(figure):
        check_texts(root)


def check_texts(root: ElementTree.Element) -> None:
    """Text lies inside the drawing and on no other text."""
    width, height = size(root)
    places = rectangles_in(root)
    assert places
    for text, place in places:
        assert place.left >= 0, text
        assert place.right <= width + 1, text
        assert place.top >= 0, text
        assert place.bottom <= height, text
    for number, (text, place) in enumerate(places):
        for other_text, other in places[number + 1 :]:
            assert not place.overlaps(other), f"{text!r} is drawn over {other_text!r}"
