"""The card for links: of the right size, and drawn from what the model says today."""

from __future__ import annotations

from tools.make_card import CARD, SIZE, mark_of, marked, page, size_of, source


def test_the_card_is_there_and_has_the_size_that_sites_expect() -> None:
    card = CARD.read_bytes()
    assert size_of(card) == SIZE
    assert len(card) < 200_000


def test_the_card_is_current() -> None:
    assert mark_of(CARD.read_bytes()) == source(), "run .venv/bin/python -m tools.make_card"


def test_the_card_shows_the_circle_of_the_report() -> None:
    assert "balloon_worker" in page()
    assert "fs_lock" in page()


def test_a_mark_is_read_back_and_a_picture_without_one_has_none() -> None:
    card = CARD.read_bytes()
    bare = card.replace(b"oomlab-source", b"oomlab-nobody")
    assert mark_of(bare) == ""
    assert mark_of(marked(bare, "abc")) == "abc"
