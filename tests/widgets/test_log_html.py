"""HTML from texts that anybody may have written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oomlab.views.log.html import (
    LONGEST_LINE,
    MOST_LINES,
    Quoted,
    folded,
    line_list,
    listed,
    table,
    tag,
    visible,
)
from tests.widgets.log_pages import Seen

TEXTS = st.text() | st.sampled_from(
    [
        "<img src=x onerror=alert(1)>",
        '" onload="x',
        "</code></script>",
        "&lt;",
        "\x1b[31m",
        "\u202e",
    ]
)


@given(TEXTS, TEXTS, TEXTS)
def test_a_text_is_never_markup(first: str, second: str, third: str) -> None:
    html = tag("p", first, tag("b", second), title=third)
    seen = Seen(html)
    assert [name for name, _ in seen.tags] == ["p", "b"]
    assert list(seen.tags[0][1]) == ["title"]
    for made in (
        line_list([Quoted(1, first, second)]),
        table(first, [second], [[third]]),
        folded(first, second),
    ):
        assert {name for name, _ in Seen(made).tags} <= {
            *("details", "summary", "ol", "li", "span", "code"),
            *("div", "table", "caption", "thead", "tbody", "tr", "th", "td"),
        }


@given(st.text())
def test_no_character_is_unseen_or_turns_the_line(text: str) -> None:
    shown = visible(text)
    assert not [c for c in shown if ord(c) < 32 or c in "\x7f\u202e\u2066\u200b\ufeff"]


def test_what_cannot_be_seen_gets_a_sign() -> None:
    assert visible("a\tb\x1b[31m\u202ec") == "a    b\u241b[31m<RIGHT-TO-LEFT OVERRIDE>c"


def test_evidence_is_bounded_and_says_what_is_left_out() -> None:
    lines = [Quoted(number, "x" * (LONGEST_LINE + 5)) for number in range(1, 2001)]
    text = Seen(line_list(lines)).text
    assert f"and {2000 - MOST_LINES:,} more lines" in text
    assert "… and 5 more characters" in text
    assert "The line that says soline 1,234" in Seen(line_list([Quoted(1234, "a")])).text
    assert line_list([]) == listed([]) == ""
