from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from oomlab.figures.svg import Markup, document, element, number, reference, text_content


def test_numbers_are_short() -> None:
    assert [number(v) for v in (1.0, 0.04, -0.04, 12.34, 3)] == ["1", "0", "0", "12.3", "3"]


def test_strings_are_escaped_and_markup_is_not() -> None:
    inner = element("b", "<i>&")
    assert element("a", inner, "<u>") == "<a><b>&lt;i&gt;&amp;</b>&lt;u&gt;</a>"
    assert element("a", x='"><script>') == '<a x="&quot;&gt;&lt;script&gt;"/>'


def test_attribute_names() -> None:
    assert element("a", class_="c", stroke_width=1.5, y=None) == '<a class="c" stroke-width="1.5"/>'


def test_characters_that_xml_forbids_are_replaced() -> None:
    assert text_content("a\x00\x1b\ud800b\tc") == "a\ufffd\ufffd\ufffdb\tc"


def test_a_document_defines_just_the_patterns_it_uses() -> None:
    body = [element("rect", fill=reference("polls"))]
    svg = document(body, 10, "t <", "d &", "")
    root = ElementTree.fromstring(svg)
    patterns = [node for node in root.iter() if node.tag.endswith("pattern")]
    assert [p.attrib["class"] for p in patterns] == ["oom-polls"]
    assert root[0].text == "t <"
    assert root[1].text == "d &"


def test_the_stand_in_for_ids_cannot_be_forged() -> None:
    svg = document([Markup("<g/>")], 10, "\ue000-title", "d", "")
    assert "\ue000" not in svg
    assert ElementTree.fromstring(svg)[0].text == "\ufffd-title"
