"""The lines like C say what the routines say, and none stands in two chapters."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from oomlab.engine.ops import Routine, Slot, wake
from oomlab.errors import InputError
from oomlab.kernel.listings import WATCHERS
from oomlab.listing import source_of
from oomlab.listings import LISTINGS, show_change, show_code
from tools.build_book import pages
from tools.paths import ROOT

C_WORDS = frozenset({"break", "do", "else", "false", "for", "if", "return", "true", "while"})
MOST_LINES = 14
WIDEST = 44
"""So that a routine has room beside it on a page of ordinary width."""

NAMES = pytest.mark.parametrize("name", LISTINGS)


def without_comments(code: str) -> str:
    return re.sub(r"/\*.*?\*/", "", code, flags=re.DOTALL)


def as_in_the_model(word: str) -> str:
    """The model writes __GFP_FS as FS, and functions without the kernel's leading underscores."""
    return re.sub(r"^(__GFP_|_+)", "", word)


def calls(code: str) -> Iterator[str]:
    for word in re.findall(r"\b(\w+)\(", code):
        if word not in C_WORDS:
            yield as_in_the_model(word)


@NAMES
def test_a_listing_names_only_what_its_routine_names(name: str) -> None:
    shown = show_code(name)
    known = set(re.findall(r"\w+", shown.python)) | C_WORDS
    for word in re.findall(r"\b[A-Za-z_]\w*", without_comments(shown.listing.code)):
        assert {word, as_in_the_model(word), word.removeprefix("GFP_")} & known, (
            f"{word} does not occur in {shown.listing.routine.__qualname__}; the listing of {name}"
            " in listings.py has fallen behind it"
        )


@NAMES
def test_a_listing_calls_in_the_order_of_its_routine(name: str) -> None:
    shown = show_code(name)
    there = calls(shown.python)
    for call in calls(without_comments(shown.listing.code)):
        assert call in there, f"{name}: {call}() comes in another order in the routine"


@NAMES
def test_a_listing_is_short_and_narrow(name: str) -> None:
    lines = LISTINGS[name].code.splitlines()
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= WIDEST


@NAMES
def test_what_only_watches_is_not_shown(name: str) -> None:
    shown = show_code(name)
    ast.parse(shown.python)
    assert not {w.__name__ for w in WATCHERS} & set(re.findall(r"\w+", shown.python))
    assert '"""' not in shown.python


def test_no_listing_stands_in_two_chapters() -> None:
    """What stands in none is shown on the stage, where a task is in the routine."""
    text = "".join((ROOT / f"{page}.md").read_text(encoding="utf-8") for page in pages())
    used = re.findall(r'\bshow_code\("(.*?)"\)', text)
    used += re.findall(r'\bshow_change\(".*?", "(.*?)"\)', text)
    assert used
    assert not Counter(used) - Counter(list(LISTINGS))


def test_a_change_leads_from_one_listing_to_the_other() -> None:
    shown = show_change("fill_balloon", "fill_balloon, Linux 4.15")
    lines = str(shown).splitlines()
    for gone, listing in (("+", shown.before), ("-", shown.after)):
        left = [line[1:] for line in lines if line[0] != gone]
        assert left == listing.code.splitlines()
    assert any(line.startswith("-mutex_lock") for line in lines)
    assert any(line.startswith("+mutex_lock") for line in lines)
    assert shown._repr_markdown_() == f"```diff\n{shown}```"


def test_a_name_that_is_not_listed_is_answered_with_the_names_that_are() -> None:
    with pytest.raises(InputError, match=r"leak_balloon.*did you mean fill_balloon"):
        show_code("fill_baloon")


def test_markdown_and_plain_text_hold_both() -> None:
    shown = show_code("leak_balloon")
    markdown = shown._repr_markdown_()
    assert f"```c\n{shown.listing.code}```" in markdown
    assert f"```python\n{shown.python}\n```" in markdown
    assert shown.listing.code in str(shown) and shown.python in str(shown)


def watched(queue: Slot) -> Routine:
    """Not shown."""
    yield wake(queue)


def routine(queue: Slot, one: bool) -> Routine:
    """Not shown
    either."""
    if one:
        yield from watched(queue)
    if one:
        yield from watched(queue)
    elif queue:
        yield wake(queue)
    while one:
        yield from watched(queue)
        yield from watched(queue)
    yield from watched(
        queue,
    )
    yield wake(queue)  # shown


def test_steps_that_are_left_out_leave_the_rest_as_it_is() -> None:
    assert source_of(routine, without=(watched,)) == "\n".join(
        (
            "def routine(queue: Slot, one: bool) -> Routine:",
            "    if one:",
            "        pass",
            "    elif queue:",
            "        yield wake(queue)",
            "    while one:",
            "        pass",
            "    yield wake(queue)  # shown",
        )
    )
    assert "watched" in source_of(routine)
